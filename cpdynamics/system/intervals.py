"""Between which bounds an expression stays when its variables stay between theirs.

Interval arithmetic (Moore, Kearfott, Cloud 2009, Introduction to Interval Analysis), with three
additions for the equations of a model: equal terms cancel before a sum is bounded, a part of a
whole lies between 0 and 1, and a branch counts only where its condition lets it. Bounds are as
sharp as floating point; nothing is rounded outward, but what may be rounding has no sign.
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
from cpdynamics.system.expressions import (
    NEARLY_ZERO,
    Curve,
    Expression,
    Memory,
    Number,
    Operation,
    Variable,
    variables,
)
from cpdynamics.system.facts import NOTHING, Facts, told
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
    return _Bounding(box).of(node)


class _Bounding:
    """Bounds over one box, where some facts hold. Each expression is looked at once.

    Several ways of bounding a sum or a quotient ask for the same parts; without a memory of them,
    the work would double with every level of a formula.
    """

    def __init__(self, box: Box, facts: Facts = NOTHING) -> None:
        self.box, self.facts = box, facts
        # By identity, for to compare two formulas takes as long as to bound one. The node is kept,
        # so that no other comes to bear its id.
        self.found: dict[int, tuple[Expression, Interval]] = {}

    def of(self, node: Expression) -> Interval:
        if isinstance(node, Number):
            return Interval(node.value, node.value)
        if id(node) not in self.found:
            bounds = self._new(node)
            if self.facts and node in self.facts:
                bounds = common(bounds, self.facts[node])
            self.found[id(node)] = node, bounds
        return self.found[id(node)][1]

    def _new(self, node: Expression) -> Interval:
        match node:
            case Variable(name=name):
                return self.box.get(name, ANY)
            case Curve():
                return _read(node, self.of(node.argument))
            case Memory(kind="active initial"):
                return self.of(node["active"])
            case Memory():
                # What is a fact now need not have been one then.
                return self._looking_back(node) if not self.facts else interval(node, self.box)
            case Operation(name="+" | "-"):
                return self._sum(node)
            case Operation(name="/", arguments=(top, bottom)):
                return self._quotient(top, bottom)
            case Operation(name="xidz" | "zidz"):
                return self._guarded_quotient(node.arguments)
            case Operation(name="if then else"):
                return self._choice(node.arguments)
            case Operation() if node.name in FUNCTIONS:
                return FUNCTIONS[node.name](*map(self.of, node.arguments))
        return ANY

    def _looking_back(self, memory: Memory) -> Interval:
        match memory.kind:
            case "smooth" | "delay" | "delay n" | "delay fixed":
                return hull(self.of(memory["input"]), self.of(memory["initial"]))
            case "initial":
                return self.of(memory["initial"])
        return ANY

    def _sum(self, node: Operation) -> Interval:
        first, *rest = map(self.of, node.arguments)
        total = first
        for part in rest:
            total = added(total, part if node.name == "+" else negated(part))
        names = [name for one in node.arguments for name in variables(one)]
        if len(names) == len(set(names)):
            return total
        terms = polynomial(node)
        return total if terms is None else common(total, self._polynomial(terms))

    def _polynomial(self, terms: Polynomial) -> Interval:
        """What all terms share is bounded once; else it would count as another number in each."""
        shared, left = factored(terms)
        total = Interval(0.0, 0.0)
        for monomial, coefficient in left.items():
            size = Interval(coefficient, coefficient)
            total = added(total, multiplied(size, self._monomial(monomial)))
        return multiplied(self._monomial(shared), total)

    def _monomial(self, monomial: Monomial) -> Interval:
        total = ONE
        for atom, count in monomial:
            total = multiplied(total, whole_power(self.of(atom), count))
        return total

    def _quotient(self, top: Expression, bottom: Expression) -> Interval:
        whole = self.of(bottom)
        bounds = self._ratio(top, bottom, whole)
        if whole.low >= 0 and isinstance(top, Operation) and top.name == "*":
            for place, factor in enumerate(top.arguments):
                others = (*top.arguments[:place], *top.arguments[place + 1 :])
                scale = product(*map(self.of, others))
                bounds = common(bounds, multiplied(scale, self._ratio(factor, bottom, whole)))
        return bounds

    def _ratio(self, part: Expression, bottom: Expression, whole: Interval) -> Interval:
        bounds = divided(self.of(part), whole)
        if whole.low < 0 or whole.high <= 0:
            return bounds
        if bounds.high > 1 and self._is_part(part, bottom):
            bounds = common(bounds, Interval(-math.inf, 1.0))
        if bounds.low < -1 and self._is_part(negative(part), bottom):
            bounds = common(bounds, Interval(-1.0, math.inf))
        return bounds

    def _is_part(self, top: Expression, bottom: Expression) -> bool:
        """Whether the bottom is the top and something more, as in ``x / (1 + x)``."""
        if isinstance(top, Operation) and top.name == "max":
            return all(self._is_part(one, bottom) for one in top.arguments)
        left = difference(bottom, top)
        return left is not None and self._polynomial(left).low >= 0

    def _guarded_quotient(self, parts: tuple[Expression, ...]) -> Interval:
        top, bottom, *instead = parts
        whole = self.of(bottom)
        fallback = self.of(instead[0]) if instead else Interval(0.0, 0.0)
        if whole.low > -NEARLY_ZERO and whole.high < NEARLY_ZERO:
            return fallback
        bounds = self._quotient(top, bottom)
        if whole.low < NEARLY_ZERO and whole.high > -NEARLY_ZERO:
            return hull(_kept_from_zero(bounds, self.of(top), whole), fallback)
        return bounds

    def _choice(self, parts: tuple[Expression, ...]) -> Interval:
        condition, then, otherwise = parts
        truth = self.of(condition)
        branches = []
        if truth != Interval(0.0, 0.0):
            branches.append(self._where(condition, True).of(then))
        if truth.holds(0):
            branches.append(self._where(condition, False).of(otherwise))
        return hull(*branches)

    def _where(self, condition: Expression, holds: bool) -> _Bounding:
        """The same box where a condition is known to hold, or not to."""
        facts = told(condition, holds, self.facts, self.of)
        return self if facts is self.facts else _Bounding(self.box, facts)


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
