"""What one figure of an authority is made of."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cpdynamics.mdl.names import canonical


@dataclass(frozen=True)
class Known:
    """A figure that an authority has.

    Attributes:
        name: what it is called in a template; that of the published series where there is one.
        measure: anchors joined by " + ", and at most one " over " between two sums.
        unit: the unit of the template.
        when: the day that it is counted on, or the year that it is counted over.
        definition: a sentence on what is counted.
        sets: the anchors that it may set, the first choice first.
        variable: what a model calls it while it runs; "" where no one variable is it.
        columns: how the Department for Education's open data call it.
        second: whether a better figure for the same anchor exists; it is then only compared.
    """

    name: str
    measure: str
    unit: str
    when: str
    definition: str
    sets: tuple[str, ...]
    variable: str = ""
    columns: tuple[str, ...] = ()
    second: bool = False

    @property
    def anchors(self) -> tuple[str, ...]:
        """Every anchor that the figure is made of."""
        return tuple(re.split(r" \+ | over ", self.measure))

    @property
    def direct(self) -> bool:
        """Whether the figure is an anchor itself."""
        return self.measure == self.sets[0]

    @property
    def yearly(self) -> bool:
        """Whether it is counted over a year, and not on a day."""
        return self.when.startswith("year to ")

    @property
    def day(self) -> str:
        """The day that it is counted on, or that its year ends with."""
        return self.when.removeprefix("year to ")

    def value(self, of: Callable[[str], float]) -> float:
        """What the figure comes to, in the units of the anchors.

        Args:
            of: gives the value of an anchor.
        """
        sums = [sum(map(of, part.split(" + "))) for part in self.measure.split(" over ")]
        if len(sums) == 1:
            return sums[0]
        return sums[0] / sums[1] if sums[1] else float("nan")

    def at(self, point: Mapping[str, float]) -> float:
        """What the figure comes to where the anchors have these values.

        Args:
            point: canonical name -> value.
        """
        return self.value(lambda name: point[canonical(name)])
