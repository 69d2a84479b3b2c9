from __future__ import annotations

import platform
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cpdynamics.engines import blocks, compiled, machine
from cpdynamics.engines.compiled import Compiled
from cpdynamics.engines.machine import NoCompiler
from cpdynamics.engines.reference import Reference
from cpdynamics.engines.request import Request
from cpdynamics.engines.vectorised import Vectorised
from cpdynamics.errors import BadValue, CpdynamicsError, RunFailed, Unsupported
from tests.engines.agreeing import same, small
from tests.engines.constructs import CONSTRUCTS, FAILING, NOT_FAILING, SERIES, SOURCE

EVERYTHING = SOURCE + (
    "x = DELAY FIXED(wave, lag, 0) + DELAY3(inflow, lag) ^ 1.3 ~~|"
    " y = MIN(Level, MAX(wave, Other)) / lag + EXP(-Level) + LN(2 + Level) ~~|"
    " z = WITH LOOKUP(wave, ((-5, 1), (0, 3), (5, -2))) + SIN(Level) ~~|"
    " clocked = STEP(2, 4.13) + RAMP(1, 2.07, 5.02) + PULSE(3.04, 1.13) ~~|"
    " again = PULSE TRAIN(1.02, 0.35, 1.25, 8) ~~|"
    " Sum = INTEG(x + y + z + clocked - again - Sum / lag, lag) ~~|"
)
LAGS = np.linspace(0.6, 5.0, 37)


def tables(document: object, structure: object, request: Request) -> tuple[pd.DataFrame, ...]:
    """What the compiled engine gives, and what PySD does."""
    engines = (Compiled.load(document, structure), Reference.load(document, structure))
    return tuple(engine.run(request) for engine in engines)


@pytest.mark.parametrize("construct", CONSTRUCTS)
def test_each_construct_is_that_of_the_second_opinion(construct: str) -> None:
    document, structure = small(SOURCE + CONSTRUCTS[construct])
    ours, second = Compiled.load(document, structure), Vectorised.load(document, structure)
    for step in (0.125, 0.25, 0.1):
        request = Request(constants={"TIME STEP": step})
        same(ours.run(request), second.run(request))


def test_all_constructs_together_are_pysds() -> None:
    document, structure = small(EVERYTHING, step="0.1", saveper="0.3")
    same(*tables(document, structure, Request()))
    held = Request({"lag": 3.3}, {"wave": SERIES, "Other": 2.0}, {"Level": 3.0})
    same(*tables(document, structure, held))


@pytest.mark.parametrize("what", FAILING)
def test_what_pysd_breaks_off_is_broken_off_by_the_same_variable(what: str) -> None:
    document, structure = small(SOURCE + FAILING[what])
    with pytest.raises(CpdynamicsError) as theirs:
        Vectorised.load(document, structure).run()
    with pytest.raises(type(theirs.value)) as ours:
        Compiled.load(document, structure).run()
    assert ours.value.came == theirs.value.came


@pytest.mark.parametrize("what", NOT_FAILING)
def test_what_pysd_lets_pass_passes(what: str) -> None:
    document, structure = small(SOURCE + NOT_FAILING[what])
    same(*tables(document, structure, Request()))


def test_a_run_that_breaks_off_leaves_the_bits_of_the_others_alone() -> None:
    document, structure = small(
        EVERYTHING + "Stock = INTEG(-drain, 10) ~~| drain = 1 ~~| share = 100 / Stock ~~|"
    )
    engine = Compiled.load(document, structure)
    drains = np.array([0.5, 2.0, 1.3, 10.0, 0.0, 1.0, 0.3])
    fine = np.array([0.5, 2.1, 1.3, 9.9, 0.0, 1.1, 0.3])
    made, whole = (engine.ensemble({"drain": each}) for each in (drains, fine))
    assert made.failed.tolist() == [False, True, False, True, False, True, False]
    assert {run: (one.variable, one.time) for run, one in made.failures.items()} == {
        1: ("share", 5.0),
        3: ("share", 1.0),
        5: ("share", 10.0),
    }
    assert not whole.failed.any()
    for name, values in made.values.items():
        assert np.isnan(values[made.failed]).all()
        np.testing.assert_array_equal(values[~made.failed], whole.values[name][~made.failed])


