"""The pages of a classroom without a browser: what a kernel keeps, shows and holds back."""

from __future__ import annotations

import dataclasses
import gc
import json
from pathlib import Path
from typing import Any

import pytest

from cpdynamics.classroom import bring_back, my_answers, predict, question, save_answers
from cpdynamics.classroom.answers import Sitting, as_text
from cpdynamics.classroom.asking import Asking
from cpdynamics.classroom.view import Predicting
from cpdynamics.errors import BadValue, UnknownName
from cpdynamics.model import Model
from cpdynamics.scenario import Scenario

MORE = "Half as many again"


def asks(page: Any, do: str, **more: Any) -> None:
    """What the page sends when a button is pressed."""
    number = page.widget.asked.get("n", 0) + 1
    page.widget.asked = {"n": number, "do": do, **more}
    assert page.widget.done == number


@pytest.fixture
def page(sitting: Sitting, waiting: Model) -> Predicting:
    return predict(waiting, MORE, "waiting")


def test_nothing_of_the_run_is_on_the_page_before_it_is_asked_for(page: Predicting) -> None:
    page.widget.values = [150] * 12
    before = json.dumps(page.widget.get_state(), default=str)
    assert page.run is None
    assert page.words == ()
    page.reveal()
    assert page.run is not None
    for _, value in page.widget.revealed["line"][1:]:
        assert str(value) not in before
    assert page.widget.revealed["at"][-1] == page.run["Waiting"].iloc[-1]
    assert page.widget.words == list(page.words)


def test_its_axis_does_not_tell_the_way(page: Predicting, waiting: Model) -> None:
    longer = predict(waiting, "Help takes longer", "Waiting")
    assert (longer.prediction.low, longer.prediction.high) == (
        page.prediction.low,
        page.prediction.high,
    )
    assert page.prediction.high >= 200
    # A scenario that goes far gives its height to the charts of all.
    far = Scenario({"rise": 1.0, "time to help": 50}, name="Far more")
    page.close()
    told = dataclasses.replace(waiting.story, scenarios={**waiting.story.scenarios, far.name: far})
    wide = Model(waiting.document, name="wide", story=told)
    assert predict(wide, MORE, "Waiting").prediction.high > wide.run(far)["Waiting"].max() > 200


def test_points_from_the_page_are_kept_and_stay_on_the_axis(
    page: Predicting, sitting: Sitting
) -> None:
    page.widget.values = [1e9] * 12
    assert page.widget.values == [page.prediction.high] * 12
    assert sitting.predictions[page.key].values == page.prediction.values
    for odd in ([1, 2], ["x"] * 12, [float("nan")] * 12, []):
        before = page.prediction
        page.widget.values = odd
        assert page.prediction == before
        assert page.widget.values == list(before.values)


def test_a_pointers_path_moves_points_and_an_odd_one_none(page: Predicting) -> None:
    asks(page, "sketch", path=[[0, 100], [24, 200]])
    assert page.prediction.values[-1] == 200
    before = page.prediction
    for odd in (None, 3, [[1]], [["a", "b"]], "path", [[1, None]], {"a": 1}):
        asks(page, "sketch", path=odd)
        assert page.prediction == before
    asks(page, "flat")
    assert page.prediction.is_flat
    page.widget.asked = {"do": "nothing"}


def test_what_has_been_shown_is_locked_until_somebody_tries_again(
    page: Predicting, sitting: Sitting
) -> None:
    page.widget.values = [150] * 12
    asks(page, "show")
    first = page.words
    assert first
    asks(page, "sketch", path=[[0, 0], [24, 0]])
    asks(page, "flat")
    page.widget.values = [10] * 12
    assert page.widget.values == [150] * 12
    asks(page, "again")
    assert page.words == ()
    assert page.widget.revealed == {}
    page.widget.values = [10] * 12
    # The first curve stays beside the second.
    assert page.widget.revealed["first"] == [150] * 12
    asks(page, "show")
    assert page.words != first
    assert page.first is not None
    assert page.first.values == (150.0,) * 12
    assert page.widget.revealed["first"] == [150] * 12
    kept = sitting.predictions[page.key]
    assert (kept.first, kept.values, kept.tries) == ((150.0,) * 12, (10.0,) * 12, 2)


def test_points_that_come_with_a_button_count(page: Predicting) -> None:
    """A page sends what changed together: the last key press and the button after it."""
    with page.widget.hold_trait_notifications():
        page.widget.asked = {"n": 1, "do": "show"}
        page.widget.values = [150] * 12
    assert page.prediction.values == (150.0,) * 12
    assert page.first is not None
    assert page.first.values == (150.0,) * 12


def test_a_cell_that_is_run_again_finds_what_was_drawn(
    page: Predicting, waiting: Model, sitting: Sitting
) -> None:
    page.widget.values = [150] * 12
    page.reveal()
    again = predict(waiting, MORE, "Waiting")
    assert again.prediction == page.prediction
    assert again.words == page.words
    assert page.widget.comm is None or page.widget._comm is None
    shorter = predict(waiting, MORE, "Waiting", months=12, key=page.key)
    assert shorter.prediction.months[-1] == 12
    assert shorter.prediction.values[-1] == 150
    # Under another name it is another prediction.
    assert predict(waiting, MORE, "Waiting", key="other").prediction.is_flat
    # One name for two variables: each is drawn anew.
    assert predict(waiting, MORE, "leaving", key=page.key).prediction.is_flat


