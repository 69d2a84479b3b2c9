"""The band in which nine of ten runs lie."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

LEVELS = (0.05, 0.95)
"""The shares of all runs that lie below the lower edge of a band, and below its upper edge."""

WORDS = "nine of ten runs"
"""How a picture calls them."""


@dataclass(frozen=True)
class Band:
    """Where nine of ten runs lie at each of T times.

    Attributes:
        index: the times, as in the model.
        low: a twentieth of the runs lies below this.
        high: a twentieth lies above this.
    """

    index: Any
    low: Any
    high: Any

    def scaled(self, times: Callable[[Any], Any], factor: float) -> Band:
        """The same band as an axis counts.

        Args:
            times: makes of times in the model those on the axis.
            factor: what values are multiplied by.
        """
        if not self:
            return self
        return Band(times(self.index), factor * self.low, factor * self.high)

    def __bool__(self) -> bool:
        return len(self.index) > 0


NO_BAND = Band((), (), ())
"""Holds the place of a band that may come later."""


def band_of(index: Any, values: NDArray[np.float64]) -> Band:
    """The band of runs of one variable; ``NO_BAND`` where every run broke off.

    Args:
        index: T times.
        values: N runs by T times; a run with a number that is not finite is left out.
    """
    if not len(edges := quantiles(values, LEVELS)):
        return NO_BAND
    return Band(np.asarray(index, dtype=float), *edges)


def quantiles(values: NDArray[np.float64], levels: tuple[float, ...]) -> NDArray[np.float64]:
    """What shares of the runs lie below, L levels by T; empty where every run broke off.

    Between two runs in a straight line, as `numpy.quantile` does unless told otherwise (the
    seventh of Hyndman and Fan 1996, doi:10.1080/00031305.1996.10473566), in a fifth of its time.

    Args:
        values: N runs by T times; a run with a number that is not finite is left out.
        levels: shares from 0 to 1.
    """
    whole = values[np.isfinite(values).all(axis=1)]
    if not len(whole):
        return np.empty((0, values.shape[1]))
    ranked = np.sort(whole, axis=0)
    places = np.asarray(levels) * (len(ranked) - 1)
    below = places.astype(int)
    above = np.minimum(below + 1, len(ranked) - 1)
    between = (places - below)[:, None]
    found: NDArray[np.float64] = ranked[below] + between * (ranked[above] - ranked[below])
    return found
