"""RANDOM functions: the same bits everywhere, and the distributions of PySD's."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from decimal import Decimal, localcontext

import numpy as np
import pytest
from scipy import stats

from cpdynamics.engines import marching, vectorised
from cpdynamics.engines.chance import NORMAL_ERROR
from cpdynamics.engines.compiled import Compiled
from cpdynamics.engines.philox import Draws, philox
from cpdynamics.engines.reference import Reference
from cpdynamics.engines.request import Request
from cpdynamics.engines.vectorised import Vectorised
from cpdynamics.errors import BadValue, RunFailed
from tests.engines.agreeing import small
from tests.engines.constructs import SOURCE
from tests.engines.exact import density, probability

ALL = SOURCE + (
    "even = RANDOM 0 1() ~~| wide = RANDOM UNIFORM(Other, Level, 3) ~~|"
    " normal = RANDOM NORMAL(-2, 3, wave, lag, 7) ~~|"
    " free = RANDOM NORMAL(-1000, 1000, 0, 1, 7) ~~|"
    " wait = RANDOM EXPONENTIAL(0, 100, wave, lag, 1) ~~| twice = RANDOM 0 1() + RANDOM 0 1() ~~|"
    " begun = INITIAL(even) ~~| Sum = INTEG(even + wide - normal, wait) ~~|"
    " late = DELAY FIXED(even, lag, 0) ~~| kept = SAMPLE IF TRUE(Time > 3, RANDOM 0 1(), 9) ~~|"
    " trend = TREND(RANDOM 0 1(), lag, 0) ~~| ahead = FORECAST(RANDOM 0 1(), lag, 2) ~~|"
    " smooth = SMOOTH3(RANDOM 0 1(), 1 + RANDOM 0 1()) ~~|"
    " delay = DELAY3(RANDOM 0 1(), 2 + even) ~~|"
    " maybe = IF THEN ELSE(even > 0.5, RANDOM 0 1(), 1 / even) ~~|"
)
LAGS = np.linspace(0.6, 5.0, 37)
RUNS = 20_000


def drawn(equation: str, runs: int = RUNS, *, step: str = "1", **asked: int) -> np.ndarray:
    """``x`` of many runs, a row a run."""
    engine = Compiled.load(*small(f"x = {equation} ~~| one = 1 ~~|", final="3", step=step))
    made = engine.ensemble({"one": np.ones(runs)}, request=Request(**asked), outputs=["x"])
    assert not made.failed.any()
    return made.values["x"]


def test_the_generator_gives_its_authors_numbers() -> None:
    # The three known answers for philox4x32-10 of the authors' Random123.
    pi = (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344), (0xA4093822, 0x299F31D0)
    full = (0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2
    words = [[int(word) for word in philox(*one)] for one in (((0,) * 4, (0,) * 2), full, pi)]
    assert words == [
        [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8],
        [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD],
        [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1],
    ]


def test_a_uniform_number_is_never_0_or_1_and_takes_every_bit_of_its_counter() -> None:
    base = Draws(5, np.array([7], dtype=np.uint64), 3)
    others = [Draws(5 + 2**k, base.runs, 3) for k in range(6, 64, 7)]
    others += [Draws(5, base.runs + np.uint64(2**k), 3) for k in range(4, 32, 5)]
    others += [Draws(5, base.runs, 3 + 2**k) for k in range(3, 30, 5)]
    found = [float(one.uniform(11.0)[0]) for one in (base, *others)]
    found += [float(base.uniform(float(11 + 2**k))[0]) for k in range(4, 52, 5)]
    assert len(set(found)) == len(found)
    assert all(0 < one < 1 and (one * 2**53) % 2 == 1 for one in found)


@pytest.mark.parametrize("step", ["0.5", "0.1"])
def test_both_engines_draw_the_same(step: str) -> None:
    document, structure = small(ALL, step=step)
    request = Request(seed=2**63 + 12345, first_run=2**31)
    ours = Compiled.load(document, structure).ensemble({"lag": LAGS}, request=request)
    second = Vectorised.load(document, structure).ensemble({"lag": LAGS}, request=request)
    assert not ours.failed.any()
    for name, values in second.values.items():
        most = np.abs(values).max()
        np.testing.assert_allclose(ours.values[name], values, rtol=0, atol=1e-12 * most)
    for name in ("even", "twice", "begun", "kept", "late"):
        np.testing.assert_array_equal(ours.values[name], second.values[name])


@pytest.mark.parametrize(("lanes", "threads"), [(1, 1), (2, 3), (8, 2), (16, 1)])
def test_the_bits_depend_neither_on_lanes_nor_on_threads(lanes: int, threads: int) -> None:
    _, structure = small(ALL)
    plain = Compiled(structure, lanes=4, threads=1).ensemble({"lag": LAGS})
    other = Compiled(structure, lanes=lanes, threads=threads).ensemble({"lag": LAGS})
    for name, values in plain.values.items():
        np.testing.assert_array_equal(values, other.values[name])


@pytest.mark.parametrize("kind", [Compiled, Vectorised])
def test_a_part_of_an_ensemble_and_a_run_alone_have_the_bits_of_the_whole(
    kind: type[Compiled] | type[Vectorised], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = kind.load(*small(ALL))
    whole = engine.ensemble({"lag": LAGS}, request=Request(seed=3, first_run=100))
    monkeypatch.setattr(vectorised, "BLOCK", 3)
    part = engine.ensemble({"lag": LAGS[20:]}, request=Request(seed=3, first_run=120))
    alone = engine.run(Request({"lag": float(LAGS[30])}, seed=3, first_run=130))
    for name, values in whole.values.items():
        np.testing.assert_array_equal(values[20:], part.values[name])
        np.testing.assert_array_equal(values[30], alone[name])


def test_whether_a_run_is_kept_or_saved_does_not_change_its_chance() -> None:
    engine = Compiled.load(*small(ALL))
    whole = engine.ensemble({"lag": LAGS})
    few = engine.ensemble({"lag": LAGS}, outputs=["normal"], times=[4.0, 9.0])
    np.testing.assert_array_equal(few.values["normal"], whole.values["normal"][:, [4, 9]])
    rare = engine.ensemble({"lag": LAGS}, request=Request({"SAVEPER": 5.0}))
    np.testing.assert_array_equal(rare.values["Sum"], whole.values["Sum"][:, [0, 5, 10]])
    held = engine.ensemble({"lag": LAGS}, request=Request(hold={"wide": 3.0}))
    np.testing.assert_array_equal(held.values["normal"], whole.values["normal"])


def test_a_call_is_drawn_once_a_step_however_many_read_it() -> None:
    table = Compiled.load(
        *small(
            "x = RANDOM 0 1() ~~| y = x ~~| S = INTEG(x, x) ~~| T = INTEG(y, x) ~~|"
            " z = IF THEN ELSE(Time > 2, x, 0) ~~| kept = INITIAL(x) ~~|",
            step="1",
        )
    ).run()
    x = table["x"].to_numpy()
    assert len(set(x)) == len(x)
    np.testing.assert_array_equal(table["y"], x)
    np.testing.assert_array_equal(table["z"][3:], x[3:])
    np.testing.assert_array_equal(table["T"], table["S"])
    np.testing.assert_allclose(np.diff(table["S"]), x[:-1], rtol=1e-12)
    assert table["S"].iloc[0] == table["kept"].iloc[0] != x[0]  # the start has a draw of its own


# Equation -> what SciPy calls its distribution.
SHAPES: dict[str, object] = {
    "RANDOM 0 1()": stats.uniform(),
    "RANDOM UNIFORM(-2, 3, 5)": stats.uniform(-2, 5),
    "RANDOM UNIFORM(3, -2, 5)": stats.uniform(-2, 5),
    "RANDOM NORMAL(-1000, 1000, 5, 2, 1)": stats.norm(5, 2),
    "RANDOM NORMAL(0, 100, 3, 2, 1)": stats.truncnorm(-1.5, 48.5, 3, 2),
    "RANDOM NORMAL(-1, 1, -0.5, 1, 1)": stats.truncnorm(-0.5, 1.5, -0.5, 1),
    "RANDOM NORMAL(8, 9, 0, 1, 1)": stats.truncnorm(8, 9, 0, 1),
    "RANDOM NORMAL(-60, -50, 0, 1, 1)": stats.truncnorm(-60, -50, 0, 1),
    "RANDOM NORMAL(0.001, 0.00101, 0, 1, 1)": stats.uniform(0.001, 0.00001),
    "RANDOM EXPONENTIAL(0, 1000, 0, 3, 1)": stats.expon(0, 3),
    "RANDOM EXPONENTIAL(1, 4, 2, 1, 1)": stats.truncexpon(2, 2, 1),
    "RANDOM EXPONENTIAL(0, 0.001, 0, 1000, 1)": stats.uniform(0, 0.001),
}


@pytest.mark.parametrize("equation", SHAPES)
def test_the_numbers_have_the_distribution_that_scipy_gives_them(equation: str) -> None:
    found, truth = drawn(equation, seed=1), SHAPES[equation]
    assert len(set(found[:, 0])) > RUNS * 0.999
    for time in (0, 3):
        assert stats.kstest(found[:, time], truth.cdf).pvalue > 0.002
    mean, spread = truth.mean(), truth.std()
    assert abs(found.mean() - mean) < 4 * spread / np.sqrt(found.size)
    assert abs(found.std() / spread - 1) < 0.02
    for level in (0.01, 0.25, 0.9, 0.999):
        below = np.mean(found < truth.ppf(level))
        assert abs(below - level) < 4.5 * np.sqrt(level * (1 - level) / found.size)


@pytest.mark.parametrize(
    "equation", [one for one in SHAPES if "0.00101" not in one and "1000, 1)" not in one]
)
def test_the_numbers_have_the_distribution_of_pysds(equation: str) -> None:
    document, structure = small(f"x = {equation} ~~|", final="3000", step="1")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = Reference.load(document, structure).run()["x"]
    ours = Compiled.load(document, structure).run(Request(seed=4))["x"]
    assert stats.ks_2samp(ours, theirs).pvalue > 0.002


@pytest.mark.parametrize(
    "equation",
    [
        "SAMPLE IF TRUE(Time = 4, RANDOM 0 1(), 9)",
        "TREND(RANDOM 0 1(), 3, 0)",
        "FORECAST(RANDOM 0 1(), 3, 5)",
        "FORECAST(RANDOM 0 1(), 1 + RANDOM 0 1(), 5)",
        "SMOOTH N(RANDOM 0 1(), 1 + 9 * RANDOM 0 1(), 0, 2)",
        "DELAY3(RANDOM 0 1(), 4)",
        "DELAY FIXED(RANDOM 0 1(), 2, 0)",
    ],
)
def test_what_remembers_draws_as_often_as_pysds_does(equation: str) -> None:
    """The law of two times together: PySD draws again for what it keeps."""
    document, structure = small(f"x = {equation} ~~| one = 1 ~~|", final="6", step="1")
    reference = Reference.load(document, structure)
    with pytest.MonkeyPatch.context() as patch:
        state = np.random.RandomState(8)
        patch.setattr(np.random, "seed", lambda _: np.random.set_state(state.get_state()))
        theirs = []
        for _ in range(250):
            theirs.append(reference.run()["x"].to_numpy()[3:])
            state.random_sample(1000)
    ours = Compiled.load(document, structure).ensemble({"one": np.ones(4000)}, outputs=["x"])
    before, now, after, last = ours.values["x"][:, 3:].T
    their_before, their_now, their_after, their_last = np.array(theirs).T
    for mine, other in (
        (now, their_now),
        (after - now, their_after - their_now),
        (now - before, their_now - their_before),
        (last - after, their_last - their_after),
    ):
        assert stats.ks_2samp(mine, other).pvalue > 0.002


@pytest.mark.parametrize("equation", ["RANDOM 0 1()", "RANDOM NORMAL(-9, 9, 0, 1, 1)"])
def test_runs_steps_and_calls_know_nothing_of_one_another(equation: str) -> None:
    runs = 4096
    engine = Compiled.load(
        *small(f"x = {equation} ~~| y = {equation} ~~| one = 1 ~~|", final="9", step="0.5")
    )
    made = engine.ensemble({"one": np.ones(runs)}, request=Request({"SAVEPER": 0.5}))
    other = engine.ensemble({"one": np.ones(runs)}, request=Request({"SAVEPER": 0.5}, seed=1))
    x, y, seeded = made.values["x"], made.values["y"], other.values["x"]
    pairs = {
        "neighbouring runs": (x[1:], x[:-1]),
        "runs 64 apart": (x[64:], x[:-64]),
        "neighbouring steps": (x[:, 1:], x[:, :-1]),
        "steps 8 apart": (x[:, 8:], x[:, :-8]),
        "calls": (x, y),
        "calls, a step apart": (x[:, 1:], y[:, :-1]),
        "seeds": (x, seeded),
        "a run and the next step": (x[1:, :-1], x[:-1, 1:]),
    }
    for what, (one, two) in pairs.items():
        for bend in (lambda v: v, lambda v: (v - v.mean()) ** 2):
            found = np.corrcoef(bend(one).ravel(), bend(two).ravel())[0, 1]
            assert abs(found) < 4.5 / np.sqrt(one.size), what
    table, *_ = np.histogram2d(
        stats.rankdata(x[1:]), stats.rankdata(x[:-1]), bins=16, density=False
    )
    assert stats.chisquare(table.ravel()).pvalue > 0.001


@pytest.mark.parametrize("kind", [Compiled, Vectorised])
def test_a_truncated_number_is_the_quantile_of_its_uniform_one(
    kind: type[Compiled] | type[Vectorised],
) -> None:
    """In 70 digits, one uniform number at a time, at bounds near and far."""
    bounds = [(-50.0, 60.0), (-3.0, 0.5), (0.0, 9.0), (2.0, 2.5), (7.0, 99.0), (37.0, 41.0)]
    bounds += [(-55.0, -30.0), (-1e-6, 1.0), (-1.0, -0.999), (0.2, 0.2000001), (300.0, 300.1)]
    document, structure = small(
        "x = RANDOM NORMAL(low, high, 0, 1, 0) ~~| low = 0 ~~| high = 1 ~~|", final="0"
    )
    engine, runs = kind.load(document, structure), 40
    uniform = Draws(0, np.arange(runs, dtype=np.uint64)).at(0).uniform(_stream(structure, "x"))
    for low, high in bounds:
        given = {"low": np.full(runs, low), "high": np.full(runs, high)}
        found = engine.ensemble(given, outputs=["x"]).values["x"][:, 0]
        assert np.all((found >= low) & (found <= high))
        with localcontext() as context:
            context.prec = 70
            whole = probability(low, high)
            for share, x in zip(uniform.tolist(), found.tolist(), strict=True):
                off = (probability(low, x) - Decimal(share) * whole) / density(x)
                assert abs(off) < NORMAL_ERROR * (1 + abs(x))


@pytest.mark.parametrize("kind", [Compiled, Vectorised])
@pytest.mark.parametrize("low", [2e9, 1e155, 1e300])
def test_a_bound_beyond_all_numbers_is_the_number(
    kind: type[Compiled] | type[Vectorised], low: float
) -> None:
    for equation, expected in (
        (f"RANDOM NORMAL({low:f}, {low * 2:f}, 0, 1, 0)", low),
        (f"RANDOM NORMAL({-low * 2:f}, {-low:f}, 0, 1, 0)", -low),
    ):
        table = kind.load(*small(f"x = {equation} ~~|")).run()
        np.testing.assert_array_equal(table["x"], expected)


def _stream(structure: object, name: str) -> float:
    from cpdynamics.system.program import program

    return dict(program(structure).step)[name].arguments[-1].value


@pytest.mark.parametrize("kind", [Compiled, Vectorised])
def test_a_run_that_draws_from_nothing_is_told_and_the_others_go_on(
    kind: type[Compiled] | type[Vectorised],
) -> None:
    engine = kind.load(*small("x = RANDOM NORMAL(low, Time, 0, 1, 0) ~~| low = -1 ~~|", step="1"))
    lows = np.array([-1.0, 5.0, -2.0, 3.0, -9.0])
    made, fine = (engine.ensemble({"low": each}) for each in (lows, np.minimum(lows, -1.0)))
    assert made.failed.tolist() == [False, True, False, True, False]
    assert (made.failures[1].variable, made.failures[1].time) == ("x", 0.0)
    for run in (0, 2, 4):
        np.testing.assert_array_equal(made.values["x"][run], fine.values["x"][run])
    with pytest.raises(RunFailed, match="empty or endless range"):
        engine.run(Request({"low": 3.0}))


def test_a_run_that_chance_breaks_off_is_told_when_it_was() -> None:
    document, structure = small(
        "x = RANDOM 0 1() ~~| y = 1 / INTEGER(x * many) ~~| many = 40 ~~|", step="1"
    )
    given = {"many": np.linspace(20, 60, 200)}
    made = Compiled.load(document, structure).ensemble(given)
    second = Vectorised.load(document, structure).ensemble(given)
    assert 20 < np.count_nonzero(made.failed) < 100
    assert {run: str(one) for run, one in made.failures.items()} == {
        run: str(one) for run, one in second.failures.items()
    }
    assert len({one.time for one in made.failures.values()}) > 5


@pytest.mark.parametrize("kind", [Compiled, Vectorised])
@pytest.mark.parametrize(
    "asked", [{"seed": -1}, {"seed": 2**64}, {"seed": 0.5}, {"first_run": -1}, {"first_run": 2**32}]
)
def test_a_seed_and_a_run_have_whole_numbers(
    kind: type[Compiled] | type[Vectorised], asked: dict[str, int]
) -> None:
    engine = kind.load(*small("x = RANDOM 0 1() ~~|"))
    with pytest.raises(BadValue, match=next(iter(asked))):
        engine.run(Request(**asked))
    assert engine.run(Request(seed=2**64 - 1, first_run=2**32 - 1))["x"].between(0, 1).all()


def test_each_element_of_an_array_has_a_stream_of_its_own() -> None:
    document, structure = small(
        "side: a, b, c ~~| x[side] = RANDOM 0 1() ~~|"
        " y[side] = 3 + RANDOM NORMAL(0, 9, 2, 1, 0) ~~|"
    )
    tables = [kind.load(document, structure).run() for kind in (Compiled, Vectorised)]
    theirs = Reference.load(document, structure).run()
    for table in tables:
        assert list(table) == list(theirs)
        for name in ("x", "y"):
            elements = table[[f"{name}[{one}]" for one in "abc"]].to_numpy()
            assert len(np.unique(elements)) == elements.size
    np.testing.assert_allclose(tables[0], tables[1], rtol=1e-12)


def test_seeds_of_the_file_count_for_nothing_as_in_pysd() -> None:
    def of(seed: str, where: Callable[..., object]) -> np.ndarray:
        return where(*small(f"x = RANDOM UNIFORM(0, 1, {seed}) ~~| zero = 0 ~~|")).run()["x"]

    for load in (Compiled.load, Vectorised.load, Reference.load):
        np.testing.assert_array_equal(of("1", load), of("2", load))


def test_pysds_own_chance_follows_the_seed_and_the_runs_number() -> None:
    engine = Reference.load(*small("x = RANDOM 0 1() ~~|"))
    asked = [{}, {"seed": 1}, {"seed": 2**40}, {"first_run": 1}, {"seed": 1, "first_run": 1}]
    first = [engine.run(Request(**one))["x"].iloc[0] for one in asked]
    assert len(set(first)) == len(asked)
    assert engine.run(Request(seed=1))["x"].iloc[0] == first[1]
    with pytest.raises(BadValue, match="seed"):
        engine.run(Request(seed=-1))


def test_chance_in_the_vectorised_engine_is_never_hoisted() -> None:
    table = Vectorised.load(*small("x = RANDOM UNIFORM(0, 1, 2) ~~|")).run()
    assert table["x"].nunique() == len(table)
    assert marching.DRAWS not in table
