"""What a rating sees: on paper first, then a good report beside falling practice."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.models.library_runs import library_model, stocks
from tests.models.loop_runs import base, change, cut, highest, lowest, run

ALONE, STORY = "sectors/inspection", "inspection"
STAKES = {"stakes raised": 2.0}
OTHER = STAKES | {"other question asked": 1.0, "month of the other question": 84}
POOR = {"Rating": 1.0, "Actual Practice": 0.7, "Reported Practice": 0.7, "Evidence Gathered": 0.7}
PRACTICE = "Actual Practice"
LONG = {"FINAL TIME": 900, "SAVEPER": 12}

# --- on paper ---------------------------------------------------------------------------------


@pytest.mark.parametrize("practice", [0.5, 0.65, 0.9, 1.0, 1.2, 1.8])
def test_a_rating_is_the_logarithm_of_practice(practice):
    """Where the figures show what is: 2.5 + 3 ln p, from inadequate to outstanding."""
    held = {"Actual Practice": practice, "Reported Practice": practice}
    judged = min(4.0, max(1.0, 2.5 + 3 * math.log(practice)))
    assert run(ALONE, LONG, held)["Rating"].iloc[-1] == pytest.approx(judged, rel=1e-6)


@pytest.mark.parametrize("insight", [0.0, 0.2, 0.9])
def test_inspectors_see_a_mean_of_the_figures_and_of_practice(insight):
    """On the scale of ratings it is the plain mean, weighted by insight."""
    figures, practice = 1.3, 0.8
    held = {"Actual Practice": practice, "Reported Practice": figures, "attention of inspectors": 0}
    seen = (1 - insight) * math.log(figures) + insight * math.log(practice)
    made = run(ALONE, LONG | {"base insight": insight}, held)
    assert made["Rating"].iloc[-1] == pytest.approx(2.5 + 3 * seen, rel=1e-6)


def test_practice_rests_where_effort_and_judgement_hold_it():
    """What workers bring, and the rest times effort, time not spent on looking good, judgement."""
    held = {"Effort to Improve": 1.2, "Window Dressing": 0.5, "Prescription": 1.44}
    rests = 0.4 + 0.6 * 1.2 * (1 - 0.5) / (1 - 0.3) / 1.2
    assert run(ALONE, LONG, held)["Actual Practice"].iloc[-1] == pytest.approx(rests, rel=1e-6)


@pytest.mark.parametrize("practice", [0.4, 0.7, 1.0])
def test_how_soon_poor_practice_shows(practice):
    """As likely as not at 0.7, hardly in 2017."""
    held = {"Actual Practice": practice}
    odds = (0.7 / practice) ** 10
    made = run(ALONE, {"FINAL TIME": 1}, held)["attention of inspectors"].iloc[0]
    assert made == pytest.approx(odds / (1 + odds))


def test_visits_come_every_three_years_and_take_a_ninth_of_the_time():
    made = run(ALONE, {"SAVEPER": 0.0625})
    visits = made["visit under way"]
    assert visits.loc[:24.0].max() == 0
    starts = visits.index[(visits > 0) & (visits.shift() == 0)]
    assert np.diff(starts) == pytest.approx(36)
    assert visits.loc[24.0:132.0].mean() == pytest.approx(4 / 36, rel=0.01)
    published = made["publication under way"]
    assert np.allclose(published.loc[26.0:].iloc[:1000], visits.loc[24.0:].iloc[:1000])


# --- what it shows ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", [ALONE, STORY])
def test_good_beside_falling_practice_and_failure_soon_after(name):
    """2006: three stars; within two years of the report gross systemic failure (C142)."""
    made = run(name, STAKES)
    best, month = made["Rating"].max(), made["Rating"].idxmax()
    assert best > 2.9
    assert change(made, "Actual Practice", month) < -0.2
    assert change(made, "Reported Practice", month) > 0.4
    assert made["Actual Practice"].loc[13.0:150.0].is_monotonic_decreasing
    fails = made["Rating"].loc[month:]
    assert 6 < fails[fails < 2].index[0] - month <= 18


@pytest.mark.parametrize("name", [ALONE, STORY])
def test_the_other_question_turns_it_round_and_the_figures_fall(name):
    made = run(name, OTHER)
    turn = made["Actual Practice"].idxmin()
    assert 84 <= turn <= 108
    assert change(made, "Actual Practice", turn) < -0.2
    assert change(made, "Actual Practice") > -0.03
    falling = made["Reported Practice"].loc[90.0:120.0]
    assert falling.is_monotonic_decreasing
    assert made["Actual Practice"].loc[turn:].is_monotonic_increasing


@pytest.mark.parametrize("month", [12, 48, 132])
def test_it_is_never_too_late_to_ask(month):
    asked = run(ALONE, OTHER | {"month of the other question": month, "FINAL TIME": 400})
    assert change(asked, "Actual Practice", 400) > -0.05
    assert change(run(ALONE, STAKES | {"FINAL TIME": 400}), "Actual Practice", 400) < -0.3


def test_what_workers_bring_keeps_a_service_from_failing():
    """The other end: where four fifths of practice come with the workers the rating stays up."""
    assert run(ALONE, STAKES | {"share that workers bring": 0.8})["Rating"].min() > 2.4


@pytest.mark.parametrize("constant", ["strength of stakes", "strength of the gap"])
def test_where_hiding_pays_most_the_other_question_comes_too_late(constant):
    """Asked after seven years it does not bring practice back within the next eight: the upper
    ends of two ranges."""
    made = run(ALONE, OTHER | {constant: 2})
    assert change(run(ALONE, STAKES | {constant: 2}), PRACTICE) < change(made, PRACTICE) < -0.3


def test_inspectors_who_see_through_it_are_not_shown_a_good_service():
    """The other side: nothing to gain by looking good, and a poor rating at once."""
    seen = run(ALONE, STAKES | {"base insight": 0.9})
    assert seen["Rating"].max() < 2.6
    assert lowest(seen, "Rating")[0] < -0.15


def test_a_report_a_year_late_is_about_another_service():
    soon, late = (run(ALONE, STAKES | {"months to publish": one}) for one in (1, 12))
    gaps = [
        made["Rating"].max() - 2.5 - 3 * math.log(made["Actual Practice"][made["Rating"].idxmax()])
        for made in (soon, late)
    ]
    assert gaps[1] > gaps[0] + 0.05


# --- loops ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [ALONE, STORY])
def test_r12_looking_good_is_what_makes_it_rest(name):
    """Where the figures do not flatter the same stakes bring a poor rating at once, people try
    sooner, and practice is a tenth better in the end."""
    closed, opened = run(name, STAKES), cut(name, STAKES, "polish")
    assert highest(opened, "Rating")[0] < 0.001
    assert change(closed, "Effort to Improve", 36) < 0 < change(opened, "Effort to Improve", 36)
    assert change(opened, "Actual Practice") > change(closed, "Actual Practice") + 0.08
    none = cut(name, STAKES, "Window Dressing")
    assert change(none, "Actual Practice") == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("name", [ALONE, STORY])
def test_r13_plans_after_a_poor_rating_keep_it_poor(name):
    """A service rated inadequate that may think for itself is back in three years."""
    closed = run(name, initial=POOR)
    opened = run(name, hold={"Prescription": 1.0}, initial=POOR)
    assert closed["Rating"][36.0] < opened["Rating"][36.0] - 0.15
    assert closed["Actual Practice"][36.0] < opened["Actual Practice"][36.0] - 0.07
    assert opened["Actual Practice"][36.0] > 0.98


@pytest.mark.parametrize("name", [ALONE, STORY])
def test_r30_the_more_there_is_to_hide_the_more_time_goes_into_hiding(name):
    closed, opened = run(name, STAKES), cut(name, STAKES, "real gap")
    assert change(closed, "Window Dressing") > change(opened, "Window Dressing") + 0.3
    assert change(closed, "Actual Practice") < change(opened, "Actual Practice") - 0.08


@pytest.mark.parametrize("name", [ALONE, STORY])
def test_b14_a_poor_rating_makes_people_try(name):
    for values, initial in ((STAKES, {}), ({}, POOR)):
        closed = run(name, values, initial=initial)
        opened = run(name, values, {"Effort to Improve": 1.0}, initial)
        month = 180 if values else 36
        assert closed["Actual Practice"][month] > opened["Actual Practice"][month] + 0.05


# --- extremes ---------------------------------------------------------------------------------

EXTREMES = {
    "all hangs on it": ({"stakes raised": 3.0, "strength of stakes": 2.0}, {}),
    "no inspections": (STAKES, {"visit under way": 0, "publication under way": 0}),
    "inspections for ever": (STAKES, {"visit under way": 1, "publication under way": 1}),
    "ten times the incidents": (STAKES, {"serious incidents": 2.65}),
    "a service that can do least": (STAKES, {"effect of capability on practice": 0.3}),
    "all at once": (OTHER | {"stakes raised": 3.0, "months between inspections": 60}, {}),
}


@pytest.mark.parametrize("case", EXTREMES)
def test_no_negative_stock_and_no_rating_off_the_scale(case):
    values, hold = EXTREMES[case]
    made = run(ALONE, values, hold)
    assert np.isfinite(made.to_frame().to_numpy()).all()
    for stock in stocks(library_model(ALONE)):
        assert made[stock].min() >= 0, stock
    assert 1 <= made["Rating"].min() <= made["Rating"].max() <= 4
    assert made["Window Dressing"].max() < 1


def test_without_inspections_only_what_shows_is_judged():
    """No visit flatters: the rating comes down as slowly as poor practice shows."""
    values, hold = EXTREMES["no inspections"]
    made = run(ALONE, values, hold)
    assert made["Rating"].max() == pytest.approx(2.5)
    assert np.ptp(made["Evidence Gathered"]) == 0
    assert made["Rating"].iloc[-1] < 1.6


def test_without_capability_little_is_left_and_everybody_sees_it():
    values, hold = EXTREMES["a service that can do least"]
    made = run(ALONE, values, hold)
    assert made["Actual Practice"].iloc[-1] < 0.3
    assert made["Rating"].iloc[-1] < 1.1
    assert base(ALONE, "Rating") == 2.5
