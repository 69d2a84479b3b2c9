"""Where a division or a power ends PySD's run, and where it is infinite or NaN and goes on.

PySD computes with Python's numbers, which raise errors, until one of NumPy's comes in: the levels
of a SMOOTH or a DELAY, a WITH LOOKUP, the truth of an ``:AND:``, a RAMP. NumPy's numbers spread
through arithmetic and never raise; a function of one number makes Python's of it again. Truths of
NumPy's add up to a truth, those of Python's to a number.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from cpdynamics.errors import Unsupported
from cpdynamics.system.expressions import Curve, Expression, Operation, Variable, rebuilt
from cpdynamics.system.memories import Check, Memories, Parts

Kind: TypeAlias = frozenset[str]
"""What a value may be: ``python``, ``numpy``, or ``truth``, one of NumPy's."""

PYTHON, NUMPY, TRUTH = (frozenset({one}) for one in ("python", "numpy", "truth"))
_ROUNDS = 50
_COMPARISONS = {"=", "<>", "<", "<=", ">", ">="}


@dataclass(frozen=True)
class Marked:
    """The equations of a program with each quiet ``/`` a ``divide`` and each quiet ``^`` a
    ``power``."""

    start: Mapping[str, Expression]
    step: Mapping[str, Expression]
    memories: Parts
    checks: tuple[Check, ...]


def marked(
    start: Mapping[str, Expression],
    step: Mapping[str, Expression],
    parts: Parts,
    memories: Memories,
    elements: Collection[str] = (),
) -> Marked:
    """The equations with the divisions and powers told apart that do not end a run.

    Args:
        start: name -> expression, in order.
        step: name -> expression, in order.
        parts: what moves.
        memories: where it came from.
        elements: names of elements of arrays, whose own divisions are told apart already; who
            reads one on its own has one of Python's numbers.

    Raises:
        Unsupported: truths that are subtracted, or added where they may be of either kind.
    """
    levels = {name: NUMPY for name, kind in memories.kinds.items() if kind in _ARRAYS}
    at_start: dict[str, Kind] = {}
    for name, node in start.items():
        kind = PYTHON if name in elements else _kind(node, at_start)
        at_start[name] = levels.get(name, kind)
    kinds = _settled(at_start, step, parts, levels | dict.fromkeys(elements, PYTHON))

    def changed(owner: str, known: Mapping[str, Kind]) -> Callable[[Expression], Expression]:
        return lambda node: _changed(node, known, memories.names.get(owner, owner))

    begun = {name: changed(name, at_start)(node) for name, node in start.items()}
    return Marked(
        begun,
        {name: changed(name, kinds)(node) for name, node in step.items()},
        Parts(
            tuple(
                replace(one, initial=begun[one.name], rate=changed(one.owner, kinds)(one.rate))
                for one in parts.states
            ),
            tuple(
                replace(one, initial=begun[one.name], input=changed(one.owner, kinds)(one.input))
                for one in parts.rings
            ),
            tuple(
                replace(one, initial=begun[one.name], next=changed(one.owner, kinds)(one.next))
                for one in parts.holds
            ),
        ),
        tuple(
            replace(one, condition=changed(one.name, at_start)(one.condition))
            for one in memories.checks
        ),
    )


# Their levels lie in an array of NumPy's.
_ARRAYS = {"smooth", "delay", "delay n"}


def _settled(
    at_start: Mapping[str, Kind],
    step: Mapping[str, Expression],
    parts: Parts,
    levels: Mapping[str, Kind],
) -> dict[str, Kind]:
    """What each value may be at any time, the start included."""
    kinds: dict[str, Kind] = dict(at_start)
    for _ in range(_ROUNDS):
        for name, node in step.items():
            kinds[name] = levels.get(name) or _kind(node, kinds)
        before = dict(kinds)
        for state in parts.states:
            if state.name not in levels:
                moved = _sum(kinds[state.name], _sum(_kind(state.rate, kinds), PYTHON))
                kinds[state.name] |= moved
        for ring in parts.rings:
            kinds[ring.name] |= _kind(ring.input, kinds)
        for hold in parts.holds:
            kinds[hold.name] |= _kind(hold.next, kinds)
        if kinds == before:
            return kinds
    # A very long chain of stocks: what is not settled may be anything.
    moving = [one.name for one in parts.states]
    moving += [one.name for one in parts.rings]
    moving += [one.name for one in parts.holds]
    for name in moving:
        kinds[name] = levels.get(name, PYTHON | NUMPY)
    for name, node in step.items():
        kinds[name] = levels.get(name) or _kind(node, kinds)
    return kinds


