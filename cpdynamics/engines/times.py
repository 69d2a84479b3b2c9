"""The times of a run, as PySD comes to them: by adding the time step again and again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cpdynamics.engines.clock import check_clock

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
    places = np.array(at), np.array(saved)
    labels = np.round(places[0][places[1]], -int(np.log10(near)))
    return Times(*places, labels, step)
