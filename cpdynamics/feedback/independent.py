"""A shortest independent set of the loops of a model, from which all others are put together."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from cpdynamics.errors import BadValue
from cpdynamics.feedback.coverage import Way, Web
from cpdynamics.feedback.routes import Routes, unweighted
from cpdynamics.feedback.search import tangle, web_of
from cpdynamics.system.graph import Link

LARGEST = 1_000
"""Names in loops up to which each pair is tried."""


@functools.lru_cache(maxsize=16)
def independent_loops(links: tuple[Link, ...]) -> tuple[Way, ...]:
    """A shortest independent set of loops: as many as links less names, one more for each part.

    Candidates are geodetic: the shortest way from one name to another and the shortest way back.
    The shortest candidate comes first, and one is kept when those before it do not add up to it
    (Oliva 2004, doi:10.1002/sdr.311, after Kampmann 2012, doi:10.1002/sdr.1483). Of equally short
    ways not all are tried; where the candidates do not span all, loops from the shortest closed
    walks over each link fill the set (after Horton 1987, doi:10.1137/0216026).

    Args:
        links: of the model.

    Raises:
        BadValue: more names lie in loops than all pairs of them can be tried for.
    """
    web = web_of(links)
    if (names := len(np.unique(web.cause[web.inside]))) > LARGEST:
        raise BadValue(
            f"{names} variables lie in loops.",
            f"An independent set is found for up to {LARGEST}.",
            "Without independent=True the strongest loops of a run are found.",
        )
    wanted = tangle(web)
    routes = unweighted(web)
    kept: list[Way] = []
    basis: dict[int, int] = {}
    for candidates in (_geodetic, _over_links, _walks):
        if len(kept) == wanted:
            break
        found = set(candidates(web, routes))
        for way in sorted(found, key=lambda one: (len(one), _spelt(web, one))):
            if len(kept) < wanted and _adds(basis, way):
                kept.append(way)
    return tuple(kept)


def _geodetic(web: Web, routes: Routes) -> Iterator[Way]:
    """Each shortest way there and back on which no name comes twice."""
    for link in np.flatnonzero(web.inside & (web.cause == web.effect)):
        yield (int(link),)
    tied = np.unique(web.cause[web.inside]).tolist()
    for start, end in itertools.combinations(tied, 2):
        if web.part[start] == web.part[end]:
            names = routes.way(start, end)[:-1] + routes.way(end, start)[:-1]
            if len(set(names)) == len(names):
                yield web.way(names)


def _over_links(web: Web, routes: Routes) -> Iterator[Way]:
    """Geodetic loops by another of several shortest ways: over a link that makes no way longer."""
    for there, home in _closed(web, routes):
        names = there + home[:-1]
        end = home[0]
        shortest = len(routes.way(there[0], end)) == len(there) + 1
        if shortest and len(set(names)) == len(names):
            yield web.way(names)


def _walks(web: Web, routes: Routes) -> Iterator[Way]:
    """The loops that all closed walks fall into; they span every loop."""
    for there, home in _closed(web, routes):
        yield from map(web.way, _simple(there + home[:-1]))


def _closed(web: Web, routes: Routes) -> Iterator[tuple[list[int], list[int]]]:
    """For each name and link of its part the shortest ways to the link and home from its end."""
    for start in np.unique(web.cause[web.inside]).tolist():
        part = web.inside & (web.part[web.cause] == web.part[start])
        for cause, effect in zip(web.cause[part].tolist(), web.effect[part].tolist(), strict=True):
            yield routes.way(start, cause), routes.way(effect, start)


def _simple(walk: Sequence[int]) -> Iterable[list[int]]:
    """The loops that a closed walk falls into, each without a name twice."""
    trail: list[int] = []
    for name in walk:
        if name in trail:
            first = trail.index(name)
            yield trail[first:]
            del trail[first:]
        trail.append(name)
    yield trail


def _adds(basis: dict[int, int], way: Way) -> bool:
    """Whether a loop is no sum of those in the basis; if so, it joins them."""
    left = sum(1 << link for link in way)
    while left:
        high = left.bit_length()
        if high not in basis:
            basis[high] = left
            return True
        left ^= basis[high]
    return False


def _spelt(web: Web, way: Way) -> list[str]:
    return [web.names[web.cause[link]] for link in way]
