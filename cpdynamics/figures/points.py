"""Single values as they stood in a file, gathered into series, and everything wrong with them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

from cpdynamics.errors import BadFigures, BadValue, CpdynamicsError, clipped
from cpdynamics.figures.cells import Cell
from cpdynamics.figures.entry import Known
from cpdynamics.figures.known import known
from cpdynamics.figures.measures import Measure, measure, monthly
from cpdynamics.figures.moments import Moment, day_at
from cpdynamics.figures.result import Figures, series_of
from cpdynamics.mdl.names import canonical

MOST_PROBLEMS = 50
MOST_NOTED = 5_000
MOST_SERIES = 500
MOST_VALUES = 200_000
_WHOLE = 1 + 1e-9


@dataclass(frozen=True)
class Point:
    """One value where it stood.

    Attributes:
        series: whose it is, as written.
        unit: as written; "" where it follows from the series.
        moment: when it stands.
        cell: the number, or why there is none.
        row: counted from 1, as a spreadsheet does.
        column: its heading.
    """

    series: str
    unit: str
    moment: Moment
    cell: Cell
    row: int
    column: str


@dataclass
class Problems:
    """What is wrong with a file, told all at once in the order of its rows.

    Attributes:
        file: its name.
        found: what is wrong -> its row.
    """

    file: str
    found: dict[str, int] = field(default_factory=dict)

    def add(self, row: int, column: str, wrong: object) -> None:
        """Notes what is wrong with one cell.

        Args:
            row: counted from 1.
            column: its heading; "" for the whole row.
            wrong: an error, or a sentence.

        Raises:
            BadFigures: so much is wrong that the rest is not read.
        """
        if isinstance(wrong, CpdynamicsError):
            wrong = str(wrong)
        where = f'row {row}, "{clipped(column, 40)}"' if column else f"row {row}"
        self.found.setdefault(f"{where}: {wrong}", row)
        if len(self.found) >= MOST_NOTED:
            self.refuse()

    def refuse(self) -> None:
        """Raises them all as one, if there are any.

        Raises:
            BadFigures: at least one was noted.
        """
        if not self.found:
            return
        # Stable: two problems of one row stay in the order of its columns.
        several = sorted(self.found, key=self.found.__getitem__)
        shown = several[:MOST_PROBLEMS]
        count = "1 problem" if len(several) == 1 else f"{len(several):,} problems"
        if len(several) >= MOST_NOTED:
            count = f"{count} or more"
        if len(several) > len(shown):
            count += f", of which the first {len(shown)} follow"
        error = BadFigures(f"{self.file} has {count}.", " ".join(shown))
        error.problems = tuple(shown)
        raise error


def gathered(points: Iterable[Point], problems: Problems) -> Figures:
    """The series that the values make up.

    Args:
        points: in any order.
        problems: of the file so far; what is wrong with the series joins them.

    Raises:
        BadFigures: something is wrong, or no value is there at all.
    """
    groups: dict[str, list[Point]] = {}
    for number, point in enumerate(points, 1):
        if number > MOST_VALUES:
            raise BadFigures(
                f"{problems.file} has more than {MOST_VALUES:,} cells of values.",
                "",
                "Keep those of your own authority.",
            )
        groups.setdefault(canonical(point.series), []).append(point)
    series: dict[str, pd.Series[float]] = {}
    left_out: dict[str, str] = {}
    for group in groups.values():
        name = " ".join(group[0].series.split())
        if all(point.cell.value is None for point in group):
            reasons = ", ".join(dict.fromkeys(point.cell.mark for point in group))
            left_out[name] = f"no value: {reasons}"
            continue
        made = _series(name, group, problems)
        if made is not None:
            series[name] = made
    if len(series) > MOST_SERIES:
        raise BadFigures(
            f"{problems.file} has {len(series):,} series.", f"At most {MOST_SERIES} are read."
        )
    problems.refuse()
    if not series:
        empty = "1 series is" if len(left_out) == 1 else f"{len(left_out)} series are"
        told = f" {empty} empty." if left_out else ""
        raise BadFigures(
            f"{problems.file} has no value at all.{told}",
            "A number in the column of values was expected.",
        )
    return Figures(series, problems.file, left_out)


def _series(name: str, group: list[Point], problems: Problems) -> pd.Series[float] | None:
    entry = known(name)
    single = _single(name, group, problems)
    unit = _unit(group, entry, problems)
    if unit is None:
        return None
    reading = _Reading(unit, entry)
    values: dict[float, tuple[float, Point]] = {}
    spans: dict[float, Point] = {}
    for month, point in single.items():
        if point.cell.value is None:
            continue
        try:
            value, over = reading.value(point)
        except BadValue as error:
            problems.add(point.row, point.column, error)
            continue
        values[month] = (value, point)
        spans.setdefault(over, point)
    if len(spans) > 1:
        one, other = list(spans)[:2]
        problems.add(
            spans[other].row,
            spans[other].column,
            f'"{clipped(name)}" is of {_span(one)} in row {spans[one].row}'
            f" and of {_span(other)} here: make two series of them.",
        )
    if len(spans) != 1:
        return None
    rows = [point.row for _, point in values.values()]
    where = f"row {rows[0]}" if len(rows) == 1 else f"rows {min(rows)} to {max(rows)}"
    return series_of(
        name,
        ((month, value) for month, (value, _) in values.items()),
        units=reading.units,
        source=f"{problems.file}, {where}",
        over=next(iter(spans)),
        marks={month: point.cell.mark for month, point in single.items()},
        note=reading.note,
    )


def _single(name: str, group: list[Point], problems: Problems) -> dict[float, Point]:
    """One value a month; a second one is a problem, even if it is the same."""
    single: dict[float, Point] = {}
    for point in group:
        month = round(point.moment.month, 9)
        if (first := single.setdefault(month, point)) is not point:
            problems.add(
                point.row,
                point.column,
                f'"{clipped(name)}" has a second value for {day_at(month)}: the first is in row'
                f" {first.row}.",
            )
    return single


def _unit(group: list[Point], entry: Known | None, problems: Problems) -> Measure | None:
    first = next((point for point in group if point.unit.strip()), group[0])
    text = first.unit.strip() or (entry.unit if entry else "")
    mixed = False
    for point in group:
        if point.unit.strip() and _folded(point.unit) != _folded(text):
            problems.add(
                point.row,
                point.column,
                f'"{clipped(point.series)}" is in "{clipped(point.unit, 40)}" here and in'
                f' "{clipped(text, 40)}" in row {first.row}.',
            )
            mixed = True
    try:
        unit = measure(text)
    except BadValue as error:
        problems.add(first.row, "unit", error)
        return None
    return None if mixed else unit


def _folded(text: str) -> str:
    return " ".join(text.lower().split())


def _span(over: float) -> str:
    return f"{over:g} months" if over else "a day"


class _Reading:
    """How the values of one series are to be read."""

    def __init__(self, unit: Measure, entry: Known | None) -> None:
        self.unit, self.entry, self.note = unit, entry, ""
        self.units = unit.text
        self.rate = unit.a_month
        flow = entry is not None and entry.yearly and "/" in entry.unit
        # A total of a year, as in "referrals, 2019/20, 4200, children".
        self.total = bool(flow and not self.rate and not unit.share)
        if self.rate:
            self.units = monthly(unit)
        elif self.total:
            self.units = f"{unit.text}/month"
        if self.rate not in (0.0, 1.0) or self.total:
            self.note = f"{unit.text} turned into {self.units}"

    def value(self, point: Point) -> tuple[float, float]:
        """The value, and the months that it is the average over."""
        value, over = self.plain(point.cell), point.moment.over
        if self.rate:
            return value / self.rate, over or self.rate
        if self.total:
            return value / (over or 12), over or 12
        if self.entry is not None:
            on_a_day = not self.entry.yearly
            return value, 0.0 if on_a_day and over == 12 else (over or 12.0 * (not on_a_day))
        if over and not self.unit.share:
            self.note = "whether it was counted over the period or at its end is not said"
        return value, over

    def plain(self, cell: Cell) -> float:
        """The number in the unit of the series."""
        value = cell.value or 0.0
        in_percent = self.unit.spelt.startswith("%")
        if cell.percent and not in_percent:
            if not self.unit.share:
                raise BadValue(f"{value:g} % came.", f"A number in {self.unit.text} was expected.")
            value /= 100
        if self.entry is None:
            return value
        if value < 0:
            raise BadValue(f"{value:g} is below nought.")
        if not (self.entry.unit.startswith("%") and self.unit.share):
            return value
        if not in_percent and value > _WHOLE:
            raise BadValue(
                f"{value:g} came as a fraction.", "At most 1 was expected.", 'Say "%" as its unit.'
            )
        if in_percent and value > 100 * _WHOLE:
            raise BadValue(f"{value:g} % of the whole came.", "At most 100 was expected.")
        return value
