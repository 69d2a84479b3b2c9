"""From the nodes of a graph to JavaScript, each as far outside the loop as it may stand."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from cpdynamics.engines.meaning import LIBRARY_NAMES
from cpdynamics.engines.nodes import MOVING, Graph, Node

ZONES = ("entry", "step", "save")
"""Parts of a run: once; at every time; at a saved time."""

_DEEPEST = 24
"""Brackets within brackets: a browser's parser has a stack of its own."""

_SIGNS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "rem": "%"} | {
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
    "eq": "===",
    "ne": "!==",
    "and": "&&",
    "or": "||",
}
CALLS = ("min", "max", "abs", "exp", "log", "pow", "sqrt", "trunc", "sin", "cos")
"""Functions of ``Math`` with the meaning of NumPy's."""


def number(value: float) -> str:
    """The number as a literal, in brackets where it has a sign."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "(-Infinity)"
    text = repr(value).removesuffix(".0")
    return f"({text})" if text.startswith("-") else text


@dataclass(frozen=True)
class Line:
    """One line of a function.

    Attributes:
        text: an expression, or a whole statement.
        reads: places of the nodes that are named in it.
        defines: place of the node that the expression is the value of; None for a statement.
    """

    text: str
    reads: frozenset[int]
    defines: int | None = None


class JavaScript:
    """Values by their places in a graph, written where they are first needed.

    A value that is read once stands within what reads it; any other has a name, which is a letter
    and a number. Nothing of the model's own text is in it.

    Args:
        graph: the nodes.

    Attributes:
        parts: the lines of each part of a run.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.parts: dict[str, list[Line]] = {zone: [] for zone in ZONES}
        self._zones: dict[int, str] = {}
        self._texts: dict[int, str] = {}
        self._names: dict[int, frozenset[int]] = {}
        self._depths: dict[int, int] = {}
        self._times_read: Counter[int] = Counter()
        self._read_in: dict[int, str] = {}

    def given(self, place: int, text: str = "") -> None:
        """Says that a node's value is there, or the expression that it is once read from."""
        self._name(place)
        if text and place in self._zones:
            self.parts[self._zones[place]].append(Line(text, frozenset(), place))

    def plan(self, places: Iterable[int], zone: str) -> None:
        """Says what a part of the run reads; for all parts, in their order, before ``write``.

        Args:
            places: of the nodes, one for each time that they are read.
            zone: where to compute them; what does not move is computed in ``entry``.
        """
        waiting = [(place, zone) for place in places]
        while waiting:
            place, reader = waiting.pop()
            self._times_read[place] += 1
            self._read_in[place] = reader
            if place not in self._zones:
                node = self.graph.nodes[place]
                home = self._zones[place] = zone if node.level & MOVING else "entry"
                waiting += [(part, home) for part in node.parts]
                if self._twice(node):
                    self._times_read[node.parts[0]] += 1

    def write(self, places: Iterable[int]) -> None:
        """Writes what is needed for some nodes, all of which were planned for."""
        # Each just before what reads it, so that few values wait in registers.
        waiting = [(place, False) for place in places][::-1]
        while waiting:
            place, ready = waiting.pop()
            if place in self._texts:
                continue
            if ready:
                self._write(place)
            else:
                waiting.append((place, True))
                waiting += [(part, False) for part in self.graph.nodes[place].parts[::-1]]

    def text(self, place: int) -> str:
        """What stands for a node that was written."""
        return self._texts[place]

    def reads(self, *places: int) -> frozenset[int]:
        """Places of the nodes that are named in what stands for some."""
        return frozenset().union(*(self._names[place] for place in places))

    def _name(self, place: int) -> None:
        self._texts[place], self._names[place] = f"v{place}", frozenset((place,))

    def _write(self, place: int) -> None:
        node = self.graph.nodes[place]
        text, home = self._computed(node), self._zones[place]
        depth = 1 + max((self._depths.get(part, 0) for part in node.parts), default=0)
        within = self._times_read[place] == 1 and self._read_in[place] == home
        if node.does == "number" or (within and depth < _DEEPEST):
            self._texts[place], self._depths[place] = text, depth
            self._names[place] = self.reads(*node.parts)
        else:
            self.parts[home].append(Line(text, self.reads(*node.parts), place))
            self._name(place)

    def _twice(self, node: Node) -> bool:
        """Whether the text of the node has that of its first part more than once."""
        return node.does == "curve" or self._squares(node)

    def _squares(self, node: Node) -> bool:
        return node.does == "pow" and self.graph.nodes[node.parts[1]].data == 2.0

    def _power(self, node: Node) -> str:
        # Only of 1 or -1 to what may be no finite number does ECMAScript say what C does not.
        exponent = self.graph.nodes[node.parts[1]]
        return "pow" if exponent.does in ("number", "input") else "power"

    def _computed(self, node: Node) -> str:
        parts = [self._texts[part] for part in node.parts]
        match node.does:
            case "number":
                return number(node.data)
            case does if does in _SIGNS:
                return f"({parts[0]} {_SIGNS[does]} {parts[1]})"
            case "neg":
                return f"(-{parts[0]})"
            case "not":
                return f"!{parts[0]}"
            case "nonzero":
                return f"({parts[0]} !== 0)"
            case "truth":
                return f"({parts[0]} ? 1 : 0)"
            case "select":
                return f"({parts[0]} ? {parts[1]} : {parts[2]})"
            case "pow" if self._squares(node):
                return f"({parts[0]} * {parts[0]})"
            case "pow":
                return f"{self._power(node)}({parts[0]}, {parts[1]})"
            case "curve":
                return _curve(node.data[0], node.data[1], parts[0])
            case "library" if node.data in LIBRARY_NAMES:
                return f"Math.{node.data}({parts[0]})"
            case does if does in CALLS:
                return f"{does}({', '.join(parts)})"
        raise AssertionError(node.does)


def _curve(x: tuple[float, ...], y: tuple[float, ...], at: str) -> str:
    """NumPy's interp: the last point that is not beyond the value, and the slope from there."""
    first, last = number(y[0]), number(y[-1])
    if len(x) == 1:
        return first
    # Between two points at one place lies nothing; the last of them answers there. NaN is beyond
    # no point and before none, and ends where it is multiplied.
    lines = [
        f"{number((y1 - y0) / (x1 - x0))} * ({at} - {number(x0)}) + {number(y0)}"
        for x0, x1, y0, y1 in zip(x, x[1:], y, y[1:], strict=False)
        if x1 > x0
    ] or [f"0 * {at}"]
    ends = [number(x[i]) for i in range(1, len(x) - 1) if x[i + 1] > x[i] > x[0]]
    inner = _halved(lines, ends, at)
    return f"({at} < {number(x[0])} ? {first} : {at} >= {number(x[-1])} ? {last} : {inner})"


def _halved(lines: list[str], ends: list[str], at: str) -> str:
    """Which of some lines holds, found by halves; there is an end between each and the next."""
    if not ends:
        return lines[0]
    half = len(ends) // 2
    before = _halved(lines[: half + 1], ends[:half], at)
    after = _halved(lines[half + 1 :], ends[half + 1 :], at)
    return f"{at} < {ends[half]} ? {before} : {after}"
