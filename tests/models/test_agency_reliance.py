"""Agency workers: alone they only help; joined, they are paid for later. Shapes, with reasons."""

from __future__ import annotations

import functools

import numpy as np
import pytest

import cpdynamics as cp
from tests.models.library_runs import library_model, relative, stocks

FREEZE = {"hiring frozen": 1.0, "freeze lasts": 24}
LONG = {"hiring frozen": 1.0, "freeze lasts": 60}
SEVEN_YEARS = {"hiring frozen": 1.0, "freeze lasts": 84}
BAN = {"agency ban": 1.0}
PRICES = (4500, 6000, 9000)
SIGNED = {"Cumulative Saving", "Perceived Overspend"}


@functools.cache
def _made(model: str, values: tuple, hold: tuple) -> cp.Run:
    return library_model(model).run(dict(values), hold=dict(hold))


def run(values: dict, hold: dict | None = None, model: str = "agency_reliance") -> cp.Run:
    return _made(model, tuple(sorted(values.items())), tuple(sorted((hold or {}).items())))


def alone(values: dict, hold: dict | None = None) -> cp.Run:
    return run(values, hold, "sectors/agency")


def saving(made: cp.Run) -> float:
    return float(made["Cumulative Saving"].iloc[-1])


def month_of_loss(made: cp.Run) -> float:
    """The first month in which the freeze has cost more than it saved; infinite when never."""
    saved = made["Cumulative Saving"].loc[14.0:]
    return float(next((month for month, value in saved.items() if value < 0), np.inf))


# --- alone ------------------------------------------------------------------------------------


@pytest.mark.parametrize("vacancies", [0.0, 20.0, 38.1, 80.0, 150.0])
def test_two_vacancies_in_three_are_covered_and_there_are_extra_posts(vacancies):
    """DfE 2017: 67.5 % of the vacancies are covered; 9.2 FTE more stand beside them."""
    workers = alone({}, {"vacancies": vacancies})["Agency Workers"]
    assert workers.iloc[-1] == pytest.approx(34.9 + 0.675 * (vacancies - 38.1), rel=1e-6)


def test_a_rota_is_filled_within_weeks():
    """That is what an agency is for: a post that takes 20 months to fill is covered in two."""
    workers = alone({}, {"vacancies": 76.2})["Agency Workers"]
    gap = 0.675 * 38.1
    assert workers[3.0] - workers[0.0] > 0.9 * gap


def test_alone_a_ban_only_saves():
    """The rota's own view: the money is kept, children see fewer faces, nobody is missed."""
    banned = alone(BAN)
    assert banned["agency spend"].is_monotonic_decreasing
    assert banned["agency spend"].iloc[-1] < 1
    assert banned["continuity of worker"].min() >= 1 - 1e-12
    assert (banned["permanent social workers"] == 186.2).all()
    assert banned["Left for Agency"].iloc[-1] < banned["Left for Agency"].iloc[0], "they come back"


def test_alone_more_vacancies_cost_only_money_and_faces():
    """Each vacancy is somebody else's face at the door, and a bill."""
    gap = alone({}, {"vacancies": 76.2})
    assert gap["continuity of worker"].iloc[-1] < 0.95
    assert relative(gap, "agency spend", 12) == pytest.approx(relative(gap, "Agency Workers", 12))


# --- a freeze ---------------------------------------------------------------------------------


def test_a_freeze_saves_first_and_costs_more_later_than_it_saved():
    """The posts saved are paid for by the hour: thinner visits, new faces, children in care."""
    frozen = run(FREEZE)
    saved = frozen["Cumulative Saving"]
    assert saved[24.0] > 0
    assert saved[36.0] > 0, "while the freeze lasts it pays"
    assert 36 < month_of_loss(frozen) < 96
    assert saved.iloc[-1] < -2 * saved.max()


