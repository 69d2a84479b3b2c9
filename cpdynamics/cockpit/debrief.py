"""A flight looked back on: what was seen and what was so, the loops, and other ways to fly."""

from __future__ import annotations

import html
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cpdynamics.cockpit.calendar import dated
from cpdynamics.cockpit.log import Flight
from cpdynamics.cockpit.reports import in_words, seen, so
from cpdynamics.errors import BadValue
from cpdynamics.feedback import Loops, contribution, loops
from cpdynamics.run import Run
from cpdynamics.scenario import Scenario
from cpdynamics.story import Chart
from cpdynamics.tables import Table, as_html, as_text

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from cpdynamics.cockpit.decisions import Report

SAW, SO = "you saw", "was so"
UNDECIDED = "nothing decided"
_LED = 6  # loops listed
_NOTHING = 1e-6  # of a variable's largest value: less is what rounding leaves
_TOLD = 3  # reports told of in words
_CLOSING = (
    "There is no mark. Figures that come late and softened, and decisions that are felt years "
    "later, belong to the seat, whoever sits in it."
)


@dataclass(frozen=True, eq=False, repr=False)
class Debrief:
    """What was seen in a flight against what was so, which loops drove it, other ways to fly.

    Attributes:
        flight: at the half-year where it was looked back on.
        course: index = each half-year; columns (report, "you saw") and (report, "was so"), in the
            unit of the report.
        runs: label -> a run in the same news: this flight first, then one in which nothing was
            decided, then scenarios of the story. Each goes on to the end of the model, with what
            was in force and what had happened by now.
    """

    flight: Flight
    course: pd.DataFrame
    runs: dict[str, Run]

    @property
    def table(self) -> Table:
        """A table of the reports: what was seen at the end, of when, what was so, and the widest.

        Columns: ``report``, ``you saw``, ``as of``, ``was so``, ``widest apart`` (when),
        ``you saw then``, ``was so then`` and ``why`` they may differ.
        """
        rows = []
        for reading in self.flight.reports:
            report, last = reading.report, self.flight.now
            widest = self._widest(report.title)
            rows.append(
                {
                    "report": report.title,
                    SAW: reading.text,
                    "as of": self._month(reading.counted),
                    SO: _so_in_words(report, self._at(last, report.title, SO)),
                    "widest apart": self._month(widest),
                    f"{SAW} then": in_words(report, self._at(widest, report.title, SAW)),
                    f"{SO} then": _so_in_words(report, self._at(widest, report.title, SO)),
                    "why": report.source,
                }
            )
        return Table(rows)

    @cached_property
    def loops(self) -> Loops:
        """The loops of this flight and what each was worth, by ``cp.loops`` on its run."""
        return loops(self.flight.model, self.flight.run)

    @property
    def led(self) -> Table:
        """A table of the loops with a name that were worth most, by the measure of ``Loops``.

        Columns: ``id``, ``name``, ``kind`` and ``at``, when it was at its strongest.
        """
        table = self.loops.table()
        named = table[(table["id"] != "") & (table["peak"] > 0)].head(_LED)
        rows = [
            {**{key: row[key] for key in ("id", "name", "kind")}, "at": self._month(row["at"])}
            for row in named.to_dict("records")
        ]
        return Table(rows, columns=["id", "name", "kind", "at"])

    @cached_property
    def added(self) -> Table:
        """A table of what loops added to the headline of this flight: index = loop.

        Each is taken out by itself, and the flight flown again without it; a column a headline,
        the flight less the one without. The loops are those that the story asks for. Takes some
        seconds.
        """
        model, rows = self.flight.model, {}
        for loop in self.flight.plan.loops:
            found = contribution(
                model, loop, self.flight.run.scenario, variables=self.flight.plan.headline
            )
            rows[found.cut.label] = {
                name: _seen(found.difference[name].iloc[-1], self.flight.run[name])
                for name in found.variables
            }
        table = Table.from_dict(rows, orient="index", columns=list(self.flight.plan.headline))
        table.index.name = "loop"
        return table

    @property
    def beside(self) -> Table:
        """A table of all runs at the time of looking back: index = run, a column a headline.

        Totals are sums over the flight.
        """
        return self._compared(self.flight.now)

    @property
    def ahead(self) -> Table:
        """The same table at the end of the model, when all goes on as it stands."""
        return self._compared(self._end)

    def figure(self, *, height: int | None = None, width: int = 900) -> Figure:
        """A picture: a panel for each report, with what was seen and what was so.

        Args:
            height: in pixels; what the panels need when left out.
            width: in pixels.
        """
        from plotly.graph_objects import Figure

        return Figure(self.drawn(height=height, width=width))

    def drawn(self, *, height: int | None = None, width: int = 900) -> dict[str, Any]:
        """The same picture as plain data and layout.

        Args:
            height: in pixels; what the panels need when left out.
            width: in pixels.
        """
        from cpdynamics.plots import picture

        titles = [report.title for report in self.flight.plan.reports]
        units = {one.title: one.unit for one in self.flight.plan.reports}
        runs = {
            label: Run(
                self.flight.model.name,
                Scenario(name=label),
                pd.DataFrame({title: self.course[(title, label)] for title in titles}),
                units,
                self.flight.model.time_unit,
                self.flight.model.story.since,
            )
            for label in (SAW, SO)
        }
        charts = [Chart(title, (title,)) for title in titles]
        return picture(runs, charts, height=height, width=width)

    @property
    def apart(self) -> str:
        """Where what was seen and what was so lay widest apart, in a few sentences."""
        # How far a count lies from what was to be expected is chance, and nobody's filter.
        filtered = [one for one in self.flight.plan.reports if not one.count]
        told = sorted(filtered, key=lambda one: -self._apart(one.title))[:_TOLD]
        rows = {row["report"]: row for row in self.table.to_dict("records")}
        sentences = [
            f"{one.title}: in {rows[one.title]['widest apart']} you saw "
            f"{rows[one.title][f'{SAW} then']}; it was {rows[one.title][f'{SO} then']}."
            for one in told
            if rows[one.title][f"{SAW} then"] != rows[one.title][f"{SO} then"]
        ]
        return " ".join(sentences) or "What you saw was so."

    @property
    def drove(self) -> str:
        """Which loop led when, in a sentence."""
        return self.loops.words()

    @property
    def closing(self) -> str:
        """What a flight does not say."""
        return _CLOSING

    @property
    def words(self) -> str:
        """What there is to say, in a few sentences."""
        return " ".join([self.apart, self.drove, self.closing])

    @property
    def side(self) -> str:
        """What stands above ``beside``."""
        return f"In {self._month(self.flight.now)}, all in the same news"

    @property
    def on(self) -> str:
        """What stands above ``ahead``."""
        return f"In {self._month(self._end)}, if all goes on as it stands"

    @property
    def goes_on(self) -> bool:
        """Whether the model goes on after the flight."""
        return self._end > self.flight.now

    def __repr__(self) -> str:
        seen_and_so = self.table.drop(columns="why")
        parts = [self.words, as_text(seen_and_so), self.side, as_text(self.beside)]
        if self.goes_on:
            parts += [self.on, as_text(self.ahead)]
        return "\n\n".join(parts)

    def _repr_html_(self) -> str:
        parts = [
            f"<p>{html.escape(self.words)}</p>",
            as_html(self.table.drop(columns="why"), "What you saw, and what was so"),
            as_html(self.led, "The loops that were worth most"),
            as_html(self.beside, self.side),
        ]
        if self.goes_on:
            parts.append(as_html(self.ahead, self.on))
        return "".join(parts)

    @property
    def _end(self) -> float:
        return float(next(iter(self.runs.values())).frame.index[-1])

    def _compared(self, at: float) -> Table:
        plan, rows = self.flight.plan, {}
        for label, run in self.runs.items():
            row = {name: float(run[name][:at].iloc[-1]) for name in plan.headline}
            for name in plan.totals:
                series = run[name][plan.start : at]
                row[f"{name}, in all"] = float(np.trapezoid(series, series.index))
            rows[label] = row
        table = Table.from_dict(rows, orient="index")
        table.index.name = "run"
        return table

    def _at(self, time: float, title: str, column: str) -> float:
        return float(self.course[(title, column)][time])

    def _widest(self, title: str) -> float:
        apart = (self.course[(title, SAW)] - self.course[(title, SO)]).abs()
        return float(apart.index[int(apart.to_numpy().argmax())])

    def _apart(self, title: str) -> float:
        """How far seen and so lay apart, as a part of the largest that was so."""
        actual = self.course[(title, SO)]
        apart = float((self.course[(title, SAW)] - actual).abs().mean())
        return apart / (float(actual.abs().max()) or 1.0)

    def _month(self, time: float) -> str:
        return dated(time, self.flight.model.time_unit, self.flight.model.story.since)


