"""A sector that is to be joined: its text, its structure and its values at the start."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from cpdynamics.engines.reference import Reference
from cpdynamics.engines.request import Request
from cpdynamics.errors import BadValue, JoinRefused
from cpdynamics.mdl.document import Document, Equation
from cpdynamics.mdl.names import canonical, folded
from cpdynamics.system.abstract import Element, Structure, parse


@dataclass(frozen=True)
class Sector:
    """A part of the service that runs alone."""

    name: str
    document: Document
    structure: Structure

    @cached_property
    def equations(self) -> Mapping[str, tuple[Equation, ...]]:
        """Canonical name -> its equations, several where it has subscripts."""
        found: dict[str, tuple[Equation, ...]] = defaultdict(tuple)
        for equation in self.document.equations:
            found[canonical(equation.name)] += (equation,)
        return found

    @cached_property
    def drawn(self) -> frozenset[str]:
        """The canonical names that its sketch shows other than as shadows."""
        views = self.document.views
        return frozenset(canonical(word.name) for view in views for word in view.variables())

    def written(self, name: str) -> str:
        """All that the file says of a name, on one line."""
        return " ".join(folded(equation.text) for equation in self.equations[name])

    def element(self, name: str) -> Element | None:
        """The variable of a canonical name, or None."""
        return self.structure.elements.get(name)

    def start(self, names: Iterable[str]) -> dict[str, dict[str, float]]:
        """The values at the initial time when the sector runs alone.

        Args:
            names: canonical names.

        Returns:
            Canonical name -> its subscripts as ``[north]``, or "" without any -> the value.
        """
        names = tuple(names)
        numbers = {name: element.value for name in names if (element := self.element(name))}
        if all(value is not None for value in numbers.values()):
            return {name: {"": value} for name, value in numbers.items() if value is not None}
        first = Reference.load(self.document, self.structure).run(self._shortest(names)).iloc[0]
        values: dict[str, dict[str, float]] = {name: {} for name in names}
        for column, value in first.items():
            label = canonical(str(column))
            name = label if label in values else label.partition("[")[0]
            values[name][label.removeprefix(name)] = float(value)
        return values

    def _shortest(self, outputs: tuple[str, ...]) -> Request:
        """A run of one step, where the times are plain numbers; else the whole run."""
        times = [self.element(name) for name in ("initial time", "time step")]
        numbers = [element.value for element in times if element and element.value is not None]
        until = {"FINAL TIME": sum(numbers)} if len(numbers) == 2 else {}
        return Request(constants=until, outputs=outputs)


def sorted_by_name(documents: Sequence[Document]) -> list[Sector]:
    """The sectors in the order of their names, whatever the order in which they came."""
    if not documents:
        raise BadValue("There are no sectors to join.", "At least one was expected.")

    def name(document: Document) -> str:
        if document.path:
            return document.path.stem
        return document.views[0].name if document.views else "sector"

    given = sorted(documents, key=lambda document: (name(document), document.text))
    sectors: list[Sector] = []
    for document in given:
        if sectors and document.text == sectors[-1].document.text:
            raise JoinRefused(f'The sector "{sectors[-1].name}" was given twice.')
        same = sum(name(other) == name(document) for other in given[: len(sectors)])
        label = name(document) + (f" {same + 1}" if same else "")
        sectors.append(Sector(label, document, parse(document)))
    return sectors
