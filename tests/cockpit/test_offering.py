"""What a story may say of a flight, and what is refused with the place named."""

import pytest

from cpdynamics.cockpit import flight
from cpdynamics.cockpit.calendar import dated, headed
from cpdynamics.errors import BadStory, BadValue
from tests import tiny
from tests.cockpit import flying


def changed(tmp_path, before, after):
    assert before in flying.STORY
    return flying.model(tmp_path, story=flying.STORY.replace(before, after, 1))


def test_a_plan_is_what_the_story_says_with_names_and_ranges_from_the_mdl(model):
    plan = flight(model).plan
    rise, help_takes = plan.decisions
    assert (rise.name, rise.low, rise.high, rise.start, rise.takes) == ("rise", 0, 1, 0, 0)
    assert rise.meaning == "How many more come."
    assert rise.words(0.5) == "wider"
    assert rise.words(0.3) == "0.3"
    assert help_takes.takes == 10  # the constant that it names
    assert plan.rounds == 6
    assert [one.truth for one in plan.reports[:2]] == [("Waiting",), ("Waiting", "unseen")]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("every = 6", "every = 0", "no flight"),
        ("every = 6", "every = 0.01", "no flight"),
        ("every = 6", 'every = "6"', "finite number"),
        ("until = 36", "until = 49", "goes from 0 to 48"),
        ("until = 36", "until = inf", "finite"),
        ("until = 36", "untill = 36", "means nothing here"),
        ('variable = "rise"', 'variable = "rse"', 'Did you mean "rise"'),
        ('variable = "rise"', 'variable = "Waiting"', "no constant"),
        ('variable = "rise"', 'variable = "news"', "steered twice"),
        ('[1.0, "wide open"]', '[2.0, "wide open"]', "0 to 1"),
        ('takes = "time to help"', 'takes = "arriving"', "no constant"),
        ("value = 12", "value = 99", "0 to 20"),
        ("value = 12", "", "no event"),
        ("last = 30", "last = 6", "no event"),
        ("last = 30", "last = 41", "1 to 40"),
        ("chance = 0.5", "chance = 1.5", "no event"),
        ('news = "Need rises."', "", "missing"),
        ('seen = ["Waiting"]', 'seen = ["Wating"]', 'Did you mean "Waiting"'),
        ('seen = ["Waiting"]', "seen = []", "list"),
        ("delay = 7", "delay = -7", "no less than 0"),
        ("every = 12\n", "", "with a delay goes an every"),
        ("count = true", "count = 1", "true or false"),
        ('news = ["Nobody.", "One.", ', "news = [", "1 sentences"),
        ('compare = ["Half as many again"]', 'compare = ["Half"]', "no scenario"),
        ('totals = ["leaving"]', 'totals = ["leafing"]', "leaving"),
        ("[[flight.decisions]]", "set = { rise = 2 }\n[[flight.decisions]]", "out of the range"),
        ("[[flight.decisions]]", "set = { rise = 1 }\n[[flight.decisions]]", "steered twice"),
        ("[[flight.decisions]]", 'loops = ["R1"]\n[[flight.decisions]]', "none here"),
    ],
)
def test_what_does_not_fit_is_refused_and_the_place_named(tmp_path, before, after, said):
    with pytest.raises(BadStory, match=r"waiting\.toml") as told:
        flight(changed(tmp_path, before, after))
    assert said in str(told.value)


def test_a_model_with_nothing_to_decide_or_to_report_says_so(tmp_path):
    path = tiny.write(tmp_path)
    from cpdynamics.model import Model

    with pytest.raises(BadValue, match="leaves nothing to decide"):
        flight(Model.from_path(path))


def test_a_model_in_years_without_a_flight_is_flown_in_twenty_steps(tmp_path):
    mdl = tiny.MODEL.replace("Month", "Year")
    story = tiny.STORY.replace("[scenarios", '[[sliders]]\nvariable = "rise"\n[scenarios', 1)
    made = flight(flying.model(tmp_path, story=story, mdl=mdl)).decide({"rise": 0.5})
    assert made.now == pytest.approx(1.2)
    assert made.plan.rounds == 20
    assert made.heading == "Year 1.2"
    assert made.decisions[0].choices[-1] == (1, "1")
    assert [one.report.title for one in made.reports] == ["Waiting", "arriving"]


@pytest.mark.parametrize(
    ("time", "unit", "since", "date", "heading"),
    [
        (0, "Month", "April 2017", "April 2017", "Month 0: spring 2017"),
        (18, "Month", "April 2017", "October 2018", "Month 18: autumn 2018"),
        (8, "Month", "April 2017", "December 2017", "Month 8: winter 2017"),
        (9.5, "Month", "April 2017", "January 2018", "Month 9.5: winter 2018"),
        (2, "Months", "April 2017", "June 2017", "Months 2: summer 2017"),
        (2, "Year", "April 2017", "year 2", "Year 2"),
        (2, "Month", "", "month 2", "Month 2"),
        (2, "Month", "spring 2017", "month 2", "Month 2"),
        (2, "Month", "April 17", "month 2", "Month 2"),
        (2, "", "", "time 2", "Time 2"),
    ],
)
def test_times_are_told_as_people_tell_them(time, unit, since, date, heading):
    assert dated(time, unit, since) == date
    assert headed(time, unit, since) == heading
