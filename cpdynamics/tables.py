"""Tables that read well: the same one in a notebook and in a terminal."""

from __future__ import annotations

import html
import math
import numbers
import shutil
import textwrap
from collections.abc import Callable, Sequence

import pandas as pd

from cpdynamics.errors import printable

_NARROWEST = 12
_WIDEST = 160
_TALLEST = 40
_LEFT = "text-align:left;vertical-align:top"
_RIGHT = "text-align:right;vertical-align:top"


class Table(pd.DataFrame):
    """A DataFrame whose numbers and long texts are shown as a person would write them.

    Nothing but the display differs: the values, the columns and the index are pandas'. Selecting,
    sorting and filtering keep it a Table.
    """

    @property
    def _constructor(self) -> Callable[..., pd.DataFrame]:
        return Table

    def __repr__(self) -> str:
        return as_text(self)

    def _repr_html_(self) -> str:
        return as_html(self)


def readable(value: object) -> str:
    """A number as a person would write it; any other value as text, nothing for a missing one.

    Args:
        value: a cell of a table.
    """
    if value is None or value is pd.NA:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, numbers.Real):
        return printable(str(value), " ")
    number = float(value)
    if math.isnan(number):
        return ""
    if math.isinf(number):
        return "-inf" if number < 0 else "inf"
    if abs(number) >= 1000:
        return f"{number:,.0f}"
    text = f"{number:.4g}"
    return "0" if text == "-0" else text


def as_text(frame: pd.DataFrame, *, width: int | None = None, tallest: int = _TALLEST) -> str:
    """The table for a terminal: columns aligned, long texts folded, the middle left out when long.

    Args:
        frame: any table.
        width: characters a line; the terminal's own when left out.
        tallest: rows shown.
    """
    width = width or min(shutil.get_terminal_size((100, 24)).columns, _WIDEST)
    heads, rows, aligned = _cells(frame)
    if not rows:
        return "  ".join(heads) + "\n(nothing)"
    left_out = max(0, len(rows) - tallest)
    if left_out:
        half = tallest // 2
        rows = rows[:half] + rows[len(rows) - (tallest - half) :]
    widths = _widths(heads, rows, width)
    lines = _folded(heads, widths, aligned)
    lines.append("  ".join("-" * column for column in widths))
    for position, row in enumerate(rows):
        if left_out and position == tallest // 2:
            lines.append(f"... {left_out} rows left out ...")
        lines += _folded(row, widths, aligned)
    return "\n".join(lines)


def as_html(frame: pd.DataFrame, caption: str = "", *, height: str = "28em") -> str:
    """The table for a notebook: every text escaped, scrolled when long.

    Args:
        frame: any table.
        caption: a line above it.
        height: CSS length beyond which the table scrolls.
    """
    heads, rows, aligned = _cells(frame)

    def row(opening: str, tag: str, texts: Sequence[str]) -> str:
        cells = (
            f'<{opening} style="{_RIGHT if number else _LEFT}">{html.escape(text)}</{tag}>'
            for text, number in zip(texts, aligned, strict=True)
        )
        return f"<tr>{''.join(cells)}</tr>"

    head = row('th scope="col"', "th", heads)
    body = "".join(row("td", "td", texts) for texts in rows)
    title = f'<caption style="{_LEFT}"><b>{html.escape(caption)}</b></caption>'
    return (
        # Without tabindex a keyboard cannot scroll the table.
        f'<div tabindex="0" style="max-height:{height};overflow:auto">'
        f'<table style="border-collapse:collapse">{title if caption else ""}'
        f"<thead>{head}</thead><tbody>{body}</tbody></table></div>"
    )


def _cells(frame: pd.DataFrame) -> tuple[list[str], list[list[str]], list[bool]]:
    """The heads, the cells as text, and which columns hold numbers (and so stand to the right)."""
    plain = pd.DataFrame(frame).copy(deep=False)
    if not isinstance(plain.index, pd.RangeIndex):
        plain.insert(0, plain.index.name or "", list(plain.index), allow_duplicates=True)
    columns = [list(plain.iloc[:, position]) for position in range(plain.shape[1])]
    shown = [[readable(value) for value in column] for column in columns]
    aligned = [
        any(map(_is_number, column))
        and all(_is_number(value) or not text for value, text in zip(column, texts, strict=True))
        for column, texts in zip(columns, shown, strict=True)
    ]
    rows = [list(row) for row in zip(*shown, strict=True)]
    return [printable(str(head), " ") for head in plain.columns], rows, aligned


def _is_number(value: object) -> bool:
    return not isinstance(value, bool) and isinstance(value, numbers.Real)


def _widths(heads: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[int]:
    widths = [
        max(len(head), *(len(row[position]) for row in rows)) for position, head in enumerate(heads)
    ]
    while sum(widths) + 2 * (len(widths) - 1) > width and max(widths) > _NARROWEST:
        widths[widths.index(max(widths))] -= 1
    return widths


def _folded(cells: Sequence[str], widths: Sequence[int], aligned: Sequence[bool]) -> list[str]:
    columns = [textwrap.wrap(cell, wide) or [""] for cell, wide in zip(cells, widths, strict=True)]
    return [
        "  ".join(
            (column[line] if line < len(column) else "").rjust(wide)
            if number
            else (column[line] if line < len(column) else "").ljust(wide)
            for column, wide, number in zip(columns, widths, aligned, strict=True)
        ).rstrip()
        for line in range(max(len(column) for column in columns))
    ]
