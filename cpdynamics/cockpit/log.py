"""A flight: what has been decided so far, and what that lets the director see."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from cpdynamics.checking import checked_seed
from cpdynamics.cockpit.calendar import dated, headed
from cpdynamics.cockpit.decisions import Decision, Plan
from cpdynamics.cockpit.offering import plan_of
from cpdynamics.cockpit.reports import Reading, seen
from cpdynamics.errors import BadValue, MissingFile, came_as
from cpdynamics.scenario import Scenario
from cpdynamics.tables import Table, as_html, as_text

if TYPE_CHECKING:
    from cpdynamics.cockpit.debrief import Debrief
    from cpdynamics.cockpit.view import Seat
    from cpdynamics.model import Model
    from cpdynamics.run import Run

YOURS = "your flight"


@dataclass(frozen=True, eq=False, repr=False)
class Flight:
    """A seat for some years: decide every half-year, on what a director sees. Frozen.

    ``flight.decide({...})`` gives the flight half a year on. Nothing in it shows what is still to
    come, and nothing that has been flown can be flown again.

    Attributes:
        model: what is flown.
        seed: decides what happens from outside; the same seed and decisions are the same flight.
        decided: for each half-year flown, decision -> value.
        plan: what is decided, what may happen and what is seen.
    """

    model: Model
    seed: int = 0
    decided: tuple[Mapping[str, float], ...] = ()
    plan: Plan = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "seed", checked_seed(self.seed))
        object.__setattr__(self, "plan", plan_of(self.model))
        if len(self.decided) > self.plan.rounds:
            raise BadValue(
                f"A flight of {len(self.decided)} decisions came.",
                f"{self.model.title} is flown for {self.plan.rounds}.",
            )
        # What is not decided anew stays as it was.
        stands = {one.name: one.start for one in self.plan.decisions}
        flown = []
        for changes in self.decided:
            given = {
                self.plan.decision(name).name: self.plan.checked(name, value)
                for name, value in changes.items()
            }
            if len(given) < len(changes):
                raise BadValue("A decision came twice, in two spellings.", "Once was expected.")
            stands = stands | given
            flown.append(MappingProxyType(stands))
        object.__setattr__(self, "decided", tuple(flown))

    def decide(self, changes: Mapping[str, float] | None = None) -> Flight:
        """The flight half a year on, under what is decided now.

        Args:
            changes: decision -> value in the units of its constant. What is left out stays as it
                stands; None leaves all of it.

        Raises:
            UnknownName: it is nothing that is decided here.
            BadValue: a value out of range, or the flight is over.
        """
        if self.is_over:
            raise BadValue(
                f"The flight was over in {self._month(self.now)}.", "", "Look back: .debrief()."
            )
        came: object = changes
        if came is not None and not isinstance(came, Mapping):
            first = self.plan.decisions[0]
            raise BadValue(
                f"Decisions came as {came_as(came)}.",
                f'A dictionary was expected, such as {{"{first.name}": {first.start:g}}}.',
            )
        return replace(self, decided=(*self.decided, dict(changes or {})))

    @property
    def now(self) -> float:
        """The time in the model at which the next decision falls."""
        return self.plan.start + self.plan.every * len(self.decided)

    @property
    def is_over(self) -> bool:
        """Whether there is nothing left to decide."""
        return len(self.decided) >= self.plan.rounds

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """What is decided each time."""
        return self.plan.decisions

    @property
    def stands(self) -> Mapping[str, float]:
        """Decision -> the value that stands now."""
        start = {one.name: one.start for one in self.plan.decisions}
        return self.decided[-1] if self.decided else MappingProxyType(start)

    @property
    def heading(self) -> str:
        """When it is, such as "Month 18: autumn 2018"."""
        return headed(self.now, self.model.time_unit, self.model.story.since)

    @cached_property
    def scenario(self) -> Scenario:
        """What has been decided and what has happened by now; nothing that is still to come."""
        return self.steered(self.now)

    def steered(self, until: float) -> Scenario:
        """The decisions so far, in a world in which has happened what had happened by a time.

        Args:
            until: the time.
        """
        made = self.plan.world | self.plan.held(self.decided) | self.plan.struck(self.seed, until)
        return replace(made, name=YOURS)

    @cached_property
    def run(self) -> Run:
        """The model's run until now."""
        asked = self.scenario | Scenario({"FINAL TIME": self.now})
        return self.model.run(replace(asked, name=YOURS))

    @cached_property
    def reports(self) -> tuple[Reading, ...]:
        """What lies on the desk now."""
        return tuple(
            seen(self.plan, report, self.run, self.seed, self.now) for report in self.plan.reports
        )

    @cached_property
    def news(self) -> tuple[str, ...]:
        """What the papers and the duty officer say of the last half-year."""
        said = [
            event.news
            for event, month in self.plan.befalls(self.seed)
            if self.now - self.plan.every < month <= self.now
        ]
        for reading in self.reports:
            if reading.report.news:
                count = int(reading.value)
                sentence = reading.report.news[min(count, 2)]
                said.append(sentence.replace("{count}", str(count)))
        return tuple(said)

    @property
    def desk(self) -> Table:
        """A table of what lies on the desk: ``report``, ``figure``, ``as of``."""
        rows = [
            {
                "report": one.report.title,
                "figure": one.text,
                "as of": self._month(one.counted),
            }
            for one in self.reports
        ]
        return Table(rows, columns=["report", "figure", "as of"])

    def debrief(self) -> Debrief:
        """What was seen against what was so, which loops drove it, and other ways to fly.

        Raises:
            BadValue: nothing has been decided yet.
        """
        from cpdynamics.cockpit.debrief import looked_back

        return looked_back(self)

    def seat(self) -> Seat:
        """The page on which to fly on from here, for JupyterLab and Voila.

        Raises:
            MissingFile: ipywidgets or anywidget is not installed.
        """
        try:
            from cpdynamics.cockpit.view import Seat
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] not in ("ipywidgets", "anywidget", "traitlets"):
                raise
            raise MissingFile(
                f"The seat needs {error.name}, which is not installed.",
                "",
                'Run: pip install "cpdynamics[notebooks]". Or fly in Python: .decide({...}).',
            ) from None
        return Seat(self)

    def save(self, path: Path | str) -> None:
        """Writes the flight to a file, from which ``resume=`` reads it.

        Args:
            path: where to.

        Raises:
            CannotWrite: there is no such folder, no right to write, or no room.
        """
        from cpdynamics.cockpit.saved import write_flight

        write_flight(self, path)

    @property
    def changes(self) -> tuple[Mapping[str, float], ...]:
        """For each half-year flown, only what was decided anew."""
        start: Mapping[str, float] = {one.name: one.start for one in self.plan.decisions}
        return tuple(
            {name: value for name, value in after.items() if value != before[name]}
            for before, after in itertools.pairwise((start, *self.decided))
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Flight):
            return NotImplemented
        return self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        return f"{self._top}\n{as_text(self.desk)}"

    def _repr_html_(self) -> str:
        return as_html(self.desk, self._top)

    def _key(self) -> tuple[object, ...]:
        flown = tuple(tuple(sorted(values.items())) for values in self.decided)
        return marked(self.model), self.seed, flown

    @property
    def _top(self) -> str:
        news = " ".join(self.news)
        return f"{self.plan.seat} {self.heading}. {news}".strip()

    def _month(self, time: float) -> str:
        return dated(time, self.model.time_unit, self.model.story.since)


def marked(model: Model) -> str:
    """The mark of a model: it changes with any letter of its equations or of its flight.

    Args:
        model: any.
    """
    parts: tuple[Any, ...] = (model.name, model.document.text, model.story.flight)
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()
