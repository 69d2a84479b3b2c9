"""A flight before anybody has taken the seat: what is decided, what may happen, what is seen."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cpdynamics.errors import BadValue, unknown_name
from cpdynamics.mdl.names import canonical
from cpdynamics.scenario import Held, Scenario, finite
from cpdynamics.tables import readable

_PARTS = 6  # of a period: a decision comes into force in steps of one, a month of a half-year


@dataclass(frozen=True)
class Decision:
    """A constant that the director sets anew every half-year.

    Attributes:
        name: as in the .mdl.
        question: what is to be decided, in words.
        low, high, start: its range and its value in the .mdl.
        takes: time until a decision is in force, in the model's time unit.
        choices: values from low to high, each with the words for it.
        meaning: the comment in the .mdl.
    """

    name: str
    question: str
    low: float
    high: float
    start: float
    takes: float
    choices: tuple[tuple[float, str], ...]
    meaning: str = ""

    def words(self, value: float) -> str:
        """The words for a value, or the number where it is none of the choices.

        Args:
            value: in the constant's units.
        """
        return next((words for mark, words in self.choices if mark == value), readable(value))


@dataclass(frozen=True)
class Event:
    """What may befall the service, whatever is decided.

    Attributes:
        variable: the constant that it changes.
        start: its value in the .mdl.
        value: to what it changes.
        when: the constant that takes the month; empty where the value itself moves in time.
        first, last: between which times it falls.
        takes: time until the value is reached; of no account with ``when``.
        chance: that it happens at all, 0 to 1.
        news: what the papers say.
    """

    variable: str
    start: float
    value: float
    when: str
    first: float
    last: float
    takes: float
    chance: float
    news: str


@dataclass(frozen=True)
class Report:
    """A figure on the director's desk.

    Attributes:
        title: what stands above it.
        seen: the variables whose sum is reported, with the filters that the model has for them.
        truth: those whose sum is so.
        every, first, delay: it is counted at the times ``first``, ``first + every`` and so on from
            the start, and published ``delay`` later. With ``every`` 0 it is there at once.
        scale: what the figure is multiplied by.
        unit: of what is shown.
        count: whether it is a number of rare events, drawn around the variable over a period.
        words: value -> word, where only the nearest of these words is published.
        news: for a count: the sentence for none, for one, and for ``{count}`` of them.
        source: where it comes from, and what is so instead.
    """

    title: str
    seen: tuple[str, ...]
    truth: tuple[str, ...]
    every: float = 0.0
    first: float = 0.0
    delay: float = 0.0
    scale: float = 1.0
    unit: str = ""
    count: bool = False
    words: tuple[tuple[float, str], ...] = ()
    news: tuple[str, ...] = ()
    source: str = ""

    @property
    def variables(self) -> tuple[str, ...]:
        """All that it is made from."""
        return tuple(dict.fromkeys((*self.seen, *self.truth)))


@dataclass(frozen=True)
class Plan:
    """A flight before anybody has taken the seat.

    Attributes:
        seat: who decides, in a sentence.
        start, every, until: when the first decision falls, how far apart they are, and the end.
        decisions: what is decided each time.
        events: what may happen.
        reports: what the director sees.
        world: what is set and held for everybody who flies, so that a decision counts at once.
        headline: the variables to compare runs by.
        totals: flows of which the sum over the flight is compared as well.
        compare: names of the scenarios to compare with.
        loops: ids of loops to take out of the flight, one at a time, when looking back.
    """

    seat: str
    start: float
    every: float
    until: float
    decisions: tuple[Decision, ...]
    events: tuple[Event, ...]
    reports: tuple[Report, ...]
    world: Scenario
    headline: tuple[str, ...]
    totals: tuple[str, ...]
    compare: tuple[str, ...]
    loops: tuple[str, ...] = ()

    @property
    def rounds(self) -> int:
        """How many times there is something to decide."""
        return int((self.until - self.start) / self.every + 1e-9)

    def decision(self, name: str) -> Decision:
        """The decision of that name, in any spelling.

        Args:
            name: of its constant.

        Raises:
            UnknownName: there is none.
        """
        wanted = canonical(str(name))
        for one in self.decisions:
            if canonical(one.name) == wanted:
                return one
        raise unknown_name(
            "decision in this flight", str(name), [one.name for one in self.decisions]
        )

    def checked(self, name: str, value: object) -> float:
        """The value, if it may be decided.

        Args:
            name: of the decision.
            value: what came.

        Raises:
            UnknownName: there is no such decision.
            BadValue: it is no finite number, or out of range.
        """
        one = self.decision(name)
        number = finite(value, f'"{one.name}"')
        if not one.low <= number <= one.high:
            raise BadValue(
                f'"{one.name}" was to be {readable(number)}.',
                f"The .mdl allows {readable(one.low)} to {readable(one.high)}.",
            )
        return number

    def held(self, decided: tuple[Mapping[str, float], ...]) -> Scenario:
        """The decisions as the model takes them: each constant over time.

        A decision comes into force step by step, from where the constant stands by then. What was
        in force earlier is the same to the last bit, whatever is decided later.

        Args:
            decided: for each period so far, decision -> value.
        """
        # All are held, moved or not: an engine prepares anew for every other set of them.
        hold: dict[str, Held] = {
            one.name: self._eased(one, [values[one.name] for values in decided])
            for one in self.decisions
        }
        return Scenario(hold=hold)

    def befalls(self, seed: int) -> tuple[tuple[Event, float], ...]:
        """What happens in the flight of that seed, and when, in order.

        Args:
            seed: the same seed, the same flight.
        """
        fallen = []
        for place, event in enumerate(self.events):
            chance, when = np.random.default_rng([seed, place]).random(2)
            if chance < event.chance:
                step = self.every / _PARTS
                steps = math.floor((event.last - event.first) / step + 1e-9) + 1
                fallen.append((event, event.first + step * math.floor(steps * when)))
        return tuple(sorted(fallen, key=lambda one: one[1]))

    def struck(self, seed: int, now: float) -> Scenario:
        """What has befallen the service by now. Nothing of what is still to come is in it.

        Args:
            seed: of the flight.
            now: a time.
        """
        constants: dict[str, float] = {}
        hold: dict[str, Held] = {}
        fallen = [one for one in self.befalls(seed) if one[1] <= now]
        for event in self.events:
            if not event.when:
                hold[event.variable] = pd.Series({self.start: event.start}, dtype=float)
        for event, month in fallen:
            if event.when:
                constants |= {event.variable: event.value, event.when: month}
            else:
                reached = month + max(event.takes, self.every / _PARTS)
                hold[event.variable] = pd.Series(
                    {month: event.start, reached: event.value}, dtype=float
                )
        return Scenario(constants, hold=hold)

    def _eased(self, one: Decision, goals: list[float]) -> Held:
        """A constant over time: a step at a time, from where it stands when that is decided."""
        step = self.every / _PARTS
        steps = max(1, round(one.takes / step))
        value, points = one.start, {self.start: one.start}
        origin, goal, taken = one.start, one.start, 0
        for number, wanted in enumerate(goals):
            if wanted != goal:
                origin, goal, taken = value, wanted, 0
            for part in range(1, _PARTS + 1):
                taken += 1
                value = goal if taken >= steps else origin + (goal - origin) * taken / steps
                points[self.start + self.every * number + step * part] = value
        return pd.Series(points, dtype=float)
