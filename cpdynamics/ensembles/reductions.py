"""What can be kept of a series instead of the series itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


def _final(times: Numbers, values: Numbers) -> Numbers:
    return np.asarray(values[-1])


def _min(times: Numbers, values: Numbers) -> Numbers:
    return np.asarray(values.min(axis=0))


def _max(times: Numbers, values: Numbers) -> Numbers:
    return np.asarray(values.max(axis=0))


def _mean(times: Numbers, values: Numbers) -> Numbers:
    # Row by row: NumPy's own order of adding depends on how many runs there are.
    total = values[0].copy()
    for row in values[1:]:
        total += row
    return np.asarray(total / len(values))


def _time_of_max(times: Numbers, values: Numbers) -> Numbers:
    return _where(times, values, values.argmax(axis=0))


def _time_of_min(times: Numbers, values: Numbers) -> Numbers:
    return _where(times, values, values.argmin(axis=0))


def _where(times: Numbers, values: Numbers, places: NDArray[np.int64]) -> Numbers:
    return np.where(np.isnan(values).any(axis=0), np.nan, times[places])


REDUCTIONS: Mapping[str, Callable[[Numbers, Numbers], Numbers]] = MappingProxyType(
    {
        "final": _final,
        "min": _min,
        "max": _max,
        "mean": _mean,
        "time of max": _time_of_max,
        "time of min": _time_of_min,
    }
)
"""Name -> T times and T by N values -> N numbers: over the saved times, the first time where an
extreme is reached more than once, NaN where a value is NaN."""