def test_how_soon_a_freeze_costs_hangs_on_the_premium():
    """Agency staff at the price of permanent ones: years of saving. At twice the price: none."""
    months = [month_of_loss(run(FREEZE | {"cost of an agency social worker": c})) for c in PRICES]
    assert months == sorted(months, reverse=True)
    assert months[0] > months[1] + 12
    assert months[2] < 24, "at twice the price a freeze hardly saves for a year"


def test_whether_a_freeze_costs_more_hangs_on_how_fast_need_worsens():
    """Both sides: no premium, cheap care and patient need, and it saves for good."""
    mild = {"cost of an agency social worker": 4500, "cost of a child in care": 4200}
    assert saving(run(FREEZE | mild | {"worsening fraction": 0.002})) > 0
    assert saving(run(FREEZE | mild | {"worsening fraction": 0.016})) < 0


def test_a_longer_freeze_saves_little_more_and_costs_several_times_as_much():
    """Two thirds of what is not paid to the missing is paid to others at a third more."""
    short, long = run(FREEZE)["Cumulative Saving"], run(LONG)["Cumulative Saving"]
    assert long.max() < 2 * short.max()
    assert long.iloc[-1] < 3 * short.iloc[-1] < 0


def test_capacity_now():
    """B2: while hiring is frozen the agency carries the work; without it the same freeze presses
    about three times as hard."""
    whole, without = run(LONG), run(LONG, {"agency social workers": 34.9})
    assert relative(whole, "agency social workers", 60) > 2
    for month in (18, 36, 60):
        harder = relative(without, "workload pressure", month) - 1
        assert harder > 2 * (relative(whole, "workload pressure", month) - 1), month


def test_discontinuity_later():
    """R26 opened: children who keep their worker come back less, and the freeze costs less."""
    whole, without = run(LONG), run(LONG, {"continuity of worker": 1.0})
    assert whole["continuity of worker"].min() < 0.8
    gone = relative(without, "repeat referrals", 72) - 1
    assert gone < 0.5 * (relative(whole, "repeat referrals", 72) - 1)
    assert without["vacancies"][72.0] < whole["vacancies"][72.0]
    assert saving(without) > saving(whole) / 2


def test_the_price_of_cover_comes_out_of_early_help():
    """R25: with agency spend held, early help keeps its money and fewer children enter care."""
    whole, without = run(LONG), run(LONG, {"agency spend": 34.9 * 6000})
    assert whole["early help coverage"].min() < 0.98
    assert without["early help coverage"][84.0] > whole["early help coverage"][84.0] + 0.02
    assert without["Children in Care"][120.0] < whole["Children in Care"][120.0]


LOCAL = "share of the pull that is local"


def test_an_example_is_followed_and_the_posts_stay_empty_longer():
    """R8 opened at any of three places: the same freeze leaves fewer vacancies and agency workers.
    Only the local part of the pull closes the loop: both ends of it."""
    whole = run(LONG)
    cuts = (
        run(LONG, {"pull of agency work": 1.0}),
        run(LONG | {"strength of example": 0}),
        run(LONG | {LOCAL: 0}),
    )
    local, strong = (
        run(LONG | {LOCAL: 1}),
        run(LONG | {LOCAL: 1, "strength of example": 1.5}),
    )
    for name in ("vacancies", "Agency Workers"):
        for cut in cuts:
            assert cut[name][72.0] == pytest.approx(cuts[0][name][72.0], rel=1e-9), name
        ends = [made[name][72.0] for made in (cuts[0], whole, local, strong)]
        assert ends == sorted(ends), name
        assert ends[1] > 1.02 * ends[0], name
        assert ends[2] > 1.05 * ends[0], name
        assert ends[3] > 1.2 * ends[0], name
    assert relative(local, "leaving for agency", 72) > relative(whole, "leaving for agency", 72)


def test_the_reliance_goes_once_hiring_is_open_again():
    """R8 alone is no trap at the strength assumed: posts are filled again within five years. At the
    upper end of its range it takes longer."""
    assert run(LONG)["vacancies"][132.0] < 1.2 * 38.1
    strong = run(LONG | {LOCAL: 1, "strength of example": 1.5})
    assert strong["vacancies"][132.0] > 1.05 * run(LONG)["vacancies"][132.0]


