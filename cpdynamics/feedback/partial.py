"""What each cause of a variable does to it in a step, the others staying as they were."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cpdynamics.engines.operations import CLOCK
from cpdynamics.engines.sharing import Listing, Order, carried_out
from cpdynamics.errors import Unsupported
from cpdynamics.system.expressions import (
    Curve,
    Expression,
    Number,
    Operation,
    Variable,
    variables,
    walk,
)
from cpdynamics.system.memories import SAVED
from cpdynamics.system.program import Program

Rows: TypeAlias = NDArray[np.float64]
Kind: TypeAlias = Literal["now", "state", "ring", "hold"]

LARGEST = 200_000
"""Nodes of a formula times its causes; a larger one is refused."""

_BEFORE = "Before "  # no canonical name has a capital
_SIZE = "Size "


class Formula(NamedTuple):
    """An equation as a score sees it.

    Attributes:
        name: of the effect, as the program knows it.
        owner: canonical name of the variable that it belongs to.
        kind: ``"now"`` for what follows in the same step. A ``"state"`` has its rate here, a
            ``"ring"`` what enters it, and a ``"hold"`` what it becomes a step later.
        expression: free of memory.
    """

    name: str
    owner: str
    kind: Kind
    expression: Expression


def formulas(program: Program) -> tuple[Formula, ...]:
    """Every equation of a program, each after those that it needs in the same step."""
    made = [
        Formula(name, name if name in program.names else name.rsplit(" (", 1)[0], "now", one)
        for name, one in program.step
    ]
    made += [Formula(one.name, one.owner, "state", one.rate) for one in program.states]
    made += [Formula(one.name, one.owner, "ring", one.input) for one in program.rings]
    made += [Formula(one.name, one.owner, "hold", one.next) for one in program.holds]
    return tuple(made)


def causes(formula: Formula) -> tuple[str, ...]:
    """Names that a formula reads, each once, with ``"time"`` and ``DRAWS`` where it needs them."""
    return _reads(formula.expression)


def _reads(expression: Expression) -> tuple[str, ...]:
    read = dict.fromkeys(variables(expression))
    for node in walk(expression):
        if isinstance(node, Operation):
            read |= dict.fromkeys(CLOCK.get(node.name, ()))
    return tuple(read)


def _given(listing: Listing) -> list[tuple[int, str]]:
    """Place and name of what a list of operations is given."""
    nodes = enumerate(listing.nodes)
    return [(place, str(node.detail)) for place, node in nodes if node.what == "given"]


@dataclass(frozen=True)
class Moves:
    """What moved one effect, in each of T steps.

    Attributes:
        change: by how much its formula changed.
        before: the formula's value at the step before.
        partial: M causes by T: the change that each alone would have made.
    """

    change: Rows
    before: Rows
    partial: Rows


class Partial:
    """One formula, ready to be asked what each of its causes does.

    Args:
        formula: it.
        moving: names of the M causes that are asked about.
        still: names of what else it reads, which stays the same throughout a run.

    Raises:
        Unsupported: so long a formula, with so many causes, that no page would show them.
    """

    def __init__(self, formula: Formula, moving: Sequence[str], still: Iterable[str]) -> None:
        if sum(1 for _ in walk(formula.expression)) * len(moving) > LARGEST:
            raise Unsupported(
                f'"{formula.owner}" is too long a formula to tell its {len(moving)} causes apart.',
                "",
                "Cut it into several variables.",
            )
        self.formula, self.moving = formula, tuple(moving)
        given = dict.fromkeys(still, True)
        given |= {one: False for name in self.moving for one in (name, _BEFORE + name)}
        listing = Listing(given)
        now = {name: listing.places[name] for name in self.moving}
        before = {name: listing.places[_BEFORE + name] for name in self.moving}

        def place(late: Iterable[str]) -> int:
            listing.places |= before | {name: now[name] for name in late}
            return listing.place(formula.expression, owner=formula.owner)

        self._base, self._now = place(()), place(self.moving)
        self._alone = [place((name,)) for name in self.moving]
        self._plan: list[Order] = listing.plan(range(len(listing.nodes)))
        self._given = _given(listing)
        self._numbers = listing.numbers()
        # Where a cause alone leads out of the numbers (x / 0), the others without it may not.
        rest = [place(one for one in self.moving if one != name) for name in self.moving]
        self._rest_plan = listing.plan(range(len(self._numbers), len(listing.nodes)))
        self._rest = rest
        self._more = listing.numbers()[len(self._numbers) :]

    def moves(
        self, now: Mapping[str, Any], before: Mapping[str, Any], still: Mapping[str, Any], out: Rows
    ) -> Moves:
        """What moved the effect.

        Args:
            now: name -> T values, at the end of each step.
            before: the same at its beginning.
            still: name -> value.
            out: room for the partial changes, M by T.
        """
        values = self._numbers.copy()
        for number, name in self._given:
            if name.startswith(_BEFORE):
                values[number] = before[name[len(_BEFORE) :]]
            else:
                values[number] = now[name] if name in now else still[name]
        carried_out(self._plan, values)
        base, after = values[self._base], values[self._now]
        for row, place in enumerate(self._alone):
            np.subtract(values[place], base, out=out[row])
        change = np.subtract(after, base)
        if not np.isfinite(out.sum()):
            self._without(values, after, out)
        return Moves(change, base, out)

    def _without(self, values: list[Any], after: Any, out: Rows) -> None:
        """Fills in the changes that have no value: as the others alone leave them to be made."""
        values += self._more
        carried_out(self._rest_plan, values)
        for row, place in enumerate(self._rest):
            bad = ~np.isfinite(out[row])
            instead = np.broadcast_to(after - values[place], out[row].shape)
            out[row, bad] = np.where(np.isfinite(instead[bad]), instead[bad], 0.0)


class Sizes:
    """How large the numbers are that each formula adds up, which is what its rounding goes by.

    A difference of two large numbers that are equal but for rounding is no change, however large
    it is beside itself. So the size of a difference is the sum of both, and what is in proportion
    to a difference has a size in proportion to that.

    Args:
        made: the formulas, in order.
        still: names of what stays the same throughout a run.
    """

    def __init__(self, made: Iterable[Formula], still: Iterable[str]) -> None:
        still = set(still) | {"time step", SAVED}
        auxiliaries: dict[str, Expression] = {}
        others: dict[str, Expression] = {}
        for one in made:
            if one.kind != "now":
                others[one.name] = _size(one.expression, auxiliaries)
            elif one.name not in still and _subtracts(one.expression, auxiliaries):
                auxiliaries[one.name] = _size(one.expression, auxiliaries)
        every = [*auxiliaries.values(), *others.values()]
        read = {name for one in every for name in _reads(one) if not name.startswith(_SIZE)}
        listing = Listing({name: name in still for name in sorted(read)})
        self._of: dict[str, int] = {}
        for name, expression in auxiliaries.items():
            self._of[name] = listing.name(_SIZE + name, expression)
        for name, expression in others.items():
            self._of[name] = listing.place(expression, owner=name)
        self._plan, self._numbers = listing.plan(range(len(listing.nodes))), listing.numbers()
        self._given = _given(listing)

    def at(self, values: Mapping[str, Any], still: Mapping[str, Any]) -> dict[str, Any]:
        """Name -> how large; a formula that is not there is as large as its value.

        Args:
            values: name -> T values.
            still: name -> value.
        """
        found = self._numbers.copy()
        for number, name in self._given:
            found[number] = values[name] if name in values else still[name]
        carried_out(self._plan, found)
        return {name: found[place] for name, place in self._of.items()}


def _subtracts(node: Expression, own: Mapping[str, Any]) -> bool:
    """Whether a difference, or what has a size of its own, stands in a formula's sums."""
    match node:
        case Operation(name="-" | "negative"):
            return True
        case Operation(name="+" | "*" | "/" | "divide" | "min" | "max" | "xidz" | "zidz"):
            return any(_subtracts(one, own) for one in node.arguments)
        case Operation(name="if then else"):
            return any(_subtracts(one, own) for one in node.arguments[1:])
        case Variable():
            return node.name in own
    return False


