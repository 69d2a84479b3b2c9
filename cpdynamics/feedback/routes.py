"""Shortest ways along the links of a model."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cpdynamics.feedback.coverage import Web

if TYPE_CHECKING:
    from scipy.sparse import csr_array

_AT_ONCE = 1_000
"""Names up to which the ways from all of them are found in one go: N x N numbers."""


class Routes:
    """The shortest ways between the names that lie in loops, by Dijkstra's method.

    Args:
        web: the links.
        costs: L of them, none below 0.
    """

    def __init__(self, web: Web, costs: NDArray[np.float64]) -> None:
        self.web, self.costs = web, costs
        self._before: dict[int, list[int]] = {}

    def way(self, start: int, end: int) -> list[int]:
        """The names from a start to an end, both included; they lie in one part.

        Args:
            start: number of a name.
            end: number of a name.
        """
        return _back(self._from(start), start, end)

    def round_about(self, start: int, end: int, without: Sequence[int]) -> list[int]:
        """The names from a start to an end past none of some names; nothing for no way.

        Args:
            start: number of a name.
            end: number of a name.
            without: numbers of names.
        """
        from scipy.sparse.csgraph import dijkstra

        barred = np.zeros(len(self.web.names), dtype=bool)
        barred[list(without)] = True
        shut = barred[self.web.cause] | barred[self.web.effect]
        graph = self._graph
        kept, graph.data = graph.data, np.where(shut[_layout(self.web)[0]], np.inf, graph.data)
        lengths, before = dijkstra(graph, indices=start, return_predecessors=True)
        graph.data = kept
        return _back(before.tolist(), start, end) if np.isfinite(lengths[end]) else []

    @functools.cached_property
    def _graph(self) -> csr_array:
        from scipy.sparse import csr_array

        order, effects, starts = _layout(self.web)
        shape = (len(self.web.names),) * 2
        return csr_array((self.costs[order], effects, starts), shape=shape)

    def _from(self, start: int) -> list[int]:
        """The name before each other name on the way to it."""
        if start not in self._before:
            from scipy.sparse.csgraph import dijkstra

            starts = np.unique(self.web.effect[self.web.inside])
            starts = starts if len(starts) <= _AT_ONCE else np.array([start])
            before = dijkstra(self._graph, indices=starts, return_predecessors=True)[1]
            self._before |= zip(starts.tolist(), before.tolist(), strict=True)
        return self._before[start]


@functools.lru_cache(maxsize=16)
def unweighted(web: Web) -> Routes:
    """The ways with the fewest links.

    Args:
        web: the links.
    """
    return Routes(web, np.ones(len(web.links)))


def shortest_round(web: Web, names: Sequence[int]) -> list[int]:
    """The names on the shortest ways from each name to the next, the last to the first.

    Nothing where there is no such way, or where the shortest ones cross.

    Args:
        web: the links.
        names: numbers, at least one.
    """
    looped = np.zeros(len(web.names), dtype=bool)
    looped[web.cause[web.inside]] = True
    if len({int(web.part[name]) for name in names}) > 1 or not looped[list(names)].all():
        return []
    routes = unweighted(web)
    if len(names) == 1:
        after = web.effect[web.inside & (web.cause == names[0])].tolist()
        return min((routes.way(one, names[0]) for one in after), key=len)
    pairs = zip(names, [*names[1:], names[0]], strict=True)
    found = [name for start, end in pairs for name in routes.way(start, end)[:-1]]
    return found if len(set(found)) == len(found) else []


def _back(before: Sequence[int], start: int, end: int) -> list[int]:
    names = [end]
    while names[-1] != start:
        names.append(before[names[-1]])
    return names[::-1]


@functools.lru_cache(maxsize=16)
def _layout(web: Web) -> tuple[NDArray[np.intp], NDArray[np.int32], NDArray[np.int32]]:
    """The links that lie in loops by cause, their effects, and where those of a cause start."""
    inside = np.flatnonzero(web.inside)
    order = inside[np.lexsort((web.effect[inside], web.cause[inside]))]
    starts = np.searchsorted(web.cause[order], np.arange(len(web.names) + 1))
    return order, web.effect[order].astype(np.int32), starts.astype(np.int32)