# --- policies ---------------------------------------------------------------------------------


def test_a_ban_is_worse_before_it_is_less_bad():
    """The work is heavier at once and worst in the third year. Then people stay and posts fill:
    for the posts it has been worse before it is better, for the work before it is less bad."""
    banned = run(BAN)
    pressure = banned["workload pressure"]
    assert 1.12 < pressure.max() < 1.25
    assert 24 <= pressure.idxmax() <= 48
    assert 1.08 < pressure.iloc[-1] < pressure.max() - 0.03
    posts = banned["vacancies"]
    assert 36 <= posts.idxmax() <= 60, "tired people leave first"
    assert posts.max() > 1.03 * posts.iloc[0]
    assert posts.iloc[-1] < posts.iloc[0]
    assert banned["continuity of worker"].iloc[-1] > 1.1
    assert relative(banned, "total spend", 24) < 0.99


def test_children_feel_a_ban_late():
    """For a year a steady face makes up for the missing hours; then the hours win. Most children
    come back in the sixth year, long after the council has counted the saving."""
    returns = run(BAN)["repeat referrals"]
    assert returns.loc[:24.0].max() < 1.005 * returns.iloc[0]
    assert 48 <= returns.idxmax() <= 84
    assert returns.max() > 1.04 * returns.iloc[0]
    assert returns.iloc[0] < returns.iloc[-1] < returns.max()


def test_a_ban_takes_the_local_part_of_the_pull_and_no_more():
    """Whom we do not take on others do. Both ends: with no local pull more leave for agencies than
    before, since those who are left are tired; with nothing else nobody does."""
    made = {share: run(BAN | {LOCAL: share}) for share in (0, 0.5, 1)}
    going = [relative(one, "leaving for agency", 120) for one in made.values()]
    assert going == sorted(going, reverse=True)
    assert 1.03 < going[0] < 1.15
    assert 0.5 < going[1] < 0.6, "half as assumed, and a little more for the tired"
    assert going[2] < 0.02
    turnover = [relative(one, "turnover fraction", 84) for one in made.values()]
    assert turnover[0] > 1 > turnover[1] > 0.9 > turnover[2]


def test_whether_a_ban_brings_children_back_hangs_on_continuity():
    """Both sides: if a new face does not matter the ban harms; if it matters much the ban heals."""
    ends = [
        relative(run(BAN | {"strength of continuity": strength}), "repeat referrals", 180)
        for strength in (0, 0.5, 2)
    ]
    assert ends[0] > 1.06 > ends[1] > 1.0
    assert ends[2] < 0.9


def test_who_comes_back_hardly_decides_about_a_ban():
    """Ten people are with agencies, of 186: their return is a small thing either way."""
    for share in (0, 0.4, 0.8):
        banned = run(BAN | {"share who come back": share})
        assert 1.03 < relative(banned, "permanent social workers", 180) < 1.08
        assert 1.0 < relative(banned, "repeat referrals", 180) < 1.05


def test_a_cap_draws_fewer_away_and_finds_fewer():
    """Both: those who stay do not make up for those who do not come."""
    capped = run({"price cap": 0.25})
    assert relative(capped, "leaving for agency", 60) < 0.8
    assert 0.75 < relative(capped, "Agency Workers", 60) < 0.95
    assert 1 < relative(capped, "workload pressure", 60) < 1.05
    # The money goes down by more than the price.
    assert relative(capped, "agency spend", 60) < 0.75 * 0.95
    assert saving(capped) > 0


def test_how_many_a_cap_loses_hangs_on_supply():
    ends = [
        relative(run({"price cap": 0.25, "agency supply": supply}), "Agency Workers", 60)
        for supply in (0, 0.5, 2)
    ]
    assert ends == sorted(ends, reverse=True)
    assert ends[0] > 0.95
    assert ends[2] < 0.6


