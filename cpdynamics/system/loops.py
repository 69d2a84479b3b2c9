"""Feedback loops: closed ways along the links of a model."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Literal

from cpdynamics.errors import BadValue, unknown_name
from cpdynamics.mdl.names import canonical
from cpdynamics.system.graph import Link, Polarity

if TYPE_CHECKING:
    from networkx import DiGraph

_WAYS = 30
"""Ways between two names that are tried, the shortest first."""

_TRIES = 20_000
"""Ways put together before the search for a loop gives up."""


@dataclass(frozen=True)
class Loop:
    """A closed way on which no variable comes twice.

    Attributes:
        variables: canonical names, from a stock where it has one.
        links: the link out of each variable, in the same order.
    """

    variables: tuple[str, ...]
    links: tuple[Link, ...]

    @property
    def polarity(self) -> Polarity:
        """``"+"`` reinforces, ``"-"`` balances; ``"?"`` when any link may turn."""
        return product(self.links)


@dataclass(frozen=True)
class Loops:
    """The loops of a model.

    Attributes:
        loops: the shortest first.
        complete: whether these are all. If not, the shortest through each link is among them, for
            as many links as the limit says.
    """

    loops: tuple[Loop, ...]
    complete: bool


@dataclass(frozen=True)
class Found:
    """What came of looking for a loop by name.

    Attributes:
        loop: the shortest closed way through the names, or None.
        missing: why there is none, in a sentence; empty when there is one.
        others: equally short ways whose polarity differs.
    """

    loop: Loop | None
    missing: str = ""
    others: tuple[Loop, ...] = ()

    @property
    def polarity(self) -> Polarity | None:
        """That of the loop; ``"?"`` when an equally short way has another; None without a loop."""
        if self.loop is None:
            return None
        return "?" if self.others else self.loop.polarity


def find_loops(links: Iterable[Link], *, limit: int = 1_000) -> Loops:
    """The loops in a model's structure.

    Every loop by Johnson's method (1975, doi:10.1137/0204007), as far as the limit; then, if that
    was not all, the shortest through each link besides.

    Args:
        links: of the model.
        limit: how many loops to look for before it is enough.

    Raises:
        BadValue: a limit below 1.
    """
    import networkx as nx

    if limit < 1:
        raise BadValue(f"The limit on loops is {limit}.", "At least 1 was expected.")
    graph = _graph(links)
    # networkx goes through sets: numbers have the same order in every Python, names have not.
    names = list(graph)
    numbered = nx.relabel_nodes(graph, {name: place for place, name in enumerate(names)})
    cycles = list(islice(nx.simple_cycles(numbered), limit + 1))
    complete = len(cycles) <= limit
    if not complete:
        cycles = [*islice(_shortest(numbered), limit), *cycles[:limit]]
    loops = dict.fromkeys(_loop(graph, [names[place] for place in cycle]) for cycle in cycles)
    return Loops(
        tuple(sorted(loops, key=lambda one: (len(one.variables), one.variables))), complete
    )


def named_loop(
    links: Iterable[Link], through: Sequence[str], *, names: Mapping[str, str] | None = None
) -> Found:
    """The shortest closed way through some variables in the order given, and back to the first.

    Between two of them it passes none of the others, and no variable twice.

    Args:
        links: of the model.
        through: names, however written.
        names: canonical name -> as written, for messages.

    Raises:
        UnknownName: a variable that no link knows.
        BadValue: no names, or one of them twice.
    """
    graph = _graph(links)
    wanted = [canonical(name) for name in through]
    if not wanted or len(set(wanted)) < len(wanted):
        raise BadValue(
            f"A loop through {', '.join(through) or 'nothing'} cannot be looked for.",
            "At least one variable was expected, and each of them once.",
        )
    for name, key in zip(through, wanted, strict=True):
        if key not in graph:
            raise unknown_name("variable that any link joins", name, graph)
    legs = [_ways(graph, start, end, set(wanted)) for start, end in _round(wanted)]
    for leg, (start, end) in zip(legs, _round(wanted), strict=True):
        if not leg:
            return Found(None, _no_way(graph, start, end, wanted, names or {}))
    closed = _closed(legs)
    if not closed:
        listed = ", ".join(f'"{name}"' for name in through)
        return Found(
            None, f"The ways between {listed} cross: each closed one passes a place twice."
        )
    first, *rest = (_loop(graph, cycle) for cycle in sorted(closed))
    return Found(first, others=tuple(one for one in rest if one.polarity != first.polarity))


def claimed(identifier: str) -> Literal["+", "-"] | None:
    """The polarity that an id claims: ``R1`` reinforces, ``B3`` balances; None for any other.

    Args:
        identifier: as in a .toml.
    """
    letter, number = identifier[:1], identifier[1:]
    if not number[:1].isdecimal():  # a name, such as "Rework"
        return None
    return {"R": "+", "B": "-"}.get(letter.upper())  # type: ignore[return-value]


def product(links: Iterable[Link]) -> Polarity:
    """The polarity of links one after another.

    Args:
        links: in any order.
    """
    found = [link.polarity for link in links]
    if "0" in found:
        return "0"
    if "?" in found:
        return "?"
    return "-" if found.count("-") % 2 else "+"


def _graph(links: Iterable[Link]) -> DiGraph:
    """What moves what; a link that is never felt closes no loop."""
    import networkx as nx

    graph = nx.DiGraph()
    for link in links:
        if link.polarity != "0":
            graph.add_edge(link.cause, link.effect, link=link)
    return graph


def _loop(graph: DiGraph, cycle: Sequence[str]) -> Loop:
    """The loop in its one way of writing: from the stock, or else the name, that sorts first."""
    moves = [graph.edges[step]["link"] for step in _round(cycle)]
    states = [link.effect for link in moves if link.delayed]
    start = list(cycle).index(min(states or cycle))
    return Loop((*cycle[start:], *cycle[:start]), (*moves[start:], *moves[:start]))


def _round(names: Sequence[str]) -> list[tuple[str, str]]:
    """Each name with the next one, the last with the first."""
    return list(zip(names, [*names[1:], *names[:1]], strict=True))


def _shortest(graph: DiGraph) -> Iterator[list[int]]:
    """The shortest loop through each link that is in one."""
    import networkx as nx

    for part in nx.strongly_connected_components(graph):
        tied = graph.subgraph(part)
        for cause, effect in tied.edges:
            yield nx.shortest_path(tied, effect, cause)


def _ways(graph: DiGraph, start: str, end: str, names: set[str]) -> list[list[str]]:
    """Ways from one name to another past none of the rest, the shortest first, without the end."""
    import networkx as nx

    if start == end:
        if graph.has_edge(start, start):
            return [[start]]
        backs = (
            way for after in graph[start] for way in _ways(graph, after, start, {after, start})
        )
        return sorted(([start, *way] for way in backs), key=len)[:_WAYS]
    closed = names - {start, end}
    allowed = nx.DiGraph([step for step in graph.edges if not closed.intersection(step)])
    if start not in allowed or end not in allowed:
        return []
    if not nx.has_path(allowed, start, end):
        return []
    return [way[:-1] for way in islice(nx.shortest_simple_paths(allowed, start, end), _WAYS)]


def _closed(legs: list[list[list[str]]]) -> list[list[str]]:
    """The shortest ways round, one leg after another, on which nothing comes twice."""
    best: list[list[str]] = []
    tries = itertools.count()
    least = [sum(len(leg[0]) for leg in legs[place:]) for place in range(len(legs) + 1)]

    def extend(way: list[str], place: int) -> None:
        nonlocal best
        if (best and len(way) + least[place] > len(best[0])) or next(tries) > _TRIES:
            return
        if place == len(legs):
            best = [*best, way] if best and len(best[0]) == len(way) else [way]
            return
        for leg in legs[place]:
            if not set(leg) & set(way):
                extend([*way, *leg], place + 1)

    extend([], 0)
    return best


def _no_way(
    graph: DiGraph, start: str, end: str, wanted: Sequence[str], names: Mapping[str, str]
) -> str:
    """Between which two names there is no way, and whether one of the others stands in it."""
    import networkx as nx

    def shown(name: str) -> str:
        return f'"{names.get(name, name)}"'

    reason = f"Nothing leads from {shown(start)} to {shown(end)}"
    if not nx.has_path(graph, start, end):
        return f"{reason}."
    passed = [name for name in nx.shortest_path(graph, start, end)[1:-1] if name in wanted]
    return f"{reason} but past {' and '.join(map(shown, passed))}, named elsewhere in the loop."
