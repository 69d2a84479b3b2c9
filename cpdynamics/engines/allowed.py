"""What a request may name and give: the refusals that every engine shares."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cpdynamics.errors import BadValue, unknown_name
from cpdynamics.mdl.names import CONTROL, canonical
from cpdynamics.system.abstract import Element, Structure


def element_called(structure: Structure, name: str) -> Element:
    """The variable of that name.

    Raises:
        UnknownName: the model lacks it.
    """
    try:
        return structure.elements[canonical(name)]
    except KeyError:
        known = [element.name for element in structure.elements.values()]
        raise unknown_name("variable", name, known) from None


def settable(structure: Structure, name: str) -> Element:
    """The variable of that name, if a run may set it like a constant.

    Raises:
        UnknownName: the model lacks it.
        BadValue: it is of another kind.
    """
    element = element_called(structure, name)
    if element.kind in ("lookup", "time", "stock", "data"):
        raise BadValue(f'"{element.name}" is a {element.kind}, not a constant.')
    return element


def holdable(structure: Structure, name: str) -> Element:
    """The variable of that name, if a run may hold it.

    Raises:
        UnknownName: the model lacks it.
        BadValue: it is of another kind.
    """
    element = element_called(structure, name)
    if element.kind in ("lookup", "time") or canonical(name) in CONTROL:
        raise BadValue(
            f'"{element.name}" cannot be held: it is '
            + ("a lookup." if element.kind == "lookup" else "part of the clock."),
            "A stock, a flow, an auxiliary or a constant can.",
        )
    return element


def startable(structure: Structure, name: str) -> Element:
    """The variable of that name, if a run may start it elsewhere.

    Raises:
        UnknownName: the model lacks it.
        BadValue: it is no stock.
    """
    element = element_called(structure, name)
    if element.kind != "stock":
        raise BadValue(f'"{element.name}" is a {element.kind}, not a stock.')
    return element


def finite(name: str, value: Any) -> float:
    """The value as a number of Python's own.

    Raises:
        BadValue: it is no finite number.
    """
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = float("nan")
    if not np.isfinite(number):
        raise BadValue(f'"{name}" is given {value!r}.', "A finite number was due.")
    return number


def number_or_series(name: str, value: Any) -> float | pd.Series[float]:
    """What a variable is held at: a number, or numbers over rising times.

    Raises:
        BadValue: it is neither.
    """
    if not isinstance(value, pd.Series):
        return finite(name, value)
    try:
        series = pd.Series(
            np.asarray(value.to_numpy(), dtype=float), np.asarray(value.index, dtype=float)
        )
    except (TypeError, ValueError):
        raise BadValue(
            f'"{name}" is held at a series that is not numbers over time.',
            "Its index is the model's time, as numbers.",
        ) from None
    rising = bool((np.diff(series.index) > 0).all())
    if series.empty or not np.isfinite(series).all() or not rising:
        raise BadValue(
            f'"{name}" is held at a series that is empty, has gaps or goes back in time.',
            "Times rise, and every value is a finite number.",
        )
    return series
