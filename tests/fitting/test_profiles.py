"""Profile intervals: exact where the answer is known, open where the figures do not tell."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2, norm, t

from cpdynamics.errors import BadValue, UnknownName
from cpdynamics.fitting import fit
from tests.fitting.services import DECAY, LINE, PAIR, made, seen, waiting

TIMES = np.arange(0.0, 25.0, 4.0)
FIGURES = pd.Series([101.0, 108.5, 117.2, 122.9, 133.8, 139.1, 148.6], TIMES)


def straight(error: float | None) -> tuple[np.ndarray, np.ndarray]:
    """Estimates and standard errors of gain and start, by the normal equations."""
    design = np.column_stack([TIMES, np.ones(len(TIMES))])
    inverse = np.linalg.inv(design.T @ design)
    found = inverse @ design.T @ FIGURES.to_numpy()
    left = FIGURES.to_numpy() - design @ found
    variance = error**2 if error else left @ left / (len(TIMES) - 2)
    return found, np.sqrt(np.diag(inverse) * variance)


@pytest.mark.parametrize("level", [0.5, 0.9, 0.99])
def test_known_errors_give_the_exact_interval_of_a_straight_line(level):
    found = fit(made(LINE), {"Level": FIGURES}, ["gain", "start"], errors={"Level": 1.5})
    due, error = straight(1.5)
    reach = norm.ppf(0.5 + level / 2) * error
    for place, name in enumerate(("gain", "start")):
        interval = found.interval(name, level)
        assert interval[:2] == pytest.approx(
            (due[place] - reach[place], due[place] + reach[place]), abs=1e-4 * error[place]
        )
        assert not interval.open_low
        assert not interval.open_high


def test_unknown_errors_give_student_s_interval():
    found = fit(made(LINE), {"Level": FIGURES}, ["gain", "start"])
    due, error = straight(None)
    reach = t.ppf(0.95, len(TIMES) - 2) * error
    table = found.intervals(0.9)
    np.testing.assert_allclose(table["low"], due - reach, atol=1e-4 * error.min())
    np.testing.assert_allclose(table["high"], due + reach, atol=1e-4 * error.min())
    np.testing.assert_allclose(found.table["error"], error, rtol=1e-6)


def test_the_interval_of_a_curve_is_where_the_deviance_has_risen_by_chi_squared():
    times = np.array([0.0, 1.0, 2.0, 4.0])
    figures = pd.Series([96.0, 70.0, 55.0, 28.0], times)
    found = fit(made(DECAY), {"Waiting": figures}, "fraction", errors={"Waiting": 20.0})

    def deviance(fraction: float) -> float:
        return float((((waiting(times, fraction) - figures) / 20) ** 2).sum())

    least = deviance(found.table["estimate"]["fraction"])
    interval = found.interval("fraction", 0.9)
    for end in interval[:2]:
        assert deviance(end) - least == pytest.approx(chi2.ppf(0.9, 1), rel=1e-4)
    below, above = np.abs(np.array(interval[:2]) - found.table["estimate"]["fraction"])
    assert above > 1.1 * below  # a curve, so that the two arms differ


def test_an_end_that_the_figures_do_not_set_is_that_of_the_range_and_open():
    model = made(PAIR)
    figures = seen(model, {}, ["Trust"], [0.0, 6.0, 12.0, 18.0, 24.0], errors=0.5)
    found = fit(model, figures, {"visits": (1, 4), "effect": (0.5, 12)}, errors={"Trust": 0.5})
    # Between 1 and 4 visits the effect makes up for all of it.
    interval = found.interval("visits")
    assert interval == (1.0, 4.0, True, True)
    assert found.intervals()["open"]["visits"] == "low and high"


def test_an_estimate_at_its_bound_has_an_interval_to_one_side():
    times = [0.0, 8.0, 16.0, 24.0]
    figures = pd.Series([100.0, 99.0, 98.5, 98.0], times)  # less than no gain at all
    found = fit(made(LINE), {"Level": figures}, "gain", errors={"Level": 2.0})
    assert found.table.loc["gain", "at"] == "low"
    assert found.table["estimate"]["gain"] == 0
    assert np.isnan(found.table["error"]["gain"])
    interval = found.interval("gain")
    assert interval.low == 0
    assert interval.open_low
    assert 0 < interval.high < 0.2
    assert '"gain" is at its lower bound, 0: it has no standard error there.' in found.words


@pytest.mark.parametrize("level", [0, 1, -0.5, 90, float("nan"), "90 %"])
def test_a_level_that_is_no_share_is_refused(level):
    found = fit(made(LINE), {"Level": FIGURES}, ["gain", "start"])
    with pytest.raises(BadValue, match="level"):
        found.interval("gain", level)


def test_a_constant_that_was_not_varied_is_offered_those_that_were():
    found = fit(made(LINE), {"Level": FIGURES}, ["gain"])
    with pytest.raises(UnknownName, match='"gain"'):
        found.interval("start")
