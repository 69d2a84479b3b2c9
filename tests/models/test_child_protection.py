"""The whole: is it money or design? What each scenario of the story moves, and which way."""

from __future__ import annotations

import numpy as np
import pytest

from cpdynamics.run import Run
from tests.models.library_runs import base_run, library_model, movable, scenario_run, stocks
from tests.models.loop_runs import base, change, cut, highest, lowest, run
from tests.models.test_conservation import (
    CHILDREN,
    ENTER,
    GONE,
    HIRED,
    LEAVE,
    STAFF,
    STEPWISE,
    assert_accounted,
)

NAME = "child_protection"
MONEY, DESIGN, BOTH = (
    library_model(NAME).scenarios[one].set
    for one in ("More money", "Another design", "Money and design")
)
TRAGEDY = {"reports of a local tragedy": 360}
OUTCOMES = ("repeat referrals", "serious incidents", "Children at High Risk", "Children in Care")


def scenario(name: str) -> Run:
    return scenario_run(NAME, name)


# --- size -------------------------------------------------------------------------------------


def test_fifty_one_stocks_of_ten_sectors():
    assert len(stocks(library_model(NAME))) == 51
    assert len(library_model(NAME).story.sectors) == 10


# --- scenarios --------------------------------------------------------------------------------

WORSE = {
    "Early help is cut": 0.1,
    "Early help is cut and restored": 0.05,
    "A fifth of the posts go": 0.3,
    "Health visitors go": 0.02,
    "A tragedy here, and somebody to blame": 0.2,
    "No agency work": 0.1,
    "A higher threshold": 0.1,
    "The front door is split off": 0.2,
    "A trust takes over": 0.02,
}
BETTER = {
    "A tragedy here, and the question what made it likely": -0.05,
    "A recruitment drive": -0.002,
    "A cap on caseloads": -0.02,
    "The recording system is withdrawn": -0.01,
    "What are you doing to improve?": -0.05,
    "Free tea and coffee": -0.001,
    "More money": -0.15,
    "Another design": -0.3,
    "Money and design": -0.4,
}


def test_every_scenario_is_judged():
    assert {*WORSE, *BETTER} == set(library_model(NAME).scenarios)


@pytest.mark.parametrize("name", WORSE)
def test_what_makes_it_worse(name):
    made = scenario(name)
    assert change(made, "repeat referrals") > WORSE[name]
    for outcome in OUTCOMES:
        assert change(made, outcome) > 0, outcome


@pytest.mark.parametrize("name", BETTER)
def test_what_makes_it_better(name):
    made = scenario(name)
    assert change(made, "repeat referrals") < BETTER[name]
    for outcome in OUTCOMES:
        assert change(made, outcome) < 0, outcome


def test_a_cut_of_early_help_saves_and_what_it_saved_is_not_all_lost_again():
    """The price is paid in children: more at high risk and in care, for good."""
    cut_, back = scenario("Early help is cut"), scenario("Early help is cut and restored")
    assert cut_["Cumulative Saving"].loc[13.0:].min() > 0
    assert 0 < back["Cumulative Saving"].iloc[-1] < cut_["Cumulative Saving"].iloc[-1]
    for outcome in OUTCOMES:
        assert 0 < change(back, outcome) < change(cut_, outcome), outcome
    assert change(cut_, "new need") < 0.02, "hardly anything is seen at the front door"


def test_a_cut_of_posts_saves_first_and_costs_later():
    made = scenario("A fifth of the posts go")["Cumulative Saving"]
    assert made.loc[24.0:48.0].min() > 0
    assert made.iloc[-1] < 0
    assert change(scenario("A fifth of the posts go"), "workload pressure") > 0.3


def test_the_same_death_and_two_answers():
    blamed = scenario("A tragedy here, and somebody to blame")
    asked = scenario("A tragedy here, and the question what made it likely")
    for outcome in ("repeat referrals", "serious incidents"):
        assert highest(asked, outcome)[0] < 0.15 * highest(blamed, outcome)[0], outcome
    assert asked["Cumulative Saving"].iloc[-1] > 0 > blamed["Cumulative Saving"].iloc[-1]


def test_a_ban_of_agency_work_and_a_drive():
    assert scenario("No agency work")["Agency Workers"].iloc[-1] < 1
    drive = scenario("A recruitment drive")
    assert lowest(drive, "workload pressure")[0] < -0.02, "lighter at once"
    assert change(drive, "workload pressure") > -0.01, "and gone in the end"


