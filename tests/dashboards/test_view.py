"""The widgets, driven from Python as a browser would drive them."""

from __future__ import annotations

import builtins
import dataclasses
import gc
import re
import sys
import threading
import weakref
from typing import Any

import pytest

from cpdynamics import dashboards
from cpdynamics.errors import BadValue, MissingFile, RunFailed, Unsupported

pytest.importorskip("ipywidgets")

REPEAT = "repeat referrals"


def line(board: Any, name: str) -> list[float]:
    return next(list(trace.y) for trace in board.stage.figure.data if trace.name == name)


def texts(widget: Any) -> str:
    """All the HTML of a widget and what is in it."""
    own = str(getattr(widget, "value", ""))
    return own + "".join(texts(child) for child in getattr(widget, "children", ()))


@pytest.fixture
def board(tiny: Any) -> Any:
    return dashboards.dashboard(tiny)


def test_it_starts_at_the_base_with_all_its_traces(board: Any) -> None:
    names = [trace.name for trace in board.stage.figure.data if trace.visible is not False]
    assert names == [
        "new need, base",
        "repeat referrals, base",
        "new need",
        "repeat referrals",
        "base",
        "this run",
    ]
    assert line(board, REPEAT) == line(board, "repeat referrals, base")
    assert "_repr_mimebundle_" in dir(board)
    assert "application/vnd.jupyter.widget-view+json" in board._repr_mimebundle_()


@pytest.mark.parametrize(
    ("refuses", "asked"),
    [(False, ["compiled", "compiled"]), (True, ["compiled", None, None])],
)
def test_the_quick_engine_is_asked_first_and_never_again_once_it_has_refused(
    tiny: Any, monkeypatch: Any, refuses: bool, asked: list[str | None]
) -> None:
    """A refusal costs as much as a run; to hear it at every move would make the slider stutter."""
    run, engines = tiny.run, []

    def watched(scenario: Any = None, *, engine: str | None = None, **rest: Any) -> Any:
        engines.append(engine)
        if refuses and engine == "compiled":
            raise Unsupported("It has subscripts.")
        return run(scenario, **rest)

    monkeypatch.setattr(tiny, "run", watched)
    board = dashboards.dashboard(tiny)
    board.page.sliders["early help cut"].value = 0.2
    assert board.wait(60)
    assert line(board, REPEAT)[-1] == pytest.approx(133.3, abs=0.1)
    assert engines == asked


def test_a_slider_moves_the_line_and_not_the_baseline(board: Any) -> None:
    before = line(board, "repeat referrals, base")
    board.page.sliders["early help cut"].value = 0.2
    assert board.wait(60)
    assert line(board, REPEAT)[-1] == pytest.approx(133.3, abs=0.1)
    assert line(board, "repeat referrals, base") == before
    assert board.page.sliders["early help cut"].text == "0.20"
    assert board.run.scenario.set == {"early help cut": 0.2}
    assert "+167 %" in board.page.tiles.value


def test_the_story_names_its_headlines(tiny: Any) -> None:
    tiny.story = dataclasses.replace(tiny.story, headline=("closures", "Cases"))
    board = dashboards.dashboard(tiny)
    told = re.findall(r'cpd-tile"><span>(.*?)</span>', board.page.tiles.value)
    assert told == ["closures", "Cases"]  # the first of them in no chart
    assert "closures" not in {trace.name for trace in board.stage.figure.data}
    board.page.sliders["early help cut"].value = 0.2
    assert board.wait(60)
    assert "+33.3 %" in board.page.tiles.value
    assert board.page.error.value == ""


def test_without_a_word_of_the_story_the_first_charted_are_told(board: Any) -> None:
    told = re.findall(r'cpd-tile"><span>(.*?)</span>', board.page.tiles.value)
    assert told == ["new need", "repeat referrals", "Cases"]


def test_a_typed_value_moves_the_slider(board: Any) -> None:
    board.page.sliders["early help cut"].text = "12.3 %"
    assert board.wait(60)
    assert board.run.scenario.set == {"early help cut": pytest.approx(0.123)}
    assert board.page.sliders["early help cut"].value == pytest.approx(0.1)
    assert board.page.sliders["early help cut"].text == "0.123"


def test_what_is_typed_is_shown_as_text(board: Any) -> None:
    board.page.sliders["early help cut"].text = "<img src=x>"
    assert board.page.sliders["early help cut"].text == "0.00"
    assert "&lt;img src=x&gt;" in board.page.message.value
    assert 'role="alert"' in board.page.message.value


