"""What each operation of a program does to arrays of runs, and where it ends a run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cpdynamics.engines import chance
from cpdynamics.engines.failure import DIVIDES_BY_ZERO, NO_CHANCE, NO_INTEGER, NO_REAL_VALUE
from cpdynamics.system.evaluating import SAME
from cpdynamics.system.expressions import NEARLY_ZERO

Values: TypeAlias = NDArray[np.float64]
Bad: TypeAlias = "NDArray[np.bool_] | None"


def _divided(top: Values, bottom: Values) -> tuple[Values, Bad]:
    value = np.divide(top, bottom)
    if bottom.all():
        return value, None
    return value, np.broadcast_to(bottom == 0, np.shape(value))


def _raised(base: Values, exponent: Values) -> tuple[Values, Bad]:
    value = np.power(base, exponent)
    good = np.isfinite(value)
    if good.all():
        return value, None
    # What is infinite or NaN already spreads without ending a run.
    return value, np.isfinite(base) & np.isfinite(exponent) & ~good


def _integer(value: Values) -> tuple[Values, Bad]:
    good = np.isfinite(value)
    return np.trunc(value), None if good.all() else ~good


def _quantum(value: Values, unit: Values) -> tuple[Values, Bad]:
    parts = np.divide(value, unit)
    whole = unit < NEARLY_ZERO
    good = whole | np.isfinite(parts)
    found = np.where(whole, value, unit * np.trunc(parts))
    return found, None if good.all() else ~good


def _modulo(value: Values, unit: Values) -> tuple[Values, Bad]:
    part, bad = _quantum(value, unit)
    return value - part, bad


def _step(height: Values, start: Values, time: Values, dt: Values) -> Values:
    return height * (time + dt / 2 > start)


def _ramp(slope: Values, start: Values, finish: Values, time: Values) -> Values:
    return (time + NEARLY_ZERO > start) * slope * (np.minimum(finish, time) - start)


def _pulse(start: Values, width: Values, time: Values) -> Values:
    return np.where((start - NEARLY_ZERO <= time) & (time < start + width), 1.0, 0.0)


def _train(start: Values, width: Values, interval: Values, end: Values, time: Values) -> Values:
    place = np.mod(time - start + NEARLY_ZERO, interval)
    again = (start <= time) & (time < end) & (place < width)
    return np.where(interval == 0, _pulse(start, width, time), again * 1.0)


PLAIN: dict[str, Callable[..., Any]] = {
    **SAME,
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "divide": np.divide,
    "step": _step,
    "ramp": _ramp,
    "pulse": _pulse,
    "pulse train": _train,
    **chance.CHOSEN,
}
"""Operations that never end a run. Those that read the clock have it as their last arguments."""

ENDING: dict[str, tuple[Callable[..., tuple[Values, Bad]], str]] = {
    "/": (_divided, DIVIDES_BY_ZERO),
    "^": (_raised, NO_REAL_VALUE),
    "integer": (_integer, NO_INTEGER),
    "quantum": (_quantum, NO_INTEGER),
    "modulo": (_modulo, NO_INTEGER),
    **{name: (function, NO_CHANCE) for name, function in chance.ENDING.items()},
}
"""Operations that end some runs: the value, which runs those are, and why."""

DRAWS = "Draws"
"""Where the chance of a time stands among the values; no canonical name has a capital."""

CLOCK: dict[str, tuple[str, ...]] = {
    **dict.fromkeys((*chance.CHOSEN, *chance.ENDING), (DRAWS,)),
    "step": ("time", "time step"),
    "ramp": ("time",),
    "pulse": ("time",),
    "pulse train": ("time",),
}
"""What an operation reads besides its arguments."""
