"""Extreme conditions: no staff, no demand, no budget, ten times the demand."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from cpdynamics.run import Run
from tests.models.library_runs import library_model, stocks

# Stocks that may be negative by what they mean.
SIGNED = {"Cumulative Saving", "Perceived Overspend"}

EXTREMES = {
    "no staff": {"staff lost": 1},
    "no demand": {"extra need": -1},
    "ten times the demand": {"extra need": 9},
    "no budget": {"early help cut": 1, "posts cut": 0.5, "health visitors cut": 0.5},
    "no early help left by law": {"early help cut": 1, "legal minimum share": 0},
    "everything": {"early help cut": 1, "posts cut": 0.5, "extra need": 9, "threshold raised": 1},
}


@functools.cache
def extreme(name: str) -> Run:
    return library_model("austerity").run(EXTREMES[name])


@pytest.mark.parametrize("name", EXTREMES)
def test_no_negative_stock_and_no_gap(name):
    run = extreme(name)
    frame = run.to_frame()
    assert np.isfinite(frame.to_numpy()).all()
    for stock in stocks(library_model("austerity")):
        if stock not in SIGNED:
            assert frame[stock].min() >= 0, stock


def test_without_staff_nobody_is_helped_and_the_queue_grows():
    run = extreme("no staff")
    late = run.to_frame().loc[36.0:]
    for flow in (
        "allocation",
        "starting help",
        "ending resolved",
        "stepping down",
        "entering care",
        "escalating",
        "high risk found",
        "turned away unresolved",
    ):
        assert late[flow].max() < 1e-9, flow
    assert run["Referrals Waiting"].iloc[-1] > 50 * run["Referrals Waiting"].iloc[0]
    assert late["hours per child"].max() == 0
    # While staff go, plans no longer end and urgent work goes on; then nothing moves any more.
    assert np.ptp(late["Children at High Risk"]) < 1e-6
    assert 334 < late["Children at High Risk"].iloc[-1] < 1.15 * 334
    assert run["Hidden High Risk"].iloc[-1] > 5 * run["Hidden High Risk"].iloc[0], "unseen"


def test_without_demand_the_service_empties():
    run = extreme("no demand")
    for name in ("referrals", "open cases", "Hidden High Risk", "repeat referrals"):
        assert run[name].iloc[-1] < 0.01 * run[name].iloc[0], name
    assert run["pace of work"].max() < 2, "nobody works at any speed because nobody comes"


def test_ten_times_the_demand_cannot_be_worked_off():
    run = extreme("ten times the demand")
    # Even if all hours went into assessments, visited as thinly as can be.
    hours_each = (
        run["normal hours per child"] * run["weight of an assessment"] * run["time to assess"]
    )
    capacity = run["hours available"] * run["thinnest visit"] / hours_each
    assert (run["completing assessments"] <= capacity).all()
    assert run["Referrals Waiting"].iloc[-1] > 20 * run["Referrals Waiting"].iloc[0]
    assert run["hours per child"].iloc[-1] < 0.2 * run["hours per child"].iloc[0]


def test_without_a_budget_the_legal_minimum_remains():
    run = extreme("no budget")
    assert run["early help coverage"].iloc[-1] == pytest.approx(0.2, rel=1e-6)
    run = extreme("no early help left by law")
    assert run["early help coverage"].iloc[-1] == pytest.approx(0, abs=1e-3)


def test_turnover_without_posts_loses_everybody_and_hires_nobody():
    nobody = {"funded posts": 0.0, "coming back from agency": 0.0}
    run = library_model("sectors/turnover").run(hold=nobody)
    assert run["permanent social workers"].iloc[-1] < 0.01
    assert run["hiring"].max() == 0
    assert np.isfinite(run.to_frame().to_numpy()).all()