def test_a_stock_that_leaves_the_numbers_is_told_with_its_first_saved_time() -> None:
    document, structure = small("Sum = INTEG(Sum * Sum * k, 1) ~~| k = 0 ~~|", step="0.25")
    k = np.array([0.0, 1e3, 0.1, 1e200])
    made = Compiled.load(document, structure).ensemble({"k": k}, outputs=["k"])
    assert made.failed.tolist() == [False, True, False, True]
    for run in (1, 3):
        with pytest.raises(RunFailed) as theirs:
            Reference.load(document, structure).run(Request(constants={"k": float(k[run])}))
        assert str(made.failures[run]) in theirs.value.came.replace("The stock ", "")


def test_a_minimum_of_nan_is_nan_on_either_side() -> None:
    nan = "nan = SQRT(-1 - Level) ~~|"
    for part in (
        "MIN(nan, 3)",
        "MIN(3, nan)",
        "MAX(nan, Level)",
        "MAX(Level, nan)",
        "MIN(lag, nan)",
    ):
        ours, theirs = tables(*small(SOURCE + nan + f"x = {part} ~~|"), Request())
        assert ours["x"].isna().all()
        assert theirs["x"].isna().all()


def test_division_by_a_constant_is_correctly_rounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine.Processor, "inverses", True)
    rng = np.random.default_rng(1)
    document, structure = small(
        "x = (Time * 1.1 + seed) * size / by ~~| seed = 1 ~~| size = 1 ~~| by = 3 ~~|",
        final="50",
        step="1",
    )
    given = {"seed": rng.normal(size=4000), "by": np.exp(rng.uniform(-40, 40, 4000))}
    given["size"] = np.where(np.arange(4000) < 4, 1e-20, 1.0)
    given["by"][:4] = [5e-324, 1e-309, 1.7e308, -1e-300]  # whose inverses are no normal numbers
    ours = Compiled.load(document, structure).ensemble(given, outputs=["x"]).values["x"]
    with np.errstate(over="ignore"):
        top = (np.arange(51.0) * 1.1 + given["seed"][:, None]) * given["size"][:, None]
        exact = top / given["by"][:, None]
    np.testing.assert_array_equal(ours, exact)


@pytest.mark.parametrize(
    ("lanes", "threads"), [(1, 1), (1, 8), (2, 3), (4, 1), (8, 2), (8, 1), (4, 7), (16, 1), (16, 3)]
)
def test_the_bits_depend_neither_on_lanes_nor_on_threads(lanes: int, threads: int) -> None:
    _, structure = small(EVERYTHING, step="0.1")
    plain = Compiled(structure, lanes=2, threads=1).ensemble({"lag": LAGS})
    other = Compiled(structure, lanes=lanes, threads=threads).ensemble({"lag": LAGS})
    for name, values in plain.values.items():
        np.testing.assert_array_equal(values, other.values[name])


def test_a_run_alone_has_the_bits_that_it_has_among_others() -> None:
    document, structure = small(EVERYTHING, step="0.1")
    engine = Compiled.load(document, structure)
    made = engine.ensemble({"lag": LAGS})
    for run in (0, 17, 36):
        alone = engine.run(Request(constants={"lag": float(LAGS[run])}))
        for name, values in made.values.items():
            np.testing.assert_array_equal(alone[name], values[run])