def _so_in_words(report: Report, value: float) -> str:
    """What was so, in words; of rare events only how many were to be expected."""
    words = in_words(report, value)
    return f"{words}, to be expected" if report.count else words


def _seen(change: float, series: pd.Series[float]) -> float:
    """A change, and 0 for one that is nothing beside the variable itself."""
    return change if abs(change) > _NOTHING * float(series.abs().max()) else 0.0


def looked_back(flight: Flight) -> Debrief:
    """The debrief of a flight.

    Args:
        flight: with at least one half-year flown.

    Raises:
        BadValue: nothing has been decided yet.
    """
    if not flight.decided:
        raise BadValue("Nothing has been decided yet.", "", "Decide first: .decide({...}).")
    plan, model = flight.plan, flight.model
    times = [plan.start + plan.every * number for number in range(len(flight.decided) + 1)]
    columns: dict[tuple[str, str], list[float]] = {}
    for report in plan.reports:
        columns[report.title, SAW] = [
            seen(plan, report, flight.run, flight.seed, time).value for time in times
        ]
        columns[report.title, SO] = [so(plan, report, flight.run, time) for time in times]
    course = pd.DataFrame(columns, index=pd.Index(times, name="Time"))
    struck = plan.struck(flight.seed, flight.now)
    idle = Flight(model, flight.seed, ({},) * len(flight.decided))
    worlds = [flight.scenario, replace(idle.scenario, name=UNDECIDED)]
    for name in plan.compare:
        shipped = model.scenario(name)
        worlds.append(replace(shipped | struck, name=shipped.name, story=shipped.story))
    runs = {world.name: model.run(world) for world in worlds}
    return Debrief(flight, course, runs)
