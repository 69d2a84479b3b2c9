"""Which arrays of PySD's hold truths or whole numbers: NumPy reckons with them in its own way.

Two truths add up to a truth, and cannot be subtracted; EXP of one has three digits; a whole number
to a negative whole power is an error. Where that could show, a model is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cpdynamics.system.expressions import (
    Curve,
    Expression,
    Memory,
    Number,
    Opaque,
    Operation,
    Variable,
    walk,
)
from cpdynamics.system.lowering import Equation

_TESTS = {"=", "<>", "<", "<=", ">", ">=", "and", "or", "not"}
_COARSE = {"exp", "ln", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh"} | {
    *("arcsin", "arccos", "arctan", "power"),
}
_ROUNDS = 50
_COUNTED = {"integer", "elmcount", "pulse", "pulse train", "zidz"}


class Sort(NamedTuple):
    """What the numbers of a value may be besides floating-point ones.

    Attributes:
        truth: they may be truths.
        plain: they are truths, and nothing that a run holds can change that.
        whole: they may be whole numbers of the computer's.
    """

    truth: bool = False
    plain: bool = False
    whole: bool = False


FLOAT = Sort()
WHOLE = Sort(whole=True)


def sort(node: Expression, known: Mapping[str, Sort]) -> Sort:
    """What the numbers of an expression may be.

    Args:
        node: as lowered.
        known: variable -> the same of its array; one without is of floating-point numbers.
    """
    match node:
        case Number() | Curve():
            return FLOAT
        case Variable():
            return known.get(node.name, FLOAT)
        case Opaque():
            return FLOAT if node.arguments else WHOLE
        case Memory(kind="active initial"):
            return either(*(sort(part, known) for _, part in node.parts))
        case Memory():
            kept = ("initial", "input") if node.kind in _SHOWN else ("initial",)
            found = either(*(sort(part, known) for role, part in node.parts if role in kept))
            return found._replace(plain=False)
        case Operation():
            return _of(node.name, [sort(one, known) for one in node.arguments])


_SHOWN = {"delay fixed", "sample if true"}


def sorts_of(equations: Mapping[str, Sequence[Equation]]) -> dict[str, Sort]:
    """What the array of each variable may hold besides floating-point numbers.

    Args:
        equations: variable -> its equations, as lowered.
    """
    known: dict[str, Sort] = {}
    for _ in range(_ROUNDS):
        before = dict(known)
        for name, several in equations.items():
            # Of several equations PySD makes an array of floating-point numbers.
            if len(several) == 1 and not isinstance(several[0].expression, Opaque):
                found = sort(several[0].expression, known)._replace(plain=False)
                if found != FLOAT:
                    known[name] = found
        if known == before:
            return known
    return dict.fromkeys(equations, Sort(truth=True, whole=True))


def cut_short(equations: Mapping[str, Sequence[Equation]]) -> str | None:
    """A variable with a smooth of which PySD cuts down the input of the first step; None if none.

    Its levels are of the kind of number that they begin with, so that a first 2.7 that flows into a
    level of whole numbers is a 2.

    Args:
        equations: variable -> its equations, as lowered.
    """
    begun = [
        (name, node["initial"])
        for name, several in equations.items()
        for one in several
        for node in walk(one.expression)
        if isinstance(node, Memory) and node.kind == "smooth" and node["initial"] != node["input"]
    ]
    known = sorts_of(equations) if begun else {}
    return next((name for name, initial in begun if sort(initial, known) != FLOAT), None)


def either(*sorts: Sort) -> Sort:
    """What a value may be that is one of some."""
    return Sort(
        any(one.truth for one in sorts),
        all(one.plain for one in sorts),
        any(one.whole for one in sorts),
    )


def clash(name: str, sorts: list[Sort]) -> str:
    """Why NumPy's answer for arrays is another than a person expects; "" where it is not.

    Args:
        name: of the operation.
        sorts: of its arguments, at least one an array.
    """
    truths = [one for one in sorts if one.truth]
    if name == "+" and len(truths) > 1 and not all(one.plain for one in sorts):
        return "adds what is true or false to one another"
    if (name == "-" and len(truths) > 1) or (name == "negative" and truths):
        return "subtracts what is true or false"
    if name in _COARSE and truths:
        return f"takes {name.upper()} of what is true or false"
    if name in ("^", "power") and all(one.truth or one.whole for one in sorts):
        return "raises whole numbers to whole powers"
    if name == "prod" and sorts[0].whole:
        return "multiplies many whole numbers"
    return ""


def _of(name: str, sorts: list[Sort]) -> Sort:
    if name in _TESTS:
        return Sort(truth=True, plain=True)
    if name in _COUNTED or name == "sum":
        return WHOLE
    if name == "if then else":
        return either(*sorts[1:])
    if name in ("min", "max", "abs", "vmin", "vmax"):
        return either(*sorts)
    if name == "step":
        return sorts[0]
    if name in ("+", "-", "*", "negative", "quantum", "modulo", "prod"):
        truth = all(one.truth for one in sorts) and name in ("+", "*")
        whole = all(one.truth or one.whole for one in sorts)
        return Sort(truth, truth and all(one.plain for one in sorts), whole)
    return FLOAT
