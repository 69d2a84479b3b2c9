"""From the nodes of a graph to instructions, each as far outside the loop as it may stand."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from cpdynamics.engines.abreast import ABREAST, joined, parted
from cpdynamics.engines.assembly import SCALAR, Assembly
from cpdynamics.engines.nodes import MOVING, TRUTHS, WIDE, Graph, Node

ZONES = ("entry", "header", "save", "advance")
"""Parts of the function: once; at every time; at a saved time; between two times."""

_ARITHMETIC = {"add": "fadd", "sub": "fsub", "mul": "fmul", "div": "fdiv", "rem": "frem"}
# Ordered: no comparison with NaN holds, but that it is different.
_TESTS = {"lt": "olt", "le": "ole", "gt": "ogt", "ge": "oge", "eq": "oeq", "ne": "une"}
_INTRINSIC = {"abs": "llvm.fabs", "sqrt": "llvm.sqrt", "trunc": "llvm.trunc"}
_OWN = {"exp", "log", "pow", "sin", "cos", "tail", "quantile"}


class Instructions:
    """Values by their places in a graph, computed where they are first needed.

    Args:
        graph: the nodes.
        lanes: runs that are computed side by side.
        teams: for some powers, those that are computed with each, itself among them.
        width: numbers in the vector that such a team shares.
        inverses: whether a division by what does not move is done by its inverse.

    Attributes:
        parts: the lines of each part of the function.
        called: the functions that they call.
        odd: masks, computed in ``entry``, of the runs that need a function without inverses.
    """

    def __init__(
        self,
        graph: Graph,
        lanes: int,
        teams: Mapping[int, tuple[int, ...]],
        *,
        width: int,
        inverses: bool = True,
    ) -> None:
        self.graph, self.code = graph, Assembly(lanes)
        self._teams, self._width = teams, width
        self._use_inverses = inverses
        self._inverses: dict[int, str] = {}
        self.odd: list[str] = []
        self.parts: dict[str, list[str]] = {zone: [] for zone in ZONES}
        self.called: set[str] = set()
        self._names: dict[tuple[int, bool], str] = {}
        self._zones: dict[int, str] = {}
        self._mask = f"<{lanes} x i1>"

    def at(self, zone: str) -> Assembly:
        """The code, to be added to in a part of the function."""
        self.code.lines = self.parts[zone]
        return self.code

    def given(self, place: int, name: str, zone: str) -> None:
        """Says under which name a node's value is there already."""
        self._names[place, bool(self.graph.nodes[place].level & WIDE)] = name
        self._zones[place] = zone

    def compute(self, places: Iterable[int], zone: str) -> None:
        """Computes nodes and what they are made of, as far as they are not there yet.

        Args:
            places: of the nodes.
            zone: where to; what does not move is computed in ``entry``.
        """
        # Each just before what needs it, so that few values wait in registers.
        waiting = [(place, False) for place in places][::-1]
        while waiting:
            place, ready = waiting.pop()
            if place in self._zones:
                continue
            node = self.graph.nodes[place]
            team = self._teams.get(place, (place,))
            if not ready:
                waiting.append((place, True))
                parts = [part for one in team for part in self.graph.nodes[one].parts]
                waiting += [(part, False) for part in parts[::-1]]
                continue
            if len(team) > 1:
                self._together(team, zone)
                continue
            home = zone if node.level & MOVING else "entry"
            self._zones[place] = home
            self.at(home)
            self._names[place, bool(node.level & WIDE)] = self._computed(node)
        self.at(zone)

    def _together(self, team: tuple[int, ...], zone: str) -> None:
        """Computes powers side by side."""
        code, lanes = self.at(zone), self._width
        values = [[self.wide(part) for part in self.graph.nodes[one].parts] for one in team]
        base, exponent = (joined(code, list(each), lanes) for each in zip(*values, strict=True))
        whole = f"<{lanes} x double>"
        self.called.add(ABREAST)
        result = code.let(f"call {whole} @{ABREAST}.pow({whole} {base}, {whole} {exponent})")
        for place, name in zip(team, parted(code, result, len(team), lanes), strict=True):
            self.given(place, name, zone)

    def wide(self, place: int) -> str:
        """The value of a computed node, as a vector or as a mask."""
        key = (place, True)
        if key not in self._names:
            node = self.graph.nodes[place]
            if node.does == "number":
                return self.code.number(float(node.data))
            before = self.code.lines
            self.at(self._zones[place])
            scalar = self._names[place, False]
            truth = node.does in TRUTHS
            self._names[key] = self._mask_of(scalar) if truth else self.code.spread(scalar)
            self.code.lines = before
        return self._names[key]

    def scalar(self, place: int) -> str:
        """The value of a computed node that is the same in all lanes."""
        return self._names[place, False]

    def _mask_of(self, bit: str) -> str:
        lanes = self.code.lanes
        one = self.code.let(f"insertelement {self._mask} poison, i1 {bit}, i32 0")
        zeros = f"<{lanes} x i32> zeroinitializer"
        return self.code.let(f"shufflevector {self._mask} {one}, {self._mask} poison, {zeros}")

    def _computed(self, node: Node) -> str:
        code, wide = self.code, bool(node.level & WIDE)
        kind = code.vector if wide else SCALAR
        truth = self._mask if wide else "i1"
        values = [self.wide(part) if wide else self.scalar(part) for part in node.parts]
        match node.does:
            case "number":
                return code.number(float(node.data), SCALAR)
            case "div" if wide and self._by_inverse(node):
                return self._divided(values[0], node.parts[1])
            case does if does in _ARITHMETIC:
                return code.binary(_ARITHMETIC[does], values[0], values[1], kind)
            case "neg":
                return code.let(f"fneg {kind} {values[0]}")
            case does if does in _TESTS:
                return code.compare(_TESTS[does], values[0], values[1], kind)
            case "nonzero":
                return code.compare("une", values[0], code.number(0.0, kind), kind)
            case "and" | "or":
                return code.let(f"{node.does} {truth} {values[0]}, {values[1]}")
            case "not":
                return code.let(f"xor {truth} {values[0]}, {'splat (i1 true)' if wide else 'true'}")
            case "truth":
                one, zero = code.number(1.0, kind), code.number(0.0, kind)
                return code.choose(values[0], one, zero, kind)
            case "select":
                return code.choose(values[0], values[1], values[2], kind)
            case "min" | "max":
                return self._extreme(node, values, kind)
            case does if does in _INTRINSIC:
                self.called.add(does)
                return code.call(_INTRINSIC[does], *values, kind=kind)
            case "draw" | "first draw":
                return self._drawn(int(node.data), starts=node.does == "first draw")
            case "curve":
                return self._curve(node, values[0], kind)
            case "library":
                return self._library(str(node.data), values[0], wide)
            case does if does in _OWN:
                return self._own(node, values, wide)
        raise AssertionError(node.does)

    def _by_inverse(self, node: Node) -> bool:
        bottom = self.graph.nodes[node.parts[1]]
        moves = bool(node.level & MOVING) and not bottom.level & MOVING
        return self._use_inverses and moves and bottom.data != 0.0

    def _divided(self, top: str, bottom: int) -> str:
        """A quotient by a divisor that does not move, correctly rounded: its inverse, corrected.

        Brisebarre, Muller and Raina, Accelerating correctly rounded floating-point division when
        the divisor is known in advance, IEEE Transactions on Computers 53 (2004), 1069-1072,
        doi:10.1109/TC.2004.37. It holds while nothing overflows or underflows on the way.
        """
        code = self.code
        inverse = self._inverse(bottom)
        first = code.mul(top, inverse)
        back = code.let(f"fneg {code.vector} {first}")
        rest = code.fma(back, self.wide(bottom), top)
        second = code.fma(rest, inverse, first)
        # Infinite or no number: the first is right then, and the second is NaN.
        return code.choose(code.compare("uno", second, second), first, second)

    def _inverse(self, place: int) -> str:
        if place not in self._inverses:
            code, before = self.code, self.code.lines
            value = self.wide(place)
            self.at("entry")
            self._inverses[place] = code.div(code.number(1.0), value)
            self.called.add("abs")
            small = code.compare("olt", code.call("llvm.fabs", value), code.number(2.0**-1000))
            there = code.compare("one", value, code.number(0.0))
            self.odd.append(code.let(f"and {self._mask} {small}, {there}"))
            code.lines = before
        return self._inverses[place]

    def _own(self, node: Node, values: list[str], wide: bool) -> str:
        """A function of ``numerics``, ``angles`` or ``normal``."""
        code = self.code
        if node.does == "pow" and self.graph.nodes[node.parts[1]].data == 2.0:
            kind = code.vector if wide else SCALAR
            return code.binary("fmul", values[0], values[0], kind)
        vectors = values if wide else [code.spread(value) for value in values]
        self.called.add(node.does)
        given = ", ".join(f"{code.vector} {value}" for value in vectors)
        result = code.let(f"call {code.vector} @cp.{node.does}({given})")
        return result if wide else code.let(f"extractelement {code.vector} {result}, i32 0")

    def _drawn(self, stream: int, *, starts: bool) -> str:
        """A uniform number a run, by the function of ``philox``."""
        code = self.code
        self.called.add("draw")
        step = "0" if starts else code.let("add i64 %i, 1")
        whole = f"<{code.lanes} x i64>"
        return code.let(
            f"call {code.vector} @cp.draw({whole} %run, i64 %seed, i64 {stream}, i64 {step})"
        )

    def _library(self, name: str, value: str, wide: bool) -> str:
        code = self.code
        self.called.add(name)
        if not wide:
            return code.let(f"call double @{name}(double {value})")
        total = "poison"
        for lane in range(code.lanes):
            one = code.let(f"extractelement {code.vector} {value}, i32 {lane}")
            one = code.let(f"call double @{name}(double {one})")
            total = code.let(f"insertelement {code.vector} {total}, double {one}, i32 {lane}")
        return total

    def _extreme(self, node: Node, values: list[str], kind: str) -> str:
        """NumPy's minimum and maximum: NaN where either is."""
        code, (left, right) = self.code, values
        test = "olt" if node.does == "min" else "ogt"
        # The second of the pair answers where they cannot be compared.
        if self._never_nan(node.parts[1]):
            left, right = right, left
        first = code.choose(code.compare(test, left, right, kind), left, right, kind)
        if any(map(self._never_nan, node.parts)):
            return first
        return code.choose(code.compare("uno", left, left, kind), left, first, kind)

    def _never_nan(self, place: int) -> bool:
        node = self.graph.nodes[place]
        return node.does == "input" or (node.does == "number" and not math.isnan(float(node.data)))

    def _curve(self, node: Node, value: str, kind: str) -> str:
        """NumPy's interp: the last point that is not beyond the value, and the slope from there."""
        code = self.code
        x, y = node.data
        if len(x) == 1:
            return code.number(y[0], kind) if kind != SCALAR else code.number(y[0], SCALAR)
        # Between two points at one place lies nothing; the last of them answers there.
        slopes = [
            (y[i + 1] - y[i]) / (x[i + 1] - x[i]) if x[i + 1] > x[i] else 0.0
            for i in range(len(x) - 1)
        ]
        low, high = code.number(x[0], kind), code.number(x[-1], kind)
        at = code.choose(code.compare("olt", value, low, kind), low, value, kind)
        at = code.choose(code.compare("ogt", at, high, kind), high, at, kind)
        found = [code.number(one, kind) for one in (x[0], y[0], slopes[0])]
        for points in zip(x[1:], y[1:], [*slopes[1:], 0.0], strict=True):
            numbers = [code.number(one, kind) for one in points]
            beyond = code.compare("oge", at, numbers[0], kind)
            found = [
                code.choose(beyond, after, before, kind)
                for after, before in zip(numbers, found, strict=True)
            ]
        place, level, slope = found
        way = code.binary("fsub", at, place, kind)
        found_at = code.binary("fadd", code.binary("fmul", slope, way, kind), level, kind)
        if x[0] < x[1]:
            return found_at
        first = code.number(y[0], kind)  # before the first place, the first of the points there
        return code.choose(code.compare("olt", value, low, kind), first, found_at, kind)