@pytest.mark.parametrize("lanes", [1, 2, 4, 8])
def test_few_runs_take_few_lanes(lanes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    host = machine.Processor("", "", lanes)
    monkeypatch.setattr(compiled, "processor", lambda: host)

    def taken(runs: int) -> set[int]:
        engine = Compiled(small(SOURCE)[1])
        engine.ensemble({"lag": LAGS[:runs]})
        return {key[0] for key in engine._programs.of(frozenset(), {}).runners}

    assert taken(1) == {1}
    assert taken(2) == taken(max(lanes, 2)) == {lanes}
    assert taken(lanes + 1) == {16 if lanes == 8 else lanes}


def test_the_place_of_a_run_among_others_does_not_change_its_bits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, structure = small(
        EVERYTHING + "Stock = INTEG(-drain, 10) ~~| drain = 1 ~~| share = 100 / Stock ~~|",
        step="0.25",
    )
    drains = np.where(np.arange(LAGS.size) % 5 == 3, 2.0, 0.7)  # some of which break off
    made = Compiled(structure, threads=1).ensemble({"lag": LAGS, "drain": drains})
    assert made.failed.sum() == 7
    order = np.random.default_rng(3).permutation(LAGS.size)
    for together, threads in ((1, 8), (3, 2), (64, 1)):
        monkeypatch.setattr(blocks, "_TOGETHER", together)
        engine = Compiled(structure, lanes=4, threads=threads)
        mixed = engine.ensemble({"lag": LAGS[order], "drain": drains[order]})
        for name, values in made.values.items():
            np.testing.assert_array_equal(mixed.values[name], values[order])
        assert {order[run]: one for run, one in mixed.failures.items()} == made.failures


def test_eight_threads_share_one_engine() -> None:
    document, structure = small(EVERYTHING, step="0.25")
    engine = Compiled.load(document, structure)

    def last(lag: float) -> float:
        held = Request(constants={"lag": lag}, hold={"inflow": lag} if lag > 3 else {})
        return float(engine.run(held)["Sum"].iloc[-1])

    alone = [last(lag) for lag in LAGS]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(last, LAGS)) == alone


def test_each_run_has_delays_of_its_own_length() -> None:
    equations = SOURCE + (
        "x = DELAY FIXED(wave, lag, Level) ~~| y = DELAY FIXED(x, 1, 5) ~~| Sum = INTEG(x, 0) ~~|"
    )
    document, structure = small(equations, step="0.01", final="9")
    lags = np.array([0.01, 0.014, 0.016, 2.555, 2.56, 2.57, 8.0, 300.0])  # 256 places, and more
    made = Compiled.load(document, structure).ensemble({"lag": lags}, outputs=["x", "y"])
    truth = Reference.load(document, structure)
    for run, lag in enumerate(lags):
        table = truth.run(Request(constants={"lag": float(lag)}))
        for name in ("x", "y"):
            np.testing.assert_allclose(made.values[name][run], table[name], rtol=1e-9, atol=1e-12)


def test_an_ensemble_has_its_shape_and_the_times_asked_for() -> None:
    document, structure = small(SOURCE, step="0.25")
    engine = Compiled.load(document, structure)
    whole = engine.ensemble({"lag": LAGS}, outputs=["Level", "lag"])
    part = engine.ensemble({"lag": LAGS}, outputs=["lag", "Level"], times=[10.0, 2.0, 2.0])
    assert whole.values["Level"].shape == (37, 11)
    assert list(part.values) == ["lag", "Level"]
    assert part.times.tolist() == [10.0, 2.0, 2.0]
    np.testing.assert_array_equal(part.values["Level"], whole.values["Level"][:, [10, 2, 2]])
    np.testing.assert_array_equal(part.values["lag"], LAGS[:, None] * np.ones(3))
    with pytest.raises(BadValue, match="not among the times"):
        engine.ensemble({"lag": LAGS}, times=[2.5])


def test_a_formula_as_deep_as_a_system_allows_is_compiled() -> None:
    nested = "Level"
    for place in range(190):
        nested = f"({nested} {'+-'[place % 2]} 0.5)" if place % 3 else f"MAX({nested}, 1)"
    document, structure = small(SOURCE + f"x = {nested} ~~|")
    second = Vectorised.load(document, structure).run()
    engine = Compiled.load(document, structure)
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(500)  # as in a notebook, which has used up half of Python's own 1,000
    try:
        same(engine.run(), second)
    finally:
        sys.setrecursionlimit(before)


def test_whether_a_run_breaks_off_does_not_depend_on_what_is_asked_for() -> None:
    engine = Compiled.load(*small(SOURCE + "x = 1 / (Time - 5) ~~|"))
    for outputs, times in ((["Level"], None), (["Level"], [10.0]), (["x"], [2.0])):
        made = engine.ensemble({"lag": LAGS}, outputs=outputs, times=times)
        assert made.failed.all()
        assert (made.failures[3].variable, made.failures[3].time) == ("x", 5.0)


