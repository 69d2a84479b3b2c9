"""Axes: how far they reach, what stands beside them, and time in words."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

PURE = "no unit"
"""How numbers without a unit are called."""

PERCENT = "%"

NOTHING = (0.0, 1.0)
"""The range of an axis on which nothing but zeros stand."""


_IRREGULAR = {"child": "children", "person": "people", "woman": "women", "man": "men"}
_PLURAL = {*_IRREGULAR.values(), "staff", "money"}


def axis_range(
    values: Any, *, from_zero: bool = True, keep: tuple[float, float] | None = None
) -> tuple[float, float]:
    """The low and high end of an axis that shows all values, with room above.

    Args:
        values: numbers of any shape; what is not finite is left out.
        from_zero: start at zero where no value is negative.
        keep: the range so far. It stays for as long as the values fit, and otherwise grows by a
            good deal, so that an axis moves seldom while somebody pulls a slider.
    """
    finite = np.asarray(values, dtype=float).ravel()
    finite = finite[np.isfinite(finite)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else NOTHING
    if keep is not None and keep != NOTHING:
        return _grown(low, high, *keep)
    if low == high == 0:
        return NOTHING
    room = 0.25 * (high - low) or 0.25 * abs(high)
    if low >= 0 and from_zero:
        return 0.0, 1.25 * high
    return low - room, high + room


def _grown(low: float, high: float, bottom: float, top: float) -> tuple[float, float]:
    edge = 0.03 * (top - bottom)  # a line on the very edge would be cut in half
    down = low < bottom or (bottom != 0 and low < bottom + edge)
    up = high > top - edge
    room = 0.25 * (max(high, top) - min(low, bottom))
    return min(low, bottom) - room * down, max(high, top) + room * up


def unit_label(units: str) -> str:
    """Units as a reader meets them: "hours per child per month" for ``Hour/(Child*Month)``.

    Args:
        units: as in the .mdl. What is no plain fraction comes back as it is, a pure number as
            "no unit".
    """
    if units.strip().casefold() in ("", "1", "dmnl", "dimensionless"):
        return PURE
    found = re.fullmatch(r"([^/*()]+)(?:/\(?([^/()]+)\)?)?", units.strip())
    if found is None:
        return units.strip()
    above, below = found[1].strip(), (found[2] or "").split("*")
    words = [] if above == "1" else [_plural(_word(above))]
    for one in filter(None, below):
        words += ["per", _word(one)]
    return " ".join(words)


def is_share(name: str, units: str) -> bool:
    """Whether a variable is a part of a whole, which a room reads in percent.

    Vensim has no unit for that: it is a pure number that calls itself a share.

    Args:
        name: of the variable.
        units: as in the .mdl.
    """
    return unit_label(units) == PURE and re.search(r"\bshare\b", name, re.IGNORECASE) is not None


def _word(unit: str) -> str:
    unit = " ".join(unit.split())
    if unit == "GBP":
        return "£"
    return unit if unit.isupper() else unit.lower()


def _plural(word: str) -> str:
    if not word.isalpha() or word.isupper() or word in _PLURAL:
        return word
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if re.search("[^aeiou]y$", word):
        return f"{word[:-1]}ies"
    if re.search("(ss|sh|ch|x|z)$", word):
        return f"{word}es"
    return word if word.endswith("s") else f"{word}s"


class Times:
    """The time axis: months become years where that reads better."""

    def __init__(self, unit: str, span: float, since: str) -> None:
        years = unit.strip().casefold() in ("month", "months") and span > 36
        self.divisor = 12.0 if years else 1.0
        self.word = "year" if years else unit.strip().casefold().removesuffix("s")
        self.words = f"{self.word}s" if self.word else "steps of time"
        self.title = f"{self.words} since {since}" if since else f"time ({self.words})"
        self.step = _tick(span / self.divisor, self.word)

    def scaled(self, index: Any) -> Any:
        """Times of the model as the axis counts them."""
        return np.asarray(index, dtype=float) / self.divisor


def _tick(span: float, word: str) -> float:
    """The distance of ticks: at most eight of them, and one at the very end if that can be."""
    steps = (1, 3, 6, 12, 24) if word == "month" else (1, 2, 5, 10, 20, 25, 50)
    few = [step for step in steps if span / step <= 8]
    for step in few:
        if span % step == 0 and span / step >= 3:
            return float(step)
    if few:
        return float(few[0])
    return float(10 ** math.ceil(math.log10(span / 8)))
