"""Intervals of numbers, and what each operation and function makes of them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Literal, NamedTuple, TypeAlias


class Interval(NamedTuple):
    """All numbers from ``low`` to ``high``; infinite ends stand for no bound."""

    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Whether a number lies within."""
        return self.low <= value <= self.high

    def sign(self) -> Literal["+", "-", "0", "?"]:
        """``"0"`` for zero alone, ``"+"`` and ``"-"`` where 0 is at most an end, or ``"?"``."""
        if self.low == self.high == 0:
            return "0"
        return "+" if self.low >= 0 else "-" if self.high <= 0 else "?"


Bound: TypeAlias = Callable[..., Interval]
"""A function of intervals."""

ROUNDING = 1e-12
"""A difference that is a smaller part of what it was taken from is rounding, and has no sign."""

ANY = Interval(-math.inf, math.inf)
NEVER_NEGATIVE = Interval(0.0, math.inf)
SHARE = Interval(0.0, 1.0)
ONE = Interval(1.0, 1.0)


def hull(*parts: Interval) -> Interval:
    """The smallest interval that holds all of them."""
    return Interval(min(one.low for one in parts), max(one.high for one in parts))


def common(one: Interval, other: Interval) -> Interval:
    """What two intervals share; the first where they share nothing, for then one is mistaken."""
    both = Interval(max(one.low, other.low), min(one.high, other.high))
    return both if both.low <= both.high else one


def added(left: Interval, right: Interval) -> Interval:
    """The sums of their numbers; what rounding leaves of a difference may be of either sign."""
    low, high = left.low + right.low, left.high + right.high
    if _is_rounding(low, left.low):
        low = -abs(low)
    if _is_rounding(high, left.high):
        high = abs(high)
    return _ordered(low, high)


def _is_rounding(rest: float, of: float) -> bool:
    return 0 < abs(rest) <= ROUNDING * abs(of) < math.inf


def negated(one: Interval) -> Interval:
    """Their numbers with the other sign."""
    return Interval(-one.high, -one.low)


def multiplied(left: Interval, right: Interval) -> Interval:
    """The products of their numbers."""
    # 0 times no bound is 0: every number in an interval is finite, however large.
    corners = [a * b if a and b else 0.0 for a in left for b in right]
    return Interval(min(corners), max(corners))


def _inverted(one: Interval) -> Interval:
    if one.low < 0 < one.high or one.low == one.high == 0:
        return ANY
    below = 1 / one.high if one.high else -math.inf
    above = 1 / one.low if one.low else math.inf
    return Interval(below, above)


def divided(top: Interval, bottom: Interval) -> Interval:
    """The quotients; no bounds where the bottom reaches past 0 on both sides."""
    if bottom.low == bottom.high != 0 and math.isfinite(bottom.low):
        # Not by way of 1 / bottom: what is divided by itself is 1 to the last digit.
        ends = (top.low / bottom.low, top.high / bottom.low)
        return Interval(min(ends), max(ends))
    return multiplied(top, _inverted(bottom))


def _ordered(low: float, high: float) -> Interval:
    return Interval(-math.inf if math.isnan(low) else low, math.inf if math.isnan(high) else high)


def whole_power(base: Interval, count: int) -> Interval:
    """The powers by a whole number, above or below 0."""
    if count < 0:
        return _inverted(whole_power(base, -count))
    ends = (_raised(base.low, count), _raised(base.high, count))
    if count % 2 == 0 and base.low < 0 < base.high:
        return Interval(0.0, max(ends))
    return Interval(min(ends), max(ends))


def _power(base: Interval, exponent: Interval) -> Interval:
    low, high = exponent
    if low == high and low.is_integer() and abs(low) <= 100:
        return whole_power(base, int(low))
    if base.low < 0:
        if low != high:
            return ANY
        base = Interval(0.0, max(base.high, 0.0))
    # Monotone in the base and in the exponent, each alone: the corners hold the extremes.
    corners = [_raised(a, b) for a, b in itertools.product(base, exponent)]
    if base.holds(0) and exponent.high > 0:
        corners.append(0.0)
    return Interval(min(corners), max(corners))


def _raised(base: float, exponent: float) -> float:
    try:
        value: float = base**exponent
    except ZeroDivisionError:
        return math.inf
    except OverflowError:
        odd = base < 0 and exponent % 2 == 1
        return -math.inf if odd else math.inf
    return value


def _rising(function: Callable[[float], float], domain: Interval = ANY) -> Bound:
    """Bounds of a function that rises over its whole domain."""

    def bound(one: Interval) -> Interval:
        low, high = (min(max(end, domain.low), domain.high) for end in one)
        return Interval(_limit(function, low), _limit(function, high))

    return bound


def _limit(function: Callable[[float], float], at: float) -> float:
    try:
        return function(at)
    except OverflowError:
        return math.copysign(math.inf, at)
    except ValueError:  # the logarithm of 0
        return -math.inf


