"""Burnout: people wear out, rest, fall ill, come back; and a point beyond which rest fails.

The curves and their equilibria are worked out here from the constants, by another way than the
model's equations, and the runs are held against them.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

import cpdynamics as cp
from tests.models.library_runs import base_run, library_model, relative, scenario_run

SHARES = ("Burnout Share", "Off Sick Share", "well share")


def constant(name: str, model: str = "sectors/burnout") -> float:
    return float(base_run(model)[name].iloc[0])


def alone(scenario: Mapping[str, float] | None = None, **more) -> cp.Run:
    return library_model("sectors/burnout").run(scenario, **more)


def joined(scenario: Mapping[str, float] | None = None, **more) -> cp.Run:
    return library_model("burnout").run(scenario, **more)


def hard_year() -> dict[str, float]:
    return dict(library_model("burnout").scenarios["A hard year"].set)


def hard_half_year() -> dict[str, float]:
    return dict(library_model("burnout").scenarios["A hard half-year"].set)


def worn_out(run: cp.Run) -> bool:
    """Whether most of the scale is behind the staff at the end: the hump lies at half of it."""
    return bool(run["Exhaustion"].iloc[-1] > 0.8)


# --- on paper ---------------------------------------------------------------------------------

# Typed again on purpose: DfE 2017 over 153 authorities, and the model's assumptions.
LEAVING, ILL, SICK, RATIO = 2.08 / 186.2, 0.15, 0.031 * 0.8, 3.0
SICK_FOR, COME_BACK_WELL, HEAL = 3.0, 0.6, 24.0
GO = RATIO * LEAVING / (1 + (RATIO - 1) * (ILL + SICK))
FALL = SICK * (1 / SICK_FOR + GO) / ILL
BURN = (ILL * (FALL + 1 / HEAL + GO) - SICK / SICK_FOR * (1 - COME_BACK_WELL)) / (1 - ILL - SICK)


def rest(exhaustion):
    """Recovered in a month: x exp(-(x/x*)^n / n) / T, greatest at x*."""
    best, sharpness = constant("exhaustion of best recovery"), constant("sharpness of the hump")
    failing = np.exp(-((exhaustion / best) ** sharpness) / sharpness)
    return exhaustion * failing / constant("time to recover")


def replaced(exhaustion, ill, sick):
    """Exhaustion that goes out of the door in a month: leavers take it along, newcomers are fresh."""
    leavers = GO * (ill + sick + (1 - ill - sick) / RATIO)
    return leavers * (exhaustion - constant("exhaustion of newcomers"))


def wear(exhaustion, strain=1.0):
    """Worn out in a month: in 2017 as much as goes, and nothing at the end of the scale."""
    base = constant("base exhaustion")
    return (rest(base) + replaced(base, ILL, SICK)) / (1 - base) * (1 - exhaustion) * strain


def settled(exhaustion):
    """Shares of burnt out and off sick where exhaustion stands still: linear in the two."""
    sick_each = FALL / (1 / SICK_FOR + GO)
    burning = BURN * (exhaustion / constant("base exhaustion")) ** 2
    goes = FALL + 1 / HEAL + GO - (1 - COME_BACK_WELL) / SICK_FOR * sick_each
    ill = burning / (goes + burning * (1 + sick_each))
    return ill, ill * sick_each


def net(exhaustion, strain=1.0):
    return wear(exhaustion, strain) - rest(exhaustion) - replaced(exhaustion, *settled(exhaustion))


def equilibria(strain: float = 1.0) -> list[float]:
    grid = np.linspace(0.001, 0.9999, 4000)
    turns = np.flatnonzero(np.diff(np.sign(net(grid, strain))))
    return [brentq(net, grid[at], grid[at + 1], args=(strain,), xtol=1e-13) for at in turns]


def folds() -> tuple[tuple[float, float], tuple[float, float]]:
    """Exhaustion and strain at which the low and the high equilibrium vanish: the greatest and
    then the least strain that the curves can balance between the hump and the end of the scale."""
    between = np.linspace(constant("exhaustion of best recovery"), 0.999, 20_000)
    balanced = (rest(between) + replaced(between, *settled(between))) / wear(between)
    turn = np.argmax(balanced[between < 0.7])
    back = turn + np.argmin(balanced[turn:])
    return tuple((float(between[at]), float(balanced[at])) for at in (turn, back))


@functools.cache
def drawn(size: float, last: float) -> np.ndarray:
    """Exhaustion on paper in each month, under hard months that begin after a year: the three
    balances above, solved by another method (LSODA) than the model's."""

    def rates(time, state):
        x, ill, sick = state
        hard = max(0.0, min(1.0, min(time - 12, 12 + last - time) / 3))
        burning = (1 - ill - sick) * BURN * (x / constant("base exhaustion")) ** 2
        back = sick / SICK_FOR * (1 - COME_BACK_WELL)
        return (
            wear(x, 1 + size * hard) - rest(x) - replaced(x, ill, sick),
            burning + back - ill * (FALL + 1 / HEAL + GO),
            ill * FALL - sick * (1 / SICK_FOR + GO),
        )

    months = np.arange(181.0)
    start = (constant("base exhaustion"), ILL, SICK)
    return solve_ivp(
        rates, (0, 180), start, method="LSODA", t_eval=months, rtol=1e-9, atol=1e-12, max_step=0.5
    ).y[0]


