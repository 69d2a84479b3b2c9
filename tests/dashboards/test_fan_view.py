"""The band on the page, driven from Python as a browser would drive it."""

from __future__ import annotations

import html
import math
import re
import threading
from typing import Any

import numpy as np
import pytest

from cpdynamics import dashboards
from cpdynamics.dashboards.fan import Fan
from cpdynamics.errors import BadValue, RunFailed, Unsupported
from cpdynamics.scenario import Scenario

pytest.importorskip("ipywidgets")

REPEAT = "repeat referrals"
BAND = "repeat referrals, nine of ten runs"


@pytest.fixture
def board(unsure: Any) -> Any:
    return dashboards.dashboard(unsure)


def trace(board: Any, name: str) -> Any:
    return next(one for one in board.stage.figure.data if one.name == name)


def edges(board: Any, name: str = BAND) -> tuple[np.ndarray, np.ndarray]:
    """The lower and the upper edge of a band, each from the start to the end."""
    y = np.asarray(trace(board, name).y)
    half = len(y) // 2
    return y[:half], y[half:][::-1]


@pytest.fixture
def pace(monkeypatch: Any) -> Any:
    """Lets every fan seem to take so many seconds."""
    return lambda seconds: monkeypatch.setattr(Fan, "seconds", seconds)


def test_every_line_has_its_band_and_the_baseline_none(board: Any) -> None:
    bands = [one.name for one in board.stage.figure.data if one.fill == "toself"]
    assert bands == ["new need, nine of ten runs", BAND, "this run, nine of ten runs"]
    names = [one.name for one in board.stage.figure.data]
    assert names.index(BAND) < names.index("repeat referrals, base") < names.index(REPEAT)
    low, high = edges(board)
    assert (low <= high).all()
    assert low[-1] < 50 < high[-1]
    # Triangular from 0 to 600 with its mode at 200: a twentieth lies below 77.
    assert edges(board, "new need, nine of ten runs")[0] == pytest.approx([77.46] * 121, rel=0.01)


def test_the_band_follows_the_slider_with_its_line(board: Any, pace: Any) -> None:
    pace(0.01)
    before = edges(board)[1][-1]
    board.page.sliders["early help cut"].value = 0.2
    assert board.wait(60)
    # At rest repeat = need * 0.4/0.6 instead of need * 0.2/0.8, whatever need is.
    assert edges(board)[1][-1] == pytest.approx(before * (0.4 / 0.6) / 0.25, rel=0.02)
    assert board.stage.many.runs == 200


def test_a_slider_that_is_moved_is_not_drawn(board: Any) -> None:
    legend = board.page.legend._words
    assert "200 runs with 2 uncertain numbers" in legend.value
    board.page.sliders["months open"].value = 3
    assert board.wait(60)
    assert board.stage.many.drawn == ("new need",)
    assert "200 runs with 1 uncertain number drawn" in legend.value
    assert "months open: as its slider" in legend.value


@pytest.mark.parametrize("seconds", [0.01, 9.0])
def test_where_a_scenario_sets_all_that_is_uncertain_there_is_no_band(
    board: Any, pace: Any, seconds: float
) -> None:
    pace(seconds)
    board.page.presets.buttons["Longer cases"].click()  # it holds new need, and sets months open
    assert board.wait(60)
    assert trace(board, BAND).visible is False
    assert "nothing is left to draw" in board.page.legend._words.value
    board.page.presets.reset.click()
    assert board.wait(60)
    assert trace(board, BAND).visible is True
    assert "2 uncertain numbers" in board.page.legend._words.value


@pytest.mark.parametrize("seconds", [0.01, 9.0])
def test_the_same_words_are_not_put_on_the_page_again(
    board: Any, pace: Any, seconds: float
) -> None:
    """It would fold up the list that somebody is reading."""
    pace(seconds)
    told: list[Any] = []
    board.page.legend._words.observe(told.append, "value")
    board.page.sliders["early help cut"].value = 0.2
    assert board.wait(60)
    assert told == []


def test_the_switch_takes_the_band_off_and_puts_it_back(board: Any, pace: Any) -> None:
    pace(0.01)
    assert board.page.switch.value
    board.page.switch.value = False
    assert board.wait(60)
    assert trace(board, BAND).visible is False
    assert board.stage.many is None
    assert "as assumed" in board.page.legend._words.value
    board.page.sliders["early help cut"].value = 0.2
    assert board.wait(60)
    assert trace(board, BAND).visible is False
    board.page.switch.value = True
    assert board.wait(60)
    assert trace(board, BAND).visible is True
    assert edges(board)[1][-1] > list(trace(board, REPEAT).y)[-1] == pytest.approx(133.3, abs=0.1)


def test_the_axes_stand_still_while_a_slider_goes_from_end_to_end(board: Any) -> None:
    def axes() -> list[Any]:
        return [board.stage.figure.layout[key].range for key in ("yaxis", "yaxis2")]

    before, tops = axes(), []
    for step in range(9):
        board.page.sliders["early help cut"].value = step * 0.05
        assert board.wait(60)
        assert axes() == before
        tops.append(edges(board)[1].max())
        assert before[0][1] > max(trace(board, REPEAT).y)
    assert tops[-1] > 3 * tops[0]
    assert before[0][1] < tops[-1]  # all of the band would press the lines flat
    assert going_on(board) == 2
    board.page.switch.value = False
    assert board.wait(60)
    assert axes() == before
    assert going_on(board) == 0


def going_on(board: Any) -> int:
    """How many panels say that their band goes on above them."""
    return sum(one.text == "↑ band goes on" for one in board.stage.figure.layout.annotations)


