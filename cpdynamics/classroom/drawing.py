"""A curve that somebody expects, drawn through points, and the moves that change it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cpdynamics.errors import BadValue
from cpdynamics.scenario import finite

MOST = 400
"""Points that a curve may have."""

_FEW = 16
"""Points that are enough to say what one expects, and few enough to reach by keyboard."""

_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120)
_LONGEST_PATH = 20_000
_TINY = 1e-290  # below which powers of ten lose their digits
_ROOM = 1.15  # above the highest, so that the edge of the axis is no hint


@dataclass(frozen=True)
class Prediction:
    """A curve that somebody expects of a variable: it starts where the model does.

    Attributes:
        model: the model's name.
        scenario: the label of the scenario.
        variable: as the .mdl writes it.
        begins: the time at which the curve starts.
        start: its value there, which the model knows.
        months: N later times, each with a point that can be moved.
        values: the value at each of them.
        low: of the axis; no value lies below it.
        high: of the axis; no value lies above it.

    Raises:
        BadValue: times that do not rise, a value that is not finite or off the axis.
    """

    model: str
    scenario: str
    variable: str
    begins: float
    start: float
    months: tuple[float, ...]
    values: tuple[float, ...]
    low: float
    high: float

    def __post_init__(self) -> None:
        times = _numbers(self.months, "months")
        values = _numbers(self.values, "values")
        for name in ("begins", "start", "low", "high"):
            object.__setattr__(self, name, finite(getattr(self, name), name))
        object.__setattr__(self, "months", times)
        object.__setattr__(self, "values", values)
        if not times or len(times) != len(values) or len(times) > MOST:
            raise BadValue(
                f"A curve came with {len(times)} months and {len(values)} values.",
                f"As many of each were expected, from 1 to {MOST}.",
            )
        if any(a >= b for a, b in pairwise((self.begins, *times))):
            raise BadValue("The months of a curve do not rise.")
        if not self.low < self.high or not all(
            self.low <= value <= self.high for value in (self.start, *values)
        ):
            raise BadValue(
                f"A curve leaves its axis, which goes from {self.low:g} to {self.high:g}."
            )

    @property
    def is_flat(self) -> bool:
        """Whether every point is where it started."""
        return all(value == self.start for value in self.values)

    def at(self, times: ArrayLike) -> NDArray[np.float64]:
        """The expected values at any times: straight from point to point, level after the last.

        Args:
            times: N times.
        """
        there = (self.begins, *self.months)
        values = np.interp(np.asarray(times, dtype=float), there, (self.start, *self.values))
        return np.asarray(values, dtype=float)

    def with_point(self, place: int, value: float) -> Prediction:
        """The curve with one point moved; beyond the axis it stops at its edge.

        Args:
            place: of the point, from 0.
            value: where to.

        Raises:
            BadValue: there is no such point, or the value is not finite.
        """
        if not 0 <= place < len(self.values):
            raise BadValue(
                f"Point {place} was moved.", f"The points are counted 0 to {len(self.values) - 1}."
            )
        values = list(self.values)
        values[place] = self._inside(finite(value, "the point"))
        return replace(self, values=tuple(values))

    def with_values(self, values: Sequence[float]) -> Prediction:
        """The curve with every point moved; beyond the axis each stops at its edge.

        Args:
            values: one for each of ``months``.

        Raises:
            BadValue: too many or too few, or one is not finite.
        """
        return replace(self, values=tuple(map(self._inside, _numbers(values, "values"))))

    def sketched(self, path: Sequence[Sequence[float]]) -> Prediction:
        """The curve after a pointer has gone along a path: each point that it passed follows.

        A point follows the last stretch of the path that passed its month. The path's two ends
        take along a point that lies within half the way to it, so that no hand has to be exact.

        Args:
            path: (month, value) of one place after the other.

        Raises:
            BadValue: it is no such path.
        """
        if len(path) > _LONGEST_PATH or not all(len(place) == 2 for place in path):
            raise BadValue("A path of the pointer cannot be read.", "Pairs were expected.")
        if not path:
            return self
        when = np.array(_numbers([place[0] for place in path], "path"))
        what = np.array(_numbers([place[1] for place in path], "path"))
        first, last = float(when.min()), float(when.max())
        values = list(self.values)
        for place, month in enumerate(self.months):
            before = month - (self.begins, *self.months)[place]
            after = (*self.months, month + before)[place + 1] - month
            if first - month > after / 2 or month - last > before / 2:
                continue
            values[place] = self._inside(_last_passed(when, what, min(max(month, first), last)))
        return replace(self, values=tuple(values))

    def reset(self) -> Prediction:
        """The flat line: all stays as it was at the start."""
        return replace(self, values=(self.start,) * len(self.months))

    def onto(self, other: Prediction) -> Prediction:
        """The other's values, read off at this curve's own months.

        Args:
            other: a curve that was drawn elsewhere, perhaps with other months.
        """
        return self.with_values(list(map(float, other.at(self.months))))

    def _inside(self, value: float) -> float:
        return min(max(float(value), self.low), self.high)


def flat(
    model: str,
    scenario: str,
    variable: str,
    *,
    begins: float,
    start: float,
    months: Sequence[float],
    axis: tuple[float, float],
) -> Prediction:
    """A flat line, from which drawing starts.

    Args:
        model: the model's name.
        scenario: the label of the scenario.
        variable: as the .mdl writes it.
        begins: the time at which the curve starts.
        start: its value there.
        months: later times, each with a point.
        axis: its low and high end.

    Raises:
        BadValue: as ``Prediction``.
    """
    values = (start,) * len(months)
    return Prediction(
        model, scenario, variable, begins, start, tuple(months), values, axis[0], axis[1]
    )


def grid(first: float, last: float, every: float | None = None) -> tuple[float, ...]:
    """The times after the first at which a curve has points; the last is always among them.

    Args:
        first: where the curve starts.
        last: where it ends.
        every: the distance of two points; None for a round one that gives 16 at most.

    Raises:
        BadValue: the last is not after the first, or there would be too many points.
    """
    span = last - first
    if not math.isfinite(span) or span <= 0:
        raise BadValue(f"A curve cannot be drawn from {first:g} to {last:g}.")
    step = _step(span) if every is None else finite(every, "every=")
    if step <= 0 or span / step > MOST:
        raise BadValue(
            f"every={step:g} was asked for over {span:g}.",
            f"At most {MOST} points can be drawn.",
            f"Try every={_step(span):g}.",
        )
    whole = math.ceil(span / step - 1e-9)
    return (*(first + step * place for place in range(1, whole)), float(last))


def axis_for(start: float, shown: ArrayLike, never_below_zero: bool = False) -> tuple[float, float]:
    """An upright axis that holds all that may be shown and gives nothing away.

    It reaches to twice the start at least, and as far below zero as above it where the start is
    zero, so that neither the way up nor the way down looks like the likely one.

    Args:
        start: where the curve starts.
        shown: values of every run that a person may meet, of any shape.
        never_below_zero: where less than nothing has no meaning.
    """
    values = np.asarray(shown, dtype=float).ravel()
    values = values[np.isfinite(values)]
    low = min(0.0, start, *values.tolist()) if values.size else min(0.0, start)
    high = max(0.0, start, *values.tolist()) if values.size else max(0.0, start)
    if start == 0 and not never_below_zero:
        high = max(high, -low)
        low = -high
    high = max(high, 2 * start)
    low = min(low, 2 * start)
    top, bottom = _round_up(high), 0.0 - _round_up(abs(low))
    return (bottom, top) if top > bottom else (0.0, 1.0)


def _round_up(value: float) -> float:
    """The next number of one round digit and a half, with a little room, for the end of an axis."""
    if value < _TINY:
        return 2 * value
    size = 10.0 ** math.floor(math.log10(value))
    room = _ROOM * value / size
    steps = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 12)
    return float(next(step for step in steps if step >= room) * size)


def _step(span: float) -> float:
    for step in _MONTHS:
        if span / step <= _FEW:
            # Round numbers of months suit whole spans; a short one needs parts.
            return float(step) if span / step >= 4 else span / 8
    size = 10.0 ** math.floor(math.log10(span / _FEW))
    return next(step * size for step in (1, 2, 5, 10) if span / (step * size) <= _FEW)


def _last_passed(when: NDArray[np.float64], what: NDArray[np.float64], month: float) -> float:
    """The value where the path passed a month for the last time."""
    for place in range(len(when) - 1, 0, -1):
        here, before = when[place], when[place - 1]
        if min(here, before) <= month <= max(here, before):
            if here == before:
                return float(what[place])
            part = (month - before) / (here - before)
            return float(what[place - 1] + part * (what[place] - what[place - 1]))
    return float(what[int(np.argmin(np.abs(when - month)))])


def _numbers(given: Any, what: str) -> tuple[float, ...]:
    if isinstance(given, str | bytes) or not hasattr(given, "__iter__"):
        raise BadValue(f"The {what} of a curve are no list of numbers.")
    return tuple(finite(one, what) for one in given)
