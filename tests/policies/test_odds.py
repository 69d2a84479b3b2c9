"""How often a cut costs more than it saved, against a share known in closed form."""

from __future__ import annotations

import numpy as np
import pytest

from cpdynamics.errors import BadValue, UnknownName
from cpdynamics.mdl.document import Document
from cpdynamics.model import Model
from cpdynamics.policies import BreakEvenOdds, break_even_odds
from cpdynamics.policies.crossing import crossing
from cpdynamics.policies.pairs import paired
from cpdynamics.scenario import Scenario
from cpdynamics.story import Story

STEP = 0.25
# The sum saved is saving t - growth t (t - STEP): back at zero at saving / growth + STEP.
MDL = """{UTF-8}
Cumulative Saving = INTEG(cut * (saving - 2 * growth * Time) + drift, 0)
	~	GBP
	~	Sum. |
drift = saving * 3
	~	GBP/Month
	~	With or without the cut. |
********************************************************
	.Tiny Levers
********************************************************~
		Levers. |
cut = 0
	~	Dmnl [0,1,0.1]
	~	Lever. |
********************************************************
	.Tiny Constants
********************************************************~
		Constants. |
saving = 60
	~	GBP/Month [40,80]
	~	First saving. |
growth = 0.5
	~	GBP/(Month*Month) [0.25,1.25]
	~	Growth of what it costs. |
idle = 0.5
	~	Dmnl [0,1]
	~	Moves nothing. |
INITIAL TIME = 0 ~ Month ~ Start. |
FINAL TIME = 100 ~ Month ~ End. |
TIME STEP = 0.25 ~ Month ~ Step. |
SAVEPER = 1 ~ Month ~ Saved. |
"""
CUT = Scenario({"cut": 1.0}, name="All of it")


def made(mdl: str = MDL) -> Model:
    story = Story(uncertain={"growth": "uniform", "idle": "uniform"}, scenarios={"All of it": CUT})
    return Model(Document.parse(mdl), name="tiny", story=story)


@pytest.fixture(scope="module")
def odds() -> BreakEvenOdds:
    return break_even_odds(made(), "All of it", n=2000)


def test_the_months_are_those_of_the_closed_form(odds):
    expected = 60 / odds.sample["growth"] + STEP
    there = expected <= 99.9
    np.testing.assert_allclose(odds.months[there], expected[there], atol=0.02)
    assert odds.months[expected > 100.1].isna().all()
    assert set(odds.outcomes) == {"breaks even", "saves throughout"}
    assert odds.end == 100


def test_the_share_is_that_of_the_draws_and_grows_with_time(odds):
    # Back by t where growth >= 60 / (t - STEP), of 0.25 to 1.25.
    for by in (60.0, 80.0, None):
        expected = 1.25 - 60 / ((by or 100) - STEP)
        assert odds.share(by) == pytest.approx(expected, abs=2 / 2000)
    assert odds.share(40) == 0


def test_only_what_the_story_calls_uncertain_is_drawn_or_all_but_levers(odds):
    assert list(odds.sample) == ["growth", "idle"]
    every = break_even_odds(made(), CUT, over="ranges", n=500)
    assert list(every.sample) == ["saving", "growth", "idle"]
    assert every.over == "ranges"


def test_the_constant_that_decides_is_named_and_the_idle_one_is_not(odds):
    assert odds.deciding.index[0] == "growth"
    assert odds.deciding["distance"].iloc[0] == 1
    assert "They stand apart by high growth (1.00). Constant" in odds.sentence()


def test_the_sentence_has_shares_months_and_number(odds):
    said = odds.sentence()
    by = 100 * (1.25 - 60 / 99.75)
    assert said.startswith(
        f'"All of it" has cost more than it saved in 25 % by month 60 and {by:.0f} % by month 100, '
        "of 2,000 draws of 2 constants that the story calls uncertain. Where it has, half did "
    )
    middle = odds.months.median()
    low, high = odds.months.quantile([0.05, 0.95])
    assert (
        f"half did so by month {middle:.0f}, and nine in ten between {low:.0f} and {high:.0f}."
        in said
    )
    assert (
        "over the whole of their ranges"
        in break_even_odds(made(), CUT, over="ranges", n=50).sentence()
    )


def test_draws_that_break_off_are_told_and_do_not_count():
    broken = MDL.replace("drift = saving * 3", "drift = saving * 3 * (idle - 0.25) ^ 0.5")
    odds = break_even_odds(made(broken), CUT, n=400)
    assert odds.outcomes.isna().sum() == 100
    assert "100 draws broke off and are not counted." in odds.sentence()
    assert odds.share() == pytest.approx(1.25 - 60 / 99.75, abs=0.05)
    assert "idle" not in odds.sentence()


def test_a_policy_has_the_last_word_on_what_it_sets():
    policy = Scenario({"cut": 1.0, "growth": 1.0}, name="Both")
    drawn = break_even_odds(made(), policy, n=50)
    assert list(drawn.sample) == ["growth", "idle"]
    np.testing.assert_allclose(drawn.months, 60 + STEP, atol=0.02)
    only = drawn.sample[["growth"]]
    one = paired(made(), policy, only, saving="Cumulative Saving")
    assert {round(found.month, 2) for found in one if found} == {60.25}
    assert len(one) == 50


def test_a_policy_that_moves_the_saved_times_is_refused():
    with pytest.raises(BadValue, match="same times"):
        break_even_odds(made(), CUT | {"FINAL TIME": 50.0}, n=10)


def test_what_cannot_be_asked_is_refused():
    with pytest.raises(BadValue, match="over="):
        break_even_odds(made(), CUT, over="rangs")  # type: ignore[arg-type]
    with pytest.raises(UnknownName, match="All of it"):
        break_even_odds(made(), "All of them")
    with pytest.raises(BadValue, match="A Model was expected"):
        break_even_odds("austerity")  # type: ignore[arg-type]
    with pytest.raises(BadValue, match="uncertain"):
        break_even_odds(Model.from_document(Document.parse(MDL)), CUT)


def test_crossing_reads_plain_arrays():
    found = crossing(np.array([0.0, 2.0, 4.0]), np.array([0.0, 5.0, -5.0]))
    assert (found.outcome, found.month) == ("breaks even", 3.0)
