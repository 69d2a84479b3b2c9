"""How near a run comes to figures, series by series.

Theil's inequality says of what a difference is made: of bias (the means differ), of unequal
variance (one moves more than the other) and of unequal covariance (they move at other times). After
Theil 1966, "Applied Economic Forecasting", and Sterman 1984, "Appropriate summary statistics for
evaluating the historical fit of system dynamics models", Dynamica 10.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_Numbers = NDArray[np.float64]

CAVEAT = (
    "R2 says only how much of a series goes up and down with the run. Two trends have a high one "
    "whatever made them, and it does not see a bias: judge by the RMSE and by Theil's three parts."
)


@dataclass(frozen=True)
class Agreement:
    """How near a run comes to one series.

    Attributes:
        figures: how many there are.
        rmse: root of the mean squared difference, in the units of the series.
        mape: mean of the differences' sizes, in percent of the figures; NaN where one is nought.
        bias: share of the mean squared difference that is due to unequal means.
        variance: the share due to unequal spreads.
        covariance: the share due to unequal movement. The three sum to 1; NaN for a perfect fit.
        r2: square of the correlation; NaN where one of the two does not move.
    """

    figures: int
    rmse: float
    mape: float
    bias: float
    variance: float
    covariance: float
    r2: float


def agreement(figures: _Numbers, run: _Numbers) -> Agreement:
    """How near a run comes to one series.

    Args:
        figures: K of them, at least one.
        run: their K counterparts.
    """
    square = float(np.mean((run - figures) ** 2))
    spread, spread_run = float(np.std(figures)), float(np.std(run))
    together = float(np.mean((run - run.mean()) * (figures - figures.mean())))
    parts = (
        float(run.mean() - figures.mean()) ** 2,
        (spread_run - spread) ** 2,
        2 * (spread_run * spread - together),
    )
    moves = spread > 0 and spread_run > 0
    whole = (figures != 0).all()
    with np.errstate(over="ignore"):  # figures next to nought
        mape = float(np.mean(np.abs((run - figures) / figures)) * 100) if whole else np.nan
    bias, variance, covariance = (part / square if square > 0 else np.nan for part in parts)
    return Agreement(
        len(figures),
        float(np.sqrt(square)),
        mape,
        bias,
        variance,
        covariance,
        (together / (spread * spread_run)) ** 2 if moves else np.nan,
    )


@dataclass(frozen=True)
class Forecast:
    """How far off three forecasts of the figures that were kept back are, by their RMSE.

    Attributes:
        figures: how many were kept back.
        model: the fitted model.
        last: the last figure that the fit saw, left as it was.
        trend: the straight line through all that the fit saw; NaN where that is one figure.
    """

    figures: int
    model: float
    last: float
    trend: float

    @property
    def best(self) -> str:
        """The nearest of the three: "model", "last value" or "trend"."""
        named = {"last value": self.last, "trend": self.trend, "model": self.model}
        return min((name for name in named if np.isfinite(named[name])), key=lambda n: named[n])


def forecast(
    times: _Numbers, figures: _Numbers, run: _Numbers, seen: NDArray[np.bool_]
) -> Forecast | None:
    """The three forecasts of one series; None where nothing was kept back, or nothing seen.

    Args:
        times: of K figures, rising.
        figures: the figures.
        run: their counterparts.
        seen: of each, whether the fit saw it; those come first.
    """
    if seen.all() or not seen.any():
        return None
    after = ~seen
    trend = np.full(int(after.sum()), np.nan)
    if seen.sum() > 1:
        middle = times[seen].mean()
        slope = np.sum((times[seen] - middle) * figures[seen]) / np.sum((times[seen] - middle) ** 2)
        trend = figures[seen].mean() + slope * (times[after] - middle)
    due = figures[after]
    rmse = [
        float(np.sqrt(np.mean((guess - due) ** 2)))
        for guess in (run[after], np.full(len(due), figures[seen][-1]), trend)
    ]
    return Forecast(len(due), *rmse)
