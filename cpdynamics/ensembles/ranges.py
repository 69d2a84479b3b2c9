"""Which constants of a model may be drawn over their ranges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cpdynamics.mdl.names import CONTROL, canonical
from cpdynamics.model import Model

_OUTER = ("levers", "boundary")


@dataclass(frozen=True)
class Ranges:
    """The constants of a model, those of .Control left out, by what a draw may do with them.

    Attributes:
        inner: strengths, times, shares and prices -> the ends of the range in the .mdl.
        outer: the same for what reaches in from outside: the constants of groups whose name ends
            in "Levers" or "Boundary".
        without: those that have no range of two ends, such as published figures.
    """

    inner: Mapping[str, tuple[float, float]]
    outer: Mapping[str, tuple[float, float]]
    without: tuple[str, ...]

    @property
    def every(self) -> Mapping[str, tuple[float, float]]:
        """All that have a range, the inner ones first."""
        return {**self.inner, **self.outer}


def ranges(model: Model) -> Ranges:
    """The constants of a model by what a draw may do with them, in the order of the file.

    Args:
        model: from ``load``.
    """
    inner: dict[str, tuple[float, float]] = {}
    outer: dict[str, tuple[float, float]] = {}
    without: list[str] = []
    groups = {canonical(one.name): one.group for one in model.document.equations}
    for key, element in model.structure.elements.items():
        if element.kind != "constant" or key in CONTROL:
            continue
        limits = element.range
        if limits is None or limits.low is None or limits.high is None:
            without.append(element.name)
            continue
        into = outer if groups.get(key, "").casefold().endswith(_OUTER) else inner
        into[element.name] = (limits.low, limits.high)
    return Ranges(inner, outer, tuple(without))
