"""All that stands on the page of a dashboard, around the picture."""

from __future__ import annotations

import html
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from cpdynamics.dashboards.controls import State
from cpdynamics.dashboards.fan import NO_LEGEND, legend, listed
from cpdynamics.dashboards.headline import as_html, end_of, headline
from cpdynamics.dashboards.parts import Spoken, Switch, boxed, close, styled
from cpdynamics.dashboards.presets import Presets
from cpdynamics.dashboards.rows import Row
from cpdynamics.dashboards.sources import cited, known_claims
from cpdynamics.dashboards.tools import Shown, Tables, Tools, in_words
from cpdynamics.scenario import Scenario

if TYPE_CHECKING:
    from cpdynamics.dashboards.stage import Stage
    from cpdynamics.model import Model

_NO_CONTROLS = "No constant of this model has a range in its .mdl, so there is nothing to move."


@dataclass(frozen=True)
class Does:
    """What follows from what a person does.

    Attributes:
        slid: from the name of a control, where its slider stands, and whether a hand is on it.
        typed: from the name of a control and what was typed into its box.
        choose: from a scenario that was chosen.
        reset: from Reset.
        again: from the switch of the band.
        tools: by the name of a tool, from what the page sends along.
    """

    slid: Callable[[str, float, bool], None]
    typed: Callable[[str, str], None]
    choose: Callable[[Scenario], None]
    reset: Callable[[], None]
    again: Callable[[], None]
    tools: Mapping[str, Callable[[Mapping[str, Any]], None]]


class Page:
    """The widgets of a dashboard. They decide nothing.

    Args:
        model: the model.
        state: where the controls stand at the start.
        stage: the picture.
        below: what stands below the picture.
        does: what follows from what a person does.

    Attributes:
        sliders: by the name of the constant.
        presets: the scenarios to choose from.
        switch: the box that turns the band on and off; None without a band.
        tools: the row of tools.
        tables: the charts as tables.
        widget: all of it.
    """

    def __init__(self, model: Model, state: State, stage: Stage, below: Any, does: Does) -> None:
        self._model = model
        self.spoken, self.described = Spoken(), Spoken()
        self.notice = widgets.HTML(_dom_classes=("cpd-notice",))
        self.message, self.tiles = widgets.HTML(), widgets.HTML()
        self.error, self.working = widgets.HTML(), widgets.HTML()
        self.tables = Tables()
        self.sliders: dict[str, Row] = {}
        self.switch: Any = None
        about: list[Any] = []
        if stage.fan is not None:
            self.legend = Switch(stage.many is not None, does.again)
            self.switch = self.legend.box
            about.append(self.legend.widget)
        elif stage.no_fan:
            about.append(widgets.HTML(html.escape(stage.no_fan)))
        self.presets = Presets(model.scenarios, does.choose, does.reset)
        self.tools = Tools(
            does.tools,
            charts=[words for words, _ in stage.choices],
            about={"name": model.name, "title": model.title, "said": ""},
        )
        title, question = html.escape(model.title), html.escape(model.question)
        heading = widgets.HTML(f"<h2>{title}</h2><p>{question}</p>", _dom_classes=("cpd-title",))
        side = [self.message, *self._side(state, does)]
        main = [self.error, self.tiles, *about, stage.figure, self.working, self.tables]
        body = [
            widgets.VBox(side, _dom_classes=("cpd-side",)),
            widgets.VBox(main, _dom_classes=("cpd-main",)),
            below,
        ]
        self.widget = widgets.VBox(
            [
                styled(),
                widgets.Box([heading, self.tools], _dom_classes=("cpd-head",)),
                self.presets.widget,
                self.notice,
                widgets.Box(body, _dom_classes=("cpd-body",)),
                self.spoken,
                self.described,
                stage.fit,
            ],
            _dom_classes=("cpd",),
        )

    @property
    def is_banded(self) -> bool:
        """Whether somebody wants to see the band."""
        return self.switch is not None and bool(self.switch.value)

    def show_state(self, state: State) -> None:
        """Puts a state on everything that it decides by itself.

        Args:
            state: where the controls stand.
        """
        self.show_values(state.values)
        self.presets.show(state)
        beyond = f" Also in force: {state.beyond}." if state.beyond else ""
        self.notice.value = html.escape(state.notice + beyond)
        self.message.value = boxed(state.message)
        said = self.presets.spoken(state)
        said.append((".cpd-notice .widget-html-content", "aria-live", "polite"))
        if self.switch is not None:
            said += self.legend.spoken()
        self.spoken.attributes = said

    def show_values(self, values: Sequence[float]) -> None:
        """Puts values on the sliders.

        Args:
            values: in the order of the controls.
        """
        for row, value in zip(self.sliders.values(), values, strict=True):
            row.show(value)

    def show_tools(self, shown: Shown, state: State) -> None:
        """Puts on the tools what they can do.

        Args:
            shown: what the tools show.
            state: where the controls stand.
        """
        self.tools.show(shown, in_words(state))

    def show_run(self, stage: Stage, told: Sequence[str]) -> None:
        """Says what the run on show comes to.

        Args:
            stage: whose run.
            told: the variables of the headlines.
        """
        run, many = stage.run, stage.many
        beside = stage.fan.beside(run.scenario) if stage.fan and many and run.scenario else None
        spans = many.apart(beside, run.units) if many and beside else {}
        self.error.value = ""
        self.tiles.value = as_html(headline(run, stage.base, told, spans), end_of(run))
        named = [("role", "img"), ("aria-label", stage.said)]
        self.described.attributes = [(".cpd-figure", *one) for one in named]
        # A band that is on its way leaves its words, and the list that somebody is reading.
        if stage.fan and (many or stage.no_fan or not self.is_banded):
            words = stage.no_fan or (legend(many) if many else NO_LEGEND)
            self.legend.show(words, listed(self._model, stage.fan, many))

    def fail(self, words: str) -> None:
        """Says what went wrong; the last picture is kept.

        Args:
            words: what went wrong.
        """
        self.error.value = boxed(f"{words} The last picture is kept.")

    def close(self) -> None:
        """Takes all of it off the page."""
        close(self.widget)

    def _side(self, state: State, does: Does) -> list[Any]:
        """The sliders under their headings."""
        side = [] if state.controls else [widgets.HTML(_NO_CONTROLS)]
        claims = known_claims(self._model)
        for group, members in itertools.groupby(state.controls, lambda one: one.group):
            if group:
                side.append(widgets.HTML(f"<h3>{html.escape(group)}</h3>"))
            for control in members:
                found = [f"{number}: {claim}" for number, claim in cited(control.meaning, claims)]
                row = Row(control, does.slid, does.typed, found)
                self.sliders[control.name] = row
                side.append(row)
        return side
