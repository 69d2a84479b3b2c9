"""Published series of England as figures of the model's one typical authority."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cpdynamics.data import published
from cpdynamics.data.series import AUTHORITIES
from cpdynamics.errors import BadValue, came_as, clipped
from cpdynamics.scenario import finite
from cpdynamics.validity import START, months

_COUNTED = {
    "assessments", "cases", "children", "conferences", "episodes", "FTE", "plans", "referrals",
}  # fmt: skip
_YEAR = 12


def at_months(series: pd.Series[float] | str, *, divide: float | None = None) -> pd.Series[float]:
    """A published series in the model's time and size: index = months since April 2017.

    A count of England becomes that of one typical authority, what is counted a year becomes what
    is counted a month, and a percentage becomes a share. ``.attrs["words"]`` says what was done,
    ``.attrs["over"]`` over how many months each figure is a mean, which is what ``fit`` asks.

    Args:
        series: from ``cp.published``, or its name: index = year; ``.attrs`` has ``when`` (such as
            "31 March" or "year to 30 September") and ``units``.
        divide: what the figures are divided by, in place of what follows from their units.

    Raises:
        UnknownName: no published series has that name.
        BadValue: it has no such ``when`` or years, or units of which nobody can tell what to do.
    """
    if isinstance(series, str):
        series = published(series)
    if not isinstance(series, pd.Series):
        raise BadValue(
            f"at_months() got {came_as(series)}.", "A published series or its name was expected."
        )
    when, units = (str(series.attrs.get(key, "")) for key in ("when", "units"))
    over, words = (
        _divided(units, str(series.name)) if divide is None else (finite(divide, "divide="), "")
    )
    if over <= 0:
        raise BadValue(f"divide= is {over:g}.", "A number above 0 was expected.")
    spans = [months(when, _year(year)) for year in series.index]
    first, last = spans[0] if spans else (0.0, 0.0)
    made = pd.Series(
        series.to_numpy(dtype=float) / over,
        index=pd.Index([end for _, end in spans], name="Time", dtype=float),
        name=series.name,
    )
    mean = f"each the mean of {last - first:g} months" if last > first else "each on its day"
    made.attrs = {
        "over": last - first,
        "published in": units,
        "when": when,
        "source": series.attrs.get("source", ""),
        "words": f"{series.name}: {words or f'divided by {over:g}'}; month 0 is 1 April {START}, "
        f"{mean}.",
    }
    return made


def _divided(units: str, name: str) -> tuple[float, str]:
    """What a figure of England is divided by, and that in words."""
    above, slash, below = units.partition("/")
    yearly = below == "year"
    words, over = [], 1.0
    if above == "%" or above.startswith("% of "):
        words, over = ["a percentage as a share"], 100.0
    elif above in _COUNTED and (yearly or not slash):
        words, over = [f"England over {AUTHORITIES} authorities"], float(AUTHORITIES)
    elif above in _COUNTED and below in _COUNTED:
        words = ["a ratio, which is one authority's as it is England's"]
    else:
        raise BadValue(
            f'"{clipped(name)}" is in "{clipped(units)}".',
            "",
            "Say what turns it into the model's units: divide=.",
        )
    if yearly:
        words.append("a year over 12 months")
        over *= _YEAR
    return over, ", ".join(words)


def _year(year: Any) -> int:
    whole = isinstance(year, int | np.integer) and not isinstance(year, bool)
    if not whole or not 1900 <= int(year) <= 2200:
        raise BadValue(f"A figure is of {came_as(year)}.", "The year was expected, such as 2019.")
    return int(year)
