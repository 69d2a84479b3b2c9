"""What each function of an equation means, step by step, as PySD 3.14 computes it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from cpdynamics.engines import chance
from cpdynamics.engines.nodes import Graph
from cpdynamics.errors import Unsupported
from cpdynamics.system.chance import CHANCE, stream
from cpdynamics.system.expressions import (
    NEARLY_ZERO,
    Curve,
    Expression,
    Number,
    Operation,
    Variable,
    written,
)

_TESTS = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge", "=": "eq", "<>": "ne"}
_PLAIN = {"exp": "exp", "ln": "log", "sqrt": "sqrt", "abs": "abs", "absolute": "abs"} | {
    "sin": "sin",
    "cos": "cos",
}
_LIBRARY = {name: name for name in ("sinh", "cosh", "tanh")} | {
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
}

LIBRARY_NAMES = frozenset(_LIBRARY.values())
"""Functions of the C library, called for every run on its own."""


class Meaning:
    """Formulas, put into a graph.

    Args:
        graph: takes them.
        values: canonical name -> place in the graph, of everything that a formula may read,
            ``"time"`` and ``"time step"`` included. Names may be added between two formulas.
        begins: whether the formulas are those of the start, which has draws of its own.
    """

    def __init__(self, graph: Graph, values: Mapping[str, int], *, begins: bool = False) -> None:
        self.graph, self.values = graph, values
        self._draw = "first draw" if begins else "draw"
        self.owner = ""

    def of(self, owner: str, expression: Expression) -> int:
        """The place of a formula's value.

        Args:
            owner: canonical name of the variable that it belongs to.
            expression: free of Memory, Opaque and subscripts.

        Raises:
            Unsupported: a function that is not known here.
        """
        self.owner = owner
        return self._number(expression)

    def _number(self, node: Expression) -> int:
        return self.graph.value(self._place(node))

    def _place(self, node: Expression) -> int:
        match node:
            case Number():
                return self.graph.number(node.value)
            case Variable(subscripts=()) if node.name in self.values:
                return self.values[node.name]
            case Curve(between="line"):
                return self.graph.make("curve", self._number(node.argument), data=(node.x, node.y))
            case Operation(name="and" | "or"):
                left, right = (self.graph.test(self._place(one)) for one in node.arguments)
                return self.graph.make(node.name, left, right)
            case Operation(name="not"):
                return self.graph.make("not", self.graph.test(self._place(node.arguments[0])))
            case Operation(name="if then else"):
                condition, then, otherwise = node.arguments
                test = self.graph.test(self._place(condition))
                return self.graph.make("select", test, self._number(then), self._number(otherwise))
            case Operation() if node.name in CHANCE:
                return self._chance(node)
            case Operation():
                return self._call(node, [self._number(one) for one in node.arguments])
        raise self._unknown(node)

    def _call(self, node: Operation, parts: list[int]) -> int:
        make, name = self.graph.make, node.name
        if name in ("+", "*"):
            total, *rest = parts
            for part in rest:
                total = make("add" if name == "+" else "mul", total, part)
            return total
        if name in _TESTS:
            return make(_TESTS[name], *parts)
        if name in _PLAIN:
            return make(_PLAIN[name], *parts)
        if name in _LIBRARY:
            return make("library", *parts, data=_LIBRARY[name])
        if name not in _FUNCTIONS:
            raise self._unknown(node)
        return _FUNCTIONS[name](self, *parts)

    def _chance(self, node: Operation) -> int:
        arguments = [self._number(one) for one in node.arguments[:-1]]
        uniform = self.graph.make(self._draw, data=stream(node))
        return chance.place(self.graph, node.name, arguments, uniform, self.owner)

    def _unknown(self, node: Expression) -> Unsupported:
        what = node.name.upper() if isinstance(node, Operation) else written(node)
        return Unsupported(
            f'"{self.owner}" uses {what[:80]}, which the compiled engine cannot run.',
            "",
            'engine="pysd" can.',
        )

    # One method a function; the arguments are places in the graph.

    def _minus(self, left: int, right: int) -> int:
        return self.graph.make("sub", left, right)

    def _negative(self, value: int) -> int:
        return self.graph.make("neg", value)

    def _over(self, top: int, bottom: int) -> int:
        return self.graph.breaks(self.graph.make("div", top, bottom, data="/"), "zero", self.owner)

    def _divide(self, top: int, bottom: int) -> int:
        return self.graph.make("div", top, bottom)

    def _power(self, base: int, exponent: int) -> int:
        place = self.graph.make("pow", base, exponent, data="^")
        return self.graph.breaks(place, "power", self.owner)

    def _unbroken_power(self, base: int, exponent: int) -> int:
        return self.graph.make("pow", base, exponent)

    def _min(self, left: int, right: int) -> int:
        return self.graph.make("min", left, right)

    def _max(self, left: int, right: int) -> int:
        return self.graph.make("max", left, right)

    def _log(self, value: int, base: int) -> int:
        make = self.graph.make
        return make("div", make("log", value), make("log", base))

    def _tan(self, value: int) -> int:
        make = self.graph.make
        return make("div", make("sin", value), make("cos", value))

    def _integer(self, value: int) -> int:
        return self.graph.breaks(self.graph.make("trunc", value), "finite", self.owner)

    def _quantum(self, value: int, unit: int) -> int:
        make = self.graph.make
        none = make("lt", unit, self.graph.number(NEARLY_ZERO))
        whole = make("mul", unit, self._integer(make("div", value, unit)))
        return make("select", none, value, whole)

    def _modulo(self, value: int, unit: int) -> int:
        return self.graph.make("sub", value, self._quantum(value, unit))

    def _xidz(self, top: int, bottom: int, instead: int) -> int:
        make = self.graph.make
        none = make("lt", make("abs", bottom), self.graph.number(NEARLY_ZERO))
        return make("select", none, instead, make("div", top, bottom))

    def _zidz(self, top: int, bottom: int) -> int:
        return self._xidz(top, bottom, self.graph.number(0.0))

    def _pi(self) -> int:
        return self.graph.number(math.pi)

    def _step(self, height: int, start: int) -> int:
        make, now = self.graph.make, self.values["time"]
        half = make("div", self.values["time step"], self.graph.number(2.0))
        on = make("gt", make("add", now, half), start)
        return make("mul", height, self.graph.value(on))

    def _ramp(self, slope: int, start: int, *end: int) -> int:
        make, now = self.graph.make, self.values["time"]
        on = make("gt", make("add", now, self.graph.number(NEARLY_ZERO)), start)
        last = make("min", end[0], now) if end else now
        return make("mul", make("mul", self.graph.value(on), slope), make("sub", last, start))

    def _pulse(self, start: int, width: int) -> int:
        return self.graph.value(self._single(start, width))

    def _single(self, start: int, width: int) -> int:
        make, now = self.graph.make, self.values["time"]
        early = make("le", make("sub", start, self.graph.number(NEARLY_ZERO)), now)
        return make("and", early, make("lt", now, make("add", start, width)))

    def _pulse_train(self, start: int, width: int, interval: int, end: int) -> int:
        make, now = self.graph.make, self.values["time"]
        zero = self.graph.number(0.0)
        since = make("add", make("sub", now, start), self.graph.number(NEARLY_ZERO))
        rest = make("rem", since, interval)
        # Python's remainder has the sign of the divisor; `since` is above 0 where it counts.
        turned = make("and", make("lt", interval, zero), make("gt", rest, zero))
        rest = make("select", turned, make("add", rest, interval), rest)
        during = make("and", make("le", start, now), make("lt", now, end))
        on = make("and", during, make("lt", rest, width))
        single = self.graph.value(self._single(start, width))
        return make("select", make("eq", interval, zero), single, self.graph.value(on))


_FUNCTIONS: dict[str, Callable[..., int]] = {
    "-": Meaning._minus,
    "negative": Meaning._negative,
    "/": Meaning._over,
    "divide": Meaning._divide,
    "^": Meaning._power,
    "power": Meaning._unbroken_power,
    "min": Meaning._min,
    "max": Meaning._max,
    "log": Meaning._log,
    "tan": Meaning._tan,
    "integer": Meaning._integer,
    "quantum": Meaning._quantum,
    "modulo": Meaning._modulo,
    "xidz": Meaning._xidz,
    "zidz": Meaning._zidz,
    "pi": Meaning._pi,
    "step": Meaning._step,
    "ramp": Meaning._ramp,
    "pulse": Meaning._pulse,
    "pulse train": Meaning._pulse_train,
}
