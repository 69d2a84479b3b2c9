"""A request, sorted by what it does to a program."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cpdynamics.engines.allowed import finite, holdable, number_or_series, settable, startable
from cpdynamics.engines.philox import MOST_RUNS, MOST_SEEDS
from cpdynamics.engines.request import Request
from cpdynamics.errors import BadValue, unknown_name
from cpdynamics.mdl.names import canonical
from cpdynamics.system.abstract import Structure


@dataclass(frozen=True)
class Asked:
    """What runs are given, by canonical name; an array is given element by element.

    Attributes:
        constants: name -> a number of NumPy's, or an array of one a run.
        held: name -> the same, or a series over time.
        initial: stock -> where it starts.
        runs: how many.
        seed: of their chance.
        first_run: number of the first.
    """

    constants: Mapping[str, Any]
    held: Mapping[str, Any]
    initial: Mapping[str, float]
    runs: int
    seed: int = 0
    first_run: int = 0

    @property
    def numbers(self) -> NDArray[np.uint64]:
        """The runs' own numbers, by which each has a chance of its own."""
        return np.arange(self.first_run, self.first_run + self.runs, dtype=np.uint64)

    def part(self, first: int, after: int) -> Asked:
        """The runs from one to another, which is not among them."""

        def cut(values: Mapping[str, Any]) -> dict[str, Any]:
            return {
                name: value[first:after] if isinstance(value, np.ndarray) else value
                for name, value in values.items()
            }

        runs = min(after, self.runs) - first
        constants, held = cut(self.constants), cut(self.held)
        return Asked(constants, held, self.initial, runs, self.seed, self.first_run + first)


def asked(structure: Structure, request: Request, many: Mapping[str, Any] | None = None) -> Asked:
    """The request, and arrays of constants beside it, checked as the reference does.

    Args:
        structure: the model.
        request: the same for all runs.
        many: name -> array of one value a run, which goes before the request's.

    Raises:
        UnknownName: a name that the model lacks.
        BadValue: a value that is no finite number, or a kind that cannot take it.
    """
    constants: dict[str, Any] = {}
    held: dict[str, Any] = {}
    for name, number in request.constants.items():
        _constant(structure, name, np.float64(finite(name, number)), constants, held)
    runs = _one_length(many or {})
    for name, values in (many or {}).items():
        _constant(structure, name, _finite_each(name, values), constants, held)
    for name, value in request.hold.items():
        element = holdable(structure, name)
        at = number_or_series(element.name, value)
        for one in structure.shapes.names(canonical(name)):
            constants.pop(one, None)
            held[one] = at if isinstance(at, pd.Series) else np.float64(at)
    initial: dict[str, float] = {}
    for name, value in request.initial.items():
        element = startable(structure, name)
        start = np.float64(finite(element.name, value))
        initial |= dict.fromkeys(structure.shapes.names(canonical(name)), start)
    return Asked(constants, held, initial, runs, *chance(request, runs))


def chance(request: Request, runs: int = 1) -> tuple[int, int]:
    """The seed and the first run's number.

    Args:
        request: what is asked for.
        runs: how many, from that number on.

    Raises:
        BadValue: they are no whole numbers, or not within their bounds.
    """
    seed = _whole("seed", request.seed, MOST_SEEDS)
    return seed, _whole("first_run", request.first_run, MOST_RUNS + 1 - runs)


def named(structure: Structure, names: Iterable[str] | None) -> list[str]:
    """Canonical names of the outputs, each once; all that have a value where None is asked.

    A variable with subscripts stands for all of its elements.

    Raises:
        UnknownName: a name without a value.
    """
    shapes = structure.shapes
    if names is None:
        return list(shapes.columns)
    found: dict[str, None] = {}
    for name in names:
        if canonical(name) not in shapes.called:
            raise unknown_name("variable", name, shapes.columns.values())
        found |= dict.fromkeys(shapes.called[canonical(name)])
    return list(found)


def _constant(
    structure: Structure, name: str, value: Any, constants: dict[str, Any], held: dict[str, Any]
) -> None:
    into = constants if settable(structure, name).kind == "constant" else held
    into |= dict.fromkeys(structure.shapes.names(canonical(name)), value)


def _whole(name: str, value: Any, most: int) -> int:
    try:
        number = operator.index(value)
    except TypeError:
        number = -1
    if not 0 <= number < most:
        raise BadValue(f"{name} is {value!r}.", f"A whole number from 0 to {most - 1:,} was due.")
    return number


def _finite_each(name: str, values: Any) -> Any:
    numbers = np.asarray(values, dtype=float)
    if not np.isfinite(numbers).all():
        place = int(np.argmin(np.isfinite(numbers)))
        raise BadValue(
            f'"{name}" is given {numbers[place]} in run {place + 1}.', "A finite number was due."
        )
    return numbers


def _one_length(many: Mapping[str, Any]) -> int:
    lengths = {np.shape(values) for values in many.values()} or {(1,)}
    if len(lengths) > 1 or len(next(iter(lengths))) != 1 or lengths == {(0,)}:
        raise BadValue(
            "The constants of the runs are arrays of different lengths, or of none.",
            "Each has one number for every run.",
        )
    return int(next(iter(lengths))[0])
