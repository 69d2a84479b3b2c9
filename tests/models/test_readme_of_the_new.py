"""Every number that models/README.md quotes of openness, inspection, capability, fragmentation and
the whole is what the models come to: each sentence is put together from a run and looked for."""

from __future__ import annotations

import re

import pytest

from cpdynamics.library import root
from cpdynamics.mdl.names import canonical
from tests.models.library_runs import base_run, library_model, scenario_run, stocks
from tests.models.loop_runs import change, highest, lowest, run
from tests.models.test_rest import STANDS_STILL, growth_between_visits, sides

PAGE = " ".join((root() / "README.md").read_text(encoding="utf-8").split())
TRAGEDY = {"reports of a local tragedy": 360}
PRACTICE = "Actual Practice"


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
    says("ten times the reports of 2017, and children at hidden high risk are up by two thirds")
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
    says(
        f"`--at 84`): known concerns {percent(change(made, 'Known Concerns', 84))} over 2017 "
        "after seven years"
    )
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
        "asked after seven years, brings practice back to that of 2017 within eight more; the "
        "figures fall first"
    )
    assert change(made, "Actual Practice") == pytest.approx(0, abs=0.005)
    assert 180 - made.scenario.set["month of the other question"] == 8 * 12
    assert change(made, "Reported Practice", 108) < change(made, "Reported Practice", 84) - 0.4
    assert change(made, "Actual Practice", 96) < change(made, "Actual Practice", 84)


def test_a_single_bad_rating():
    """At one it would move repeat referrals further than they have moved in twelve years: 22 to
    25 % of referrals."""
    says(
        "is set at 0.3: at one a single bad rating would move repeat referrals further than twelve "
        "flat years"
    )
    bad = {"Rating": 1.0, "Actual Practice": 0.7, "Reported Practice": 0.7}
    moves = [
        highest(run("inspection", {"strength of practice": one}, initial=bad), "repeat referrals")[
            0
        ]
        for one in (0.3, 1.0)
    ]
    assert moves[1] > 25 / 22 - 1 > moves[0]


# --- capability -------------------------------------------------------------------------------


def test_half_a_day_a_week():
    made = scenario_run("inspection", "Time kept for improvement")
    says("`--at 33` for the worst): practice is a shade worse for three years")
    says(f"then better, {size(change(made, 'Actual Practice'))} in the end")
    worst, month = lowest(made, "Actual Practice")
    assert -0.01 < worst < 0
    assert month == 33
    assert change(made, "Actual Practice", 12 + 36) < 0 < change(made, "Actual Practice", 12 + 37)
    most = [
        change(run("inspection", {"time protected": 0.1, "highest capability": one}), PRACTICE)
        for one in (2, 5)
    ]
    says(f"hangs on `highest capability`: {percent(most[0])} at 2, {percent(most[1])} at 5")


def test_all_hands_to_the_days_trouble():
    made = scenario_run("inspection", "All hands to the day's trouble")
    says(
        "a shade better for a year and a half, "
        f"{size(change(made, 'Actual Practice'))} worse in the end"
    )
    assert 0 < highest(made, "Actual Practice")[0] < 0.01
    assert change(made, "Actual Practice", 12 + 18) > 0 > change(made, "Actual Practice", 12 + 19)


def test_training_and_a_trust():
    made = scenario_run("inspection", "Leaders are trained")
    says(f'(`"Leaders are trained"`): {size(change(made, "Actual Practice"))}.')
    says("two bad years; afterwards what it is worth hangs on how capable the new service is")
    taken = scenario_run("inspection", "A trust takes over")
    assert taken["effect of capability on practice"].loc[15.0:36.0].max() < 0.98
    says("As assumed, at 1.1, it never brings practice back.")
    assert taken["Actual Practice"].loc[24.0:].max() < 1 - 0.01


