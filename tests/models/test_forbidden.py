"""What official figures and research forbid: no model of the library may show it."""

from __future__ import annotations

import numpy as np
import pytest

import cpdynamics as cp
from cpdynamics.data import published
from tests.models.library_runs import STORIES, base_run, library_model, scenario_run

FUNDED = {name: "funding" in library_model(name).story.sectors for name in STORIES}


def drift(series) -> float:
    return float((series - series.iloc[0]).abs().max() / abs(series.iloc[0]))


# --- referrals --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", STORIES)
def test_without_a_disturbance_nothing_drifts(name):
    """Neither referrals nor caseloads rise by themselves in England (DfE 2013 to 2025)."""
    made = base_run(name)
    for outcome in ("referrals", "caseload per worker", "repeat referral share", "new need"):
        assert drift(made[outcome]) < 1e-3, outcome


@pytest.mark.parametrize("name", STORIES)
def test_the_repeat_share_starts_within_the_published_years(name):
    shares = published("re-referrals within 12 months") / published("referrals")
    share = base_run(name)["repeat referral share"].iloc[0]
    assert shares.min() <= share <= shares.max()


def test_a_cut_of_early_help_moves_the_deep_end_and_not_the_front_door():
    """2010 to 2016 early help fell by 40 %: referrals stayed within their band (DfE 2013 to 2025),
    children in care and on plans rose."""
    counted = published("referrals")
    low, high = counted.min() / counted.mean() - 1, counted.max() / counted.mean() - 1
    assert low == pytest.approx(-0.065, abs=0.005), "the band is the published one"
    assert high == pytest.approx(0.037, abs=0.005)
    made = scenario_run("austerity", "A further 40 % cut")
    around = made["referrals"] / made["referrals"].mean() - 1
    assert low < around.min()
    assert around.max() < high
    for name in ("Children at High Risk", "Children in Care"):
        assert made[name].iloc[-1] > 1.05 * made[name].iloc[0], name


# --- new need ---------------------------------------------------------------------------------

FELT_INSIDE = [
    (name, scenario)
    for name in (
        *("blame_bureaucracy", "burnout", "turnover", "agency_reliance"),
        *("cover_up", "inspection"),
    )
    for scenario in library_model(name).scenarios
]


@pytest.mark.parametrize(("name", "scenario"), FELT_INSIDE)
def test_what_happens_among_the_staff_makes_no_new_need(name, scenario):
    """Nobody falls into need because a social worker is blamed, ill or gone. Where there is a
    budget, early help moves a little of it: less than a hundredth."""
    bound = 0.01 if FUNDED[name] else 1e-9
    assert drift(scenario_run(name, scenario)["new need"]) < bound


# --- turnover and repeat referrals ------------------------------------------------------------

FREEZE = {"hiring frozen": 1.0, "freeze lasts": 60}
WAYS = ("continuity of worker", "effect of experience on practice", "effect of burnout on practice",
        "hours available")  # fmt: skip
MONEY = ("early help coverage", "budget pressure")


def frozen(name: str, held: tuple[str, ...]) -> cp.Run:
    base = base_run(name)
    return library_model(name).run(FREEZE, hold={one: float(base[one].iloc[0]) for one in held})


@pytest.mark.parametrize(("name", "held"), [("turnover", WAYS), ("agency_reliance", WAYS + MONEY)])
def test_turnover_reaches_the_children_by_four_ways_only(name, held):
    """Who leaves matters through the face at the door, the practice and the hours (and, where there
    is a budget, through money): with those held, half the staff may go and no count moves."""
    made = frozen(name, held)
    assert made["permanent social workers"].min() < 0.6 * 186.2
    assert drift(made["repeat referrals"]) < 1e-9
    assert drift(made["workload pressure"]) < 1e-9


@pytest.mark.parametrize(
    "opened",
    # The hours are what tires people: where they are held nobody burns out.
    [(way,) for way in WAYS if "burnout" not in way] + [("hours available", WAYS[2])],
    ids=str,
)
def test_each_of_the_four_ways_is_open(opened):
    """The other side: open one, and the count moves, further than with what was open before."""
    made = frozen("agency_reliance", tuple(one for one in WAYS + MONEY if one not in opened))
    before = frozen("agency_reliance", tuple(w for w in WAYS + MONEY if w not in opened[:-1]))
    more = made["repeat referrals"] - before["repeat referrals"]
    assert more.abs().max() > 0.1, "a tenth of a child a month"


# --- workload and leaving ---------------------------------------------------------------------


@pytest.mark.parametrize("name", ["turnover", "agency_reliance"])
def test_workload_makes_people_leave_only_through_burnout(name):
    """A meta-analysis of 22 studies finds no influence of caseload itself (Kim and Kao 2014)."""
    model = library_model(name)
    pressed = model.run({"staff lost": 0.4})
    numb = model.run({"staff lost": 0.4}, hold={"effect of burnout on leaving": 1.0})
    assert pressed["workload pressure"].iloc[-1] > 1.3
    assert pressed["leaving fraction"].iloc[-1] > 1.1 * pressed["leaving fraction"].iloc[0]
    assert numb["workload pressure"].iloc[-1] > 1.3
    assert np.ptp(numb["leaving fraction"]) < 1e-12
