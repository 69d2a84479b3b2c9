"""The widgets of a dashboard: a thin shell that shows a State and the run that belongs to it."""

from __future__ import annotations

import dataclasses
import html
import itertools
import threading
import time
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import ipywidgets as widgets
import traitlets
from plotly.graph_objects import FigureWidget

from cpdynamics.dashboards.controls import (
    Control,
    State,
    axis_ranges,
    axis_starts,
    charted,
    controls,
)
from cpdynamics.dashboards.headline import as_html, end_of, headline
from cpdynamics.dashboards.latest import Latest
from cpdynamics.errors import CpdynamicsError, Unsupported
from cpdynamics.plots import panels, picture
from cpdynamics.plots.layout import THINNEST, WIDTH, columns_for

if TYPE_CHECKING:
    from cpdynamics.model import Model
    from cpdynamics.run import Run
    from cpdynamics.scenario import Scenario
    from cpdynamics.story import Chart

_HERE = Path(__file__).parent
_TILES = 4
_THIS = "this run"
_LOW = 440  # pixels that a single row of panels takes
_ROW = 250  # pixels a row of panels: two rows and all else fit 1280 x 720
_SLOW = 0.5  # seconds after which a run is worth a word
_NO_CONTROLS = "No constant of this model has a range in its .mdl, so there is nothing to move."


# The dashboard of each model, which neither of the two keeps alive.
_OF: weakref.WeakKeyDictionary[Model, weakref.ref[Dashboard]] = weakref.WeakKeyDictionary()


# anywidget watches the file of a widget's script, and keeps every widget alive whose file it
# watches: here each script is handed over as text.
class _Figure(FigureWidget):  # type: ignore[misc]
    """Plotly's live figure."""

    _esm = str(FigureWidget._esm)


class _Spoken(anywidget.AnyWidget):  # type: ignore[misc]
    """Accessible names for widgets that have none: (CSS selector, attribute, value) each."""

    _esm = (_HERE / "spoken.js").read_text(encoding="utf-8")
    attributes: Any = traitlets.List().tag(sync=True)


class _Fit(anywidget.AnyWidget):  # type: ignore[misc]
    """Gives the picture its height and keeps it as wide as its place; knows how wide that is."""

    _esm = (_HERE / "fit.js").read_text(encoding="utf-8")
    width: Any = traitlets.Int(WIDTH).tag(sync=True)
    height: Any = traitlets.Int(_LOW).tag(sync=True)


