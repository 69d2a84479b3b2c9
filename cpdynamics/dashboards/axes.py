"""How far the upright axes reach, so that they stay still while a slider moves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from cpdynamics.errors import CpdynamicsError
from cpdynamics.mdl.names import canonical
from cpdynamics.plots import Band, axis_range
from cpdynamics.scenario import Scenario

if TYPE_CHECKING:
    from cpdynamics.model import Model
    from cpdynamics.run import Run

Groups: TypeAlias = "Sequence[tuple[str, Sequence[str]]]"
Ends: TypeAlias = "tuple[float, float]"
Shown: TypeAlias = "tuple[Run, Mapping[str, Band]]"

_FAR = 1.5  # times as tall: an end of a slider that needs more would press all else flat
_ROOM = 0.06  # of the height: all is known that will be shown


def axis_starts(model: Model, groups: Groups) -> dict[str, Ends]:
    """Upright axes by panel title, where the .mdl gives ranges for what is drawn in them.

    A sum that starts at zero has no size of its own to draw an axis by.

    Args:
        model: whose ranges.
        groups: panels as (title, variables).
    """
    starts = {}
    for title, names in groups:
        ranges = [model.structure.elements[canonical(name)].range for name in names]
        ends = [end for one in ranges if one for end in (one.low, one.high) if end is not None]
        if len(ends) == 2 * len(names):
            starts[title] = (min(ends), max(ends))
    return starts


def axis_ranges(
    groups: Groups, shown: Iterable[Shown], keep: Mapping[str, Ends]
) -> dict[str, Ends]:
    """The upright axis of each panel, which stays where it was for as long as all fits.

    Args:
        groups: panels as (title, variables).
        shown: all that is drawn: runs, each with its bands by variable.
        keep: the ranges so far, by title.
    """
    extents = [extent(run, bands) for run, bands in shown]
    ranges = {}
    for title, names in groups:
        values = [end for one in extents for name in names for end in one[name]]
        # With room to spare at the start, so that most moves fit without a jump.
        spare = [] if title in keep else [1.2 * value for value in values]
        ranges[title] = axis_range([*values, *spare], keep=keep.get(title))
    return ranges


def extent(run: Run, bands: Mapping[str, Band]) -> dict[str, Ends]:
    """The least and the greatest value of each variable, with its band.

    Args:
        run: the line.
        bands: by variable.
    """
    found = {}
    for name in map(str, run.frame.columns):
        band = bands.get(name)
        edges = [band.low, band.high] if band else []
        values = np.concatenate([run.frame[name].to_numpy(dtype=float), *edges])
        values = values[np.isfinite(values)]
        found[name] = (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)
    return found


def surveyed(
    show: Callable[[Scenario], Shown], scenarios: Iterable[Scenario]
) -> list[dict[str, Ends]]:
    """How far each scenario reaches; one that fails is left out.

    Args:
        show: gives the run of a scenario and its bands.
        scenarios: where to look.
    """
    extents = []
    for scenario in scenarios:
        try:
            extents.append(extent(*show(scenario)))
        except CpdynamicsError:
            continue
    return extents


def settled(
    groups: Groups, needed: Sequence[Mapping[str, Ends]], wished: Sequence[Mapping[str, Ends]]
) -> dict[str, Ends]:
    """The upright axis of each panel, decided once for all that a room will see.

    Args:
        groups: panels as (title, variables).
        needed: what has to fit: how far the base and the story's scenarios reach.
        wished: what fits too unless it would press the others flat: the ends of the sliders.
    """
    ranges = {}
    for title, names in groups:
        inside = [end for one in needed for name in names for end in one[name]]
        tall = _height(inside)
        for one in wished:
            ends = [end for name in names for end in one[name]]
            if _height([*inside, *ends]) <= _FAR * tall:
                inside = [*inside, *ends]
        low, high = min(0.0, *inside), max(0.0, *inside)
        room = _ROOM * (high - low)
        ranges[title] = (low - room * (low < 0), high + room) if high > low else axis_range(inside)
    return ranges


def _height(values: Sequence[float]) -> float:
    """Of an axis from zero that shows all of them."""
    return max(0.0, *values) - min(0.0, *values)
