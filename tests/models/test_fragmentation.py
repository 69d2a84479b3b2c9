"""Through how many hands a child passes: on paper first, then who answers for what."""

from __future__ import annotations

import numpy as np
import pytest

from tests.models.library_runs import library_model, stocks
from tests.models.loop_runs import base, change, cut, run

ALONE, WHOLE = "sectors/fragmentation", "child_protection"
SPLIT = {"front door split": 0.5}
TOGETHER = {"joint accountability": 0.5}
INCIDENTS = {"serious incidents": 2 * 0.265}
LONG = {"FINAL TIME": 1200, "SAVEPER": 60}
EACH = {"Separate Accountability": 1.5}


@pytest.mark.parametrize("split", [-0.5, 0.0, 0.5, 1.0])
@pytest.mark.parametrize("joint", [0.0, 0.5, 0.8])
def test_where_hands_trust_and_duties_rest(split, joint):
    """Duties fall with trust and trust with duties, by a half each: A = (1 - j) A ^ 1/4. Trust goes
    no higher than 2, and a child through no fewer than one pair of hands."""
    made = run(ALONE, LONG | {"front door split": split, "joint accountability": joint})
    trust = min(2, (1 - joint) ** (-2 / 3))
    duties = (1 - joint) * trust**-0.5
    assert made["Separate Accountability"].iloc[-1] == pytest.approx(duties, rel=1e-6)
    assert made["Trust between Agencies"].iloc[-1] == pytest.approx(trust, rel=1e-6)
    hands = max(1, 3 * (1 + split) * duties**0.3 * trust**-0.2)
    assert made["Handovers"].iloc[-1] == pytest.approx(hands, rel=1e-6)
    engaged = ((duties**-0.2) ** 0.3) * (hands / 3) ** -0.2
    assert made["Engagement of Families"].iloc[-1] == pytest.approx(engaged, rel=1e-6)


@pytest.mark.parametrize("pressure", [0.8, 1.0, 1.5])
def test_cost_splits_and_pressure_is_passed_on(pressure):
    made = run(ALONE, LONG, {"budget pressure": pressure, "workload pressure": pressure})
    hands = pressure**0.3
    assert change(made, "Handovers", 1200) + 1 == pytest.approx(hands, rel=1e-6)
    engaged = pressure ** (-0.5 * 0.3) * hands**-0.2
    assert change(made, "Engagement of Families", 1200) + 1 == pytest.approx(engaged, rel=1e-6)


def test_joint_accountability_lowers_handovers_and_separate_raises_them():
    assert change(run(ALONE, TOGETHER), "Handovers") < -0.25
    assert change(run(ALONE, hold=EACH), "Handovers") > 0.15
    assert change(run(ALONE, hold=INCIDENTS), "Handovers") > 0.1


def test_it_comes_slowly():
    """Within a council term of four years less than two thirds of it."""
    made = run(ALONE, TOGETHER)
    assert 0.3 < change(made, "Handovers", 48) / change(made, "Handovers") < 0.67


def test_trust_goes_in_one_year_and_comes_in_three():
    for called, months in ((0.5, 12), (1.5, 36)):
        trust = run(ALONE, hold={"trust called for": called})["Trust between Agencies"]
        assert np.interp(months * np.log(2), trust.index, trust) == pytest.approx(
            1 + (called - 1) / 2, rel=0.02
        )


def test_r17_mistrust_separates_and_separation_breeds_mistrust():
    """Each held: what starts at the other end goes less far."""
    for values, hold, way in ((TOGETHER, {}, -1), ({}, INCIDENTS, 1)):
        closed = run(ALONE, values, hold)
        opened = run(ALONE, values, hold | {"Trust between Agencies": 1.0})
        assert way * change(closed, "Handovers") > way * change(opened, "Handovers") + 0.04
    blamed = run(ALONE, hold={"public blame": 2.0})
    calm = run(ALONE, hold={"public blame": 2.0, "Separate Accountability": 1.0})
    assert change(blamed, "Trust between Agencies") < change(calm, "Trust between Agencies") - 0.04


