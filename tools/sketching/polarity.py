"""The sign of each link: does the effect rise or fall with the cause, all else held?

What follows from the form of the equation comes first. Where that leaves it open, the expression is
evaluated at many points around the model's base values, inside the ranges of the constants. A sign
counts if it is the same at every point near the base and at most of the points further off (not all
of which make sense); otherwise the arrow carries no sign.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np

POINTS = 200
TIMED_POINTS = 2000  # a window in time is narrow: few points fall on its edges
NEAR, FAR = 0.2, 1.2  # how far the points lie from the base values, as the log of a factor
STEP = 1e-4


class UnknownConstructError(Exception):
    """A construct whose value this file cannot find; its links stay unsigned."""


def definite(path: Path) -> dict[tuple[str, str], int]:
    """(Cause, effect) -> 1 or -1 by canonical names, where the form of an equation settles it.

    What only the bounds of one sector settle is left out: a link is read with its cause free.
    """
    from cpdynamics.errors import CpdynamicsError
    from cpdynamics.mdl.document import Document
    from cpdynamics.system.abstract import parse
    from cpdynamics.system.graph import links
    from cpdynamics.system.lowering import lower

    try:
        structure = parse(Document.read(path))
        found = links(lower(structure), structure, constants=True)
    except CpdynamicsError:  # a model half written may have a sketch, too
        return {}
    sign = {"+": 1, "-": -1}
    return {
        (one.cause, one.effect): sign[one.polarity]
        for one in found
        if one.how == "differentiated" and one.polarity in sign
    }


def signs(
    ast: Any,
    base: Mapping[str, float],
    limits: Mapping[str, tuple[Any, ...]],
    spelling: Mapping[str, str],
) -> dict[str, int]:
    """Cause -> 1 or -1 for one equation; a cause without a settled sign is left out.

    Args:
        ast: PySD's tree of the equation.
        base: the starting value of every variable.
        limits: the range of every variable, used where the base value is zero.
        spelling: folded name -> name.
    """
    causes = list(dict.fromkeys(spelling[n] for n in references(ast) if n in spelling))
    random = np.random.default_rng(7)
    seen: dict[float, dict[str, list[int]]] = {}
    for spread in (NEAR, FAR):
        seen[spread] = {cause: [] for cause in causes}
        for _ in range(TIMED_POINTS if "time" in references(ast) else POINTS):
            point = {c: _drawn(base[c], limits.get(c, ()), spread, random) for c in causes}
            clock = float(random.uniform(0, 180) * random.uniform())  # most happens early
            try:
                for cause, sign in _slopes(ast, point, spelling, clock):
                    seen[spread][cause].append(sign)
            except (ArithmeticError, ValueError, TypeError):
                continue
            except UnknownConstructError:
                return {}
    return {
        cause: sign
        for cause in causes
        for sign in set(seen[NEAR][cause] or seen[FAR][cause])
        if all(near == sign for near in seen[NEAR][cause])
        and sum(far == sign for far in seen[FAR][cause]) >= 0.55 * len(seen[FAR][cause])
    }


def _slopes(
    ast: Any, point: Mapping[str, float], spelling: Mapping[str, str], clock: float
) -> Iterator[tuple[str, int]]:
    """The causes that move the expression at a point, each with the sign of its slope."""
    value = _value(ast, point, spelling, clock)
    for cause, at in point.items():
        nudged = {**point, cause: at + STEP * max(abs(at), 1e-3)}
        moved = _value(ast, nudged, spelling, clock)
        if not math.isclose(moved, value, rel_tol=1e-11, abs_tol=1e-300):
            yield cause, 1 if moved > value else -1


def base_values(asts: Mapping[str, Any], spelling: Mapping[str, str]) -> dict[str, float]:
    """The starting value of every variable, followed through its equations; 1 where that fails."""
    values: dict[str, float] = {}

    def follow(name: str) -> float:
        if name not in values:
            values[name] = 1.0  # stands for itself while a loop closes on it
            ast = asts[name]
            if type(ast).__name__ == "IntegStructure":
                ast = ast.initial
            point = {spelling[n]: follow(spelling[n]) for n in references(ast) if n in spelling}
            with contextlib.suppress(UnknownConstructError, ArithmeticError, ValueError, TypeError):
                values[name] = _value(ast, point, spelling, 0.0)
        return values[name]

    for name in asts:
        follow(name)
    return values


def references(node: Any) -> Iterator[str]:
    """Every name that an expression refers to, folded, functions included."""
    if type(node).__name__ == "ReferenceStructure":
        yield node.reference.strip('"').replace("_", " ").casefold()
    elif is_dataclass(node):
        for field in fields(node):
            yield from references(getattr(node, field.name))
    elif isinstance(node, tuple | list):
        for part in node:
            yield from references(part)


def _drawn(
    base: float, limits: tuple[Any, ...], spread: float, random: np.random.Generator
) -> float:
    """A value near the base, inside the range where the variable has one."""
    bounds = [float(b) if b is not None and np.isfinite(b) else None for b in limits[:2]]
    low, high = bounds if len(bounds) == 2 else (None, None)
    if base:
        drawn = base * math.exp(random.uniform(-spread, spread))
        if low is not None and high is not None and low < high:
            drawn = min(max(drawn, low + 1e-3 * (high - low)), high - 1e-3 * (high - low))
        return drawn
    if low is None or high is None or low >= high:
        low, high = 0.0, 0.5
    return float(random.uniform(low, high))


def _value(node: Any, point: Mapping[str, float], spelling: Mapping[str, str], t: float) -> float:
    def of(part: Any) -> float:
        return _value(part, point, spelling, t)

    if isinstance(node, int | float | np.integer | np.floating):
        return float(node)
    kind = type(node).__name__
    if kind == "ReferenceStructure":
        name = node.reference.strip('"').replace("_", " ").casefold()
        if name == "time":
            return t
        if name in spelling:
            return point[spelling[name]]
        raise UnknownConstructError(name)
    if kind == "ArithmeticStructure":
        return _arithmetic(node.operators, [of(a) for a in node.arguments])
    if kind == "LogicStructure":
        return _logic(node.operators, [of(a) for a in node.arguments])
    if kind == "InlineLookupsStructure":
        return float(np.interp(of(node.argument), node.lookups.x, node.lookups.y))
    if kind in ("SmoothStructure", "SmoothNStructure", "DelayStructure", "DelayNStructure"):
        return of(node.input)
    if kind == "DelayFixedStructure":
        return of(node.input)
    if kind == "InitialStructure":
        return of(node.initial)
    if kind == "GameStructure":
        return of(node.expression)
    if kind == "CallStructure":
        function = node.function.reference.replace("_", " ").casefold()
        if function == "if then else":
            test, yes, no = node.arguments
            return of(yes) if of(test) else of(no)
        if function in _FUNCTIONS:
            return float(_FUNCTIONS[function](t, *[of(a) for a in node.arguments]))
    raise UnknownConstructError(kind)


def _arithmetic(operators: list[str], values: list[float]) -> float:
    if operators == ["negative"]:
        return -values[0]
    total = values[0]
    for operator, value in zip(operators, values[1:], strict=True):
        if operator == "+":
            total += value
        elif operator == "-":
            total -= value
        elif operator == "*":
            total *= value
        elif operator == "/":
            total /= value
        elif operator == "^":
            total **= value
        else:
            raise UnknownConstructError(operator)
    return total


def _logic(operators: list[str], values: list[float]) -> float:
    compare: dict[str, Callable[[float, float], bool]] = {
        "=": lambda a, b: a == b,
        "<>": lambda a, b: a != b,
        "<": lambda a, b: a < b,
        "<=": lambda a, b: a <= b,
        ">": lambda a, b: a > b,
        ">=": lambda a, b: a >= b,
        ":and:": lambda a, b: bool(a) and bool(b),
        ":or:": lambda a, b: bool(a) or bool(b),
    }
    folded = [operator.casefold() for operator in operators]
    if folded == [":not:"]:
        return float(not values[0])
    result: float = values[0]
    for operator, value in zip(folded, values[1:], strict=True):
        if operator not in compare:
            raise UnknownConstructError(operator)
        result = float(compare[operator](result, value))
    return result


_FUNCTIONS: dict[str, Callable[..., float]] = {
    "max": lambda t, a, b: max(a, b),
    "min": lambda t, a, b: min(a, b),
    "abs": lambda t, a: abs(a),
    "exp": lambda t, a: math.exp(a),
    "ln": lambda t, a: math.log(a),
    "sqrt": lambda t, a: math.sqrt(a),
    "power": lambda t, a, b: a**b,
    "zidz": lambda t, a, b: 0.0 if abs(b) < 1e-6 else a / b,
    "xidz": lambda t, a, b, c: c if abs(b) < 1e-6 else a / b,
    "step": lambda t, height, start: height if t >= start else 0.0,
    "pulse": lambda t, start, width: float(start <= t < start + width),
    "ramp": lambda t, slope, start, end=math.inf: slope * max(0.0, min(t, end) - start),
}
