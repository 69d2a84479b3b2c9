"""What RANDOM functions draw, for NumPy and for the graph of the compiled engine.

All by inversion: one uniform number makes one number, so that a draw neither waits for others nor
depends on how many there were. What PySD asks of NumPy and SciPy has the same distribution:
``np.random.uniform``, ``truncnorm`` and ``truncexpon``, with the bounds in units of the spread. A
spread below 1e-6 leaves them unbounded, as PySD's XIDZ does. PySD ends a run that draws from
nothing: from a range that is empty or endless, or with a spread below 0; so do these.

A truncated normal number is found from whichever tail is the smaller, in logarithms where both
bounds are on one side. It is off by less than ``NORMAL_ERROR``, wherever the bounds are.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cpdynamics.engines.nodes import Graph
from cpdynamics.engines.philox import Draws
from cpdynamics.system.expressions import NEARLY_ZERO

NORMAL_ERROR = 1e-14
"""Largest error of a standard normal number x between bounds, relative to 1 + abs(x)."""

_FAR = 1e9  # of a bound so many deviations out, no number can be told
Values = NDArray[np.float64]
Bad = NDArray[np.bool_] | None


def _between(stream: Values, draws: Draws) -> Values:
    return draws.uniform(float(stream))


def _uniform(low: Values, high: Values, stream: Values, draws: Draws) -> tuple[Values, Bad]:
    width = high - low
    return low + width * draws.uniform(float(stream)), _where_not(np.isfinite(width), draws)


def _normal(
    low: Values, high: Values, mean: Values, spread: Values, stream: Values, draws: Draws
) -> tuple[Values, Bad]:
    tiny = np.abs(spread) < NEARLY_ZERO
    least = np.where(tiny, -np.inf, np.divide(low - mean, spread))
    most = np.where(tiny, np.inf, np.divide(high - mean, spread))
    good = (least < most) & (spread >= 0)
    number = _standard(draws.uniform(float(stream)), least, most)
    return mean + spread * number, _where_not(good & np.isfinite(spread), draws)


def _exponential(
    low: Values, high: Values, shift: Values, spread: Values, stream: Values, draws: Draws
) -> tuple[Values, Bad]:
    first = np.maximum(low, shift)
    most = np.where(np.abs(spread) < NEARLY_ZERO, np.inf, np.divide(high - first, spread))
    number = -np.log1p(draws.uniform(float(stream)) * np.expm1(-most))
    good = (most > 0) & (spread >= 0) & np.isfinite(spread)
    return first + spread * number, _where_not(good, draws)


def _where_not(good: Any, draws: Draws) -> Bad:
    return None if np.all(good) else np.broadcast_to(~np.asarray(good), draws.runs.shape)


def _standard(uniform: Values, least: Values, most: Values) -> Values:
    """Normal numbers between bounds, by SciPy's functions."""
    from scipy.special import log_ndtr, ndtr, ndtri, ndtri_exp

    turned = least + most < 0
    low, high = np.where(turned, -most, least), np.where(turned, -least, most)
    share = np.where(turned, 1 - uniform, uniform)
    # Bounds on both sides of the mean: the smaller of the two tails beyond the number.
    below, above = ndtr(low), ndtr(-high)
    mass = 1 - below - above
    left = below + share * mass
    right = above + (1 - share) * mass
    near = np.where(left <= 0.5, ndtri(left), -ndtri(right))
    # Both on one side.
    first = log_ndtr(-low)
    log = first + np.log1p(share * np.expm1(log_ndtr(-high) - first))
    far = -ndtri_exp(log)
    # SciPy's inverse is right to twelve digits far out; one of Newton's steps makes it fifteen.
    beyond = log_ndtr(-far)
    far += (beyond - log) * np.exp(beyond + far * far / 2) * math.sqrt(2 * math.pi)
    number = np.where(low >= 0, np.where(low > _FAR, low, far), near)
    number = np.minimum(np.maximum(number, low), high)
    return np.where(turned, -number, number)


CHOSEN: dict[str, Callable[..., Any]] = {"random 0 1": _between}
"""Functions of NumPy's engine that end no run. The stream and ``Draws`` come last."""

ENDING: dict[str, Callable[..., tuple[Values, Bad]]] = {
    "random uniform": _uniform,
    "random normal": _normal,
    "random exponential": _exponential,
}
"""Those that may end some runs: the numbers, and which runs."""