def test_the_run_follows_the_curves_on_paper():
    run = alone(hard_year())
    x, ill, sick = (run[name].to_numpy() for name in ("Exhaustion", *SHARES[:2]))
    assert np.ptp(x) > 0.5, "the run goes over the hump"
    assert np.allclose(run["recovering"], rest(x), rtol=1e-9)
    assert np.allclose(run["newcomers bring rest"], replaced(x, ill, sick), rtol=1e-9)
    assert np.allclose(run["wearing out"], wear(x, run["strain"].to_numpy()), rtol=1e-9)


@pytest.mark.parametrize("last", [6, 12])
def test_the_run_is_the_one_that_another_solver_finds(last):
    """Equations typed again and integrated with error control: Euler's sixteenth of a month stays
    within a hundredth of the scale even while people tip."""
    run = alone({"hard months": 1.5, "hard months last": last})["Exhaustion"]
    assert np.abs(run.to_numpy() - drawn(1.5, last)).max() < 0.01


def test_strain_by_hand():
    """Half as much work again, a fifth less time with families, motivators in force: by powers."""
    run = alone({"motivators": 0.5}, hold={"workload pressure": 1.5, "direct time share": 0.1952})
    assert run["strain"].iloc[-1] == pytest.approx(1.5**0.6 * 0.8**-0.2 * (1 - 0.25 * 0.5))


def test_the_tired_rest_well_and_the_exhausted_do_not():
    """Holidays do good until people are too tired to take them (Rudolph and Repenning 2002: up to
    a point stress helps, beyond it hinders)."""
    run = alone(hard_year() | {"SAVEPER": 0.0625})
    rested, x = run["recovering"], run["Exhaustion"]
    assert x[rested.idxmax()] == pytest.approx(constant("exhaustion of best recovery"), abs=0.01)
    assert rested.iloc[-1] < 0.1 * rested.iloc[0] < 0.1 * rested.max()


def test_below_the_hump_are_two_equilibria_and_a_third_near_the_end_of_the_scale():
    """Not at its end: at 0.88 as many worn-out people leave, and fresh ones come, as keep it."""
    low, edge, end = equilibria()
    assert low == pytest.approx(constant("base exhaustion"), rel=1e-9)
    assert low < constant("exhaustion of best recovery") < edge < end
    assert end == pytest.approx(0.875, abs=0.005)
    assert max(net(x + 1e-6) - net(x - 1e-6) for x in (low, end)) < 0, "both ends hold"
    assert net(edge + 1e-6) > net(edge - 1e-6), "and between them is an edge"


@pytest.mark.parametrize("side", [-0.01, 0.01])
def test_a_little_below_the_edge_heals_and_a_little_above_tips(side):
    low, edge, end = equilibria()
    ill, sick = settled(edge)
    start = {"Exhaustion": edge + side, "Burnout Share": ill, "Off Sick Share": sick}
    run = alone({"FINAL TIME": 400}, initial=start)
    assert run["Exhaustion"].iloc[-1] == pytest.approx(low if side < 0 else end, abs=0.001)