# --- in the whole -----------------------------------------------------------------------------


def test_splitting_the_front_door_multiplies_handovers_and_assessments():
    made = run(WHOLE, SPLIT)
    assert change(made, "Handovers") > 0.5
    assert change(made, "assessments counted twice") > 0.2
    assert change(made, "Engagement of Families") < -0.05
    assert change(made, "repeat referrals") > 0.2
    half = run(WHOLE, {"front door split": -0.5})
    assert change(half, "Handovers") < -0.45
    assert change(half, "repeat referrals") < -0.15


def test_what_a_split_does_hangs_on_three_assumptions():
    """With nothing asked twice, nothing lost between two pairs of hands and no family that minds a
    new face, it does nothing."""
    harmless = {
        "share of an assessment done again": 0,
        "strength of handovers": 0,
        "strength of new faces on engagement": 0,
    }
    none = run(WHOLE, SPLIT | harmless)
    assert change(none, "Handovers") == pytest.approx(0.5, abs=0.01)
    assert change(none, "repeat referrals") == pytest.approx(0, abs=1e-6)
    for one in harmless:
        made = run(WHOLE, SPLIT | {name: 0 for name in harmless if name != one})
        assert change(made, "repeat referrals") > 0.02, one


def test_r3_cost_splits_and_splitting_costs():
    cheaper = cut(WHOLE, {"early help cut": 0.4}, "Handovers")
    closed = run(WHOLE, {"early help cut": 0.4})
    assert change(closed, "acute spend") > change(cheaper, "acute spend") + 0.003
    blind = cut(WHOLE, SPLIT, "budget pressure")
    for outcome in ("Handovers", "repeat referrals", "serious incidents"):
        assert change(run(WHOLE, SPLIT), outcome) > change(blind, outcome) + 0.01, outcome


def test_r18_families_are_treated_as_staff_are():
    closed = run(WHOLE, {"posts cut": 0.2})
    opened = cut(WHOLE, {"posts cut": 0.2}, "treatment of staff")
    assert (
        change(closed, "Engagement of Families") < change(opened, "Engagement of Families") - 0.02
    )
    for outcome in ("repeat referrals", "serious incidents", "workload pressure"):
        assert change(closed, outcome) > change(opened, outcome) + 0.01, outcome


@pytest.mark.parametrize("outcome", ["repeat referrals", "serious incidents"])
def test_r17_in_the_whole(outcome):
    closed = run(WHOLE, {"reports of a local tragedy": 360})
    opened = cut(WHOLE, {"reports of a local tragedy": 360}, "Separate Accountability")
    assert change(closed, outcome) > change(opened, outcome) + 0.05


# --- extremes ---------------------------------------------------------------------------------

WORLD = {
    "ten times the incidents": {"serious incidents": 2.65},
    "no incidents": {"serious incidents": 0.0},
    "no money": {"budget pressure": 2.0, "workload pressure": 10.0},
    "most blame": {"public blame": 5.0},
}


@pytest.mark.parametrize("world", WORLD)
@pytest.mark.parametrize("joint", [0.0, 0.8])
@pytest.mark.parametrize("split", [-0.5, 1.0])
def test_no_negative_stock_and_no_gap(split, joint, world):
    made = run(ALONE, {"front door split": split, "joint accountability": joint}, WORLD[world])
    assert np.isfinite(made.to_frame().to_numpy()).all()
    for stock in stocks(library_model(ALONE)):
        assert made[stock].min() >= 0, stock


def test_most_blame_leaves_little_trust():
    made = run(ALONE, hold=WORLD["most blame"])
    assert made["Trust between Agencies"].iloc[-1] < 0.6
    assert base(ALONE, "Trust between Agencies") == 1