def place(graph: Graph, name: str, arguments: list[int], uniform: int, owner: str) -> int:
    """The place of what a RANDOM function draws.

    Args:
        graph: takes the nodes.
        name: of the function.
        arguments: places of its arguments.
        uniform: place of a number between 0 and 1.
        owner: canonical name of the variable.
    """
    make, number = graph.make, graph.number
    if name == "random 0 1":
        return uniform
    if name == "random uniform":
        low, high = arguments
        drawn = make("mul", make("sub", high, low), uniform)
        return make("add", low, graph.breaks(drawn, "chance", owner))
    low, high, centre, spread = arguments
    tiny = make("lt", make("abs", spread), number(NEARLY_ZERO))
    if name == "random exponential":
        centre = make("max", low, centre)

    def unbounded(bound: int, otherwise: float) -> int:
        scaled = make("div", make("sub", bound, centre), spread)
        return make("select", tiny, number(otherwise), scaled)

    most = unbounded(high, math.inf)
    if name == "random exponential":
        least = number(0.0)
        inner = make("mul", uniform, _expm1(graph, make("neg", most)))
        found = make("neg", _log1p(graph, inner))
    else:
        least = unbounded(low, -math.inf)
        found = _bounded(graph, uniform, least, most)
    good = make("and", make("lt", least, most), make("ge", spread, number(0.0)))
    checked = make("select", good, spread, number(math.nan))
    drawn = make("mul", checked, found)
    return make("add", centre, graph.breaks(drawn, "chance", owner))


def _bounded(graph: Graph, uniform: int, least: int, most: int) -> int:
    """``_standard`` as nodes, by the functions of ``engines.normal``."""
    make, number = graph.make, graph.number
    zero, one, half = number(0.0), number(1.0), number(0.5)

    def chosen(test: int, then: int, otherwise: int) -> int:
        return make("select", test, then, otherwise)

    def minus_half_square(value: int) -> int:
        return make("mul", number(-0.5), make("mul", value, value))

    turned = make("lt", make("add", least, most), zero)
    low = chosen(turned, make("neg", most), least)
    high = chosen(turned, make("neg", least), most)
    share = chosen(turned, make("sub", one, uniform), uniform)
    size = make("abs", low)
    tail_low, tail_high = make("tail", size), make("tail", high)
    lower, upper = minus_half_square(low), minus_half_square(high)

    below = make("mul", tail_low, make("exp", lower))
    above = make("mul", tail_high, make("exp", upper))
    mass = make("sub", make("sub", one, below), above)
    left = make("add", below, make("mul", share, mass))
    right = make("add", above, make("mul", make("sub", one, share), mass))
    is_left = make("le", left, half)
    near = make("log", chosen(is_left, left, right))

    apart = make("mul", make("sub", high, low), make("add", high, low))
    rest = make("log", make("div", tail_high, tail_low))
    span = make("sub", rest, make("mul", half, apart))
    inner = make("mul", share, _expm1(graph, span))
    far = make("add", make("add", lower, make("log", tail_low)), _log1p(graph, inner))

    beside = make("ge", low, zero)
    found = make("quantile", chosen(beside, far, near))
    negative = make("and", make("lt", low, zero), is_left)
    found = chosen(negative, make("neg", found), found)
    found = chosen(make("gt", low, number(_FAR)), low, found)
    found = make("min", make("max", found, low), high)
    return chosen(turned, make("neg", found), found)


def _log1p(graph: Graph, value: int) -> int:
    """log(1 + x), x above -1, after Kahan: what 1 + x loses is lost in the quotient too.

    Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed. 2002, problem 1.5 and section
    1.14, doi:10.1137/1.9780898718027.
    """
    make, one = graph.make, graph.number(1.0)
    more = make("add", one, value)
    by = make("div", make("mul", value, make("log", more)), make("sub", more, one))
    return make("select", make("eq", more, one), value, by)


def _expm1(graph: Graph, value: int) -> int:
    """exp(x) - 1, x not above 0, in the same way."""
    make, one = graph.make, graph.number(1.0)
    power = make("exp", value)
    less = make("sub", power, one)
    by = make("div", make("mul", less, value), make("log", power))
    by = make("select", make("eq", less, graph.number(-1.0)), less, by)
    return make("select", make("eq", power, one), value, by)
