"""Which variable moves which, and in which direction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

import numpy as np

from cpdynamics.errors import CpdynamicsError
from cpdynamics.mdl.names import canonical
from cpdynamics.system.abstract import Structure
from cpdynamics.system.bounds import Interval
from cpdynamics.system.boxes import boxes, signs_alone
from cpdynamics.system.depth import deep
from cpdynamics.system.derivatives import AT_THE_START, derivative
from cpdynamics.system.evaluating import Values, evaluate
from cpdynamics.system.expressions import (
    Expression,
    Memory,
    Number,
    Opaque,
    Operation,
    Variable,
    children,
    rebuilt,
    variables,
    walk,
)
from cpdynamics.system.intervals import Box, interval
from cpdynamics.system.lowering import System
from cpdynamics.system.turning import turning_point, turning_value

if TYPE_CHECKING:
    from pandas import DataFrame

Polarity: TypeAlias = Literal["+", "-", "0", "?"]
How: TypeAlias = Literal["differentiated", "interval", "visited"]

States: TypeAlias = Mapping[str, Values]
"""Canonical name -> the value of the variable in each state."""

LARGEST = 200_000
"""Nodes times causes of an equation; beyond this its links are left open."""

_AS_NOW = "while the others stay within what the present constants allow"
_ALL_AS_NOW = "with the present constants"
_NOISE = 1e-12
_SIGNS: dict[float, Polarity] = {-1.0: "-", 0.0: "0", 1.0: "+"}


@dataclass(frozen=True)
class Link:
    """One variable moves another.

    Attributes:
        cause: canonical name.
        effect: canonical name; a stock is moved through its rate.
        polarity: the sign of d(effect)/d(cause). ``"+"`` and ``"-"`` allow for 0 at times; ``"0"``
            is never anything else; ``"?"`` changes or is not known.
        how: ``"differentiated"``: the form of the derivative and the signs of its variables tell.
            ``"interval"``: the bounds of its variables tell. ``"visited"``: only the states of
            given runs tell. A ``"?"`` has the last that was tried.
        turns: for a ``"?"``, where the sign changes, in words.
        delayed: whether the effect follows later, through a stock, a smooth or a delay.
        note: what the polarity hangs on, where that is more than the ranges of the file.
    """

    cause: str
    effect: str
    polarity: Polarity
    how: How
    turns: str = ""
    delayed: bool = False
    note: str = ""


def links(
    system: System,
    structure: Structure,
    *,
    constants: bool = False,
    limits: Mapping[str, Interval] | None = None,
    visited: DataFrame | None = None,
) -> tuple[Link, ...]:
    """All causal links of a model, by effect in the order of the file.

    A link stands for a place in an equation. What a stock or a smooth reads at its start alone is
    no cause. A stock that its own rate reads is linked to itself.

    Args:
        system: the equations.
        structure: of the same model.
        constants: whether constants and Time are causes, too; no loop needs them.
        limits: canonical name -> bounds that go before what the file tells.
        visited: states of runs, a row each, with columns named as in the .mdl and time as the
            index. They settle what the equations leave open, and overrule what they contradict.
    """
    judge = _Judge(system, structure, limits, visited)
    with deep():
        return tuple(
            judge.link(cause, effect)
            for effect in system.equations
            for cause in _causes_of(system, effect)
            if constants or _is_endogenous(structure, cause)
        )


class _Verdict(NamedTuple):
    polarity: Polarity
    how: How
    turns: str = ""
    note: str = ""


@dataclass(frozen=True)
class _Rung:
    """One way to tell a sign: bounds to put into the derivative, and what then is said of it."""

    box: Box
    how: How
    note: str = ""


class _Judge:
    """The polarity of one link after another, from the surest ground to the least sure."""

    def __init__(
        self,
        system: System,
        structure: Structure,
        limits: Mapping[str, Interval] | None,
        visited: DataFrame | None,
    ) -> None:
        self.system, self.names = system, system.names
        allowed = boxes(system, structure, limits=limits)
        present = boxes(system, structure, limits=limits, present=True)
        # A lever at rest must not pass for a link that is not there: constants keep their ranges.
        levers = {name: allowed[name] for name in allowed if _is_constant(structure, name)}
        self.rungs = (
            _Rung(signs_alone(allowed), "differentiated"),
            _Rung(allowed, "interval"),
            _Rung({**present, **levers}, "interval", _AS_NOW),
            _Rung(present, "interval", _ALL_AS_NOW),
        )
        self.states = None if visited is None else _states(visited, structure)

    def link(self, cause: str, effect: str) -> Link:
        equations = [one.expression for one in self.system.equations[effect]]
        slopes = [_slope(one, cause) for one in equations]
        verdict = self._by_form(slopes)
        if self.states is not None:
            verdict = self._by_states(slopes, cause, self.states, verdict)
        delayed = any(_is_remembered(one, cause) for one in equations)
        return Link(
            cause, effect, verdict.polarity, verdict.how, verdict.turns, delayed, verdict.note
        )

    def _by_form(self, slopes: list[Expression]) -> _Verdict:
        for rung in self.rungs:
            polarity = _together(interval(slope, rung.box).sign() for slope in slopes)
            if polarity == "0" and not rung.note:
                return _Verdict("0", rung.how, note="it comes to nothing")
            if polarity in ("+", "-"):
                return _Verdict(polarity, rung.how, note=rung.note)
        box = self.rungs[-2].box
        mixed = [one for one in slopes if interval(one, box).sign() == "?"]
        if not mixed:
            return _Verdict("?", "interval", "differs from one subscript to another")
        return _Verdict("?", "interval", turning_point(mixed[0], box, self.names))

    def _by_states(
        self, slopes: list[Expression], cause: str, states: States, so_far: _Verdict
    ) -> _Verdict:
        """What the states say, where the form leaves it open or they contradict it."""
        try:
            signs = [np.sign(one) for slope in slopes for one in _seen(slope, states)]
        except CpdynamicsError:  # memory or subscripts inside, which no saved state tells
            return so_far
        seen = _together(_SIGNS[float(one)] for each in signs for one in np.unique(each))
        if so_far.polarity != "?" and seen in ("0", so_far.polarity):
            return so_far
        if seen == "0":
            return so_far._replace(note="no visited state shows it at work")
        if seen != "?":
            return _Verdict(seen, "visited", note="in every visited state")
        return _Verdict("?", "visited", self._turns(signs, slopes, cause, states) or so_far.turns)

    def _turns(
        self, signs: list[Values], slopes: list[Expression], cause: str, states: States
    ) -> str:
        """The value of the cause, or else of another variable, that parts the states by sign."""
        near = dict.fromkeys([cause, *(name for slope in slopes for name in variables(slope))])
        for each in signs:
            moved = each != 0
            known = {name: states[name][moved] for name in near if name in states}
            if found := turning_value(each[moved], known):
                return f"turns where {self.names.get(found[0], found[0])} passes {found[1]:.3g}"
        return ""


def _together(signs: Iterable[Polarity]) -> Polarity:
    found = set(signs) - {"0"}
    return found.pop() if len(found) == 1 else "?" if found else "0"


def _causes_of(system: System, effect: str) -> Iterable[str]:
    expressions = (one.expression for one in system.equations[effect])
    return dict.fromkeys(name for one in expressions for name in _read_later(one))


def _read_later(node: Expression) -> Iterator[str]:
    """Names that an expression reads at other times than the first."""
    if isinstance(node, Variable):
        yield node.name
    for child in _later(node):
        yield from _read_later(child)


def _later(node: Expression) -> tuple[Expression, ...]:
    if not isinstance(node, Memory):
        return children(node)
    return tuple(part for role, part in node.parts if role not in AT_THE_START)


def _is_constant(structure: Structure, name: str) -> bool:
    return structure.elements[name].kind == "constant"


def _is_endogenous(structure: Structure, name: str) -> bool:
    return structure.elements[name].kind not in ("constant", "data", "time")


def _is_remembered(node: Expression, name: str) -> bool:
    """Whether a variable moves the states of something that looks back."""
    if isinstance(node, Memory) and node.kind != "active initial":
        return name in _read_later(node)
    return any(_is_remembered(child, name) for child in children(node))


def _slope(node: Expression, name: str) -> Expression:
    if sum(1 for _ in walk(node)) * len(variables(node)) > LARGEST:
        return Opaque("a formula too long to differentiate", (node,))
    return derivative(node, name)


def _states(visited: DataFrame, structure: Structure) -> States:
    """The columns by canonical name, with time, and with what constants are if no column says."""
    count = len(visited)
    states = {
        name: np.full(count, element.value)
        for name, element in structure.elements.items()
        if element.value is not None
    }
    states["time"] = visited.index.to_numpy(dtype=float)
    return states | {canonical(str(name)): visited[name].to_numpy(float) for name in visited}


def _seen(slope: Expression, states: States) -> Iterator[Values]:
    """A slope in each state: where it has jumps once beside them and once upon them."""
    jumps = any(isinstance(one, Operation) and one.name == "impulse" for one in walk(slope))
    for height in (0.0, 1.0) if jumps else (0.0,):
        values = np.broadcast_to(evaluate(_jumping(slope, height), states), states["time"].shape)
        values = np.where(np.isfinite(values), values, 0.0)
        # A difference of two equal numbers leaves rounding, not a sign.
        noise = _NOISE * np.max(np.abs(values), initial=0.0)
        yield np.where(np.abs(values) <= noise, 0.0, values)


def _jumping(node: Expression, height: float) -> Expression:
    if isinstance(node, Operation) and node.name == "impulse":
        return Number(height)
    return rebuilt(node, lambda one: _jumping(one, height))
