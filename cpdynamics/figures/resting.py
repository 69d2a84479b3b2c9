"""How far the stocks of a model move when nothing disturbs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cpdynamics.model import Model
    from cpdynamics.scenario import Scenario

TOLERANCE = 1e-9
"""How far a stock may move in a year at rest, as a share of its size: as in the library's own
tests."""


def moved(model: Model, scenario: Scenario) -> float:
    """The greatest move of any stock within a year, as a share of its size.

    A stock that is nought by design, such as an overspend, is measured by the largest of what is
    counted in the same units or flows in them, or the rounding of a sum of millions would be a
    move of all of it.

    Args:
        model: any.
        scenario: the constants that make it the local authority, without a disturbance.
    """
    start = model.structure.elements["initial time"].value or 0.0
    frame = model.run(scenario | {"FINAL TIME": start + 12}).to_frame()
    units, clock = frame.attrs["units"], model.structure.elements["time step"].units
    sizes = frame.abs().max()
    largest: dict[str, float] = {}
    for name, size in sizes.items():
        largest[units[name]] = max(largest.get(units[name], 0.0), float(size))
    moves = [0.0]
    for name in (each.name for each in model.structure.elements.values() if each.kind == "stock"):
        year = 12 * largest.get(f"{units[name]}/{clock}", 0.0)
        size, like = float(sizes[name]), max(largest[units[name]], year)
        size = size if size >= TOLERANCE * like else like
        move = float((frame[name] - frame[name].iloc[0]).abs().max())
        moves.append(move / size if size else move)
    return max(moves) if np.isfinite(moves).all() else float("inf")


def tolerated(model: Model) -> float:
    """How far a stock may move in a year: as the model's own do by rounding, at least TOLERANCE.

    Args:
        model: any.
    """
    from cpdynamics.scenario import Scenario

    return max(TOLERANCE, 2 * moved(model, Scenario()))
