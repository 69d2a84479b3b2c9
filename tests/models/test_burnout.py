"""Burnout: people wear out, rest, fall ill, come back. Shapes, as a practitioner knows them."""

from __future__ import annotations

import numpy as np
import pytest

from tests.models.burnout_on_paper import (
    SHARES,
    alone,
    constant,
    hard_half_year,
    hard_year,
    joined,
    worn_out,
)
from tests.models.library_runs import relative, scenario_run

# --- what it hangs on -------------------------------------------------------------------------


def test_if_the_work_does_not_tire_no_loss_of_staff_makes_anyone_ill():
    """The other side of the weight of workload. Hard months are strain by themselves and still
    tip: they are not work."""
    untired = {"weight of workload": 0}
    run = joined(untired | {"staff lost": 0.4})
    assert run["caseload per worker"].iloc[-1] > 30
    assert np.ptp(run["Exhaustion"]) < 1e-9
    assert worn_out(joined({"staff lost": 0.4}))
    assert worn_out(alone(untired | hard_year()))


@pytest.mark.parametrize(
    "sturdier", [{"exhaustion of best recovery": 0.48}, {"base exhaustion": 0.32}], ids=str
)
def test_people_who_can_take_a_little_more_come_through_the_same_year(sturdier):
    """Three points of a hundred on a scale that nobody has measured decide: both sides."""
    run = joined(hard_year() | sturdier)
    assert relative(run, "Exhaustion", 180) == pytest.approx(1, abs=0.01)
    assert worn_out(joined(hard_year()))


def test_coffee_does_about_nothing_and_time_to_do_the_work_well_does():
    """Herzberg: what people only miss does not move them."""
    coffee = scenario_run("burnout", "Free tea and coffee")
    time = scenario_run("burnout", "Time to do the work well")
    for name in ("Exhaustion", "Off Sick Share", "share who fall ill in a year"):
        small, large = 1 - relative(coffee, name, 180), 1 - relative(time, name, 180)
        assert 0 < small < 0.02, name
        assert large > 10 * small, name


def test_that_is_assumed_and_not_found():
    """With equal strengths both do the same: the difference is Herzberg's, not the model's."""
    coffee = joined({"hygiene measures": 1, "strength of hygiene measures": 0.2})
    time = joined({"motivators": 1, "strength of motivators": 0.2})
    assert np.allclose(coffee["Off Sick Share"], time["Off Sick Share"], rtol=1e-12)


def test_paperwork_tires_more_than_caseload():
    """Of stressed workers 68 % name paperwork and 50 % the caseload (DfE longitudinal study, wave
    1). Paperwork takes time from families, which is pressure, and is a strain beside it."""
    at_once = {"FINAL TIME": 1}
    start = joined(at_once)["strain"].iloc[0]

    def elasticity(*fewer: str) -> float:
        held = {name: constant(name, "burnout") / 1.01 for name in fewer}
        return float(np.log(joined(at_once, hold=held)["strain"].iloc[0] / start) / np.log(1.01))

    paperwork = elasticity("direct time share")
    caseload = elasticity("permanent social workers", "agency social workers")
    assert paperwork / caseload == pytest.approx(68 / 50, rel=0.05)


def test_people_can_get_more_tired_while_the_caseload_falls():
    """DfE longitudinal study: stressed 51, 56, 60 % in three years in which the caseload fell."""
    run = joined(hold={"permanent social workers": 200.0, "direct time share": 0.2})
    assert run["caseload per worker"].iloc[0] < constant("caseload per worker", "burnout")
    assert relative(run, "Exhaustion", 36) > 1.05


# --- who is ill -------------------------------------------------------------------------------


def test_few_make_most_of_the_absence():
    """Fewer than one in five make four fifths of the absence, in an ordinary year [C061]."""
    assert constant("share of absence from long sickness", "burnout") == pytest.approx(0.8)
    assert 0.02 < constant("share who fall ill in a year", "burnout") < 0.2


def test_absence_stays_near_what_is_reported():
    """England reports 2.9 to 3.5 % of days (DfE 2017 to 2025)."""
    assert 0.029 < constant("absence share", "burnout") < 0.035
    fifth = scenario_run("burnout", "A fifth of the staff go")["absence share"]
    assert 0.035 < fifth.iloc[-1] < 0.05
    assert fifth.is_monotonic_increasing


def test_people_tire_first_then_burn_out_then_fall_ill():
    """And they stay ill after they have rested: those who look at absence look too late."""
    run = scenario_run("burnout", "A hard half-year")
    peaks = [run[name].idxmax() for name in ("Exhaustion", "Burnout Share", "Off Sick Share")]
    assert peaks == sorted(set(peaks))


