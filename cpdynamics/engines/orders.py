"""The order of a SMOOTH N or a DELAY N: how many levels it has, as a whole number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from cpdynamics.engines.anonymous import Words
from cpdynamics.errors import BadValue
from cpdynamics.system.abstract import Structure

MOST_LEVELS = 1000
"""A delay of more levels than this is taken for a slip of the pen."""


def whole_orders(model: Any, words: Words, structure: Structure) -> None:
    """Makes every order of a PySD model, macros included, a whole number or a BadValue.

    PySD multiplies a list by what it gets, which a float breaks and a huge number never ends; and
    a DELAY takes levels away one by one until each is at least a time step long, which for a
    delay time below zero it may never be.

    Args:
        model: loaded, not yet initialized.
        words: what its names stand for.
        structure: the model in its own words.
    """
    names = {word: structure.elements[key].name for key, word in words.variables.items()}
    for python_name, state in vars(model.components._components).items():
        if python_name.startswith("_"):
            name = next((names[part] for part in python_name.split("_") if part in names), "")
            for delay in _delays(state):
                delay.order_func = _whole(delay, name)


def one_if_broken(delay: Any) -> None:
    """Lets a delay that nobody sees, its variable being held, start whatever its order.

    Args:
        delay: an object of PySD's, after ``whole_orders``.
    """
    order, time = delay.order_func, getattr(delay, "delay_time_func", None)

    def started() -> int:
        try:
            return int(order())
        except (ArithmeticError, BadValue):
            if time is not None:
                delay.delay_time_func = lambda: time() * 0.0 + delay.tstep()
            return 1

    delay.order_func = started


def _delays(state: Any) -> Iterator[Any]:
    from pysd.py_backend.model import Macro

    if hasattr(state, "order_func"):
        yield state
    elif isinstance(state, Macro):
        for inner in vars(state.components._components).values():
            yield from _delays(inner)


def _whole(delay: Any, name: str) -> Callable[[], int]:
    order, time = delay.order_func, getattr(delay, "delay_time_func", None)

    def whole() -> int:
        number = float(order())
        levels = round(number) if np.isfinite(number) else 0
        # Rounded for what arithmetic leaves of a whole number, such as 0.3 / 0.1.
        if not 1 <= levels <= MOST_LEVELS or abs(number - levels) > 1e-9 * levels:
            raise BadValue(
                f'The order of the delay in "{name}" is {number:g}.',
                f"A whole number from 1 to {MOST_LEVELS} was expected.",
            )
        if time is not None and not (shortest := float(np.min(time()))) >= delay.tstep():
            raise BadValue(
                f'The delay time in "{name}" is {shortest:g}, less than one TIME STEP.',
                "",
                "Choose a longer delay or a shorter TIME STEP.",
            )
        return levels

    return whole