@pytest.mark.parametrize(
    ("equation", "says"),
    [
        ("x = RANDOM NORMAL(0, 1, RANDOM 0 1(), 1, 1) ~~|", "RANDOM NORMAL a RANDOM"),
        ("x = RANDOM NORMAL(0, 1, Time + 1, 1, 1) ~~|", "its mean"),
        ("x = RANDOM EXPONENTIAL(Time > 3, 1, 0, 1, 1) ~~|", "its bounds"),
        ("x = DELAY3(Time, RANDOM UNIFORM(2, 3, 1)) ~~|", "delay time draws"),
        ("x = GET TIME VALUE(2, 0, 1) ~~|", "TIME VALUE"),
        ("x = GET TIME VALUE(0, 0, Time) ~~|", "TIME VALUE"),
        ("known :INTERPOLATE: ~~| x = known ~~|", "known"),
        ("side: a, b ~~| n[side] = 1 ~~| x = SUM(n[side]) ~~|", "runs along"),
    ],
)
def test_what_it_cannot_run_is_refused_by_name(equation: str, says: str) -> None:
    with pytest.raises(Unsupported, match=says) as refused:
        Compiled.load(*small(equation)).run()
    assert 'engine="pysd"' in str(refused.value) or "hold=" in str(refused.value)


def test_runs_of_one_ensemble_share_their_clock_and_their_orders() -> None:
    document, structure = small(SOURCE + "n = 2 ~~| x = SMOOTH N(wave, lag, 0, n) ~~|")
    engine = Compiled.load(document, structure)
    with pytest.raises(Unsupported, match="TIME STEP differs"):
        engine.ensemble({"TIME STEP": np.array([0.25, 0.5])})
    with pytest.raises(Unsupported, match='"n" is the order'):
        engine.ensemble({"n": np.array([1.0, 2.0])})
    same(*tables(document, structure, Request(constants={"n": 3.0})))


def test_more_numbers_than_memory_holds_are_refused() -> None:
    engine = Compiled.load(*small(SOURCE, final="100000", saveper="TIME STEP"))
    with pytest.raises(BadValue, match="fewer outputs"):
        engine.ensemble({"lag": np.ones(1000)})


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CPDYNAMICS_CACHE", str(tmp_path))
    return tmp_path


def test_the_code_is_kept_and_spoilt_code_is_not_run(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    make = machine._object
    monkeypatch.setattr(machine, "_object", lambda text: made.append(text) or make(text))
    document, structure = small(SOURCE)
    tables = [Compiled.load(document, structure).run() for _ in range(2)]
    assert len(made) == 1
    [code] = cache.glob("translated/machine-*/code.o")
    code.write_bytes(code.read_bytes()[:-1] + b"x")
    tables.append(Compiled.load(document, structure).run())
    assert len(made) == 2
    for table in tables[1:]:
        pd.testing.assert_frame_equal(table, tables[0], check_exact=True)


def test_a_processor_of_another_kind_has_code_of_its_own(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, structure = small(SOURCE)
    here = Compiled(structure, lanes=2).run()
    plain = "x86-64" if platform.machine().lower() in ("x86_64", "amd64") else "generic"
    monkeypatch.setattr(machine, "processor", lambda: machine.Processor(plain, "", 1))
    there = Compiled(structure, lanes=2).run()
    assert len(list(cache.glob("translated/machine-*/code.o"))) == 2
    pd.testing.assert_frame_equal(here, there, check_exact=True)


@pytest.fixture
def without_llvmlite(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for cached in (machine._llvm, machine.processor):
        cached.cache_clear()
    monkeypatch.setitem(sys.modules, "llvmlite", None)
    yield
    for cached in (machine._llvm, machine.processor):
        cached.cache_clear()


@pytest.mark.usefixtures("without_llvmlite")
def test_without_llvmlite_the_error_is_one_that_a_fallback_can_catch() -> None:
    document, structure = small(SOURCE)
    with pytest.raises(NoCompiler, match="needs llvmlite"):
        Compiled.load(document, structure)


def test_few_blocks_are_shared_by_no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[int] = []
    monkeypatch.setattr(
        blocks, "ThreadPoolExecutor", lambda n: started.append(n) or ThreadPoolExecutor(n)
    )
    _, structure = small(SOURCE)
    engine = Compiled(structure, lanes=2, threads=3)
    engine.ensemble({"lag": np.ones(8)}, outputs=["Level"])
    assert started == []
    engine.ensemble({"lag": np.ones(40)}, outputs=["Level"])
    assert started == [3]
