"""The rows of a CSV or an Excel file that anyone may have made."""

from __future__ import annotations

import csv
import datetime
import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from cpdynamics.errors import BadFigures, BadValue, MissingFile, clipped
from cpdynamics.paths import path_from

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

MOST_BYTES = 100 * 2**20
MOST_BYTES_EXCEL = 20 * 2**20
MOST_BYTES_UNPACKED = 300 * 2**20
MOST_ROWS, MOST_ROWS_EXCEL, MOST_COLUMNS = 1_000_000, 100_000, 1_000
MOST_LETTERS, MOST_TAGS = 2**20, 4_000_000

Row = tuple[int, list[object]]
"""The number of a row, counted from 1 as a spreadsheet does, and its cells."""

_EXPECTED = "A CSV in UTF-8 was expected, or an Excel workbook (.xlsx)."
_CUT = re.compile(r"[\udc80-\udcff]")
_LITERAL = re.compile(r'"[^"]*"|\\.')


def rows_of(given: str | Path, *, sheet: str | None, encoding: str | None) -> Iterator[Row]:
    """The rows of a file that hold anything, one after the other.

    What a file is follows from its first bytes, not from its name. No formula and no macro is
    run: of a formula the result that Excel saved with it is taken.

    Args:
        given: the file.
        sheet: of a workbook; its only one when left out.
        encoding: of a CSV; UTF-8 when left out.

    Raises:
        MissingFile: there is none.
        BadFigures: it is empty, too large, of another kind, or broken.
        BadValue: there is no such encoding, or a sheet was named for a CSV.
    """
    path = path_from(given)
    try:
        with path.open("rb") as file:
            start = file.read(4096)
        size = path.stat().st_size
    except FileNotFoundError:
        raise MissingFile(f"There is no file {clipped(path)}.", _EXPECTED) from None
    except IsADirectoryError:
        raise MissingFile(f"{clipped(path)} is a folder.", _EXPECTED) from None
    except OSError as error:
        raise MissingFile(f"{clipped(path)} cannot be read: {error.strerror}.", "") from None
    if not start.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise BadFigures(f"{path.name} is empty.", _EXPECTED)
    if start.startswith(b"PK\x03\x04"):
        _not_larger(path, size, MOST_BYTES_EXCEL)
        yield from _excel(path, sheet)
        return
    _refuse_others(path, start)
    _not_larger(path, size, MOST_BYTES)
    if sheet is not None:
        raise BadValue(f"{path.name} is a CSV.", "", "Leave sheet= out.")
    yield from _text(path, start, encoding)


def _not_larger(path: Path, size: int, most: int) -> None:
    if size > most:
        raise BadFigures(
            f"{path.name} has {size / 2**20:,.0f} MB.",
            f"At most {most / 2**20:.0f} MB are read.",
            "Keep the rows of your own authority.",
        )


def _refuse_others(path: Path, start: bytes) -> None:
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise BadFigures(
            f"{path.name} is an old Excel file (.xls), or one with a password.",
            _EXPECTED,
            "Save it as .xlsx without a password.",
        )
    if re.match(rb"\s*(?:<!doctype|<html|<\?xml|<table)", start.lower()):
        raise BadFigures(
            f"{path.name} is a web page or XML, whatever its name says.",
            _EXPECTED,
            "Open it in Excel and save it as .xlsx.",
        )
    if start.startswith((b"%PDF", b"\x89PNG", b"\x7fELF", b"{\\rtf")):
        raise BadFigures(f"{path.name} is no table.", _EXPECTED)


