"""Expressions as one list of operations, in which what is written twice stands once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from cpdynamics.engines.operations import CLOCK, ENDING, PLAIN
from cpdynamics.system.expressions import Curve, Expression, Number, Operation, Variable


@dataclass(frozen=True)
class Node:
    """One value to be computed, or given.

    Attributes:
        what: an operation, ``number``, ``given`` or ``curve``.
        parts: places of the nodes that it needs, all before its own.
        detail: the number in hexadecimal, the name of what is given, or the points of a curve.
        still: whether the value is the same throughout a run.
    """

    what: str
    parts: tuple[int, ...]
    detail: Any
    still: bool


Order: TypeAlias = tuple[int, Callable[..., Any], tuple[int, ...], bool]
"""A place, what computes it from which places, and whether that may end a run."""


class Listing:
    """Nodes in an order in which each comes after those that it needs.

    Args:
        given: name -> whether its value is the same throughout a run.
    """

    def __init__(self, given: Mapping[str, bool]) -> None:
        self.nodes: list[Node] = []
        self.owners: list[str] = []
        self.places: dict[str, int] = {}
        self._owner = ""
        self._known: dict[tuple[Any, ...], int] = {}
        for name, still in given.items():
            self.places[name] = self._node("given", (), name, still)

    def name(self, name: str, expression: Expression) -> int:
        """The place of an expression, which from now on bears a name."""
        self.places[name] = self.place(expression, owner=name)
        return self.places[name]

    def place(self, expression: Expression, *, owner: str) -> int:
        """Where the value of an expression will be.

        Args:
            expression: free of Memory and Opaque.
            owner: the variable that is to blame when it cannot be computed.
        """
        self._owner = owner
        return self._place(expression)

    def _place(self, node: Expression) -> int:
        match node:
            case Number():
                # By its bits: 0.0 and -0.0 are equal, and NaN is not.
                return self._node("number", (), float(node.value).hex(), True)
            case Variable():
                return self.places[node.name]
            case Curve():
                return self._node("curve", (self._place(node.argument),), (node.x, node.y))
            case Operation(name="+" | "*" | "-"):
                total, *rest = (self._place(one) for one in node.arguments)
                for one in rest:
                    total = self._node(node.name, (total, one))
                return total
            case Operation():
                parts = [self._place(one) for one in node.arguments]
                parts += [self.places[name] for name in CLOCK.get(node.name, ())]
                return self._node(node.name, tuple(parts))
        raise TypeError(f"a program holds no {type(node).__name__}")

    def needed(self, places: Iterable[int]) -> set[int]:
        """The places themselves, and all that they need."""
        found: set[int] = set()
        waiting = list(places)
        while waiting:
            place = waiting.pop()
            if place not in found:
                found.add(place)
                waiting += self.nodes[place].parts
        return found

    def plan(self, places: Iterable[int]) -> list[Order]:
        """How to compute the places, in order; numbers and what is given are left out."""
        found: list[Order] = []
        for place in sorted(places):
            node = self.nodes[place]
            if node.what in PLAIN:
                found.append((place, PLAIN[node.what], node.parts, False))
            elif node.what == "curve":
                found.append((place, _curve(*node.detail), node.parts, False))
            elif node.what in ENDING:
                found.append((place, ENDING[node.what][0], node.parts, True))
        return found

    def numbers(self) -> list[Any]:
        """One value a node: numbers where they stand, None elsewhere."""
        return [
            np.float64(float.fromhex(node.detail)) if node.what == "number" else None
            for node in self.nodes
        ]

    def ending(self) -> list[int]:
        """Places of the operations that may end a run."""
        return [place for place, node in enumerate(self.nodes) if node.what in ENDING]

    def _node(
        self, what: str, parts: tuple[int, ...], detail: Any = None, still: bool | None = None
    ) -> int:
        key = (what, parts, detail)
        if key not in self._known:
            if still is None:
                still = all(self.nodes[part].still for part in parts)
            self._known[key] = len(self.nodes)
            self.nodes.append(Node(what, parts, detail, still))
            self.owners.append(self._owner)
        return self._known[key]


def _curve(x: tuple[float, ...], y: tuple[float, ...]) -> Callable[[Any], Any]:
    at, values = np.asarray(x), np.asarray(y)
    return lambda place: np.interp(place, at, values)


def carried_out(plan: list[Order], values: list[Any]) -> dict[int, Any]:
    """The runs that some operation ends, by its place; the values are filled in.

    Args:
        plan: what to compute, in order.
        values: one a node; those given, and those of no plan, are there.
    """
    ended: dict[int, Any] = {}
    for place, function, parts, ends in plan:
        found = function(*[values[part] for part in parts])
        if ends:
            found, bad = found
            if bad is not None:
                ended[place] = bad
        values[place] = found
    return ended


def asked_for(
    nodes: list[Node], roots: Iterable[int], values: list[Any], ended: Mapping[int, Any]
) -> dict[int, Any]:
    """Of the runs that an operation ends, those in which PySD asks for it.

    IF THEN ELSE asks for one of its branches only.

    Args:
        nodes: all of them.
        roots: places that are asked for in every run.
        values: one a node.
        ended: place -> runs.
    """
    reach: dict[int, Any] = dict.fromkeys(roots, np.True_)
    found: dict[int, Any] = {}
    for place in range(max(reach, default=-1), -1, -1):
        if place not in reach:
            continue
        here, node = reach[place], nodes[place]
        if place in ended and np.any(really := here & ended[place]):
            found[place] = really
        if node.what == "if then else":
            true = values[node.parts[0]] != 0
            shares: tuple[Any, ...] = (here, here & true, here & np.logical_not(true))
        else:
            shares = (here,) * len(node.parts)
        for part, share in zip(node.parts, shares, strict=True):
            reach[part] = reach[part] | share if part in reach else share
    return found
