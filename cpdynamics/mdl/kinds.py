"""What an equation is, told from its text alone: quick, where reading it in full takes a second."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from cpdynamics.mdl.equation import Equation, without_notes
from cpdynamics.mdl.names import folded

TextKind = Literal["stock", "auxiliary", "constant", "lookup", "data"]

_DIGITS = r"(?:\d++\.?\d*+|\.\d++)(?:[eE][-+]?\d++)?"
_NUMBER = re.compile(rf"([-+(\s]*+)({_DIGITS})[\s)]*+")
_SIGNED = re.compile(rf"([-+]?)\s*+({_DIGITS})")
_SUM = re.compile(rf"\s*+[-+]?\s*+{_DIGITS}\s*+(?:[-+]\s*+{_DIGITS}\s*+)*+")
_LIST = re.compile(rf"(?:[-+]?\s*+{_DIGITS}\s*+[,;]?\s*+)++|:NA:|TABBED ARRAY\b.*", re.IGNORECASE)
_READ = re.compile(r"GET \w+ (CONSTANTS|DATA|LOOKUPS)\b", re.IGNORECASE)
_INTEG = re.compile(r"[(\s]*INTEG\s*\(", re.IGNORECASE)
_QUOTED = re.compile(r'"(?:\\"|[^"])*+"')


def kind_in_text(equations: Iterable[Equation]) -> TextKind | None:
    """What a variable is; None for a subscript range. A flow passes for an auxiliary.

    Args:
        equations: all equations of that name, one or, with subscripts, more.
    """
    kinds = {_kind(equation) for equation in equations}
    for kind in ("lookup", "data", "stock", "auxiliary", "constant"):
        if kind in kinds:
            return kind
    return None


def number_in_text(equation: Equation) -> float | None:
    """The number that a variable is; None for one that is computed, or for a list."""
    if equation.operator not in ("=", "=="):
        return None
    text = folded(without_notes(equation.expression))
    if (total := sum_of_numbers(text)) is not None:
        return total
    if found := _NUMBER.fullmatch(text):
        return -float(found[2]) if found[1].count("-") % 2 else float(found[2])
    return None


def sum_of_numbers(text: str) -> float | None:
    """The value of numbers with single signs between them, such as ``5 - 2e3``; else None.

    PySD takes such a sum, where it stands alone, for one number.

    Args:
        text: what stands there, without notes.
    """
    if not _SUM.fullmatch(text):
        return None
    return sum(
        -float(digits) if sign == "-" else float(digits) for sign, digits in _SIGNED.findall(text)
    )


def _kind(equation: Equation) -> TextKind | None:
    if equation.operator in (":", "<->"):
        return None
    if equation.operator == "(":
        return "lookup"
    if equation.operator not in ("=", "=="):
        return "data"
    text = folded(without_notes(equation.expression))
    if read := _READ.match(text):
        found: dict[str, TextKind] = {"C": "constant", "D": "data", "L": "lookup"}
        return found[read[1][0].upper()]
    if number_in_text(equation) is not None or _LIST.fullmatch(text):
        return "constant"
    return "stock" if _is_integ(_QUOTED.sub("", text)) else "auxiliary"


def _is_integ(text: str) -> bool:
    """Whether it is INTEG(...), in brackets or not, and nothing besides."""
    if not (begun := _INTEG.match(text)):
        return False
    depth = 1
    for place in range(begun.end(), len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if depth == 0:
            return not text[place + 1 :].strip(" )")
    return False
