"""The value of an expression at many points at once, as PySD would compute it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from cpdynamics.errors import Unsupported, unknown_name
from cpdynamics.system.depth import deep
from cpdynamics.system.expressions import (
    NEARLY_ZERO,
    Curve,
    Expression,
    Number,
    Operation,
    Variable,
)

Values: TypeAlias = NDArray[np.float64]


def evaluate(expression: Expression, values: Mapping[str, Values | float]) -> Values:
    """The value of an expression at every point; NaN or infinite where PySD would break off.

    Args:
        expression: without memory and subscripts.
        values: canonical name -> a number or an array; the arrays have one shape, or shapes that
            NumPy brings together. STEP also reads ``"time"`` and ``"time step"``.

    Raises:
        UnknownName: a variable without a value.
        Unsupported: memory, subscripts, chance, or a function that is not known here.
    """
    with deep(), np.errstate(all="ignore"):
        return _value(expression, values)


def _value(node: Expression, values: Mapping[str, Values | float]) -> Values:
    match node:
        case Number():
            return np.asarray(node.value, dtype=float)
        case Variable(subscripts=()):
            if node.name not in values:
                raise unknown_name("value", node.name, values)
            return np.asarray(values[node.name], dtype=float)
        case Operation(name="step" | "ramp"):
            height, *times = (_value(one, values) for one in node.arguments)
            return _CLOCKED[node.name](height, times, values)
        case Operation() if node.name in _FUNCTIONS:
            return _FUNCTIONS[node.name](*(_value(one, values) for one in node.arguments))
        case Curve():
            return _read(node, _value(node.argument, values))
    what = node.name if isinstance(node, Operation | Variable) else type(node).__name__.lower()
    raise Unsupported(
        f'"{what}" has no value of its own at a point.',
        "Only what follows from the values of the same time, without subscripts, has one.",
    )


def _read(curve: Curve, at: Values) -> Values:
    x, y = np.asarray(curve.x), np.asarray(curve.y)
    if curve.between == "line":
        return np.asarray(np.interp(at, x, y))
    if curve.between == "hold":
        place = np.searchsorted(x, at, side="right") - 1
    else:
        place = np.searchsorted(x, at, side="left")
    return np.where(np.isnan(at), np.nan, y[np.clip(place, 0, len(y) - 1)])


def _guarded(top: Values, bottom: Values, instead: Values | float = 0.0) -> Values:
    return np.where(np.abs(bottom) < NEARLY_ZERO, instead, np.divide(top, bottom))


def _choice(condition: Values, then: Values, otherwise: Values) -> Values:
    return np.where(condition != 0, then, otherwise)


def _quantum(value: Values, unit: Values) -> Values:
    return np.where(unit < NEARLY_ZERO, value, unit * np.trunc(value / unit))


def _now(values: Mapping[str, Values | float], name: str = "time") -> Values:
    return _value(Variable(name), values)


def _step(height: Values, times: list[Values], values: Mapping[str, Values | float]) -> Values:
    return height * (_now(values) + _now(values, "time step") / 2 > times[0])


def _ramp(slope: Values, times: list[Values], values: Mapping[str, Values | float]) -> Values:
    now = _now(values)
    end = np.minimum(now, times[1]) if len(times) > 1 else now
    return np.where(now + NEARLY_ZERO > times[0], slope * (end - times[0]), 0.0)


def _truth(test: Callable[[Values, Values], NDArray[np.bool_]]) -> Callable[..., Values]:
    return lambda left, right: np.asarray(test(left, right), dtype=float)


def _first(name: str) -> Callable[..., Values]:
    """A NumPy function of one argument, by its name."""
    function: Callable[[Values], Values] = getattr(np, name)
    return function


SAME: dict[str, Callable[..., Values]] = {
    "negative": np.negative,
    "power": np.power,
    "<": _truth(np.less),
    "<=": _truth(np.less_equal),
    ">": _truth(np.greater),
    ">=": _truth(np.greater_equal),
    "=": _truth(np.equal),
    "<>": _truth(np.not_equal),
    "and": _truth(np.logical_and),
    "or": _truth(np.logical_or),
    "not": lambda value: np.asarray(value == 0, dtype=float),
    "if then else": _choice,
    "min": np.minimum,
    "max": np.maximum,
    "xidz": _guarded,
    "zidz": _guarded,
    "ln": np.log,
    "log": lambda value, base: np.log(value) / np.log(base),
    **{name: _first(name) for name in ("abs", "exp", "sqrt", "sin", "cos", "tan")},
    **{name: _first(name) for name in ("sinh", "cosh", "tanh")},
    **{f"arc{name}": _first(f"arc{name}") for name in ("sin", "cos", "tan")},
}
"""Operations that read nothing but their arguments and never end a run of PySD's."""

_CLOCKED = {"step": _step, "ramp": _ramp}
_FUNCTIONS: dict[str, Callable[..., Values]] = {
    **SAME,
    "+": lambda first, *rest: sum(rest, start=first),
    "-": lambda left, right: left - right,
    "*": lambda first, *rest: np.asarray(np.prod(np.broadcast_arrays(first, *rest), axis=0)),
    "/": lambda top, bottom: top / bottom,
    "^": np.power,
    "quantum": _quantum,
    "modulo": lambda value, unit: value - _quantum(value, unit),
    "integer": np.trunc,
    # Almost everywhere; whoever asks about jumps reads it off the expression.
    "impulse": lambda value: np.zeros_like(value),
    "pi": lambda: np.asarray(np.pi),
}
