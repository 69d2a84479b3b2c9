"""The seat without a browser: what it shows, and what it does with what a page sends."""

import json

import pytest
from ipywidgets.widgets.widget import _instances

from cpdynamics.cockpit import flight
from cpdynamics.cockpit.saved import flight_from_text, flight_text
from cpdynamics.cockpit.view import Seat
from tests.cockpit import flying


@pytest.fixture
def seat(model):
    made = Seat(flight(model, seed=7))
    yield made
    made.close()


def state(seat):
    return seat._page.state


def go(seat, *chosen):
    seat.answer({"turn": state(seat)["turn"], "do": "go", "chosen": list(chosen)})


def test_the_page_shows_the_desk_and_what_is_to_be_decided(seat):
    shown = state(seat)
    assert shown["heading"] == "Month 0: spring 2017"
    assert shown["seat"] == "You run the door. Decision 1 of 6."
    assert [one["title"] for one in shown["cards"]] == [
        one.report.title for one in seat.flight.reports
    ]
    assert shown["questions"][0] == {
        "question": "How wide is the door?",
        "meaning": "How many more come.",
        "choices": ["as it was", "wider", "wide open"],
        "chosen": 0,
    }
    assert shown["go"] == "Go on half a year"
    assert shown["look"] == ""


def test_going_on_decides_what_was_chosen_and_shows_the_next_half_year(seat):
    before = flight(seat.flight.model, seed=7)
    go(seat, 1, 1)
    assert seat.flight == before.decide({"rise": 0.5, "time to help": 20})
    shown = state(seat)
    assert shown["heading"] == "Month 6: autumn 2017"
    assert [one["chosen"] for one in shown["questions"]] == [1, 1]
    assert shown["cards"][0]["last"] == "half a year ago: 100"
    assert shown["look"] == "Hand over and look back"


def test_a_button_pressed_twice_counts_once(seat):
    turn = state(seat)["turn"]
    for _ in range(2):
        seat.answer({"turn": turn, "do": "go", "chosen": [0, 0]})
    assert seat.flight.now == 6


@pytest.mark.parametrize(
    "content",
    [
        None,
        [],
        {"do": "go"},
        {"turn": "elsewhere", "do": "go", "chosen": [1, 1]},
        {"turn": None, "do": "look"},
    ],
)
def test_what_no_page_of_this_half_year_sent_counts_for_nothing(seat, content):
    seat.answer(content)
    assert seat.flight.now == 0
    assert seat.debrief is None


@pytest.mark.parametrize("chosen", [None, "11", [7, -1], [1.5, None], [[], {}], list(range(99))])
def test_choices_that_do_not_exist_leave_things_as_they_stand(seat, chosen):
    seat.answer({"turn": state(seat)["turn"], "do": "go", "chosen": chosen})
    assert seat.flight.now == 6
    assert set(seat.flight.stands.values()) <= {0.0, 10.0, 20.0}
    assert seat.flight.stands["rise"] == 0.0


def test_a_value_decided_in_python_that_is_no_choice_can_be_kept(model):
    made = Seat(flight(model).decide({"rise": 0.37}))
    question = state(made)["questions"][0]
    assert question["choices"] == ["as it was", "0.37", "wider", "wide open"]
    assert question["chosen"] == 1
    go(made, 1, 0)
    assert made.flight.stands["rise"] == 0.37
    made.close()


def test_what_is_saved_on_the_page_is_the_flight(seat):
    go(seat, 2, 0)
    shown = state(seat)
    assert flight_from_text(shown["saved"], seat.flight.model) == seat.flight
    assert shown["file"] == "flight-waiting-1.json"


def test_a_saved_flight_is_flown_on(seat, model):
    other = flight(model, seed=3).decide({"rise": 1}).decide()
    seat.answer({"turn": state(seat)["turn"], "do": "resume", "text": flight_text(other)})
    assert seat.flight == other
    assert (state(seat)["heading"], state(seat)["message"]) == ("Month 12: spring 2018", "")


@pytest.mark.parametrize("text", ["", "[", "[" * 50_000, '{"cpdynamics flight": 1}'])
def test_a_file_that_is_no_flight_is_said_and_the_flight_stays(seat, text):
    go(seat, 1, 0)
    before, shown = seat.flight, state(seat)
    seat.answer({"turn": shown["turn"], "do": "resume", "text": text})
    assert seat.flight == before
    assert "That file" in state(seat)["message"]
    # Twice the same is another page all the same: its buttons have to wake up.
    again = state(seat)
    seat.answer({"turn": again["turn"], "do": "resume", "text": text})
    assert state(seat) != again


def test_handing_over_shows_the_debrief_and_leaves_nothing_to_decide(seat):
    go(seat, 1, 0)
    seat.answer({"turn": state(seat)["turn"], "do": "look"})
    shown = state(seat)
    assert (shown["questions"], shown["cards"], shown["look"]) == ([], [], "")
    texts = " ".join(one.value for one in seat._debriefing.children if hasattr(one, "value"))
    assert "What you saw, and what was so" in texts
    assert "nothing decided" in texts
    assert seat.debrief.flight == seat.flight
    turn = shown["turn"]
    seat.answer({"turn": turn.removesuffix(" looked"), "do": "go", "chosen": [0, 0]})
    assert seat.flight.now == 6


def test_after_looking_back_one_may_fly_again_in_the_same_news_and_not_before(seat):
    go(seat, 1, 0)
    seat.answer({"turn": state(seat)["turn"], "do": "afresh"})
    assert (seat.flight.now, state(seat)["afresh"]) == (6, "")
    seat.answer({"turn": state(seat)["turn"], "do": "look"})
    assert state(seat)["afresh"] == "Fly again, in the same news"
    seat.answer({"turn": state(seat)["turn"], "do": "afresh"})
    assert seat.flight == flight(seat.flight.model, seed=7)
    assert seat.debrief is None
    assert seat._debriefing.children == ()


def test_at_the_end_there_is_only_the_looking_back(seat):
    for _ in range(6):
        go(seat, 0, 0)
    shown = state(seat)
    assert shown["heading"] == "Month 36: spring 2020"
    assert shown["questions"] == []
    assert shown["look"]
    go(seat, 0, 0)
    assert "over" in state(seat)["message"]


def test_the_page_carries_nothing_that_is_still_to_come(seat):
    """The state is all that a browser gets."""
    for _ in range(6):
        sent = json.dumps(state(seat))
        for event, month in seat.flight.plan.befalls(7):
            if month > seat.flight.now:
                assert event.news not in sent
        assert "was so" not in sent
        go(seat, 2, 0)


def test_closing_frees_every_widget(model):
    count = len(_instances)
    made = Seat(flight(model, seed=7).decide())
    made.answer({"turn": state(made)["turn"], "do": "look"})
    assert len(_instances) > count
    made.close()
    assert len(_instances) == count


def test_a_hostile_story_stays_text_in_the_debrief(tmp_path):
    hostile = "<img src=x onerror=alert(1)>"
    story = flying.STORY.replace('title = "Waiting, late"', f'title = "{hostile}"')
    made = Seat(flight(flying.model(tmp_path, story=story)).decide())
    made.answer({"turn": state(made)["turn"], "do": "look"})
    texts = " ".join(one.value for one in made._debriefing.children if hasattr(one, "value"))
    assert "<img" not in texts
    assert "&lt;img" in texts
    made.close()
