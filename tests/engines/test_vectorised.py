from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest

from cpdynamics.engines.compiled import Compiled
from cpdynamics.engines.reference import Reference
from cpdynamics.engines.request import Request
from cpdynamics.engines.vectorised import Vectorised
from cpdynamics.errors import BadValue, CpdynamicsError, RunFailed, UnknownName, Unsupported
from tests.engines.agreeing import agree, same, small, steps
from tests.engines.constructs import CONSTRUCTS, FAILING, NOT_FAILING, SERIES, SOURCE


@pytest.mark.parametrize("construct", CONSTRUCTS)
def test_each_construct_is_pysds_at_three_steps(construct: str) -> None:
    document, structure = small(SOURCE + CONSTRUCTS[construct])
    agree(document, structure, *steps())


@pytest.mark.parametrize("construct", CONSTRUCTS)
def test_it_is_the_same_wherever_control_stands(construct: str) -> None:
    runs = [
        Vectorised.load(*small(SOURCE + CONSTRUCTS[construct], step="0.1", clock_first=first)).run()
        for first in (True, False)
    ]
    pd.testing.assert_frame_equal(runs[0][list(runs[1])], runs[1], check_exact=True)


@pytest.mark.parametrize(
    ("saveper", "step"), [(0.3, 0.125), (0.1, 0.1), (0.7, 0.1), (3.0, 0.25), (0.125, 0.5)]
)
def test_the_saved_times_are_pysds(saveper: float, step: float) -> None:
    document, structure = small(SOURCE + "five = (Time = 5) + Time ~~|")
    clock = {"SAVEPER": saveper, "TIME STEP": step, "INITIAL TIME": -1.0, "FINAL TIME": 9.05}
    agree(document, structure, Request(constants=clock))


def test_a_clock_that_follows_a_constant() -> None:
    document, structure = small(SOURCE + "half = 0.25 ~~|", step="half", saveper="2 * TIME STEP")
    agree(document, structure, Request(), Request(constants={"half": 0.125}))


def test_outputs_are_the_columns_asked_for_in_their_order() -> None:
    document, structure = small(SOURCE)
    request = Request(outputs=("Wave", "LEVEL", "wave", "Time_Step"))
    [table] = agree(document, structure, request)
    assert list(table) == ["wave", "Level", "TIME STEP"]


@pytest.mark.parametrize(
    "request_",
    [
        Request(hold={"Level": 4.0}),
        Request(hold={"Level": SERIES}),
        Request(hold={"inflow": SERIES}),
        Request(hold={"lag": SERIES}),
        Request(hold={"smoothed": 3.0}),
        Request(constants={"inflow": 2.0}),
        Request(hold={"Other": SERIES}, initial={"Level": 3.0}),
        Request(initial={"Level": 3.0, "other": -1.0}),
        Request(constants={"lag": 4.0}, hold={"wave": 1.0}, initial={"Level": 0.0}),
    ],
)
def test_holding_and_starting_elsewhere(request_: Request) -> None:
    equations = "smoothed = SMOOTH(wave, lag) ~~| x = DELAY3(smoothed + Level, 2) / Other ~~|"
    document, structure = small(SOURCE + equations, step="0.125")
    agree(document, structure, request_)


@pytest.mark.parametrize("what", FAILING)
def test_what_pysd_breaks_off_is_broken_off(what: str) -> None:
    document, structure = small(SOURCE + FAILING[what])
    with pytest.raises(CpdynamicsError) as theirs:
        Reference.load(document, structure).run()
    with pytest.raises(CpdynamicsError) as ours:
        Vectorised.load(document, structure).run()
    assert type(ours.value) is type(theirs.value)
    name = FAILING[what].split(" =")[0]
    assert f'"{name}"' in str(ours.value)
    assert f'"{name}"' in str(theirs.value)
    assert isinstance(theirs.value, RunFailed | BadValue)
    # PySD goes on with a complex number until it is saved; the operation was the same.
    if " at time " in str(theirs.value) and "no real value" not in str(theirs.value):
        when = str(theirs.value).split(" at time ")[1].split()[0].rstrip(".")
        assert f" at time {when}." in str(ours.value)


