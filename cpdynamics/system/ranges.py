"""Subscript ranges: their members, what maps to what, and the shape of each variable, as in PySD.

PySD 3.14 lays a variable out along ranges, in the order in which it is first given them. Where it
would guess, warn and go on, a model is refused here.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from cpdynamics.errors import NotAModel, Unsupported
from cpdynamics.mdl.names import canonical, unquoted

if TYPE_CHECKING:
    from pysd.translators.structures.abstract_model import AbstractSection

MOST_MEMBERS = 100_000
"""Members of all subscript ranges of a model together."""

_MOST_RANGES = 300
"""Ranges among which one that holds others is looked for."""


@dataclass(frozen=True)
class Shape:
    """How a variable is laid out; a scalar has no ranges and one element.

    Attributes:
        ranges: canonical names.
        members: of each range, canonical names in order.
    """

    ranges: tuple[str, ...] = ()
    members: tuple[tuple[str, ...], ...] = ()

    @cached_property
    def size(self) -> int:
        """How many elements there are."""
        return math.prod(map(len, self.members))

    def places(self) -> Iterator[tuple[int, ...]]:
        """Every element by the places of its members, the last range the quickest."""
        return itertools.product(*(range(len(one)) for one in self.members))

    def flat(self, place: Iterable[int]) -> int:
        """The number of an element among all."""
        number = 0
        for at, members in zip(place, self.members, strict=True):
            number = number * len(members) + at
        return number


class Ranges:
    """The subscript ranges of a model.

    Names are canonical throughout.

    Args:
        section: PySD's, of the model itself; left as it is.

    Attributes:
        members: range -> its members in order.
        maps: range -> the ranges that it is mapped to.
        written: range or member -> as in the file.

    Raises:
        Unsupported: members that stand in a file of their own.
        NotAModel: a copy of a range that is not there.
    """

    def __init__(self, section: AbstractSection) -> None:
        parts: dict[str, list[str]] = {}
        self.maps: dict[str, tuple[str, ...]] = {}
        self.written: dict[str, str] = {}
        self._copies: set[str] = set()
        for item in section.subscripts:
            name = canonical(item.name)
            self.maps[name] = tuple(map(canonical, item.mapping))
            if isinstance(item.subscripts, str):
                self._copies.add(name)
                self.maps[name] += (canonical(item.subscripts),)
                parts[name] = [canonical(item.subscripts)]
            elif isinstance(item.subscripts, list):
                parts[name] = list(map(canonical, item.subscripts))
                for member in item.subscripts:
                    self.written.setdefault(canonical(member), unquoted(member))
            else:
                raise Unsupported(
                    f'The subscripts of "{unquoted(item.name)}" stand in a file, '
                    "which this engine cannot read.",
                    "",
                    'engine="pysd" can.',
                )
            self.written[name] = unquoted(item.name)
        for copy in self._copies:
            if parts[copy][0] not in parts:
                raise NotAModel(
                    f'"{self.written[copy]}" is a copy of a subscript range that is not there.'
                )
        self.members = _spelt_out(parts)
        # By PySD's names for them: among equal ranges the first of the alphabet counts.
        spelt = {canonical(item.name): item.name for item in section.subscripts}
        ranges = sorted(spelt, key=lambda name: spelt[name].replace(" ", "_").lower())
        self._turn = {name: turn for turn, name in enumerate(ranges)}
        self._homes: dict[str, list[str]] = {}
        self._same: dict[frozenset[str], list[str]] = {}
        for name, members in self.members.items():
            for member in dict.fromkeys(members):
                self._homes.setdefault(member, []).append(name)
            self._same.setdefault(frozenset(members), []).append(name)

    def along(self, subscripts: Sequence[str], where: str) -> dict[str, tuple[str, ...]]:
        """The range of each subscript, a final ``!`` kept, and the members that it takes of it.

        Args:
            subscripts: as written, ranges or members.
            where: the variable in whose equation they stand, for errors.

        Raises:
            NotAModel: a subscript that is not defined.
            Unsupported: the same range twice, or a range that names a member twice.
        """
        names = list(map(canonical, subscripts))
        found: dict[str, tuple[str, ...]] = {}
        for name, written in zip(names, subscripts, strict=True):
            members: tuple[str, ...]
            if homes := self._homes.get(name):
                home = next((one for one in homes if one not in names and one not in found), "")
                key, members = home, (name,)
            elif (bare := name.removesuffix("!").strip()) in self.members:
                key, members = bare + ("!" if name.endswith("!") else ""), self.members[bare]
            else:
                raise NotAModel(
                    f'"{where}" uses the subscript "{unquoted(written)}", which is not defined.'
                )
            if not key or key in found or len(set(members)) < len(members):
                raise refused(where, f'takes the subscript "{unquoted(written)}" twice')
            found[key] = members
        return found

    def merged(self, parts: Sequence[Mapping[str, tuple[str, ...]]], where: str) -> Shape:
        """The shape of a variable from what each of its equations covers.

        Args:
            parts: what ``along`` gave for each.
            where: the variable, for errors.

        Raises:
            Unsupported: equations that cover no range, or not all of one.
        """
        if len({len(part) for part in parts}) != 1:
            raise refused(where, "has equations with different numbers of subscripts")
        chosen: list[str] = []
        for place in range(len(parts[0])):
            names = [list(part)[place] for part in parts]
            taken = frozenset(one for part in parts for one in list(part.values())[place])
            others = {name for part in parts for name in list(part)[:place]}
            others |= {name for part in parts for name in list(part)[place + 1 :]}
            own = (name for name in names if set(self.members[name]) == taken)
            alike = (name for name in self._same.get(taken, ()) if name not in others)
            name = next(own, None) or next(alike, None)
            if name is None or name in chosen:
                raise refused(where, "is not given for every member of a subscript range")
            chosen.append(name)
        return Shape(tuple(chosen), tuple(self.members[name] for name in chosen))

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """Member -> its place, from 1, in the range that holds all of its kind.

        Raises:
            Unsupported: too many ranges.
        """
        return {
            member: number
            for name in self._main
            for number, member in enumerate(self.members[name], start=1)
        }

    def numbered(self, name: str) -> tuple[int, ...] | None:
        """The number of each member of a range where the range stands in a formula."""
        places: tuple[int, ...] | None = None
        for main, within in self._main.items():
            if name == main or name in within:
                places = tuple(self.members[main].index(one) + 1 for one in self.members[name])
        return places

    @cached_property
    def _main(self) -> dict[str, list[str]]:
        """Ranges that no other holds -> those that they hold, as PySD tells them."""
        if len(self.members) > _MOST_RANGES:
            raise Unsupported(f"A model of more than {_MOST_RANGES:,} subscript ranges.")
        sets = {name: set(members) for name, members in self.members.items()}
        main: dict[str, list[str]] = {}
        for name, members in sets.items():
            held: list[str] = []
            for other, theirs in sets.items():
                if other == name:
                    continue
                if theirs == members:
                    if self._turn[name] > self._turn[other] or name in self._copies:
                        break
                    held.append(other)
                elif theirs < members:
                    held.append(other)
                elif theirs > members:
                    break
            else:
                main[name] = held
        return main


def refused(where: str, what: str) -> Unsupported:
    """The error for a use of subscripts that is not supported here.

    Args:
        where: the variable.
        what: what it does, as the rest of a sentence.
    """
    return Unsupported(
        f'"{where}" {what}; this engine cannot run that.', "", 'engine="pysd" may run it.'
    )


def inner_first(parts: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """The names of ranges, each once, after those that stand among its own members.

    Args:
        parts: range -> its members and ranges; no range stands within itself.
    """
    done: set[str] = set()
    for first in parts:
        waiting = [first]
        while waiting:
            name = waiting[-1]
            missing = [one for one in parts[name] if one in parts and one not in done]
            if missing and name not in done:
                waiting += dict.fromkeys(missing)
                continue
            waiting.pop()
            if name not in done:
                done.add(name)
                yield name


def _spelt_out(parts: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Each range with the members of the ranges that stand among its own."""
    done: dict[str, tuple[str, ...]] = {}
    for name in inner_first(parts):
        done[name] = tuple(m for one in parts[name] for m in done.get(one, (one,)))
    return {name: done[name] for name in parts}
