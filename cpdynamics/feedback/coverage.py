"""How much of what moves the stocks runs along the loops that are listed.

A *segment* is a way from a stock through auxiliaries to the rate of a stock, its strength at a
time the product of the shares along it. Every loop through a stock is a chain of segments, and the
strength of all segments together is a sum over the ways of a graph without loops: it is known
without listing them.
"""

from __future__ import annotations

import functools
import heapq
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from cpdynamics.errors import BadValue
from cpdynamics.system.graph import Link

Way: TypeAlias = tuple[int, ...]
"""Numbers of links, each leading on from the one before; of a loop, the last to the first."""

_FAINT = 1e-9
"""Part of all that moves the stocks below which a segment is not followed further."""


class Web:
    """The links of a model by number.

    Attributes:
        links: L of them; a link that is never felt is left out.
        names: N canonical names, in the order in which the links give them.
        cause: L numbers of names.
        effect: L numbers of names.
        part: N numbers; two names have the same when each leads to the other.
        inside: L truths: whether the link lies in some loop.
        states: N truths: whether the name is moved through a rate.
        into: for each name the links into it that lie in some loop.
    """

    def __init__(self, links: Iterable[Link]) -> None:
        self.links = tuple(links)
        ends = [(link.cause, link.effect) for link in self.links]
        self.names = tuple(dict.fromkeys(itertools.chain.from_iterable(ends)))
        number = {name: place for place, name in enumerate(self.names)}
        self.cause = np.array([number[cause] for cause, _ in ends], dtype=np.intp)
        self.effect = np.array([number[effect] for _, effect in ends], dtype=np.intp)
        self.states = np.zeros(len(self.names), dtype=bool)
        delayed = [place for place, link in enumerate(self.links) if link.delayed]
        self.states[self.effect[delayed]] = True
        self.part = self._parts()
        felt = np.array([link.polarity != "0" for link in self.links], dtype=bool)
        self.inside = (self.part[self.cause] == self.part[self.effect]) & felt
        self.into: list[NDArray[np.intp]] = [np.zeros(0, dtype=np.intp)] * len(self.names)
        for name in np.unique(self.effect[self.inside]):
            self.into[name] = np.flatnonzero(self.inside & (self.effect == name))
        self.number = {end: place for place, end in enumerate(ends)}
        self._number = {
            end: place
            for place, end in enumerate(zip(self.cause.tolist(), self.effect.tolist(), strict=True))
        }
        self._cause, self._state = self.cause.tolist(), self.states.tolist()
        self._rank = np.argsort(np.argsort(np.array(self.names, dtype=object))).tolist()

    def way(self, names: Sequence[int]) -> Way:
        """The links of a loop from the names that it runs through, in one way of writing.

        Args:
            names: numbers, each with a link to the next, the last to the first.
        """
        steps = zip(names, [*names[1:], names[0]], strict=True)
        return self.turned([self._number[step] for step in steps])

    def turned(self, links: Sequence[int]) -> Way:
        """The loop from the stock, or else the name, that sorts first.

        Args:
            links: of a loop.
        """
        causes = [self._cause[link] for link in links]
        starts = [name for name in causes if self._state[name]] or causes
        first = causes.index(min(starts, key=self._rank.__getitem__))
        return (*links[first:], *links[:first])

    def segments(self, loop: Way) -> list[Way]:
        """The loop cut at its stocks; nothing where it has none.

        Args:
            loop: links, as ``turned`` gives them.
        """
        starts = [place for place, link in enumerate(loop) if self._state[self._cause[link]]]
        return [loop[start:end] for start, end in itertools.pairwise([*starts, len(loop)])]

    @functools.cached_property
    def order(self) -> list[int]:
        """Every name but the states, causes first.

        Raises:
            BadValue: variables that move each other within one step.
        """
        left = np.zeros(len(self.names), dtype=int)
        after: dict[int, list[int]] = {}
        for cause, effect in zip(self.cause[self.inside], self.effect[self.inside], strict=True):
            if not self.states[effect] and not self.states[cause]:
                left[effect] += 1
                after.setdefault(int(cause), []).append(int(effect))
        order = [int(name) for name in np.flatnonzero(~self.states & (left == 0))]
        for name in order:  # grows as it is gone through
            for effect in after.get(name, ()):
                left[effect] -= 1
                if not left[effect]:
                    order.append(effect)
        if len(order) < int((~self.states).sum()):
            stuck = self.names[int(np.flatnonzero(left)[0])]
            raise BadValue(
                f'"{stuck}" is a cause of itself within one step.',
                "Loops that run through a stock were expected.",
            )
        return order

    def _parts(self) -> NDArray[np.intp]:
        """The strongly connected part of each name."""
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components

        felt = [place for place, link in enumerate(self.links) if link.polarity != "0"]
        size = len(self.names)
        if not size:
            return np.zeros(0, dtype=np.intp)
        ends = (self.cause[felt], self.effect[felt])
        graph = coo_array((np.ones(len(felt)), ends), shape=(size, size)).tocsr()
        parts: NDArray[np.intp] = connected_components(graph, connection="strong")[1]
        # A name alone is a part, too, and nothing there lies in a loop but a link to itself.
        return parts