def test_readouts_say_how_far_nine_of_ten_runs_end_from_their_base(board: Any) -> None:
    board.page.sliders["early help cut"].value = 0.2
    assert board.wait(60)
    # Twice the share comes back in every run: of the wide fan of new need nothing is left. Where
    # cases stay open for two years, ten years are not quite enough.
    assert re.search(r"\+167 % \(1[56]\d to 167\)", board.page.tiles.value)
    board.page.switch.value = False
    assert board.wait(60)
    assert re.search(r"\+167 %<", board.page.tiles.value)


def test_a_slow_fan_waits_until_the_slider_rests(board: Any, pace: Any, monkeypatch: Any) -> None:
    """The line moves at once, without the band of where it was; the band comes once."""
    pace(9.0)
    monkeypatch.setattr(board._later, "_rest", 5.0)  # longer than any machine between two moves
    around, asked = board.stage.fan.around, []
    gate = threading.Event()

    def watched(scenario: Scenario) -> Any:
        asked.append(dict(scenario.set))
        gate.set()
        return around(scenario)

    monkeypatch.setattr(board.stage.fan, "around", watched)
    for step in range(1, 5):
        board.page.sliders["early help cut"].value = step * 0.05
        assert board._latest.wait(60)
        assert list(trace(board, REPEAT).y)[-1] > 60
        assert trace(board, BAND).visible is False
        assert asked == []
    assert gate.wait(60)
    assert board.wait(60)
    assert asked[0] == {"early help cut": 0.2}
    assert trace(board, BAND).visible is True
    assert edges(board)[1][-1] > 133


def test_a_slow_fan_of_where_the_slider_was_is_not_drawn(
    board: Any, pace: Any, monkeypatch: Any
) -> None:
    pace(9.0)
    board.page.sliders["early help cut"].value = 0.2
    assert board.wait(60)
    shown = board.stage.many
    board._follow(Scenario({"early help cut": 0.05}))
    assert board.stage.many is shown


def test_a_fan_that_fails_leaves_the_line(board: Any, pace: Any, monkeypatch: Any) -> None:
    def broken(scenario: Scenario) -> None:
        raise RunFailed("<b>It broke off.</b>")

    pace(0.01)
    monkeypatch.setattr(board.stage.fan, "around", broken)
    board.page.sliders["early help cut"].value = 0.2
    assert board.wait(60)
    assert list(trace(board, REPEAT).y)[-1] == pytest.approx(133.3, abs=0.1)
    assert trace(board, BAND).visible is False
    assert "No band of uncertainty is shown. &lt;b&gt;" in board.page.legend._words.value
    assert board.page.error.value == ""


def texts(widget: Any) -> str:
    own = str(getattr(widget, "value", ""))
    return own + "".join(texts(child) for child in getattr(widget, "children", ()))


def refusing(model: Any, monkeypatch: Any, *names: str) -> None:
    engine = model.engine

    def refuse(name: str | None = None) -> Any:
        if name in names:
            raise Unsupported('"x" uses a < function.')
        return engine(name)

    monkeypatch.setattr(model, "engine", refuse)


def test_without_a_quick_engine_there_is_no_band_and_a_line_says_why(
    unsure: Any, monkeypatch: Any
) -> None:
    refusing(unsure, monkeypatch, "compiled", "vectorised")
    board = dashboards.dashboard(unsure)
    assert board.page.switch is None
    assert 'No band of uncertainty is shown. "x" uses a < function.' in html_of(board)
    assert not any(one.fill == "toself" for one in board.stage.figure.data)
    board.page.sliders["early help cut"].value = 0.2
    assert board.wait(60)
    assert list(trace(board, REPEAT).y)[-1] == pytest.approx(133.3, abs=0.1)


def html_of(board: Any) -> str:
    return html.unescape(texts(board.widget))


def test_without_the_compiled_engine_numpy_makes_the_same_band(
    unsure: Any, board: Any, monkeypatch: Any
) -> None:
    before = edges(board)
    refusing(unsure, monkeypatch, "compiled")
    other = dashboards.dashboard(unsure)
    other.page.switch.value = True
    other._ask()
    assert other.wait(60)
    assert np.allclose(edges(other), before, rtol=1e-9)


def test_a_fan_that_takes_long_is_shown_only_when_it_is_asked_for(
    unsure: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr("cpdynamics.dashboards.stage.UNASKED", -math.inf)
    board = dashboards.dashboard(unsure)
    assert not board.page.switch.value
    assert board.stage.many is None
    assert trace(board, BAND).visible is False
    board.page.switch.value = True
    assert board.wait(60)
    assert edges(board)[1][-1] > 50


def test_what_cannot_be_drawn_is_said(unsure: Any, monkeypatch: Any) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise BadValue('"base share" has no range.')

    monkeypatch.setattr("cpdynamics.dashboards.fan.sample", refuse)
    board = dashboards.dashboard(unsure)
    assert 'No band of uncertainty is shown. "base share" has no range.' in html_of(board)


def test_the_switch_and_the_picture_are_read_out(board: Any) -> None:
    named = {(selector, name) for selector, name, _ in board.page.spoken.attributes}
    assert (".cpd-switch input", "aria-describedby") in named
    said = next(value for _, name, value in board.page.described.attributes if name == "aria-label")
    assert "(nine of ten runs end between" in said


def test_a_closed_dashboard_with_a_fan_leaves_nothing(unsure: Any) -> None:
    from ipywidgets.widgets.widget import _instances

    before = set(_instances)
    board = dashboards.dashboard(unsure)
    board.close()
    assert set(_instances) == before
    board._follow(Scenario({"early help cut": 0.2}))  # a fan that was still waiting
    assert board.run.scenario == Scenario()
