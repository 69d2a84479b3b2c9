"""The library's models and their runs, made once for the whole session."""

from __future__ import annotations

import functools

import numpy as np

import cpdynamics as cp
from cpdynamics.library import model_names
from cpdynamics.model import Model

LIBRARY = model_names()
STORIES = [name for name in LIBRARY if "/" not in name]
# A teaching model may be full or empty at either end of a slider; a service may not.
SERVICES = [name for name in LIBRARY if not name.startswith("teaching/")]


@functools.cache
def library_model(name: str) -> Model:
    return cp.load(name)


@functools.cache
def base_run(name: str) -> cp.Run:
    return library_model(name).run()


@functools.cache
def scenario_run(name: str, scenario: str) -> cp.Run:
    return library_model(name).run(scenario)


def stocks(model: Model) -> list[str]:
    table = model.variables
    return list(table[table["kind"] == "stock"]["name"])


def movable(model: Model) -> dict[str, tuple[float, float]]:
    """Constants with a range outside the levers, and the two ends of each range."""
    found = {}
    for element in model.structure.elements.values():
        if element.kind != "constant" or element.range is None or element.value is None:
            continue
        group = model.document[element.name].group
        if group.endswith(("Levers", "Boundary")) or group == ".Control" or group == "Control":
            continue
        low, high = element.range.low, element.range.high
        if low is not None and high is not None:
            found[element.name] = (low, high)
    return found


def greatest_move(run: cp.Run, exempt: tuple[str, ...] = ()) -> tuple[float, str]:
    """The largest move of any variable, relative to its typical value, and whose it is.

    The typical value of a variable that is zero by design (an overspend, a saving) is that of the
    largest variable in the same unit: a billionth of a pound is not a move.
    """
    frame = run.to_frame().drop(columns=list(exempt))
    sizes: dict[str, float] = {}
    for name in frame:
        unit = run.units[name]
        sizes[unit] = max(sizes.get(unit, 0.0), float(frame[name].abs().max()))
    moves = {}
    for name in frame:
        move = float((frame[name] - frame[name].iloc[0]).abs().max())
        typical = float(frame[name].abs().max())
        if typical < 1e-9 * sizes[run.units[name]]:
            typical = sizes[run.units[name]]
        moves[name] = move / typical if typical else 0.0
    worst = max(moves, key=lambda name: moves[name])
    return moves[worst], worst


def relative(run: cp.Run, name: str, month: float) -> float:
    """A variable at a month over its value at the start."""
    series = run[name]
    return float(np.interp(month, series.index, series) / series.iloc[0])
