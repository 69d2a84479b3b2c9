"""Undo, redo, replay, pins, charts, tables and links, driven from Python as a page would."""

from __future__ import annotations

import gc
import itertools
import tracemalloc
from typing import Any

import pytest

import cpdynamics as cp
from cpdynamics import dashboards
from cpdynamics.dashboards import replaying
from cpdynamics.errors import BadValue, RunFailed
from cpdynamics.run import Run
from cpdynamics.scenario import Scenario

pytest.importorskip("ipywidgets")

CUT, OPEN, REPEAT = "early help cut", "months open", "repeat referrals"


@pytest.fixture
def dash(tiny: Any, monkeypatch: Any) -> Any:
    monkeypatch.setattr(replaying, "FRAME", 0.001)
    return dashboards.dashboard(tiny)


def ends(dash: Any) -> dict[str, float]:
    """Where every visible line ends."""
    assert dash.wait(60)
    shown = [one for one in dash.stage.figure.data if one.visible is not False]
    return {f"{one.name} {one.yaxis}": float(one.y[-1]) for one in shown}


def send(dash: Any, does: str, **more: Any) -> None:
    """What the page sends when a tool is pressed."""
    dash.page.tools._handle_custom_msg({"does": does, **more}, [])


def slide(dash: Any, value: float, *, held: bool = False) -> None:
    """What the page sends when a slider moves."""
    dash.page.sliders[CUT].set_state({"value": value, "held": held})


def able(dash: Any) -> set[str]:
    return set(dash.page.tools.state["able"])


def test_undo_and_redo_lead_there_and_back(dash: Any) -> None:
    start = ends(dash)
    assert able(dash) == {"pin"}
    slide(dash, 0.2)
    after = ends(dash)
    assert after != start
    assert able(dash) == {"undo", "replay", "pin"}
    send(dash, "undo")
    assert ends(dash) == start
    assert dash.page.sliders[CUT].text == "0.00"
    assert able(dash) == {"redo", "pin"}
    send(dash, "redo")
    assert ends(dash) == after
    send(dash, "redo")
    assert ends(dash) == after


def test_a_hand_on_a_slider_is_one_step(dash: Any) -> None:
    for value in (0.05, 0.1, 0.15):
        slide(dash, value, held=True)
    slide(dash, 0.2)  # and lets go, in one message
    slide(dash, 0.3)
    dash.undo()
    assert dash.scenario == Scenario({CUT: 0.2})
    dash.undo()
    assert dash.scenario == Scenario()


def test_replay_shows_the_change_in_steps_and_ends_where_it_was(
    dash: Any, monkeypatch: Any
) -> None:
    slide(dash, 0.4)
    after = ends(dash)
    asked: list[float] = []
    ask = dash.stage.ask

    def watched(scenario: Any, **rest: Any) -> Any:
        asked.append(scenario.set.get(CUT, 0.0))
        return ask(scenario, **rest)

    monkeypatch.setattr(dash.stage, "ask", watched)
    send(dash, "replay")
    assert dash.wait(60)
    steps = [step for step, before in zip(asked, [None, *asked], strict=False) if step != before]
    assert steps == pytest.approx([0.4 * step / 11 for step in range(12)])
    assert ends(dash) == after
    assert dash.page.sliders[CUT].text == "0.40"
    assert len(dash.past.before) == 1
    asked.clear()
    dash.page.tools.calm = True
    dash.replay()
    assert dash.wait(60)
    assert list(dict.fromkeys(asked)) == [0.0, 0.4]


def test_two_pins_stay_while_the_run_moves_on(dash: Any) -> None:
    slide(dash, 0.1)
    send(dash, "pin")
    slide(dash, 0.2)
    send(dash, "pin")
    dash.reset()
    shown = ends(dash)
    assert shown[f"{REPEAT}, pin 1 y"] == pytest.approx(0.3 * 200 / 0.7, rel=1e-3)
    assert shown[f"{REPEAT}, pin 2 y"] == pytest.approx(0.4 * 200 / 0.6, rel=1e-3)
    assert shown["pin 2 y2"] == pytest.approx(8 * 200 / 0.6, rel=1e-3)
    assert shown[f"{REPEAT} y"] == 50
    assert [one["said"] for one in dash.page.tools.state["pins"]] == [
        f"{CUT} = 0.1",
        f"{CUT} = 0.2",
    ]
    labels = [one.text for one in dash.stage.figure.layout.annotations]
    assert labels.count("pin 1") == labels.count("pin 2") == 2
    send(dash, "unpin", number=0)
    shown = ends(dash)
    assert shown[f"{REPEAT}, pin 1 y"] == pytest.approx(0.4 * 200 / 0.6, rel=1e-3)
    assert f"{REPEAT}, pin 2 y" not in shown
    dash.unpin()
    assert not any("pin" in name for name in ends(dash))


