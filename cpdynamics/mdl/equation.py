"""One equation of a .mdl file: ``name = expression ~ units [low,high] ~ comment |``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from cpdynamics.mdl.names import folded, unquoted

_NAME = re.compile(r'\s*+("(?:\\"|[^"])*+"|[^"\[\](=:<]++)')
_SUBSCRIPTS = re.compile(r"[\s\\]*+\[([^\]]*+)\]")
_EXCEPT = re.compile(r"[\s\\]*+:EXCEPT:[\s\\]*+\[[^\]]*+\](?:[\s\\]*+,[\s\\]*+\[[^\]]*+\])*+", re.I)
_KEYWORD = re.compile(r"[\s\\]*+(:[A-Za-z ]++:)(?!=)")
_OPERATOR = re.compile(r"[\s\\]*+(:=|==|=|<->|:|(?=\())")
_CONTINUED = re.compile(r"\\[ \t]*+[\r\n]")
_RANGE = re.compile(r"\[([^\[\]]*)\]$")
_SIGN = re.compile(r"[~|]")
_MARK = re.compile(r'["{~|]')
_QUOTED = re.compile(r'"(?:\\"|[^"])*+"')
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$")


@dataclass(frozen=True)
class Range:
    """The values that a person may choose: ``[low,high,step]`` in the file; None for a ``?``."""

    low: float | None
    high: float | None
    step: float | None = None


@dataclass(frozen=True)
class Equation:
    """One equation as it stands in the file.

    Attributes:
        name: as written, without quotes and on one line.
        expression: the right-hand side as written, on one line; empty if there is none. That of
            a lookup definition keeps its outer brackets.
        operator: ``=``, ``==``, ``:=``; ``(`` for a lookup, ``:`` or ``<->`` for a subscript
            range; a keyword such as ``:TEST INPUT:`` where it takes the place of one; or empty.
        units: as written, without the range.
        range: what stands in the square brackets after the units.
        comment: on one line.
        group: the group it stands in; empty before the first.
        subscripts: what stands in the square brackets after the name.
        text: the source, up to and including the closing ``|``.
    """

    name: str
    expression: str
    operator: str
    units: str
    range: Range | None
    comment: str
    group: str
    subscripts: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Span:
    """Where the right-hand side stands in an equation's text."""

    start: int
    end: int


def read_equation(text: str, group: str = "") -> tuple[Equation, Span]:
    """An equation from its source text, and where its right-hand side stands.

    Args:
        text: one block of the file, its first character not a space, its last the ``|``.
        group: the group it stands in.
    """
    ends = field_ends(text)
    bare = without_notes(text[: ends[0]])
    cursor = match.end() if (match := _NAME.match(bare)) else 0
    name = bare[:cursor]
    subscripts: tuple[str, ...] = ()
    if match := _SUBSCRIPTS.match(bare, cursor):
        subscripts = tuple(unquoted(part) for part in match[1].split(","))
        cursor = match.end()
    if match := _EXCEPT.match(bare, cursor):
        cursor = match.end()
    operator = ""
    if match := _KEYWORD.match(bare, cursor):
        operator = match[1].upper()
        cursor = match.end()
    if match := _OPERATOR.match(bare, cursor):
        operator = match[1] or "("
        cursor = match.end()
    elif not bare[cursor:].strip():
        operator = ""  # a keyword alone, such as :RAW:, says how to read the data
    span = _trimmed(text, cursor, ends[0])
    fields = [text[start + 1 : end] for start, end in pairwise(ends)]
    units, limits = _units_and_range(fields[0] if fields else "")
    equation = Equation(
        name=unquoted(name),
        expression=folded(text[span.start : span.end]),
        operator=operator,
        units=units,
        range=limits,
        comment=folded(fields[1]) if len(fields) > 1 else "",
        group=group,
        subscripts=subscripts,
        text=text,
    )
    return equation, span


def field_ends(text: str) -> list[int]:
    """Where each field of one block ends: the places of its ``~`` and, last, of its ``|``.

    In the first field a quoted name or a {note} may hold either sign; a comment may not.
    """
    ends = [first_field_end(text)]
    while text[ends[-1] : ends[-1] + 1] == "~" and (sign := _SIGN.search(text, ends[-1] + 1)):
        ends.append(sign.start())
    return ends


def first_field_end(text: str, start: int = 0) -> int:
    """Where the ``~`` or ``|`` stands that ends a block's first field; the text's end if none."""
    return next((place for kind, place, _ in _marks(text, start) if kind in "~|"), len(text))


def without_notes(text: str) -> str:
    """The text with each {note} outside a quoted name blanked out, every place kept."""
    parts, cursor = [], 0
    for kind, start, stop in _marks(text, 0):
        if kind == "{":
            parts += [text[cursor:start], " " * (stop - start)]
            cursor = stop
    return "".join([*parts, text[cursor:]])


def _marks(text: str, start: int) -> Iterator[tuple[str, int, int]]:
    """Each quoted name, {note}, ``~`` and ``|``: its first sign and where it starts and stops.

    A quote or a bracket that is never closed stands for itself, and is looked for only once: a
    file of nothing else takes linear time.
    """
    quotes = notes = True
    cursor = start
    while found := _MARK.search(text, cursor):
        cursor = found.end()
        kind, place = found[0], found.start()
        if kind == '"':
            quoted = _QUOTED.match(text, place) if quotes else None
            quotes = quoted is not None
            cursor = quoted.end() if quoted else cursor
        elif kind == "{":
            close = text.find("}", cursor) if notes else -1
            notes = close >= 0
            cursor = close + 1 if notes else cursor
        if kind in "~|" or cursor > found.end():
            yield kind, place, cursor


def _trimmed(text: str, start: int, end: int) -> Span:
    """The stretch without the space and the continued lines at its ends."""

    def empty(place: int) -> bool:
        return text[place].isspace() or bool(_CONTINUED.match(text, place))

    while start < end and empty(start):
        start += 1
    while start < end and empty(end - 1):
        end -= 1
    return Span(start, end)


def _units_and_range(field: str) -> tuple[str, Range | None]:
    units = folded(field)
    if not (found := _RANGE.search(units)):
        return units, None
    parts = [part.strip() for part in found[1].split(",")]
    if len(parts) > 3 or not all(part in ("", "?") or _NUMBER.match(part) for part in parts):
        return units, None
    numbers = [None if part in ("", "?") else float(part) for part in parts]
    low, high, step = [*numbers, None, None][:3]
    return units[: found.start()].rstrip(), Range(low, high, step)
