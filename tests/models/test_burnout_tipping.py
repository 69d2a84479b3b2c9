"""The point beyond which rest fails: found on paper, and the runs are held against it."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from tests.models.burnout_on_paper import (
    SHARES,
    alone,
    constant,
    drawn,
    equilibria,
    folds,
    hard_half_year,
    hard_year,
    joined,
    net,
    replaced,
    rest,
    settled,
    wear,
    worn_out,
)
from tests.models.library_runs import relative, scenario_run


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