def _size(node: Expression, own: Mapping[str, Any]) -> Expression:
    match node:
        case Number():
            return Number(abs(node.value))
        case Variable() if node.name in own:
            return Variable(_SIZE + node.name)
        case Operation(name="+" | "-" | "negative"):
            parts = tuple(_size(one, own) for one in node.arguments)
            return Operation("+", parts) if len(parts) > 1 else parts[0]
        case Operation(name="*"):
            return Operation("*", tuple(_size(one, own) for one in node.arguments))
        case Operation(name="max" | "min", arguments=(left, right)):
            test = Operation(">=" if node.name == "max" else "<=", (left, right))
            sizes = (_size(one, own) for one in node.arguments)
            return Operation("if then else", (test, *sizes))
        case Operation(name="/" | "divide", arguments=(top, bottom)):
            return Operation("divide", (_size(top, own), Operation("abs", (bottom,))))
        case Operation(name="xidz" | "zidz", arguments=(top, bottom, *instead)):
            rest = (_size(one, own) for one in instead)
            return Operation(node.name, (_size(top, own), Operation("abs", (bottom,)), *rest))
        case Operation(name="if then else", arguments=(test, then, otherwise)):
            return Operation("if then else", (test, _size(then, own), _size(otherwise, own)))
        case Curve():
            return Number(max(abs(one) for one in node.y))
    return Operation("abs", (node,))
