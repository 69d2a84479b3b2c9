"""What flows into a stock and out of it, as its equation says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cpdynamics.mdl.names import canonical
from cpdynamics.run import Run
from cpdynamics.system.expressions import Expression, Memory, Number, Operation, Variable
from cpdynamics.system.lowering import System

Signed = tuple[tuple[int, Variable], ...]
"""Variables that are added up, each with +1 or -1."""


def rates_of(system: System) -> dict[str, tuple[Signed | None, ...]]:
    """For each stock the flows of each of its equations; None where a rate is a calculation.

    Args:
        system: the model.
    """
    found: dict[str, tuple[Signed | None, ...]] = {}
    for name, equations in system.equations.items():
        memories = [one.expression for one in equations]
        stocks = [one for one in memories if isinstance(one, Memory) and one.kind == "integ"]
        if stocks:
            found[name] = tuple(signed(one["flow"]) for one in stocks)
    return found


def signed(expression: Expression) -> Signed | None:
    """The variables that are added up, each with its sign; None for anything but such a sum.

    Args:
        expression: of a rate.
    """
    parts: list[tuple[int, Variable]] = []
    waiting = [(1, expression)]
    while waiting:
        sign, node = waiting.pop()
        match node:
            case Variable() if node.name != "time":
                parts.append((sign, node))
            case Operation(name="+"):
                waiting += [(sign, one) for one in reversed(node.arguments)]
            case Operation(name="-"):
                waiting += [(-sign, node.arguments[1]), (sign, node.arguments[0])]
            case Operation(name="negative"):
                waiting.append((-sign, node.arguments[0]))
            case Number(value=0):
                pass
            case _:
                return None
    return tuple(parts)


def perceptions(system: System) -> set[str]:
    """The stocks that do nothing but close the gap to what they follow: ``(goal - stock) / time``.

    They hold what somebody believes. Nothing flows into a belief, and of a debt it is negative.

    Args:
        system: the model.
    """
    found = set()
    for name, equations in system.equations.items():
        stocks = [one.expression for one in equations]
        if stocks and all(
            isinstance(one, Memory)
            and one.kind == "integ"
            and _closes_gap(_spelt_out(one["flow"], system), name)
            for one in stocks
        ):
            found.add(name)
    return found


def _spelt_out(rate: Expression, system: System) -> Expression:
    """The equation of the only flow, where the rate is no more than its name."""
    match rate:
        case Variable() if len(equations := system.equations.get(rate.name, ())) == 1:
            return equations[0].expression
    return rate


def _closes_gap(rate: Expression, stock: str) -> bool:
    match rate:
        case Operation(name="/", arguments=(gap, _)):
            return _is_gap(gap, stock)
        case Operation(name="*"):
            return any(_is_gap(one, stock) for one in rate.arguments)
    return False


def _is_gap(node: Expression, stock: str) -> bool:
    match node:
        case Operation(name="-", arguments=(_, Variable(name=own))):
            return own == stock
    return False


def columns(
    system: System, rates: Mapping[str, tuple[Signed | None, ...]], run: Run
) -> Iterator[tuple[str, list[tuple[int, str]]]]:
    """Each column of a stock in a run, with the columns of its flows and their signs.

    Left out are stocks whose rate is a calculation, or is written for some members of a range
    apart from others.

    Args:
        system: the model.
        rates: what ``rates_of`` makes of it.
        run: one of its runs, with every variable in it.
    """
    there = set(run.names)
    for column in run.names:
        name, bracket, member = column.partition("[")
        stock = canonical(name)
        if len(parts := rates.get(stock, ())) != 1 or parts[0] is None:
            continue
        place = system.equations[stock][0].subscripts
        flows = [(sign, f"{system.names[flow.name]}{bracket}{member}") for sign, flow in parts[0]]
        plain = all(flow.subscripts == place for _, flow in parts[0])
        if plain and there.issuperset(flow for _, flow in flows):
            yield column, flows
