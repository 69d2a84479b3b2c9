"""Which sector owns a name, and what makes sectors impossible to join."""

from __future__ import annotations

import math
import textwrap
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NoReturn

from cpdynamics.errors import JoinRefused
from cpdynamics.joining.sectors import Sector
from cpdynamics.system.abstract import Structure

_CLOSE = 1e-9  # how far, relatively, a held base value may be from its owner's


def owners_of(sectors: Sequence[Sector]) -> dict[str, Sector]:
    """Canonical name -> the sector whose equation stands in the joined model.

    Raises:
        JoinRefused: if two sectors have a claim to a name, or do not mean the same by it.
    """
    computed = _computed(sectors)
    owners: dict[str, Sector] = {}
    held: dict[tuple[str, str], list[tuple[str, Sector]]] = defaultdict(list)
    by_name = {sector.name: sector for sector in sectors}
    for name in dict.fromkeys(name for sector in sectors for name in sector.equations):
        present = [sector for sector in sectors if name in sector.equations]
        owner = owners[name] = _owner(name, present, computed)
        for other in present:
            if other is not owner and not _same(name, owner, other):
                _refuse_units(name, owner, other)
                held[owner.name, other.name].append((name, other))
    for (owned_by, held_by), pairs in held.items():
        names = [name for name, _ in pairs]
        _refuse_values(by_name[owned_by], by_name[held_by], names)
    return owners


def _owner(name: str, present: Sequence[Sector], computed: set[tuple[str, str]]) -> Sector:
    """The sector that owns a name; refused where two have a claim to it."""
    shown = present[0].equations[name][0].name
    dynamic = [sector for sector in present if (sector.name, name) in computed]
    if not dynamic:
        # A formula of constants owns a name before a bare number does.
        dynamic = [sector for sector in present if _is_formula(sector, name)]
        dynamic = [one for one in dynamic if one is dynamic[0] or not _same(name, one, dynamic[0])]
    if len(dynamic) > 1:
        first, second = dynamic[:2]
        raise JoinRefused(
            f'Both "{first.name}" and "{second.name}" compute "{shown}": '
            f"{_said(first, name)} and {_said(second, name)}.",
            "One sector owns a name; the others hold its base value as a constant.",
            "Rename one of them, or hold a number there.",
        )
    if dynamic:
        return dynamic[0]
    for other in present[1:]:
        if not _same(name, present[0], other):
            _refuse_units(name, present[0], other)
            _refuse_difference(name, present[0], other)
    return present[0]


def _computed(sectors: Sequence[Sector]) -> set[tuple[str, str]]:
    """(sector, name) of all that depends on a state or on the time once the sectors are joined.

    What depends on nothing but constants is a base value, even where it is a formula.
    """
    moving: set[str] = {"time"}
    found: set[tuple[str, str]] = set()
    waiting = [
        (sector.name, name, element)
        for sector in sectors
        for name, element in sector.structure.elements.items()
        if name in sector.equations
    ]
    while True:
        moved = [
            (sector, name, element)
            for sector, name, element in waiting
            if element.kind in ("stock", "data")
            or element.state_uses
            or not moving.isdisjoint((*element.uses, *element.initial_uses))
        ]
        if not moved:
            return found
        found |= {(sector, name) for sector, name, _ in moved}
        moving |= {name for _, name, _ in moved}
        waiting = [item for item in waiting if item[:2] not in found]


def _is_formula(sector: Sector, name: str) -> bool:
    element = sector.element(name)
    return element is not None and element.kind in ("auxiliary", "flow")


def _same(name: str, one: Sector, other: Sector) -> bool:
    return one.written(name) == other.written(name)


def _said(sector: Sector, name: str) -> str:
    return f'"{textwrap.shorten(sector.written(name), 160)}"'


def _refuse_units(name: str, owner: Sector, other: Sector) -> None:
    mine, theirs = owner.equations[name][0], other.equations[name][0]
    if mine.units != theirs.units:
        raise JoinRefused(
            f'"{mine.name}" is in "{mine.units}" in "{owner.name}" and in "{theirs.units}" in '
            f'"{other.name}".',
            "A name has one unit.",
            "Write the same units in both.",
        )


def _refuse_difference(name: str, one: Sector, other: Sector) -> NoReturn:
    shown = one.equations[name][0].name
    raise JoinRefused(
        f'The constant "{shown}" differs between "{one.name}" and "{other.name}": '
        f"{_said(one, name)} and {_said(other, name)}.",
        "A constant that several sectors share is the same in each, to the letter.",
        "Make them the same: number, units, range, subscripts and comment.",
    )


def _refuse_values(owner: Sector, holder: Sector, names: Sequence[str]) -> None:
    computed, held = owner.start(names), holder.start(names)
    for name in names:
        mine, theirs = computed[name], held[name]
        if mine.keys() != theirs.keys():
            _refuse_difference(name, owner, holder)
        for place, value in mine.items():
            if math.isclose(value, theirs[place], rel_tol=_CLOSE, abs_tol=0.0):
                continue
            shown = owner.equations[name][0].name + place
            raise JoinRefused(
                f'"{owner.name}" computes "{shown}" as {value!r} at the start, but '
                f'"{holder.name}" holds it at {theirs[place]!r}.',
                "A held base value is what its owner computes, to 1e-9.",
                "Write the owner's number, unrounded, or the same formula of shared constants.",
            )


def refuse_loops(structure: Structure, owners: Mapping[str, Sector]) -> None:
    """Raises JoinRefused where equations of the joined model wait for one another.

    Args:
        structure: of the joined model.
        owners: canonical name -> the sector that it comes from.
    """
    elements = structure.elements
    step = {name: element.uses for name, element in elements.items()}
    start = {name: (*one.uses, *one.initial_uses) for name, one in elements.items()}
    for graph, when in ((step, "within one time step"), (start, "for their values at the start")):
        if loop := _loop(graph):
            around = " -> ".join(
                f'"{elements[name].name}" ({owners[name].name})' for name in [*loop, loop[0]]
            )
            raise JoinRefused(
                f"Joined, these wait for one another {when}: {around}.",
                "Something in every loop must be a stock or a smooth.",
                "Let what crosses the border leave its sector from a stock or a smooth, and give "
                "stocks initial values that are formulas of constants.",
            )


def _loop(needs: Mapping[str, Sequence[str]]) -> list[str]:
    """The names along one cycle of the graph, each needed by the one after it; empty if none."""
    done: set[str] = set()
    for root_name in needs:
        path = [root_name]
        places = {root_name: 0}
        branches = [iter(needs[root_name])]
        while branches:
            name = next(branches[-1], None)
            if name is None:
                branches.pop()
                done.add(path[-1])
                del places[path.pop()]
            elif name in places:
                return path[places[name] :][::-1]
            elif name in needs and name not in done:
                places[name] = len(path)
                path.append(name)
                branches.append(iter(needs[name]))
    return []