def test_a_page_takes_over_what_comes_back_while_it_is_open(
    page: Predicting, sitting: Sitting, tmp_path: Path
) -> None:
    one = question("bathtub-number")
    page.widget.values = [150] * 12
    page.reveal()
    words = page.words
    one.answer("90")
    save_answers(tmp_path / "mine.json")
    sitting.answers.clear()
    sitting.predictions.clear()
    page.again()
    page.draw(page.prediction.reset())
    one.widget.said = {}
    bring_back(tmp_path / "mine.json")
    assert page.words == words
    assert page.prediction.values == (150.0,) * 12
    assert one.widget.said["at-the-end"]["given"] == "90"


def test_a_question_keeps_its_answers_to_itself_until_it_is_asked(sitting: Sitting) -> None:
    page = question("care-before")
    state = json.dumps(page.widget.question)
    assert "why" not in state
    assert "right" not in state.replace("copyright", "")
    assert page.widget.said == {}
    why = page.answer("Month 5", "most")
    assert page.widget.said["most"]["why"] == why
    assert page.widget.said["most"]["more"]
    page.widget.asked = {"n": 1, "part": "most", "given": "Month 6"}
    assert page.widget.said["most"]["why"].startswith("Yes. ")
    assert page.widget.said["most"]["more"] == ""
    kept = sitting.answers["care-before/most"]
    assert (kept.first, kept.last, kept.tries) == ("Month 5", "Month 6", 2)


def test_what_cannot_be_an_answer_is_told_and_not_kept(sitting: Sitting) -> None:
    page = question("bathtub-number")
    page.widget.asked = {"n": 1, "part": "at-the-end", "given": "many"}
    assert page.widget.said["at-the-end"]["why"].startswith('"many" is no number.')
    for odd in ({"n": 2}, {"part": 3, "given": "1"}, {"part": "at-the-end", "given": 4}):
        page.widget.asked = odd
    assert sitting.answers == {}
    page.widget.asked = {"n": 3, "part": "nowhere", "given": "1"}
    with pytest.raises(UnknownName):
        page.answer("1", "nowhere")
    assert sitting.answers == {}


def test_an_answer_to_another_version_of_a_question_is_passed_over(sitting: Sitting) -> None:
    sitting.answer("care-before/most", "Month 99")
    assert question("care-before").widget.said == {}


def test_the_link_always_holds_all_answers(sitting: Sitting, page: Predicting) -> None:
    carrying = my_answers()
    page.reveal()
    question("bathtub-number").answer(178)
    assert carrying.widget.saved == as_text(sitting)
    assert carrying.widget.counted == "1 prediction and 1 answer"
    saved = carrying.widget.saved
    sitting.answers.clear()
    carrying.widget.brought = {"n": 1, "name": "mine.json", "text": saved}
    assert carrying.widget.said == "Brought back: 1 prediction and 1 answer."
    assert "bathtub-number/at-the-end" in sitting.answers
    carrying.widget.brought = {"n": 2, "name": "<b>odd</b>.json", "text": "{}"}
    assert carrying.widget.said.startswith('"<b>odd</b>.json" holds no answers.')
    carrying.widget.brought = {"n": 3, "name": 3, "text": None}


def test_a_page_that_is_gone_is_not_kept_alive(sitting: Sitting, waiting: Model) -> None:
    page = question("care-before")
    assert isinstance(page, Asking)
    watchers = len(sitting._watchers)
    page.close()
    del page
    gc.collect()
    sitting.answer("a", "b")
    assert len(sitting._watchers) < watchers


def test_what_cannot_be_predicted_is_told(sitting: Sitting, waiting: Model) -> None:
    with pytest.raises(UnknownName, match="waitin"):
        predict(waiting, MORE, "waitin")
    with pytest.raises(UnknownName):
        predict(waiting, "no such", "Waiting")
    with pytest.raises(BadValue, match="0 to 24"):
        predict(waiting, MORE, "Waiting", months=25)
    with pytest.raises(BadValue, match="wider axis"):
        predict(waiting, MORE, "Waiting", axis=(0, 110))
    with pytest.raises(BadValue, match="predict\\(\\) got"):
        predict("waiting", MORE, "Waiting")  # type: ignore[arg-type]
    with pytest.raises(UnknownName, match="care-before"):
        question("care-befor")
    page = predict(waiting, MORE, "Waiting")
    short = predict(waiting, MORE, "Waiting", months=12, key="short")
    with pytest.raises(BadValue, match="other months"):
        page.draw(short.prediction)


def test_a_stock_starts_where_the_scenario_puts_it(sitting: Sitting, waiting: Model) -> None:
    scenario = Scenario({"rise": 0.5}, initial={"Waiting": 40})
    assert predict(waiting, scenario, "Waiting").prediction.start == 40
    # How a flow answers on the first day is what is to be predicted.
    assert predict(waiting, scenario, "leaving").prediction.start == 10
