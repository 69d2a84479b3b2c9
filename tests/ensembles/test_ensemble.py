from __future__ import annotations

import functools
import warnings

import numpy as np
import pandas as pd
import pytest

from cpdynamics.engines.choosing import NAMES
from cpdynamics.ensembles import Ensemble, ensemble, sample, uniform
from cpdynamics.errors import BadValue, CpdynamicsError, Notice, RunFailed, Unsupported
from cpdynamics.library import load
from cpdynamics.model import Model
from tests.ensembles.small_models import BREAKING, LINE, made

MODEL = made(LINE, uncertain={"gain": "uniform", "start": "uniform"})
AUSTERITY = load("austerity")
CUT = "A further 40 % cut"
# The order of a delay is part of the quick engines' program, so they refuse it where it is drawn.
STAGES = "x = DELAY N(1 + STEP(1, 2), 4, 1, stages) ~~| stages = 3 ~ Dmnl [1,5] ~ |"


def single(model: Model, runs: Ensemble, row: int, scenario: object = None) -> pd.DataFrame:
    """The run of one row as PySD makes it alone."""
    given = model.scenario(scenario) | runs.sample.iloc[row].to_dict()  # type: ignore[arg-type]
    return model.run(given, engine="pysd").frame


@functools.cache
def austere(row: int) -> pd.DataFrame:
    """PySD's run of a row, which takes it a second."""
    draws = sample(AUSTERITY, n=130).iloc[row]
    frame = AUSTERITY.run(AUSTERITY.scenario(CUT) | draws.to_dict(), engine="pysd").frame
    frame.attrs["draws"] = draws
    return frame


@pytest.mark.parametrize("engine", NAMES)
def test_a_line_has_the_end_that_one_can_work_out(engine: str) -> None:
    runs = ensemble(MODEL, n=20, engine=engine, outputs=["Level"])
    gain, start = runs.sample["gain"].to_numpy(), runs.sample["start"].to_numpy()
    truth = start[:, None] + gain[:, None] * np.arange(11)
    np.testing.assert_allclose(runs["Level"], truth, rtol=1e-12)
    assert runs.engine == engine


def test_the_ends_of_many_lines_have_the_distribution_of_their_constants() -> None:
    # 40 + uniform * 10: a latin hypercube of N has the quantiles of a uniform to within 1/N.
    runs = ensemble(MODEL, {"gain": uniform(2, 6)}, n=2000, outputs="Level", reductions="final")
    ends = runs["Level"].sel(reduction="final")
    assert float(ends.mean()) == pytest.approx(140, abs=40 / 2000)
    assert float(ends.var()) == pytest.approx(40**2 / 12, rel=1e-2)
    levels = (0.05, 0.5, 0.95)
    band = runs.band("Level", levels).loc["final"]
    np.testing.assert_allclose(band, [120 + 40 * level for level in levels], atol=40 / 2000)


@pytest.mark.parametrize("engine", ["compiled", "vectorised"])
def test_a_row_is_the_run_that_pysd_makes_of_it(engine: str) -> None:
    runs = ensemble(AUSTERITY, n=130, scenario=CUT, engine=engine)
    for row in (0, 129):
        truth = austere(row)
        pd.testing.assert_series_equal(truth.attrs["draws"], runs.sample.iloc[row])
        assert len(runs.names) > 150
        for name in runs.names:
            there = truth[name].to_numpy()
            most = np.abs(there).max() * 1e-9 + 1e-12
            np.testing.assert_allclose(runs.values[name][row], there, rtol=0, atol=most)


def test_constants_are_no_results_unless_they_are_asked_for() -> None:
    runs = ensemble(MODEL, n=3)
    assert set(runs.names) == {"Level", "double"}
    assert "gain" in runs["Level"].coords
    runs = ensemble(MODEL, n=3, outputs=["gain", "Level"])
    np.testing.assert_array_equal(runs["gain"][:, -1], runs.sample["gain"])


def test_hold_and_initial_are_those_of_a_single_run() -> None:
    series = pd.Series([1.0, 5.0], [0.0, 10.0])
    runs = ensemble(MODEL, {"gain": "uniform"}, n=3, hold={"double": series}, initial={"Level": 7})
    np.testing.assert_allclose(runs["double"][1], np.linspace(1, 5, 11))
    np.testing.assert_array_equal(runs["Level"][:, 0], [7, 7, 7])


def test_the_clock_may_be_another_for_all_runs() -> None:
    runs = ensemble(MODEL, n=3, scenario={"FINAL TIME": 4, "SAVEPER": 2})
    assert runs.times.tolist() == [0, 2, 4]
    runs = ensemble(MODEL, n=3, times=[8, 3])
    assert runs["Level"]["time"].values.tolist() == [8, 3]
    assert ensemble(MODEL, n=3, times=iter([1, 2])).times.tolist() == [1, 2]
    assert ensemble(MODEL, n=3, times=5, outputs="Level").values["Level"].shape == (3, 1)


def test_the_same_seed_draws_the_same_under_every_scenario() -> None:
    base = ensemble(AUSTERITY, n=50, outputs="acute spend")
    cut = ensemble(AUSTERITY, n=50, scenario=CUT, outputs="acute spend")
    pd.testing.assert_frame_equal(base.sample, cut.sample)
    # What the scenario sets is not drawn, and the others stay as they were.
    name = next(iter(AUSTERITY.story.uncertain))
    low = AUSTERITY.structure.elements[name].range.low  # type: ignore[union-attr]
    fewer = ensemble(AUSTERITY, n=50, scenario={name: low}, outputs="acute spend")
    pd.testing.assert_frame_equal(fewer.sample, base.sample.drop(columns=name))
    assert fewer.scenario.set == {name: low}
    held = ensemble(AUSTERITY, n=50, hold={name: low}, outputs="acute spend")
    np.testing.assert_array_equal(held["acute spend"], fewer["acute spend"])


