"""One search for the constants that come nearest to the figures, from one start.

The search is SciPy's trust region with bounds (Branch, Coleman and Li 1999,
doi:10.1137/S1064827595289108), by way of lmfit. What it asks for, the residuals at a point and
their slopes, comes out of one ensemble: the point and its neighbours beside one another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cpdynamics.fitting.runs import PENALTY, Runs

_Numbers = NDArray[np.float64]

STEP = 1e-5
"""Of a constant, how far away its neighbours are: between rounding and curvature."""

_ROUNDING = 1e-11  # of a figure: neighbours that differ by less differ by rounding alone
_SMALLEST = 1e-4  # share of a range that counts as the size of a constant near nought
_EXACT = 1e-12  # relative change of the cost, or of the constants, that ends a search
_INSIDE = 1e-3  # a search begins so far inside the bounds, since its steps shrink near them
_SNAP = 1e-3  # nearer to a bound than this, the bound itself is tried
_MOST = 200  # steps of a search


@dataclass(frozen=True)
class Search:
    """One search.

    Attributes:
        start: P shares of the way between the bounds, where it began.
        end: where it ended.
        cost: half the sum of what the residuals count for there.
        steps: how often it asked for residuals.
        runs: how many runs it took.
        failed: how many of them broke off.
        why: what the first of these came to; empty where there is none.
    """

    start: tuple[float, ...]
    end: tuple[float, ...]
    cost: float
    steps: int
    runs: int
    failed: int
    why: str


@dataclass(frozen=True, eq=False)
class Near:
    """A point and its slopes.

    Attributes:
        residuals: U of them.
        slopes: U by F: how each changes with the share of the way of each free constant.
        broken: how many neighbours broke off.
    """

    residuals: _Numbers
    slopes: _Numbers
    broken: int


def near(runs: Runs, way: _Numbers, free: Sequence[int]) -> Near:
    """The residuals at a point and their slopes, from one ensemble of 2 F + 1 runs.

    The slope is that of the parabola through the point and two neighbours: to both sides, or both
    inside where a bound is near.

    Args:
        runs: makes them.
        way: P shares.
        free: numbers of the F constants that are not held.
    """
    low = np.array([one.low for one in runs.constants])
    width = np.array([one.high for one in runs.constants]) - low
    size = np.clip(np.abs(low + way * width) / width, _SMALLEST, 1.0)
    points = np.tile(way, (2 * len(free) + 1, 1))
    offsets = np.empty((len(free), 2))
    for row, place in enumerate(free):
        step = STEP * size[place]
        pair = (step, -step)
        if way[place] + step > 1:
            pair = (-step, -2 * step)
        elif way[place] - step < 0:
            pair = (step, 2 * step)
        points[2 * row + 1, place] += pair[0]
        points[2 * row + 2, place] += pair[1]
        # What was added, not what should have been: the sum has been rounded.
        offsets[row] = points[2 * row + 1 : 2 * row + 3, place] - way[place]
    found = runs.residuals(points)
    sizes = np.abs(runs.wanted / runs.observed.errors[runs.observed.used])
    centre, slopes, broken = found[0], np.zeros((found.shape[1], len(free))), 0
    for row, (a, b) in enumerate(offsets):
        first, second = found[2 * row + 1], found[2 * row + 2]
        lost = [bool((np.abs(one) >= PENALTY).all()) for one in (first, second)]
        broken += sum(lost)
        if not any(lost):
            slopes[:, row] = (
                -(a + b) / (a * b) * centre - b / (a * (a - b)) * first - a / (b * (b - a)) * second
            )
        elif not all(lost):
            one, offset = (second, b) if lost[0] else (first, a)
            slopes[:, row] = (one - centre) / offset
        noise = _ROUNDING * (sizes + np.abs(centre))
        still = (np.abs(first - centre) <= noise) & (np.abs(second - centre) <= noise)
        slopes[still, row] = 0.0
    return Near(centre, slopes, broken)


def searched(
    runs: Runs, start: _Numbers, loss: str, held: Mapping[int, float] | None = None
) -> Search:
    """The search from one start.

    Args:
        runs: makes them.
        start: P shares of the way between the bounds.
        loss: a name of ``LOSSES``.
        held: number of a constant -> the share that it keeps.
    """
    held = held or {}
    begin = np.clip(start, _INSIDE, 1 - _INSIDE)
    for place, share in held.items():
        begin[place] = share
    free = [place for place in range(len(start)) if place not in held]
    with runs.counted() as tally:
        end, steps = _minimized(runs, begin, free, loss) if len(free) else (begin, 0)
        cost = float(runs.loss.cost(runs.residuals(end[None]))[0])
        end, cost = _snapped(runs, end, cost, free)
    ways = tuple(map(float, start)), tuple(map(float, end))
    return Search(*ways, cost, steps, tally.made, tally.failed, tally.why)


def _minimized(runs: Runs, begin: _Numbers, free: Sequence[int], loss: str) -> tuple[_Numbers, int]:
    """Where the search ends, and how many steps it took."""
    from lmfit import Minimizer, Parameters

    asked = Parameters()
    names = [f"constant_{place}" for place in free]
    for name, place in zip(names, free, strict=True):
        asked.add(name, value=float(begin[place]), min=0, max=1)
    known: dict[bytes, Near] = {}

    def way(parameters: Parameters) -> _Numbers:
        found = begin.copy()
        found[free] = [parameters[name].value for name in names]
        return found

    def at(parameters: Parameters) -> Near:
        """SciPy asks for the slopes where it has just asked for the residuals."""
        point = way(parameters)
        key = point.tobytes()
        if key not in known:
            known.clear()
            known[key] = near(runs, point, free)
        return known[key]

    # lmfit works out standard errors on its own way, at times of what has none.
    with np.errstate(all="ignore"):
        found = Minimizer(lambda one: at(one).residuals, asked, max_nfev=_MOST).minimize(
            method="least_squares",
            Dfun=lambda one: at(one).slopes.copy(),
            loss=loss,
            x_scale="jac",
            ftol=_EXACT,
            xtol=_EXACT,
            gtol=_EXACT,
        )
    return way(found.params), int(found.nfev)


def _snapped(runs: Runs, end: _Numbers, cost: float, free: Sequence[int]) -> tuple[_Numbers, float]:
    """The end with what is next to a bound put on it, where that is no worse."""
    for place in free:
        bound = float(np.round(end[place]))
        if 0 < abs(end[place] - bound) < _SNAP:
            moved = end.copy()
            moved[place] = bound
            there = float(runs.loss.cost(runs.residuals(moved[None]))[0])
            if there <= cost:
                end, cost = moved, there
    return end, cost