def test_each_run_has_delays_of_its_own_order() -> None:
    document, structure = small(
        SOURCE + "x = DELAY3(inflow, lag) ~~| y = DELAY N(wave, lag, 2, 9) ~~|", step="0.25"
    )
    lags = np.array([0.25, 0.3, 0.55, 0.9, 2.0, 2.25, 8.0])
    truth = Reference.load(document, structure)
    tables = [truth.run(Request(constants={"lag": float(lag)})) for lag in lags]
    for kind in (Vectorised, Compiled):
        made = kind.load(document, structure).ensemble({"lag": lags}, outputs=["x", "y"])
        for name in ("x", "y"):
            theirs = [table[name] for table in tables]
            np.testing.assert_allclose(made.values[name], theirs, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("what", NOT_FAILING)
def test_what_pysd_lets_pass_passes(what: str) -> None:
    document, structure = small(SOURCE + NOT_FAILING[what])
    agree(document, structure, Request())


def test_runs_that_break_off_leave_the_others_alone() -> None:
    document, structure = small(
        SOURCE + "Stock = INTEG(-drain, 10) ~~| drain = 1 ~~| share = 100 / Stock ~~|"
    )
    engine, truth = Vectorised.load(document, structure), Reference.load(document, structure)
    drains = np.array([0.5, 2.0, 1.3, 10.0, 0.0, 1.0])
    made = engine.ensemble({"drain": drains})
    assert made.failed.tolist() == [False, True, False, True, False, True]
    assert {run: (one.variable, one.time) for run, one in made.failures.items()} == {
        1: ("share", 5.0),
        3: ("share", 1.0),
        5: ("share", 10.0),
    }
    for run, drain in enumerate(drains):
        request = Request(constants={"drain": float(drain)})
        if made.failed[run]:
            assert all(np.isnan(values[run]).all() for values in made.values.values())
            with pytest.raises(RunFailed, match=made.failures[run].variable):
                truth.run(request)
        else:
            columns = {name: values[run] for name, values in made.values.items()}
            same(pd.DataFrame(columns, index=pd.Index(made.times, name="Time")), truth.run(request))


def test_each_run_has_delays_of_its_own_length_and_order() -> None:
    document, structure = small(
        SOURCE + "x = DELAY FIXED(wave, lag, 0) ~~| y = DELAY3(wave, lag) ~~|"
        " z = DELAY N(Level, lag, 3, 6) ~~|",
        step="0.25",
    )
    lags = np.array([0.25, 0.5, 0.62, 0.7, 1.1, 3.0, 30.0])
    made = Vectorised.load(document, structure).ensemble({"lag": lags}, outputs=["x", "y", "z"])
    truth = Reference.load(document, structure)
    assert not made.failed.any()
    for run, lag in enumerate(lags):
        table = truth.run(Request(constants={"lag": float(lag)}))
        for name in ("x", "y", "z"):
            np.testing.assert_allclose(made.values[name][run], table[name], rtol=1e-9, atol=1e-12)


def test_an_ensemble_has_its_shape_and_the_times_asked_for() -> None:
    document, structure = small(SOURCE, step="0.25")
    engine = Vectorised.load(document, structure)
    lags = np.linspace(1, 3, 5)
    whole = engine.ensemble({"lag": lags}, outputs=["Level", "lag"])
    part = engine.ensemble({"lag": lags}, outputs=["lag", "Level"], times=[10.0, 2.0])
    assert whole.values["Level"].shape == (5, 11)
    assert list(whole.values) == ["Level", "lag"]
    assert part.times.tolist() == [10.0, 2.0]
    np.testing.assert_array_equal(part.values["Level"], whole.values["Level"][:, [10, 2]])
    np.testing.assert_array_equal(part.values["lag"], lags[:, None] * np.ones(2))
    with pytest.raises(BadValue, match="not among the times"):
        engine.ensemble({"lag": lags}, times=[2.5])


def test_an_order_belongs_to_a_run_of_its_own() -> None:
    document, structure = small(SOURCE + "n = 2 ~~| x = SMOOTH N(wave, lag, 0, n * 2) ~~|")
    agree(document, structure, Request(), *(Request(constants={"n": n}) for n in (1.0, 3.0)))
    engine = Vectorised.load(document, structure)
    with pytest.raises(Unsupported, match='"n" is the order of a delay'):
        engine.ensemble({"n": np.array([1.0, 2.0])})
    with pytest.raises(BadValue, match="order of the delay"):
        engine.run(Request(constants={"n": 1.2}))


@pytest.mark.parametrize("clock", ["TIME STEP", "FINAL TIME", "SAVEPER", "INITIAL TIME"])
def test_runs_of_one_ensemble_share_their_clock(clock: str) -> None:
    engine = Vectorised.load(*small(SOURCE))
    with pytest.raises(Unsupported, match=f"{clock} differs between runs"):
        engine.ensemble({clock: np.array([0.25, 0.5])})


@pytest.mark.parametrize(
    ("wrong", "error", "match"),
    [
        (Request(constants={"nobody": 1.0}), UnknownName, "nobody"),
        (Request(constants={"Level": 1.0}), BadValue, "is a stock"),
        (Request(constants={"lag": float("nan")}), BadValue, "finite"),
        (Request(initial={"lag": 1.0}), BadValue, "not a stock"),
        (Request(hold={"Time": 1.0}), BadValue, "cannot be held"),
        (Request(hold={"lag": pd.Series([1.0, 2.0], index=[2.0, 1.0])}), BadValue, "back in time"),
        (Request(outputs=("nobody",)), UnknownName, "nobody"),
        (Request(constants={"TIME STEP": 0.0}), BadValue, "TIME STEP"),
        (Request(constants={"FINAL TIME": -1.0}), BadValue, "FINAL TIME"),
        (Request(constants={"TIME STEP": 1e-9}), BadValue, "time steps"),
    ],
)
def test_a_wrong_request_is_refused_as_the_reference_does(
    wrong: Request, error: type[CpdynamicsError], match: str
) -> None:
    document, structure = small(SOURCE)
    for engine in (Vectorised.load(document, structure), Reference.load(document, structure)):
        with pytest.raises(error, match=match):
            engine.run(wrong)


@pytest.mark.parametrize(
    "many",
    [
        {"lag": np.array([1.0, np.nan])},
        {"lag": np.array([1.0, 2.0]), "Time step": np.array([0.5])},
        {"lag": np.empty(0)},
        {"lag": np.float64(2.0)},
    ],
)
def test_arrays_that_are_no_runs_are_refused(many: dict[str, np.ndarray]) -> None:
    with pytest.raises(BadValue):
        Vectorised.load(*small(SOURCE)).ensemble(many)


def test_data_can_be_run_once_it_is_held() -> None:
    document, structure = small(SOURCE + "known :INTERPOLATE: ~~| x = known * 2 ~~|")
    engine = Vectorised.load(document, structure)
    with pytest.raises(Unsupported, match="known"):
        engine.run()
    request = Request(hold={"known": SERIES})
    same(engine.run(request), Reference.load(document, structure).run(request))


def test_blocks_of_runs_give_the_numbers_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    document, structure = small(
        SOURCE + "kept = wave + lag ~~| x = 1 / (Time - stop) ~~| stop = 99 ~~|"
    )
    engine = Vectorised.load(document, structure)
    many = {"lag": np.linspace(1, 5, 11), "inflow": np.linspace(0, 3, 11)}
    many["stop"] = np.where(np.arange(11) % 4 == 2, 3.0, 99.0)
    whole = engine.ensemble(many)
    monkeypatch.setattr("cpdynamics.engines.vectorised.BLOCK", 3)
    parts = engine.ensemble(many)
    for name, values in whole.values.items():
        np.testing.assert_array_equal(values, parts.values[name])
    assert whole.failed.tolist() == parts.failed.tolist()
    assert list(whole.failures) == [2, 6, 10]
    assert whole.failures == parts.failures


def test_eight_threads_share_one_engine() -> None:
    document, structure = small(SOURCE + "x = DELAY3(wave, lag) ~~|", step="0.25")
    engine = Vectorised.load(document, structure)
    lags = [1.0 + place / 4 for place in range(24)]

    def last(lag: float) -> float:
        held = Request(constants={"lag": lag}, hold={"inflow": lag} if lag > 4 else {})
        return float(engine.run(held)["x"].iloc[-1])

    alone = [last(lag) for lag in lags]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(last, lags)) == alone


