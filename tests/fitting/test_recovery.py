"""Known constants are found again, as near as their errors say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import curve_fit
from scipy.stats import binom

from cpdynamics.fitting import fit
from cpdynamics.library import load
from tests.fitting.services import CHANCE, DECAY, LINE, PAIR, WAVE, made, seen, waiting

TIMES = np.arange(0.0, 25.0, 2.0)
REPLICATES = 120
LEVEL = 0.9


@pytest.fixture(scope="module")
def decay():
    return made(DECAY)


def noisy(seed: int, error: float = 3.0) -> pd.Series:
    rng = np.random.default_rng(seed)
    return pd.Series(waiting(TIMES, 0.12) + error * rng.standard_normal(len(TIMES)), TIMES)


def test_figures_without_noise_give_the_constants_back(decay):
    exact = {"Waiting": pd.Series(waiting(TIMES, 0.12, 250.0), TIMES)}
    found = fit(decay, exact, ["fraction", "start"], errors={"Waiting": 1.0})
    assert found.table["estimate"].to_dict() == pytest.approx(
        {"fraction": 0.12, "start": 250.0}, rel=1e-8
    )
    assert found.cost == pytest.approx(0, abs=1e-10)
    fitted = decay.run(found.scenario)["Waiting"].loc[TIMES]
    np.testing.assert_allclose(fitted, waiting(TIMES, 0.12, 250.0), rtol=1e-8)


@pytest.mark.parametrize("known", [True, False])
def test_estimates_and_errors_are_those_of_a_fit_of_the_closed_form(decay, known):
    figures = noisy(5)
    found = fit(
        decay,
        {"Waiting": figures},
        ["fraction", "start"],
        errors={"Waiting": 3.0} if known else None,
    )
    due, covariance = curve_fit(
        waiting,
        TIMES,
        figures.to_numpy(),
        p0=[0.05, 100.0],
        sigma=np.full(len(TIMES), 3.0),
        absolute_sigma=known,
        ftol=1e-14,
        xtol=1e-14,
    )
    np.testing.assert_allclose(found.table["estimate"], due, rtol=1e-6)
    np.testing.assert_allclose(found.table["error"], np.sqrt(np.diag(covariance)), rtol=1e-4)
    tie = covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1])
    assert found.correlation.loc["fraction", "start"] == pytest.approx(tie, abs=1e-4)


@pytest.mark.parametrize("known", [True, False])
def test_intervals_hold_the_truth_as_often_as_they_say(decay, known):
    held, replicates = 0, 400 if known else REPLICATES
    for seed in range(replicates):
        found = fit(
            decay, {"Waiting": noisy(seed)}, "fraction", errors={"Waiting": 3.0} if known else None
        )
        interval = found.interval("fraction", LEVEL)
        held += interval.low <= 0.12 <= interval.high
    low, high = binom.interval(0.99, replicates, LEVEL)
    assert low <= held <= high


def test_standard_errors_of_two_constants_hold_the_truth_as_often_as_they_say(decay):
    inside = np.zeros(2)
    for seed in range(REPLICATES):
        found = fit(
            decay, {"Waiting": noisy(seed)}, ["fraction", "start"], errors={"Waiting": 3.0}
        ).table
        inside += np.abs(found["estimate"] - [0.12, 100.0]) <= 1.6449 * found["error"]
    low, high = binom.interval(0.99, REPLICATES, LEVEL)
    assert ((low <= inside) & (inside <= high)).all()


def test_a_robust_loss_is_hardly_moved_by_one_wild_figure(decay):
    figures = noisy(3, error=1.0)
    wild = figures.copy()
    wild.loc[12.0] += 60
    asked = {"vary": ["fraction", "start"], "errors": {"Waiting": 1.0}}
    plain, pulled = (fit(decay, {"Waiting": one}, **asked).table for one in (figures, wild))
    for loss in ("soft_l1", "huber", "cauchy"):
        robust = fit(decay, {"Waiting": wild}, **asked, loss=loss).table
        far, further = (
            np.linalg.norm((one["estimate"] - plain["estimate"]) / plain["error"])
            for one in (robust, pulled)
        )
        assert far < 0.2 * further
        assert np.isfinite(robust["error"]).all()


def test_a_mean_over_months_is_fitted_as_a_mean():
    line = made(LINE)
    # Of a straight line, the mean over twelve months is the value half a year before.
    figures = pd.Series([100 + 5 * (time - 6) for time in (12.0, 18.0, 24.0)], [12.0, 18.0, 24.0])
    figures.attrs["over"] = 12
    found = fit(line, {"Level": figures}, ["gain", "start"], errors={"Level": 1.0})
    assert found.table["estimate"].tolist() == pytest.approx([5, 100], rel=1e-8)


def test_a_mean_over_parts_of_months_is_fitted_as_one():
    # The mean over three and a half months up to 10.25 is the value at 8.5.
    figures = pd.Series(
        [100 + 5 * (time - 1.75) for time in (4.75, 10.25, 20.5)], [4.75, 10.25, 20.5]
    )
    figures.attrs["over"] = 3.5
    found = fit(made(LINE), {"Level": figures}, ["gain", "start"], errors={"Level": 1.0})
    assert found.table["estimate"].tolist() == pytest.approx([5, 100], rel=1e-8)


def test_a_figure_between_two_saved_times_is_on_the_line_between_them():
    figures = pd.Series([100 + 5 * 3.5, 100 + 5 * 10.25, 100 + 5 * 20.75], [3.5, 10.25, 20.75])
    found = fit(made(LINE), {"Level": figures}, ["gain", "start"], errors={"Level": 1.0})
    assert found.table["estimate"].tolist() == pytest.approx([5, 100], rel=1e-8)


def test_weights_draw_the_fit_to_the_series_that_weighs_more():
    model = made(LINE + "double = 2 * Level ~ Child ~ |\n")
    times = [0.0, 8.0, 16.0, 24.0]
    apart = {
        "Level": pd.Series([100.0, 116, 132, 148], times),
        "double": pd.Series([200.0, 264, 328, 392], times),  # twice a gain of 4
    }
    gains = [
        fit(model, apart, "gain", weights={"double": weight}).table["estimate"]["gain"]
        for weight in (0.1, 1.0, 10.0)
    ]
    assert 2 < gains[0] < gains[1] < gains[2] < 4


def test_many_searches_find_what_one_from_afar_does_not():
    model = made(WAVE)
    figures = seen(model, {"pace": 1.1, "size": 12.0}, ["Seen"], list(np.arange(0.0, 25.0)))
    asked = {"vary": ["pace", "size"], "errors": {"Seen": 0.5}, "seed": 3}
    one, many = fit(model, figures, **asked), fit(model, figures, **asked, starts=5)
    assert one.cost > 100 * max(many.cost, 1e-6)
    assert many.table["estimate"].tolist() == pytest.approx([1.1, 12.0], rel=1e-6)
    assert " of 5 searches came to the same place." in many.words


def test_the_same_seed_gives_the_same_bits_and_another_one_other_starts():
    model = made(WAVE)
    figures = seen(model, {"pace": 1.1}, ["Seen"], [2.0, 5.0, 9.0, 14.0, 20.0], errors=0.5)
    first, again, other = (
        fit(model, figures, ["pace", "size"], errors={"Seen": 0.5}, starts=4, seed=seed)
        for seed in (7, 7, 8)
    )
    assert first.searches == again.searches
    assert first.table.equals(again.table)
    assert first.words == again.words
    assert first.searches[1].start != other.searches[1].start


def test_pysd_finds_the_same_constants():
    model = made(PAIR)
    figures = seen(model, {"time to forget": 14.0}, ["Trust"], [0.0, 6, 12, 18, 24], errors=0.3)
    compiled, pysd = (
        fit(model, figures, ["time to forget"], errors={"Trust": 0.3}, engine=engine).table
        for engine in ("compiled", "pysd")
    )
    assert pysd["estimate"].tolist() == pytest.approx(compiled["estimate"].tolist(), rel=1e-6)
    assert pysd["error"].tolist() == pytest.approx(compiled["error"].tolist(), rel=1e-4)


def test_two_constants_of_the_library_are_found_again_beside_what_is_held():
    model = load("caseload")
    true = {"worsening fraction": 0.012, "strength of thin visits": 1.1}
    names, yearly = ["repeat referrals", "Children in Care"], list(np.arange(12.0, 181.0, 12.0))
    figures = seen(model, {**true, "staff lost": 0.2}, names, yearly)
    sizes = {name: float(one.mean()) * 0.005 for name, one in figures.items()}
    found = fit(model, figures, list(true), errors=sizes, scenario={"staff lost": 0.2})
    assert found.table["estimate"].to_dict() == pytest.approx(true, rel=1e-6)
    assert dict(found.scenario.set) == pytest.approx({**true, "staff lost": 0.2}, rel=1e-6)


def test_a_model_with_chance_in_it_is_refused():
    from cpdynamics.errors import BadValue

    figures = {"Walk": pd.Series([0.0, 1.0, 2.0], [1.0, 2.0, 3.0])}
    with pytest.raises(BadValue, match="chance is at work"):
        fit(made(CHANCE), figures, "width")
