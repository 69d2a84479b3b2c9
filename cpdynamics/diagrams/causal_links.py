"""From loops of many variables to a few names and the links between them.

Between two names that stay, the auxiliaries on the way become one link; its polarity is the
product of theirs.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from cpdynamics.system.graph import Link, Polarity
from cpdynamics.system.loops import Loop, product

_THIN = 3
"""A loop reads well from so many names on."""


class NamedLoop(Protocol):
    """A loop with an id such as R1 and a name such as Failure demand."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def loop(self) -> Loop: ...  # noqa: D102
    @property
    def polarity(self) -> Polarity: ...  # noqa: D102


@dataclass(frozen=True)
class Way:
    """One link of the picture.

    Attributes:
        cause: canonical name.
        effect: canonical name.
        polarity: the product of the links on the way.
        delayed: whether a stock, a smooth or a delay lies on the way.
        legs: the ways through the model that it stands for, each with its links.
    """

    cause: str
    effect: str
    polarity: Polarity
    delayed: bool
    legs: tuple[tuple[Link, ...], ...]

    @property
    def passes(self) -> tuple[tuple[str, ...], ...]:
        """The names between cause and effect, for each leg."""
        return tuple(tuple(link.effect for link in leg[:-1]) for leg in self.legs)


@dataclass(frozen=True)
class Ring:
    """A loop as the picture shows it.

    Attributes:
        id: such as ``R1``.
        name: such as ``Failure demand``.
        polarity: of the whole loop.
        names: canonical names that are shown, in order.
    """

    id: str
    name: str
    polarity: Polarity
    names: tuple[str, ...]


@dataclass(frozen=True)
class Skeleton:
    """What a causal loop diagram shows.

    Attributes:
        names: canonical names.
        ways: the links between them.
        rings: the loops.
        passed: canonical names of the variables that the links pass over.
    """

    names: tuple[str, ...]
    ways: tuple[Way, ...]
    rings: tuple[Ring, ...]
    passed: tuple[str, ...]


def reduced(
    loops: Sequence[NamedLoop],
    *,
    most: int,
    stocks: Collection[str],
    worth: Mapping[str, float] | None = None,
) -> Skeleton:
    """The loops with at most so many names, as far as they stay apart.

    A name goes when neither a loop loses its last two names by it, nor two loops become one, nor
    two ways of different polarity fall together. Those worth least go first.

    Args:
        loops: each with an id of its own.
        most: names that the picture has room for.
        stocks: canonical names; a delay is a stock that a link passes over.
        worth: canonical name -> how much it should stay; 0 where not given.
    """
    rings = _Rings([one.loop for one in loops])
    value = worth or {}
    order = sorted(rings.names(), key=lambda name: (value.get(name, 0.0), name))
    for name in order:
        if value.get(name, 0.0) <= 0.0 and rings.can_lose(name):
            rings.lose(name)
    while len(left := rings.names()) > most:
        may_go = [name for name in left if rings.can_lose(name)]
        if not may_go:
            break
        rings.lose(min(may_go, key=lambda one: (value.get(one, 0.0) + rings.harm(one), one)))
    return _skeleton(loops, rings, stocks)


