"""Loops found in the links of a model: all of them, or the strongest."""

from __future__ import annotations

import functools
import time
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cpdynamics.feedback.coverage import Coverage, Strengths, Way, Web
from cpdynamics.feedback.routes import Routes
from cpdynamics.system.graph import Link
from cpdynamics.system.loops import find_loops

MANY = 1_000
"""Loops of a model that are listed one and all; a model with more has them searched."""

_TANGLED = 60
"""Independent loops beyond which a model is taken to have more than ``MANY`` without counting."""

_LOWEST = 1e-12
"""The share that a link at rest is taken to have, so that a way over it is the last resort."""

_STEP = 1e-9
"""The cost of any link: of two ways equally strong the shorter one is taken."""

_SEARCHED = 24
"""Times at which strengths are compared in a first search."""

_ROUTED = 4
"""Those of them for which the strongest ways between all names are laid out."""

_AGAIN = 3
"""Searches, each with the times that the last one covered worst."""


@dataclass(frozen=True)
class Strongest:
    """What a search for the strongest loops came to.

    Attributes:
        loops: links of each, the first found first.
        coverage: of these loops at all times.
        in_time: whether it came to its end before the time was up.
    """

    loops: tuple[Way, ...]
    coverage: Coverage
    in_time: bool = True


@functools.lru_cache(maxsize=16)
def web_of(links: tuple[Link, ...]) -> Web:
    """The links by number, worked out once for the links of a model.

    Args:
        links: of the model.
    """
    return Web(links)


@functools.lru_cache(maxsize=16)
def every_loop(links: tuple[Link, ...]) -> tuple[Way, ...] | None:
    """All loops of a model, the shortest first, by links in a ``Web`` of these; None for too many.

    Args:
        links: of the model.
    """
    web = web_of(links)
    if tangle(web) > _TANGLED:
        return None
    found = find_loops(web.links, limit=MANY)
    if not found.complete:
        return None
    number = web.number
    return tuple(
        web.turned([number[link.cause, link.effect] for link in loop.links]) for loop in found.loops
    )


def strongest_loops(
    whole: Strengths,
    *,
    cover: float,
    seconds: float,
    known: Iterable[Way] = (),
) -> Strongest:
    """The strongest loops of a run, as many as cover what moves its stocks.

    First the loop of the largest product of shares through each link, at times spread over the
    run; then, for the strongest segments that none of these runs along, the loop with the
    strongest way back. No share exceeds 1, so that a loop of the largest product is a shortest
    way in -log(share) and Dijkstra's method finds it. The published search (Eberlein & Schoenberg
    2020, arXiv:2006.08425) multiplies scores, which may exceed 1, and is a heuristic.

    Args:
        whole: what moves the stocks at all times.
        cover: the coverage to reach, in (0, 1].
        seconds: after which no more loops are sought; the first time is always looked at.
        known: loops that are listed whatever they are worth.
    """
    deadline = time.monotonic() + seconds
    web, shares = whole.web, whole.shares
    moving = np.flatnonzero(np.any([total > 0 for total in whole.total.values()], axis=0))
    if not len(moving):
        return Strongest(tuple(known), whole.covered(()))
    loops: dict[Way, None] = dict.fromkeys(known)
    lost: dict[Way, None] = {}
    columns = _spread(moving, _SEARCHED)
    in_time = True
    for _ in range(_AGAIN):
        search = _Search(web, np.take(shares, columns, axis=1), deadline)
        in_time = search.run(loops, lost, cover)
        coverage = whole.covered(loops, lost)
        in_time = in_time or coverage.overall >= cover
        if coverage.overall >= cover or not in_time:
            break
        badly = moving[np.argsort(coverage.at[moving], kind="stable")]
        columns = np.union1d(columns, badly[: _SEARCHED // 2])
    return Strongest(tuple(loops), coverage, in_time)


class _Search:
    """Loops at some times, those through each link first, then those that close a segment."""

    def __init__(self, web: Web, shares: NDArray[np.float64], deadline: float) -> None:
        self.web, self.shares, self.deadline = web, shares, deadline
        self.strengths = Strengths(web, shares)
        routed = _spread(np.arange(shares.shape[1]), _ROUTED)
        self.nearest = np.abs(np.arange(shares.shape[1])[:, None] - routed).argmin(axis=1)
        self.costs = [_STEP - np.log(np.maximum(shares[:, one], _LOWEST)) for one in routed]
        self.routes: dict[int, Routes] = {}

    def run(self, loops: dict[Way, None], lost: dict[Way, None], cover: float) -> bool:
        """Adds loops, and segments that lie in none; tells whether the time sufficed."""
        for place in range(len(self.costs)):
            for way in self._through_each_link(place):
                loops.setdefault(way)
            if time.monotonic() > self.deadline:
                return False
        goal = cover
        along = {one for way in loops for one in self.web.segments(way)}
        covered = float(sum(self.strengths.part(one).sum() for one in along))
        missing = float(sum(self.strengths.part(one).sum() for one in lost))
        for segment in self.strengths.strongest():
            if covered >= goal * (1 - missing):
                if self.strengths.covered(loops, lost).overall >= cover:
                    break
                goal = (goal + 1) / 2
            if segment in along or segment in lost:
                continue
            closed = self._closed(segment)
            if closed is None:
                lost.setdefault(segment)
                missing += float(self.strengths.part(segment).sum())
                continue
            loops.setdefault(closed)
            for one in self.web.segments(closed):
                if one not in along:
                    along.add(one)
                    covered += float(self.strengths.part(one).sum())
            if time.monotonic() > self.deadline:
                return False
        return True

    def _through_each_link(self, place: int) -> Iterable[Way]:
        """The strongest loop through each link at a time, of those that move at all."""
        routes = self._routed(place)
        moving = self.web.inside & (self.costs[place] < -np.log(_LOWEST))
        ends = zip(self.web.cause[moving].tolist(), self.web.effect[moving].tolist(), strict=True)
        seen: set[tuple[int, ...]] = set()
        for cause, effect in ends:
            names = routes.way(effect, cause)
            first = names.index(min(names))
            seen.add((*names[first:], *names[:first]))
        return map(self.web.way, sorted(seen))

    def _closed(self, segment: Way) -> Way | None:
        """The loop along a segment whose way back is strongest; None where there is no way back."""
        web = self.web
        start, end = int(web.cause[segment[0]]), int(web.effect[segment[-1]])
        if start == end:
            return web.turned(segment)
        inner = [int(web.effect[link]) for link in segment[:-1]]
        place = int(self.nearest[int(self.strengths.part(segment).argmax())])
        names = self._routed(place).way(end, start)
        if not set(inner).isdisjoint(names):
            names = self._routed(place).round_about(end, start, inner)
        return web.way([start, *inner, *names[:-1]]) if names else None

    def _routed(self, place: int) -> Routes:
        if place not in self.routes:
            self.routes[place] = Routes(self.web, self.costs[place])
        return self.routes[place]


def _spread(places: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    """Some of the places, the first and the last among them, evenly apart."""
    chosen = np.linspace(0, len(places) - 1, min(count, len(places))).round().astype(np.intp)
    spread: NDArray[np.intp] = places[np.unique(chosen)]
    return spread


def tangle(web: Web) -> int:
    """How many loops an independent set has."""
    tied = np.unique(web.cause[web.inside])
    return int(web.inside.sum()) - len(tied) + len(np.unique(web.part[tied]))
