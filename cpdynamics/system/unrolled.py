"""What the equations of a model share while each becomes one for every element."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from cpdynamics.errors import Unsupported
from cpdynamics.system.abstract import Structure
from cpdynamics.system.expressions import Expression, Variable, walk
from cpdynamics.system.lowering import System
from cpdynamics.system.truths import sorts_of

MOST_NODES = 1_000_000
"""Operations and names in all equations together, once there is one for each element."""


@dataclass
class Unrolled:
    """A model without subscripts.

    Attributes:
        equations: element, or a value that only other equations read -> its expression.
        names: element -> as a column is headed, in PySD's order.
        whole: element, or such a value -> canonical name of the variable that it is a part of;
            scalars have none.
    """

    equations: dict[str, Expression] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    whole: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Left:
    """The left side of an equation.

    Attributes:
        name: canonical, of the variable.
        written: the same as in the file.
        along: range -> the members that the equation is for.
    """

    name: str
    written: str
    along: Mapping[str, tuple[str, ...]]


class Unrolling:
    """A model while it is unrolled.

    Args:
        structure: of the whole model.
        system: what ``lower`` made of it.
        held: names of elements whose equations do not count.

    Attributes:
        found: what there is so far.
        shapes: of the model.
        sorts: variable -> which numbers its array may hold.
        macros: names of the model's macros.
    """

    def __init__(self, structure: Structure, system: System, held: Collection[str]) -> None:
        self.structure, self.system, self.held = structure, system, frozenset(held)
        self.shapes = structure.shapes
        self.sorts = sorts_of(system.equations) if self.shapes.any else {}
        self.macros = {section.name for section in structure.pysd.sections[1:]}
        self.found = Unrolled()
        self._taken = set(structure.elements)
        self._nodes = 0

    def counted(self, node: Expression, left: Left) -> Expression:
        """The expression, once there is seen to be room for it."""
        self.grow(sum(1 for _ in walk(node)), left)
        return node

    def grow(self, nodes: int, left: Left) -> None:
        """Nothing, when there is room for so many more nodes.

        Raises:
            Unsupported: there is none, with the variable for which they are.
        """
        self._nodes += nodes
        if self._nodes > MOST_NODES:
            raise Unsupported(
                f"The equations hold more than {MOST_NODES:,} operations once there is one for "
                f'each element; "{left.written}" is where it becomes too much.',
                "",
                'engine="pysd" may run it.',
            )

    def hidden(self, left: Left, what: str) -> str:
        """A name for a value of its own that only other equations read."""
        name, number = f"{left.name} ({what})", 1
        while name in self._taken:
            number += 1
            name = f"{left.name} ({what}, {number})"
        self._taken.add(name)
        return name

    def keep(self, name: str, left: Left, value: Expression) -> Variable:
        """The value under a name of its own."""
        self.found.equations[name] = self.counted(value, left)
        self.found.whole[name] = left.name
        return Variable(name)
