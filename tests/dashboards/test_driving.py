"""Which loop is driving, driven from Python as a page would drive it."""

from __future__ import annotations

import dataclasses
import threading
from typing import Any

import pytest

from cpdynamics import dashboards, feedback
from cpdynamics.errors import Unsupported
from cpdynamics.story import Loop

pytest.importorskip("ipywidgets")

NAMED = {
    "R1": Loop("Coming back", ("closures", "repeat referrals")),
    "B1": Loop("Closing", ("Cases", "closures")),
}
NO_LOOP = "At rest: no loop is at work."


@pytest.fixture
def sought(monkeypatch: Any) -> list[Any]:
    """The scenarios of the runs whose loops were looked for."""
    found: list[Any] = []
    loops = feedback.loops

    def watched(model: Any, run: Any, **rest: Any) -> Any:
        found.append(dict(run.scenario.set))
        return loops(model, run, **rest)

    monkeypatch.setattr(feedback, "loops", watched)
    monkeypatch.setattr("cpdynamics.dashboards.driving._REST", 0.05)
    return found


@pytest.fixture
def board(tiny: Any, sought: Any) -> Any:
    tiny.story = dataclasses.replace(tiny.story, loops=NAMED)
    return dashboards.dashboard(tiny)


def page(board: Any) -> Any:
    return board._driving.widget


def unfold(board: Any) -> Any:
    page(board).unfolded = True
    assert board.wait(20)
    return page(board)


def test_closed_it_looks_for_nothing(board: Any, sought: Any) -> None:
    board.page.sliders["early help cut"].value = 0.2
    assert board.wait(60)
    assert sought == []
    assert page(board).told == {}
    assert page(board).picture == {}
    assert not page(board).stale


def test_open_it_tells_and_draws(board: Any, sought: Any) -> None:
    shown = unfold(board)
    assert shown.told["words"] == NO_LOOP
    assert sorted(shown.picture["names"]) == ["B1 Closing", "R1 Coming back"]
    assert shown.picture["svg"].count('class="link"') > 2
    assert sought[0] == {}
    assert {"early help cut": 0.4} in sought  # a scenario, which the diagram is laid out for


def test_a_run_at_rest_leaves_every_link_thin(board: Any) -> None:
    assert set(unfold(board).thickness) == {0}


def test_it_follows_the_slider_and_keeps_its_diagram(board: Any, sought: Any) -> None:
    shown = unfold(board)
    svg = shown.picture["svg"]
    before = len(sought)
    board.page.sliders["early help cut"].value = 0.2
    assert board.wait(60)
    assert shown.told["words"].startswith("B1 Closing dominates")
    assert [row["title"] for row in shown.told["rows"]] == ["R1 Coming back", "B1 Closing"]
    assert len(shown.thickness) == svg.count('class="link"') * 121
    assert max(shown.thickness) > 50
    assert shown.picture["svg"] is svg
    assert sought[before:] == [{"early help cut": 0.2}]
    assert not shown.stale


def test_while_the_slider_moves_nothing_is_looked_for(
    tiny: Any, sought: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr("cpdynamics.dashboards.driving._REST", 1.0)
    board = dashboards.dashboard(tiny)
    unfold(board)
    before = len(sought)
    for step in range(1, 5):
        board.page.sliders["early help cut"].value = step * 0.05
        assert board._latest.wait(60)
        assert page(board).stale
    assert len(sought) == before
    assert board.wait(60)
    assert sought[before:] == [{"early help cut": 0.2}]
    assert not page(board).stale


def test_back_where_it_was_nothing_is_looked_for_again(board: Any, sought: Any) -> None:
    shown = unfold(board)
    before = len(sought)
    shown.unfolded = False
    shown.unfolded = True
    board._ask()
    assert board.wait(60)
    assert len(sought) == before
    assert not shown.stale


def test_what_moved_while_it_was_closed_is_told_when_it_opens(board: Any) -> None:
    shown = unfold(board)
    shown.unfolded = False
    board.page.sliders["early help cut"].value = 0.2
    assert board.wait(60)
    assert shown.told["words"] == NO_LOOP
    assert unfold(board).told["words"].startswith("B1 Closing dominates")


def test_a_run_that_was_left_is_not_told(board: Any) -> None:
    shown = unfold(board)
    gone = board.model.run({"early help cut": 0.3})
    board._driving._look(gone)
    assert shown.told["words"] == NO_LOOP


def test_what_has_no_score_is_said_and_the_charts_stay(board: Any, monkeypatch: Any) -> None:
    shown = unfold(board)
    loops = feedback.loops
    drawn = shown.picture["svg"]

    def refuse(*_: Any, **__: Any) -> None:
        raise Unsupported('"x" is a <random> number and has no score.')

    monkeypatch.setattr(feedback, "loops", refuse)
    board.page.sliders["early help cut"].value = 0.2
    assert board.wait(60)
    assert shown.told == {"error": '"x" is a <random> number and has no score.'}
    assert shown.thickness == b""
    assert shown.picture["svg"] == drawn
    assert board.page.error.value == ""
    assert list(board.stage.figure.data[-3].y)[-1] == pytest.approx(133.3, abs=0.1)
    monkeypatch.setattr(feedback, "loops", loops)
    board.page.sliders["early help cut"].value = 0.3
    assert board.wait(60)
    assert "error" not in shown.told


def test_a_diagram_that_cannot_be_drawn_leaves_the_sentence(board: Any, monkeypatch: Any) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise Unsupported("There is no room.")

    monkeypatch.setattr("cpdynamics.diagrams.causal.laid_out", refuse)
    shown = unfold(board)
    assert shown.picture == {"said": "There is no diagram. There is no room."}
    assert shown.told["words"] == NO_LOOP


def test_without_named_loops_there_is_no_diagram(tiny: Any, sought: Any) -> None:
    board = dashboards.dashboard(tiny)
    shown = unfold(board)
    assert "it names none" in shown.picture["said"]
    assert "svg" not in shown.picture
    assert shown.told["words"] == NO_LOOP


def test_a_board_that_was_closed_says_no_more(board: Any, sought: Any, monkeypatch: Any) -> None:
    gate, begun = threading.Event(), threading.Event()
    loops = feedback.loops

    def held(*given: Any, **rest: Any) -> Any:
        begun.set()
        assert gate.wait(60)
        return loops(*given, **rest)

    monkeypatch.setattr(feedback, "loops", held)
    shown = page(board)
    shown.unfolded = True
    assert begun.wait(60)
    board.close()
    gate.set()
    assert board._driving.wait(60)
    assert shown.told == {}
    assert shown.comm is None


def test_of_many_scenarios_some_from_first_to_last_are_surveyed() -> None:
    from cpdynamics.dashboards.driving import _spread

    some = _spread(list(range(19)), 6)  # type: ignore[arg-type]
    assert some == [0, 4, 7, 11, 14, 18]
    assert _spread([1, 2], 6) == [1, 2]  # type: ignore[list-item]
