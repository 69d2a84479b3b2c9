"""Between which bounds an expression stays when its variables stay between theirs.

Interval arithmetic (Moore, Kearfott, Cloud 2009, Introduction to Interval Analysis), with two
additions for the equations of a model: equal terms cancel before a sum is bounded, and a part of a
whole lies between 0 and 1. Bounds are as sharp as floating point; nothing is rounded outward.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from typing import TypeAlias

from cpdynamics.system.algebra import negative
from cpdynamics.system.bounds import (
    ANY,
    FUNCTIONS,
    ONE,
    Interval,
    added,
    common,
    divided,
    hull,
    multiplied,
    negated,
    product,
    whole_power,
)
from cpdynamics.system.derivatives import NEARLY_ZERO
from cpdynamics.system.expressions import (
    Curve,
    Expression,
    Memory,
    Number,
    Operation,
    Variable,
    variables,
)
from cpdynamics.system.polynomials import Monomial, Polynomial, difference, factored, polynomial

Box: TypeAlias = Mapping[str, Interval]
"""Canonical name -> the bounds of the variable; one that is missing has none."""


def interval(node: Expression, box: Box) -> Interval:
    """Bounds of an expression over a box of its variables.

    Where an operation has no value (a root of a negative number, x / 0) there is nothing to bound.

    Args:
        node: any expression; what is not known has no bounds.
        box: bounds of the variables.
    """
    match node:
        case Number(value=value):
            return Interval(value, value)
        case Variable(name=name):
            return box.get(name, ANY)
        case Curve():
            return _read(node, interval(node.argument, box))
        case Memory(kind="smooth" | "delay" | "delay n" | "delay fixed"):
            return hull(interval(node["input"], box), interval(node["initial"], box))
        case Memory(kind="active initial"):
            return interval(node["active"], box)
        case Memory(kind="initial"):
            return interval(node["initial"], box)
        case Operation(name="+" | "-"):
            return _sum(node, box)
        case Operation(name="/", arguments=(top, bottom)):
            return _quotient(top, bottom, box)
        case Operation(name="xidz" | "zidz"):
            return _guarded_quotient(node.arguments, box)
        case Operation(name="if then else", arguments=(condition, then, otherwise)):
            return _choice(interval(condition, box), then, otherwise, box)
        case Operation() if node.name in FUNCTIONS:
            return FUNCTIONS[node.name](*(interval(one, box) for one in node.arguments))
    return ANY


def _sum(node: Operation, box: Box) -> Interval:
    first, *rest = (interval(one, box) for one in node.arguments)
    total = first
    for part in rest:
        total = added(total, part if node.name == "+" else negated(part))
    names = [name for one in node.arguments for name in variables(one)]
    if len(names) == len(set(names)):
        return total
    terms = polynomial(node)
    return total if terms is None else common(total, _polynomial(terms, box))


def _polynomial(terms: Polynomial, box: Box) -> Interval:
    """What all terms share is bounded once; else it would count as another number in each."""
    shared, left = factored(terms)
    total = Interval(0.0, 0.0)
    for monomial, coefficient in left.items():
        size = Interval(coefficient, coefficient)
        total = added(total, multiplied(size, _monomial(monomial, box)))
    return multiplied(_monomial(shared, box), total)


def _monomial(monomial: Monomial, box: Box) -> Interval:
    total = ONE
    for atom, count in monomial:
        total = multiplied(total, whole_power(interval(atom, box), count))
    return total


def _quotient(top: Expression, bottom: Expression, box: Box) -> Interval:
    whole = interval(bottom, box)
    bounds = _ratio(top, bottom, whole, box)
    if whole.low >= 0 and isinstance(top, Operation) and top.name == "*":
        for place, factor in enumerate(top.arguments):
            others = (*top.arguments[:place], *top.arguments[place + 1 :])
            scale = product(*(interval(one, box) for one in others))
            bounds = common(bounds, multiplied(scale, _ratio(factor, bottom, whole, box)))
    return bounds


def _ratio(part: Expression, bottom: Expression, whole: Interval, box: Box) -> Interval:
    bounds = divided(interval(part, box), whole)
    if whole.low < 0 or whole.high <= 0:
        return bounds
    if bounds.high > 1 and _is_part(part, bottom, box):
        bounds = common(bounds, Interval(-math.inf, 1.0))
    if bounds.low < -1 and _is_part(negative(part), bottom, box):
        bounds = common(bounds, Interval(-1.0, math.inf))
    return bounds


def _is_part(top: Expression, bottom: Expression, box: Box) -> bool:
    """Whether the bottom is the top and something more, as in ``x / (1 + x)``."""
    if isinstance(top, Operation) and top.name == "max":
        return all(_is_part(one, bottom, box) for one in top.arguments)
    left = difference(bottom, top)
    return left is not None and _polynomial(left, box).low >= 0


def _guarded_quotient(parts: tuple[Expression, ...], box: Box) -> Interval:
    top, bottom, *instead = parts
    whole = interval(bottom, box)
    fallback = interval(instead[0], box) if instead else Interval(0.0, 0.0)
    if whole.low > -NEARLY_ZERO and whole.high < NEARLY_ZERO:
        return fallback
    bounds = _quotient(top, bottom, box)
    if whole.low < NEARLY_ZERO and whole.high > -NEARLY_ZERO:
        return hull(_kept_from_zero(bounds, interval(top, box), whole), fallback)
    return bounds


def _kept_from_zero(bounds: Interval, top: Interval, bottom: Interval) -> Interval:
    """Bounds of a quotient whose denominator is never nearer to 0 than ``NEARLY_ZERO``."""
    sides = [
        side
        for side in (
            Interval(max(bottom.low, NEARLY_ZERO), bottom.high),
            Interval(bottom.low, min(bottom.high, -NEARLY_ZERO)),
        )
        if side.low <= side.high
    ]
    return common(bounds, hull(*(divided(top, side) for side in sides)))


def _choice(condition: Interval, then: Expression, otherwise: Expression, box: Box) -> Interval:
    if not condition.holds(0):
        return interval(then, box)
    if condition.low == condition.high == 0:
        return interval(otherwise, box)
    return hull(interval(then, box), interval(otherwise, box))


def _read(curve: Curve, at: Interval) -> Interval:
    x, y = curve.x, curve.y
    first, last = bisect_left(x, at.low), bisect_right(x, at.high)
    if curve.between == "line":
        ends = (_on_line(x, y, at.low), _on_line(x, y, at.high))
        return Interval(min(ends + y[first:last]), max(ends + y[first:last]))
    if curve.between == "hold":
        first, last = bisect_right(x, at.low) - 1, bisect_right(x, at.high)
    else:
        last = bisect_left(x, at.high) + 1
    touched = y[max(0, min(first, len(y) - 1)) : max(1, last)]
    return Interval(min(touched), max(touched))


def _on_line(x: tuple[float, ...], y: tuple[float, ...], at: float) -> float:
    place = bisect_right(x, at)
    if place == 0 or place == len(x):
        return y[0] if place == 0 else y[-1]
    share = (at - x[place - 1]) / (x[place] - x[place - 1])
    return y[place - 1] + share * (y[place] - y[place - 1])
