"""The derivative of an expression, again as an expression."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

from cpdynamics.system.algebra import (
    ONE,
    ZERO,
    chosen,
    minus,
    negative,
    over,
    plus,
    power,
    times,
)
from cpdynamics.system.expressions import (
    NEARLY_ZERO,
    Curve,
    Expression,
    Memory,
    Number,
    Opaque,
    Operation,
    Variable,
    variables,
)

_SAME_TIME = {"integ": "flow", "smooth": "input", "delay": "input", "delay n": "input"}
_SAME_TIME |= {"delay fixed": "input", "active initial": "active", "sample if true": "input"}
AT_THE_START = frozenset({"initial", "initial_trend", "order"})
"""Roles of a Memory that only its first value reads."""

_COMPARISONS = {"<": -1, "<=": -1, ">": 1, ">=": 1}


def derivative(node: Expression, name: str) -> Expression:
    """The derivative of an expression with respect to a variable, constants folded.

    A kink keeps its pieces as an ``if then else``, and the slope of a Curve is a Curve of steps.
    A jump leaves ``Operation("impulse", (x,))``: 0 but where x passes 0, and there as high as the
    jump asks. What looks back over time (a stock, a smooth, a delay) counts by what goes into it.
    Where nothing is known the derivative is ``Opaque``.

    All references of a name are the same variable, whatever their subscripts.

    Args:
        node: any expression.
        name: canonical.
    """
    if name not in variables(node):
        return ZERO
    match node:
        case Variable():
            return ONE
        case Operation():
            slopes = tuple(derivative(one, name) for one in node.arguments)
            rule = _RULES.get(node.name)
            return unknown(node) if rule is None else rule(node.arguments, slopes)
        case Curve():
            return _along(node, derivative(node.argument, name))
        case Memory():
            return _looking_back(node, name)
        case _:
            return unknown(node)


def unknown(node: Expression) -> Expression:
    """A derivative of which nothing is known but whose it is."""
    return Opaque("slope", (node,))


Rule = Callable[[tuple[Expression, ...], tuple[Expression, ...]], Expression]


def _call(name: str, *arguments: Expression) -> Expression:
    return Operation(name, arguments)


def _impulse(node: Expression) -> Expression:
    return Operation("impulse", (node,))


def _product(factors: tuple[Expression, ...], slopes: tuple[Expression, ...]) -> Expression:
    return plus(
        *(
            times(slope, *factors[:place], *factors[place + 1 :])
            for place, slope in enumerate(slopes)
            if slope != ZERO
        )
    )


def _quotient(parts: tuple[Expression, ...], slopes: tuple[Expression, ...]) -> Expression:
    (top, bottom), (up, down) = parts, slopes
    if down == ZERO:
        return over(up, bottom)
    # Over one denominator, so that what is the same in both terms of the top can cancel.
    return over(minus(times(up, bottom), times(top, down)), power(bottom, Number(2.0)))


def _guarded_quotient(parts: tuple[Expression, ...], slopes: tuple[Expression, ...]) -> Expression:
    instead = slopes[2] if len(slopes) > 2 else ZERO
    is_zero = _call("<", _call("abs", parts[1]), Number(NEARLY_ZERO))
    return chosen(is_zero, instead, _quotient(parts[:2], slopes[:2]))


def _power(parts: tuple[Expression, ...], slopes: tuple[Expression, ...]) -> Expression:
    (base, exponent), (along, growing) = parts, slopes
    return plus(
        times(along, exponent, power(base, minus(exponent, ONE))),
        times(growing, power(base, exponent), _call("ln", base)),
    )


def _nearest_end(comparison: str) -> Rule:
    def rule(parts: tuple[Expression, ...], slopes: tuple[Expression, ...]) -> Expression:
        best, slope = parts[0], slopes[0]
        for part, other in zip(parts[1:], slopes[1:], strict=True):
            slope = chosen(_call(comparison, best, part), slope, other)
            best = _call("min" if comparison == "<" else "max", best, part)
        return slope

    return rule


def _choice(parts: tuple[Expression, ...], slopes: tuple[Expression, ...]) -> Expression:
    condition, then, otherwise = parts
    jump = times(slopes[0], minus(then, otherwise))
    return plus(chosen(condition, slopes[1], slopes[2]), jump)


def _comparison(sign: int) -> Rule:
    def rule(parts: tuple[Expression, ...], slopes: tuple[Expression, ...]) -> Expression:
        apart = minus(*slopes) if sign > 0 else minus(slopes[1], slopes[0])
        return times(apart, _impulse(minus(*parts)))

    return rule


def _step(parts: tuple[Expression, ...], slopes: tuple[Expression, ...]) -> Expression:
    height, start = parts
    reached = _call(">", Variable("time"), start)
    later = times(slopes[1], height, _impulse(minus(Variable("time"), start)))
    return minus(chosen(reached, slopes[0], ZERO), later)


def _ramp(parts: tuple[Expression, ...], slopes: tuple[Expression, ...]) -> Expression:
    slope, start, *rest = parts
    now = Variable("time")
    top = _call("min", now, *rest) if rest else now
    top_slope = chosen(_call("<", now, rest[0]), ZERO, slopes[2]) if rest else ZERO
    under_way = _call(">", now, start)
    grown = times(slopes[0], minus(top, start))
    moved = times(slope, minus(top_slope, slopes[1]))
    return chosen(under_way, plus(grown, moved), ZERO)


def _whole(parts: tuple[Expression, ...], slopes: tuple[Expression, ...]) -> Expression:
    return times(slopes[0], _impulse(parts[0]))


def _quantum(parts: tuple[Expression, ...], slopes: tuple[Expression, ...]) -> Expression:
    if slopes[1] != ZERO:
        return unknown(_call("quantum", *parts))
    return times(slopes[0], _impulse(parts[0]))


def _of_one(slope_of: Callable[[Expression], Expression]) -> Rule:
    return lambda parts, slopes: times(slopes[0], slope_of(parts[0]))


def _square(node: Expression) -> Expression:
    return power(node, Number(2.0))


def _root(node: Expression) -> Expression:
    return _call("sqrt", node)


_RULES: dict[str, Rule] = {
    "+": lambda parts, slopes: plus(*slopes),
    "-": lambda parts, slopes: minus(*slopes),
    "*": _product,
    "/": _quotient,
    "^": _power,
    "power": _power,
    "negative": lambda parts, slopes: negative(slopes[0]),
    "xidz": _guarded_quotient,
    "zidz": _guarded_quotient,
    "min": _nearest_end("<"),
    "max": _nearest_end(">"),
    "if then else": _choice,
    "and": lambda parts, slopes: plus(*slopes),
    "or": lambda parts, slopes: plus(*slopes),
    "not": lambda parts, slopes: negative(slopes[0]),
    "abs": _of_one(lambda x: chosen(_call("<", x, ZERO), Number(-1.0), ONE)),
    "exp": _of_one(lambda x: _call("exp", x)),
    "ln": _of_one(lambda x: over(ONE, x)),
    "log": lambda parts, slopes: _quotient(
        tuple(_call("ln", one) for one in parts),
        tuple(over(slope, one) for one, slope in zip(parts, slopes, strict=True)),
    ),
    "sqrt": _of_one(lambda x: over(ONE, times(Number(2.0), _root(x)))),
    "sin": _of_one(lambda x: _call("cos", x)),
    "cos": _of_one(lambda x: negative(_call("sin", x))),
    "tan": _of_one(lambda x: plus(ONE, _square(_call("tan", x)))),
    "arcsin": _of_one(lambda x: over(ONE, _root(minus(ONE, _square(x))))),
    "arccos": _of_one(lambda x: over(Number(-1.0), _root(minus(ONE, _square(x))))),
    "arctan": _of_one(lambda x: over(ONE, plus(ONE, _square(x)))),
    "sinh": _of_one(lambda x: _call("cosh", x)),
    "cosh": _of_one(lambda x: _call("sinh", x)),
    "tanh": _of_one(lambda x: minus(ONE, _square(_call("tanh", x)))),
    "integer": _whole,
    "quantum": _quantum,
    "step": _step,
    "ramp": _ramp,
    "sum": lambda parts, slopes: slopes[0],
    **{name: _comparison(sign) for name, sign in _COMPARISONS.items()},
}


def _along(curve: Curve, slope: Expression) -> Expression:
    """The slope of a curve where it is read, times that of what it is read at."""
    if curve.between != "line":
        rises = {after > before for before, after in pairwise(curve.y) if after != before}
        if len(rises) > 1:
            return unknown(curve)
        jump = times(slope, _impulse(curve.argument))
        return jump if rises == {True} else negative(jump) if rises else ZERO
    # Level beyond both ends: one more step on each side.
    x = (-math.inf, *curve.x)
    y = (0.0, *_steepness(curve), 0.0)
    if not any(y):
        return ZERO
    return times(slope, Curve(x, y, curve.argument, between="hold"))


def _steepness(curve: Curve) -> list[float]:
    points = zip(curve.x, curve.y, strict=True)
    return [
        (above - below) / (right - left)
        if right > left
        else math.copysign(math.inf, above - below)
        if above != below
        else 0.0
        for (left, below), (right, above) in pairwise(points)
    ]


def _looking_back(memory: Memory, name: str) -> Expression:
    """By what goes in: a steady input comes out with the same sign, late."""
    role = _SAME_TIME.get(memory.kind)
    others = [
        part
        for own, part in memory.parts
        if own != role and own not in AT_THE_START and name in variables(part)
    ]
    if others:
        return unknown(memory)
    return derivative(memory[role], name) if role else ZERO