def _kind(node: Expression, known: Mapping[str, Kind]) -> Kind:
    match node:
        case Variable():
            return known.get(node.name, PYTHON)
        case Curve(lookup=""):
            return NUMPY
        case Operation():
            return _of(node.name, [_kind(one, known) for one in node.arguments])
    return PYTHON


def _of(name: str, parts: list[Kind]) -> Kind:
    match name:
        case "+" | "*" | "-" | "/" | "^":
            total = parts[0]
            for part in parts[1:]:
                total = _sum(total, part, truths=name in "+*")
            return total
        case "negative":
            return parts[0]
        case "and" | "or" | "not":
            return TRUTH
        case "if then else":
            return parts[1] | parts[2]
        case "xidz":
            return parts[2] | _sum(parts[0], parts[1], truths=False)
        case "zidz":
            return PYTHON | _sum(parts[0], parts[1], truths=False)
        case "step":
            return _sum(parts[0], _compared(parts[1], PYTHON))
        case "ramp" | "absolute":
            return NUMPY
        case "quantum":
            return parts[0] | _sum(parts[1], PYTHON)
        case "modulo":
            return _sum(parts[0], parts[0] | _sum(parts[1], PYTHON), truths=False)
    if name in _COMPARISONS:
        return _compared(*parts)
    return PYTHON


def _sum(left: Kind, right: Kind, *, truths: bool = True) -> Kind:
    """What arithmetic makes of two values; truths that meet stay one where ``truths``."""
    found: set[str] = set()
    for one in left:
        for other in right:
            if one == other == "truth":
                found.add("truth" if truths else "numpy")
            else:
                found.add("python" if one == other == "python" else "numpy")
    return frozenset(found)


def _compared(left: Kind, right: Kind) -> Kind:
    found: set[str] = set()
    if left & right & PYTHON:
        found.add("python")
    if (left | right) - PYTHON:
        found.add("truth")
    return frozenset(found)


def _changed(node: Expression, known: Mapping[str, Kind], owner: str) -> Expression:
    parts: list[Kind] = []
    if isinstance(node, Operation):  # as it was: what has been renamed no longer tells
        parts = [_kind(one, known) for one in node.arguments]
    node = rebuilt(node, lambda one: _changed(one, known, owner))
    if not isinstance(node, Operation):
        return node
    if node.name in ("/", "^") and any(part and "python" not in part for part in parts):
        return Operation("divide" if node.name == "/" else "power", node.arguments)
    if node.name == "absolute":
        return Operation("abs", node.arguments)
    if node.name == "negative" and "truth" in parts[0]:
        raise _of_truths(owner)
    if node.name in ("+", "-"):
        return _added(node, parts, owner)
    return node


def _added(node: Operation, parts: list[Kind], owner: str) -> Expression:
    """A sum of truths as the truth that it is."""
    if sum("truth" in part for part in parts) < 2:
        return node
    if node.name == "-" or any(part != TRUTH for part in parts):
        raise _of_truths(owner)
    total = node.arguments[0]
    for one in node.arguments[1:]:
        total = Operation("or", (total, one))
    return total


def _of_truths(owner: str) -> Unsupported:
    return Unsupported(
        f'"{owner}" adds or subtracts what is true or false.',
        "PySD's own answer depends on where the truths come from.",
        'Write IF THEN ELSE(condition, 1, 0) for each; engine="pysd" runs it as it stands.',
    )
