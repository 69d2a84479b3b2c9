"""Which element a reference with subscripts means, for each element of the left side."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from cpdynamics.errors import Unsupported
from cpdynamics.system.ranges import Shape, refused
from cpdynamics.system.unrolled import Left, Unrolling

Place: TypeAlias = Mapping[str, int]
"""Range -> which of its members, from 0; one to be reduced bears its ``!``."""

_ABSENT = "by subscripts that it does not have"


@dataclass(frozen=True)
class Way:
    """From an element of the left side to one of a variable.

    Attributes:
        shape: of the variable.
        steps: for each of its subscripts the range along which it runs, "" for none, and the
            place that each member there gives.
    """

    shape: Shape
    steps: tuple[tuple[str, tuple[int, ...]], ...]

    @property
    def over(self) -> frozenset[str]:
        """The ranges along which it runs."""
        return frozenset(by for by, _ in self.steps if by)

    def at(self, place: Place) -> int:
        """The number of the element."""
        return self.shape.flat(there[place[by]] if by else there[0] for by, there in self.steps)


class References:
    """The references in one equation.

    Args:
        under_way: the model.
        left: the equation's left side.
    """

    def __init__(self, under_way: Unrolling, left: Left) -> None:
        self._under_way, self._left = under_way, left
        self._ranges = under_way.shapes.ranges
        self.free = {name: found for name, found in left.along.items() if len(found) > 1}

    def way(self, name: str, subscripts: tuple[str, ...]) -> Way:
        """How a reference to a variable finds its element.

        Args:
            name: canonical, of the variable.
            subscripts: as written.

        Raises:
            Unsupported: subscripts that PySD would not follow, or not as a person expects.
            NotAModel: a subscript that is not defined.
        """
        shape, written = self._under_way.shapes.of(name), self._written(name)
        if len(subscripts) != len(shape.ranges):
            given = f"{len(subscripts)} of its {len(shape.ranges)} subscripts"
            raise self.refused(f'reads "{written}" with {given}')
        along = self._ranges.along(subscripts, self._left.written)
        steps: list[tuple[str, tuple[int, ...]]] = []
        for (by, taken), there in zip(along.items(), shape.members, strict=True):
            places = {member: number for number, member in enumerate(there)}
            strange = any(one not in places for one in taken)
            # As many of them in another order: PySD would take them by their places.
            if strange or (len(taken) == len(there) and taken != there):
                raise self.refused(f'reads "{written}" {_ABSENT}')
            alone = len(taken) == 1 and not by.endswith("!")
            runs = "" if alone else self._runs(by, len(taken), along)
            steps.append((runs, tuple(places[one] for one in taken)))
        way = Way(shape, tuple(steps))
        if len(way.over) < sum(1 for by, _ in steps if by):
            raise self.refused(f'reads "{written}" by one subscript in two places')
        return way

    def numbers(self, name: str) -> tuple[float, ...] | float | None:
        """What a subscript stands for in a formula: a number for each member, or one; or None.

        Args:
            name: canonical, of a range, a member or neither.

        Raises:
            Unsupported: a range along which the left side does not run.
        """
        if name not in self._ranges.members:
            return self._ranges.numbers.get(name)
        found = self._ranges.numbered(name)
        if found is None or len(self.free.get(name, ())) != len(found):
            raise self._stray(name)
        return tuple(map(float, found))

    def tables(self, name: str) -> list[Any]:
        """The points of a lookup with subscripts, for each of its elements.

        Raises:
            Unsupported: points from a file, or not one table for each element.
        """
        element, shape = self._under_way.structure.elements[name], self._under_way.shapes.of(name)
        tables: dict[int, Any] = {}
        for component in element.components:
            if type(component.ast).__name__ != "LookupsStructure" or component.subscripts[1]:
                raise self.refused(f'reads the lookup "{element.name}"')
            along = self._ranges.along(component.subscripts[0], element.name)
            for place in itertools.product(*covered(along, shape, element.name)):
                if tables.setdefault(shape.flat(place), component.ast) is not component.ast:
                    raise refused(element.name, "is given twice for one of its elements")
        if len(tables) < shape.size:
            raise refused(element.name, "is not given for every one of its elements")
        return [tables[number] for number in range(shape.size)]

    def refused(self, what: str) -> Unsupported:
        """The error for what the equation does with subscripts."""
        return refused(self._left.written, what)

    def _runs(self, name: str, length: int, along: Mapping[str, Any]) -> str:
        """The range of the left side, or the one to be reduced, along which a subscript runs."""
        if name.endswith("!"):
            if length == 1:
                written = self._ranges.written[name.removesuffix("!")]
                raise self.refused(f'reduces "{written}", which has one member')
            return name
        if name in self._left.along:
            by: str | None = name
        else:
            maps = self._ranges.maps[name]
            by = next((one for one in maps if one in self._left.along and one not in along), None)
        if by is None or len(self.free.get(by, ())) != length:
            raise self._stray(name)
        return by

    def _stray(self, name: str) -> Unsupported:
        written = self._ranges.written[name]
        return self.refused(f'runs along "{written}", which is not among its own subscripts')

    def _written(self, name: str) -> str:
        return self._under_way.structure.elements[name].name


def covered(along: Mapping[str, tuple[str, ...]], shape: Shape, where: str) -> list[list[int]]:
    """The places in a shape that each subscript of a left side covers.

    Args:
        along: what ``Ranges.along`` gave for the left side.
        shape: of the variable.
        where: the variable, for errors.

    Raises:
        Unsupported: subscripts that do not fit the shape.
    """
    found: list[list[int]] = []
    if len(along) != len(shape.members):
        raise refused(where, "leaves out a subscript")
    for taken, there in zip(along.values(), shape.members, strict=True):
        places = {member: number for number, member in enumerate(there)}
        if any(one not in places for one in taken) or (len(taken) == len(there) and taken != there):
            raise refused(where, "has equations whose subscripts do not match")
        found.append([places[one] for one in taken])
    return found