def test_what_a_new_service_is_worth_wears_off():
    """Four years after the beginning, and at the end."""
    soon, late = (
        [
            100
            * change(
                run("inspection", {"service rebuilt": 1, "capability of a new service": new}),
                PRACTICE,
                month,
            )
            for new in (0.5, 1.1, 1.5)
        ]
        for month in (60, 180)
    )
    says(
        f"at 0.5, 1.1 and 1.5 practice is {soon[0]:.0f}, {soon[1]:.0f} and {soon[2]:+.0f} % after "
        f"five years, {late[0]:.0f}, {late[1]:.0f} and {late[2]:.0f} % after fifteen"
    )


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
    says("about 770 months where they are above those of 2017, about 220 where they are below")
    # Each side twice: with all other stocks on the same side, and with all of them on the other.
    starts = sides("child_protection", 1e-4)
    for months, way in ((220, 1 - 1e-4), (770, 1 + 1e-4)):
        rules = base_run("child_protection")["Usual Procedures"].iloc[0] * way
        others = [
            one for one in starts if one["Usual Procedures"] == pytest.approx(rules, rel=1e-9)
        ]
        assert len(others) == len(starts) // 2
        for start in others:
            memory = -1 / growth_between_visits("child_protection", start)
            assert memory == pytest.approx(months, rel=0.1)


def test_a_tragedy_here():
    made = scenario_run("child_protection", "A tragedy here, and somebody to blame")
    height, month = highest(made, "repeat referrals")
    assert month == 105
    says(
        f"repeat referrals {percent(height)} at their highest, "
        f"{percent(change(made, 'repeat referrals'))} after fifteen years"
    )
    strong = highest(
        run("child_protection", TRAGEDY | {"strength of practice": 1}), "repeat referrals"
    )
    says(f"With `strength of practice` 1, in place of 0.3, {percent(strong[0])} and still rising")
    assert strong[1] == 180


FAR = {
    "strength of example made": 0.5,
    "base reports": 1,
    "strength of blame": 1,
    "strength of fear on rules": 1,
    "strength of thin visits": 1.5,
}
FAR_TOO = {
    "strength of defensive recording": 1,
    "strength of worry": 1,
    "strength of lost judgement": 1,
    "strength of rules": 1,
    "strength of safety on strain": 1,
    "weight of workload": 1.5,
    "strength of blame on safety": 1,
    "strength of scandal": 0.6,
    "weight of paperwork": 1,
    "exhaustion of best recovery": 0.42,
    "base exhaustion": 0.4,
    "strength of targets": 1.5,
    "strength of practice": 1,
    "strength of capability": 1,
    "time to write rules": 6,
    "strength of handovers": 1,
    "drift of plans": 1,
    "posts follow demand": 0,
    "rationing": 1.5,
}


def test_what_a_tragedy_hangs_on():
    heights = {
        one: highest(run("child_protection", TRAGEDY | {one: end}), "repeat referrals")[0]
        for one, end in (FAR | FAR_TOO).items()
    }
    assert len(heights) == 24
    assert min(heights.values()) > 0.6
    says("each of two dozen constants alone takes that height above 60 %")
    said = ", ".join(f"`{one}` {FAR[one]} to {percent(heights[one])}" for one in FAR)
    says(said)


def test_money_or_design():
    for outcome, label in (
        ("repeat referrals", "repeat referrals"),
        ("serious incidents", 'serious incidents (`--var "serious incidents"`)'),
    ):
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


def test_a_cap_pays_while_children_wait():
    made = scenario_run("child_protection", "A cap on caseloads")
    queue = made["Referrals Waiting"] / base_run("child_protection")["Referrals Waiting"] - 1
    says(
        "helps everything and saves 10 million while the queue grows by "
        f"{100 * queue.max():.0f} % at its highest and {100 * queue.iloc[-1]:.0f} % in the end"
    )
    assert made["Cumulative Saving"].iloc[-1] == pytest.approx(10e6, abs=0.5e6)


def test_three_of_six_levers_as_far_as_they_go():
    says("three of the six design levers are moved as far as they go")
    model = library_model("child_protection")
    ends = {
        name: (value, model.structure.elements[canonical(name)].range.high)
        for name, value in model.scenarios["Another design"].set.items()
    }
    assert len(ends) == 6
    assert sum(value == high for value, high in ends.values()) == 3