@dataclass(frozen=True)
class Coverage:
    """The share of what moves the stocks that runs along the listed loops.

    Only stocks that move are counted, each once at each time, and of what moves them only what
    comes from a stock to which they lead back.

    Attributes:
        overall: the mean over stocks and times, in [0, 1]; 1 where nothing moves.
        at: T means over the stocks that move, one for each time; 1 where none does.
        worst: the stock with the smallest mean over time; empty where none moves.
        worst_share: that mean.
        in_no_loop: the share that no loop can carry, taken out of the rest: the way back from
            its end to its start passes it again. As far as it was met.
    """

    overall: float
    at: NDArray[np.float64]
    worst: str = ""
    worst_share: float = 1.0
    in_no_loop: float = 0.0


class Strengths:
    """What moves the stocks at some times, by segments.

    Args:
        web: the links.
        shares: L links by T times, each column of the links into one name adding up to at most 1.
    """

    def __init__(self, web: Web, shares: NDArray[np.float64]) -> None:
        self.web, self.shares = web, shares
        times = shares.shape[1]
        self.reach = np.ones((len(web.names), times))
        for name in web.order:
            self.reach[name] = self._arriving(name)
        self.ends = [int(name) for name in np.flatnonzero(web.states) if len(web.into[name])]
        self.total = {name: self._arriving(name) for name in self.ends}
        moving = sum(int((total > _TINIEST).sum()) for total in self.total.values())
        self.weight = {
            name: np.divide(
                1.0 / max(moving, 1), total, out=np.zeros(times), where=total > _TINIEST
            )
            for name, total in self.total.items()
        }
        self.parts: dict[Way, NDArray[np.float64]] = {}
        """Segment -> its part of all that moves the stocks, T times; all of them sum to 1."""

    def part(self, segment: Way) -> NDArray[np.float64]:
        """What a segment is of all that moves the stocks, T numbers that add up to its weight.

        Args:
            segment: links from a stock to a stock.
        """
        found = self.parts.get(segment)
        if found is None:
            end = int(self.web.effect[segment[-1]])
            strength = np.multiply.reduce(self.shares[list(segment)], axis=0)
            found = self.parts[segment] = strength * self.weight.get(end, 0.0)
        return found

    def strongest(self) -> Iterator[Way]:
        """All segments, those with most of what moves the stocks first.

        The rest of a way is never worth more than all ways that end in it, so that a search that
        always follows the best end next meets the segments in their exact order.
        """
        web, ties = self.web, itertools.count()
        waiting: list[tuple[float, int, Way, int, NDArray[np.float64]]] = [
            (-float((self.weight[end] * self.total[end]).sum()), next(ties), (), end, weight)
            for end, weight in self.weight.items()
        ]
        heapq.heapify(waiting)
        while waiting:
            _, _, way, name, carried = heapq.heappop(waiting)
            if way and web.states[name]:
                self.parts[way] = carried
                yield way
                continue
            links = web.into[name]
            onward = self.shares[links] * carried
            worth = (onward * self.reach[web.cause[links]]).sum(axis=1)
            for place in np.flatnonzero(worth > _FAINT):
                link = int(links[place])
                item = (-float(worth[place]), next(ties), (link, *way), int(web.cause[link]))
                heapq.heappush(waiting, (*item, onward[place]))

    def covered(self, loops: Iterable[Way], in_no_loop: Iterable[Way] = ()) -> Coverage:
        """How much of what moves the stocks runs along these loops.

        Args:
            loops: as ``Web.turned`` gives them.
            in_no_loop: segments along which no loop can run.
        """
        listed = dict.fromkeys(itertools.chain.from_iterable(map(self.web.segments, loops)))
        along = self._by_end(listed)
        lost = self._by_end(way for way in in_no_loop if way not in listed)
        names = list(self.ends)
        shape = (len(names), self.shares.shape[1])
        moves = np.array([self.total[name] > _TINIEST for name in names]).reshape(shape)
        if not moves.any():
            return Coverage(1.0, np.ones(shape[1]))
        total = np.array([self.total[name] * self.weight[name] for name in names])
        gone = np.array([lost[name] for name in names])
        kept = np.array([along[name] for name in names])
        there = total - gone
        counted = moves & (there > _ROUNDING * total)
        part = np.divide(kept, there, out=np.zeros(shape), where=counted)
        part = np.where(counted, np.minimum(part, 1.0), 0.0)
        count = counted.sum(axis=0)
        at = np.divide(part.sum(axis=0), count, out=np.ones(shape[1]), where=count > 0)
        lasting = counted.sum(axis=1)
        by_stock = np.divide(part.sum(axis=1), lasting, out=np.ones(len(names)), where=lasting > 0)
        worst = int(np.argmin(by_stock))
        return Coverage(
            overall=float(part.sum() / max(count.sum(), 1)) if count.any() else 1.0,
            at=at,
            worst=self.web.names[names[worst]],
            worst_share=float(by_stock[worst]),
            in_no_loop=float(gone.sum() / total.sum()),
        )

    def grips(self, loops: Sequence[Way], own: Iterable[Way]) -> NDArray[np.float64]:
        """N loops by T times: how firmly each holds its stocks, in [0, 1].

        At every stock on it a loop brings some part of what moves that stock, its own filling and
        emptying left aside; the grip is the smallest of these parts.

        Args:
            loops: N of them, as ``Web.turned`` gives them.
            own: the loops of a stock alone that are left aside; their grip is 0.
        """
        aside = set(own)
        inner = self._by_end(aside)
        rest = {}
        for name in self.ends:
            weight = self.weight[name]
            left = weight * self.total[name] - inner[name]
            rest[name] = np.where(left > _ALONE * weight * self.total[name], left, np.inf)
        parts: dict[Way, NDArray[np.float64]] = {}
        found = np.zeros((len(loops), self.shares.shape[1]))
        for place, loop in enumerate(loops):
            segments = [] if loop in aside else self.web.segments(loop)
            for segment in segments:
                if segment not in parts:
                    end = int(self.web.effect[segment[-1]])
                    parts[segment] = np.minimum(self.part(segment) / rest[end], 1.0)
            if segments:
                found[place] = np.minimum.reduce([parts[segment] for segment in segments])
        return found

    def _by_end(self, segments: Iterable[Way]) -> dict[int, NDArray[np.float64]]:
        """The parts of segments added up by the stock that they end in."""
        found = {name: np.zeros(self.shares.shape[1]) for name in self.ends}
        for segment in segments:
            end = int(self.web.effect[segment[-1]])
            if end in found:
                found[end] += self.part(segment)
        return found

    def _arriving(self, name: int) -> NDArray[np.float64]:
        links = self.web.into[name]
        arriving: NDArray[np.float64] = np.einsum(
            "lt,lt->t", self.shares[links], self.reach[self.web.cause[links]]
        )
        return arriving


_TINIEST = 1e-300
"""A strength below this is none: its inverse would not be a number."""

_ALONE = 1e-3
"""A stock of which no more than this part is moved by others is moved by nothing else."""

_ROUNDING = 1e-9
"""What is left of a stock when all that lies in no loop is taken out, and is only rounding."""