@pytest.mark.parametrize("priors", [{"gain": "uniform"}, pd.DataFrame({"GAIN": [1.0]})])
def test_a_constant_is_drawn_or_given(priors: object) -> None:
    for more in ({"scenario": {"Gain": 1}}, {"hold": {"gain": 1}}):
        with pytest.raises(BadValue, match='"gain" is drawn'):
            ensemble(MODEL, priors, **more)  # type: ignore[arg-type]
    with pytest.raises(BadValue, match="every constant"):
        ensemble(MODEL, scenario={"gain": 1, "start": 99})


@pytest.mark.parametrize("engine", NAMES)
def test_a_run_that_breaks_off_is_marked_and_the_others_go_on(engine: str) -> None:
    frame = pd.DataFrame({"divisor": [1, -1, 0.5, -0.5]})
    runs = ensemble(made(BREAKING), frame, engine=engine, outputs=["Level", "wave"])
    assert runs.failed.tolist() == [False, True, False, True]
    assert runs.failures["run"].tolist() == [1, 3]
    assert set(runs.failures["variable"]) == {"inflow"}
    assert set(runs.failures["time"]) == {5}
    assert set(runs.failures["why"]) == {"divides by zero"}
    assert np.isnan(runs["Level"][[1, 3]]).all()
    assert np.isfinite(runs["wave"][[0, 2]]).all()
    assert runs.band("Level").attrs["failed"] == 2
    np.testing.assert_allclose(runs.band("Level", [0.5]).loc[10.0], 22.5)
    reduced = ensemble(
        made(BREAKING), frame, engine=engine, outputs="wave", reductions=["time of max", "mean"]
    )
    assert np.isnan(reduced["wave"][[1, 3]]).all()
    assert np.isfinite(reduced["wave"][[0, 2]]).all()


@pytest.mark.parametrize("engine", ["compiled", "vectorised"])
def test_all_runs_may_break_off(engine: str) -> None:
    runs = ensemble(made(BREAKING), {"divisor": uniform(-1, -0.1)}, n=300, engine=engine)
    assert len(runs.failures) == len(runs) == 300
    band = runs.band("Level")
    assert band.isna().all(axis=None)
    assert band.attrs["runs"] == 0


def test_pysd_tells_why_when_no_run_has_come_to_its_end() -> None:
    with pytest.raises(RunFailed, match=r'Every run .* "inflow" divides by zero'):
        ensemble(made(BREAKING), {"divisor": uniform(-1, -0.1)}, n=2, engine="pysd")


def test_pysd_steps_in_with_a_notice_for_what_shows_only_when_it_is_drawn() -> None:
    model, frame = made(STAGES), pd.DataFrame({"stages": [1, 3, 5]})
    with pytest.warns(Notice, match="PySD runs it") as caught:
        runs = ensemble(model, frame, outputs="x")
    assert caught[0].filename == __file__
    assert runs.engine == "pysd"
    for row in range(3):
        np.testing.assert_array_equal(runs["x"][row], single(model, runs, row)["x"])
    with pytest.raises(Unsupported):
        ensemble(model, frame, outputs="x", engine="compiled")


@pytest.mark.parametrize("engine", NAMES)
def test_a_subscripted_variable_is_an_output_an_element(engine: str) -> None:
    regions = ", ".join(f"region{number}" for number in range(100))
    model = made(
        f"region: {regions} ~~| Stock[region] = INTEG(gain, 1) ~ Child ~ Kids |"
        "gain = 1 ~ Dmnl [0,2] ~ |"
    )
    runs = ensemble(model, {"gain": "uniform"}, n=3, engine=engine)
    assert len(runs.names) == 100
    last = runs["stock[REGION99]"]
    assert last.attrs == {"units": "Child", "description": "Kids"}
    np.testing.assert_allclose(last[:, -1], 1 + 10 * runs.sample["gain"])
    with pytest.raises(BadValue, match=r"5.5e\+08 numbers"):
        ensemble(model, {"gain": "uniform"}, n=500_000, engine=engine)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"outputs": ["Lvl"]}, "Level"),
        ({"outputs": []}, "empty"),
        ({"outputs": 3}, "outputs="),
        ({"times": [3.5]}, "3.5"),
        ({"times": []}, "times= is empty"),
        ({"times": ["a"]}, "times="),
        ({"reductions": ["finl"]}, "final"),
        ({"reductions": [["final"]]}, "no reduction"),
        ({"reductions": []}, "reductions= is empty"),
        ({"engine": "numba"}, "numba"),
        ({"scenario": "nothing"}, "nothing"),
        ({"scenario": {"start": 0}, "priors": {"gain": "uniform"}}, "50 to 200"),
        ({"client": 3}, "Client"),
        ({"n": 40_000_000}, "reductions="),
    ],
)
def test_what_cannot_be_asked_is_refused_before_anything_runs(
    more: dict[str, object], words: str
) -> None:
    with pytest.raises(CpdynamicsError, match=words):
        ensemble(MODEL, **more)  # type: ignore[arg-type]


def test_it_wants_a_model() -> None:
    with pytest.raises(BadValue, match=r"ensemble\(load"):
        ensemble("austerity")  # type: ignore[arg-type]


def test_nothing_is_warned_of_in_a_plain_call() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        runs = ensemble(MODEL, n=300)
    pd.testing.assert_frame_equal(runs.sample, sample(MODEL, n=300))