def test_a_cap_makes_children_wait():
    """Those who are held get more; those who are not wait, a quarter more of them."""
    made = scenario("A cap on caseloads")
    assert change(made, "caseload per worker") < 0
    assert change(made, "Referrals Waiting") > 0.2


def test_a_higher_threshold_relieves_first():
    made = scenario("A higher threshold")
    assert lowest(made, "workload pressure")[0] < -0.03
    assert lowest(made, "Children at High Risk")[0] < -0.005
    assert change(made, "Hidden High Risk") > 0.1


def test_rules_withdrawn_come_back():
    made = scenario("The recording system is withdrawn")
    assert lowest(made, "workload pressure")[0] < -0.08
    assert change(made, "workload pressure") > -0.02


def test_tea_does_a_hundredth_of_what_the_strongest_lever_does():
    tea = change(scenario("Free tea and coffee"), "repeat referrals")
    assert abs(tea) < 0.02 * abs(change(scenario("Another design"), "repeat referrals"))


def test_another_question_moves_practice():
    made = scenario("What are you doing to improve?")
    assert change(made, "Actual Practice") > 0.1
    assert highest(made, "Reported Practice")[0] < change(made, "Actual Practice")


# --- money or design --------------------------------------------------------------------------


def shares(outcome: str, more: dict[str, float] | None = None) -> list[float]:
    """What is left of an outcome after money, after design, and after both."""
    more = more or {}
    return [1 + change(run(NAME, {**one, **more}), outcome) for one in (MONEY, DESIGN, BOTH)]


@pytest.mark.parametrize("hour", [0.0, 0.35, 0.7, 1.0, 1.5])
@pytest.mark.parametrize("outcome", OUTCOMES)
def test_money_and_design_together_do_less_than_the_two_alone(outcome, hour):
    """On a scale of logarithms, where a tenth off a tenth off is the sum: a child cannot be helped
    twice. Each still adds to the other."""
    money, design, both = shares(outcome, {"strength of thin visits": hour})
    assert both < min(money, design)
    assert np.log(both) > np.log(money) + np.log(design) + 0.005


def test_what_an_hour_is_worth_moves_money_more_than_design():
    """Threefold against by a quarter: yet no strength in the range turns the order round."""
    hours = (0.35, 0.7, 1.0)
    money, design, _ = zip(
        *(shares("repeat referrals", {"strength of thin visits": hour}) for hour in hours),
        strict=True,
    )
    assert list(money) == sorted(money, reverse=True)
    assert list(design) == sorted(design, reverse=True)
    assert np.log(money[-1]) / np.log(money[0]) > 1.4 * np.log(design[-1]) / np.log(design[0])
    assert all(one > other for one, other in zip(money, design, strict=True))


@pytest.mark.parametrize("end", [0, 1], ids=["lowest", "highest"])
def test_no_single_uncertain_constant_turns_money_or_design_round(end):
    """At either end of each: design does more than money, and both less than the two alone."""
    ends = movable(library_model(NAME))
    for constant in library_model(NAME).story.uncertain:
        money, design, both = shares("repeat referrals", {constant: ends[constant][end]})
        assert both < design < money < 1, constant
        assert both > design * money, constant


def test_design_is_no_post_more():
    assert set(MONEY) == {"posts added"}
    assert set(BOTH) == {*MONEY, *DESIGN}
    made = scenario("Another design")
    assert change(made, "funded posts") <= 1e-9
    assert change(scenario("More money"), "funded posts") > 0.1


# --- loops that only the whole closes ---------------------------------------------------------

LOOPS = {
    "R3": ("budget pressure", {"early help cut": 0.4}),
    "R14": ("calls for help", {"posts cut": 0.2}),
    "R11": ("Control", TRAGEDY),
    "R16": ("Leadership Stability", TRAGEDY),
    "R17": ("Separate Accountability", TRAGEDY),
    "R18": ("treatment of staff", {"posts cut": 0.2}),
    "R9 and R29": ("Scandal", TRAGEDY),
}


@pytest.mark.parametrize("loop", LOOPS)
def test_a_loop_makes_what_is_bad_worse(loop):
    variable, values = LOOPS[loop]
    closed, opened = run(NAME, values), cut(NAME, values, variable)
    for outcome in ("repeat referrals", "serious incidents"):
        assert change(closed, outcome) > change(opened, outcome) + 0.01, outcome


