"""What a condition tells of the expressions in it, where it holds and where it does not."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from cpdynamics.system.bounds import ANY, NEVER_NEGATIVE, Interval, common, negated, product
from cpdynamics.system.expressions import (
    Curve,
    Expression,
    Number,
    Operation,
    Variable,
    walk,
)

Facts: TypeAlias = Mapping[Expression, Interval]
"""Expression -> bounds that it keeps beside those that follow from its parts."""

NOTHING: Facts = MappingProxyType({})

_MOST = 200
"""Facts that are kept at a time; a formula that tells more is not worth its reading."""


def told(
    condition: Expression, holds: bool, facts: Facts, bounds: Callable[[Expression], Interval]
) -> Facts:
    """The facts, and those that follow from a condition; the same object where none do.

    With ``0 > MIN(1, x / y)`` false and y never negative, x is not negative either: so a slope
    that has x in it has one sign wherever the piece of the MIN that it belongs to is chosen.

    Args:
        condition: as in an ``if then else``.
        holds: whether it is true.
        facts: known before.
        bounds: of the parts of the condition, under the facts known before.
    """
    found = _Telling(facts, bounds)
    found.condition(condition, holds)
    return found.facts if len(found.facts) <= _MOST else facts


class _Telling:
    def __init__(self, facts: Facts, bounds: Callable[[Expression], Interval]) -> None:
        self.facts, self.bounds = facts, bounds

    def condition(self, node: Expression, holds: bool) -> None:
        match node:
            case Operation(name="and" | "or") if holds == (node.name == "and"):
                for part in node.arguments:
                    self.condition(part, holds)
            case Operation(name="not", arguments=(inner,)):
                self.condition(inner, not holds)
            case Operation(name="<" | "<=" | ">" | ">=", arguments=(left, right)):
                rising = node.name.startswith("<") == holds
                self.ordered(*((left, right) if rising else (right, left)))

    def ordered(self, less: Expression, more: Expression) -> None:
        """That one expression is not above another."""
        self.within(less, Interval(-math.inf, self.bounds(more).high))
        self.within(more, Interval(self.bounds(less).low, math.inf))
        if not isinstance(less, Number) and not isinstance(more, Number):
            self.within(Operation("-", (more, less)), NEVER_NEGATIVE)

    def within(self, node: Expression, limits: Interval) -> None:
        """That an expression lies within bounds, and what follows for its parts."""
        if limits == ANY or isinstance(node, Number) or not _one_value(node):
            return
        self.note(node, limits)
        match node:
            case Operation(name="-", arguments=(left, right)):
                self.note(Operation("-", (right, left)), negated(limits))
            case Operation(name="negative", arguments=(inner,)):
                self.within(inner, negated(limits))
            case Operation(name="min") if limits.low > -math.inf:
                for part in node.arguments:
                    self.within(part, Interval(limits.low, math.inf))
            case Operation(name="max") if limits.high < math.inf:
                for part in node.arguments:
                    self.within(part, Interval(-math.inf, limits.high))
            case Operation(name="*" | "/") if limits.sign() in ("+", "-"):
                self.signed(node, limits)

    def signed(self, node: Operation, limits: Interval) -> None:
        """The sign of each factor whose fellows have one and are never 0, as no divisor is."""
        side = NEVER_NEGATIVE if limits.low >= 0 else negated(NEVER_NEGATIVE)
        factors = node.arguments
        for place, factor in enumerate(factors):
            others = product(*map(self.bounds, (*factors[:place], *factors[place + 1 :])))
            divided = node.name == "/" and place == 0
            if others.low > 0 or (divided and others.low == 0 < others.high):
                self.within(factor, side)
            elif others.high < 0 or (divided and others.low < 0 == others.high):
                self.within(factor, negated(side))

    def note(self, node: Expression, limits: Interval) -> None:
        known = self.facts.get(node, ANY)
        self.facts = {**self.facts, node: common(known, limits)}


def _one_value(node: Expression) -> bool:
    """Whether an expression has the same value wherever it stands: no chance, nothing unknown."""
    return all(
        isinstance(one, Number | Variable | Curve)
        or (isinstance(one, Operation) and not one.name.startswith("random"))
        for one in walk(node)
    )
