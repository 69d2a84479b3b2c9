"""Children and staff are neither made nor lost except through named flows."""

from __future__ import annotations

import numpy as np
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


def test_staff_are_conserved():
    model = library_model("sectors/turnover")
    run = model.run(
        {"recruitment drive": 6, "SAVEPER": 0.0625, "FINAL TIME": 60}, hold={"funded posts": 170.0}
    )
    frame = run.to_frame()
    staff = frame["Newly Qualified"] + frame["Experienced"]
    net = (
        frame["hiring newly qualified"]
        + frame["hiring experienced"]
        - frame["newly qualified leaving"]
        - frame["experienced leaving"]
        - frame["redundancies"]
    )
    assert np.allclose(np.diff(staff), 0.0625 * net.to_numpy()[:-1], atol=1e-9)
    assert frame["redundancies"].max() > 0, "the posts held here are fewer than the staff"


def test_the_saving_is_the_sum_of_what_was_not_spent():
    run = scenario_run("austerity", "A further 40 % cut")
    fine = library_model("austerity").run({"early help cut": 0.4, "SAVEPER": 0.0625})
    spent = fine["total spend"]
    saved = 0.0625 * (spent.iloc[0] - spent).iloc[:-1].sum()
    assert run["Cumulative Saving"].iloc[-1] == pytest.approx(saved, rel=1e-9)
