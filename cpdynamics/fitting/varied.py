"""Constants that a fit may change, each between two bounds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cpdynamics.checking import checked_constant, spelt_range
from cpdynamics.errors import BadValue, came_as, clipped, unknown_name
from cpdynamics.mdl.names import canonical
from cpdynamics.model import Model
from cpdynamics.run import several
from cpdynamics.scenario import Scenario, finite

Vary: TypeAlias = "str | Iterable[str] | Mapping[str, tuple[float, float] | None]"

MOST = 200
"""Constants at once; more are taken for a slip of the pen."""


@dataclass(frozen=True)
class Varied:
    """A constant that a fit may change.

    Attributes:
        name: as in the .mdl.
        low: the least that it may be.
        high: the most.
        start: where the first search begins.
        units: as in the .mdl.
    """

    name: str
    low: float
    high: float
    start: float
    units: str


def varied(
    model: Model, vary: Vary, start: Mapping[str, float] | None, scenario: Scenario
) -> tuple[Varied, ...]:
    """The constants to vary, in the order in which they are named.

    Args:
        model: whose constants they are.
        vary: names, or names and bounds; None for bounds is the range of the .mdl.
        start: as for ``fit``.
        scenario: what all runs have in common.

    Raises:
        UnknownName: the model lacks one.
        BadValue: it is no constant, has no bounds, or its start lies outside of them.
    """
    if isinstance(vary, Mapping):
        wanted: list[tuple[Any, Any]] = list(vary.items())
    else:
        wanted = [(name, None) for name in several(vary, "vary=")]
    if not wanted:
        raise BadValue("vary= is empty.", "One constant is the least.")
    if len(wanted) > MOST:
        raise BadValue(f"vary= names {len(wanted)} constants.", f"{MOST} is the most.")
    starts = _starts(start)
    found: dict[str, Varied] = {}
    for name, bounds in wanted:
        if not isinstance(name, str):
            raise BadValue(f"vary= names {came_as(name)}.", "The name of a constant was expected.")
        element = checked_constant(model.structure, name)
        if element.subscripts:
            raise BadValue(f'"{element.name}" has subscripts.', "A single number was expected.")
        key = canonical(name)
        if key in found:
            raise BadValue(f'vary= names "{element.name}" twice.', "", "Leave one out.")
        if key in scenario.given:
            raise BadValue(
                f'"{element.name}" is varied, and the scenario gives it a value as well.',
                "",
                "Leave one of the two out.",
            )
        low, high = _bounds(element, bounds)
        begin = starts.pop(key, None)
        if begin is None:
            own = element.value
            begin = own if own is not None and low <= own <= high else (low + high) / 2
        elif not low <= begin <= high:
            raise BadValue(
                f'start= of "{element.name}" is {begin:g}.', f"{low:g} to {high:g} was expected."
            )
        found[key] = Varied(element.name, low, high, float(begin), element.units)
    if starts:
        names = [one.name for one in found.values()]
        raise unknown_name("constant that is varied, for start=,", next(iter(starts)), names)
    return tuple(found.values())


def shares(constants: Sequence[Varied], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values as shares of the way from each lower bound to the upper one; N by P or P numbers."""
    low = np.array([one.low for one in constants])
    high = np.array([one.high for one in constants])
    ways: NDArray[np.float64] = (np.asarray(values, dtype=float) - low) / (high - low)
    return ways


def values(constants: Sequence[Varied], ways: NDArray[np.float64]) -> NDArray[np.float64]:
    """The inverse of ``shares``; never beyond a bound."""
    low = np.array([one.low for one in constants])
    high = np.array([one.high for one in constants])
    numbers: NDArray[np.float64] = low + np.asarray(ways, dtype=float) * (high - low)
    return np.clip(numbers, low, high)


def _starts(start: Mapping[str, float] | None) -> dict[str, float]:
    if start is None:
        return {}
    if not isinstance(start, Mapping):
        raise BadValue(
            f"start= is {came_as(start)}.", "A dictionary of constants and numbers was expected."
        )
    return {canonical(str(name)): finite(one, f'start "{name}"') for name, one in start.items()}


def _bounds(element: Any, given: Any) -> tuple[float, float]:
    allowed = element.range
    if given is None:
        if allowed is None or allowed.low is None or allowed.high is None:
            raise BadValue(
                f'"{element.name}" has no range of two ends in the .mdl.',
                "",
                f'Give it bounds: vary={{"{element.name}": (low, high)}}.',
            )
        given = (allowed.low, allowed.high)
    if not isinstance(given, Sequence | np.ndarray) or isinstance(given, str) or len(given) != 2:
        raise BadValue(
            f'The bounds of "{element.name}" are {clipped(given)}.', "(low, high) was expected."
        )
    low, high = (finite(end, f'a bound of "{element.name}"') for end in given)
    if not low < high:
        raise BadValue(
            f'The bounds of "{element.name}" are {low:g} and {high:g}.',
            "The first has to be less than the second.",
        )
    if allowed is not None:
        slack = 1e-9 * max(abs(low), abs(high))
        below = allowed.low is not None and low < allowed.low - slack
        above = allowed.high is not None and high > allowed.high + slack
        if below or above:
            raise BadValue(
                f'The bounds of "{element.name}" are {low:g} and {high:g}.',
                f"The .mdl allows {spelt_range(allowed)}.",
                "Choose bounds inside, or widen the range in the .mdl.",
            )
    return low, high
