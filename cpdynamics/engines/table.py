"""What a simulation recorded, as a table with the names of the .mdl."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cpdynamics.errors import RunFailed, unknown_name
from cpdynamics.mdl.names import canonical
from cpdynamics.system.abstract import Structure

if TYPE_CHECKING:
    from cpdynamics.engines.simulation import Simulation


def columns(simulation: Simulation, structure: Structure) -> pd.DataFrame:
    """Every variable at every saved time, in the order of the file.

    Raises:
        RunFailed: a variable that is no real number.
    """
    record, words = simulation.record, simulation.words
    data: dict[str, np.ndarray] = {}
    for key, element in structure.elements.items():
        values = record.columns.get(words.variables.get(key, ""))
        if values is None:
            continue
        for label, series in _split(element.name, values, words.subscripts):
            try:
                data[label] = np.array(series, dtype=float)
            except TypeError:
                at = next(i for i, value in enumerate(series) if isinstance(value, complex))
                raise RunFailed(
                    f'"{label}" has no real value at time {record.times[at]:g}.',
                    "",
                    "A negative number to a fractional power? MAX(0, ...) would prevent it.",
                ) from None
    return pd.DataFrame(data, index=pd.Index(record.times, name="Time", dtype=float))


def chosen(
    table: pd.DataFrame, outputs: tuple[str, ...] | None, structure: Structure
) -> pd.DataFrame:
    """The columns asked for, in the order asked.

    Args:
        table: every column.
        outputs: names of variables, with or without a subscript; None for all.
        structure: the model.

    Raises:
        UnknownName: a name without a column.
    """
    if outputs is None:
        return table
    labels = _labels(table, structure)
    wanted: dict[str, None] = {}
    for name in outputs:
        if canonical(name) not in labels:
            raise unknown_name("variable", name, table.columns)
        wanted |= dict.fromkeys(labels[canonical(name)])
    return table[list(wanted)]


def unhealthy(simulation: Simulation, structure: Structure, table: pd.DataFrame) -> None:
    """Nothing, when every stock is a finite number to the end.

    Raises:
        RunFailed: with the stock that broke first, and the first saved time at which it shows.
    """
    broken: list[tuple[float, str]] = []
    labels = _labels(table, structure)
    for key, element in structure.elements.items():
        if element.kind != "stock":
            continue
        now = getattr(simulation.pysd.components, simulation.words.variables[key])()
        for label in labels.get(key, ()):
            bad = ~np.isfinite(table[label].to_numpy())
            if bad.any():
                broken.append((float(table.index[bad.argmax()]), label))
        if not np.isfinite(np.asarray(now, dtype=float)).all():
            broken.append((float(simulation.pysd.time()), element.name))
    if broken:
        when, name = min(broken, key=lambda pair: pair[0])
        raise RunFailed(
            f'The stock "{name}" is no finite number at time {when:g}.',
            "",
            "Look for a division by zero, the root or logarithm of a negative number, or a loop "
            "that explodes; a shorter TIME STEP may do.",
        )


def _labels(table: pd.DataFrame, structure: Structure) -> dict[str, list[str]]:
    """Canonical name of a variable, or of one column of it -> its columns."""
    labels: dict[str, list[str]] = {}
    for label in table.columns:
        labels.setdefault(canonical(label), []).append(label)
        whole = canonical(label.rsplit("[", 1)[0])
        if canonical(label) not in structure.elements and whole in structure.elements:
            labels.setdefault(whole, []).append(label)
    return labels


def _split(name: str, values: list[Any], subscripts: Any) -> list[tuple[str, list[Any]]]:
    """One series of a scalar, or one a member of a subscripted variable."""
    first: Any = values[0] if values else 0.0
    if not hasattr(first, "dims"):
        return [(name, values)]
    rows = np.array([value.values.ravel() for value in values])
    coords = [[str(item) for item in first.coords[dim].values] for dim in first.dims]
    parts = []
    for number, at in enumerate(np.ndindex(first.shape)):
        members = (coord[i] for coord, i in zip(coords, at, strict=True))
        label = ",".join(subscripts.get(word, word) for word in members)
        parts.append((f"{name}[{label}]", list(rows[:, number])))
    return parts