def test_presets_and_reset(board: Any) -> None:
    board.page.presets.buttons["Longer cases"].click()
    assert board.wait(60)
    assert board.page.sliders["months open"].value == 9
    assert line(board, "new need")[-1] == 250
    assert "Also in force: new need held at 250." in board.page.notice.value
    board.page.presets.reset.click()
    assert board.wait(60)
    assert board.page.sliders["months open"].value == 8
    assert line(board, "new need") == line(board, "new need, base")
    assert board.page.notice.value == ""


def test_buttons_say_which_preset_is_in_force(board: Any) -> None:
    def pressed() -> list[str]:
        return [value for _, name, value in board.page.spoken.attributes if name == "aria-pressed"]

    assert pressed() == ["false", "false"]
    board.page.presets.buttons["A further 40 % cut"].click()
    assert pressed() == ["true", "false"]
    board.page.sliders["months open"].value = 10
    assert pressed() == ["false", "false"]
    assert board.wait(60)


def test_a_run_that_fails_is_said_and_the_picture_kept(board: Any) -> None:
    board.page.sliders["early help cut"].value = 0.2
    assert board.wait(60)
    kept = line(board, REPEAT)
    board.page.sliders["months open"].value = 20
    assert board.wait(60)
    assert "not a number at month 3" in board.page.error.value
    assert "The last picture is kept." in board.page.error.value
    assert line(board, REPEAT) == kept
    board.page.sliders["months open"].value = 9
    assert board.wait(60)
    assert board.page.error.value == ""
    assert line(board, REPEAT) != kept


def test_an_error_that_is_not_ours_is_said_too(board: Any, monkeypatch: Any) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(board.model, "run", broken)
    board.page.sliders["early help cut"].value = 0.2
    assert board.wait(60)
    assert "ZeroDivisionError" in board.page.error.value


def test_a_slow_run_never_queues(board: Any, monkeypatch: Any) -> None:
    run, asked, gate = board.model.run, [], threading.Semaphore(0)

    def slow(scenario: Any, **kept: Any) -> Any:
        asked.append(scenario.set["early help cut"])
        assert gate.acquire(timeout=60)
        return run(scenario, **kept)

    monkeypatch.setattr(board.model, "run", slow)
    for step in range(1, 9):
        board.page.sliders["early help cut"].value = step * 0.05
    gate.release(20)
    assert board.wait(60)
    assert asked[-1] == pytest.approx(0.4)
    assert len(asked) <= 2
    assert board.run.scenario.set["early help cut"] == pytest.approx(0.4)


def test_the_axis_grows_and_goes_back_with_the_base(board: Any) -> None:
    axis = board.stage.figure.layout.yaxis2
    start = axis.range
    board.page.sliders["early help cut"].value = 0.1
    assert board.wait(60)
    assert axis.range == start
    board.page.sliders["early help cut"].value = 0.4
    assert board.wait(60)
    grown = axis.range
    assert grown[1] > start[1]
    board.page.sliders["early help cut"].value = 0.1
    assert board.wait(60)
    assert axis.range == grown
    board.page.presets.reset.click()
    assert board.wait(60)
    assert axis.range == start


def test_panels_stand_one_under_the_other_where_it_is_narrow(board: Any) -> None:
    board.page.sliders["early help cut"].value = 0.2
    assert board.wait(60)
    board.stage.fit.width = 900
    assert board.stage.figure.layout.xaxis2.domain[0] > board.stage.figure.layout.xaxis.domain[1]
    board.stage.fit.width = 400
    assert board.stage.figure.layout.xaxis2.domain == board.stage.figure.layout.xaxis.domain
    assert board.stage.figure.layout.yaxis2.domain[1] < board.stage.figure.layout.yaxis.domain[0]
    assert board.stage.fit.height == 500
    assert line(board, REPEAT)[-1] == pytest.approx(133.3, abs=0.1)
    # A height in Plotly's layout would stop the picture from following its place.
    assert board.stage.figure.layout.height is None


def test_a_model_that_does_not_run_shows_why(tiny: Any, monkeypatch: Any) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RunFailed('"<Cases>" is not a number at month 0.')

    monkeypatch.setattr(tiny, "run", broken)
    board = dashboards.dashboard(tiny)
    assert "&lt;Cases&gt;" in texts(board.widget)
    assert "kept" not in texts(board.widget)
    with pytest.raises(RunFailed):
        _ = board.run
    assert board.wait(60)
    assert "application/vnd.jupyter.widget-view+json" in board._repr_mimebundle_()


