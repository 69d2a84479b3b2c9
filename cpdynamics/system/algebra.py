"""Expressions put together so that what is plain stays plain: 0 * x is 0, 1 * x is x."""

from __future__ import annotations

import math
from collections.abc import Iterable

from cpdynamics.system.expressions import Expression, Number, Operation

ZERO, ONE = Number(0.0), Number(1.0)


def plus(*terms: Expression) -> Expression:
    """The sum, with sums inside it laid flat and numbers added up; 0 of nothing."""
    number, rest = _gathered("+", terms)
    constant = math.fsum(number)
    parts = rest if constant == 0 and rest else [*rest, Number(constant)]
    return parts[0] if len(parts) == 1 else Operation("+", tuple(parts))


def minus(left: Expression, right: Expression) -> Expression:
    """The difference."""
    if left == right:
        return ZERO
    if right == ZERO:
        return left
    if left == ZERO:
        return negative(right)
    if isinstance(left, Number) and isinstance(right, Number):
        return Number(left.value - right.value)
    return Operation("-", (left, right))


def negative(node: Expression) -> Expression:
    """The expression with the other sign."""
    match node:
        case Number():
            return Number(0.0 - node.value)
        case Operation(name="negative"):
            return node.arguments[0]
    return Operation("negative", (node,))


def times(*factors: Expression) -> Expression:
    """The product, with products inside it laid flat and numbers multiplied; 1 of nothing."""
    number, rest = _gathered("*", factors)
    constant = math.prod(number)
    if constant == 0:
        return ZERO
    if constant == -1 and rest:
        return negative(times(*rest))
    parts = rest if constant == 1 and rest else [Number(constant), *rest]
    return parts[0] if len(parts) == 1 else Operation("*", tuple(parts))


def over(top: Expression, bottom: Expression) -> Expression:
    """The quotient."""
    if top == ZERO:
        return ZERO
    if bottom == ONE:
        return top
    if isinstance(top, Number) and isinstance(bottom, Number) and bottom.value:
        return Number(top.value / bottom.value)
    return Operation("/", (top, bottom))


def power(base: Expression, exponent: Expression) -> Expression:
    """The base raised to the exponent."""
    if exponent == ZERO:
        return ONE
    if exponent == ONE:
        return base
    return Operation("^", (base, exponent))


def chosen(condition: Expression, then: Expression, otherwise: Expression) -> Expression:
    """One of two expressions by a condition; no condition where the two are the same."""
    if then == otherwise:
        return then
    return Operation("if then else", (condition, then, otherwise))


def _gathered(name: str, parts: Iterable[Expression]) -> tuple[list[float], list[Expression]]:
    """Numbers and all else, once operations of that name are taken apart."""
    numbers: list[float] = []
    rest: list[Expression] = []
    for part in parts:
        flat = part.arguments if isinstance(part, Operation) and part.name == name else (part,)
        for one in flat:
            if isinstance(one, Number):
                numbers.append(one.value)
            else:
                rest.append(one)
    return numbers, rest
