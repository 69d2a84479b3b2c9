"""From PySD's abstract syntax to the few kinds of node of ``expressions``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cpdynamics.mdl.names import canonical, unquoted
from cpdynamics.system.abstract import Element, Structure
from cpdynamics.system.depth import deep
from cpdynamics.system.expressions import (
    Curve,
    Expression,
    Memory,
    Number,
    Opaque,
    Operation,
    Variable,
    children,
    depth,
    variables,
)

DEEPEST = 200
"""Levels of an expression; a deeper one becomes Opaque.

Three calls a level, as ``written`` makes them, then stay below Python's own limit of 1,000, so that
whatever reads a System may recurse without a thought.
"""


LARGEST = 20_000
"""Nodes of an expression; a larger one becomes Opaque. No hand writes so many: they come from a
SMOOTH, a DELAY or a TREND within another, each of which reads what is in it twice."""


@dataclass(frozen=True)
class Equation:
    """What a variable, or a part of a subscripted one, is equal to.

    Attributes:
        expression: the right-hand side; that of a stock is ``Memory("integ", ...)``.
        subscripts: what stands in square brackets after the name, as written; () for a scalar.
    """

    expression: Expression
    subscripts: tuple[str, ...] = ()


@dataclass(frozen=True)
class System:
    """A model as equations.

    Attributes:
        equations: canonical name -> its equations, one for each that the file gives it, in the
            order of the file. Time has none, and lookups have none: they stand as Curve where they
            are called.
        names: canonical name -> the name as written, of every variable and of time.
    """

    equations: Mapping[str, tuple[Equation, ...]]
    names: Mapping[str, str]


def lower(structure: Structure) -> System:
    """The equations of a model, to be read as PySD 3.14 computes them.

    Additions, subtractions, products and quotients go from left to right, powers from right to
    left. ``:AND:`` and ``:OR:`` are equally strong and go from right to left. The sign of a number
    that is raised to a power comes after it: ``-2 ^ 2`` and ``(-2) ^ 2`` are both -4.

    STEP, RAMP, PULSE, PULSE TRAIN and GET TIME VALUE read the clock without naming it.
    ``ACTIVE INITIAL(a, b)`` is ``Memory("active initial", (("active", a), ("initial", b)))``: it
    holds nothing, but its second part counts at the initial time alone. GAME is what stands in it.
    SMOOTH N is a ``smooth``, since PySD treats it as one. External data, arrays of numbers,
    allocation, calls of macros and of lookups with subscripts are Opaque.

    Args:
        structure: of the whole model.
    """
    reading = _Reading(structure)
    with deep():
        equations = {
            name: tuple(reading.equation(component) for component in element.components)
            for name, element in structure.elements.items()
            if element.kind not in ("time", "lookup")
        }
    return System(equations, {name: each.name for name, each in structure.elements.items()})


# PySD's class -> our kind, and the roles in the order in which they are kept.
_MEMORIES = {
    "IntegStructure": ("integ", ("flow", "initial")),
    "InitialStructure": ("initial", ("initial",)),
    "SmoothStructure": ("smooth", ("input", "smooth_time", "initial", "order")),
    "SmoothNStructure": ("smooth", ("input", "smooth_time", "initial", "order")),
    "DelayStructure": ("delay", ("input", "delay_time", "initial", "order")),
    "DelayNStructure": ("delay n", ("input", "delay_time", "initial", "order")),
    "DelayFixedStructure": ("delay fixed", ("input", "delay_time", "initial")),
    "TrendStructure": ("trend", ("input", "average_time", "initial_trend")),
    "ForecastStructure": ("forecast", ("input", "average_time", "horizon", "initial_trend")),
    "SampleIfTrueStructure": ("sample if true", ("condition", "input", "initial")),
}
_CLOCKED = Variable("time")
_OUTSIDE = {
    "DataStructure": Opaque("data", (_CLOCKED,)),
    "GetDataStructure": Opaque("external data", (_CLOCKED,)),
    "GetConstantsStructure": Opaque("external constants"),
}
_BETWEEN = {"hold_backward": "hold", "look_forward": "ahead"}


class _Reading:
    """The names of one model, by which a call of a lookup is told from one of a function."""

    def __init__(self, structure: Structure) -> None:
        self.elements = structure.elements
        self.macros = {section.name for section in structure.pysd.sections[1:]}
        self._read: dict[int, Expression] = {}

    def equation(self, component: Any) -> Equation:
        self._read = {}
        expression = self.expression(component.ast)
        nodes, size = _distinct(expression)
        if size > LARGEST:
            read = tuple(dict.fromkeys(one for one in nodes if isinstance(one, Variable)))
            expression = Opaque("a formula that repeats itself too often", read)
        elif depth(expression) > DEEPEST:
            read = tuple(Variable(name) for name in variables(expression))
            expression = Opaque("a formula nested too deeply", read)
        return Equation(expression, tuple(map(unquoted, component.subscripts[0])))

    def expression(self, node: Any) -> Expression:
        # PySD hands over one object for a SMOOTH's input and its start, and so on within it.
        if (known := self._read.get(id(node))) is None:
            known = self._read[id(node)] = self._lowered(node)
        return known

    def _lowered(self, node: Any) -> Expression:
        if isinstance(node, int | float):
            return Number(float(node))
        if isinstance(node, np.ndarray):
            return Opaque("an array of numbers")
        kind = type(node).__name__
        match kind:
            case "ReferenceStructure":
                return self._reference(node)
            case "ArithmeticStructure" | "LogicStructure":
                return _chained(node.operators, [self.expression(one) for one in node.arguments])
            case "CallStructure":
                return self._call(node)
            case "InlineLookupsStructure":
                return _curve(node.lookups, self.expression(node.argument))
            case "GameStructure":
                return self.expression(node.expression)
            case _ if kind in _MEMORIES:
                memory, roles = _MEMORIES[kind]
                parts = ((role, self.expression(getattr(node, role))) for role in roles)
                return Memory(memory, tuple(parts))
            case _ if kind in _OUTSIDE:
                return _OUTSIDE[kind]
        what = kind.removesuffix("Structure")
        return Opaque(_spaced(what), tuple(map(self.expression, vars(node).values())))

    def _reference(self, node: Any) -> Expression:
        name = canonical(node.reference)
        if name in self.elements:
            return Variable(name, _subscripts(node))
        return Opaque(name)  # a subscript that stands for its number

    def _call(self, node: Any) -> Expression:
        function = node.function.reference
        name = canonical(function)
        arguments = tuple(map(self.expression, node.arguments))
        if function in self.macros:  # first, as in PySD: a variable may bear a macro's name
            return Opaque(name, arguments)
        if name in self.elements:
            return self._lookup(self.elements[name], node.function, arguments)
        if name == "active initial":
            return Memory(name, (("active", arguments[0]), ("initial", arguments[1])))
        if name == "pulse train":  # PySD's order: start, interval, width, end
            start, interval, width, end = arguments
            arguments = (start, width, interval, end)
        return Operation(name, arguments)

    @staticmethod
    def _lookup(element: Element, called: Any, arguments: tuple[Expression, ...]) -> Expression:
        name, part = canonical(called.reference), element.components[0]
        plain = not part.subscripts[0] and not called.subscripts
        if type(part.ast).__name__ == "LookupsStructure" and plain:
            return _curve(part.ast, arguments[0], lookup=name)
        return Opaque(name, arguments, _subscripts(called))


def _distinct(expression: Expression) -> tuple[list[Expression], int]:
    """The nodes of an expression, each object once, and how many there are if each place counts."""
    nodes: list[Expression] = []
    sizes: dict[int, int] = {}
    waiting = [(expression, False)]
    while waiting:
        node, ready = waiting.pop()
        if ready:
            sizes[id(node)] = 1 + sum(sizes[id(one)] for one in children(node))
            nodes.append(node)
        elif id(node) not in sizes:
            waiting += [(node, True), *((one, False) for one in children(node))]
    return nodes, sizes[id(expression)]


def _chained(operators: list[str], arguments: list[Expression]) -> Expression:
    """The one value of ``a - b + c``: pairs from the left, or from the right for ^, and, or."""
    words = [operator.strip(":").lower() for operator in operators]
    if len(arguments) == 1:
        return Operation(words[0], tuple(arguments))
    if words[0] in ("^", "and", "or"):
        total = arguments[-1]
        for word, left in zip(reversed(words), reversed(arguments[:-1]), strict=True):
            total = _power(left, total) if word == "^" else Operation(word, (left, total))
        return total
    total, *rest = arguments
    before = ""
    for word, right in zip(words, rest, strict=True):
        together = children(total) if word == before and word in "+*" else (total,)
        total = Operation(word, (*together, right))
        before = word
    return total


def _power(base: Expression, exponent: Expression) -> Expression:
    # PySD writes the number down as it is, and Python's ** comes before its sign.
    if isinstance(base, Number) and np.signbit(base.value):
        return Operation("negative", (Operation("^", (Number(-base.value), exponent)),))
    return Operation("^", (base, exponent))


def _curve(table: Any, argument: Expression, *, lookup: str = "") -> Curve:
    x, y = (tuple(map(float, points)) for points in (table.x, table.y))
    return Curve(x, y, argument, _BETWEEN.get(table.type, "line"), lookup)


def _subscripts(node: Any) -> tuple[str, ...]:
    return tuple(node.subscripts.subscripts) if node.subscripts else ()


def _spaced(name: str) -> str:
    """``AllocateAvailable`` as ``allocate available``."""
    return "".join(_split(name)).strip().lower()


def _split(name: str) -> Iterator[str]:
    for letter in name:
        yield f" {letter}" if letter.isupper() else letter
