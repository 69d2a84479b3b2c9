"""What is done to a model to try a claim: constants set, variables held at a multiple."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from cpdynamics.errors import BadValue, clipped
from cpdynamics.mdl.names import canonical


@dataclass(frozen=True)
class Intervention:
    """What differs between a run with the cause moved and one without.

    Attributes:
        set: constant -> its value.
        hold: variable -> how many times its own start value it is held at.
    """

    set: Mapping[str, float] = field(default_factory=dict)
    hold: Mapping[str, float] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.set or self.hold)

    @property
    def key(self) -> tuple[tuple[tuple[str, float], ...], ...]:
        """The same for all that do the same; those that hold the same variables are neighbours."""
        return tuple(
            tuple(sorted((canonical(name), value) for name, value in given.items()))
            for given in (self.hold, self.set)
        )

    def moves_up(self, name: str, base: float) -> bool:
        """Whether it raises a variable; taken for granted of one that it does not touch itself.

        Args:
            name: the variable.
            base: its value without the intervention.
        """
        held = {canonical(one): factor for one, factor in self.hold.items()}
        given = {canonical(one): value for one, value in self.set.items()}
        if (key := canonical(name)) in held:
            return held[key] * base >= base
        return given.get(key, math.inf) >= base


def intervention(constants: str, held: str) -> Intervention:
    """The intervention that two cells of the table stand for.

    Args:
        constants: such as "messengers punished=0.8; training doubled=1".
        held: such as "workload pressure*1.2; Risk Aversion*1".

    Raises:
        BadValue: a part of them cannot be read, or a name comes twice.
    """
    found = Intervention(_parts(constants, "set", "="), _parts(held, "hold", "*"))
    names = [canonical(name) for name in (*found.set, *found.hold)]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise BadValue(f'"{twice}" is given twice.', "", "Leave one of the two out.")
    return found


def _parts(text: str, column: str, sign: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for part in filter(None, (one.strip() for one in text.split(";"))):
        name, there, number = (piece.strip() for piece in part.rpartition(sign))
        try:
            value = float(number)
        except ValueError:
            value = math.nan
        if not there or not name or not math.isfinite(value):
            raise BadValue(
                f'The column "{column}" says "{clipped(part)}".',
                f"A name, {sign} and a number were expected, with ; between several.",
            )
        if name in found:
            raise BadValue(f'"{name}" is given twice.', "", "Leave one of the two out.")
        found[name] = value
    return found
