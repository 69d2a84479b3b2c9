"""One fresh PySD model, made ready for one request, and moved on step by step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from cpdynamics.engines.allowed import finite, holdable, number_or_series, settable, startable
from cpdynamics.engines.anonymous import Words
from cpdynamics.engines.clock import MOST_STEPS, check_clock
from cpdynamics.engines.linear import has_rate
from cpdynamics.engines.orders import one_if_broken, whole_orders
from cpdynamics.engines.record import Record
from cpdynamics.engines.request import Request
from cpdynamics.errors import RunFailed, Unsupported
from cpdynamics.mdl.names import CONTROL, canonical
from cpdynamics.system.abstract import Element, Structure


class Simulation:
    """A run in the making. It is used once: what PySD keeps between runs goes with it.

    Args:
        folder: where the Python lies.
        words: what its names stand for.
        structure: the model.
        request: what is asked.
    """

    def __init__(self, folder: Path, words: Words, structure: Structure, request: Request) -> None:
        import pysd

        self.words, self.structure = words, structure
        self.pysd: Any = pysd.load(
            str(folder / "model.py"), initialize=False, missing_values="ignore"
        )
        whole_orders(self.pysd, words, structure)
        self.record = Record()
        self._set(request)

    def start(self) -> None:
        """Brings the model to its initial time and records that."""
        self.pysd.initialize()
        time = self.pysd.time
        # Again, though Model has looked: here a clock that the .mdl computes is known as well.
        check_clock(
            float(time()), float(time.final_time()), float(time.time_step()), float(time.saveper())
        )
        self.pysd.set_stepper(self.record, initial_condition="current")

    def run(self) -> None:
        """Moves the model on to its final time."""
        time = self.pysd.time
        step = self.pysd.step
        steps = 0
        while time.in_bounds():
            step()
            steps += 1
            if steps > MOST_STEPS:
                raise RunFailed(f"The run has not ended after {steps:,} steps.")

    def _set(self, request: Request) -> None:
        clock: dict[str, float] = {}
        values: dict[str, float | pd.Series[float]] = {}
        for name, value in request.constants.items():
            element = settable(self.structure, name)
            key = canonical(name)
            if key in CONTROL:
                clock[key.replace(" ", "_")] = finite(element.name, value)
            else:
                values[self._word(name)] = finite(element.name, value)
        held: dict[str, float | pd.Series[float]] = {}
        for name, held_at in request.hold.items():
            element = holdable(self.structure, name)
            word = self._word(name)
            values[word] = held[word] = number_or_series(element.name, held_at)
        self._data_there(held)
        states = {word: self._states(word) for word in held}
        # Before anything is computed: what depends on the initial time must see this one.
        self.pysd.time.set_control_vars(**clock)
        self.pysd.set_components(values)
        for word in held:
            for state in states[word]:
                _freeze(state)
        for name, value in request.initial.items():
            element = startable(self.structure, name)
            for state in self._states(self._word(name)):
                state.init_func = _starting(state.init_func, finite(element.name, value), element)

    def _word(self, name: str) -> str:
        return self.words.variables[canonical(name)]

    def _states(self, word: str) -> list[Any]:
        """PySD's objects that keep the states of one variable."""
        names = (name for name in self.pysd.dependencies[word] if name.startswith("_"))
        found = (getattr(self.pysd.components, name, None) for name in names if name[1] != "_")
        return [state for state in found if hasattr(state, "initialize")]

    def _data_there(self, held: Mapping[str, Any]) -> None:
        for key, element in self.structure.elements.items():
            empty = any(type(part.ast).__name__ == "DataStructure" for part in element.components)
            if empty and self.words.variables[key] not in held:
                raise Unsupported(
                    f'"{element.name}" is data that the .mdl does not hold.',
                    "",
                    f'Give it as hold={{"{element.name}": a pandas Series over time}}.',
                )


def _freeze(state: Any) -> None:
    """Stops a state that a held variable no longer shows, so that it cannot break the run."""
    if hasattr(state, "order_func"):
        one_if_broken(state)
    if has_rate(state):
        state.ddt = lambda: state.state * 0.0
    if type(state).__name__ in ("Integ", "NonNegativeInteg"):
        state.init_func = _zero_if_broken(state.init_func)


def _zero_if_broken(start: Callable[[], Any]) -> Callable[[], Any]:
    def started() -> Any:
        try:
            return start()
        except ArithmeticError:
            return 0.0

    return started


def _starting(start: Callable[[], Any], value: float, element: Element) -> Callable[[], Any]:
    if element.subscripts:
        return lambda: start() * 0.0 + value  # keeps the shape
    return lambda: value
