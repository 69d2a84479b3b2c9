"""The normal distribution in as many digits as the decimal context has, by other means."""

from __future__ import annotations

from decimal import Decimal

PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459230781640628")


def exact_tail(x: float) -> Decimal:
    """P(more than x) exp(x x / 2): a series near the middle, a continued fraction further out."""
    root, number = (2 * PI).sqrt(), Decimal(x)
    if x < 6:
        term = total = number
        for odd in range(3, 500, 2):
            term *= number * number / odd
            total += term
        return (number * number / 2).exp() / 2 - total / root
    below = number
    for count in range(300, 0, -1):
        below = number + count / below
    return 1 / (root * below)


def density(x: float) -> Decimal:
    """That of the standard normal distribution."""
    return (-Decimal(x) * Decimal(x) / 2).exp() / (2 * PI).sqrt()


def probability(low: float, high: float) -> Decimal:
    """Of a standard normal number between two bounds."""
    if high <= 0:
        return probability(-high, -low)
    if low < 0:
        return 1 - _beyond(-low) - _beyond(high)
    return _beyond(low) - _beyond(high)


def _beyond(x: float) -> Decimal:
    return exact_tail(x) * (-Decimal(x) * Decimal(x) / 2).exp()
