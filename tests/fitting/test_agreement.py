"""Statistics of a fit against what was worked out by hand, and forecasts against naive ones."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpdynamics.fitting import fit
from cpdynamics.fitting.agreement import agreement, forecast
from tests.fitting.services import DECAY, LINE, made, waiting


def test_theils_parts_are_those_worked_out_by_hand():
    # Figures 1 2 3: mean 2, variance 2/3. Run 2 4 6: mean 4, variance 8/3. Differences 1 2 3:
    # their mean square is 14/3. Bias (4 - 2)^2 = 4; spreads (sqrt(8/3) - sqrt(2/3))^2 = 2/3;
    # r = 1, so that nothing is left for covariance.
    found = agreement(np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 6.0]))
    assert found.rmse == pytest.approx((14 / 3) ** 0.5)
    assert found.bias == pytest.approx(4 / (14 / 3))
    assert found.variance == pytest.approx((2 / 3) / (14 / 3))
    assert found.covariance == pytest.approx(0, abs=1e-12)
    assert found.mape == pytest.approx(100)
    assert found.r2 == pytest.approx(1)


def test_a_run_that_moves_the_other_way_is_all_covariance():
    # Means and spreads are equal; 2 (1 - r) s s = 2 * 2 * 2/3 is the whole of 8/3.
    found = agreement(np.array([1.0, 2.0, 3.0]), np.array([3.0, 2.0, 1.0]))
    assert (found.bias, found.variance, found.covariance) == pytest.approx((0, 0, 1))
    assert found.rmse == pytest.approx((8 / 3) ** 0.5)
    assert found.r2 == pytest.approx(1)  # which is why it is not to be judged by


@given(
    st.lists(st.tuples(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3)), min_size=1, max_size=20).filter(
        lambda pairs: max(abs(a - b) for a, b in pairs) > 1e-3
    )
)
def test_theils_parts_sum_to_one(pairs):
    figures, run = np.array(pairs).T
    found = agreement(figures, run)
    assert found.bias + found.variance + found.covariance == pytest.approx(1, abs=1e-6)
    assert min(found.bias, found.variance, found.covariance) >= -1e-6


def test_what_has_no_answer_is_missing():
    perfect = agreement(np.array([0.0, 1.0]), np.array([0.0, 1.0]))
    assert np.isnan([perfect.bias, perfect.variance, perfect.covariance, perfect.mape]).all()
    assert np.isnan(agreement(np.array([1.0, 2.0]), np.array([3.0, 3.0])).r2)


def test_naive_forecasts_are_the_last_figure_and_the_straight_line():
    times = np.array([0.0, 1.0, 2.0, 3.0, 4.0])
    figures = np.array([1.0, 2.0, 6.0, 9.0, 12.0])
    seen = times <= 2
    found = forecast(times, figures, np.full(5, 10.0), seen)
    # The last is 6, 3 and 6 off. The line through 1, 2, 6 has slope 2.5 and mean 3 at time 1: 8 and
    # 10.5, 1 and 1.5 off. The run is 1 and 2 off.
    assert found.figures == 2
    assert found.last == pytest.approx((45 / 2) ** 0.5)
    assert found.trend == pytest.approx((3.25 / 2) ** 0.5)
    assert found.model == pytest.approx((5 / 2) ** 0.5)
    assert found.best == "trend"
    assert forecast(times, figures, figures, times <= 9) is None
    one = forecast(times, figures, np.full(5, 99.0), times <= 0)
    assert np.isnan(one.trend)
    assert one.best == "last value"


def test_a_fit_tells_how_near_each_series_comes():
    figures = pd.Series([90.0, 130.0, 140.0, 190.0], [0.0, 8.0, 16.0, 24.0])
    found = fit(made(LINE), {"Level": figures}, ["gain", "start"], errors={"Level": 10.0})
    gain, start = np.polyfit(figures.index, figures, 1)
    apart = start + gain * figures.index.to_numpy() - figures.to_numpy()
    row = found.statistics.loc["Level"]
    assert row["figures"] == 4
    assert row["rmse"] == pytest.approx(np.sqrt(np.mean(apart**2)), rel=1e-6)
    assert row["bias"] == pytest.approx(0, abs=1e-6)  # least squares with a free start
    assert row[["bias", "variance", "covariance"]].sum() == pytest.approx(1)
    assert row["r2"] == pytest.approx(np.corrcoef(figures.index, figures)[0, 1] ** 2, rel=1e-6)
    assert row["units"] == "Child"
    assert found.residuals["difference"].tolist() == pytest.approx(apart.tolist(), abs=1e-5)
    assert found.residuals["residual"].tolist() == pytest.approx((apart / 10).tolist(), abs=1e-6)
    assert "R2 says only" in found.words


def test_a_fit_is_held_against_naive_forecasts_on_what_it_has_not_seen():
    times = np.arange(0.0, 25.0, 2.0)
    figures = pd.Series(waiting(times, 0.2), times)
    found = fit(made(DECAY), {"Waiting": figures}, "fraction", until=8)
    row = found.forecasts.loc["Waiting"]
    assert row["figures"] == 8
    assert row["best"] == "model"
    assert row["model"] == pytest.approx(0, abs=1e-4)
    assert row["last value"] == pytest.approx(
        np.sqrt(np.mean((waiting(times[5:], 0.2) - waiting(8, 0.2)) ** 2)), rel=1e-8
    )
    assert "On the figures after 8" in found.words
    assert "in 1 of 1 series" in found.words
    assert not len(fit(made(DECAY), {"Waiting": figures}, "fraction").forecasts)
