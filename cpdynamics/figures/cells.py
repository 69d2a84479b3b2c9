"""One cell of a table of figures: a number, a reason why there is none, or a mistake."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from cpdynamics.errors import BadValue, clipped

AS_READ, SUPPRESSED, EMPTY = "as read", "suppressed", "left empty"

_REASONS = {
    "c": SUPPRESSED,
    "*": SUPPRESSED,
    "z": "not applicable",
    "n/a": "not applicable",
    "x": "not available",
    ":": "not available",
    "..": "not available",
    "-": "not available",
    "low": "too low to be shown",
    "k": "too low to be shown",
    "~": "too low to be shown",
    "u": "unreliable",
}
"""The codes that official tables put in place of a number, with or without square brackets."""

_REMARKS = {"e": "estimated", "p": "provisional", "r": "revised", "u": "unreliable", "b": "break"}
_REMARK = re.compile(r"(.*\d%?)\s*\[([a-z])\]")
_GROUPED = re.compile(r"\d{1,3}(?:([, \u00a0\u202f])\d{3})(?:\1\d{3})*(?:\.\d+)?")
_PLAIN = re.compile(r"(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?")
_LONGEST = 60


@dataclass(frozen=True)
class Cell:
    """What a cell holds.

    Attributes:
        value: the number; None where there is none.
        mark: "as read", or why there is no number, or what is said of the number.
        percent: whether a percent sign stood behind it.
    """

    value: float | None
    mark: str = AS_READ
    percent: bool = False


def cell_of(given: object) -> Cell:
    """What a cell holds: a number, or the reason why there is none.

    Args:
        given: a number of Excel's, or text such as "1,234", "12.5 %", "c", "[low]", "87 [e]".

    Raises:
        BadValue: neither.
    """
    if given is None:
        return Cell(None, EMPTY)
    if isinstance(given, bool):
        raise _no_number(given)
    if isinstance(given, int | float):
        return Cell(_finite(float(given), given))
    text = " ".join(str(given).split())
    folded = text.lower()
    if not text:
        return Cell(None, EMPTY)
    bare = folded[1:-1] if folded.startswith("[") and folded.endswith("]") else folded
    if bare in _REASONS:
        return Cell(None, _REASONS[bare])
    if len(text) > _LONGEST:
        raise _no_number(text)
    mark = AS_READ
    if (remark := _REMARK.fullmatch(folded)) and remark[2] in _REMARKS:
        folded, mark = remark[1], _REMARKS[remark[2]]
    if folded.startswith("="):
        raise BadValue(
            f'"{clipped(text, 40)}" is a formula without a saved result.',
            "No formula is worked out here.",
            "Open the file in Excel and save it, or write the number.",
        )
    percent = folded.endswith("%")
    number = folded.removesuffix("%").strip()
    sign = -1.0 if number.startswith(("-", "\u2212")) else 1.0
    number = re.sub(r"^[+\u2212-]\s*", "", number).removeprefix("£").strip()
    if _GROUPED.fullmatch(number):
        number = re.sub(r"[, \u00a0\u202f]", "", number)
    elif not _PLAIN.fullmatch(number):
        raise _no_number(text)
    return Cell(sign * _finite(float(number), text), mark, percent)


def _finite(value: float, given: object) -> float:
    if not math.isfinite(value):
        raise BadValue(
            f'"{clipped(given, 40)}" is no number.',
            "",
            'Leave the cell empty where nothing is known, or write "x".',
        )
    return value


def _no_number(given: object) -> BadValue:
    text = str(given)
    remedy = 'Leave the cell empty where nothing is known, or write "x".'
    if re.fullmatch(r"[+-]?\d+,\d+", text.strip()):
        remedy = "Write the decimal point as a point."
    return BadValue(f'"{clipped(text, 40)}" is no number.', "", remedy)
