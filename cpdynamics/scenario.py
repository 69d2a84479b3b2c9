"""Assumptions to run a model under: constants set, variables held, stocks started elsewhere."""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeAlias

import pandas as pd

from cpdynamics.errors import BadValue, clipped, printable
from cpdynamics.mdl.names import canonical

Held: TypeAlias = "float | pd.Series[float]"


@dataclass(frozen=True, eq=False, repr=False)
class Scenario:
    """One set of assumptions, with a name and a story to tell about it.

    Two scenarios are equal when they assume the same, whatever the spelling of the names (case,
    underscores), and carry the same name and story. ``first | second`` is both together; where
    they disagree the second wins.

    Args:
        set: constant -> its value for the whole run, in the constant's own units.
        name: what to call the scenario. Empty for one made on the spot.
        story: what it means, in a sentence or two.
        hold: variable -> a number, or a Series over time (interpolated, flat beyond its ends). A
            mapping of times to values, or pairs of both, is made into a Series.
        initial: stock -> its starting value.

    Raises:
        BadValue: a value is not a finite number, or one name is given twice in two spellings.
    """

    set: Mapping[str, float] = field(default_factory=dict)
    name: str = field(default="", kw_only=True)
    story: str = field(default="", kw_only=True)
    hold: Mapping[str, Held] = field(default_factory=dict, kw_only=True)
    initial: Mapping[str, float] = field(default_factory=dict, kw_only=True)

    def __post_init__(self) -> None:
        for label in ("set", "hold", "initial"):
            given = getattr(self, label)
            if not isinstance(given, Mapping):
                raise BadValue(
                    f"{label}= of a scenario is {_kind(given)}.",
                    'It has to be a dictionary of names and values, such as {"births": 3}.',
                )
            _one_spelling_each(label, given)
            read = _held if label == "hold" else finite
            checked = {key: read(value, f'{label} "{key}"') for key, value in given.items()}
            object.__setattr__(self, label, MappingProxyType(checked))

    @classmethod
    def of(cls, assumptions: Scenario | Mapping[str, float] | None) -> Scenario:
        """The scenario that stands for ``None``, for a dictionary of constants, or for itself.

        Args:
            assumptions: a Scenario, constants and their values, or None for the base.

        Raises:
            BadValue: it is something else.
        """
        if assumptions is None:
            return cls()
        if isinstance(assumptions, Scenario):
            return assumptions
        if isinstance(assumptions, Mapping):
            return cls(assumptions)
        raise BadValue(
            f"A scenario came as {_kind(assumptions)}.",
            "It has to be a dictionary of constants and values, or a Scenario.",
        )

    @property
    def given(self) -> frozenset[str]:
        """Canonical names of what it sets or holds, which nothing else may then draw."""
        return frozenset(canonical(name) for name in (*self.set, *self.hold))

    @property
    def label(self) -> str:
        """What to write beside a line: the name, or the assumptions themselves, or "base"."""
        return self.name or ", ".join(self._assumptions()) or "base"

    def __bool__(self) -> bool:
        """Whether anything differs from the base."""
        return bool(self.set or self.hold or self.initial)

    def __or__(self, other: Scenario | Mapping[str, float]) -> Scenario:
        if not isinstance(other, Scenario | Mapping):
            return NotImplemented
        second = Scenario.of(other)
        # What has been changed is no longer the scenario that its name and story tell of.
        changed = self.name and second and not second.name
        added = ", ".join((self.name, *second._assumptions()))
        return Scenario(
            _merged(self.set, second.set),
            name=added if changed else _together(" + ", self.name, second.name),
            story="" if changed else _together(" ", self.story, second.story),
            hold=_merged(self.hold, second.hold),
            initial=_merged(self.initial, second.initial),
        )

    def __ror__(self, other: Mapping[str, float]) -> Scenario:
        if not isinstance(other, Mapping):
            return NotImplemented
        return Scenario.of(other) | self

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Scenario):
            return NotImplemented
        return self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        title = f'Scenario "{self.name}"' if self.name else "Scenario"
        assumed = ", ".join(self._assumptions()) or "as the model stands"
        return printable(f"{title}: {assumed}", " ")

    def __reduce__(self) -> tuple[Any, ...]:
        # A MappingProxyType cannot be pickled, and runs are handed to other processes.
        return _rebuilt, (
            dict(self.set),
            self.name,
            self.story,
            dict(self.hold),
            dict(self.initial),
        )

    def _assumptions(self) -> list[str]:
        parts = [f"{name} = {value:.6g}" for name, value in self.set.items()]
        parts += [f"{name} held at {_short(value)}" for name, value in self.hold.items()]
        parts += [f"{name} starts at {value:.6g}" for name, value in self.initial.items()]
        return parts

    def _key(self) -> tuple[object, ...]:
        def pairs(given: Mapping[str, Held]) -> frozenset[tuple[str, object]]:
            return frozenset((canonical(name), _hashable(value)) for name, value in given.items())

        return (self.name, self.story, pairs(self.set), pairs(self.hold), pairs(self.initial))