def test_r16_leaders_go_and_less_is_built():
    """By the way that is named: what improvement time is worth under leaders who come and go."""
    closed, opened = (
        run(NAME, TRAGEDY),
        run(NAME, TRAGEDY | {"strength of stability on learning": 0}),
    )
    assert change(closed, "Leadership Stability") < -0.1
    assert change(closed, "Service Capability") < change(opened, "Service Capability") - 0.02
    assert change(closed, "serious incidents") > change(opened, "serious incidents") + 0.005


# --- nothing lost -----------------------------------------------------------------------------

HARD = TRAGEDY | {"posts cut": 0.2, "early help cut": 0.4, "messengers punished": 0.8}


@pytest.mark.parametrize("values", [HARD, BOTH, {"front door split": 1.0}], ids=str)
def test_children_and_staff_are_conserved(values):
    frame = run(NAME, {**values, **STEPWISE}).to_frame()
    assert_accounted(frame, CHILDREN, ENTER, LEAVE)
    staff = (*STAFF, "Left for Agency")
    assert_accounted(frame, staff, HIRED, (*GONE, "giving up social work"))
    shares_ = frame[["well share", "Burnout Share", "Off Sick Share"]].sum(axis=1)
    assert np.allclose(shares_, 1, rtol=1e-12)


def test_every_stock_of_children_is_counted():
    table = library_model(NAME).variables
    counted = table[(table["kind"] == "stock") & (table["units"] == "Child")]["name"]
    assert set(counted) == set(CHILDREN)


# --- extremes ---------------------------------------------------------------------------------

EXTREMES = {
    "nobody speaks": {"messengers punished": 1.0, "policy takes": 1},
    "no staff": {"staff lost": 1.0},
    "ten times the need": {"extra need": 9.0},
    "no need": {"extra need": -1.0},
    "no money": {"early help cut": 1.0, "posts cut": 0.5, "health visitors cut": 0.5},
    "the best that can be": {**BOTH, "joint accountability": 0.8, "time protected": 0.3},
    "the worst that can be": {
        **HARD,
        "posts cut": 0.5,
        "extra need": 9.0,
        "stakes raised": 3.0,
        "front door split": 1.0,
        "improvement time cut": 1.0,
        "hiring frozen": 1.0,
        "threshold raised": 1.0,
    },
}
SIGNED = {"Cumulative Saving", "Perceived Overspend"}


@pytest.mark.parametrize("case", EXTREMES)
def test_no_negative_stock_and_no_gap(case):
    frame = run(NAME, EXTREMES[case]).to_frame()
    assert np.isfinite(frame.to_numpy()).all()
    for stock in set(stocks(library_model(NAME))) - SIGNED:
        assert frame[stock].min() >= 0, stock
    assert 1 - 1e-9 <= frame["Rating"].min() <= frame["Rating"].max() <= 4
    assert frame["Psychological Safety"].min() >= 0.1 - 1e-9
    assert frame["Psychological Safety"].max() <= 2


def test_where_nobody_speaks_children_are_hidden():
    made = run(NAME, EXTREMES["nobody speaks"])
    assert change(made, "Hidden High Risk") > 0.5
    assert change(made, "serious incidents") > 0.5


def test_without_staff_nobody_is_helped_and_everything_else_follows():
    made = run(NAME, EXTREMES["no staff"])
    assert made["repeat referrals"].iloc[-1] < 1e-6
    assert change(made, "Referrals Waiting") > 20
    assert change(made, "Hidden High Risk") > 5
    assert made["Rating"].iloc[-1] < 1.01, "inadequate"
    assert change(made, "Actual Practice") < -0.4


def test_without_need_there_is_nothing_to_be_done_and_nothing_goes_wrong():
    made = run(NAME, EXTREMES["no need"])
    for outcome in (*OUTCOMES, "acute spend"):
        assert change(made, outcome) < -0.9, outcome
    assert made["Rating"].iloc[-1] > base(NAME, "Rating")


def test_ten_times_the_need_cannot_be_worked_off():
    made = run(NAME, EXTREMES["ten times the need"])
    assert change(made, "hours per child") < -0.7
    assert change(made, "Referrals Waiting") > 10
    assert made["Rating"].iloc[-1] < 1.01
    assert base_run(NAME)["Rating"].iloc[-1] == pytest.approx(2.5)
