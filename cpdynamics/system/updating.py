"""What a DELAY FIXED and a SAMPLE IF TRUE read while PySD moves its states one after another.

PySD 3.14 moves its objects in the order of their names, and these two ask for their input only
when their turn comes. A variable that was asked for in the same step is remembered, at the value
of before; any other is then computed from states of which some have moved. At times that are saved
every variable has been asked for, so that such an input would depend on SAVEPER.
"""

from __future__ import annotations

from collections.abc import Mapping

from cpdynamics.errors import Unsupported
from cpdynamics.system.expressions import Expression, Operation, Variable, children, variables
from cpdynamics.system.memories import Parts

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
        moved = _moved_before("sample if true", kinds)
        moved |= {other.name for other in parts.holds[:turn]}
        _refuse(hold.next, moved, asked, step, hold.owner, "SAMPLE IF TRUE", names)


def _moved_before(kind: str, kinds: Mapping[str, str]) -> set[str]:
    rank = _RANKS.index(kind)
    return {name for name, other in kinds.items() if _RANKS.index(other) < rank}


def _surely_asked(step: Mapping[str, Expression], parts: Parts) -> set[str]:
    """Names that the rates read at every step, whatever the conditions."""
    asked: set[str] = set()
    waiting = [name for state in parts.states for name in eager(state.rate)]
    while waiting:
        name = waiting.pop()
        if name not in asked:
            asked.add(name)
            if name in step:
                waiting += eager(step[name])
    return asked


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
