"""What a loop is called: by the .toml, by rule, or by its stocks."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cpdynamics.errors import CpdynamicsError
from cpdynamics.feedback.coverage import Way, Web
from cpdynamics.feedback.routes import shortest_round
from cpdynamics.mdl.names import canonical
from cpdynamics.story import Loop as StoryLoop
from cpdynamics.system.graph import Polarity
from cpdynamics.system.loops import claimed, named_loop, product

LETTER: Mapping[Polarity, str] = {"+": "R", "-": "B"}
"""What a reinforcing and a balancing loop are numbered by."""


@dataclass(frozen=True)
class Called:
    """A name for the loops of one story.

    Attributes:
        id: such as ``R1``; empty for a name by rule or by the stocks.
        name: such as "Failure demand".
        own: whether it is a loop's own name, and not only a list of its stocks.
    """

    id: str
    name: str
    own: bool = True


@dataclass(frozen=True)
class Family:
    """A loop that a .toml names, and the shortest way round through what it names.

    Attributes:
        id: such as ``R1``.
        name: such as "Failure demand".
        through: canonical names in their order.
        polarity: what the id claims, or else that of the shortest way; ``"?"`` for either.
        stocks: canonical names of the stocks on the shortest way.
        way: the shortest way.
    """

    id: str
    name: str
    through: tuple[str, ...]
    polarity: Polarity
    stocks: frozenset[str]
    way: Way

    @functools.cached_property
    def named(self) -> frozenset[str]:
        """What it runs through, in no order: most loops can be told from it by that alone."""
        return frozenset(self.through)

    def elsewhere(self, places: Mapping[str, int], stocks: Sequence[str]) -> int | None:
        """How many stocks of a loop are not of this family; None for a loop of another.

        Args:
            places: canonical name -> where on the loop.
            stocks: canonical names of the stocks on the loop.
        """
        if not places.keys() >= self.named:
            return None
        order = [places[name] for name in self.through]
        first = order.index(min(order))
        turned = [*order[first:], *order[:first]]
        strange = sum(name not in self.stocks for name in stocks)
        return strange if turned == sorted(turned) and strange <= len(self.stocks) else None


def families(web: Web, loops: Mapping[str, StoryLoop]) -> tuple[Family, ...]:
    """The loops of a story that the links close, in the order of the .toml.

    Args:
        web: the links.
        loops: id -> loop of the story.
    """
    found = []
    for key, loop in loops.items():
        through = tuple(map(canonical, loop.through))
        if way := _shortest(web, through):
            states = [web.names[web.cause[link]] for link in way if web.states[web.cause[link]]]
            polarity = claimed(key) or product(web.links[link] for link in way)
            found.append(Family(key, loop.name, through, polarity, frozenset(states), way))
    return tuple(found)


def called(
    web: Web,
    way: Way,
    polarity: Polarity,
    known: Iterable[Family],
    names: Mapping[str, str],
) -> Called:
    """What a loop is called.

    By the .toml: when it runs through all that a named loop is said to run through, in that order,
    has its polarity, and passes no more stocks of elsewhere than the shortest such way has of its
    own; beyond that it tells another story. Of several names the one with the fewest stocks of
    elsewhere, then the one that says most. By rule: a loop through one stock alone. Any other is
    called by its stocks.

    Args:
        web: the links.
        way: the loop.
        polarity: of the loop.
        known: the named loops.
        names: canonical name -> as written.
    """
    causes = [web.names[web.cause[link]] for link in way]
    places = {name: place for place, name in enumerate(causes)}
    stocks = [web.names[web.cause[link]] for link in way if web.states[web.cause[link]]]
    fits = [
        (strange, -len(family.through), place, family)
        for place, family in enumerate(known)
        if "?" in (polarity, family.polarity) or family.polarity == polarity
        if (strange := family.elsewhere(places, stocks)) is not None
    ]
    if fits:
        best = min(fits, key=lambda one: one[:3])[-1]
        return Called(best.id, best.name)
    written = [names.get(name, name) for name in stocks]
    if len(stocks) == 1:
        return Called("", f"{written[0]} {_does(web, way, polarity)}")
    return Called("", " > ".join(written) or names.get(causes[0], causes[0]), own=False)


def _does(web: Web, way: Way, polarity: Polarity) -> str:
    """What a stock does by a loop that runs through no other."""
    last = web.links[way[-1]]
    leaving = last.polarity == "-"
    if polarity == "+":
        return "keeps itself up" if leaving else "grows by itself"
    if polarity == "-" and len(way) > 1:
        return "empties" if leaving else "fills"
    return "settles"


def _shortest(web: Web, through: Sequence[str]) -> Way:
    """The shortest way round through some names; nothing where there is none."""
    if not set(through) <= set(web.names):
        return ()
    names = shortest_round(web, [web.names.index(name) for name in through])
    if names:
        return web.way(names)
    # The ways between them cross: others must be tried together.
    try:
        found = named_loop(web.links, through).loop
    except CpdynamicsError:
        return ()
    if found is None:
        return ()
    return web.turned([web.number[link.cause, link.effect] for link in found.links])
