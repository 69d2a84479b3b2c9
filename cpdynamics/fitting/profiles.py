"""Intervals by profile likelihood: how far a constant may go while the others make up for it.

A value is inside as long as the deviance, with every other constant fitted anew, has not risen by
more than chance explains: by chi squared where the errors of the figures are known, by Fisher's F
where they are estimated from the residuals. Both are exact for a model that is linear in its
constants. After Bates and Watts 1988, doi:10.1002/9780470316757, chapter 6.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cpdynamics.errors import BadValue, tell
from cpdynamics.fitting.runs import Runs
from cpdynamics.fitting.searching import searched
from cpdynamics.scenario import finite

_Numbers = NDArray[np.float64]

_FIRST = 0.05  # share of a range: the first step outwards where no standard error tells
_FURTHER = 1.5  # times as far, when a step did not reach the end
_FINE = 1e-7  # share of a range to which an end is found
_MUCH = 1e-6  # of a deviance: a gain that is no rounding


class Interval(NamedTuple):
    """Where a constant lies, as far as the figures tell.

    Attributes:
        low: the lower end.
        high: the upper end.
        open_low: whether the lower end is that of the constant's range, and the figures would have
            let it go on.
        open_high: the same for the upper end.
    """

    low: float
    high: float
    open_low: bool
    open_high: bool


def threshold(level: float, *, left: int, known: bool) -> float:
    """By how much the deviance may rise.

    Args:
        level: the share of samples whose interval holds the truth, such as 0.9.
        left: figures less constants.
        known: whether the errors of the figures are.

    Raises:
        BadValue: a level that is no share.
    """
    from scipy.stats import chi2, f

    level = finite(level, "level=")
    if not 0 < level < 1:
        raise BadValue(f"level= is {level:g}.", "More than 0 and less than 1 was expected.")
    return float(chi2.ppf(level, 1) if known else f.ppf(level, 1, left))


def profiled(
    runs: Runs,
    fit: _Numbers,
    place: int,
    *,
    loss: str,
    cost: float,
    scale: float,
    rise: float,
    error: float,
) -> Interval:
    """The interval of one constant.

    Args:
        runs: makes them.
        fit: P shares of the way between the bounds.
        place: number of the constant.
        loss: a name of ``LOSSES``.
        cost: of the fit.
        scale: what twice a cost is divided by to be a deviance.
        rise: by how much that may rise, from ``threshold``.
        error: the constant's standard error as a share of its range; NaN where there is none.
    """
    one = runs.constants[place]
    better = [cost]
    ends: list[tuple[float, bool]] = []
    for way in (-1.0, 1.0):
        side = _Side(runs, fit, place, way, loss, cost, scale, rise, better)
        ends.append(side.end(error))
    if better[0] < cost * (1 - _MUCH) - _MUCH * scale:
        tell(
            f'On the way along "{one.name}" a better fit came up than the one that was kept. '
            "Fit again, with more starts=."
        )
    (low, open_low), (high, open_high) = ends
    width = one.high - one.low
    return Interval(one.low + low * width, one.low + high * width, open_low, open_high)


class _Side:
    """The profile from a fit outwards to one side."""

    def __init__(
        self,
        runs: Runs,
        fit: _Numbers,
        place: int,
        way: float,
        loss: str,
        cost: float,
        scale: float,
        rise: float,
        better: list[float],
    ) -> None:
        self.runs, self.place, self.way, self.loss = runs, place, way, loss
        self.cost, self.scale, self.limit, self.better = cost, scale, np.sqrt(rise), better
        self.begin = float(fit[place])
        self.known: dict[float, _Numbers] = {0.0: np.array(fit)}

    def end(self, error: float) -> tuple[float, bool]:
        """Where the profile crosses its limit, as a share of the range; whether it never does."""
        from scipy.optimize import brentq

        room = 1 - self.begin if self.way > 0 else self.begin
        inside = 0.0
        step = error * self.limit if np.isfinite(error) and error > 0 else _FIRST
        while room > 0:
            outside = min(step, room)
            if self.beyond(outside) >= 0:
                found = brentq(self.beyond, inside, outside, xtol=_FINE, rtol=1e-12)
                return self.begin + self.way * float(found), False
            if outside == room:
                break
            inside, step = outside, outside * _FURTHER
        return (1.0 if self.way > 0 else 0.0), True

    def beyond(self, away: float) -> float:
        """How far the root of the deviance is beyond its limit; straight for a linear model."""
        if away == 0:
            return -float(self.limit)
        share = float(np.clip(self.begin + self.way * away, 0, 1))
        nearest = min(self.known, key=lambda one: abs(one - away))
        found = searched(self.runs, self.known[nearest], self.loss, {self.place: share})
        self.known[away] = np.array(found.end)
        self.better[0] = min(self.better[0], found.cost)
        risen = 2 * (found.cost - self.cost) / self.scale if self.scale > 0 else np.inf
        return float(np.sign(risen) * np.sqrt(abs(risen)) - self.limit)
