"""The picture of a dashboard, and the runs in it: the base, the run on show, its band, the pins."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cpdynamics.dashboards.axes import Shown, axis_ranges, axis_starts, settled, surveyed
from cpdynamics.dashboards.chosen import Places, choices, in_their_places, key_of
from cpdynamics.dashboards.controls import State, at_the_ends
from cpdynamics.dashboards.fan import ALL_SET, UNASKED, Fan, Many
from cpdynamics.dashboards.live import Fit, LivePicture
from cpdynamics.dashboards.pins import WORDS, in_words, label_pins, pin_traces, pinned
from cpdynamics.errors import CpdynamicsError, Unsupported
from cpdynamics.plots import Band, panels, picture
from cpdynamics.plots.layout import THINNEST, columns_for
from cpdynamics.scenario import Scenario
from cpdynamics.story import Chart

if TYPE_CHECKING:
    from cpdynamics.model import Model
    from cpdynamics.run import Run

_THIS = "this run"
_LOW = 440  # pixels that a single row of panels takes where nothing is known of the window
_ROW = 250  # pixels a row of panels there, where there are several
_ROWS = (205, 380)  # pixels a row, at least and at most, in a window: all is to be seen at once
_ROOMY = 620  # pixels that a single row may take where somebody chose a few panels of many
_HIDDEN: dict[str, Any] = {"visible": False}


class Stage:
    """What a dashboard shows of a model's runs, in one living picture.

    Args:
        model: the model.
        start: where the controls stand at the start.
        outputs: the variables that are shown somewhere.
        charts: variables or charts; there is a panel for each unit of a chart.

    Attributes:
        base: the run that the dashed lines show.
        run: the run on show.
        many: the runs that the band on show was drawn from; None without a band.
        pins: the runs that stay in the picture, two at most; None for one that broke off.
        panels: all panels as (title, variables).
        choices: what may be on show, in words and as places of panels.
        on_show: the places of the panels on show.
        fan: makes the band; None for a model without one.
        no_fan: why there is no band; empty where there is one, or need not be.
        fit: the widget that knows how much room there is.
        figure: the widget of the picture.

    Raises:
        CpdynamicsError: the base cannot be run.
    """

    def __init__(
        self, model: Model, start: State, outputs: Sequence[str], charts: Sequence[str | Chart]
    ) -> None:
        self._model, self._outputs = model, tuple(outputs)
        self._engine: str | None = "compiled"
        self._drawing = threading.RLock()  # a new width may come while a run is being drawn
        self.closed = False
        self.fan: Fan | None = None
        self.many: Many | None = None
        self.pins: tuple[Run | None, ...] = ()
        self.no_fan = ""
        self.base = self.run = self.ask()  # before any widget is made, since it may fail
        self.panels = panels(charts, self.base)
        self.choices = choices([title for title, _ in self.panels])
        self.on_show: Places = self.choices[0][1]
        self._find_fan(start)
        self._bands = self._bands_of(self.many)
        self._ranges = axis_ranges(self.panels, [(self.base, self._bands)], self._starts)
        self.fit = Fit(height=_LOW)
        self._start_picture()
        self.fit.observe(lambda _: self.draw(), ["width", "room"])

    def ask(self, scenario: Scenario | None = None, *, whole: bool = False) -> Run:
        """A run by the quickest engine that can do it: a room does not wait.

        Args:
            scenario: what to assume; None for the base.
            whole: with every variable, and not only with those that are shown.
        """
        outputs = None if whole else self._outputs
        try:
            return self._model.run(scenario, engine=self._engine, outputs=outputs)
        except Unsupported:
            if self._engine is None:
                raise
            self._engine = None  # it would refuse the next move as well, after as much work
            return self.ask(scenario, whole=whole)

    def around(self, scenario: Scenario) -> Many | None:
        """The fan around a scenario; one that fails leaves the line alone, and says why.

        Args:
            scenario: of the run on show.
        """
        many = None
        try:
            if self.fan is not None and (many := self.fan.around(scenario)) is None:
                self.no_fan = ALL_SET
        except CpdynamicsError as error:
            self.no_fan = f"No band of uncertainty is shown. {error}"
        return many

    def show(self, run: Run, many: Many | None, pins: Sequence[Run | None]) -> bool:
        """Puts runs into the picture; False if that has left the page meanwhile.

        Args:
            run: the run to show.
            many: what its band is drawn from; None for no band.
            pins: the runs to compare it with.
        """
        with self._drawing:
            if self.closed:
                return False
            keep = self._ranges if run.scenario else self._starts
            self.run, self.many, self._bands = run, many, self._bands_of(many)
            self.pins = tuple(pins)
            beside: list[Shown] = [(one, {}) for one in (self.base, *pins) if one is not None]
            self._ranges = axis_ranges(self.panels, [*beside, (run, self._bands)], keep)
            self.draw()
        return True

    def follow(self, scenario: Scenario, many: Many | None) -> bool:
        """Draws a band that took its time behind its line; False if that has moved on.

        Args:
            scenario: of the run that the band belongs to.
            many: what the band is drawn from.
        """
        with self._drawing:
            moved_on = self.run.scenario != scenario
            return not moved_on and self.show(self.run, many, self.pins)

    def choose(self, number: int) -> None:
        """Shows other charts.

        Args:
            number: the place in ``choices``.
        """
        with self._drawing:
            self.on_show = self.choices[number][1]
            self.draw()

    def draw(self) -> None:
        """Puts the runs on show into the picture that is there."""
        with self._drawing:
            if not self.closed:
                self._live.show(self._picture())

    def close(self) -> None:
        """Stops all drawing."""
        with self._drawing:
            self.closed = True

    @property
    def said(self) -> str:
        """The picture in words."""
        return self._live.said

    def _find_fan(self, start: State) -> None:
        """The fan, if there is one, and the axes that go with it."""
        self._starts = axis_starts(self._model, self.panels)
        if not self._model.story.uncertain:
            return
        try:
            self.fan = Fan(self._model, self._outputs)
            for _ in range(2):  # the first time it is compiled
                self.many = self.fan.around(Scenario())
        except CpdynamicsError as error:
            self.no_fan = f"No band of uncertainty is shown. {error.came}"
            return
        if self.fan.seconds < UNASKED:
            told = surveyed(self._both, [Scenario(), *self._model.scenarios.values()])
            ends = at_the_ends(start) if self._model.story.sliders else []
            self._starts = settled(self.panels, told, surveyed(self._both, ends))
        else:
            self.many = None

    def _both(self, scenario: Scenario) -> tuple[Run, Mapping[str, Band]]:
        """A run and its bands."""
        many = None if self.fan is None else self.fan.around(scenario)
        return self.ask(scenario), self._bands_of(many)

    def _bands_of(self, many: Many | None) -> dict[str, Band]:
        names = [name for _, group in self.panels for name in group]
        return {} if many is None else many.bands(names)

    def _start_picture(self) -> None:
        """The living picture with every line that it will ever have: a page learns of no other."""
        drawn = self._drawn()
        axes = [trace["xaxis"] for trace in drawn["data"]]
        self._sizes = [axes.count(f"x{key_of(place)}") for place in range(len(self.panels))]
        self._pins: list[dict[str, Any]] = []
        for place, group in enumerate(self.panels):
            panel = pinned(group, [self.base] * len(WORDS), (0.0, 1.0))
            empty = _HIDDEN | {"x": [], "y": []}
            self._pins += [one | empty for one in pin_traces(panel, key_of(place)).values()]
        whole = self._picture()
        whole["data"][: len(self._pins)] = self._pins
        self._live = LivePicture(whole)
        self.figure = self._live.figure

    def _drawn(self) -> dict[str, Any]:
        """The picture of the charts on show."""
        width, height = self._room()
        # At the start both are one run; a second object keeps two lines in the picture.
        shown = dataclasses.replace(self.run) if self.run is self.base else self.run
        return picture(
            {_THIS: shown},
            [Chart(*self.panels[place]) for place in self.on_show],  # type: ignore[arg-type]
            baseline=self.base,
            ranges=self._ranges,
            bands=None if self.fan is None else self._bands,
            height=height,
            width=width,
        )

    def _room(self) -> tuple[int, int]:
        """How wide and how tall the picture is to be."""
        width, count = max(self.fit.width, THINNEST), len(self.on_show)
        columns = columns_for(count, width)
        rows = -(-count // columns)
        least, most = (end * rows for end in _ROWS)
        chosen = count == 1 or count < len(self.panels)
        most = max(most, _ROOMY if chosen else _LOW)
        wanted = max(_LOW, _ROW * rows)
        return width, min(max(self.fit.room, least), most) if self.fit.room else wanted

    def _picture(self) -> dict[str, Any]:
        drawn = in_their_places(self._drawn(), self.on_show, self._sizes)
        layout, height = drawn["layout"], drawn["layout"].pop("height")
        lines = self._pinned(drawn, height)
        self.fit.height = height
        behind = [lines.get((one["name"], one["xaxis"]), _HIDDEN) for one in self._pins]
        return {"data": [*behind, *drawn["data"]], "layout": layout}

    def _pinned(self, drawn: dict[str, Any], height: int) -> dict[tuple[str, str], dict[str, Any]]:
        """The lines of the pins on show, by name and axis; their words are put into the layout."""
        if not any(self.pins):
            return {}
        layout, told = drawn["layout"], []
        found: dict[tuple[str, str], dict[str, Any]] = {}
        for place in self.on_show:
            key, group = key_of(place), self.panels[place]
            axis = layout[f"yaxis{key}"]
            panel = pinned(group, self.pins, tuple(axis["range"]))
            tall = (axis["domain"][1] - axis["domain"][0]) * height
            first = sum(self._sizes[: place + 1]) - len(group[1])
            label_pins(layout, panel, key, drawn["data"][first : first + len(group[1])], tall)
            found |= {(name, f"x{key}"): one for name, one in pin_traces(panel, key).items()}
            told.append(panel)
        layout["meta"] = {"description": layout["meta"]["description"] + in_words(told)}
        return found
