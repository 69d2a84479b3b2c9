"""Sums of products, the form in which equal terms cancel."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from typing import TypeAlias

from cpdynamics.system.algebra import ONE, ZERO, minus, over, plus, power, times
from cpdynamics.system.expressions import Expression, Number, Operation, written

Monomial: TypeAlias = frozenset[tuple[Expression, int]]
"""Atoms with the whole power, above or below 0, to which each is raised."""

Polynomial: TypeAlias = Mapping[Monomial, float]
"""Monomial -> its coefficient, never 0."""

MOST_TERMS = 200
_HIGHEST_POWER = 8
_ROUNDING = 1e-12


def polynomial(node: Expression) -> Polynomial | None:
    """The expression multiplied out, or None when that takes too many terms.

    What is neither sum, product nor whole power is an atom, and so is a sum that something is
    divided by: ``x / (1 + x)`` is one monomial.

    Args:
        node: any expression.
    """
    match node:
        case Number(value=value):
            return {frozenset(): value} if value else {}
        case Operation(name="+"):
            return _added([(polynomial(one), 1.0) for one in node.arguments])
        case Operation(name="-"):
            left, right = map(polynomial, node.arguments)
            return _added([(left, 1.0), (right, -1.0)])
        case Operation(name="negative"):
            return _added([(polynomial(node.arguments[0]), -1.0)])
        case Operation(name="*"):
            return _product([polynomial(one) for one in node.arguments])
        case Operation(name="/"):
            top, bottom = map(polynomial, node.arguments)
            return _product([top, _inverse(bottom, node.arguments[1])])
        case Operation(name="^", arguments=(base, Number(value=exponent))) if (
            exponent.is_integer() and 0 < abs(exponent) <= _HIGHEST_POWER
        ):
            whole = int(abs(exponent))
            raised = polynomial(base)
            factor = raised if exponent > 0 else _inverse(raised, base)
            return _product([factor] * whole)
        case Operation(
            name="^", arguments=(base, Operation(name="-", arguments=(usual, less)))
        ) if less == ONE:
            # x^(n-1) as derivatives have it: x^n / x, so that it meets the x^n of other terms.
            return _product([polynomial(power(base, usual)), _inverse(polynomial(base), base)])
    return {frozenset({(node, 1)}): 1.0}


def factored(terms: Polynomial, *, cleared: bool = False) -> tuple[Monomial, Polynomial]:
    """What all terms share, and what is left of each without it.

    Args:
        terms: any.
        cleared: whether to share denominators, too: 1 - x/k is 1/k of k - x.
    """
    powers = [dict(monomial) for monomial in terms]
    atoms = {atom: None for each in powers for atom in each}
    lowest = {atom: min(each.get(atom, 0) for each in powers) for atom in atoms}
    shared = frozenset(
        (atom, n)
        for atom, n in lowest.items()
        if n and (cleared or all(atom in each for each in powers))
    )
    without = frozenset((atom, -n) for atom, n in shared)
    return shared, {_together(one, without): size for one, size in terms.items()}


def rising_and_falling(terms: Polynomial) -> tuple[Expression, Expression]:
    """Two expressions that are equal where the polynomial is 0: its terms above 0 and below.

    Factors that all terms share are left out.
    """
    _, left = factored(terms, cleared=True)
    size = min((abs(coefficient) for coefficient in left.values()), default=1.0)
    above = [_written_out(one, by / size) for one, by in left.items() if by > 0]
    below = [_written_out(one, -by / size) for one, by in left.items() if by < 0]
    return plus(*above) if above else ZERO, plus(*below) if below else ZERO


def _written_out(monomial: Monomial, coefficient: float) -> Expression:
    # A set has another order in each Python; a sentence should not.
    parts = sorted(monomial, key=lambda part: written(part[0]))
    top = times(Number(coefficient), *(power(one, Number(float(n))) for one, n in parts if n > 0))
    return over(top, times(*(power(one, Number(float(-n))) for one, n in parts if n < 0)))


def difference(left: Expression, right: Expression) -> Polynomial | None:
    """What is left of a difference once equal terms have cancelled; None as in ``polynomial``."""
    return polynomial(minus(left, right))


def _added(parts: list[tuple[Polynomial | None, float]]) -> Polynomial | None:
    total: dict[Monomial, float] = {}
    sizes: dict[Monomial, float] = {}
    for part, sign in parts:
        if part is None:
            return None
        for monomial, coefficient in part.items():
            total[monomial] = total.get(monomial, 0.0) + sign * coefficient
            sizes[monomial] = max(sizes.get(monomial, 0.0), abs(coefficient))
    if len(total) > MOST_TERMS:
        return None
    # What rounding leaves of two equal terms is no term.
    return {one: total[one] for one in total if abs(total[one]) > _ROUNDING * sizes[one]}


def _product(factors: list[Polynomial | None]) -> Polynomial | None:
    total: Polynomial = {frozenset(): 1.0}
    for factor in factors:
        if factor is None or len(total) * len(factor) > MOST_TERMS:
            return None
        found: dict[Monomial, float] = {}
        for one, size in total.items():
            for other, by in factor.items():
                monomial = _together(one, other)
                found[monomial] = found.get(monomial, 0.0) + size * by
        total = {one: size for one, size in found.items() if size}
    return total


def _together(one: Monomial, other: Monomial) -> Monomial:
    powers: Counter[Expression] = Counter(dict(one))
    for atom, count in other:
        powers[atom] += count
    return frozenset((atom, count) for atom, count in powers.items() if count)


def _inverse(terms: Polynomial | None, whole: Expression) -> Polynomial | None:
    if terms is not None and len(terms) == 1:
        ((monomial, coefficient),) = terms.items()
        if math.isfinite(1 / coefficient):
            return {frozenset((atom, -count) for atom, count in monomial): 1 / coefficient}
    return {frozenset({(whole, -1)}): 1.0}
