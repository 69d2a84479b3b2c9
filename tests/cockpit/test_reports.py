"""Reports: late, filtered by the model, in a word, or drawn; and what is so."""

import numpy as np
import pytest

import cpdynamics as cp
from cpdynamics.cockpit import flight
from cpdynamics.cockpit.reports import counted_at, in_words, seen, so


def flown(model, changes, seed=0):
    made = flight(model, seed=seed)
    for one in changes:
        made = made.decide(one)
    return made


def by_title(made, title):
    return next(one for one in made.reports if one.report.title == title)


@pytest.mark.parametrize(
    ("now", "counted"), [(0, 0), (6, 0), (12, 0), (18, 0), (19, 12), (24, 12), (30, 12), (31, 24)]
)
def test_a_table_is_of_the_last_year_that_has_been_published(model, now, counted):
    plan = flight(model).plan
    assert counted_at(plan, plan.reports[0], now) == counted


def test_a_late_report_is_the_truth_of_the_month_it_was_counted_in(model):
    made = flown(model, [{"rise": 1.0}, {}, {}, {"rise": 0}, {}, {}])
    late = made.plan.reports[0]
    for now in range(37):
        reading = seen(made.plan, late, made.run, made.seed, now)
        assert reading.value == so(made.plan, late, made.run, reading.counted)
        assert reading.value == made.run["Waiting"][reading.counted]
        assert reading.age >= 7 or reading.counted == 0
    assert len({made.run["Waiting"][month] for month in (0, 12, 24)}) == 3


def test_a_filter_is_the_models_own(model):
    made = flown(model, [{"rise": 0.5}, {}])
    report = by_title(made, "Waiting, of those seen")
    assert report.value == made.run["Waiting"][12]
    assert so(made.plan, report.report, made.run, 12) == pytest.approx(1.25 * report.value)


def test_where_a_word_is_published_the_nearest_is_and_half_way_the_better(model):
    made = flown(model, [{"rise": 1.0}, {}, {}, {}])
    word = by_title(made, "In a word")
    assert made.run["Waiting"][24] > 150
    assert (word.value, word.text) == (200, "too many")
    assert in_words(word.report, 150) == "between many and too many"
    assert in_words(word.report, 110) == "many"
    assert in_words(word.report, 190) == "too many"
    assert in_words(word.report, -5) == "few"
    assert in_words(word.report, 500) == "too many"


def test_rare_events_are_counted_and_the_count_is_of_the_right_size(model):
    """Ten children a month are helped at rest: sixty in half a year, and so many on average."""
    plan = flight(model).plan
    helped = plan.reports[2]
    at_rest = model.run()
    assert so(plan, helped, at_rest, 12) == pytest.approx(60)
    assert so(plan, helped, at_rest, 0) == pytest.approx(60)
    drawn = [seen(plan, helped, at_rest, seed, 12).value for seed in range(400)]
    assert np.mean(drawn) == pytest.approx(60, abs=4 * np.sqrt(60 / 400))
    assert np.var(drawn) == pytest.approx(60, rel=0.3)
    assert all(value == int(value) for value in drawn)
    # The luck of a half-year does not hang on the month within it that is asked for.
    assert len({seen(plan, helped, at_rest, 1, month).value for month in (12, 13, 17)}) == 1


def test_the_news_says_how_many(model):
    made = flown(model, [{}])
    count = int(by_title(made, "Helped").value)
    assert f"{count} were helped." in made.news


def test_the_shipped_rating_is_read_when_the_model_has_published_it():
    """What the story says of inspections is what the .mdl has: both would have to change."""
    model = cp.load("child_protection")
    value = {row["name"]: row["value"] for row in model.variables.to_dict("records")}
    rating = next(one for one in flight(model).plan.reports if one.seen == ("Rating",))
    assert rating.every == value["months between inspections"]
    assert rating.first == (
        value["month of the first inspection"]
        + value["months to publish"]
        + value["length of a visit"]
    )
    run = model.run("A tragedy here, and somebody to blame")
    assert run["publication under way"][rating.first] == 0
    assert run["publication under way"][rating.first - 3] == 1


def test_the_shipped_service_starts_rated_good_and_knows_of_a_part_of_its_concerns():
    made = flight(cp.load("child_protection"))
    assert by_title(made, "Rating of the service").text == "Good"
    known = by_title(made, "Concerns that you know of")
    assert known.value == pytest.approx(10.2)
    assert so(made.plan, known.report, made.run, 0) == pytest.approx(66)
    # At rest, before anything has happened, the tables are late and yet right.
    children = by_title(made, "Children who come back")
    assert so(made.plan, children.report, made.run, 0) == children.value


def test_the_shipped_tables_come_when_dfe_publishes_them():
    """Year to 31 March: end of October. Census of 30 September: middle of February."""
    plan = flight(cp.load("child_protection")).plan
    of = {one.title: one for one in plan.reports}
    children, staff = of["Children at high risk"], of["Social workers in post"]
    assert [counted_at(plan, children, now) for now in (18, 19, 30, 31)] == [0, 12, 12, 24]
    assert [counted_at(plan, staff, now) for now in (10, 11, 22, 23)] == [0, 6, 6, 18]
