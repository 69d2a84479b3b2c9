"""Caseload: why the same children come back, as shapes, with the reason of a practitioner."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.models.library_runs import base_run, library_model, relative, scenario_run


def test_a_fifth_fewer_staff_brings_children_back_and_makes_no_new_need():
    """New need comes from outside; what the service makes itself is the returns."""
    run = scenario_run("caseload", "A fifth of the staff go")
    assert relative(run, "new need", 180) == pytest.approx(1, abs=0.001)
    assert 1.1 < relative(run, "repeat referrals", 180) < 1.35, "about a fifth"
    assert relative(run, "repeat referrals", 14) < 1.02, "not at once: a case must close first"


def test_the_returns_hang_on_how_much_time_with_a_family_matters():
    """Both sides of the assumption: if time made no difference, staff would hardly matter."""
    model = library_model("caseload")
    rises = [
        relative(
            model.run({"staff lost": 0.2, "strength of thin visits": strength}),
            "repeat referrals",
            180,
        )
        for strength in (0.0, 0.7, 1.4)
    ]
    assert rises[0] < 1.08 < rises[1] < rises[2]


def test_cutting_corners_keeps_the_queue_short_and_brings_children_back():
    """The corner cut is paid for later: it is the thinness of a visit that leaves need behind
    (Oliva and Sterman 2001), not the pressure."""
    model = library_model("caseload")
    runs = [model.run({"staff lost": 0.2, "cutting corners": c}) for c in (0.0, 0.35, 0.7, 1.0)]
    queues = [relative(run, "Referrals Waiting", 36) for run in runs]
    thinness = [relative(run, "effect of thin visits on odds", 36) for run in runs]
    returns = [relative(run, "repeat referrals", 36) for run in runs]
    assert queues == sorted(queues, reverse=True)
    assert thinness == sorted(thinness)
    assert returns == sorted(returns)
    # Whoever cuts a corner at all ends at the same place: the thin visit becomes the normal one.
    late = [relative(run, "repeat referrals", 180) for run in runs]
    assert late[0] < 1.08
    assert late[1:] == pytest.approx([late[2]] * 3, abs=0.01)


def test_work_gets_thinner_before_it_gets_slower():
    """Short of time, people shorten visits; deadlines are watched and visits are not."""
    run = scenario_run("caseload", "A fifth of the staff go")
    assert relative(run, "hours per child", 24) < 0.85
    assert relative(run, "pace of work", 24) > 0.9


# A fifth of all social workers, agency workers included, is missing for four years.
GONE = {
    "permanent social workers": pd.Series([186.2, 142, 142, 186.2], index=[12.0, 13.0, 60.0, 61.0])
}


def test_a_shortage_that_has_passed_leaves_thinner_work_behind():
    """Everybody is back, and a visit is still not what it was: the standard has come down with the
    work, and it hardly goes up again (Oliva and Sterman 2001)."""
    model = library_model("caseload")
    run = model.run(hold=GONE)
    assert run["workload pressure"][120.0] < 1.01, "there is time again"
    assert run["Standard of Practice"][60.0] < 0.85
    assert run["Standard of Practice"][120.0] < 0.93
    assert run["practice"][120.0] < 0.98
    assert run["repeat referrals"][120.0] > 1.01 * run["repeat referrals"].iloc[0]


def test_where_the_standard_is_fixed_nothing_is_left_behind():
    model = library_model("caseload")
    fixed = model.run(hold=GONE | {"Standard of Practice": 1.0})
    assert fixed["repeat referrals"][60.0] > 1.05 * fixed["repeat referrals"].iloc[0]
    # Plans that drifted (R28) and children in care take years to go, and then they are gone.
    left, with_drift = (1 - run["practice"][120.0] for run in (fixed, model.run(hold=GONE)))
    assert left < with_drift / 3
    assert fixed["practice"].iloc[-1] == pytest.approx(1, abs=0.005)
    assert relative(fixed, "repeat referrals", 180) == pytest.approx(1, abs=0.005)


def test_a_standard_that_never_rises_never_comes_back():
    """The other end of the assumption: what Oliva and Sterman found in a bank."""
    model = library_model("caseload")
    slow = {"time for the standard to rise": 600}
    run = model.run(slow | {"FINAL TIME": 240}, hold=GONE)
    assert run["Standard of Practice"].iloc[-1] < 0.87
    quick = {"time for the standard to rise": 12, "FINAL TIME": 240}
    healed = model.run(quick, hold=GONE)
    assert healed["Standard of Practice"].iloc[-1] == pytest.approx(1, abs=0.01)


def test_the_standard_settles_at_the_inverse_of_the_pressure():
    """Closed form: where practice is the standard, s = s / (s p) ^ c, so that s = 1 / p."""
    for pressure in (1.2, 1.5, 2.0):
        run = library_model("caseload").run(
            {"FINAL TIME": 400}, hold={"workload pressure": pressure}
        )
        assert run["Standard of Practice"].iloc[-1] == pytest.approx(1 / pressure, rel=1e-3)


def test_hours_fall_first_then_closures_then_returns_then_the_deep_end():
    """Time to half of the final change, in the order in which a director would see them."""
    run = scenario_run("caseload", "A fifth of the staff go")

    def half_way(name: str) -> float:
        series = run[name]
        change = (series - series.iloc[0]) / (series.iloc[-1] - series.iloc[0])
        return float(change[change >= 0.5].index[0])

    order = ["hours per child", "repeat referrals", "Children at High Risk", "Children in Care"]
    times = [half_way(name) for name in order]
    assert times == sorted(times)
    assert times[-1] - times[0] > 24


def deep_end(run):
    """Plans and places in care, against 2017."""
    visible = run["Children at High Risk"] + run["Children in Care"]
    return visible / visible.iloc[0]


def test_a_raised_threshold_eases_the_work_and_children_come_back():
    """Whatever is assumed about worsening: there is less to do, and more of it a second time."""
    for worsening in (0.002, 0.01, 0.016):
        run = library_model("caseload").run(
            {"threshold raised": 0.5, "worsening fraction": worsening}
        )
        assert relative(run, "workload pressure", 36) < 0.96
        assert relative(run, "repeat referrals", 180) > 1.1


def test_a_raised_threshold_ends_worse_only_if_need_worsens_fast():
    """Some of those turned away come to high risk. Whether they outweigh the relief hangs on how
    fast need worsens, which nobody has measured: about 0.2 % a month leaves the visible deep end
    as it was, 1.4 % a month fills it."""
    patient = deep_end(scenario_run("caseload", "A higher threshold, need that waits patiently"))
    fast = deep_end(scenario_run("caseload", "A higher threshold, need that worsens fast"))
    assert (patient - 1).abs().max() < 0.005
    assert fast[24.0] < 1.001, "nothing shows at first"
    assert fast.iloc[-1] > 1.02


def test_a_raised_threshold_never_helps_the_hidden():
    """Turning children away cannot lower the number in danger whom nobody knows."""
    for worsening in (0.002, 0.008, 0.016):
        run = library_model("caseload").run(
            {"threshold raised": 0.5, "worsening fraction": worsening}
        )
        assert run["Hidden High Risk"].iloc[-1] > 1.05 * run["Hidden High Risk"].iloc[0]


# --- loops cut --------------------------------------------------------------------------------

STAFF = {"staff lost": 0.2}


def first(name: str) -> float:
    return float(base_run("caseload")[name].iloc[0])


def held(name: str) -> dict[str, float]:
    return {name: float(base_run("caseload")[name].iloc[0])}


def test_without_failure_demand_the_same_cut_brings_nobody_back():
    """R1 opened where thin visits raise the odds of closing unresolved."""
    model = library_model("caseload")
    cut = model.run(STAFF, hold=held("effect of thin visits on odds"))
    whole = model.run(STAFF)
    assert cut["repeat referrals"].iloc[-1] < 0.7 * whole["repeat referrals"].iloc[-1] + 0.3 * 77.2
    assert cut["workload pressure"].iloc[-1] < whole["workload pressure"].iloc[-1]


def test_without_rationing_pressure_is_higher():
    """B3 relieves: with the threshold held, the same cut presses harder."""
    model = library_model("caseload")
    cut = model.run(STAFF, hold=held("threshold"))
    whole = model.run(STAFF)
    assert cut["workload pressure"].iloc[-1] > whole["workload pressure"].iloc[-1]
    assert cut["repeat referrals"].iloc[-1] < whole["repeat referrals"].iloc[-1], "R2 is gone too"


def test_without_cutting_corners_the_queue_is_longer():
    """B4 keeps the work moving: with visits held at full length cases pile up."""
    model = library_model("caseload")
    cut = model.run(STAFF, hold=held("cases worked in the time of one"))
    whole = model.run(STAFF)
    assert cut["Referrals Waiting"].iloc[-1] > 1.2 * whole["Referrals Waiting"].iloc[-1]


def test_plans_end_later_where_hours_are_missing_and_go_on_doing_so():
    """R28: reviews are held on time, and the risk has not gone down. The
    stronger it is the more children stay on plans, and unlike the drift of help (R22) it does not
    fade as thin visits become normal."""
    model = library_model("caseload")
    short = model.run({"FINAL TIME": 2}, hold={"relative hours": 2 / 3})
    ended = short["stepping down"] / short["Children at High Risk"]
    usual = first("stepping down") / first("Children at High Risk")
    assert ended.to_numpy() == pytest.approx(usual * (2 / 3) ** 0.3), "a tenth longer"
    runs = [model.run(STAFF | {"drift of plans": drift}) for drift in (0.1, 0.3, 1.0)]
    for month in (60, 180):
        plans = [relative(run, "Children at High Risk", month) for run in runs]
        assert plans == sorted(plans)
        assert plans[2] > plans[0] + 0.1, month


# --- places it must be able to reach ----------------------------------------------------------


def test_a_team_in_crisis_is_reachable_without_new_equations():
    """30 to 50 children a worker in one team (Northamptonshire, October 2018)."""
    run = library_model("caseload").run({"staff lost": 0.4})
    assert 30 <= run["caseload per worker"].iloc[-1] <= 50


def test_a_calm_service_is_reachable_too():
    """15 cases a worker, where England stood in 2025."""
    run = library_model("caseload").run({"staff lost": 0}, hold={"permanent social workers": 220.0})
    assert run["caseload per worker"].iloc[-1] < 15.2
    assert run["repeat referral share"].iloc[-1] < 0.219