def test_more_numbers_than_memory_holds_are_refused() -> None:
    engine = Vectorised.load(*small(SOURCE, final="100000", saveper="TIME STEP"))
    with pytest.raises(BadValue, match="fewer outputs"):
        engine.ensemble({"lag": np.ones(1000)})


def test_a_sample_that_is_refused_has_no_one_answer_in_pysd() -> None:
    document, structure = small(
        "S = INTEG(1, 0) ~~| x = SAMPLE IF TRUE(MODULO(Time, 2) < 0.6, S, 0) ~~|", step="0.25"
    )
    truth = Reference.load(document, structure)
    seldom, often = (truth.run(Request(constants={"SAVEPER": every}))["x"] for every in (1.0, 0.25))
    assert (seldom - often[seldom.index]).abs().max() > 0.2
    with pytest.raises(Unsupported, match='"x" is a SAMPLE IF TRUE that reads "S"'):
        Vectorised.load(document, structure)


def test_a_run_is_broken_off_by_what_nobody_asked_for() -> None:
    document, structure = small(SOURCE + "x = 1 / (Time - 5) ~~|")
    for engine in (Vectorised.load(document, structure), Reference.load(document, structure)):
        with pytest.raises(RunFailed, match=r'"x" divides by zero at time 5\.'):
            engine.run(Request(outputs=("Level",)))


@pytest.mark.parametrize(
    ("equations", "kind"),
    [
        ("zero = 0 ~~| lost = LN(zero - 1) ~~| x = DELAY FIXED(Time, lost, 1) ~~|", RunFailed),
        ("short = 0.001 ~~| x = DELAY1(Time, short) ~~|", BadValue),
    ],
)
@pytest.mark.parametrize("engine", [Reference, Vectorised, Compiled])
def test_an_engine_breaks_off_with_the_kind_of_error_that_pysd_does(
    engine: type, equations: str, kind: type[CpdynamicsError]
) -> None:
    document, structure = small(equations)
    with pytest.raises(CpdynamicsError) as raised:
        engine.load(document, structure).run(Request())
    assert type(raised.value) is kind
    if kind is BadValue:
        assert raised.value.remedy == "Choose a longer delay or a shorter TIME STEP."