def test_a_rule_is_a_small_lever():
    """Most of those who leave for an agency have the years: order of size ban, cap, rule."""
    rule = run({"experience rule": 1.0})
    assert 0.95 < relative(rule, "Agency Workers", 60) < 1
    assert 1 < relative(rule, "permanent social workers", 60) < 1.02
    assert 0.9 < relative(rule, "turnover fraction", 60) < 1
    assert 0.98 < relative(rule, "repeat referrals", 180) < 1
    workers = [
        relative(run(policy), "Agency Workers", 60)
        for policy in ({"experience rule": 1.0}, {"price cap": 0.25}, BAN)
    ]
    assert workers == sorted(workers, reverse=True)


def test_a_drive_sends_agency_workers_home_for_a_while():
    """Posts filled are posts that no agency covers; as they empty the agency is back. The newly
    qualified practise less surely, so that quality dips first."""
    drive = run({"recruitment drive": 6.0})
    assert relative(drive, "Agency Workers", 20) < 0.7
    assert relative(drive, "Agency Workers", 84) > 0.95
    assert drive["effect of experience on practice"].min() < 0.98


# --- extremes, places that exist ---------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [
        BAN | SEVEN_YEARS,
        SEVEN_YEARS | {"hard months": 3, "hard months last": 12},
        SEVEN_YEARS | {"price cap": 0.4, "agency supply": 2, "strength of pay": 3},
        BAN | {"experience rule": 1, "price cap": 0.4, "recruitment drive": 12, "pull back": 3},
    ],
    ids=["ban and freeze", "freeze and a hard year", "nobody at that price", "all the policies"],
)
def test_no_stock_is_negative(values):
    frame = run(values).to_frame()
    assert np.isfinite(frame.to_numpy()).all()
    for stock in stocks(library_model("agency_reliance")):
        if stock not in SIGNED:
            assert frame[stock].min() >= 0, stock


def test_a_ban_where_no_post_is_empty_takes_only_the_extra_posts():
    made = alone(BAN, {"vacancies": 0.0})
    assert made["Agency Workers"].iloc[-1] == pytest.approx(0, abs=1e-6)
    assert (made["agency workers joining"] >= 0).all()


def test_without_agency_or_hiring_the_service_runs_dry():
    """For seven years nobody may come: two in five are left, worn out, and the pressure has passed
    what can be worked. Open hiring does not heal them in seven more."""
    dry = run(BAN | SEVEN_YEARS)
    staff = dry["permanent social workers"]
    assert staff.loc[14.0:95.0].is_monotonic_decreasing
    assert staff[96.0] < 0.42 * 186.2
    assert relative(dry, "workload pressure", 96) > 4
    assert dry["hours per child"][96.0] < 0.3 * dry["hours per child"].iloc[0]
    assert dry["Exhaustion"].iloc[-1] > 0.8
    covered = run(SEVEN_YEARS)
    assert covered["Exhaustion"].iloc[-1] < 0.4, "B2: with agency workers the same freeze heals"


def test_the_most_reliant_authorities_are_reachable():
    """36.7 % agency staff, the 95th percentile of authority-years (DfE 2017 to 2025): three years
    without hiring lead nearly there, and a quarter of the usual hiring keeps it there."""
    three, four = (run({"hiring frozen": 1.0, "freeze lasts": months}) for months in (36, 48))
    assert 1 / 3 < three["agency share"].max() < 0.37
    assert four["agency share"].max() > 0.367
    kept = run({"hiring frozen": 0.75, "freeze lasts": 84})["agency share"]
    assert kept[95.0] == pytest.approx(0.367, abs=0.01)


def test_the_scenario_of_a_long_freeze_lasts_three_years():
    """As its story says: more than one in three, as in the most reliant authorities."""
    made = library_model("agency_reliance").run("A long freeze")
    assert made["agency share"].max() > 1 / 3
    assert made["agency share"].idxmax() == pytest.approx(48, abs=1)


def test_the_least_reliant_are_reachable():
    """0.9 %, the 5th percentile: an authority that asks for hardly any."""
    assert run({"agency ban": 0.95})["agency share"].iloc[-1] == pytest.approx(0.009, abs=0.003)