EXTREMES = {
    "nobody left": ({"staff lost": 1}, {}),
    "three years of four times the strain": ({"hard months": 3, "hard months last": 36}, {}),
    "ten times the need": ({"extra need": 9}, {}),
    "no work": ({"extra need": -1}, {}),
    "the highest pressure and no time with families": (
        {"hard months": 3, "hard months last": 36},
        {"workload pressure": 5.0, "direct time share": 0.01},
    ),
}


@pytest.mark.parametrize("name", EXTREMES)
def test_shares_stay_shares_in_the_extreme(name):
    scenario, hold = EXTREMES[name]
    frame = joined(scenario, hold=hold).to_frame()
    assert np.isfinite(frame.to_numpy()).all()
    for share in (*SHARES, "Exhaustion", "absence share"):
        assert frame[share].between(0, 1).all(), share


# --- loops cut --------------------------------------------------------------------------------


def base(*names: str) -> dict[str, float]:
    return {name: constant(name, "burnout") for name in names}


def test_without_sickness_the_same_loss_of_staff_tires_less():
    """R6: who falls ill leaves the work to the others. It decides near the edge only: there is a
    loss of staff at which the service tips, and would not if nobody were absent or weaker."""
    cut = base("absence share", "effect of burnout on practice")
    kept = ["Exhaustion", "workload pressure"]
    whole = scenario_run("burnout", "A fifth of the staff go")
    less = joined({"staff lost": 0.2}, hold=cut, outputs=kept)
    assert less["workload pressure"].iloc[-1] < whole["workload pressure"].iloc[-1]
    assert less["Exhaustion"].iloc[-1] < whole["Exhaustion"].iloc[-1]
    heals, tips = 0.2, 0.4
    while tips - heals > 0.007:
        half = (heals + tips) / 2
        if worn_out(joined({"staff lost": half}, outputs=kept)):
            tips = half
        else:
            heals = half
    assert not worn_out(joined({"staff lost": tips}, hold=cut, outputs=kept))


def test_if_ability_to_rest_never_failed_nobody_would_tip():
    """R23: with it held, exhaustion follows the strain up and down again."""
    hardest = {"hard months": 3, "hard months last": 36}
    cut = alone(hardest, hold={"ability to recover": constant("ability to recover")})
    assert cut["Exhaustion"].max() > constant("exhaustion of best recovery")
    assert relative(cut, "Exhaustion", 180) == pytest.approx(1, abs=0.01)
    assert worn_out(alone(hardest))


def test_without_rest_a_hard_half_year_would_stay():
    """B13: with recovering held at that of 2017 nobody gets back."""
    whole = alone(hard_half_year())["Exhaustion"]
    cut = alone(hard_half_year(), hold={"recovering": constant("recovering")})["Exhaustion"]
    assert cut[30.0] - cut[0.0] > 2 * (whole[30.0] - whole[0.0])


def test_those_off_sick_come_back():
    """B10: if no more came back well than in 2017 the sick list would grow."""
    whole = alone(hard_half_year())["Off Sick Share"]
    cut = alone(hard_half_year(), hold={"back at work well": constant("back at work well")})
    assert whole.iloc[-1] == pytest.approx(whole.iloc[0], rel=0.01)
    assert cut["Off Sick Share"].max() > 1.1 * whole.max()


def test_another_job_on_return_shortens_the_sick_list_and_saves_nobody_from_tipping():
    """B10 pulled: who comes back to another job does not fall ill twice. It reaches those who are
    ill already; exhaustion comes from the work."""
    same, half, other = (joined({"changed job on return": share}) for share in (0, 0.5, 1))
    for name in ("Off Sick Share", "Burnout Share", "share who fall ill in a year"):
        ends = [relative(run, name, 180) for run in (other, half, same)]
        assert ends == sorted(ends), name
        assert 0.8 < ends[0] < 0.9, name
        assert ends[2] == pytest.approx(1, rel=1e-9), name
    assert other["Exhaustion"].min() > 0.98 * other["Exhaustion"].iloc[0]
    assert worn_out(joined(hard_year() | {"changed job on return": 1}))
    helps = scenario_run("burnout", "Time to do the work well")
    assert relative(helps, "Off Sick Share", 180) < relative(other, "Off Sick Share", 180) - 0.05


def test_if_they_come_back_well_anyway_another_job_changes_nothing():
    """The other side of the share who come back well."""
    well = {"share who come back well": 1}
    run = joined(well | {"changed job on return": 1})
    assert relative(run, "Off Sick Share", 180) == pytest.approx(1, rel=1e-9)
