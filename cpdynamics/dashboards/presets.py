"""The scenarios of a story on the page: a button each, or one list where they are many."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets as widgets

from cpdynamics.dashboards.controls import State, as_buttons
from cpdynamics.dashboards.parts import Named
from cpdynamics.scenario import Scenario

NONE = "none"
"""What the list shows where no scenario is in force."""


class Presets:
    """The scenarios to choose from, and Reset.

    Args:
        scenarios: by name.
        choose: what to do when somebody chose one.
        reset: what to do when somebody wants none of them.

    Attributes:
        buttons: by the scenario's name; empty where there is a list.
        select: the list; None where there are buttons.
        reset: the button that leads back to the base.
        widget: all of it.
    """

    def __init__(
        self,
        scenarios: Mapping[str, Scenario],
        choose: Callable[[Scenario], None],
        reset: Callable[[], None],
    ) -> None:
        self._scenarios, self._choose, self._back = scenarios, choose, reset
        self._echo = False
        self.buttons: dict[str, Any] = {}
        self.select: Any = None
        if as_buttons(list(scenarios)):
            for number, (name, scenario) in enumerate(scenarios.items()):
                button = widgets.Button(description=name, _dom_classes=(f"cpd-preset-{number}",))
                button.on_click(lambda _, chosen=scenario: choose(chosen))
                self.buttons[name] = button
        else:
            # By number: a stranger's scenario may be called "none" as well, and where the value
            # is None the page shows no entry at all.
            named = [(name, number) for number, name in enumerate((NONE, *scenarios))]
            self.select = widgets.Dropdown(
                description="Choose a scenario",
                options=named,
                style={"description_width": "initial"},
            )
            self.select.observe(self._chosen, "value")
        self.reset = widgets.Button(description="Reset")
        self.reset.on_click(lambda _: reset())
        shown = [*self.buttons.values()] if self.select is None else [self.select]
        self.widget = widgets.HBox([*shown, self.reset], _dom_classes=("cpd-presets",))

    def show(self, state: State) -> None:
        """Puts the list on the scenario in force, without taking that for a person's choice.

        Args:
            state: where the controls stand.
        """
        if self.select is None:
            return
        self._echo = True
        try:
            # Once a slider has moved none is in force, and the same one can be chosen again.
            number = self._in_force(state)
            self.select.value = 0 if number is None else number + 1
        finally:
            self._echo = False

    def spoken(self, state: State) -> list[Named]:
        """What a screen reader says of the buttons; a list says by itself what is chosen.

        Args:
            state: where the controls stand.
        """
        pressed = self._in_force(state)
        return [
            (f".cpd-preset-{number}", "aria-pressed", str(number == pressed).lower())
            for number in range(len(self.buttons))
        ]

    def _in_force(self, state: State) -> int | None:
        if not state.is_preset:
            return None
        known = enumerate(self._scenarios.values())
        return next((number for number, one in known if one == state.preset), None)

    def _chosen(self, change: Mapping[str, Any]) -> None:
        if self._echo:
            return
        if change["new"] == 0:
            self._back()
        else:
            self._choose(list(self._scenarios.values())[change["new"] - 1])
