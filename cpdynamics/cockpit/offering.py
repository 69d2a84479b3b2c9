"""The flight that a model offers, read from its story and looked up in its equations."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cpdynamics.checking import checked_scenario
from cpdynamics.cockpit.decisions import Decision, Event, Plan, Report
from cpdynamics.dashboards.controls import controls
from cpdynamics.errors import BadStory, BadValue, CpdynamicsError, nearest, unknown_name
from cpdynamics.mdl.names import canonical
from cpdynamics.scenario import Scenario
from cpdynamics.story import Entries
from cpdynamics.tables import readable

if TYPE_CHECKING:
    from cpdynamics.model import Model

_CHOICES = 5  # offered where nobody has put a range in words
_COMPARED = 3
_ROUNDS = 20  # of a flight whose story does not say how long it is
_MOST = 200  # rounds; nobody flies more, and every one costs a run
_KEYS = (
    *("seat", "every", "until", "set", "hold", "headline", "totals", "compare", "loops"),
    *("decisions", "events", "reports"),
)
_DECISION = ("variable", "question", "takes", "bands")
_EVENT = ("variable", "value", "when", "first", "last", "takes", "chance", "news")
_REPORT = (
    *("title", "seen", "truth", "every", "first", "delay", "scale", "unit", "count", "words"),
    *("news", "source"),
)


def plan_of(model: Model) -> Plan:
    """The flight that a model offers: its story's, or one made from its sliders and headline.

    Args:
        model: any.

    Raises:
        BadStory: the story's ``[flight]`` does not fit the model.
        BadValue: there is nothing to decide, or nothing to report.
    """
    source = model.story.source.name if model.story.source else "the story"
    made = _Maker(model, f'{source}: "flight"').plan()
    if not made.decisions:
        raise BadValue(
            f"{model.title} leaves nothing to decide: it has no slider with a range.",
            "",
            "Write [[flight.decisions]] in the .toml beside it.",
        )
    if not made.reports:
        raise BadValue(f"{model.title} has nothing to report.", "", "Name a headline in the .toml.")
    return made


@dataclass
class _Maker:
    """Reads a plan, each name of it looked up in the model."""

    model: Model
    place: str
    _entries: Entries = field(init=False)

    def __post_init__(self) -> None:
        self._entries = Entries(dict(self.model.story.flight), self.place, _KEYS)

    def plan(self) -> Plan:
        start, end = (self._clock(name) for name in ("INITIAL TIME", "FINAL TIME"))
        entries = self._entries
        half_year = 6.0 if self.model.time_unit.lower() in ("month", "months") else 0.0
        every = entries.number("every", half_year or (end - start) / _ROUNDS)
        until = entries.number("until", end)
        if not (every > 0 and start + every <= until <= end and (until - start) / every <= _MOST):
            raise BadStory(
                f"{self.place}: every {readable(every)} until {readable(until)} is no flight.",
                f"The run goes from {readable(start)} to {readable(end)}; "
                f"it may have 1 to {_MOST} decisions.",
            )
        self._every = every
        story = self.model.story
        plan = Plan(
            seat=entries.text("seat") or f"You decide in: {self.model.title}.",
            start=start,
            every=every,
            until=start + every * int((until - start) / every + 1e-9),
            decisions=self._decisions(),
            events=tuple(self._event(one, until) for one in entries.tables("events", _EVENT)),
            reports=self._reports(),
            world=self._world(),
            headline=self._known(entries.names("headline") or story.headline),
            totals=self._known(entries.names("totals")),
            compare=entries.names("compare") or tuple(story.scenarios)[:_COMPARED],
            loops=entries.names("loops"),
        )
        for name in plan.compare:
            self._or_refuse(functools.partial(self.model.scenario, name))
        for loop in plan.loops:
            if loop not in story.loops:
                raise BadStory(f'{self.place}: "loops"', "", nearest(loop, story.loops))
        steered = [canonical(one.name) for one in plan.decisions]
        steered += [canonical(one.variable) for one in plan.events]
        steered += plan.world.given
        if len(set(steered)) < len(steered):
            raise BadStory(f"{self.place}: a constant is steered twice.", "Once was expected.")
        return plan

    def _decisions(self) -> tuple[Decision, ...]:
        if "decisions" not in self.model.story.flight:
            offered = controls(self.model) if self.model.story.sliders else ()
            return tuple(
                Decision(
                    one.name,
                    one.name,
                    one.low,
                    one.high,
                    one.start,
                    0.0,
                    _choices(one.bands, one.low, one.high, one.start),
                    one.meaning,
                )
                for one in offered
            )
        return tuple(self._decision(one) for one in self._entries.tables("decisions", _DECISION))

    def _decision(self, table: Entries) -> Decision:
        name = table.text("variable", needed=True)
        element, low, high = self._constant(name, table.at("variable"))
        bands = table.bands("bands") or next(
            (
                one.bands
                for one in self.model.story.sliders
                if canonical(one.variable) == canonical(name)
            ),
            (),
        )
        if any(not low <= value <= high for value, _ in bands):
            raise BadStory(
                f"{table.at('bands')} leaves the range.",
                f"The .mdl allows {readable(low)} to {readable(high)}.",
            )
        takes = table.text("takes")
        return Decision(
            name=element.name,
            question=table.text("question") or element.name,
            low=low,
            high=high,
            start=element.value,
            takes=self._constant(takes, table.at("takes"))[0].value if takes else 0.0,
            choices=_choices(bands, low, high, element.value),
            meaning=self.model.document[name].comment,
        )

    def _event(self, table: Entries, until: float) -> Event:
        name = table.text("variable", needed=True)
        element, low, high = self._constant(name, table.at("variable"))
        value, when = table.number("value", math.nan), table.text("when")
        first, last = table.number("first", 0.0), table.number("last", until)
        chance, takes = table.number("chance", 1.0), table.number("takes", 0.0)
        if not (low <= value <= high and first <= last and 0 <= chance <= 1 and takes >= 0):
            raise BadStory(
                f"{table.at('variable')} with these numbers is no event.",
                f"A value from {readable(low)} to {readable(high)}, first <= last and a chance "
                "from 0 to 1 were expected.",
            )
        if when:
            month, earliest, latest = self._constant(when, table.at("when"))
            when = month.name
            if not earliest <= first <= last <= latest:
                raise BadStory(
                    f"{table.at('when')} leaves the range.",
                    f"The .mdl allows {readable(earliest)} to {readable(latest)}.",
                )
        news = table.text("news", needed=True)
        return Event(element.name, element.value, value, when, first, last, takes, chance, news)

    def _reports(self) -> tuple[Report, ...]:
        given = self._entries.tables("reports", _REPORT)
        if given:
            return tuple(self._report(one) for one in given)
        names = self.model.story.headline or tuple(
            dict.fromkeys(name for chart in self.model.story.charts for name in chart.variables)
        )
        # Nobody has said how late they are: by one period, as a report to a meeting is.
        return tuple(
            Report(name, (name,), (name,), every=self._every, delay=self._every)
            for name in self._known(names)
        )

    def _report(self, table: Entries) -> Report:
        seen = self._known(table.names("seen", needed=True))
        every, first, delay = (table.number(key, 0.0) for key in ("every", "first", "delay"))
        counted = table.take("count") or False
        if not isinstance(counted, bool) or every < 0 or delay < 0 or (delay and not every):
            raise BadStory(
                f"{table.at('delay')} cannot be read.",
                "every and delay are no less than 0, with a delay goes an every, and count is "
                "true or false.",
            )
        news = table.names("news")
        if news and len(news) != 3:
            raise BadStory(f"{table.at('news')} has {len(news)} sentences.", "Three were expected.")
        return Report(
            title=table.text("title", needed=True),
            seen=seen,
            truth=self._known(table.names("truth")) or seen,
            every=every,
            first=first,
            delay=delay,
            scale=table.number("scale", 1.0),
            unit=table.text("unit"),
            count=counted,
            words=table.bands("words"),
            news=news,
            source=table.text("source"),
        )

    def _world(self) -> Scenario:
        given = {key: self._entries.table(key).each(Entries.take) for key in ("set", "hold")}
        return self._or_refuse(
            lambda: checked_scenario(
                self.model.structure, Scenario(given["set"], hold=given["hold"])
            )
        )

    def _known(self, names: tuple[str, ...]) -> tuple[str, ...]:
        elements = self.model.structure.elements
        for name in names:
            if canonical(name) not in elements:
                known = [one.name for one in elements.values()]
                raise BadStory(f"{self.place}: {unknown_name('variable', name, known)}")
        return tuple(elements[canonical(name)].name for name in names)

    def _constant(self, name: str, where: str) -> tuple[Any, float, float]:
        """The constant and its range."""
        (spelt,) = self._known((name,))
        element = self.model.structure.elements[canonical(spelt)]
        if element.kind != "constant" or element.value is None:
            raise BadStory(f'{where}: "{spelt}" is no constant.', "A constant was expected.")
        allowed = element.range
        low = allowed.low if allowed and allowed.low is not None else -math.inf
        high = allowed.high if allowed and allowed.high is not None else math.inf
        return element, low, high

    def _clock(self, name: str) -> float:
        return float(self.model.structure.elements[canonical(name)].value or 0.0)

    def _or_refuse(self, made: Callable[[], Scenario]) -> Scenario:
        try:
            return made()
        except CpdynamicsError as error:
            raise BadStory(f"{self.place}: {error.came}", error.expected, error.remedy) from None


def _choices(
    bands: tuple[tuple[float, str], ...], low: float, high: float, start: float
) -> tuple[tuple[float, str], ...]:
    if bands:
        return bands
    if not math.isfinite(high - low):
        return ((start, readable(start)),)
    marks = {low + (high - low) * k / (_CHOICES - 1) for k in range(_CHOICES)} | {start}
    return tuple((mark, readable(mark)) for mark in sorted(marks))
