"""A dashboard at work: a move changes the state at once, then the line, then the band around it."""

from __future__ import annotations

import tempfile
import time
import weakref
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from cpdynamics.dashboards.controls import State, charted, controls
from cpdynamics.dashboards.driving import Driving
from cpdynamics.dashboards.fan import QUICK
from cpdynamics.dashboards.history import History
from cpdynamics.dashboards.latest import Latest
from cpdynamics.dashboards.links import link_of, read_link
from cpdynamics.dashboards.page import Does, Page
from cpdynamics.dashboards.parts import boxed, close, styled
from cpdynamics.dashboards.pins import WORDS
from cpdynamics.dashboards.replaying import Replay, Values
from cpdynamics.dashboards.stage import Stage
from cpdynamics.dashboards.tabled import tables
from cpdynamics.dashboards.tools import Shown, in_words
from cpdynamics.errors import BadValue, CpdynamicsError
from cpdynamics.scenario import Scenario

if TYPE_CHECKING:
    from cpdynamics.model import Model
    from cpdynamics.run import Run

_TILES = 4
_SLOW = 0.5  # seconds after which a run is worth a word
_REST = 0.15  # seconds that the sliders stand still before a slow fan is begun
_LONGEST = 10.0  # seconds that a picture of a replay may take

# The dashboard of each model, which neither of the two keeps alive.
_OF: weakref.WeakKeyDictionary[Model, weakref.ref[Dashboard]] = weakref.WeakKeyDictionary()