def finite(value: object, what: str) -> float:
    """The value as a float.

    Args:
        value: what came.
        what: what it is a value of, for the error.

    Raises:
        BadValue: it is no number (text, True, a series), or it is infinite or not a number.
    """
    if isinstance(value, pd.Series):
        raise BadValue(
            f"The value for {clipped(what)} is a series.",
            "One finite number was expected.",
            "A series goes into hold=.",
        )
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise BadValue(
            f"The value for {clipped(what)} is {_kind(value)}.", "A finite number was expected."
        )
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise BadValue(f"The value for {clipped(what)} is {number}.", "It has to be finite.")
    return number


def _held(value: object, what: str) -> Held:
    if isinstance(value, numbers.Real | str | bytes):
        return finite(value, what)
    if isinstance(value, pd.Series):
        times, values = list(value.index), list(value)
    elif isinstance(value, Mapping):
        times, values = list(value.keys()), list(value.values())
    elif isinstance(value, Sequence) and all(
        isinstance(pair, Sequence) and not isinstance(pair, str) and len(pair) == 2
        for pair in value
    ):
        times, values = [pair[0] for pair in value], [pair[1] for pair in value]
    else:
        raise BadValue(
            f"The value for {clipped(what)} is {_kind(value)}.",
            "A finite number was expected, or a series of values over time.",
        )
    if not times:
        raise BadValue(f"The series for {clipped(what)} is empty.", "One point is the least.")
    series = pd.Series(
        [finite(point, what) for point in values],
        index=pd.Index([finite(time, f"a time of {what}") for time in times], name="Time"),
        dtype=float,
    )
    if not (series.index.is_monotonic_increasing and series.index.is_unique):
        raise BadValue(
            f"The times of the series for {clipped(what)} are not in order.",
            "Each time has to be later than the one before.",
        )
    return series


def _one_spelling_each(label: str, given: Mapping[str, object]) -> None:
    seen: dict[str, str] = {}
    for name in given:
        if not isinstance(name, str):
            raise BadValue(f"A name in {label}= is {_kind(name)}.", "Names are text.")
        first = seen.setdefault(canonical(name), name)
        if first != name:
            raise BadValue(
                f'{label}= holds "{clipped(first)}" and "{clipped(name)}".',
                "They are the same variable, so its value is not clear.",
            )


def _merged(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    again = {canonical(name) for name in second}
    kept = {name: value for name, value in first.items() if canonical(name) not in again}
    return {**kept, **second}


def _together(joint: str, first: str, second: str) -> str:
    return joint.join(dict.fromkeys(part for part in (first, second) if part))


def _hashable(value: Held) -> object:
    if isinstance(value, pd.Series):
        return tuple(zip(value.index, value, strict=True))
    return value


def _short(value: Held) -> str:
    return f"a series of {len(value)}" if isinstance(value, pd.Series) else f"{value:.6g}"


def _kind(value: object) -> str:
    if isinstance(value, str):
        return f'the text "{clipped(value, 40)}"'
    if isinstance(value, bool) or value is None:
        return str(value)
    return f"of type {type(value).__name__}"


def _rebuilt(
    constants: dict[str, float],
    name: str,
    story: str,
    hold: dict[str, Held],
    initial: dict[str, float],
) -> Scenario:
    return Scenario(constants, name=name, story=story, hold=hold, initial=initial)
