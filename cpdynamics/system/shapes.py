"""The elements of every variable of a model, and how their columns are headed."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cpdynamics.errors import Unsupported
from cpdynamics.mdl.names import canonical
from cpdynamics.system.ranges import Ranges, Shape

if TYPE_CHECKING:
    from pysd.translators.structures.abstract_model import AbstractSection

MOST_ELEMENTS = 20_000
"""Elements of all variables of a model together; each is compiled on its own."""


class Shapes:
    """The elements of every variable of a model.

    Args:
        section: PySD's, of the model itself.
        elements: canonical name -> what ``abstract`` made of it.
    """

    def __init__(self, section: AbstractSection, elements: Mapping[str, Any]) -> None:
        self._section, self._elements = section, elements
        self._shapes: dict[str, Shape] = {}
        self._names: dict[str, Mapping[str, str]] = {}
        self._left = MOST_ELEMENTS

    @property
    def any(self) -> bool:
        """Whether the model has subscripts at all."""
        return bool(self._section.subscripts)

    @cached_property
    def ranges(self) -> Ranges:
        """The ranges; as ``Ranges`` raises."""
        return Ranges(self._section)

    def of(self, name: str) -> Shape:
        """The shape of a variable by its canonical name.

        Raises:
            Unsupported: a shape that no engine but PySD's knows, or too many elements.
        """
        element = self._elements[name]
        if name not in self._shapes:
            parts = [part.subscripts[0] for part in element.components]
            shape = Shape()
            if any(parts):
                along = [self.ranges.along(part, element.name) for part in parts]
                shape = self.ranges.merged(along, element.name)
                self._left -= shape.size
            if self._left < 0:
                raise Unsupported(
                    f"The model has more than {MOST_ELEMENTS:,} elements, of which the subscripts "
                    f'of "{element.name}" make {shape.size:,}.',
                    "This engine works with each of them on its own.",
                    'engine="pysd" may run it.',
                )
            self._shapes[name] = shape
        return self._shapes[name]

    def names(self, name: str) -> Mapping[str, str]:
        """Canonical name of each element of a variable -> as a column is headed, in order.

        Args:
            name: canonical, of the variable.
        """
        if name not in self._names:
            shape, head = self.of(name), self._elements[name].name
            if not shape.ranges:
                self._names[name] = {name: head}
            else:
                spelt = self.ranges.written
                self._names[name] = {
                    _indexed(name, members): _indexed(head, [spelt[one] for one in members])
                    for members in itertools.product(*shape.members)
                }
        return self._names[name]

    @cached_property
    def columns(self) -> Mapping[str, str]:
        """Every element of what has a value over time -> as its column is headed, in order."""
        found: dict[str, str] = {}
        for key, element in self._elements.items():
            if element.kind not in ("time", "lookup"):
                found.update(self.names(key))
        return found

    @cached_property
    def called(self) -> Mapping[str, tuple[str, ...]]:
        """Canonical name of a variable, or of one column, -> its elements."""
        found: dict[str, tuple[str, ...]] = {}
        for name, label in self.columns.items():
            found[canonical(label)] = (*found.get(canonical(label), ()), name)
        for key, element in self._elements.items():
            if element.kind not in ("time", "lookup"):
                found[key] = tuple(self.names(key))
        return found


def _indexed(name: str, members: Iterable[str]) -> str:
    return f"{name}[{','.join(members)}]"
