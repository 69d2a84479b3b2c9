"""Many scenarios in one list, driven from Python as a browser would drive it."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from cpdynamics import dashboards
from cpdynamics.scenario import Scenario

pytest.importorskip("ipywidgets")

NAMES = [f"A cut of {percent} % in early help" for percent in range(1, 19)]


@pytest.fixture
def board(tiny: Any) -> Any:
    """The front door with a story of nineteen scenarios, one of them with a stranger's name."""
    cuts = {
        name: Scenario({"early help cut": (number + 1) / 100}, name=name, story=f"Cut {number}.")
        for number, name in enumerate(NAMES)
    }
    cuts["none"] = Scenario({"early help cut": 0.3}, name="none")
    tiny.story = dataclasses.replace(tiny.story, scenarios=cuts)
    return dashboards.dashboard(tiny)


def cut(board: Any) -> float:
    assert board.wait(60)
    return float(board.run.scenario.set.get("early help cut", 0.0))


def test_many_scenarios_stand_in_one_list_with_reset_beside_it(board: Any) -> None:
    presets = board.page.presets
    assert presets.buttons == {}
    assert presets.select.description == "Choose a scenario"
    assert [label for label, _ in presets.select.options] == ["none", *NAMES, "none"]
    assert presets.select.index == 0
    assert presets.widget.children == (presets.select, presets.reset)
    assert not [named for named in board.page.spoken.attributes if named[1] == "aria-pressed"]


def test_few_scenarios_stay_buttons(tiny: Any) -> None:
    assert dashboards.dashboard(tiny).page.presets.select is None


def test_a_choice_moves_the_line_and_tells_its_story(board: Any) -> None:
    board.page.presets.select.index = 10
    assert cut(board) == pytest.approx(0.1)
    assert board.page.presets.select.index == 10
    assert board.page.sliders["early help cut"].text == "0.10"
    assert board.page.notice.value == "Cut 9."
    board.page.presets.select.index = 19  # called as the entry for no scenario at all
    assert cut(board) == pytest.approx(0.3)


@pytest.mark.parametrize("how", ["the first entry", "Reset"])
def test_it_leads_back_to_the_base(board: Any, how: str) -> None:
    board.page.presets.select.index = 10
    assert cut(board) > 0
    if how == "Reset":
        board.page.presets.reset.click()
    else:
        board.page.presets.select.index = 0
    assert cut(board) == 0
    assert board.page.presets.select.index == 0
    assert board.page.notice.value == ""


def test_a_moved_slider_leaves_no_scenario_chosen_and_stays_where_it_is(board: Any) -> None:
    board.page.presets.select.index = 10
    board.page.sliders["early help cut"].value = 0.25
    assert board.page.presets.select.index == 0
    assert board.page.sliders["early help cut"].value == 0.25
    assert cut(board) == pytest.approx(0.25)  # and is no choice of the first entry
    board.page.presets.select.index = 10
    assert cut(board) == pytest.approx(0.1)
