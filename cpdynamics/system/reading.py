"""The right side of an equation, for each element of its left side."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cpdynamics.errors import Unsupported
from cpdynamics.system import reducing
from cpdynamics.system.expressions import (
    Curve,
    Expression,
    Memory,
    Number,
    Opaque,
    Operation,
    Variable,
)
from cpdynamics.system.references import Place, References
from cpdynamics.system.truths import FLOAT, Sort, clash, sort
from cpdynamics.system.unrolled import Left, Unrolling

_SCALAR_ARGUMENTS = {"pulse", "pulse train", "get time value"}


@dataclass(frozen=True)
class Part:
    """A part of a formula.

    Attributes:
        at: its expression for one element.
        over: the ranges along which it varies, those to be reduced with their ``!``.
        array: whether PySD holds it in an array, be it of one number.
    """

    at: Callable[[Place], Expression]
    over: frozenset[str] = frozenset()
    array: bool = False


class Reader:
    """The right side of one equation.

    Args:
        under_way: the model.
        left: the left side.
    """

    def __init__(self, under_way: Unrolling, left: Left) -> None:
        self._under_way, self._left = under_way, left
        self._ranges = under_way.shapes.ranges
        self._references = References(under_way, left)
        self._free = self._references.free
        self._reducing = False

    def value(self, node: Expression, ast: Any) -> Callable[[Place], Expression]:
        """The expression for each element that the equation is for.

        Args:
            node: the right side, lowered.
            ast: the same in PySD's abstract syntax, in which an array of numbers is whole.

        Raises:
            Unsupported: a use of subscripts that is not supported.
            NotAModel: a subscript that is not defined.
        """
        if isinstance(ast, np.ndarray):
            return self._numbers(ast)
        part = self._part(node)
        self._within(part)
        return part.at

    def _numbers(self, array: Any) -> Callable[[Place], Expression]:
        along = tuple(self._left.along)
        lengths = tuple(map(len, self._left.along.values()))
        if array.size != math.prod(lengths):
            raise self._refused(f"gives {array.size} numbers for {math.prod(lengths)} elements")
        table = array.reshape(lengths)
        return lambda place: Number(float(table[tuple(place[name] for name in along)]))

    def _within(self, part: Part) -> None:
        if stray := [name for name in part.over if name not in self._free]:
            written = self._ranges.written[stray[0].removesuffix("!")]
            raise self._refused(f'runs through "{written}!" outside SUM and its like')

    def _part(self, node: Expression) -> Part:
        match node:
            case Number() | Variable(name="time"):
                return _same(node)
            case Variable():
                return self._variable(node)
            case Operation(name="sum" | "prod" | "vmin" | "vmax"):
                return self._reduced(node)
            case Operation(name="elmcount", arguments=(Opaque(arguments=()) as counted,)):
                if counted.what not in self._ranges.members:
                    raise self._refused("takes ELMCOUNT of what is no subscript range")
                return _same(Number(float(len(self._ranges.members[counted.what]))))
            case Operation():
                return self._operation(node)
            case Curve():
                argument = self._part(node.argument)
                return replace(argument, at=lambda at: replace(node, argument=argument.at(at)))
            case Memory():
                return self._memory(node)
            case Opaque():
                return self._opaque(node)

    def _variable(self, node: Variable) -> Part:
        way = self._references.way(node.name, node.subscripts)
        if not way.steps:
            return _same(node)
        names = list(self._under_way.shapes.names(node.name))
        return Part(lambda place: Variable(names[way.at(place)]), way.over, bool(way.over))

    def _operation(self, node: Operation) -> Part:
        parts = [self._part(one) for one in node.arguments]
        over = frozenset[str]().union(*(part.over for part in parts))
        array, name = any(part.array for part in parts), node.name
        if name.startswith("random "):
            if self._reducing:
                raise self._refused("takes SUM or its like of chance")
            over, array = over | self._free.keys(), bool(self._left.along)
        elif array:
            if name in _SCALAR_ARGUMENTS:
                raise self._refused(f"gives {name.upper()} an argument with subscripts")
            sorts = [self._sort(one) for one in node.arguments]
            if why := clash(name, sorts):
                raise self._refused(why)
            # NumPy's: x/0 is infinite, and truths that are added are a truth.
            name = {"/": "divide", "^": "power"}.get(name, name)
            if name == "+" and sum(one.truth for one in sorts) > 1:
                return Part(lambda at: _any([part.at(at) for part in parts]), over, array)
        return Part(lambda at: Operation(name, tuple(one.at(at) for one in parts)), over, array)

    def _reduced(self, node: Operation) -> Part:
        """SUM and its like, under a name of its own, so that nothing is written out twice."""
        before, self._reducing = self._reducing, True
        part = self._part(node.arguments[0])
        self._reducing = before
        along = [f"{name}!" for name in self._ranges.members if f"{name}!" in part.over]
        if not along:
            raise self._refused(f'takes {node.name.upper()} of what has no subscript with "!"')
        if why := clash(node.name, [self._sort(node.arguments[0])]):
            raise self._refused(why)
        rest = sorted(part.over.difference(along))
        sure, name = self._sure(node.arguments[0]), self._under_way.hidden(self._left, node.name)
        turns = [range(len(self._ranges.members[one.removesuffix("!")])) for one in along]
        known: dict[tuple[int, ...], Variable] = {}

        def at(place: Place) -> Expression:
            where = tuple(place[one] for one in rest)
            if where not in known:
                self._under_way.grow(math.prod(map(len, turns)), self._left)
                terms = [
                    part.at({**place, **dict(zip(along, turn, strict=True))})
                    for turn in itertools.product(*turns)
                ]
                value = reducing.reduced(node.name, terms, sure=sure)
                key = f"{name}[{','.join(map(str, where))}]" if rest else name
                known[where] = self._under_way.keep(key, self._left, value)
            return known[where]

        return Part(at, frozenset(rest), bool(rest))

    def _sure(self, node: Expression) -> bool:
        """Whether a value is no NaN unless the run fails for it: a constant, or a stock."""
        if not isinstance(node, Variable) or node.name == "time":
            return False
        asts = [one.ast for one in self._under_way.structure.elements[node.name].components]
        return all(
            bool(np.isfinite(ast).all())
            if isinstance(ast, int | float | np.ndarray)
            else type(ast).__name__ == "IntegStructure"
            for ast in asts
        )

    def _memory(self, node: Memory) -> Part:
        parts = [(role, self._part(one)) for role, one in node.parts]
        over = frozenset[str]().union(*(part.over for _, part in parts))
        array = any(part.array for _, part in parts)

        def at(place: Place) -> Memory:
            return Memory(node.kind, tuple((role, part.at(place)) for role, part in parts))

        if node.kind == "active initial":
            return Part(at, over, array)
        if self._reducing:
            raise self._refused(f"takes SUM or its like of {node.kind.upper()}")
        for role, part in parts:
            self._within(part)
            alone = role == "order" or (node.kind, role) == ("delay fixed", "delay_time")
            if part.array and (alone or not self._left.along):
                raise self._refused(f"gives {node.kind.upper()} subscripts where it takes none")
        if not self._left.along:
            return Part(at)
        if node.kind == "smooth" and self._sort(node["initial"]) != FLOAT:
            # PySD cuts the input of the first step down to the kind of number that it began with.
            raise self._refused("begins a smooth at what may be true or false, or a whole number")
        if node.kind in ("delay", "delay n") and (time := dict(parts)["delay_time"]).over:
            return Part(self._of_one_order(at, time), frozenset(self._free), array=True)
        return Part(at, frozenset(self._free), array=True)

    def _of_one_order(
        self, delay: Callable[[Place], Memory], time: Part
    ) -> Callable[[Place], Expression]:
        """The delay of each element, with the shortest time of all delays beside it."""
        name = self._under_way.hidden(self._left, "shortest delay")
        along = self._left.along
        turns = itertools.product(*(range(len(members)) for members in along.values()))
        times = [time.at(dict(zip(along, turn, strict=True))) for turn in turns]
        least = self._under_way.keep(name, self._left, reducing.least(times))

        def at(place: Place) -> Expression:
            one = delay(place)
            return replace(one, parts=(*one.parts, ("shortest", least)))

        return at

    def _opaque(self, node: Opaque) -> Part:
        called = self._under_way.structure.elements.get(node.what)
        if called is not None and called.kind == "lookup":
            if node.what not in self._under_way.macros:
                return self._curve(node)
        elif not node.arguments and (found := self._references.numbers(node.what)) is not None:
            if isinstance(found, tuple):
                by, numbers = node.what, found
                return Part(lambda at: Number(numbers[at[by]]), frozenset((by,)), array=True)
            return _same(Number(float(found)))
        return _same(node)

    def _curve(self, node: Opaque) -> Part:
        """A call of a lookup that has subscripts."""
        way = self._references.way(node.what, node.subscripts)
        argument, tables = self._part(node.arguments[0]), self._references.tables(node.what)
        followed = tuple(by for by, _ in way.steps) == way.shape.ranges
        if (argument.array or way.over) and not followed:
            written = self._under_way.structure.elements[node.what].name
            raise self._refused(f'reads the lookup "{written}" by a part of its subscripts')

        def at(place: Place) -> Expression:
            table = tables[way.at(place)]
            x, y = (tuple(map(float, points)) for points in (table.x, table.y))
            return Curve(x, y, argument.at(place), lookup=node.what)

        return Part(at, way.over | argument.over, argument.array or bool(way.over))

    def _sort(self, node: Expression) -> Sort:
        return sort(node, self._under_way.sorts)

    def _refused(self, what: str) -> Unsupported:
        return self._references.refused(what)


def _same(node: Expression) -> Part:
    return Part(lambda _: node)


def _any(truths: list[Expression]) -> Expression:
    total, *rest = truths
    for one in rest:
        total = Operation("or", (total, one))
    return total
