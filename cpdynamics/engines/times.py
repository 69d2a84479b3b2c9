"""The times of a run, as PySD comes to them: by adding the time step again and again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cpdynamics.engines.clock import check_clock
from cpdynamics.errors import BadValue, Unsupported

_PRECISION = 1e-5
"""Of a time step: how near a time is to the end, or to one that is saved, to be it."""


@dataclass(frozen=True)
class Times:
    """The times of a run.

    Attributes:
        at: every time, the initial one first; T + 1 for T steps.
        saved: which of them are saved; the first always is.
        labels: the saved ones, rounded as PySD rounds them.
        step: the time step.
    """

    at: NDArray[np.float64]
    saved: NDArray[np.bool_]
    labels: NDArray[np.float64]
    step: float


def times(start: float, end: float, step: float, saveper: float) -> Times:
    """The times from a start to an end.

    Raises:
        BadValue: a clock that does not move, or never arrives.
    """
    check_clock(start, end, step, saveper)
    near = step * _PRECISION
    at, saved = [start], [True]
    time = start
    while time + near < end:
        time = time + step
        since = time - start
        at.append(time)
        saved.append(since % saveper < near or -since % saveper < near)
    every, kept = np.array(at), np.array(saved)
    labels = np.round(every[kept], -int(np.log10(near)))
    return Times(every, kept, labels, step)


def shared(name: str, value: Any) -> float:
    """The one value of what all runs have in common, such as their clock.

    Args:
        name: what it is.
        value: a number, or an array of one a run.

    Raises:
        Unsupported: it differs between runs.
    """
    if np.ndim(value) and np.ptp(value):
        raise Unsupported(
            f"{name.upper()} differs between runs.", "", "Make an ensemble for each clock."
        )
    return float(np.ravel(value)[0])


def places(labels: NDArray[np.float64], wanted: Iterable[float] | None) -> NDArray[np.int64]:
    """Where times stand among those that are saved; all of them when None is asked.

    Args:
        labels: the saved times, rising.
        wanted: the times, in any order.

    Raises:
        BadValue: a time that is not saved.
    """
    if wanted is None:
        return np.arange(len(labels))
    found = []
    for time in wanted:
        near = np.flatnonzero(np.isclose(labels, time, rtol=0, atol=1e-9 + 1e-9 * abs(time)))
        if not len(near):
            raise BadValue(
                f"{time:g} is not among the times that are saved.",
                f"They go from {labels[0]:g} to {labels[-1]:g}.",
                "Choose another time, or another SAVEPER.",
            )
        found.append(int(near[0]))
    return np.array(found, dtype=int)
