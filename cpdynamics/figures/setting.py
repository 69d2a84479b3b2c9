"""Base values from figures: those given, those that keep their proportion, those that follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING

from cpdynamics.figures.entry import Known
from cpdynamics.figures.given import Given
from cpdynamics.figures.known import KEPT_WITH
from cpdynamics.mdl.names import canonical

if TYPE_CHECKING:
    from cpdynamics.system.abstract import Element

AGREES = 0.01
"""Two figures for the same base value agree when they are less than this share apart: published
shares are rounded."""

_ROUNDS = 20
_WITHOUT_SIZE = ("dmnl", "month", "1/month", "year", "")


@dataclass
class Setting:
    """Base values on their way from the typical authority to a local one.

    Attributes:
        typical: canonical name -> value, of every base value.
        units: canonical name -> units.
        values: the same for the local authority.
        why: canonical name -> where the local value comes from.
        given: canonical names of those that a figure sets.
        sizes: "child", "fte" -> how many times as many as in the typical authority; "" -> for all
            that is counted otherwise.
        apart: pairs of figures that cannot both hold, with how far they are apart.
        agreeing: figures that say what others say as well.
    """

    typical: Mapping[str, float]
    units: Mapping[str, str]
    values: dict[str, float] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)
    given: dict[str, Given] = field(default_factory=dict)
    sizes: Mapping[str, float] = field(default_factory=dict)
    apart: list[tuple[Given, float, str]] = field(default_factory=list)
    agreeing: dict[str, str] = field(default_factory=dict)

    def grows(self, anchor: str) -> bool:
        """Whether a base value is a count, which grows with the authority."""
        return canonical(self.units[anchor]) not in _WITHOUT_SIZE

    @property
    def size(self) -> float:
        """How many times as large as the typical authority, by children if they are known."""
        return self.sizes.get("child", self.sizes.get("", 1.0))

    def growth(self, anchor: str) -> float:
        """How many times a base value that nobody gave is that of the typical authority."""
        if not self.grows(anchor):
            return 1.0
        return self.sizes.get(_counted(self.units[anchor]), self.size)

    def scaled(self, anchor: str) -> float:
        """A base value of the typical authority, at the size of the local one."""
        return self.typical[anchor] * self.growth(anchor)


def _counted(units: str) -> str:
    return canonical(units.partition("/")[0])


def set_by(
    figures: Sequence[Given], typical: Mapping[str, float], units: Mapping[str, str]
) -> Setting:
    """The base values that figures set, and all others in proportion.

    A figure that is a base value sets it. A share or a ratio sets the first of its base values
    that no other figure sets. What nobody gave keeps its proportion of 2017 to a figure that
    belongs to it (`KEPT_WITH`), or grows with the authority: by the median of local over typical
    counts, children and staff each by their own.

    Args:
        figures: in the model's units.
        typical: base value -> that of the typical authority.
        units: base value -> its units.
    """
    out: set[str] = set()
    while True:
        made, impossible = _made(figures, typical, units, out)
        if not impossible:
            return made
        out |= impossible


def _made(
    figures: Sequence[Given],
    typical: Mapping[str, float],
    units: Mapping[str, str],
    out: AbstractSet[str],
) -> tuple[Setting, set[str]]:
    """The base values, and those shares that no base value above nought can bring about.

    Such a share contradicts the counts: no agency workers, and an agency share of 15 %.

    Args:
        figures: in the model's units.
        typical: base value -> that of the typical authority.
        units: base value -> its units.
        out: the names of shares that are only to be compared.
    """
    made = Setting(typical, units)
    ratios: dict[str, Given] = {}
    later: list[Given] = []
    for one in sorted(figures, key=lambda each: (not each.entry.direct, each.entry.second)):
        free = [name for name in map(canonical, one.entry.sets) if name not in made.given]
        if not free or one.name in out:
            later.append(one)
            continue
        made.given[free[0]] = one
        if one.entry.direct:
            made.values[free[0]] = one.value
        else:
            ratios[free[0]] = one
    made.sizes = _sizes(made)
    partners = {name: _partner(name, made) for name in typical if name not in made.given}
    for _ in range(_ROUNDS):
        for name, partner in partners.items():
            near = made.values.get(partner) if partner else None
            share = near / typical[partner] if partner and near is not None else None
            grown = made.scaled(name) if share is None else typical[name] * share
            made.values[name] = grown
        for name, one in ratios.items():
            made.values[name] = _solved(one, name, made)
    impossible = {
        one.name
        for name, one in ratios.items()
        if one.value != 0 and not (0 < made.values[name] < float("inf"))
    }
    _explain(made, partners)
    for one in later:
        _compare(made, one)
    return made, impossible


def _sizes(made: Setting) -> dict[str, float]:
    shares: dict[str, list[float]] = {}
    for name, value in made.values.items():
        if made.grows(name) and value > 0 and made.typical[name] > 0:
            for key in ("", _counted(made.units[name])):
                shares.setdefault(key, []).append(value / made.typical[name])
    return {key: median(several) for key, several in shares.items()}


def _partner(name: str, made: Setting) -> str:
    wanted = (canonical(one) for one in KEPT_WITH.get(name, ()))
    there = [one for one in wanted if one in made.given and made.typical.get(one)]
    # A count of nought would take all that belongs to it down with it.
    return next((one for one in there if made.values.get(one, 1.0) > 0), "")


def _solved(one: Given, name: str, made: Setting) -> float:
    """The base value at which a share or a ratio is what the figure says."""

    def parts(value: float) -> tuple[float, float]:
        top, bottom = one.entry.measure.split(" over ")

        def total(text: str) -> float:
            several = map(canonical, text.split(" + "))
            return sum(
                value if each == name else made.values.get(each, made.scaled(each))
                for each in several
            )

        return total(top), total(bottom)

    (top, bottom), (top_more, bottom_more) = parts(0.0), parts(1.0)
    slope = (top_more - top) - one.value * (bottom_more - bottom)
    return (one.value * bottom - top) / slope if slope else made.scaled(name)


def _explain(made: Setting, partners: Mapping[str, str]) -> None:
    for name, one in made.given.items():
        made.why[name] = one.said
    for name, partner in partners.items():
        if partner:
            made.why[name] = f"not given: keeps its proportion to {partner}"
        elif made.grows(name):
            made.why[name] = (
                f"not given: {made.growth(name):.4g} times the typical authority, as others are"
            )
        else:
            made.why[name] = "not given: as in the typical authority"


def _compare(made: Setting, one: Given) -> None:
    found = one.entry.at(made.values)
    owners = [
        made.given[name].name for name in map(canonical, one.entry.anchors) if name in made.given
    ]
    with_what = " and ".join(dict.fromkeys(owners)) or "what the other figures imply"
    difference = abs(found - one.value) / max(abs(found), abs(one.value), 1e-12)
    if difference <= AGREES:
        made.agreeing[one.name] = f"says the same as {with_what}"
    else:
        made.apart.append((one, found, with_what))


def known_as(entry: Known) -> str:
    """What a figure measures, for a person: its base values without "base"."""
    return entry.measure.replace("base ", "")


def units_of(entry: Known, elements: Mapping[str, Element]) -> str:
    """The units of what a figure measures, in those of the model.

    Args:
        entry: a count or a share.
        elements: canonical name -> variable of the model.
    """
    parts = [part.split(" + ")[0] for part in entry.measure.split(" over ")]
    top, *rest = (elements[canonical(part)].units for part in parts)
    if not rest:
        return top
    bottom = rest[0]
    if top == bottom:
        return "Dmnl"
    return f"1/{top[len(bottom) + 1 :]}" if top.startswith(f"{bottom}/") else f"{top}/{bottom}"
