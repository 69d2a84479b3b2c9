"""All ways round a loop that a story names."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from cpdynamics.mdl.names import canonical
from cpdynamics.system.loops import named_loop

if TYPE_CHECKING:
    from cpdynamics.story import Loop
    from cpdynamics.system.graph import Link

Step = tuple[str, str]
"""A cause and its effect, canonical."""


class Ways:
    """All ways round a named loop: through its variables in order, none of them out of turn.

    The ways counted may pass another place twice, so that a link that none of them avoids is
    surely one that no loop of this name avoids.
    """

    def __init__(
        self, graph: Mapping[str, Mapping[str, Sequence[int]]], loop: Loop, polarity: str | None
    ) -> None:
        self._loop, self._polarity = loop, polarity
        self.through = tuple(canonical(name) for name in loop.through)
        self._wanted = {"+": (1,), "-": (-1,)}.get(polarity or "", (1, -1))
        self._graph = graph
        self._legs = list(zip(self.through, [*self.through[1:], *self.through[:1]], strict=True))
        self._found: dict[tuple[int, Step | None], dict[int, tuple[Step, ...]]] = {}

    @cached_property
    def way(self) -> tuple[Step, ...]:
        """A shortest way round; empty if there is none."""
        return self._round(None)

    def through_the_same(self, stocks: Collection[str]) -> Ways:
        """Those of its ways that pass no other stock than a shortest one does.

        Args:
            stocks: canonical names of all stocks.
        """
        others = set(stocks) - {cause for cause, _ in self.way}
        graph = {
            cause: {effect: turns for effect, turns in after.items() if effect not in others}
            for cause, after in self._graph.items()
            if cause not in others
        }
        return Ways(graph, self._loop, self._polarity)

    def closes(self, cut: Step) -> bool:
        """Whether there is still a way round without a link."""
        return bool(self.way) and (cut not in self.way or bool(self._round(cut)))

    def is_opened(self, cut: Step, rest: Sequence[Link]) -> bool:
        """Whether no loop is left without a link, to the letter.

        Args:
            cut: the link.
            rest: all other links.
        """
        if not self.way or not self.closes(cut):
            return bool(self.way)
        causes = {cause for cause, _ in self.way}
        if cut not in self.way and len(causes) == len(self.way):
            return False
        # The way that is left may pass a place twice, and then is none.
        return named_loop(rest, self.through).loop is None

    def _round(self, cut: Step | None) -> tuple[Step, ...]:
        ways: dict[int, tuple[Step, ...]] = {1: ()}
        for number in range(len(self._legs)):
            longer: dict[int, tuple[Step, ...]] = {}
            for sign, way in ways.items():
                for turn, leg in self._leg(number, cut).items():
                    known = longer.get(sign * turn)
                    if known is None or len(way) + len(leg) < len(known):
                        longer[sign * turn] = (*way, *leg)
            ways = longer
        return min((ways[sign] for sign in self._wanted if sign in ways), key=len, default=())

    def _leg(self, number: int, cut: Step | None) -> dict[int, tuple[Step, ...]]:
        """For each polarity, the shortest way from one variable of the loop to the next."""
        if cut and not any(cut in way for way in self._leg(number, None).values()):
            return self._leg(number, None)
        key = (number, cut)
        if key not in self._found:
            start, end = self._legs[number]
            closed = set(self.through) - {end}
            self._found[key] = _shortest(self._graph, start, end, closed, cut)
        return self._found[key]


def _shortest(
    graph: Mapping[str, Mapping[str, Sequence[int]]],
    start: str,
    end: str,
    closed: set[str],
    cut: Step | None,
) -> dict[int, tuple[Step, ...]]:
    """For each polarity, the shortest way from one variable to another past none of some."""
    came: dict[tuple[str, int], tuple[str, int] | None] = {(start, 1): None}
    found: dict[int, tuple[Step, ...]] = {}
    near = [(start, 1)]
    for state in near:
        node, sign = state
        for after, turns in graph.get(node, {}).items():
            if after in closed or (node, after) == cut:
                continue
            for turn in turns:
                reached = (after, sign * turn)
                if after == end:
                    found.setdefault(sign * turn, (*_back(came, state), (node, after)))
                elif reached not in came:
                    came[reached] = state
                    near.append(reached)
        if len(found) == 2:
            break
    return found


def _back(
    came: Mapping[tuple[str, int], tuple[str, int] | None], state: tuple[str, int]
) -> tuple[Step, ...]:
    """The way by which a state was come to."""
    way: list[Step] = []
    while before := came[state]:
        way.append((before[0], state[0]))
        state = before
    return tuple(reversed(way))


def graph_of(links: Iterable[Link]) -> dict[str, dict[str, tuple[int, ...]]]:
    """Cause -> effect -> the signs that the link may have; what is never felt is left out."""
    signs = {"+": (1,), "-": (-1,), "?": (1, -1)}
    graph: dict[str, dict[str, tuple[int, ...]]] = {}
    for link in links:
        if link.polarity in signs:
            graph.setdefault(link.cause, {})[link.effect] = signs[link.polarity]
    return graph
