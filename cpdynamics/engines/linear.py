"""How a model moves near where it starts: the Jacobian of its rates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cpdynamics.errors import Unsupported
from cpdynamics.system.abstract import Structure

if TYPE_CHECKING:
    from cpdynamics.engines.simulation import Simulation

# The step that balances rounding against truncation in a central difference.
_STEP = np.finfo(float).eps ** (1 / 3)


def jacobian(simulation: Simulation, structure: Structure) -> tuple[list[str], np.ndarray]:
    """Names of the N states, and the N by N matrix d(rate of i)/d(state j), in 1/time.

    Args:
        simulation: at its initial time.
        structure: its model.

    Raises:
        Unsupported: a model with macros, whose states cannot be told apart.
    """
    if len(structure.pysd.sections) > 1:
        raise Unsupported("The Jacobian of a model with macros cannot be taken.")
    states = _states(simulation, structure)
    names = [label for name, state in states for label in _labels(name, state, simulation)]
    here = np.concatenate([np.ravel(state.state) for _, state in states] or [np.zeros(0)])
    here = here.astype(float)
    matrix = np.empty((len(here), len(here)))
    for j, value in enumerate(here):
        step = _STEP * max(abs(value), 1.0)
        sides = []
        for side in (value + step, value - step):
            moved = here.copy()
            moved[j] = side
            sides.append(_rates(simulation, states, moved))
        matrix[:, j] = (sides[0] - sides[1]) / (2 * step)
    _rates(simulation, states, here)
    return names, matrix


def _states(simulation: Simulation, structure: Structure) -> list[tuple[str, Any]]:
    """Every object of PySD's that has a rate, with the variable that it belongs to."""
    found = []
    for key, element in structure.elements.items():
        if (word := simulation.words.variables.get(key)) is None:
            continue
        for name, state in vars(simulation.pysd.components._components).items():
            if name.startswith("_") and word in name.split("_") and has_rate(state):
                found.append((element.name, state))
    return found


def has_rate(state: Any) -> bool:
    """Whether an object of PySD's moves by a rate, not by leaps, and so has a derivative."""
    from pysd.py_backend.statefuls import DelayFixed, DynamicStateful, SampleIfTrue

    return isinstance(state, DynamicStateful) and not isinstance(state, DelayFixed | SampleIfTrue)


def _rates(simulation: Simulation, states: list[tuple[str, Any]], values: np.ndarray) -> np.ndarray:
    place = 0
    for _, state in states:
        shape = np.shape(state.state)
        size = int(np.prod(shape))
        new = values[place : place + size].reshape(shape)
        state.update(new if shape else float(new))
        place += size
    simulation.pysd.clean_caches()
    rates = [np.ravel(np.asarray(state.ddt(), dtype=float)) for _, state in states]
    return np.concatenate(rates or [np.zeros(0)])


def _labels(name: str, state: Any, simulation: Simulation) -> list[str]:
    value = state.state
    shape = np.shape(value)
    if not shape:
        return [name]
    if not hasattr(value, "dims"):
        return [f"{name} (level {i + 1} of {shape[0]})" for i in range(shape[0])]
    labels = []
    for at in np.ndindex(shape):
        parts, level = [], ""
        for dim, i in zip(value.dims, at, strict=True):
            if str(dim).startswith("_"):
                level = f" (level {i + 1} of {value.sizes[dim]})"
            else:
                word = str(value.coords[dim].values[i])
                parts.append(simulation.words.subscripts.get(word, word))
        labels.append(f"{name}[{','.join(parts)}]{level}")
    return labels
