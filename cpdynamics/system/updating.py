"""What a DELAY FIXED and a SAMPLE IF TRUE read while PySD moves its states one after another.

PySD 3.14 moves its objects in the order of their names, and these two ask for their input only
when their turn comes. A variable that was asked for in the same step is remembered, at the value
of before; any other is then computed from states of which some have moved. At times that are saved
every variable has been asked for, so that such an input would depend on SAVEPER.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from cpdynamics.errors import Unsupported
from cpdynamics.system.expressions import (
    Expression,
    Number,
    Operation,
    Variable,
    children,
    variables,
)
from cpdynamics.system.memories import Memories, Parts

# The order in which PySD's names sort.
_RANKS = (
    *("delay", "delay fixed", "delay n", "forecast"),
    *("integ", "sample if true", "smooth", "trend"),
)


def refuse_late_reading(
    step: Mapping[str, Expression],
    parts: Parts,
    kinds: Mapping[str, str],
    names: Mapping[str, str],
) -> None:
    """Nothing, when every input is read as it was before anything moved.

    Args:
        step: name -> expression, of every variable that is no state.
        parts: the states, rings and holds.
        kinds: of each of them, which of PySD's objects keeps it.
        names: canonical -> as written.

    Raises:
        Unsupported: with the variable and what it reads too late.
    """
    if not parts.rings and not parts.holds:
        return
    # A level or an input within a variable is read anew by whoever asks; variables are remembered.
    asked = _surely_asked(step, parts) & set(names)
    for turn, ring in enumerate(parts.rings):
        moved = _moved_before("delay fixed", kinds)
        moved |= {other.name for other in parts.rings[:turn]}
        _refuse(ring.input, moved, asked, step, ring.owner, "DELAY FIXED", names)
    for turn, hold in enumerate(parts.holds):
        if kinds[hold.name] == "delay n":  # a delay time, which PySD has asked for already
            continue
        moved = _moved_before("sample if true", kinds)
        moved |= {other.name for other in parts.holds[:turn]}
        _refuse(hold.next, moved, asked, step, hold.owner, "SAMPLE IF TRUE", names)


def asked_before(
    step: Mapping[str, Expression],
    parts: Parts,
    early: Iterable[Expression],
    memories: Memories,
    names: Mapping[str, str],
) -> dict[str, Expression]:
    """Which DELAY N with a moving delay time PySD asks for its output before it moves it: 1 each.

    It moves DELAY1 and DELAY3 before DELAY N, and the rest after it. At a time that is saved it has
    asked for every variable before.

    Args:
        step: name -> expression, of every variable that is no state.
        parts: the states, rings and holds.
        early: what DELAY1 and DELAY3 ask for when they move.
        memories: of the model.
        names: canonical -> as written.

    Raises:
        Unsupported: where that depends on conditions, or on the names of variables.
    """
    found: dict[str, Expression] = {}
    owners = [owner for owner, _ in memories.rolled.values()]
    first = _read(early, step, eager)
    for before, (owner, time) in memories.rolled.items():
        others = [
            one.rate
            for one in parts.states
            # It asks for its own input when its delay times have been handed on.
            if memories.kinds[one.name] == "delay n"
            and (one.owner != owner or owners.count(owner) > 1)
        ]
        if owner in first:
            found[before] = Number(1.0)
        elif owner in _read([*early, *others, time], step, variables):
            raise Unsupported(
                f'"{names.get(owner, owner)}" has a DELAY N, with a delay time that changes during '
                "a run, that a delay or this delay time may read: PySD's answer then depends on "
                "the order in which it asks.",
                "",
                'engine="pysd" can run it.',
            )
    return found


def _read(
    nodes: Iterable[Expression],
    step: Mapping[str, Expression],
    names: Callable[[Expression], Iterable[str]],
) -> set[str]:
    """What expressions read in a step, directly or by way of other variables."""
    found: set[str] = set()
    waiting = [name for node in nodes for name in names(node)]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            if name in step:
                waiting += names(step[name])
    return found


def _moved_before(kind: str, kinds: Mapping[str, str]) -> set[str]:
    rank = _RANKS.index(kind)
    return {name for name, other in kinds.items() if _RANKS.index(other) < rank}


def _surely_asked(step: Mapping[str, Expression], parts: Parts) -> set[str]:
    """Names that the rates read at every step, whatever the conditions."""
    return _read([state.rate for state in parts.states], step, eager)


def eager(node: Expression) -> set[str]:
    """Names that are read whatever the conditions in an expression turn out to be."""
    if isinstance(node, Variable):
        return {node.name}
    if isinstance(node, Operation) and node.name == "if then else":
        condition, then, otherwise = (eager(one) for one in node.arguments)
        return condition | (then & otherwise)
    found: set[str] = set()
    for one in children(node):
        found |= eager(one)
    return found


def _refuse(
    node: Expression,
    moved: set[str],
    asked: set[str],
    step: Mapping[str, Expression],
    owner: str,
    what: str,
    names: Mapping[str, str],
) -> None:
    waiting, seen = list(variables(node)), set()
    while waiting:
        name = waiting.pop()
        if name in asked or name in seen:
            continue
        seen.add(name)
        if name in moved:
            raise Unsupported(
                f'"{names[owner]}" is a {what} that reads "{names.get(name, name)}", which nothing '
                "else reads at every step: PySD's answer then depends on SAVEPER.",
                "",
                'engine="pysd" can run it.',
            )
        if name in step:
            waiting += variables(step[name])