def test_the_axis_leaves_room_for_a_pin(dash: Any) -> None:
    before = dash.stage.figure.layout.yaxis2.range[1]
    slide(dash, 0.4)
    dash.pin()
    dash.reset()
    assert before < ends(dash)["pin 1 y2"]
    assert dash.stage.figure.layout.yaxis2.range[1] > 8 * 200 / 0.4
    dash.unpin()
    assert dash.wait(60)
    assert dash.stage.figure.layout.yaxis2.range[1] == before


def test_labels_of_pins_lie_on_no_other(dash: Any) -> None:
    slide(dash, 0.05)
    dash.pin()
    slide(dash, 0.1)
    dash.pin()
    slide(dash, 0.07)
    assert dash.wait(60)
    figure = dash.stage.figure
    for key in ("", "2"):
        axis = figure.layout[f"yaxis{key}"]
        tall = (axis.domain[1] - axis.domain[0]) * dash.stage.fit.height
        scale = (axis.range[1] - axis.range[0]) / tall
        labels = [one for one in figure.layout.annotations if one.yref == f"y{key}"]
        assert {"pin 1", "pin 2"} <= {one.text for one in labels}
        spots = sorted(
            ((one.y - axis.range[0]) / scale + (one.yshift or 0), 20 * (1 + one.text.count("<br>")))
            for one in labels
        )
        for (low, first), (high, second) in itertools.pairwise(spots):
            assert high - low >= (first + second) / 2 - 0.01


def test_a_pin_that_breaks_off_leaves_the_picture(dash: Any) -> None:
    dash.page.sliders[OPEN].text = "20"  # where the run fails
    dash.pin()
    dash.reset()
    assert ends(dash)[f"{REPEAT} y"] == 50
    assert dash.page.error.value == ""


def test_charts_that_are_not_on_show_are_hidden_and_come_back_up_to_date(dash: Any) -> None:
    figure = dash.stage.figure
    send(dash, "charts", number=2)
    assert {one.yaxis for one in figure.data if one.visible is not False} == {"y2"}
    assert figure.layout.yaxis.visible is False
    assert figure.layout.annotations[0].text == "Open cases"
    assert dash.page.tools.state["charts"] == 2
    slide(dash, 0.2)
    assert set(ends(dash)) == {"base y2", "this run y2"}
    send(dash, "charts", number=0)
    assert figure.layout.yaxis.visible is True
    assert ends(dash)[f"{REPEAT} y"] == pytest.approx(0.4 * 200 / 0.6, rel=1e-3)
    for wrong in (3, -1):
        send(dash, "charts", number=wrong)
        assert dash.page.tools.state["charts"] == 0


def test_tables_are_made_only_while_they_are_unfolded(dash: Any) -> None:
    slide(dash, 0.2)
    assert dash.wait(60)
    assert dash.page.tables.tables == []
    send(dash, "table")
    assert dash.wait(60)
    first, second = dash.page.tables.tables
    assert first["heads"][:3] == ["years", "new need, base", "new need, this run"]
    assert second["rows"][-1] == ["10", "2,000", "2,667"]
    dash.pin()
    slide(dash, 0.0)
    assert dash.wait(60)
    assert dash.page.tables.tables[1]["rows"][-1] == ["10", "2,000", "2,000", "2,667"]
    send(dash, "table")
    assert dash.page.tables.tables == []


def test_the_next_cell_goes_on_where_the_sliders_stand(dash: Any, tiny: Any) -> None:
    assert dash.scenario == Scenario()
    slide(dash, 0.2)
    # At once: nobody in a cell waits for the picture.
    assert dash.scenario == Scenario({CUT: 0.2})
    assert isinstance(dash.run, Run)
    assert dash.run.scenario == dash.scenario
    assert set(dash.run.frame.columns) > {"closures"}  # of no chart, and no headline
    assert dash.run is dash.run
    assert tiny.run(dash.scenario)[REPEAT].iloc[-1] == dash.run[REPEAT].iloc[-1]
    assert cp.plot(dash.run).data
    assert cp.plot(dash.run, REPEAT).data[0].y[-1] == pytest.approx(133.3, abs=0.1)
    with pytest.raises(AttributeError):
        dash.scenario = Scenario()