def _text(path: Path, start: bytes, encoding: str | None) -> Iterator[Row]:
    chosen = encoding or ("utf-16" if start.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    try:
        "".encode(chosen)
        # What is no character becomes a surrogate, so that its row and column can be told.
        file = path.open(encoding=chosen, errors="surrogateescape", newline="")
    except (LookupError, UnicodeError):
        raise BadValue(f'"{clipped(chosen)}" is no encoding.', "Such as cp1252.") from None
    with file:
        try:
            sign = _between(file)
            lines = _Lines(path, file)
            for number, cells in enumerate(csv.reader(lines, delimiter=sign, strict=True), 1):
                lines.held = 0
                _within(path, number, len(cells), MOST_ROWS)
                for column, cell in enumerate(cells, 1):
                    if "\0" in cell or _CUT.search(cell):
                        raise _wrong_letters(path, number, column, cell, chosen)
                if any(map(str.strip, cells)):
                    yield number, list(cells)
        except (csv.Error, UnicodeError) as error:
            raise BadFigures(f"{path.name} is broken: {clipped(error)}.", _EXPECTED) from None


def _between(file: TextIO) -> str:
    """What stands between two cells, by the first line that is no remark."""
    head = ""
    for _ in range(100):
        head = file.readline(64 * 1024)
        if not head or (head.strip() and not head.lstrip('" ').startswith("#")):
            break
    file.seek(0)
    return max(",;\t", key=head.count)


class _Lines:
    """The lines of a text, none of them without an end, nor the cells that go on over several."""

    def __init__(self, path: Path, file: TextIO) -> None:
        self.path, self.file, self.held = path, file, 0

    def __iter__(self) -> Iterator[str]:
        while line := self.file.readline(MOST_LETTERS):
            self.held += len(line)
            if self.held >= MOST_LETTERS:
                raise BadFigures(
                    f"{self.path.name} has a row of more than {MOST_LETTERS:,} letters.", _EXPECTED
                )
            yield line


def _wrong_letters(path: Path, row: int, column: int, cell: str, encoding: str) -> BadFigures:
    shown = _CUT.sub("\ufffd", cell).replace("\0", "\ufffd")
    return BadFigures(
        f'{path.name}, row {row}, column {column}: "{clipped(shown, 40)}" is not written in'
        f" {encoding.removesuffix('-sig').upper()}.",
        _EXPECTED,
        'Save it as "CSV UTF-8", or say read_series(..., encoding="cp1252").',
    )


def _within(path: Path, row: int, columns: int, most: int) -> None:
    if row > most:
        raise BadFigures(
            f"{path.name} has more than {most:,} rows.", "", "Keep those of your own authority."
        )
    if columns > MOST_COLUMNS:
        raise BadFigures(f"{path.name}, row {row} has {columns:,} columns.", "", _EXPECTED)


def _excel(path: Path, sheet: str | None) -> Iterator[Row]:
    results, formulas = _opened(path, results=True), _opened(path, results=False)
    with closing(results), closing(formulas):
        names = [name for name in results.sheetnames if name in formulas.sheetnames]
        chosen = _sheet(path, names, sheet)
        pages = [results[chosen], formulas[chosen]]
        for page in pages:
            if not hasattr(page, "iter_rows"):
                raise BadFigures(f"{path.name}: the sheet {clipped(chosen)} is a chart.", _EXPECTED)
            # A file may claim a million rows; what counts are those that are there.
            page.reset_dimensions()
        both = zip(*(page.iter_rows() for page in pages), strict=False)
        try:
            held = 0
            for row, (values, texts) in enumerate(both, 1):
                cells = [_value(value, text) for value, text in zip(values, texts, strict=False)]
                # A format may reach down to row 1,048,576 and out to column XFD.
                while cells and cells[-1] in (None, ""):
                    cells.pop()
                if cells:
                    held += 1
                    _within(path, held, len(cells), MOST_ROWS_EXCEL)
                    yield row, cells
        except _BROKEN as error:
            raise _broken(path, error) from None


def _sheet(path: Path, names: list[str], wanted: str | None) -> str:
    if wanted is None and len(names) == 1:
        return names[0]
    for name in names:
        if wanted is not None and name.strip().lower() == str(wanted).strip().lower():
            return name
    there = ", ".join(f'"{clipped(name, 40)}"' for name in names[:20])
    if wanted is None and "figures" in map(str.lower, names):
        return next(name for name in names if name.lower() == "figures")
    came = "has several sheets" if wanted is None else f'has no sheet "{clipped(wanted)}"'
    raise BadFigures(f"{path.name} {came}.", f"There are: {there}.", "Name one with sheet=.")


_BROKEN: tuple[type[Exception], ...] = (
    zipfile.BadZipFile,
    KeyError,
    ValueError,
    TypeError,
    IndexError,
    AttributeError,
    OSError,
    SyntaxError,  # what is no XML
    NotImplementedError,
)


def _opened(path: Path, *, results: bool) -> Workbook:
    from openpyxl import load_workbook

    try:
        if results:
            _not_a_bomb(path)
        # From memory: a read-only workbook keeps its file open, which Windows would not replace.
        contents = io.BytesIO(path.read_bytes())
        book: Workbook = load_workbook(
            contents, read_only=True, data_only=results, keep_links=False, keep_vba=False
        )
    except BadFigures:
        raise
    except Exception as error:  # openpyxl meets broken files with whatever its parts raise
        raise _broken(path, error) from None
    return book


def _not_a_bomb(path: Path) -> None:
    """Refuses what unpacks to far more than a table; a few KB may hold millions of empty cells."""
    with zipfile.ZipFile(path) as packed:
        parts = packed.infolist()
        unpacked = sum(one.file_size for one in parts)
        if unpacked > MOST_BYTES_UNPACKED:
            raise BadFigures(
                f"{path.name} unpacks to {unpacked / 2**20:,.0f} MB.",
                f"At most {MOST_BYTES_UNPACKED / 2**20:.0f} MB are read.",
            )
        tags = 0
        for one in parts:
            with packed.open(one) as part:
                while piece := part.read(2**20):
                    tags += piece.count(b"<")
            if tags > MOST_TAGS:
                raise BadFigures(
                    f"{path.name} has about a million cells or more.",
                    "",
                    "Keep the rows of your own authority, or save them as CSV UTF-8.",
                )


def _broken(path: Path, error: Exception) -> BadFigures:
    return BadFigures(
        f"{path.name} cannot be read as an Excel workbook: {clipped(error, 60) or 'broken'}.",
        _EXPECTED,
        "Open it in Excel and save it as .xlsx, or as CSV UTF-8.",
    )


def _value(result: Any, formula: Any) -> object:
    value = result.value
    if value is None and formula.value is not None and formula.data_type == "f":
        return "=" + str(formula.value).lstrip("=")
    if isinstance(value, float | int) and not isinstance(value, bool):
        shape = str(getattr(result, "number_format", "") or "")
        # 0.125 shown as 12.5 % is meant as 12.5 %; in quotes the sign multiplies nothing.
        if "%" in _LITERAL.sub("", shape):
            return f"{float(value) * 100:.15g}%"
        return f"{float(value):.15g}%" if "%" in shape else value
    if isinstance(value, datetime.datetime | datetime.date):
        return value
    return None if value is None else str(value)