def test_a_strangers_model_has_a_dashboard_too(bare: Any) -> None:
    board = dashboards.dashboard(bare)
    assert list(board.page.sliders) == ["new need", "months open", "early help cut"]
    assert board.stage.figure.layout.annotations[0].text == "Cases"
    board.page.sliders["new need"].value = 300
    assert board.wait(60)
    assert line(board, "this run")[-1] == pytest.approx(3000, rel=1e-3)


def test_comments_of_a_stranger_are_text(board: Any) -> None:
    assert "<b>DfE" not in texts(board.widget)
    # What the page writes as text, which the test in a browser looks at.
    assert "<b>DfE</b>" in board.page.sliders["early help cut"].told["meaning"]


def test_without_widgets_it_says_what_to_install(tiny: Any, monkeypatch: Any) -> None:
    real = builtins.__import__

    def missing(name: str, *rest: Any, **more: Any) -> Any:
        if name == "ipywidgets":
            raise ModuleNotFoundError("No module named 'ipywidgets'", name="ipywidgets")
        return real(name, *rest, **more)

    monkeypatch.delitem(sys.modules, "cpdynamics.dashboards.view", raising=False)
    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(MissingFile, match=r"cpdynamics\[notebooks\]"):
        dashboards.dashboard(tiny)


def alive() -> set[str]:
    from ipywidgets.widgets.widget import _instances

    return set(_instances)


def test_a_closed_dashboard_leaves_nothing(tiny: Any, monkeypatch: Any) -> None:
    before = alive()
    board = dashboards.dashboard(tiny)
    assert len(alive() - before) > 50
    board.close()
    assert alive() == before
    asked: list[Any] = []
    monkeypatch.setattr(tiny, "run", lambda *given, **_: asked.append(given))
    board.page.sliders["early help cut"].value = 0.2  # as a message that came too late
    assert board.wait(60)
    assert asked == []
    board.close()
    gone = [weakref.ref(one) for one in (board, board.stage.figure, board.widget)]
    del board
    gc.collect()
    assert [one() for one in gone] == [None] * 3


def test_a_dashboard_that_failed_leaves_nothing_either(tiny: Any, monkeypatch: Any) -> None:
    before = alive()
    monkeypatch.setattr(tiny, "run", lambda *_, **__: tiny.scenario("none of these"))
    board = dashboards.dashboard(tiny)
    assert "none of these" in texts(board.widget)
    board.close()
    assert alive() == before


def test_the_next_dashboard_of_a_model_closes_the_one_before(tiny: Any, bare: Any) -> None:
    first, other = dashboards.dashboard(tiny), dashboards.dashboard(bare)
    before = alive()
    gone = weakref.ref(first)
    del first
    second = dashboards.dashboard(tiny)
    assert len(alive()) == len(before)
    gc.collect()
    assert gone() is None
    assert {second.widget.model_id, other.widget.model_id} <= alive()


def test_only_what_changed_is_given_to_plotly(board: Any, monkeypatch: Any) -> None:
    told: list[str] = []
    kind = type(board.stage.figure.layout.yaxis)
    real = kind.update

    def update(axis: Any, *given: Any, **named: Any) -> Any:
        told.append(axis.plotly_name)
        return real(axis, *given, **named)

    for one in (kind, type(board.stage.figure.layout.xaxis)):
        monkeypatch.setattr(one, "update", update)
    board.page.sliders["early help cut"].value = 0.05
    assert board.wait(60)
    assert told == []
    board.page.sliders["early help cut"].value = 0.4
    assert board.wait(60)
    assert told == ["yaxis", "yaxis2"]


def test_a_move_undoes_a_zoom(board: Any) -> None:
    whole = board.stage.figure.layout.yaxis.range
    board.stage.figure.layout.yaxis.range = (10, 11)
    board.page.sliders["early help cut"].value = 0.05
    assert board.wait(60)
    assert board.stage.figure.layout.yaxis.range == whole


@pytest.mark.parametrize("given", ["austerity", None, 5])
def test_a_dashboard_of_no_model_says_what_to_give(given: Any) -> None:
    with pytest.raises(BadValue, match=r"A Model was expected. .*dashboard\(load\("):
        dashboards.dashboard(given)
