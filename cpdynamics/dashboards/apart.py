"""How far many runs end from the base, in a few words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cpdynamics.plots import said
from cpdynamics.plots.bands import LEVELS, quantiles
from cpdynamics.plots.numbers import MINUS

_SEEN = 0.05  # percent: less is nothing
_SCALES = ((1e9, "billion"), (1e6, "million"), (1.0, ""))


@dataclass(frozen=True)
class Apart:
    """How far runs end from the base, each from the run of the base with the same draws.

    Attributes:
        low: a twentieth of the differences lies below this.
        high: a twentieth lies above this.
        percent: whether they are in percent of the base, or in points of a percentage.
    """

    low: float
    high: float
    percent: bool = True

    @property
    def words(self) -> str:
        """Both ends, to stand behind the change of the run itself: "(4 to 25)"."""
        largest = max(abs(self.low), abs(self.high))
        if self.percent:
            places = 0 if largest >= 10 or self.high - self.low >= 3 else 1
            low, high = (_placed(end, places) for end in (self.low, self.high))
            return f"({low})" if low == high else f"({low} to {high})"
        scale, word = next(((s, w) for s, w in _SCALES if largest >= s), (1.0, ""))
        low, high = (said(float(f"{end / scale:.2g}")) for end in (self.low, self.high))
        return f"({low} to {high} {word})".replace(" )", ")")


def apart(
    after: NDArray[np.float64], before: NDArray[np.float64], *, share: bool = False
) -> Apart | None:
    """How far nine of ten runs end from the base; None where none does.

    In percent where no run of the base ends at zero or on the other side of it.

    Args:
        after: where N runs end; NaN for one that broke off.
        before: where N runs of the base with the same draws end.
        share: whether both are parts of a whole, whose distance is in percentage points.
    """
    whole = np.isfinite(after) & np.isfinite(before)
    change, before = (after - before)[whole], before[whole]
    if not change.size or not np.abs(change).max():
        return None
    percent = share or bool((before > 0).all() or (before < 0).all())
    if percent:
        change = 100 * change / (1 if share else np.abs(before))
    (low,), (high,) = quantiles(change[:, None], LEVELS)
    if percent and max(abs(low), abs(high)) < _SEEN:
        return None
    return Apart(float(low), float(high), percent)


def _placed(value: float, places: int) -> str:
    text = f"{value:,.{places}f}".replace("-", MINUS)
    return "0" if float(f"{abs(value):.{places}f}") == 0 else text
