"""RANDOM functions: which there are, and a stream of numbers for each call of one."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator

from cpdynamics.errors import Unsupported
from cpdynamics.system.expressions import Expression, Number, Operation, rebuilt, walk

CHANCE = {"random 0 1": 0, "random uniform": 2, "random normal": 4, "random exponential": 4}
"""RANDOM functions of PySD 3.14, and how many arguments of each it reads.

The seed that may follow is not among them: PySD computes without it, whatever it is. In a program
the number of the call's stream stands in its place.
"""

STREAM_BITS = 52
"""Bits in the number of a stream: a double holds it exactly."""


def numbered(owner: str, expression: Expression, written: str) -> Expression:
    """The expression with a stream for each call of a RANDOM function.

    A stream belongs to the variable and to the place of the call in its equation. It stays the
    same whatever else is in the model, whatever is held, and whatever the run is given, so that
    two scenarios meet the same chance.

    Args:
        owner: canonical name of the variable.
        expression: any.
        written: the variable's name as written.

    Raises:
        Unsupported: a call whose arguments PySD draws more than once for one number, or takes
            apart.
    """
    return _numbered(owner, expression, written, itertools.count(1))


def _numbered(owner: str, node: Expression, written: str, places: Iterator[int]) -> Expression:
    node = rebuilt(node, lambda one: _numbered(owner, one, written, places))
    if not isinstance(node, Operation) or node.name not in CHANCE:
        return node
    arguments = node.arguments[: CHANCE[node.name]]
    _refuse_what_pysd_rewrites(node.name, arguments, written)
    return Operation(node.name, (*arguments, _stream(f"{owner}\n{next(places)}")))


def _refuse_what_pysd_rewrites(name: str, arguments: tuple[Expression, ...], written: str) -> None:
    """Nothing, when PySD reads each argument once, and as one value.

    It puts their Python into a formula with ``min - mean`` and ``max - mean`` in it, without
    brackets: of a mean a + b it makes min - a + b.
    """
    if name not in ("random normal", "random exponential"):
        return
    what = ""
    if any(map(draws, arguments)):
        what = "a RANDOM function, which PySD draws again each time that it reads the argument"
    if any(_kind_of(one) in _TRUTHS for one in arguments[:2]):
        what = "a condition as one of its bounds, which PySD takes apart"
    if name == "random normal" and _kind_of(arguments[2]) in _TRUTHS | {"+", "-"}:
        what = "a sum, a difference or a condition as its mean, which PySD takes apart"
    if what:
        raise Unsupported(
            f'"{written}" gives {name.upper()} {what}.',
            "",
            'Give the argument a variable of its own; engine="pysd" runs it as it stands.',
        )


_TRUTHS = {"=", "<>", "<", "<=", ">", ">=", "and", "or", "not"}


def _kind_of(expression: Expression) -> str:
    return expression.name if isinstance(expression, Operation) else ""


def draws(expression: Expression) -> bool:
    """Whether a RANDOM function is called in an expression itself, not in what it reads."""
    return any(isinstance(one, Operation) and one.name in CHANCE for one in walk(expression))


def again(expression: Expression, time: int = 1) -> Expression:
    """The expression with streams of its own, for where PySD computes it once more in a step.

    Args:
        expression: numbered.
        time: which of several such copies it is.
    """
    node = rebuilt(expression, lambda one: again(one, time))
    if not isinstance(node, Operation) or node.name not in CHANCE:
        return node
    return Operation(node.name, (*node.arguments[:-1], _stream(f"{stream(node)}\n{time}")))


def stream(call: Operation) -> int:
    """The number of the stream of a call that is numbered."""
    last = call.arguments[-1]
    if not isinstance(last, Number):
        raise TypeError(f"{call.name} has no stream yet")
    return int(last.value)


def _stream(text: str) -> Number:
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return Number(float(int.from_bytes(digest, "little") >> (64 - STREAM_BITS)))
