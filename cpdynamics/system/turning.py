"""Where a link changes its sign, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cpdynamics.errors import clipped
from cpdynamics.system.expressions import (
    Curve,
    Expression,
    Number,
    Opaque,
    Operation,
    Variable,
    rebuilt,
    variables,
    written,
)
from cpdynamics.system.intervals import Box, interval
from cpdynamics.system.polynomials import Polynomial, polynomial, rising_and_falling

_LONGEST = 160
_READABLE = 110
_MOST_PLACES = 3
_ORDER = ("<", "<=", ">", ">=")


def turning_point(slope: Expression, box: Box, names: Mapping[str, str]) -> str:
    """Where a slope changes sign, as far as its form tells: "turns where Stock passes limit".

    Args:
        slope: a derivative of either sign over the box.
        box: bounds of its variables.
        names: canonical name -> as written.
    """
    places = list(dict.fromkeys(_places(slope, box, names)))
    more = " or elsewhere" if len(places) > _MOST_PLACES else ""
    return clipped("turns where " + " or ".join(places[:_MOST_PLACES]) + more, _LONGEST)


def turning_value(
    signs: NDArray[np.float64], candidates: Mapping[str, NDArray[np.float64]]
) -> tuple[str, float] | None:
    """The first variable that has one value which parts the states by sign, and that value.

    Args:
        signs: one for each state, 1 or -1.
        candidates: name -> its value in each state, the likeliest first.
    """
    for name, values in candidates.items():
        order = np.argsort(values)
        values, ordered = values[order], signs[order]
        changes = np.flatnonzero(np.diff(ordered))
        if len(changes) == 1 and values[changes[0]] < values[changes[0] + 1]:
            return name, float(values[changes[0]] + values[changes[0] + 1]) / 2
    return None


def _places(node: Expression, box: Box, names: Mapping[str, str]) -> list[str]:
    match node:
        case Operation(name="*" | "/" | "negative" | "^"):
            return _in_parts(node.arguments, box, names)
        case Operation(name="+" | "-"):
            return _in_sum(node, box, names)
        case Operation(name="if then else", arguments=(condition, *branches)):
            inside = _in_parts(branches, box, names)
            return inside or [_condition(condition, names)]
        case Operation(name="ln", arguments=(inner,)):
            return [f"{_named(inner, names)} passes 1"]
        case Curve(between="hold"):
            return _in_curve(node, names)
        case Opaque(arguments=(inner,)) if node.what == "slope":
            return [f"nobody can tell from the equation: {_named(inner, names)}"]
        case Opaque():
            return [f"nobody can tell from the equation: {node.what}"]
    return [f"{_named(node, names)} passes 0"]


def _in_parts(parts: Sequence[Expression], box: Box, names: Mapping[str, str]) -> list[str]:
    mixed = [part for part in parts if interval(part, box).sign() == "?"]
    return [place for part in mixed for place in _places(part, box, names)]


def _in_sum(node: Operation, box: Box, names: Mapping[str, str]) -> list[str]:
    terms = polynomial(node)
    if terms is None:
        return _in_parts(node.arguments, box, names)
    if place := _linear(terms, names):
        return [place]
    rising, falling = rising_and_falling(terms)
    if isinstance(rising, Number) or isinstance(falling, Number):
        inside = _in_parts(node.arguments, box, names)
        if inside and Number(0.0) in (rising, falling):
            return inside
    sentence = f"{_named(rising, names)} passes {_named(falling, names)}"
    if len(sentence) <= _READABLE:
        return [sentence]
    moved = (names.get(name, name) for name in variables(Operation("-", (rising, falling))))
    return [f"the balance of these tips: {', '.join(moved)}"]


def _linear(terms: Polynomial, names: Mapping[str, str]) -> str:
    """ "x passes 0.62", for a number and a number of x."""
    number = terms.get(frozenset())
    others = [(one, size) for one, size in terms.items() if one]
    if number is None or len(others) != 1 or len(others[0][0]) != 1:
        return ""
    ((atom, power),) = others[0][0]
    return f"{_named(atom, names)} passes {-number / others[0][1]:.4g}" if power == 1 else ""


def _in_curve(curve: Curve, names: Mapping[str, str]) -> list[str]:
    steps = [(x, y) for x, y in zip(curve.x, curve.y, strict=True) if y]
    turns = [right for (_, before), (right, after) in pairwise(steps) if before * after < 0]
    return [f"{_named(curve.argument, names)} passes {x:g}" for x in turns]


def _condition(condition: Expression, names: Mapping[str, str]) -> str:
    if isinstance(condition, Operation) and condition.name in _ORDER:
        left, right = (_named(one, names) for one in condition.arguments)
        return f"{left} passes {right}"
    return f"this changes: {_named(condition, names)}"


def _named(node: Expression, names: Mapping[str, str]) -> str:
    return written(_respelt(node, names))


def _respelt(node: Expression, names: Mapping[str, str]) -> Expression:
    if isinstance(node, Variable):
        return Variable(names.get(node.name, node.name), node.subscripts)
    return rebuilt(node, lambda one: _respelt(one, names))
