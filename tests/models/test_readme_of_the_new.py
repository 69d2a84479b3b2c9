"""Every number that models/README.md quotes of openness, inspection, capability, fragmentation and
the whole is what the models come to: each sentence is put together from a run and looked for."""

from __future__ import annotations

import re

import pytest

from cpdynamics.library import root
from tests.models.library_runs import base_run, library_model, scenario_run, stocks
from tests.models.loop_runs import change, highest, lowest, run
from tests.models.test_rest import STANDS_STILL, growth_between_visits, sides

PAGE = " ".join((root() / "README.md").read_text(encoding="utf-8").split())
TRAGEDY = {"reports of a local tragedy": 360}


def percent(share: float) -> str:
    """As the page writes a change: +8 %, -44 %."""
    return f"{100 * share:+.0f} %"


def size(share: float) -> str:
    """The same without a sign: 21 %."""
    return f"{abs(100 * share):.0f} %"


def says(sentence: str) -> None:
    assert re.sub(r"\s+", " ", sentence) in PAGE, f"models/README.md does not say: {sentence}"


def whole(name: str, outcome: str) -> float:
    return change(scenario_run("child_protection", name), outcome)


# --- openness ---------------------------------------------------------------------------------


def test_messengers_punished():
    made = scenario_run("cover_up", "Messengers are punished")
    says(
        f"for three years it looks better, known concerns "
        f"{percent(change(made, 'Known Concerns', 48))}, while hidden ones rise by "
        f"{size(change(made, 'Hidden Concerns', 48))}"
    )
    assert made["Known Concerns"].loc[13.0:48.0].max() < made["Known Concerns"].iloc[0]
    says("times the reports of 2017, and children at hidden high risk are up by two thirds")
    assert change(made, "making news", 96) + 1 == pytest.approx(10, abs=0.2)
    assert change(made, "Hidden High Risk", 96) == pytest.approx(2 / 3, abs=0.03)


def test_an_open_and_fair_culture():
    made = scenario_run("cover_up", "An open and fair culture")
    says(
        f"looks worse first (known concerns {percent(change(made, 'Known Concerns', 48))} after "
        "four years) and ends with a third fewer hidden"
    )
    assert change(made, "Hidden Concerns") == pytest.approx(-1 / 3, abs=0.02)


def test_opened_up_after_years_of_silence():
    made = scenario_run("cover_up", "Opening up after years of silence")
    says(f"`--at 84`): known concerns {percent(change(made, 'Known Concerns', 84))} over 2017")
    assert highest(made, "Known Concerns")[0] - change(made, "Known Concerns", 84) < 0.02
    early = scenario_run("cover_up", "An open and fair culture")
    says("and then the same good end")
    assert change(made, "Hidden Concerns") == pytest.approx(
        change(early, "Hidden Concerns"), abs=0.015
    )


def test_no_outbreak():
    says("`share brought out by others` 0.1 there is no outbreak")
    says("nearly three times those of 2017 stay hidden after fifteen years")
    made = run("cover_up", {"messengers punished": 0.8, "share brought out by others": 0.1})
    assert 2.7 < change(made, "Hidden Concerns") + 1 < 3
    assert change(made, "making news") > 0.95 * highest(made, "making news")[0]


# --- inspection -------------------------------------------------------------------------------


def test_three_times_as_much_at_stake():
    made = scenario_run("inspection", "More hangs on the rating")
    says(
        f"a rating of {made['Rating'][67.0]:.1f}, all but Good, beside practice that is "
        f"{size(change(made, 'Actual Practice', 67))} down; within a year and a half it is below 2"
    )
    assert made["Rating"].idxmax() == 67
    assert made["Rating"][67.0 + 18] < 2


