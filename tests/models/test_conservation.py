"""Children and staff are neither made nor lost except through named flows."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
import pytest

from tests.models.library_runs import library_model, scenario_run

ENTER = ("need arising",)
LEAVE = (
    "need passing",
    "turned away resolved",
    "assessed out resolved",
    "ending resolved",
    "leaving care",
    "settling",
    "settling later",
    "danger passing",
)
CHILDREN = (
    "Unmet Need",
    "Referrals Waiting",
    "Cases in Assessment",
    "Children in Help",
    "Children at High Risk",
    "Children in Care",
    "Closed Unresolved",
    "Long Unresolved",
    "Hidden High Risk",
)


@pytest.mark.parametrize(
    "scenario",
    [{}, {"early help cut": 0.4}, {"posts cut": 0.2}, {"extra need": 3}, {"staff lost": 1}],
    ids=str,
)
def test_children_are_conserved(scenario):
    run = library_model("austerity").run(scenario | {"SAVEPER": 0.0625, "FINAL TIME": 60})
    frame = run.to_frame()
    stocks = frame[list(CHILDREN)].sum(axis=1)
    assert np.allclose(stocks, frame["total children"], rtol=1e-12)
    net = frame[list(ENTER)].sum(axis=1) - frame[list(LEAVE)].sum(axis=1)
    # Euler: the change over a step is the net flow at its start, exactly.
    assert np.allclose(
        np.diff(stocks), 0.0625 * net.to_numpy()[:-1], atol=1e-9 * stocks.max(), rtol=0
    )


def test_every_stock_of_children_is_in_the_sum():
    model = library_model("austerity")
    table = model.variables
    counted = table[(table["kind"] == "stock") & (table["units"] == "Child")]["name"]
    assert set(counted) == set(CHILDREN)


STAFF = ("Newly Qualified", "Experienced")
HIRED = ("hiring newly qualified", "hiring experienced")
GONE = ("newly qualified leaving", "experienced leaving", "newly qualified made redundant",
        "experienced made redundant")  # fmt: skip
STEPWISE = {"SAVEPER": 0.0625, "FINAL TIME": 48}
FEW_POSTS = {"funded posts": 170.0}


def assert_accounted(frame: pd.DataFrame, stocks: Iterable[str], enter, leave) -> None:
    """Euler: the change of a sum of stocks over a step is its net flow at the start, exactly."""
    total = frame[list(stocks)].sum(axis=1)
    net = frame[list(enter)].sum(axis=1) - frame[list(leave)].sum(axis=1)
    assert np.ptp(total) > 1e-3 * abs(total).max(), "something moved"
    assert np.allclose(np.diff(total), 0.0625 * net.to_numpy()[:-1], atol=1e-10, rtol=0)


def test_staff_are_conserved():
    """Those who go to an agency are counted out, and in when they come back."""
    run = library_model("sectors/turnover").run(
        STEPWISE | {"recruitment drive": 6, "hiring frozen": 0.5},
        hold=FEW_POSTS | {"pull of agency work": 2.0},
    )
    frame = run.to_frame()
    back, out = "coming back from agency", "leaving for agency"
    assert_accounted(frame, STAFF, (*HIRED, back), (*GONE, out))
    assert frame["redundancies"].max() > 0, "the posts held here are fewer than the staff"


@pytest.mark.parametrize(
    "policy",
    [{"hiring frozen": 1.0}, {"agency ban": 1.0}, {"recruitment drive": 6.0}, {"posts cut": 0.35}],
    ids=str,
)
def test_staff_are_conserved_across_the_border(policy):
    """Whoever leaves for an agency and comes back is counted once: permanent staff and those with
    an agency together change only by hiring and by going for good."""
    frame = library_model("agency_reliance").run(policy | STEPWISE).to_frame()
    assert_accounted(frame, (*STAFF, "Left for Agency"), HIRED, (*GONE, "giving up social work"))
    assert np.ptp(frame["Left for Agency"]) > 0.1, "somebody went or came"
    others = ("agency workers joining",), ("agency workers leaving",)
    assert_accounted(frame, ("Agency Workers",), *others)


def test_every_stock_of_staff_is_in_the_sum():
    table = library_model("agency_reliance").variables
    counted = table[(table["kind"] == "stock") & (table["units"] == "FTE")]["name"]
    services = {"Early Help Capacity", "Universal Services", "Established Posts"}
    assert set(counted) - services == {*STAFF, "Left for Agency", "Agency Workers"}


@pytest.mark.parametrize("name", ["burnout", "turnover", "agency_reliance"])
def test_shares_of_staff_add_up_to_all_of_them(name):
    """Well, burnt out or off sick: who leaves one share comes into another, and those who leave
    the service are replaced by people who are well."""
    shares = ("well share", "Burnout Share", "Off Sick Share")
    hard = {"hard months": 1.5, "hard months last": 12}
    frame = library_model(name).run(hard | STEPWISE).to_frame()
    assert np.allclose(frame[list(shares)].sum(axis=1), 1, rtol=1e-12)
    assert_accounted(
        frame,
        ("Burnout Share",),
        ("burning out", "back at work ill"),
        ("going off sick", "healing at work", "burnt out leaving"),
    )
    assert_accounted(
        frame,
        ("Off Sick Share",),
        ("going off sick",),
        ("back at work well", "back at work ill", "off sick leaving"),
    )
    enter = ("burning out",)
    ways = ("healing at work", "back at work well", "burnt out leaving", "off sick leaving")
    assert_accounted(frame, shares[1:], enter, ways)


@pytest.mark.parametrize("name", ["burnout", "turnover", "agency_reliance"])
def test_as_many_of_the_ill_leave_in_both_sectors(name):
    """The share that leaves a month is that of the burnt out and of the well together: the same
    sum as the sector turnover makes of it, which knows only the effect."""
    frame = library_model(name).run({"hard months": 1.5, "hard months last": 12}).to_frame()
    ratio = frame["leaving ratio of the burnt out"]
    well = frame["well share"] * frame["leaving fraction of the burnt out"] / ratio
    leaving = frame["burnt out leaving"] + frame["off sick leaving"] + well
    assert leaving.to_numpy() == pytest.approx(
        (frame["effect of burnout on leaving"] * 2.08 / 186.2).to_numpy()
    )
    assert leaving.max() > 1.2 * leaving.iloc[0]


def test_the_saving_is_the_sum_of_what_was_not_spent():
    run = scenario_run("austerity", "A further 40 % cut")
    fine = library_model("austerity").run({"early help cut": 0.4, "SAVEPER": 0.0625})
    spent = fine["total spend"]
    saved = 0.0625 * (spent.iloc[0] - spent).iloc[:-1].sum()
    assert run["Cumulative Saving"].iloc[-1] == pytest.approx(saved, rel=1e-9)