class Dashboard:
    """A model with its sliders, presets and charts; Jupyter and Voila show it.

    A change asks for a run in the background, and while one is under way only the newest change
    is kept. What goes wrong is said on the page, and the last good picture stays. A band around
    the run shows where nine of ten runs lie when the story's uncertain constants are drawn anew:
    in the same picture where many runs are quick, and otherwise once the sliders rest.

    The next cell may go on where the sliders stand::

        dash = cp.dashboard(model)
        cp.plot(dash.run)  # the run on show
        model.run(dash.scenario)  # the same assumptions

    Args:
        model: the model.

    Attributes:
        model: the model.
        past: where the controls stand, where they stood, and what is pinned.
        stage: the runs on show and their picture; None where the base cannot be run.
        page: the widgets; None there as well.
        widget: all of it, to put among other widgets.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.past = History(State.start(()))
        self.stage: Stage | None = None
        self.page: Page | None = None
        self._charts = 0
        self._slow = False
        self._whole: Run | None = None
        self._pinned: dict[tuple[Any, ...], Run | None] = {}
        self._latest: Latest[Scenario] = Latest(self._work, self._failed)
        self._later: Latest[Scenario] = Latest(self._follow, self._failed, rest=_REST)
        self._tabled: Latest[Run] = Latest(self._tabulate, self._failed, rest=_REST)
        self._again = Replay(self._show_values, self._replayed)
        if (earlier := _OF.get(model)) and (board := earlier()):
            board.close()
        _OF[model] = weakref.ref(self)
        try:
            self.past = History(State.start(controls(model)))
            names = charted(model)
            self._told = model.story.headline or names[:_TILES]
            outputs = tuple(dict.fromkeys((*names, *self._told)))
            self.stage = Stage(model, self.state, outputs, model.story.charts or names)
        except CpdynamicsError as error:
            words = widgets.HTML(boxed(str(error)))
            self.widget = widgets.VBox([styled(), words], _dom_classes=("cpd",))
            return
        self._driving = Driving(model, self.stage.ask)
        self.page = Page(model, self.state, self.stage, self._driving.widget, self._does())
        self.widget = self.page.widget
        self._show_state()
        self.page.show_run(self.stage, self._told)
        self._driving.show(self.stage.run)

    def _does(self) -> Does:
        return Does(
            slid=self._slid,
            typed=lambda name, text: self._go(self.past.went(self.state.typed(name, text))),
            choose=lambda scenario: self._go(self.past.went(self.state.choose(scenario))),
            reset=self.reset,
            again=self._ask,
            tools={
                "undo": lambda _: self.undo(),
                "redo": lambda _: self.redo(),
                "replay": lambda _: self.replay(),
                "pin": lambda _: self.pin(),
                "unpin": lambda asked: self.unpin(int(asked["number"])),
                "charts": lambda asked: self._choose(int(asked["number"])),
                "table": lambda _: self._unfold(),
                "csv": lambda _: self._take_csv(),
                "open": lambda asked: self._opened(str(asked["code"])),
            },
        )

    # What the next cell asks

    @property
    def state(self) -> State:
        """Where the controls stand."""
        return self.past.now

    @property
    def scenario(self) -> Scenario:
        """The assumptions that the controls stand for."""
        return self.state.scenario()

    @property
    def run(self) -> Run:
        """The run of ``scenario``, with every variable of the model.

        Raises:
            RunFailed: it breaks off, which the page says as well.
        """
        scenario = self.scenario
        if self._whole is None or self._whole.scenario != scenario:
            if self.stage is None:
                self._whole = self.model.run(scenario)
            else:
                self._whole = self.stage.ask(scenario, whole=True)
        return self._whole

    @property
    def share(self) -> str:
        """All that is set, pinned and on show, as one line.

        ``open`` takes it, and so does Voila behind the # of an address.
        """
        return link_of(self.model.name, self.past, self._charts)

    def open(self, link: str) -> None:
        """Sets, pins and shows what a link stands for.

        Args:
            link: from ``share``, or what stands in an address from its # on.

        Raises:
            BadValue: it is no link of this model's; nothing is changed then.
        """
        found = read_link(
            link,
            self.model.name,
            self.state.controls,
            self.model.scenarios,
            choices=1 if self.stage is None else len(self.stage.choices),
        )
        self._charts = found.charts
        self._go(replace(self.past.went(found.now), pinned=found.pinned))
        if self.stage is not None:
            self.stage.choose(found.charts)

    # What a person does

    def undo(self) -> None:
        """Takes the last move back; without one nothing happens."""
        self._go(self.past.undone())

    def redo(self) -> None:
        """Makes the move again that was taken back last."""
        self._go(self.past.redone())

    def reset(self) -> None:
        """Puts everything back as the model has it; the pins stay."""
        self._go(self.past.went(self.state.reset()))

    def replay(self) -> None:
        """Shows the last move again: the lines go in steps from where they were to where they are.

        Where the browser says that somebody wants little motion, only the two ends are shown.
        """
        if self.page is not None:
            self._again.start(self.past.replay(), calm=self.page.tools.calm)

    def pin(self) -> None:
        """Keeps the run on show in the picture to compare with; of three pins the oldest goes."""
        self._go(self.past.pin())

    def unpin(self, place: int | None = None) -> None:
        """Takes a pinned run out of the picture.

        Args:
            place: 0 for the first; None for all of them.
        """
        self._go(self.past.unpin(place))

    def wait(self, seconds: float | None = None) -> bool:
        """True once the picture is up to date, False if that takes longer.

        Args:
            seconds: how long to wait; None for as long as it takes.
        """
        if self.stage is None:
            return True
        # Each asks only those after it, so that this order misses nothing.
        begun = time.monotonic()
        for one in (self._again, self._latest, self._later, self._tabled, self._driving):
            left = None if seconds is None else max(0.0, seconds - (time.monotonic() - begun))
            if not one.wait(left):
                return False
        return True

    def close(self) -> None:
        """Takes the dashboard off the page and frees all that it holds; a run under way is lost.

        Jupyter keeps every widget until it is closed.
        """
        self._again.stop()
        if self.stage is not None:
            self.stage.close()
            self._driving.close()
        close(self.widget)

    def _repr_mimebundle_(self, **asked: Any) -> Any:
        return self.widget._repr_mimebundle_(**asked)

    # What the page sends

    def _slid(self, name: str, value: float, held: bool) -> None:
        past = self.past.went(self.state.slid(name, value), held=True)
        self._go(past if held else past.let_go())

    def _choose(self, number: int) -> None:
        if self.stage is not None and 0 <= number < len(self.stage.choices):
            self._charts = number
            self.stage.choose(number)
            self._show_tools()
            self._drawn(self.stage)

    def _unfold(self) -> None:
        if self.page is not None and self.stage is not None:
            unfolded = self.page.tables.shown = not self.page.tables.shown
            self._show_tools()
            if unfolded:
                self._tabled.ask(self.stage.run)
            else:
                self.page.tables.tables = []

    def _take_csv(self) -> None:
        try:
            run = self.run
        except CpdynamicsError as error:
            self._failed(error)
            return
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "run.csv"
            run.to_csv(file)
            if self.page is not None:
                self.page.tools.send({"csv": file.read_text("utf-8"), "name": self.model.name})

    def _opened(self, code: str) -> None:
        try:
            self.open(code)
        except BadValue as error:
            kept = f"{error.came} The sliders stay where they are."
            self._go(replace(self.past, now=replace(self.state, message=kept)))

    def _go(self, past: History) -> None:
        """Shows where the controls stand now at once, and the run as soon as it is made."""
        self._again.stop()
        before, self.past = self.past, past
        self._show_state()
        if self.scenario != before.now.scenario() or past.pinned != before.pinned:
            self._ask()

    def _ask(self) -> None:
        self._latest.ask(self.scenario)

    def _show_state(self) -> None:
        if self.page is not None:
            self.page.show_state(self.state)
            self._show_tools()

    def _show_tools(self) -> None:
        if self.page is None:
            return
        past = self.past
        has = {"undo": past.before, "redo": past.after, "replay": past.before, "pin": True}
        shown = Shown(
            able=tuple(name for name, some in has.items() if some),
            pins=tuple(in_words(one) for one in past.pinned),
            charts=self._charts,
            table=self.page.tables.shown,
            link=self.share,
        )
        self.page.show_tools(shown, self.state)

    def _show_values(self, values: Values) -> None:
        """One picture of a replay, once it is drawn."""
        if self.page is not None:
            self.page.show_values(values)
        self._latest.ask(replace(self.state, values=values).scenario())
        self._latest.wait(_LONGEST)

    def _replayed(self) -> None:
        self._show_state()
        self._ask()

    # What the model answers

    def _work(self, scenario: Scenario) -> None:
        stage, page = self.stage, self.page
        if stage is None or page is None or stage.closed:
            return
        begun = time.perf_counter()
        if self._slow:
            page.working.value = "<p>Running the model…</p>"
        try:
            run = stage.ask(scenario)
            stage.no_fan = ""
            at_once = stage.fan is not None and stage.fan.seconds < QUICK and page.is_banded
            many = stage.around(scenario) if at_once else None
            shown = stage.show(run, many, self._pins(stage))
        finally:
            self._slow = time.perf_counter() - begun > _SLOW
            page.working.value = ""
        if shown:
            self._drawn(stage)
        if page.is_banded and not at_once:
            self._later.ask(scenario)

    def _follow(self, scenario: Scenario) -> None:
        """Draws a slow fan behind a line that is there already, unless that has moved on."""
        stage, page = self.stage, self.page
        if stage is None or page is None or stage.closed or not page.is_banded:
            return
        many = stage.around(scenario)
        if page.is_banded and stage.follow(scenario, many):
            self._drawn(stage)

    def _drawn(self, stage: Stage) -> None:
        if self.page is None:
            return
        self.page.show_run(stage, self._told)
        self._driving.show(stage.run)
        if self.page.tables.shown:
            self._tabled.ask(stage.run)

    def _pins(self, stage: Stage) -> list[Run | None]:
        """The pinned runs; None for one that breaks off."""
        known, self._pinned = self._pinned, {}
        for state in self.past.pinned:
            key = (state.values, state.preset)
            if key not in known:
                try:
                    known[key] = stage.ask(state.scenario())
                except CpdynamicsError:
                    known[key] = None
            self._pinned[key] = known[key]
        return list(self._pinned.values())

    def _tabulate(self, run: Run) -> None:
        stage, page = self.stage, self.page
        if stage is None or page is None or stage.closed or not page.tables.shown:
            return
        runs = {"base": stage.base, "this run": run}
        runs |= {word: pin for word, pin in zip(WORDS, stage.pins, strict=False) if pin}
        page.tables.tables = tables([stage.panels[place] for place in stage.on_show], runs)

    def _failed(self, error: Exception) -> None:
        if self.page is not None:
            self.page.fail(str(error) or type(error).__name__)
