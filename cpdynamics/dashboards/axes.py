"""How far the upright axes reach, so that they stay still while a slider moves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

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
_BEYOND = 0.5  # of the height of the lines: what a band may add to it above, and below
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


@dataclass(frozen=True)
class Extent:
    """The least and the greatest value of a variable.

    Attributes:
        line: of its line.
        whole: of its line and its band.
    """

    line: Ends
    whole: Ends


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
        lines = [end for one in extents for name in names for end in one[name].line]
        whole = [end for one in extents for name in names for end in one[name].whole]
        values = with_bands(lines, whole)
        # With room to spare at the start, so that most moves fit without a jump.
        spare = [] if title in keep else [1.2 * value for value in values]
        ranges[title] = axis_range([*values, *spare], keep=keep.get(title))
    return ranges


def with_bands(lines: Sequence[float], whole: Sequence[float]) -> Ends:
    """The ends of what an axis shows: all the lines, and of their bands what leaves those tall.

    On either side of the lines a band gets half the height that they need from zero, so that they
    keep at least half of the panel. Where all of them are zero there is nothing to press flat.

    Args:
        lines: values that all have to fit.
        whole: values of the bands.
    """
    low, high = min(lines), max(lines)
    beyond = _BEYOND * _height(lines) or float("inf")
    bottom, top = min(0.0, low) - beyond, max(0.0, high) + beyond
    return max(min(low, *whole), bottom), min(max(high, *whole), top)


def extent(run: Run, bands: Mapping[str, Band]) -> dict[str, Extent]:
    """How far each variable reaches.

    Args:
        run: the line.
        bands: by variable.
    """
    found = {}
    for name in map(str, run.frame.columns):
        band = bands.get(name)
        line = run.frame[name].to_numpy(dtype=float)
        edges = [band.low, band.high] if band else []
        found[name] = Extent(_ends(line), _ends(np.concatenate([line, *edges])))
    return found


def surveyed(
    show: Callable[[Scenario], Shown], scenarios: Iterable[Scenario]
) -> list[dict[str, Extent]]:
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
    groups: Groups,
    needed: Sequence[Mapping[str, Extent]],
    wished: Sequence[Mapping[str, Extent]],
) -> dict[str, Ends]:
    """The upright axis of each panel, decided once for all that a room will see.

    Args:
        groups: panels as (title, variables).
        needed: whose lines have to fit: the base and the story's scenarios.
        wished: whose lines fit too unless they would press the others flat: the ends of the
            sliders.
    """
    ranges = {}
    for title, names in groups:
        lines = [end for one in needed for name in names for end in one[name].line]
        whole = [end for one in needed for name in names for end in one[name].whole]
        tall = _height(lines)
        for one in wished:
            ends = [end for name in names for end in one[name].line]
            if _height([*lines, *ends]) <= _FAR * tall:
                lines += ends
                whole += [end for name in names for end in one[name].whole]
        inside = with_bands(lines, whole)
        low, high = min(0.0, *inside), max(0.0, *inside)
        room = _ROOM * (high - low)
        ranges[title] = (low - room * (low < 0), high + room) if high > low else axis_range(inside)
    return ranges


def _height(values: Sequence[float]) -> float:
    """Of an axis from zero that shows all of them."""
    return max(0.0, *values) - min(0.0, *values)


def _ends(values: NDArray[np.float64]) -> Ends:
    finite = values[np.isfinite(values)]
    return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
