"""An authority's own figures, read from a table that anyone may have made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from cpdynamics.errors import BadFigures, BadValue, clipped
from cpdynamics.figures.cells import cell_of
from cpdynamics.figures.known import known
from cpdynamics.figures.moments import Moment, moment
from cpdynamics.figures.open_data import is_open_data, open_points
from cpdynamics.figures.points import Point, Problems, gathered
from cpdynamics.figures.result import Figures
from cpdynamics.figures.sheets import Row, rows_of
from cpdynamics.paths import path_from

_SERIES = ("series", "figure", "name", "variable")
_DATES = ("date", "when", "month", "year", "period")
_UNITS = ("unit", "units")
_BROKEN = ("#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#N/A", "#NULL!", "#NUM!")
_SAID = ("definition", "source", "note", "notes", "typical authority", "description")


def read_series(
    path: str | Path,
    *,
    sheet: str | None = None,
    authority: str | None = None,
    encoding: str | None = None,
) -> Figures:
    """The figures in a CSV or an Excel file, one series each.

    Three forms are read. *Long*: columns series, date, value and unit, one row a value.
    *Wide*: columns series and unit, and a column for each date. *Open data* of the Department for
    Education as Explore Education Statistics hands them out. `template` writes a long one to fill
    in. Columns called definition, source or note are passed over, and so are rows whose first
    cell begins with #.

    A date is a day ("31 March 2018", 31/03/2018, 2018-03-31), a month ("Mar 2018"), a financial
    year (2019/20, 2019-20, 201920), a quarter ("2019/20 Q1"), "year to 30 September 2018", or the
    number of a year: the year that ends with the day that the series is counted on where that is
    known, a calendar year otherwise. A number may have a thousands separator, a percent sign or
    a pound sign. An empty cell is a gap; c, z, x, :, low, k and the like, with or without square
    brackets, say why there is no number. One value is enough for a series. A figure that a template
    has is refused below nought, and a share above the whole; others are taken as they are.

    Args:
        path: the file.
        sheet: of a workbook with several; by name.
        authority: of open data with several; a name such as "Leeds", or a code.
        encoding: of a CSV; UTF-8 when left out.

    Raises:
        MissingFile: there is no such file.
        BadFigures: it is no such table, or something in it is wrong. All that is wrong is told at
            once, each with its row and column, up to 50; ``.problems`` has them one by one.
        BadValue: the path, the sheet or the encoding is none.
    """
    problems = Problems(path_from(path).name)
    rows = (row for row in rows_of(path, sheet=sheet, encoding=encoding) if not _is_remark(row))
    first = next(rows, None)
    if first is None:
        raise BadFigures(f"{problems.file} is empty.", "Columns series, date and value.")
    heads = [" ".join(str(head if head is not None else "").split()) for head in first[1]]
    folded = [head.lower() for head in heads]
    if is_open_data(folded):
        return gathered(open_points(heads, rows, problems, authority), problems)
    if authority is not None:
        raise BadFigures(
            f"{problems.file} is no open data of the DfE.",
            "authority= says whose rows of such a file are wanted.",
            "Leave it out.",
        )
    return gathered(_own_points(heads, folded, first, rows, problems), problems)


def _is_remark(row: Row) -> bool:
    first = str(row[1][0] if row[1] else "").strip()
    # What Excel shows for a broken formula begins with the same sign.
    return first.startswith("#") and first.upper() not in _BROKEN


def _own_points(
    heads: list[str], folded: list[str], first: Row, rows: Iterable[Row], problems: Problems
) -> Iterator[Point]:
    name = _column(folded, _SERIES)
    dates = {
        position: found
        for position in range(len(heads))
        if (found := _dated(first[1][position], position, folded)) is not None
    }
    date, value = _column(folded, _DATES), _column(folded, ("value", "values"))
    unit = _column(folded, _UNITS)
    twice = [head for head in dict.fromkeys(filter(None, folded)) if folded.count(head) > 1]
    if twice:
        problems.add(first[0], twice[0], "The heading stands there twice.")
        problems.refuse()
    if name is None or (not dates and (value is None or date is None)):
        raise _no_form(problems.file, heads)
    if value is not None and date is not None:
        yield from _long(heads, (name, date, value, unit), rows, problems)
    else:
        yield from _wide(heads, (name, unit), dates, rows, problems)


def _no_form(file: str, heads: Sequence[str]) -> BadFigures:
    there = ", ".join(f'"{clipped(head, 30)}"' for head in heads[:12] if head) or "nothing"
    return BadFigures(
        f"{file} begins with the headings {there}.",
        "Expected are series, date, value and unit; or series, unit and a column for each date;"
        " or the columns of the DfE's open data.",
        "`cpdynamics template MODEL figures.csv` writes a table to fill in.",
    )


def _column(folded: list[str], names: tuple[str, ...]) -> int | None:
    return next((folded.index(name) for name in names if name in folded), None)


def _dated(head: object, position: int, folded: list[str]) -> object | None:
    """The heading, if it is a date."""
    if folded[position] in (*_SERIES, *_DATES, *_UNITS, *_SAID, "value", ""):
        return None
    try:
        moment(head)
    except BadValue:
        return None
    return head


def _text(cells: list[object], position: int | None) -> str:
    if position is None or position >= len(cells) or cells[position] is None:
        return ""
    return " ".join(str(cells[position]).split())


def _cell(cells: list[object], position: int) -> object:
    return cells[position] if position < len(cells) else None


def _long(
    heads: list[str],
    columns: tuple[int, int, int, int | None],
    rows: Iterable[Row],
    problems: Problems,
) -> Iterator[Point]:
    name, date, value, unit = columns
    for number, cells in rows:
        called = _text(cells, name)
        if not called:
            problems.add(number, heads[name], "The name of the series is missing.")
            continue
        if _more(number, cells, heads, problems):
            continue
        yield from _one(
            called,
            _text(cells, unit),
            (_cell(cells, date), heads[date]),
            (_cell(cells, value), heads[value]),
            number,
            problems,
        )


def _wide(
    heads: list[str],
    columns: tuple[int, int | None],
    dates: dict[int, object],
    rows: Iterable[Row],
    problems: Problems,
) -> Iterator[Point]:
    name, unit = columns
    for number, cells in rows:
        called = _text(cells, name)
        if not called:
            problems.add(number, heads[name], "The name of the series is missing.")
            continue
        if _more(number, cells, heads, problems):
            continue
        for position, date in dates.items():
            head = heads[position]
            given = (_cell(cells, position), head)
            yield from _one(called, _text(cells, unit), (date, head), given, number, problems)


def _more(number: int, cells: list[object], heads: list[str], problems: Problems) -> bool:
    """Whether a row has too many cells, as 1,234 without quotes gives: then none is in place."""
    more = any(str(cell or "").strip() for cell in cells[len(heads) :])
    if more:
        problems.add(
            number, "", "More cells than headings: put a number such as 1,234 in double quotes."
        )
    return more


def _one(
    called: str,
    unit: str,
    date: tuple[object, str],
    value: tuple[object, str],
    number: int,
    problems: Problems,
) -> Iterator[Point]:
    when: Moment | None = None
    cell = None
    entry = known(called)
    try:
        cell = cell_of(value[0])
    except BadValue as error:
        problems.add(number, value[1], error)
    try:
        if str(date[0] if date[0] is not None else "").strip() or (cell and cell.value is not None):
            when = moment(date[0] if date[0] is not None else "", day=entry.day if entry else "")
    except BadValue as error:
        problems.add(number, date[1], error)
    if cell is not None and when is not None:
        yield Point(called, unit, when, cell, number, value[1])