def test_a_run_that_fails_is_told_to_the_next_cell_as_well(dash: Any) -> None:
    dash.page.sliders[OPEN].text = "20"
    with pytest.raises(RunFailed, match="not a number at month 3"):
        _ = dash.run
    dash.undo()
    assert dash.run[REPEAT].iloc[-1] == 50


def test_a_link_brings_back_all_of_it(dash: Any, tiny: Any) -> None:
    slide(dash, 0.1)
    dash.pin()
    dash.page.presets.buttons["Longer cases"].click()
    send(dash, "charts", number=1)
    shown, link = ends(dash), dash.share
    assert link == ("cpd1/tiny/Longer%20cases&pin=cpd1/tiny//early%20help%20cut=0.1&charts=1")
    assert dash.page.tools.state["link"] == link
    other = dashboards.dashboard(tiny)
    assert ends(other) != shown
    send(other, "open", code=f"#{link}")
    assert ends(other) == shown
    assert other.scenario == dash.scenario
    assert other.share == link


def test_a_strangers_link_is_refused_in_words_and_nothing_moves(dash: Any) -> None:
    slide(dash, 0.1)
    before = ends(dash)
    link = "cpd1/<img src=x onerror=alert(1)>/"
    with pytest.raises(BadValue, match="another model"):
        dash.open(link)
    send(dash, "open", code=link)
    said = dash.page.message.value
    assert "&lt;img src=x onerror=alert(1)&gt;" in said
    assert "The sliders stay where they are." in said
    assert "<img" not in said
    assert ends(dash) == before
    slide(dash, 0.2)
    assert dash.page.message.value == ""


@pytest.mark.parametrize("content", [None, [], {"does": "close"}, {"does": "__class__"}, {}])
def test_what_no_tool_is_for_is_left_alone(dash: Any, content: Any) -> None:
    before = ends(dash)
    dash.page.tools._handle_custom_msg(content, [])
    assert ends(dash) == before


def test_numbers_are_taken_away_with_every_variable(dash: Any, monkeypatch: Any) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(dash.page.tools, "send", sent.append)
    slide(dash, 0.2)
    send(dash, "csv")
    assert sent[0]["name"] == "tiny"
    assert '"closures"' in sent[0]["csv"]
    dash.page.sliders[OPEN].text = "20"
    assert dash.wait(60)
    send(dash, "csv")
    assert len(sent) == 1
    assert "not a number at month 3" in dash.page.error.value


def test_help_names_the_claims_that_a_constant_rests_on() -> None:
    model = cp.load("austerity")
    told = dashboards.dashboard(model).page.sliders["early help strength"].told
    assert told["meaning"]
    assert told["reach"].startswith("From ")
    assert all(claim.startswith("C") and "(S" in claim for claim in told["claims"])
    cited = [row.told["claims"] for row in dashboards.dashboard(model).page.sliders.values()]
    assert any(cited)


def test_a_thousand_moves_leave_nothing_behind(dash: Any) -> None:
    """What grew by a thing a move would have grown by hundreds."""
    from ipywidgets.widgets.widget import _instances

    def move(times: int) -> None:
        for number in range(times):
            slide(dash, 0.05 * (number % 8))
            dash.page.sliders[OPEN].text = str(6 + number % 3)
            if number % 50 == 0:
                assert dash.wait(60)
        assert dash.wait(60)
        gc.collect()

    def grown(times: int) -> tuple[int, int, int]:
        """By how many widgets, objects and bytes so many moves make it larger."""
        before = len(_instances), len(gc.get_objects()), tracemalloc.get_traced_memory()[0]
        move(times)
        after = len(_instances), len(gc.get_objects()), tracemalloc.get_traced_memory()[0]
        return after[0] - before[0], after[1] - before[1], after[2] - before[2]

    move(200)  # until all that is kept is full: a hundred steps back
    tracemalloc.start()
    try:
        move(50)
        rounds = [grown(300) for _ in range(4)]
    finally:
        tracemalloc.stop()
    # What leaks, leaks in every round; what other tests left behind comes and goes once.
    widgets, objects, size = (min(one) for one in zip(*rounds, strict=True))
    assert widgets <= 0
    assert objects < 100
    assert size < 60_000  # bytes, of 600 moves
    assert len(dash.past.before) == 100
