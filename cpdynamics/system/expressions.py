"""The few kinds of node that an equation is made of once PySD's syntax is lowered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

NEARLY_ZERO = 1e-6
"""What PySD 3.14.3 takes for 0 in XIDZ, ZIDZ and QUANTUM, after Vensim's manual, and how far
PULSE and RAMP look ahead."""


@dataclass(frozen=True, slots=True)
class Number:
    """A literal."""

    value: float


@dataclass(frozen=True, slots=True)
class Variable:
    """The value of a variable at the same time.

    Attributes:
        name: canonical; ``"time"`` is the time itself.
        subscripts: as written, of the reference; () for a scalar.
    """

    name: str
    subscripts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """A function of the present: arithmetic, comparison, logic or a call.

    Attributes:
        name: ``+ - * / ^ negative``, ``= <> < <= > >=``, ``and or not``, or a function by its
            Vensim name in lower case, such as ``max`` or ``if then else``.
        arguments: in the order of the file. ``+`` and ``*`` may have more than two; ``-``, ``/``
            and ``^`` have exactly two.
    """

    name: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Curve:
    """A curve through points, read at its argument and level beyond its ends.

    Attributes:
        x: places of the points, rising.
        y: values there.
        argument: where it is read.
        between: ``"line"`` joins the points; ``"hold"`` keeps the last, ``"ahead"`` takes the next.
        lookup: canonical name of the lookup that is called; "" for one written in place.
    """

    x: tuple[float, ...]
    y: tuple[float, ...]
    argument: Expression
    between: str = "line"
    lookup: str = ""


@dataclass(frozen=True, slots=True)
class Memory:
    """The output of something that has states of its own: a stock, a smooth, a delay.

    Attributes:
        kind: ``integ``, ``smooth``, ``delay``, ``delay n``, ``delay fixed``, ``trend``,
            ``forecast``, ``sample if true`` or ``initial``.
        parts: (role, expression), with the roles of PySD: ``flow``, ``input``, ``initial``,
            ``delay_time``, ``smooth_time``, ``average_time``, ``order`` and so on.
    """

    kind: str
    parts: tuple[tuple[str, Expression], ...]

    def __getitem__(self, role: str) -> Expression:
        """The expression in a role; KeyError when it has none."""
        return dict(self.parts)[role]


@dataclass(frozen=True, slots=True)
class Opaque:
    """A construct that is only known to depend on its arguments: external data, allocation.

    Attributes:
        what: its name, for a person.
        arguments: everything that it reads.
        subscripts: as written, of a lookup that is called with them.
    """

    what: str
    arguments: tuple[Expression, ...] = ()
    subscripts: tuple[str, ...] = ()


Expression: TypeAlias = Number | Variable | Operation | Curve | Memory | Opaque


def children(node: Expression) -> tuple[Expression, ...]:
    """The expressions directly below a node, in order."""
    match node:
        case Operation() | Opaque():
            return node.arguments
        case Curve():
            return (node.argument,)
        case Memory():
            return tuple(part for _, part in node.parts)
        case _:
            return ()


def walk(node: Expression) -> Iterator[Expression]:
    """The node and everything below it, itself first."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        yield one
        waiting += reversed(children(one))


def depth(node: Expression) -> int:
    """How many nodes stand above one another: 1 for a number."""
    levels, level = 0, [node]
    while level:
        levels += 1
        level = [child for one in level for child in children(one)]
    return levels


def variables(node: Expression) -> tuple[str, ...]:
    """Canonical names of all variables in an expression, each once, in order."""
    return tuple(dict.fromkeys(one.name for one in walk(node) if isinstance(one, Variable)))


def rebuilt(node: Expression, change: Callable[[Expression], Expression]) -> Expression:
    """The expression with every child replaced by ``change(child)``; the node itself stays."""
    match node:
        case Operation() | Opaque():
            return replace(node, arguments=tuple(change(one) for one in node.arguments))
        case Curve():
            return replace(node, argument=change(node.argument))
        case Memory():
            return replace(node, parts=tuple((role, change(part)) for role, part in node.parts))
        case _:
            return node


_STRENGTH = {"or": 1, "and": 1, "not": 2, "+": 4, "-": 4, "*": 5, "/": 5, "negative": 6, "^": 7}
_STRENGTH |= dict.fromkeys(("=", "<>", "<", "<=", ">", ">="), 3)
_SIGNS = {"or": ":OR:", "and": ":AND:"}


def written(node: Expression) -> str:
    """The expression as Vensim would write it, for messages and pages.

    Args:
        node: any expression.
    """
    match node:
        case Number():
            return _digits(node.value)
        case Variable():
            at = f"[{','.join(node.subscripts)}]" if node.subscripts else ""
            return f"{node.name}{at}"
        case Operation(name="negative"):
            return f"-{_inside(node.arguments[0], 7)}"
        case Operation(name="not"):
            return f":NOT: {_inside(node.arguments[0], 3)}"
        case Operation() if node.name in _STRENGTH:
            strength = _STRENGTH[node.name]
            first, *rest = node.arguments
            # a - (b - c) and a / (b / c) need their brackets; a - b - c does not. In a chain of
            # powers, of comparisons or of :AND: and :OR: each pair has its own.
            left = strength if node.name in "+-*/" else strength + 1
            parts = [_inside(first, left), *(_inside(one, strength + 1) for one in rest)]
            return f" {_SIGNS.get(node.name, node.name)} ".join(parts)
        case Operation():
            return f"{node.name.upper()}({', '.join(map(written, node.arguments))})"
        case Curve():
            if node.lookup:
                return f"{node.lookup}({written(node.argument)})"
            places = zip(map(_digits, node.x), map(_digits, node.y), strict=True)
            points = ", ".join(f"({x},{y})" for x, y in places)
            return f"WITH LOOKUP({written(node.argument)}, ({points}))"
        case Memory():
            return f"{node.kind.upper()}({', '.join(written(part) for _, part in node.parts)})"
        case Opaque():
            return f"{node.what}({', '.join(map(written, node.arguments))})"


def _digits(value: float) -> str:
    if value != value:
        return ":NA:"
    return short if float(short := f"{value:g}") == value else repr(value)


def _inside(node: Expression, strength: int) -> str:
    text = written(node)
    weak = isinstance(node, Operation) and _STRENGTH.get(node.name, 9) < strength
    return f"({text})" if weak else text