@pytest.mark.parametrize("side", [0.98, 1.02])
def test_above_a_strain_found_on_paper_no_rest_is_enough(side):
    """A small team can be loaded with nearly half as much strain again for good; then it breaks,
    slowly at first. Here work is held, so that nothing but strain does it."""
    (turn, greatest), _ = folds()
    assert 1.1 < greatest < 2, "neither at once nor never"
    assert len(equilibria(greatest * 0.98)) == 3
    assert len(equilibria(greatest * 1.02)) == 1
    pressure = (greatest * side) ** (1 / constant("weight of workload"))
    run = alone({"FINAL TIME": 600}, hold={"workload pressure": pressure})
    assert worn_out(run) == (side > 1)
    if side < 1:
        assert run["Exhaustion"].iloc[-1] == pytest.approx(equilibria(greatest * side)[0], abs=1e-4)
        assert run["Exhaustion"].max() < turn


@pytest.mark.parametrize("side", [0.97, 1.03])
def test_the_way_back_is_not_the_way_there(side):
    """Hysteresis: taking the strain back to that of 2017 does not bring back who has tipped. It
    must go a quarter below, to a strain found on paper, and even then it takes years."""
    end, (_, least) = equilibria()[-1], folds()[1]
    assert 0.6 < least < 0.85, "out of reach for one measure, within it for two"
    assert len(equilibria(1.03 * least)) == 3
    assert len(equilibria(0.97 * least)) == 1
    ill, sick = settled(end)
    tipped = {"Exhaustion": end, "Burnout Share": ill, "Off Sick Share": sick}
    rested = alone({"FINAL TIME": 600}, hold={"strain": side * least}, initial=tipped)
    assert worn_out(rested) == (side > 1)
    assert rested["Exhaustion"][24.0] > 0.8, "not in two years"


TIPPED = {"Exhaustion": 0.88}
ALL_THAT_IS_OFFERED = {"motivators": 1, "hygiene measures": 1}


@pytest.mark.parametrize(
    ("measures", "held"),
    [
        ({}, {}),
        (ALL_THAT_IS_OFFERED, {}),
        (ALL_THAT_IS_OFFERED | {"changed job on return": 1}, {}),
        ({}, {"permanent social workers": 260.0}),
        ({}, {"direct time share": 0.305}),
    ],
    ids=["nothing", "all that is offered", "and other jobs", "plenty of staff", "fewer forms"],
)
def test_nothing_alone_brings_a_tipped_staff_back(measures, held):
    """Once people cannot rest, neither the employer's measures nor forty per cent more staff nor a
    quarter more time with families is enough."""
    late = joined(measures, hold=held, initial=TIPPED)
    assert late["strain"].iloc[-1] > folds()[1][1]
    assert worn_out(late) or late["Exhaustion"].iloc[-1] > equilibria()[1]


@pytest.mark.parametrize(
    ("measures", "held"),
    [
        ({"motivators": 1}, {"direct time share": 0.305}),
        ({"motivators": 1}, {"permanent social workers": 260.0}),
        ({}, {"permanent social workers": 260.0, "direct time share": 0.305}),
    ],
    ids=["motivators and time", "motivators and staff", "staff and time"],
)
def test_two_things_together_bring_it_back_after_years(measures, held):
    back = joined(measures, hold=held, initial=TIPPED)
    assert back["Exhaustion"][36.0] > 0.8, "in three years nobody would believe it"
    assert back["Exhaustion"].iloc[-1] < constant("base exhaustion")


def test_in_time_the_employer_alone_is_enough():
    assert worn_out(joined(hard_year()))
    assert not worn_out(joined(hard_year() | ALL_THAT_IS_OFFERED))


