"""Where in a run the counterpart of a figure stands."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from cpdynamics.errors import BadValue
from cpdynamics.fitting.observed import Observations

_NEAR = 1e-6  # saved times are sums of time steps, and so not always round


class Reading:
    """How the counterparts of M figures follow from the saved times of a run.

    Between two saved times a variable is taken to go straight from one value to the next; a mean
    is that of this line, which for whole months is the trapezium rule.

    Args:
        observed: the figures.
        saved: the T times that a run saves, rising.

    Raises:
        BadValue: a figure lies outside the run, or the time that it is the mean of does.
    """

    def __init__(self, observed: Observations, saved: NDArray[np.float64]) -> None:
        weights: list[NDArray[np.float64]] = []
        for one in observed.series:
            first, last = one.times[0] - one.over, one.times[-1]
            slack = _NEAR * max(1.0, abs(saved[0]), abs(saved[-1]))
            if first < saved[0] - slack or last > saved[-1] + slack:
                wrong = first if first < saved[0] - slack else last
                mean = f", a mean over {one.over:g}," if one.over else ""
                raise BadValue(
                    f'The series "{one.name}"{mean} reaches to time {wrong:g}.',
                    f"The run goes from {saved[0]:g} to {saved[-1]:g}.",
                    "Leave those figures out, or set FINAL TIME in the scenario.",
                )
            weights.append(np.array([_weights(saved, time, one.over) for time in one.times]))
        needed = np.zeros(len(saved), dtype=bool)
        for rows in weights:
            needed |= (rows != 0).any(axis=0)
        self.times = saved[needed]
        self._weights = [rows[:, needed] for rows in weights]
        self._names = observed.names

    def of(self, series: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
        """N by M counterparts.

        Args:
            series: name -> N runs by the ``times`` that are needed.
        """
        with np.errstate(all="ignore"):  # a run that explodes overflows here
            parts = [
                series[name] @ rows.T for name, rows in zip(self._names, self._weights, strict=True)
            ]
        return np.concatenate(parts, axis=1)


def _weights(saved: NDArray[np.float64], time: float, over: float) -> NDArray[np.float64]:
    """What each saved time counts for in the value at a time, or the mean up to it."""
    if over > 0:
        return (_integral(saved, time) - _integral(saved, time - over)) / over
    weights = np.zeros(len(saved))
    place, part = _place(saved, time)
    weights[place] = 1 - part
    if part:
        weights[place + 1] = part
    return weights


def _integral(saved: NDArray[np.float64], time: float) -> NDArray[np.float64]:
    """What each saved time counts for in the area under the line from the first one to a time."""
    place, part = _place(saved, time)
    steps = np.diff(saved)
    weights = np.zeros(len(saved))
    weights[:place] += steps[:place] / 2
    weights[1 : place + 1] += steps[:place] / 2
    if part:
        weights[place] += steps[place] * (part - part**2 / 2)
        weights[place + 1] += steps[place] * part**2 / 2
    return weights


def _place(saved: NDArray[np.float64], time: float) -> tuple[int, float]:
    """The saved time at or before a time, and the share of the way to the next one."""
    near = np.flatnonzero(np.abs(saved - time) <= _NEAR * max(1.0, abs(time)))
    if len(near):
        return int(near[0]), 0.0
    place = int(np.searchsorted(saved, time)) - 1
    return place, float((time - saved[place]) / (saved[place + 1] - saved[place]))