def test_the_other_question():
    made = scenario_run("inspection", "What are you doing to improve?")
    says(
        f"brings practice back to {size(change(made, 'Actual Practice'))} below 2017 within eight "
        "years; the figures fall first"
    )
    assert 180 - made.scenario.set["month of the other question"] == 8 * 12
    assert change(made, "Reported Practice", 108) < change(made, "Reported Practice", 84) - 0.4
    assert change(made, "Actual Practice", 96) < change(made, "Actual Practice", 84)


def test_a_single_bad_rating():
    """At one it would move repeat referrals further than they have moved in twelve years: 22 to
    25 % of referrals."""
    says("at one a single bad rating would move repeat referrals further than twelve flat years")
    bad = {"Rating": 1.0, "Actual Practice": 0.7, "Reported Practice": 0.7}
    moves = [
        highest(run("inspection", {"strength of practice": one}, initial=bad), "repeat referrals")[
            0
        ]
        for one in (0.5, 1.0)
    ]
    assert moves[1] > 25 / 22 - 1 > moves[0]


# --- capability -------------------------------------------------------------------------------


def test_half_a_day_a_week():
    made = scenario_run("inspection", "Time kept for improvement")
    says(f"then better, {size(change(made, 'Actual Practice'))} in the end")
    assert -0.01 < lowest(made, "Actual Practice")[0] < 0
    assert change(made, "Actual Practice", 12 + 24) < 0 < change(made, "Actual Practice", 12 + 36)


def test_all_hands_to_the_days_trouble():
    made = scenario_run("inspection", "All hands to the day's trouble")
    says(f"then {size(change(made, 'Actual Practice'))} worse")
    assert 0 < highest(made, "Actual Practice")[0] < 0.01
    assert change(made, "Actual Practice", 24) > 0 > change(made, "Actual Practice", 36)


def test_training_and_a_trust():
    made = scenario_run("inspection", "Leaders are trained")
    says(f"Twice the training of leaders: {size(change(made, 'Actual Practice'))}.")
    says("A trust takes over: two bad years")
    taken = scenario_run("inspection", "A trust takes over")
    assert taken["effect of capability on practice"].loc[15.0:36.0].max() < 0.98


# --- fragmentation ----------------------------------------------------------------------------


def test_the_front_door():
    name = "The front door is split off"
    says(
        "half as many hands again, repeat referrals "
        f"{percent(whole(name, 'repeat referrals'))}, children in care "
        f"{percent(whole(name, 'Children in Care'))}."
    )


# --- the whole --------------------------------------------------------------------------------

TWO_BY_TWO = ("More money", "Another design", "Money and design")


def test_its_size_and_its_memory():
    says(f"{len(stocks(library_model('child_protection')))} stocks, at rest")
    assert STANDS_STILL in base_run("child_protection").to_frame()
    # Above rest nine hundred months, below it less than four hundred.
    below, above = (
        -1 / growth_between_visits("child_protection", sides("child_protection", 1e-4)[way])
        for way in (0, -1)
    )
    assert 300 < below < 400
    assert 800 < above < 1000


def test_near_the_edge():
    says("with `strength of practice` 1 the whole is near the edge")
    made = run("child_protection", TRAGEDY | {"strength of practice": 1})
    assert highest(made, "repeat referrals")[0] == pytest.approx(0.7, abs=0.05)


def test_money_or_design():
    for outcome, label in (("repeat referrals", "repeat referrals"), ("serious incidents",) * 2):
        moved = ", ".join(percent(whole(one, outcome)) for one in TWO_BY_TWO)
        says(f"{label} {moved}")


def test_what_an_hour_is_worth():
    ends = {}
    for name in TWO_BY_TWO[:2]:
        values = library_model("child_protection").scenarios[name].set
        ends[name] = [
            change(
                run("child_protection", {**values, "strength of thin visits": hour}),
                "repeat referrals",
            )
            for hour in (0.35, 1.0)
        ]
    money, design = ends.values()
    says(
        f"money goes from {100 * money[0]:.0f} to {percent(money[1])}, design from "
        f"{100 * design[0]:.0f} to {percent(design[1])}"
    )