class Dashboard:
    """A model with its sliders, presets and charts; Jupyter and Voila show it.

    A change asks for a run in the background, and while one is under way only the newest change
    is kept. What goes wrong is said on the page, and the last good picture stays.

    Args:
        model: the model.

    Attributes:
        model: the model.
        state: where the controls stand.
        base: the run that the dashed lines show; None if it failed.
        run: the run on show; None if there is none yet.
        widget: all of it, to put among other widgets.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.state = State.start(())
        self.base: Run | None = None
        self.run: Run | None = None
        self.sliders: dict[str, Any] = {}
        self.boxes: dict[str, Any] = {}
        self.buttons: dict[str, Any] = {}
        self._latest: Latest[Scenario] = Latest(self._work, self._failed)
        self._drawing = threading.RLock()  # a new width may come while a run is being drawn
        self._fit = _Fit()
        self._echo = False
        self._slow = False
        self._engine: str | None = "compiled"
        self._closed = False
        self._error = widgets.HTML()
        if (earlier := _OF.get(model)) and (board := earlier()):
            board.close()
        _OF[model] = weakref.ref(self)
        try:
            self._first_run()
            self._build()
        except CpdynamicsError as error:
            self._failed(error)
            self.widget = widgets.VBox([_styled(), self._error], _dom_classes=("cpd",))

    def _first_run(self) -> None:
        self.state = State.start(controls(self.model))
        names = charted(self.model)
        self._told = self.model.story.headline or names[:_TILES]
        self._wanted = tuple(dict.fromkeys((*names, *self._told)))
        self._charts: Sequence[str | Chart] = self.model.story.charts or names
        self.base = self._ask()
        self._panels = panels(self._charts, self.base)
        self._starts = axis_starts(self.model, self._panels)
        self._ranges = axis_ranges(self._panels, [self.base], self._starts)
        self.run = self.base
        drawn = self._picture()
        self._axes = _axes(drawn)
        self.figure = _Figure(drawn)
        self.figure._config = {"responsive": True, "displaylogo": False, "displayModeBar": False}
        self.figure.add_class("cpd-figure")

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
        return self._latest.wait(seconds)

    def close(self) -> None:
        """Takes the dashboard off the page and frees all that it holds; a run under way is lost.

        Jupyter keeps every widget until it is closed.
        """
        self._closed = True
        with self._drawing:
            _close(self.widget)
            _close(self._fit)
            _close(self._error)

    def _repr_mimebundle_(self, **asked: Any) -> Any:
        return self.widget._repr_mimebundle_(**asked)

    # What the page holds

    def _build(self) -> None:
        self._bands: dict[str, Any] = {}
        self._spoken, self._described = _Spoken(), _Spoken()
        self._notice = widgets.HTML(_dom_classes=("cpd-notice",))
        self._message = widgets.HTML()
        self._tiles = widgets.HTML()
        self._working = widgets.HTML()
        side = [] if self.state.controls else [widgets.HTML(_NO_CONTROLS)]
        for group, members in itertools.groupby(self.state.controls, lambda one: one.group):
            if group:
                side.append(widgets.HTML(f"<h3>{html.escape(group)}</h3>"))
            side += [self._control(control) for control in members]
        title, question = html.escape(self.model.title), html.escape(self.model.question)
        self.widget = widgets.VBox(
            [
                _styled(),
                widgets.HTML(f'<div class="cpd-title"><h2>{title}</h2><p>{question}</p></div>'),
                widgets.HBox(self._presets(), _dom_classes=("cpd-presets",)),
                self._notice,
                widgets.Box(
                    [
                        widgets.VBox([self._message, *side], _dom_classes=("cpd-side",)),
                        widgets.VBox(
                            [self._error, self._tiles, self.figure, self._working],
                            _dom_classes=("cpd-main",),
                        ),
                    ],
                    _dom_classes=("cpd-body",),
                ),
                self._spoken,
                self._described,
                self._fit,
            ],
            _dom_classes=("cpd",),
        )
        self._fit.observe(lambda _: self._draw(), "width")
        self._show_state()
        self._show_words()

    def _control(self, control: Control) -> Any:
        number = len(self.sliders)
        slider = widgets.FloatSlider(
            value=control.start,
            min=control.low,
            max=control.high,
            step=control.step,
            readout=False,
            _dom_classes=(f"cpd-slider-{number}",),
        )
        box = widgets.Text(
            value=control.text(control.start),
            continuous_update=False,
            _dom_classes=(f"cpd-box-{number}",),
        )
        band = widgets.HTML(_dom_classes=("cpd-band",))
        slider.observe(lambda change: self._slid(control.name, change["new"]), "value")
        box.observe(lambda change: self._typed(control.name, change["new"]), "value")
        self.sliders[control.name] = slider
        self.boxes[control.name] = box
        self._bands[control.name] = band
        units = f" ({html.escape(control.units)})" if control.units else ""
        meaning = html.escape(control.meaning)
        reach = f"From {control.text(control.low)} to {control.text(control.high)}; "
        start = f"the model has {control.text(control.start)}."
        help_ = widgets.HTML(
            f"<details><summary>What is this?</summary><p>{meaning}</p>"
            f"<p>{reach}{start}</p></details>",
            _dom_classes=("cpd-help",),
        )
        return widgets.VBox(
            [
                widgets.HTML(f"<b>{html.escape(control.name)}</b>{units}"),
                widgets.HBox([slider, box], _dom_classes=("cpd-row",)),
                widgets.HBox([band, help_], _dom_classes=("cpd-words",)),
            ],
            _dom_classes=("cpd-control",),
        )

    def _presets(self) -> list[Any]:
        for number, (name, scenario) in enumerate(self.model.scenarios.items()):
            button = widgets.Button(description=name, _dom_classes=(f"cpd-preset-{number}",))
            button.on_click(lambda _, chosen=scenario: self._move(self.state.choose(chosen)))
            self.buttons[name] = button
        self.reset_button = widgets.Button(description="Reset")
        self.reset_button.on_click(lambda _: self._move(self.state.reset()))
        return [*self.buttons.values(), self.reset_button]

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
            for control in self.state.controls:
                value = self.state.value(control.name)
                slider, place = self.sliders[control.name], control.on_step(value)
                # A hair's breadth sent back would pull a slider from under a moving hand.
                if not control.same(slider.value, place):
                    slider.value = place
                self.boxes[control.name].value = control.text(value)
                self._bands[control.name].value = html.escape(control.band(value))
        finally:
            self._echo = False
        beyond = f" Also in force: {self.state.beyond}." if self.state.beyond else ""
        self._notice.value = html.escape(self.state.notice + beyond)
        self._message.value = _boxed(self.state.message)
        self._speak()

    def _speak(self) -> None:
        said: list[tuple[str, str, str]] = []
        for number, control in enumerate(self.state.controls):
            value = self.state.value(control.name)
            units = f" {control.units}" if control.units else ""
            words = ", ".join(filter(None, (control.text(value) + units, control.band(value))))
            handle = f".cpd-slider-{number} .noUi-handle"
            said += [
                (handle, "aria-label", control.name),
                (handle, "aria-valuetext", words),
                (f".cpd-box-{number} input", "aria-label", f"{control.name}, typed value"),
            ]
        for number, scenario in enumerate(self.model.scenarios.values()):
            pressed = self.state.is_preset and self.state.preset == scenario
            said.append((f".cpd-preset-{number}", "aria-pressed", str(pressed).lower()))
        said.append((".cpd-notice .widget-html-content", "aria-live", "polite"))
        self._spoken.attributes = said

    # What the model answers

    def _work(self, scenario: Scenario) -> None:
        if self._closed:
            return
        begun = time.perf_counter()
        if self._slow:
            self._working.value = "<p>Running the model…</p>"
        try:
            self._show_run(self._ask(scenario))
        finally:
            self._slow = time.perf_counter() - begun > _SLOW
            self._working.value = ""

    def _show_run(self, run: Run) -> None:
        with self._drawing:
            if self._closed or self.base is None:
                return
            keep = self._ranges if run.scenario else self._starts
            self._ranges = axis_ranges(self._panels, [self.base, run], keep)
            self.run = run
            self._draw()
        self._error.value = ""
        self._show_words()

    def _draw(self) -> None:
        """Puts the run on show into the picture that is there, in one message."""
        with self._drawing:
            drawn = self._picture()
            with self.figure.batch_update():
                for trace, new in zip(self.figure.data, drawn["data"], strict=True):
                    trace.y = new["y"]
                for key, axis in _axes(drawn).items():
                    shown, before = self.figure.layout[key], self._axes[key]
                    # Plotly takes its time over each value, and most stay as they are. A range
                    # may also have been changed by somebody who zoomed.
                    new = {name: axis[name] for name in axis if axis[name] != before[name]}
                    if list(shown.range) != axis["range"]:
                        new["range"] = axis["range"]
                    if new:
                        shown.update(new)
                    self._axes[key] = axis
                for key in ("annotations", "meta"):
                    self.figure.layout[key] = drawn["layout"][key]

    def _show_words(self) -> None:
        run = self.run
        if run is None or self.base is None:
            return
        self._tiles.value = as_html(headline(run, self.base, self._told), end_of(run))
        said = self.figure.layout.meta["description"]
        named = [("role", "img"), ("aria-label", said)]
        self._described.attributes = [(".cpd-figure", *one) for one in named]

    def _picture(self) -> dict[str, Any]:
        if self.run is None:
            return {"data": [], "layout": {}}
        width = max(self._fit.width, THINNEST)
        rows = -(-len(self._panels) // columns_for(len(self._panels), width))
        # At the start both are one run; a second object keeps two lines in the picture.
        shown = dataclasses.replace(self.run) if self.run is self.base else self.run
        height = max(_LOW, _ROW * rows)
        drawn = picture(
            {_THIS: shown},
            self._charts,
            baseline=self.base,
            ranges=self._ranges,
            height=height,
            width=width,
        )
        self._fit.height = height
        del drawn["layout"]["height"]
        return drawn

    def _failed(self, error: Exception) -> None:
        kept = " The last picture is kept." if self.run is not None else ""
        came = str(error) or type(error).__name__
        self._error.value = _boxed(came + kept)


def _axes(drawn: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in drawn["layout"].items() if "axis" in key}


def _close(widget: Any) -> None:
    """Closes a widget and all that is in it; each has a layout, and most a style, of its own."""
    for child in getattr(widget, "children", ()):
        _close(child)
    for part in (widget._trait_values.get("layout"), widget._trait_values.get("style")):
        if isinstance(part, widgets.Widget):
            part.close()
    widget.close()


def _boxed(message: str) -> str:
    return f'<div class="cpd-error" role="alert">{html.escape(message)}</div>' if message else ""


def _styled() -> Any:
    return widgets.HTML(f"<style>{(_HERE / 'style.css').read_text(encoding='utf-8')}</style>")
