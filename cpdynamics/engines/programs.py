"""The programs of one model, each made ready once and kept."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any, Generic, Protocol, TypeVar

import numpy as np

from cpdynamics.errors import Unsupported
from cpdynamics.system.abstract import Structure
from cpdynamics.system.lowering import lower
from cpdynamics.system.program import Program, program

MOST = 16
"""Programs, or what an engine makes of one, that are kept at a time."""


class _Ready(Protocol):
    @property
    def program(self) -> Program: ...


_R = TypeVar("_R", bound=_Ready)


class Programs(Generic[_R]):
    """What an engine has made of a model, by what is held and by the orders of its delays.

    Threads may share one.

    Args:
        structure: the model.
        ready: makes of a program what the engine works with.
    """

    def __init__(self, structure: Structure, ready: Callable[[Program], _R]) -> None:
        self._structure = structure
        self._system = lower(structure)
        self._ready = ready
        self._kept: dict[tuple[Any, ...], _R] = {}
        self._making = threading.Lock()

    def of(self, held: frozenset[str], constants: Mapping[str, Any]) -> _R:
        """What is ready for runs with these constants.

        Args:
            held: canonical names of what the runs hold.
            constants: canonical name -> a number, or an array of one a run.

        Raises:
            Unsupported: a construct that no program has, or an order of a delay that differs
                between runs.
            BadValue: an order that is no whole number.
            RunFailed: variables that need one another in the same step.
        """
        single = {name: float(v) for name, v in constants.items() if np.ndim(v) == 0}
        with self._making:
            made = self._made(held, {})
            if orders := made.program.orders & set(constants):
                if several := orders - set(single):
                    name = made.program.names[min(several)]
                    raise Unsupported(
                        f'"{name}" is the order of a delay and differs between runs.',
                        "",
                        "Make an ensemble for each order.",
                    )
                made = self._made(held, {name: single[name] for name in sorted(orders)})
        return made

    def check(self) -> None:
        """Nothing, when the model has a program as it stands.

        One that reads data has none before that is held, so it is not tried.

        Raises:
            Unsupported: a construct that no program has, with the variable.
            RunFailed: variables that need one another in the same step.
        """
        if not any(element.kind == "data" for element in self._structure.elements.values()):
            self.of(frozenset(), {})

    def _made(self, held: frozenset[str], orders: Mapping[str, float]) -> _R:
        key = (held, *orders.items())
        if key not in self._kept:
            if len(self._kept) >= MOST:
                self._kept.clear()
            one = program(self._structure, self._system, held=sorted(held), constants=orders)
            self._kept[key] = self._ready(one)
        return self._kept[key]
