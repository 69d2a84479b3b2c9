"""The formulas of a model as one graph in which nothing is computed twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

WIDE = 1
"""A bit of a node's level: its value may differ from run to run, so it takes a vector."""

MOVING = 2
"""A bit of a node's level: its value may differ from step to step, so it stays in the loop."""

TRUTHS = frozenset({"lt", "le", "gt", "ge", "eq", "ne", "and", "or", "not", "nonzero"})
"""Operations that answer yes or no."""


@dataclass(frozen=True, slots=True)
class Node:
    """One value of a run.

    Attributes:
        does: what makes it: ``number``, ``input``, ``clock``, ``first``, ``series``, ``time``,
            ``saved`` (1 at a time that is saved, else 0), ``state``, ``draw`` (a uniform number at
            each time), ``first draw`` (at the start), an operation, or one of ``TRUTHS``.
        parts: the nodes that it is made of; their places in the graph.
        data: what else it is made of: the number, the name, the points of a curve.
        level: bits of ``WIDE`` and ``MOVING``.
    """

    does: str
    parts: tuple[int, ...]
    data: Any
    level: int


@dataclass(frozen=True, slots=True)
class Site:
    """A place where a run may break off.

    Attributes:
        node: whose computing may break.
        kind: ``zero`` (its second part is 0), ``power``, ``finite``, ``length`` or ``chance``
            (its first part has to be finite), or ``check`` (it has to be true).
        owner: canonical name of the variable in whose formula it stands first.
    """

    node: int
    kind: str
    owner: str


_SOURCES = {"input": WIDE, "series": MOVING, "time": MOVING, "saved": MOVING}
_SOURCES["state"] = WIDE | MOVING
_SOURCES |= {"draw": WIDE | MOVING, "first draw": WIDE}


class Graph:
    """Nodes, each there once, and each after its parts."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.sites: dict[int, Site] = {}
        self._known: dict[tuple[str, tuple[int, ...], str], int] = {}

    def make(self, does: str, *parts: int, data: Any = None) -> int:
        """The place of a node, new or known."""
        # By its text, since 0.0 and -0.0 are equal, and NaN is not even equal to itself.
        key = (does, parts, "" if data is None else repr(data))
        if (place := self._known.get(key)) is not None:
            return place
        level = _SOURCES.get(does, 0)
        for part in parts:
            level |= self.nodes[part].level
        self._known[key] = len(self.nodes)
        self.nodes.append(Node(does, parts, data, level))
        return len(self.nodes) - 1

    def number(self, value: float) -> int:
        """The place of a literal."""
        return self.make("number", data=float(value))

    def value(self, place: int) -> int:
        """The node as a number: yes is 1, no is 0."""
        return self.make("truth", place) if self.nodes[place].does in TRUTHS else place

    def test(self, place: int) -> int:
        """The node as yes or no: 0 is no, anything else, NaN too, is yes."""
        return place if self.nodes[place].does in TRUTHS else self.make("nonzero", place)

    def breaks(self, place: int, kind: str, owner: str) -> int:
        """The node, marked as a place where a run may break off."""
        self.sites.setdefault(place, Site(place, kind, owner))
        return place

    def below(self, roots: Iterable[int]) -> list[int]:
        """Everything that some nodes are made of, themselves included, parts first."""
        found: set[int] = set()
        waiting = list(roots)
        while waiting:
            place = waiting.pop()
            if place not in found:
                found.add(place)
                waiting += self.nodes[place].parts
        return sorted(found)


@dataclass(frozen=True, slots=True)
class Need:
    """When a node is asked for: at all times, or where some choices have fallen.

    Attributes:
        always: whether it is asked for in any case.
        cases: otherwise each (node, test, whether it holds): asked for where that node is, and
            the test comes out so. A test of -1 is none.
    """

    always: bool
    cases: tuple[tuple[int, int, bool], ...] = ()


def needs(graph: Graph, roots: Iterable[int]) -> dict[int, Need]:
    """For each node below some that are asked for in any case: when it is asked for.

    PySD does not compute the branch of an IF THEN ELSE that is not taken, so a division by zero
    in it breaks no run.

    Args:
        graph: of all formulas.
        roots: what is asked for in any case.
    """
    always = set(roots)
    below = graph.below(always)
    cases: dict[int, dict[tuple[int, int, bool], None]] = {}
    for place in reversed(below):  # what asks comes before what it asks for
        node = graph.nodes[place]
        chooses = node.does == "select"
        if place in always:
            always.update(node.parts[:1] if chooses else node.parts)
        for number, part in enumerate(node.parts):
            if chooses and number > 0:
                cases.setdefault(part, {})[(place, node.parts[0], number == 1)] = None
            elif place not in always:
                cases.setdefault(part, {})[(place, -1, True)] = None
    return {
        place: Need(True) if place in always else Need(False, tuple(cases[place]))
        for place in below
    }
