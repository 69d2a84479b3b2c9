"""Published series, read from the one table that comes with the package.

``england.csv`` has a row a figure. ``year`` is the one in which the period ends, or in which a
survey began; ``when`` says which day or period it is. ``mark`` is *seen* (read in its source),
*derived* (worked out from figures that were) or *unverified* (quoted by others; never to be relied
on).

The figures are England's, where nothing else is said. A model is of one authority: a stock is
England's over ``AUTHORITIES``, a monthly flow that of a year over ``AUTHORITIES`` and twelve.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple, overload

import pandas as pd

from cpdynamics.errors import BadValue, came_as, unknown_name
from cpdynamics.mdl.names import canonical
from cpdynamics.tables import Table

AUTHORITIES = 153
"""Local authorities in England with children's services; their number changes by one or two with
reorganisations, and one number is kept so that all divisions are alike."""

_FILE = Path(__file__).with_name("england.csv")


class Figure(NamedTuple):
    """One published number; the fields are the columns of the table.

    Attributes:
        series: what is counted, by name.
        year: the one in which the period ends, or in which a survey began.
        when: the day or the period, in words.
        value: in ``unit``.
        unit: the same for all of a series.
        definition: a sentence on what is counted; the same for all of a series.
        source: who published it, and where it was read.
        mark: "seen", "derived" or "unverified".
    """

    series: str
    year: int
    when: str
    value: float
    unit: str
    definition: str
    source: str
    mark: str


@overload
def published(name: None = None, *, unverified: bool = False) -> Table: ...
@overload
def published(name: str, *, unverified: bool = False) -> pd.Series[float]: ...
def published(name: str | None = None, *, unverified: bool = False) -> Table | pd.Series[float]:
    """A published series by its name, index = year; or the table of all series when left out.

    The table has one row a series: ``series``, ``years`` (first to last), ``figures`` (how many),
    ``unit``, ``definition``, ``source``. A series carries in ``.attrs``: ``units``,
    ``definition``, ``source``, ``when`` and ``marks`` (year -> "seen", "derived", "unverified").

    Args:
        name: such as "turnover"; case does not matter.
        unverified: whether to hand out figures, too, that nobody has read in their source.

    Raises:
        UnknownName: there is no such series; the nearest are offered.
        BadValue: the name is no text, or all of the series is unverified.
    """
    kept: dict[str, list[Figure]] = {}
    for figure in figures():
        if unverified or figure.mark != "unverified":
            kept.setdefault(figure.series, []).append(figure)
    if name is None:
        return Table([_row(several) for several in kept.values()])
    if not isinstance(name, str):
        raise BadValue(
            f"A published series was asked for by {came_as(name)}.",
            "Its name was expected, as text.",
            "published() lists them.",
        )
    spelt = {canonical(series): series for series in kept}
    if canonical(name) in spelt:
        return _series(kept[spelt[canonical(name)]])
    if canonical(name) in {canonical(figure.series) for figure in figures()}:
        raise BadValue(
            f'All figures of "{name}" are unverified.',
            "Nobody has read them in their source.",
            "Ask with unverified=True to see them nevertheless.",
        )
    raise unknown_name("published series", name, kept)


def spread(series: pd.Series[float]) -> tuple[float, float]:
    """How far a series falls below its own mean and rises above it, both in percent of the mean.

    Args:
        series: any; at least one value.

    Raises:
        BadValue: it is empty, or its mean is nought.
    """
    mean = float(series.mean())
    if not len(series) or mean == 0:
        raise BadValue("A series without values, or about nought, has no spread in percent.")
    return 100 * (float(series.min()) / mean - 1), 100 * (float(series.max()) / mean - 1)


@cache
def figures() -> tuple[Figure, ...]:
    """Every published figure, unverified ones included, in the order of the table."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        return tuple(
            Figure(series, int(year), when, float(value), unit, definition, source, mark)
            for series, year, when, value, unit, definition, source, mark in rows
        )


def _series(several: list[Figure]) -> pd.Series[float]:
    index = pd.Index([one.year for one in several], name="year")
    series = pd.Series([one.value for one in several], index=index, name=several[0].series)
    series.attrs = {
        "units": several[0].unit,
        "definition": several[0].definition,
        "source": _said_once(one.source for one in several),
        "when": _said_once(one.when for one in several),
        "marks": {one.year: one.mark for one in several},
    }
    return series


def _row(several: list[Figure]) -> dict[str, object]:
    first, last = several[0].year, several[-1].year
    return {
        "series": several[0].series,
        # As text: a number would be shown as 2,017.
        "years": str(first) if first == last else f"{first} to {last}",
        "figures": len(several),
        "unit": several[0].unit,
        "definition": several[0].definition,
        "source": _said_once(one.source for one in several),
    }


def _said_once(texts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(texts))
