"""What can be worked out on paper: steady states, survival, shares."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.models.library_runs import base_run, library_model


def first(name: str, model: str = "caseload") -> float:
    return float(base_run(model)[name].iloc[0])


def test_the_base_run_returns_the_published_counts():
    # DfE 2017 over 153 authorities; the figures that are inputs are typed again here on purpose.
    assert first("referrals") == pytest.approx(351.9, rel=1e-9)
    assert first("repeat referrals") == pytest.approx(77.2, rel=1e-9)
    assert first("repeat referral share") == pytest.approx(0.219, abs=0.001)
    assert first("open cases") == pytest.approx(2070, rel=1e-9)
    assert first("caseload per worker") == pytest.approx(17.7, rel=0.005)
    assert first("Children in Care") == pytest.approx(474)
    assert first("serious incidents") == pytest.approx(0.265, rel=1e-9)
    closed_at_the_door = first("turned away resolved") + first("turned away unresolved")
    assert closed_at_the_door == pytest.approx(35.9, rel=1e-9)
    not_in_need = first("assessed out resolved") + first("assessed out unresolved")
    assert not_in_need == pytest.approx(97.8, rel=1e-9)


def test_episodes_of_need_started_are_found_by_the_model():
    # Not an input: referrals less those closed at the door and those not in need, 217.9 published.
    started = (
        first("starting help")
        + first("finding high risk")
        + first("care at once")
        + first("high risk found")
    )
    assert started == pytest.approx(217.9, rel=0.01)


def test_hidden_high_risk_by_hand():
    worsening, found, passing = 0.01, 0.16, 0.02
    unhelped = sum(
        first(name)
        for name in ("Unmet Need", "Referrals Waiting", "Closed Unresolved", "Long Unresolved")
    )
    assert first("Hidden High Risk") == pytest.approx(worsening * unhelped / (found + passing))


def test_the_queue_obeys_littles_law():
    decided = first("new need") + first("repeat referrals") + first("returns after a year")
    assert first("Referrals Waiting") / decided == pytest.approx(154 / decided)
    leaving = decided - first("worsening while waiting")
    assert first("time to decide") == pytest.approx(first("Referrals Waiting") / leaving)


def test_mover_stayer_survival_of_a_closed_cohort():
    """With no new closings the unresolved decay exponentially, and the returns integrate to
    the mover's chance of ever coming back, h / (h + settling + worsening)."""
    model = library_model("caseload")
    none = {"turned away unresolved": 0.0, "assessed out unresolved": 0.0, "ending unresolved": 0.0}
    run = model.run({"TIME STEP": 0.03125}, hold=none)
    left = run["Closed Unresolved"] + run["Long Unresolved"]
    fraction = 0.12 + 0.02 + 0.01
    months = left.index.to_numpy()
    exact = left.iloc[0] * np.exp(-fraction * months)
    assert np.allclose(left.iloc[:13], exact[:13], rtol=0.01)
    # Euler's own closed form, without the error of the step.
    euler = left.iloc[0] * (1 - fraction * 0.03125) ** (months / 0.03125)
    assert np.allclose(left, euler, rtol=1e-9, atol=1e-9)
    returned = (run["repeat referrals"] + run["returns after a year"]).sum() - 0.5 * (
        run["repeat referrals"].iloc[0] + run["returns after a year"].iloc[0]
    )
    assert returned / left.iloc[0] == pytest.approx(0.12 / fraction, rel=0.01)


def test_the_official_window_counts_as_a_sharp_year_does():
    """At rest the share of movers who return within the window equals that of a sharp limit."""
    k, window = 0.15, 7.5
    sharp = 0.12 / k * (1 - math.exp(-k * window))
    into = sum(
        first(name)
        for name in ("turned away unresolved", "assessed out unresolved", "ending unresolved")
    )
    assert first("repeat referrals") / into == pytest.approx(sharp, rel=1e-9)