class _Rings:
    """The loops while names are taken out of them."""

    def __init__(self, loops: Sequence[Loop]) -> None:
        self.whole = loops
        self.kept = [list(loop.variables) for loop in loops]
        self.signs = [
            {
                step: link.polarity
                for step, link in zip(_steps(loop.variables), loop.links, strict=True)
            }
            for loop in loops
        ]

    def names(self) -> list[str]:
        return list(dict.fromkeys(itertools.chain.from_iterable(self.kept)))

    def can_lose(self, name: str) -> bool:
        """Whether every loop stays a loop of its own, and every link has one polarity."""
        after = {
            place: _turned([one for one in ring if one != name]) for place, ring in self._of(name)
        }
        if any(len(ring) < 2 for ring in after.values()):
            return False
        shapes = [after.get(place, _turned(ring)) for place, ring in enumerate(self.kept)]
        if len(set(shapes)) < len(shapes):
            return False
        made: dict[tuple[str, str], Polarity] = {}
        for place, step, polarity in self._joined(name):
            others = (signs for at, signs in enumerate(self.signs) if at != place)
            there = {polarity, *(signs[step] for signs in others if step in signs)}
            if len(there) > 1 or made.setdefault(step, polarity) != polarity:
                return False
        return True

    def lose(self, name: str) -> None:
        for place, step, polarity in list(self._joined(name)):
            ring = self.kept[place]
            signs = self.signs[place]
            del signs[(step[0], name)], signs[(name, step[1])]
            signs[step] = polarity
            ring.remove(name)

    def harm(self, name: str) -> float:
        """What a picture loses besides the name: tangles, thin loops, ways that fall together."""
        before = {(ring[ring.index(name) - 1]) for _, ring in self._of(name)}
        after = {ring[(ring.index(name) + 1) % len(ring)] for _, ring in self._of(name)}
        tangle = max(0, (len(before) - 1) * (len(after) - 1))
        thin = sum(len(ring) <= _THIN for _, ring in self._of(name))
        steps = {step for _, step, _ in self._joined(name)}
        merged = sum(any(step in signs for signs in self.signs) for step in steps)
        return 1.0 * tangle + 4.0 * thin + 1.5 * merged

    def _of(self, name: str) -> Iterator[tuple[int, list[str]]]:
        return ((place, ring) for place, ring in enumerate(self.kept) if name in ring)

    def _joined(self, name: str) -> Iterator[tuple[int, tuple[str, str], Polarity]]:
        """The links that take the place of the two at a name, one for each loop through it."""
        for place, ring in self._of(name):
            at = ring.index(name)
            before, after = ring[at - 1], ring[(at + 1) % len(ring)]
            signs = self.signs[place]
            pair = (signs[before, name], signs[name, after])
            yield place, (before, after), _times(*pair)


def _times(one: Polarity, other: Polarity) -> Polarity:
    if "0" in (one, other):
        return "0"
    if "?" in (one, other):
        return "?"
    return "+" if one == other else "-"


def _steps(names: Sequence[str]) -> list[tuple[str, str]]:
    return list(zip(names, [*names[1:], *names[:1]], strict=True))


def _turned(ring: Sequence[str]) -> tuple[str, ...]:
    """A ring in its one way of writing."""
    at = ring.index(min(ring)) if ring else 0
    return (*ring[at:], *ring[:at])


def _skeleton(loops: Sequence[NamedLoop], rings: _Rings, stocks: Collection[str]) -> Skeleton:
    found: dict[tuple[str, str], list[tuple[Link, ...]]] = {}
    shown: list[Ring] = []
    for one, ring in zip(loops, rings.kept, strict=True):
        for step, links in _legs(one.loop, ring):
            if links not in found.setdefault(step, []):
                found[step].append(links)
        shown.append(Ring(one.id, one.name, one.polarity, tuple(ring)))
    names = tuple(rings.names())
    every = dict.fromkeys(name for one in loops for name in one.loop.variables)
    ways = tuple(_way(step, legs, stocks) for step, legs in found.items())
    return Skeleton(names, ways, tuple(shown), tuple(one for one in every if one not in names))


def _legs(loop: Loop, ring: Sequence[str]) -> Iterator[tuple[tuple[str, str], tuple[Link, ...]]]:
    """The links of a loop from each name that is shown to the next."""
    at = loop.variables.index(ring[0])
    links = (*loop.links[at:], *loop.links[:at])
    leg: list[Link] = []
    for link in links:
        leg.append(link)
        if link.effect in ring:
            yield (leg[0].cause, link.effect), tuple(leg)
            leg = []


def _way(step: tuple[str, str], legs: Iterable[tuple[Link, ...]], stocks: Collection[str]) -> Way:
    legs = list(legs)
    delayed = any(_waits(leg, stocks) for leg in legs)
    return Way(*step, product(legs[0]), delayed, tuple(legs))


def _waits(leg: Sequence[Link], stocks: Collection[str]) -> bool:
    """Whether a leg passes over a stock or a smooth; to fill a stock that is shown is no delay."""
    *over, last = leg
    return any(link.delayed for link in over) or (last.delayed and last.effect not in stocks)
