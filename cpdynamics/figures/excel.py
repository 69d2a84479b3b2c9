"""Results, assumptions and sources as one Excel workbook."""

from __future__ import annotations

import io
import math
import numbers
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from itertools import count
from pathlib import Path
from typing import Protocol, runtime_checkable

import pandas as pd

from cpdynamics.errors import BadValue, came_as, printable
from cpdynamics.paths import path_from
from cpdynamics.run import Run
from cpdynamics.writing import write_whole

_STARTS = ("=", "+", "-", "@", "\t", "\r")
_LONGEST_CELL, _LONGEST_NAME = 32_000, 31
_NOT_IN_NAMES = str.maketrans("[]:*?/\\'", "        ")


@runtime_checkable
class HasSheets(Protocol):
    """A result that says which tables of it belong in a workbook."""

    def sheets(self) -> Mapping[str, pd.DataFrame]:
        """Name of a sheet -> its table."""


def workbook(path: str | Path, *results: Run | HasSheets, command: str = "") -> None:
    """Writes results, their assumptions and sources as one Excel workbook.

    A run gives a sheet of its values and its assumptions on the sheet "Assumptions"; a local
    authority gives what was changed, what cannot hold and where it comes from. No cell is a
    formula: text that begins like one is kept as text.

    Args:
        path: ends in .xlsx.
        results: runs, and anything with sheets, such as what `localise` gave.
        command: how they were made, for whoever opens the file.

    Raises:
        BadValue: another ending, or something that has no sheets.
        CannotWrite: the system refuses.
    """
    place = path_from(path)
    if place.suffix.lower() != ".xlsx":
        raise BadValue(f'"{place.name}" came.', "Its name has to end in .xlsx.")
    about: list[Sequence[object]] = [("made by", f"cpdynamics {version('cpdynamics')}")]
    about += [("command", command)] if command else []
    assumed: list[Sequence[object]] = [("result", "model", "kind", "name", "value")]
    pages: dict[str, list[Sequence[object]]] = {"About": about, "Assumptions": assumed}
    for one in results:
        if isinstance(one, Run):
            title = _free(one.label, pages)
            pages[title] = _rows(one.to_frame(), units=one.units)
            about.append(("run", f"{one.model}: {one.label} (sheet {title})"))
            for kind in ("set", "hold", "initial"):
                for name, value in getattr(one.scenario, kind).items():
                    shown = value if isinstance(value, numbers.Real) else "a series"
                    assumed.append((one.label, one.model, kind, name, shown))
        elif isinstance(one, HasSheets):
            for name, table in one.sheets().items():
                pages[_free(name, pages)] = _rows(table)
        else:
            raise BadValue(f"workbook() got {came_as(one)}.", "Runs or results with sheets.")
    write_whole(place, book_of(pages))


def book_of(pages: Mapping[str, Iterable[Sequence[object]]]) -> bytes:
    """The bytes of a workbook without a single formula.

    Args:
        pages: name of a sheet -> its rows.
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    for name, rows in pages.items():
        page = book.create_sheet(name)
        page.freeze_panes = "A2"
        for row in rows:
            cells = []
            for value in row:
                plain = _plain(value)
                cell = WriteOnlyCell(page, value=plain)
                if isinstance(plain, str):
                    cell.data_type = "s"
                    # Without the quote Excel would make a formula of it when the cell is edited.
                    cell.quotePrefix = plain.startswith(_STARTS)
                cells.append(cell)
            page.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _plain(value: object) -> float | int | str | None:
    if value is None or value is pd.NA:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, numbers.Real):
        try:
            number = float(value)
        except OverflowError:
            return str(value)[:_LONGEST_CELL]
        if math.isnan(number):
            return None
        return number if math.isfinite(number) else f"{'-' * (number < 0)}infinite"
    return printable(str(value), " ")[:_LONGEST_CELL]


def _rows(table: pd.DataFrame, units: Mapping[str, str] | None = None) -> list[Sequence[object]]:
    frame = pd.DataFrame(table)
    if not isinstance(frame.index, pd.RangeIndex):
        frame = frame.reset_index()
    rows: list[Sequence[object]] = [list(map(str, frame.columns))]
    if units is not None:
        rows.append([units.get(str(name), "") for name in frame.columns])
    rows += frame.to_numpy(dtype=object).tolist()
    return rows


def _free(title: str, taken: Mapping[str, object]) -> str:
    short = " ".join(printable(title, " ").translate(_NOT_IN_NAMES).split())[:_LONGEST_NAME]
    short = short or "Result"
    used = {*(name.lower() for name in taken), "history"}  # Excel keeps that name for itself
    if short.lower() not in used:
        return short
    numbered = (f"{short[: _LONGEST_NAME - 5].rstrip()} {number}" for number in count(2))
    return next(name for name in numbered if name.lower() not in used)
