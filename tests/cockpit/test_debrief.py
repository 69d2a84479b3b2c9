"""Looking back: what was so is the model's run, and others flew in the same news."""

import numpy as np
import pytest

from cpdynamics.cockpit import flight
from cpdynamics.errors import BadValue
from cpdynamics.feedback import loops

SEED = 7


@pytest.fixture(scope="module")
def made(model):
    flown = flight(model, seed=SEED)
    for changes in [{"rise": 1.0}, {}, {"time to help": 20}, {}, {}]:
        flown = flown.decide(changes)
    return flown


@pytest.fixture(scope="module")
def debrief(made):
    return made.debrief()


def test_before_anything_is_decided_there_is_nothing_to_look_back_on(model):
    with pytest.raises(BadValue, match="Nothing has been decided"):
        flight(model).debrief()


def test_what_was_so_is_what_the_model_runs(made, debrief, model):
    run = model.run(made.scenario)
    for month in (0, 6, 12, 18, 24, 30):
        assert debrief.course.loc[month, ("Waiting, late", "was so")] == run["Waiting"][month]
        both = run["Waiting"][month] + run["unseen"][month]
        assert debrief.course.loc[month, ("Waiting, of those seen", "was so")] == both


def test_what_was_seen_is_what_lay_on_the_desk_each_time(made, debrief, model):
    flown = flight(model, seed=SEED)
    for changes in (*made.decided, None):
        for reading in flown.reports:
            then = debrief.course.loc[flown.now, (reading.report.title, "you saw")]
            assert then == reading.value
        if changes is not None:
            flown = flown.decide(changes)
    assert flown == made


def test_the_table_says_how_old_a_figure_was_and_when_it_was_widest_apart(debrief):
    row = debrief.table.set_index("report").loc["Waiting, late"]
    assert row["as of"] == "April 2018"
    apart = (
        debrief.course["Waiting, late", "you saw"] - debrief.course["Waiting, late", "was so"]
    ).abs()
    months = {
        0: "April 2017",
        6: "October 2017",
        12: "April 2018",
        18: "October 2018",
        24: "April 2019",
        30: "October 2019",
    }
    assert row["widest apart"] == months[apart.idxmax()]


def test_the_loops_are_those_of_the_flights_own_run(made, debrief, model):
    assert debrief.loops.table().equals(loops(model, made.run).table())
    assert debrief.loops.words() in debrief.words


def test_others_fly_in_the_same_news(made, debrief, model):
    struck = made.plan.struck(SEED, made.now)
    assert struck.set["news"] == 12
    assert list(debrief.runs) == ["your flight", "nothing decided", "Half as many again"]
    idle = flight(model, seed=SEED)
    for _ in range(5):
        idle = idle.decide()
    beside = debrief.beside
    assert beside.loc["your flight", "Waiting"] == made.run["Waiting"][30]
    assert beside.loc["nothing decided", "Waiting"] == idle.run["Waiting"][30]
    shipped = model.run(model.scenario("Half as many again") | struck)
    assert beside.loc["Half as many again", "Waiting"] == shipped["Waiting"][30]
    assert beside["Waiting"].nunique() == 3


def test_a_total_is_the_sum_over_the_flight(made, debrief):
    rates = made.run["leaving"]
    total = float(np.sum((rates.to_numpy()[1:] + rates.to_numpy()[:-1]) / 2))
    assert debrief.beside.loc["your flight", "leaving, in all"] == pytest.approx(total)


def test_ahead_goes_on_with_what_is_in_force(made, debrief, model):
    assert debrief.goes_on
    run = model.run(made.scenario)
    assert debrief.ahead.loc["your flight", "Waiting"] == run["Waiting"][48]
    assert debrief.on == "In April 2021, if all goes on as it stands"


def test_what_has_not_happened_by_the_end_is_not_in_it(model):
    early = next(seed for seed in range(99) if flight(model).plan.befalls(seed)[0][1] > 12)
    debrief = flight(model, seed=early).decide().decide().debrief()
    for run in debrief.runs.values():
        assert run["scare"].max() == 0
        assert run["more need"].max() == 0


def test_the_picture_has_two_lines_a_report_told_apart_without_colour(debrief):
    drawn = debrief.drawn()
    assert len(drawn["data"]) == 2 * len(debrief.flight.plan.reports)
    for place in range(0, len(drawn["data"]), 2):
        first, second = drawn["data"][place : place + 2]
        assert first["line"]["color"] != second["line"]["color"]
        assert first["line"].get("dash") != second["line"].get("dash")
    assert list(drawn["data"][0]["y"]) == debrief.course["Waiting, late", "you saw"].tolist()
    assert debrief.figure().layout.annotations


def test_it_is_told_without_a_mark_and_without_blame(debrief):
    told = debrief.words.lower()
    assert "there is no mark" in told
    for word in ("fail", "mistake", "fault", "wrong", "score", "should"):
        assert word not in told