def test_newcomers_bring_rest_only_as_they_differ():
    """The other side: if those who came were as worn out as those who go, the worn out would stay
    further up the scale, and the strain that lets them back would be lower still."""
    fresh = {"exhaustion of newcomers": 0}
    tired = {"exhaustion of newcomers": 0.35}
    ends = [
        alone(values | {"FINAL TIME": 400}, initial=TIPPED)["Exhaustion"].iloc[-1]
        for values in (fresh, {}, tired)
    ]
    assert ends == sorted(ends)
    assert ends[0] < 0.83 < 0.87 < ends[1] < ends[2]
    same = alone(hold={"newcomers bring rest": 0.0}, initial=TIPPED)["Exhaustion"].iloc[-1]
    assert same > 0.93, "with nobody taking exhaustion along the end of the scale is near"
    assert np.ptp(alone(tired)["newcomers bring rest"]) < 1e-12, "as tired as all: no difference"


# --- shocks -----------------------------------------------------------------------------------


@functools.cache
def months_that_tip(size: float) -> int:
    """The shortest hard time that does not heal; 37 where even three years heal."""
    heals, tips = 2, 37
    while tips - heals > 1:
        half = (heals + tips) // 2
        if worn_out(alone({"hard months": size, "hard months last": half})):
            tips = half
        else:
            heals = half
    return tips


def test_a_small_shock_heals_and_a_longer_one_tips():
    heals, tips = (
        scenario_run("burnout", "A hard half-year"),
        scenario_run("burnout", "A hard year"),
    )
    assert heals["Exhaustion"].max() > 1.3 * heals["Exhaustion"].iloc[0], "it was hard"
    assert relative(heals, "Exhaustion", 60) == pytest.approx(1, abs=0.01)
    assert worn_out(tips)
    assert tips["Exhaustion"].loc[24.0:].is_monotonic_increasing, (
        "although the hard months are over"
    )
    assert tips["strain"][26.0] < 1.15


def test_ten_hard_months_heal_and_eleven_do_not():
    """As the slider's notice says: between half a year and a year lies one month. What heals when
    longer heals when shorter, and paper finds the same month by another solver."""
    size = hard_year()["hard months"]
    assert size == hard_half_year()["hard months"], "only the time differs"
    assert months_that_tip(size) == 11
    for last in (9, 10, 11, 12):
        run = alone({"hard months": size, "hard months last": last})
        assert worn_out(run) == (last >= 11) == (drawn(size, last)[-1] > 0.8)
        # What weighs on people beside the strain: at the end of the months the edge has moved up
        # or down by as much as the shares lag behind, and no more.
        assert (run["Exhaustion"][12.0 + last] > equilibria()[1] + 0.02) == (last >= 11)


def test_the_harder_the_months_the_fewer_it_takes():
    """Nearly half as much strain again can be carried for good, and for three years a little
    more."""
    months = [months_that_tip(size) for size in (0.3, 0.45, 1.0, 2.0, 3.0)]
    assert months == sorted(months, reverse=True)
    assert months[:2] == [37, 37], "less than the greatest strain never tips"
    assert months[2:] == pytest.approx([16, 9, 7], abs=1)


def test_a_hard_year_that_builds_up_slowly_is_a_smaller_one():
    """The months count from first to last; half a year of building up and running out halves
    them. One month makes them whole."""
    builds = [alone(hard_year() | {"hard months build up": months}) for months in (1, 3, 6)]
    peaks = [run["Exhaustion"][24.0] for run in builds]
    assert peaks == sorted(peaks, reverse=True)
    assert worn_out(builds[0])
    assert not worn_out(builds[2])


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


def test_every_worker_is_well_or_burnt_out_or_off_sick():
    frame = joined(hard_year() | {"SAVEPER": 0.0625, "FINAL TIME": 60}).to_frame()
    assert np.allclose(frame[list(SHARES)].sum(axis=1), 1, rtol=1e-12)
    sick = frame["going off sick"] - frame["back at work well"] - frame["back at work ill"]
    burnt = frame["burning out"] + frame["back at work ill"] - frame["going off sick"]
    burnt -= frame["healing at work"] + frame["burnt out leaving"]
    sick -= frame["off sick leaving"]
    for stock, net in (("Burnout Share", burnt), ("Off Sick Share", sick)):
        assert np.allclose(np.diff(frame[stock]), 0.0625 * net.iloc[:-1], atol=1e-14), stock


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