def _absolute(one: Interval) -> Interval:
    ends = (abs(one.low), abs(one.high))
    return Interval(0.0 if one.holds(0) else min(ends), max(ends))


def _circular(function: Callable[[float], float], otherwise: Interval) -> Bound:
    def bound(one: Interval) -> Interval:
        if one.low == one.high and math.isfinite(one.low):
            return Interval(function(one.low), function(one.low))
        return otherwise

    return bound


def _less(left: Interval, right: Interval) -> Interval:
    if left.high < right.low:
        return ONE
    return Interval(0.0, 0.0) if left.low > right.high else SHARE


def _truth(one: Interval) -> Interval:
    if not one.holds(0):
        return ONE
    return Interval(0.0, 0.0) if one.low == one.high else SHARE


def _untrue(one: Interval) -> Interval:
    truth = _truth(one)
    return Interval(1 - truth.high, 1 - truth.low)


def _all(*parts: Interval) -> Interval:
    truths = [_truth(one) for one in parts]
    return Interval(min(one.low for one in truths), min(one.high for one in truths))


def _any(*parts: Interval) -> Interval:
    return _untrue(_all(*(_untrue(one) for one in parts)))


def _equal(left: Interval, right: Interval) -> Interval:
    if left.high < right.low or right.high < left.low:
        return Interval(0.0, 0.0)
    return ONE if left.low == left.high == right.low == right.high else SHARE


def product(*parts: Interval) -> Interval:
    """The products of one number of each."""
    total = ONE
    for part in parts:
        total = multiplied(total, part)
    return total


def _each(choose: Callable[..., float]) -> Bound:
    return lambda *parts: Interval(
        choose(one.low for one in parts), choose(one.high for one in parts)
    )


def _quantum(value: Interval, unit: Interval) -> Interval:
    if unit.low < 0:
        return ANY
    return hull(added(value, negated(_signed_part(value, unit))), value)


def _signed_part(value: Interval, unit: Interval) -> Interval:
    """What a rounding towards 0 takes away: of the value's own sign, less than a unit."""
    most = max(unit.high, 0.0)
    return Interval(-most if value.low < 0 else 0.0, most if value.high > 0 else 0.0)


def _ln(one: Interval) -> Interval:
    """A logarithm is how far its argument is from 1, which may be rounding, too."""
    bounds = _rising(math.log, NEVER_NEGATIVE)(one)
    low = -abs(bounds.low) if abs(bounds.low) <= ROUNDING else bounds.low
    return Interval(low, abs(bounds.high) if abs(bounds.high) <= ROUNDING else bounds.high)


_arccos = _rising(lambda x: -math.acos(x), Interval(-1.0, 1.0))
FUNCTIONS: dict[str, Bound] = {
    "*": product,
    "negative": negated,
    "^": _power,
    "power": _power,
    "min": _each(min),
    "max": _each(max),
    "abs": _absolute,
    "<": _less,
    "<=": _less,
    ">": lambda left, right: _less(right, left),
    ">=": lambda left, right: _less(right, left),
    "=": _equal,
    "<>": lambda left, right: _untrue(_equal(left, right)),
    "and": _all,
    "or": _any,
    "not": _untrue,
    "exp": _rising(math.exp),
    "ln": _ln,
    "log": lambda value, base: divided(_ln(value), _ln(base)),
    "sqrt": _rising(math.sqrt, NEVER_NEGATIVE),
    "sin": _circular(math.sin, Interval(-1.0, 1.0)),
    "cos": _circular(math.cos, Interval(-1.0, 1.0)),
    "tan": _circular(math.tan, ANY),
    "arcsin": _rising(math.asin, Interval(-1.0, 1.0)),
    "arccos": lambda one: negated(_arccos(one)),
    "arctan": _rising(math.atan),
    "sinh": _rising(math.sinh),
    "cosh": lambda one: _rising(math.cosh)(_absolute(one)),
    "tanh": _rising(math.tanh),
    "integer": _rising(lambda x: float(math.trunc(x)) if math.isfinite(x) else x),
    "quantum": _quantum,
    "modulo": _signed_part,
    "step": lambda height, start: multiplied(height, SHARE),
    "ramp": lambda slope, *times: multiplied(slope, NEVER_NEGATIVE),
    "pulse": lambda *parts: SHARE,
    "pulse train": lambda *parts: SHARE,
    "impulse": lambda place: NEVER_NEGATIVE,
    "pi": lambda: Interval(math.pi, math.pi),
    "random 0 1": lambda *parts: SHARE,
    "random uniform": lambda low, high, *seed: hull(low, high),
    "sum": lambda one, *rest: multiplied(one, Interval(1.0, math.inf)),
    "vmin": lambda one, *rest: one,
    "vmax": lambda one, *rest: one,
}
"""Operation, by its name in an expression -> its bounds; division and sums see more there."""
