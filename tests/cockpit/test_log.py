"""A flight in Python: decide, and see no more than a director sees."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cpdynamics as cp
from cpdynamics.cockpit import Flight, flight
from cpdynamics.cockpit.reports import seen
from cpdynamics.errors import BadValue, UnknownName
from tests.cockpit import flying

ROUNDS = 6
decisions = st.fixed_dictionaries(
    {}, optional={"rise": st.sampled_from([0, 0.25, 1.0]), "time to help": st.sampled_from([5, 30])}
)


def flown(model, changes, seed=0):
    made = flight(model, seed=seed)
    for one in changes:
        made = made.decide(one)
    return made


def test_a_decision_every_half_year_until_the_end(model):
    made = flight(model)
    months = []
    while not made.is_over:
        months.append(made.now)
        made = made.decide()
    assert months == [0, 6, 12, 18, 24, 30]
    assert made.now == 36
    assert made.heading == "Month 36: spring 2020"
    with pytest.raises(BadValue, match="over in April 2020"):
        made.decide()


def test_deciding_makes_another_flight_and_leaves_the_first(model):
    first = flight(model)
    second = first.decide({"Rise": 0.5})
    assert first.now == 0
    assert (second.now, second.stands["rise"], second.stands["time to help"]) == (6, 0.5, 10)
    assert second.decide().stands == second.stands
    with pytest.raises(dataclasses.FrozenInstanceError):
        second.seed = 4
    with pytest.raises(TypeError):
        second.stands["rise"] = 0


def test_the_run_ends_now_and_is_the_models_own(model):
    made = flown(model, [{"rise": 0.5}, {"rise": 0}, {}])
    assert made.run.frame.index.tolist() == list(range(19))
    again = model.run(made.scenario | {"FINAL TIME": 18})
    assert made.run.frame.equals(again.frame)


def test_a_decision_comes_into_force_over_the_time_that_it_takes(model):
    rise = flown(model, [{"rise": 0.6}, {}]).run["rise"]
    assert rise[[0, 1, 6, 12]].tolist() == [0, 0.6, 0.6, 0.6]
    # Ten months for the whole way, in steps of a month; half-way it is turned round.
    taken = flown(model, [{"time to help": 20}, {"time to help": 10}, {}]).run["time to help"]
    assert taken[[0, 3, 6]].tolist() == [10, 13, 16]
    assert taken[[11, 16, 17]].tolist() == pytest.approx([13, 10, 10])


@given(st.lists(decisions, min_size=1, max_size=ROUNDS), st.data(), st.integers(0, 2**64 - 1))
@settings(max_examples=25, deadline=None)
def test_nothing_decided_later_changes_what_was_seen_earlier(model, changes, data, seed):
    cut = data.draw(st.integers(0, len(changes) - 1))
    early, late = flown(model, changes[:cut], seed), flown(model, changes, seed)
    # A constant that an event sets is another number from the start; what it does is not.
    left_out = ["FINAL TIME", "news", "month of the news"]
    before = late.run.frame.drop(columns=left_out).loc[: early.now]
    assert early.run.frame.drop(columns=left_out).equals(before)
    for reading in early.reports:
        then = seen(late.plan, reading.report, late.run, seed, early.now)
        assert then == reading


@given(st.integers(0, 2**64 - 1))
@settings(max_examples=20, deadline=None)
def test_nothing_that_is_still_to_come_stands_in_the_flight(model, seed):
    made = flight(model, seed=seed)
    (_, month) = next(one for one in made.plan.befalls(seed) if one[0].variable == "news")
    while made.now + 6 < month:
        made = made.decide()
        assert "news" not in made.scenario.set
        assert "month of the news" not in made.scenario.set
        assert "Everybody talks of it." not in made.news
    made = made.decide()
    assert "Everybody talks of it." in made.news
    assert made.scenario.set["month of the news"] == month
    assert "Everybody talks of it." not in made.decide().news


def test_the_same_seed_and_decisions_are_the_same_bits_and_another_seed_is_another_flight(model):
    changes = [{"rise": 0.5}, {}, {"time to help": 12}, {}, {}, {}]
    first, second = (flown(model, changes, seed=5) for _ in range(2))
    assert first == second
    assert hash(first) == hash(second)
    assert first.run.frame.equals(second.run.frame)
    assert [one.value for one in first.reports] == [one.value for one in second.reports]
    others = [flown(model, changes, seed=seed) for seed in range(8)]
    assert len({one.scenario.set["month of the news"] for one in others}) > 3
    assert len({one.reports[2].value for one in others}) > 3


def test_events_fall_as_often_as_their_chance_says_and_within_their_months(model):
    plan = flight(model).plan
    fallen = [plan.befalls(seed) for seed in range(400)]
    rising = [one for both in fallen for one in both if one[0].variable == "more need"]
    assert 150 < len(rising) < 250  # 200 are to be expected, 10 is the standard deviation
    months = {month for both in fallen for _, month in both}
    assert (min(months), max(months)) == (7, 30)
    assert all(month == int(month) for month in months)


def test_need_that_rises_from_outside_does_so_for_every_flight_of_the_seed(model):
    seed = next(seed for seed in range(99) if len(flight(model).plan.befalls(seed)) == 2)
    _, month = next(
        one for one in flight(model).plan.befalls(seed) if one[0].variable == "more need"
    )
    need = flown(model, [{}] * ROUNDS, seed).run["more need"]
    assert need[month] == 0
    assert need[min(month + 3, 36)] == pytest.approx(0.25)
    assert need[36] == 0.5


@pytest.mark.parametrize(
    ("changes", "kind", "said"),
    [
        ({"rse": 1}, UnknownName, '"rise"'),
        ({"rise": 2}, BadValue, "0 to 1"),
        ({"rise": float("nan")}, BadValue, "finite"),
        ({"rise": True}, BadValue, "finite"),
        ({"rise": "1"}, BadValue, "finite"),
        ({"rise": 0, "RISE": 1}, BadValue, "twice"),
        (["rise"], BadValue, "dictionary"),
        ({"news": 1}, UnknownName, "decision in this flight"),
    ],
)
def test_a_decision_that_cannot_be_is_refused_in_words(model, changes, kind, said):
    with pytest.raises(kind, match=said):
        flight(model).decide(changes)


@pytest.mark.parametrize("seed", [-1, 2**64, 1.5, True, "3", None])
def test_a_seed_has_to_be_one(model, seed):
    with pytest.raises(BadValue, match="seed="):
        flight(model, seed=seed)


def test_what_is_no_model_is_refused():
    with pytest.raises(BadValue, match=r'flight\(load\("austerity"\)\)'):
        flight("austerity")


def test_a_flight_shows_its_desk(model):
    made = flight(model)
    assert repr(made).startswith("You run the door. Month 0: spring 2017.")
    assert "Waiting, late" in repr(made)
    assert isinstance(made.desk, pd.DataFrame)


def test_what_stands_in_a_story_is_shown_as_text(tmp_path):
    story = flying.STORY.replace("You run the door.", "<script>alert(1)</script>")
    shown = flight(flying.model(tmp_path, story=story))._repr_html_()
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


@pytest.mark.parametrize("name", ["austerity", "burnout"])
def test_a_model_whose_story_has_no_flight_is_flown_by_its_sliders_and_its_headline(name):
    loaded = cp.load(name)
    assert not loaded.story.flight
    made = Flight(loaded).decide().decide()
    assert made.run.frame.index[-1] == made.now == 12
    assert all(np.isfinite(one.value) for one in made.reports)
    assert [one.name for one in made.decisions] == [one.variable for one in loaded.story.sliders]
    assert [one.report.title for one in made.reports] == list(loaded.story.headline)
    assert {one.age for one in made.reports} == {6}


def test_the_shipped_flight_is_half_yearly_for_ten_years():
    made = flight(cp.load("child_protection"))
    assert made.plan.rounds == 20
    assert len(made.decisions) == 7
    # Nothing is decided and nothing happens: the service stays as it was.
    still = made.model.run(made.plan.world | made.plan.held(({**made.stands},)))
    at_rest = made.model.run()
    moving = [name for name in at_rest.names if at_rest.units[name] == "Child"]
    assert still.frame[moving].equals(at_rest.frame[moving])
