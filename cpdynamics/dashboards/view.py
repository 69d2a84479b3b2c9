"""The widgets of a dashboard: a thin shell that shows a State and the runs that belong to it."""

from __future__ import annotations

import dataclasses
import html
import itertools
import threading
import time
import weakref
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from cpdynamics.dashboards.axes import axis_ranges, axis_starts, settled, surveyed
from cpdynamics.dashboards.controls import State, at_the_ends, charted, controls
from cpdynamics.dashboards.driving import Driving
from cpdynamics.dashboards.fan import ALL_SET, NO_LEGEND, QUICK, UNASKED, Fan, Many, legend, listed
from cpdynamics.dashboards.headline import as_html, end_of, headline
from cpdynamics.dashboards.latest import Latest
from cpdynamics.dashboards.live import Fit, LivePicture
from cpdynamics.dashboards.parts import Row, Spoken, Switch, boxed, close, styled
from cpdynamics.dashboards.presets import Presets
from cpdynamics.errors import CpdynamicsError, Unsupported
from cpdynamics.plots import Band, panels, picture
from cpdynamics.plots.layout import THINNEST, columns_for
from cpdynamics.scenario import Scenario

if TYPE_CHECKING:
    from cpdynamics.model import Model
    from cpdynamics.run import Run
    from cpdynamics.story import Chart

_TILES = 4
_THIS = "this run"
_LOW = 440  # pixels that a single row of panels takes where nothing is known of the window
_ROW = 250  # pixels a row of panels there, where there are several
_ROWS = (205, 380)  # pixels a row, at least and at most, in a window: all is to be seen at once
_SLOW = 0.5  # seconds after which a run is worth a word
_REST = 0.15  # seconds that the sliders stand still before a slow fan is begun
_NO_CONTROLS = "No constant of this model has a range in its .mdl, so there is nothing to move."


# The dashboard of each model, which neither of the two keeps alive.
_OF: weakref.WeakKeyDictionary[Model, weakref.ref[Dashboard]] = weakref.WeakKeyDictionary()


