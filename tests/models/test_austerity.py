"""Austerity: what a cut saves and what it costs, as shapes, with the reason of a practitioner."""

from __future__ import annotations

import pytest

from tests.models.library_runs import library_model, relative, scenario_run


def test_referrals_stay_near_flat_while_the_deep_end_grows():
    """What official data show (DfE 2013-25): referrals within 6.5 % of their mean, more children in
    care and more enquiries. The cut of early help must reproduce that direction."""
    run = scenario_run("austerity", "A further 40 % cut")
    referrals = run["referrals"]
    assert (referrals / referrals.mean() - 1).abs().max() < 0.065
    assert relative(run, "Children at High Risk", 120) > 1.05
    assert relative(run, "Children in Care", 120) > 1.05


def test_alone_a_cut_only_saves():
    """The budget's own view: without the children nothing comes back."""
    run = library_model("sectors/funding").run({"early help cut": 0.4})
    saved = run["Cumulative Saving"]
    assert saved.is_monotonic_increasing
    assert saved.iloc[-1] > 0


def test_joined_the_same_cut_saves_less_than_the_budget_thought():
    alone = library_model("sectors/funding").run({"early help cut": 0.4})["Cumulative Saving"]
    joined = scenario_run("austerity", "A further 40 % cut")["Cumulative Saving"]
    assert joined[24.0] > 0.9 * alone[24.0], "for a year the saving looks as planned"
    assert joined.iloc[-1] < 0.7 * alone.iloc[-1]


@pytest.mark.parametrize("scenario", ["A further 40 % cut", "A fifth of the posts go"])
def test_a_cut_saves_first(scenario):
    run = scenario_run("austerity", scenario)
    assert run["Cumulative Saving"][36.0] > 0
    assert relative(run, "new need", 180) == pytest.approx(1, abs=0.01)


def test_whether_a_cut_costs_more_later_hangs_on_price_and_worsening():
    """Both sides of the assumption, at the ends of the plausible range."""
    model = library_model("austerity")
    cheap = {"cost of a child in care": 4200, "worsening fraction": 0.002}
    dear = {"cost of a child in care": 9100, "worsening fraction": 0.016}
    for cut in ({"early help cut": 0.4}, {"posts cut": 0.2}):
        assert model.run(cut | cheap)["Cumulative Saving"].iloc[-1] > 0
        assert model.run(cut | dear)["Cumulative Saving"].iloc[-1] < 0


def test_a_cut_of_early_help_alone_hardly_moves_repeat_referrals():
    """By assumption: early help only slows worsening. If it also settles need, returns rise."""
    run = scenario_run("austerity", "A further 40 % cut")
    assert abs(relative(run, "repeat referrals", 180) - 1) < 0.03
    model = library_model("austerity")
    settles = model.run({"early help cut": 0.4, "early help resolves need": 1})
    assert relative(settles, "repeat referrals", 180) > 1.1


def test_a_cut_of_posts_brings_children_back():
    run = scenario_run("austerity", "A fifth of the posts go")
    assert relative(run, "repeat referrals", 180) > 1.08
    assert relative(run, "hours per child", 60) < 0.9


def test_early_help_goes_down_faster_than_it_comes_back():
    """Closing a centre takes notice; opening one takes staff and trust."""
    model = library_model("sectors/funding")
    lost = model.run({"early help cut": 0.4, "early help cut takes": 1})["early help coverage"]
    built = model.run(initial={"Early Help Capacity": 171})["early help coverage"]
    half_lost = lost[lost <= 0.8].index[0] - 12
    half_built = built[built >= 0.8].index[0]
    assert half_built > 2 * half_lost


def test_cutting_vacant_posts_saves_nothing_at_once():
    """Vacant posts cost nothing. The pay falls only as people go who are not replaced."""
    run = library_model("austerity").run({"posts cut": 0.1, "posts cut takes": 1})
    assert relative(run, "funded posts", 13) == pytest.approx(0.9, abs=0.005)
    assert relative(run, "pay of permanent staff", 14) > 0.99
    assert relative(run, "pay of permanent staff", 60) < 0.96


def test_fewer_health_visitors_first_look_like_less_need():
    """What nobody sees nobody refers: demand dips while hidden danger grows, and care follows."""
    run = scenario_run("austerity", "Health visitors go")
    assert run["new need"][36.0] < run["new need"].iloc[0]
    assert relative(run, "Hidden High Risk", 180) > 1.05
    assert relative(run, "Children in Care", 180) > 1.01


def test_if_health_visitors_only_notice_then_losing_them_looks_like_a_saving():
    """The other side of that assumption: late finding alone hardly shows in any count."""
    model = library_model("austerity")
    run = model.run({"health visitors cut": 0.26, "universal services strength": 0})
    assert abs(relative(run, "Children in Care", 180) - 1) < 0.01
    assert run["Cumulative Saving"].is_monotonic_increasing


def test_posts_that_follow_demand_soften_every_cut():
    """An assumption that softens: without it the pressure of a cut would stay."""
    model = library_model("austerity")
    with_loop = model.run({"posts cut": 0.2})
    without = model.run({"posts cut": 0.2, "posts follow demand": 0})
    assert with_loop["workload pressure"].iloc[-1] < without["workload pressure"].iloc[-1] - 0.04


# --- loops cut --------------------------------------------------------------------------------


def test_without_drift_the_same_posts_go_with_less_harm_for_years():
    """R22: work that slows down keeps cases open, which takes hours from the others. It fades as
    thin visits become normal and the pace comes back."""
    model = library_model("austerity")
    cut = model.run({"posts cut": 0.2}, hold={"pace of work": 1.0})
    whole = model.run({"posts cut": 0.2})
    for name in ("workload pressure", "Children in Care", "Children at High Risk", "open cases"):
        assert cut[name][60.0] < whole[name][60.0], name
    drifted = whole["open cases"] - cut["open cases"]
    assert drifted.iloc[-1] < 0.2 * drifted.max()


def test_without_the_cost_focus_early_help_is_spared():
    """R15 opened where the overspend is taken out of early help."""
    model = library_model("austerity")
    cut = model.run({"posts cut": 0.2, "share of overspend that early help absorbs": 0})
    whole = model.run({"posts cut": 0.2})
    assert cut["early help coverage"].iloc[-1] == pytest.approx(1, abs=1e-9)
    assert whole["early help coverage"].iloc[-1] < 0.96
    assert whole["acute spend"].iloc[-1] > cut["acute spend"].iloc[-1]
