"""The loops that a model's story names, each with its variables, and what its names are worth."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from cpdynamics.diagrams.causal_links import NamedLoop
from cpdynamics.errors import BadValue, CpdynamicsError
from cpdynamics.mdl.names import canonical
from cpdynamics.model import Model
from cpdynamics.system.graph import Link, Polarity
from cpdynamics.system.loops import Loop, named_loop

_STATES = 40
"""States of a run that tell a polarity."""


@dataclass(frozen=True)
class Named:
    """A loop of the story.

    Attributes:
        id: such as ``R1``.
        name: such as ``Failure demand``.
        loop: its variables and links.
    """

    id: str
    name: str
    loop: Loop

    @property
    def polarity(self) -> Polarity:
        """``"+"`` reinforces, ``"-"`` balances."""
        return self.loop.polarity


def named_loops(model: Model) -> tuple[Named, ...]:
    """The loops named in a model's .toml that its equations close, in the order of the file.

    Args:
        model: with a story.

    Raises:
        BadValue: the story names no loop.
    """
    if not model.story.loops:
        raise BadValue(
            f"{model.title} names no loops.",
            "A causal loop diagram shows loops that have a name.",
            'Name one in its .toml, such as [loops.R1], name = "Failure demand", '
            'through = ["one variable", "another"]; or give the loops yourself.',
        )
    found = []
    for identifier, named in model.story.loops.items():
        loop = named_loop(model.links, named.through).loop
        if loop is not None:
            found.append(Named(identifier, named.name, loop))
    return tuple(found)


def settled(model: Model, loops: Sequence[NamedLoop]) -> Sequence[NamedLoop]:
    """The loops with every polarity that the equations leave open told by the base run's states.

    Args:
        model: of the loops.
        loops: as the equations have them.
    """
    if all(link.polarity != "?" for one in loops for link in one.loop.links):
        return loops
    told = {(link.cause, link.effect): link for link in _visited(model)}
    return [_told(one, told) for one in loops]


def worth(
    model: Model, loops: Sequence[NamedLoop], through: Mapping[str, Collection[str]]
) -> dict[str, float]:
    """How much each variable of the loops should stand in the picture; above 0 where at all.

    What the story names comes first, its stocks and headline before all; short names before long.

    Args:
        model: of the loops.
        loops: that are shown.
        through: id -> canonical names by which the loop is known; may lack some.
    """
    elements = model.structure.elements
    headline = {canonical(name) for name in model.story.headline}
    value: dict[str, float] = {}
    for one in loops:
        known = through.get(one.id, ())
        for name in one.loop.variables:
            if name not in elements:  # a state within a smooth or a delay
                continue
            stock = elements[name].kind == "stock"
            base = (2.5 + 1.5 * stock) if name in known else 0.5 * stock
            if not base and known:
                continue
            shared = value.get(name, 0.0)
            value[name] = max(base + 0.6, shared + 0.5)
    for name in value:
        value[name] += 2.0 * (name in headline) - len(name) / 25
        value[name] = max(value[name], 0.01)
    return value


def _told(one: NamedLoop, told: Mapping[tuple[str, str], Link]) -> Named:
    links = tuple(
        told.get((link.cause, link.effect), link) if link.polarity == "?" else link
        for link in one.loop.links
    )
    return Named(one.id, one.name, Loop(one.loop.variables, links))


def _visited(model: Model) -> Sequence[Link]:
    from cpdynamics.system.graph import links
    from cpdynamics.system.lowering import lower

    try:
        frame = model.run().frame
    except CpdynamicsError:  # a model that breaks off has its loops none the less
        return model.links
    every = 1 + len(frame) // _STATES
    return links(lower(model.structure), model.structure, visited=frame.iloc[::every])