class Dashboard:
    """A model with its sliders, presets and charts; Jupyter and Voila show it.

    A change asks for a run in the background, and while one is under way only the newest change
    is kept. What goes wrong is said on the page, and the last good picture stays. A band around
    the run shows where nine of ten runs lie when the story's uncertain constants are drawn anew:
    in the same picture where many runs are quick, and otherwise once the sliders rest.

    Args:
        model: the model.

    Attributes:
        model: the model.
        state: where the controls stand.
        base: the run that the dashed lines show; None if it failed.
        run: the run on show; None if there is none yet.
        many: the runs that the band on show was drawn from; None without a band.
        widget: all of it, to put among other widgets.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.state = State.start(())
        self.base: Run | None = None
        self.run: Run | None = None
        self.many: Many | None = None
        self.sliders: dict[str, Any] = {}
        self.boxes: dict[str, Any] = {}
        self.switch: Any = None
        self._latest: Latest[Scenario] = Latest(self._work, self._failed)
        self._later: Latest[Scenario] = Latest(self._follow, self._failed, rest=_REST)
        self._drawing = threading.RLock()  # a new width may come while a run is being drawn
        self._fit = Fit(height=_LOW)
        self._echo = False
        self._slow = False
        self._engine: str | None = "compiled"
        self._fan: Fan | None = None
        self._no_fan = ""
        self._closed = False
        self._error = widgets.HTML()
        self._driving = Driving(model, self._ask)
        if (earlier := _OF.get(model)) and (board := earlier()):
            board.close()
        _OF[model] = weakref.ref(self)
        try:
            self._first_run()
            self._build()
        except CpdynamicsError as error:
            self._failed(error)
            self.widget = widgets.VBox([styled(), self._error], _dom_classes=("cpd",))

    def _first_run(self) -> None:
        self.state = State.start(controls(self.model))
        names = charted(self.model)
        self._told = self.model.story.headline or names[:_TILES]
        self._wanted = tuple(dict.fromkeys((*names, *self._told)))
        self._charts: Sequence[str | Chart] = self.model.story.charts or names
        self.base = self.run = self._ask()
        self._panels = panels(self._charts, self.base)
        self._find_fan(self.base)
        self._bands = self._bands_of(self.many)
        self._ranges = axis_ranges(self._panels, [(self.base, self._bands)], self._starts)
        self._live = LivePicture(self._picture())
        self.figure = self._live.figure

    def _find_fan(self, base: Run) -> None:
        """The fan, if there is one, and the axes that go with it."""
        self._starts = axis_starts(self.model, self._panels)
        if not self.model.story.uncertain:
            return
        try:
            self._fan = Fan(self.model, self._wanted)
            for _ in range(2):  # the first time it is compiled
                self.many = self._fan.around(Scenario())
        except CpdynamicsError as error:
            self._no_fan = f"No band of uncertainty is shown. {error.came}"
            return
        if self._fan.seconds < UNASKED:
            told = surveyed(self._both, [Scenario(), *self.model.scenarios.values()])
            ends = at_the_ends(self.state) if self.model.story.sliders else []
            self._starts = settled(self._panels, told, surveyed(self._both, ends))
        else:
            self.many = None

    def _both(self, scenario: Scenario) -> tuple[Run, Mapping[str, Band]]:
        """A run and its bands."""
        many = None if self._fan is None else self._fan.around(scenario)
        return self._ask(scenario), self._bands_of(many)

    def _ask(self, scenario: Scenario | None = None) -> Run:
        """A run by the quickest engine that can do it: a room does not wait."""
        try:
            return self.model.run(scenario, engine=self._engine, outputs=self._wanted)
        except Unsupported:
            if self._engine is None:
                raise
            self._engine = None  # it would refuse the next move as well, after as much work
            return self._ask(scenario)

    def wait(self, seconds: float | None = None) -> bool:
        """True once the picture is up to date, False if that takes longer.

        Args:
            seconds: how long to wait; None for as long as it takes.
        """
        # Each asks only those after it, so that this order misses nothing.
        begun = time.monotonic()
        for one in (self._latest, self._later, self._driving):
            left = None if seconds is None else max(0.0, seconds - (time.monotonic() - begun))
            if not one.wait(left):
                return False
        return True

    def close(self) -> None:
        """Takes the dashboard off the page and frees all that it holds; a run under way is lost.

        Jupyter keeps every widget until it is closed.
        """
        self._closed = True
        self._driving.close()
        with self._drawing:
            for part in (self.widget, self._fit, self._error):
                close(part)

    def _repr_mimebundle_(self, **asked: Any) -> Any:
        return self.widget._repr_mimebundle_(**asked)

    # What the page holds

    def _build(self) -> None:
        self._rows: list[Row] = []
        self._spoken, self._described = Spoken(), Spoken()
        self._notice = widgets.HTML(_dom_classes=("cpd-notice",))
        self._message = widgets.HTML()
        self._tiles = widgets.HTML()
        self._working = widgets.HTML()
        about: list[Any] = []
        if self._fan is not None:
            self._switch = Switch(self.many is not None, self._again)
            self.switch = self._switch.box
            about.append(self._switch.widget)
        elif self._no_fan:
            about.append(widgets.HTML(html.escape(self._no_fan)))
        side = [] if self.state.controls else [widgets.HTML(_NO_CONTROLS)]
        for group, members in itertools.groupby(self.state.controls, lambda one: one.group):
            if group:
                side.append(widgets.HTML(f"<h3>{html.escape(group)}</h3>"))
            for control in members:
                row = Row(len(self._rows), control, self._slid, self._typed)
                self._rows.append(row)
                self.sliders[control.name], self.boxes[control.name] = row.slider, row.box
                side.append(row.widget)
        self.presets = Presets(
            self.model.scenarios,
            lambda chosen: self._move(self.state.choose(chosen)),
            lambda: self._move(self.state.reset()),
        )
        title, question = html.escape(self.model.title), html.escape(self.model.question)
        self.widget = widgets.VBox(
            [
                styled(),
                widgets.HTML(f'<div class="cpd-title"><h2>{title}</h2><p>{question}</p></div>'),
                self.presets.widget,
                self._notice,
                widgets.Box(
                    [
                        widgets.VBox([self._message, *side], _dom_classes=("cpd-side",)),
                        widgets.VBox(
                            [self._error, self._tiles, *about, self.figure, self._working],
                            _dom_classes=("cpd-main",),
                        ),
                        self._driving.widget,
                    ],
                    _dom_classes=("cpd-body",),
                ),
                self._spoken,
                self._described,
                self._fit,
            ],
            _dom_classes=("cpd",),
        )
        self._fit.observe(lambda _: self._draw(), ["width", "room"])
        self._show_state()
        self._show_words()
        if self.run is not None:
            self._driving.show(self.run)

    # What a person does

    def _slid(self, name: str, value: float) -> None:
        if not self._echo:
            self._move(self.state.slid(name, value))

    def _typed(self, name: str, text: str) -> None:
        if not self._echo:
            self._move(self.state.typed(name, text))

    def _move(self, state: State) -> None:
        """Shows a state at once, and its run as soon as it is made."""
        before, self.state = self.state, state
        self._show_state()
        if state.scenario() != before.scenario():
            self._latest.ask(state.scenario())

    def _show_state(self) -> None:
        """Puts the state on every control, without taking that for a person's move."""
        self._echo = True
        try:
            for row, value in zip(self._rows, self.state.values, strict=True):
                row.show(value)
        finally:
            self._echo = False
        self.presets.show(self.state)
        beyond = f" Also in force: {self.state.beyond}." if self.state.beyond else ""
        self._notice.value = html.escape(self.state.notice + beyond)
        self._message.value = boxed(self.state.message)
        self._speak()

    def _speak(self) -> None:
        said = [
            named
            for row, value in zip(self._rows, self.state.values, strict=True)
            for named in row.spoken(value)
        ]
        said += self.presets.spoken(self.state)
        said.append((".cpd-notice .widget-html-content", "aria-live", "polite"))
        if self._fan:
            said += self._switch.spoken()
        self._spoken.attributes = said

    # What the model answers

    def _work(self, scenario: Scenario) -> None:
        if self._closed:
            return
        begun = time.perf_counter()
        if self._slow:
            self._working.value = "<p>Running the model…</p>"
        try:
            run = self._ask(scenario)
            self._no_fan = ""
            at_once = self._fan is not None and self._fan.seconds < QUICK and self._is_on
            self._show_run(run, self._around(scenario) if at_once else None)
        finally:
            self._slow = time.perf_counter() - begun > _SLOW
            self._working.value = ""
        if self._is_on and not at_once:
            self._later.ask(scenario)

    def _follow(self, scenario: Scenario) -> None:
        """Draws a slow fan behind a line that is there already, unless that has moved on."""
        if self._closed or not self._is_on:
            return
        many = self._around(scenario)
        with self._drawing:
            if self.run is not None and self.run.scenario == scenario and self._is_on:
                self._show_run(self.run, many)

    def _around(self, scenario: Scenario) -> Many | None:
        """The fan around a scenario; a fan that fails leaves the line alone, and says why."""
        many = None
        try:
            if self._fan is not None and (many := self._fan.around(scenario)) is None:
                self._no_fan = ALL_SET
        except CpdynamicsError as error:
            self._no_fan = f"No band of uncertainty is shown. {error}"
        return many

    @property
    def _is_on(self) -> bool:
        return self.switch is not None and bool(self.switch.value)

    def _again(self) -> None:
        """The same run once more, with its band or without."""
        self._latest.ask(self.state.scenario())

    def _show_run(self, run: Run, many: Many | None) -> None:
        with self._drawing:
            if self._closed or self.base is None:
                return
            keep = self._ranges if run.scenario else self._starts
            self.run, self.many, self._bands = run, many, self._bands_of(many)
            shown = [(self.base, {}), (run, self._bands)]
            self._ranges = axis_ranges(self._panels, shown, keep)
            self._draw()
        self._error.value = ""
        self._show_words()
        self._driving.show(run)

    def _bands_of(self, many: Many | None) -> dict[str, Band]:
        names = [name for _, group in self._panels for name in group]
        return {} if many is None else many.bands(names)

    def _draw(self) -> None:
        """Puts the run on show into the picture that is there."""
        with self._drawing:
            self._live.show(self._picture())

    def _show_words(self) -> None:
        run, many = self.run, self.many
        if run is None or self.base is None:
            return
        beside = self._fan.beside(run.scenario) if self._fan and many and run.scenario else None
        spans = many.apart(beside, run.units) if many and beside else {}
        self._tiles.value = as_html(headline(run, self.base, self._told, spans), end_of(run))
        named = [("role", "img"), ("aria-label", self._live.said)]
        self._described.attributes = [(".cpd-figure", *one) for one in named]
        # A band that is on its way leaves its words, and the list that somebody is reading.
        if self._fan and (many or self._no_fan or not self._is_on):
            words = self._no_fan or (legend(many) if many else NO_LEGEND)
            self._switch.show(words, listed(self.model, self._fan, many))

    def _picture(self) -> dict[str, Any]:
        if self.run is None:
            return {"data": [], "layout": {}}
        width = max(self._fit.width, THINNEST)
        rows = -(-len(self._panels) // columns_for(len(self._panels), width))
        # At the start both are one run; a second object keeps two lines in the picture.
        shown = dataclasses.replace(self.run) if self.run is self.base else self.run
        least, most = (end * rows for end in _ROWS)
        wanted = max(_LOW, _ROW * rows)
        height = min(max(self._fit.room, least), max(most, _LOW)) if self._fit.room else wanted
        drawn = picture(
            {_THIS: shown},
            self._charts,
            baseline=self.base,
            ranges=self._ranges,
            bands=None if self._fan is None else self._bands,
            height=height,
            width=width,
        )
        self._fit.height = height
        del drawn["layout"]["height"]
        return drawn

    def _failed(self, error: Exception) -> None:
        kept = " The last picture is kept." if self.run is not None else ""
        came = str(error) or type(error).__name__
        self._error.value = boxed(came + kept)
