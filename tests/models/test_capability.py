"""Where the managers' time goes: on paper, then worse before better and better before worse."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.models.library_runs import library_model, stocks
from tests.models.loop_runs import base, change, cut, highest, lowest, run

ALONE, STORY = "sectors/capability", "inspection"
KEPT = {"time protected": 0.1}
TAKEN = {"improvement time cut": 1.0}
TRAINED = {"training doubled": 1.0}
REBUILT = {"service rebuilt": 1.0}
EFFECT = "effect of capability on practice"
LONG = {"FINAL TIME": 1800, "SAVEPER": 60}

# --- on paper ---------------------------------------------------------------------------------


def capability_on_paper(protected: float) -> float:
    """Control is C ^ -0.2 and the day asks for C ^ -0.32 of what it did, so that what is built
    equals what wears off where C = (0.95 (C ^ 0.256 + p / 0.2) C ^ 0.06 + 0.05 / C) (3 - C) / 2,
    the last as 3 is as far as it goes. By halving."""

    def left_over(level: float) -> float:
        time = level ** (0.8 * 0.32) + protected / 0.2
        return (0.95 * time * level**0.06 + 0.05 / level) * (3 - level) / 2 - level

    low, high = 0.5, 10.0
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if left_over(middle) > 0 else (low, middle)
    return low


@pytest.mark.parametrize("protected", [0.0, 0.05, 0.1])
def test_where_capability_rests_under_protected_time(protected):
    made = run(ALONE, LONG | {"time protected": protected})
    assert made["Service Capability"].iloc[-1] == pytest.approx(
        capability_on_paper(protected), rel=1e-5
    )


def test_without_time_to_improve_only_training_is_left():
    """A twentieth of what is built, and more of it the more is amiss: C C = 0.05 (3 - C) / 2."""
    made = run(ALONE, LONG | TAKEN)
    assert made["Service Capability"].iloc[-1] == pytest.approx(
        (math.sqrt(1.2025) - 0.05) / 4, rel=1e-6
    )


@pytest.mark.parametrize("incidents", [0.5, 1, 3])
@pytest.mark.parametrize("blame", [1.0, 2.0])
def test_the_mean_time_in_post_of_those_who_lead(incidents, blame):
    """At rest it is one over the hazard of going; in 2017 that is three years."""
    held = {
        "serious incidents": incidents * base(ALONE, "serious incidents"),
        "public blame": blame,
    }
    made = run(ALONE, LONG, held)
    hazard = incidents**0.3 * blame**0.3 / 36
    assert 36 * made["Leadership Stability"].iloc[-1] == pytest.approx(1 / hazard, rel=1e-9)


def test_whoever_comes_new_starts_at_nothing():
    """All new at once: a month longer in post each month, less those who go."""
    made = run(ALONE, initial={"Leadership Stability": 0.0})["Leadership Stability"]
    steps = made.index.to_numpy() / 0.0625
    assert np.allclose(made, 1 - (1 - 0.0625 / 36) ** steps, atol=1e-12)


def test_a_day_has_so_many_hours():
    """In 2017 trouble asks for nine tenths of a time of which eight tenths are left for it: moving
    half a day a week to improvement leaves seven tenths."""
    made = run(ALONE, KEPT | {"policy starts": 0, "policy takes": 1, "FINAL TIME": 2})
    assert made["trouble dealt with now"][1.0] == pytest.approx(0.7 / 0.8, rel=0.01)


# --- what it shows ----------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "what"), [(ALONE, EFFECT), (STORY, "Actual Practice")])
def test_worse_before_better(name, what):
    made = run(name, KEPT)
    worse, month = lowest(made, what)
    assert worse < -0.004
    assert 18 <= month <= 40
    above = made[what].loc[month:]
    assert 36 <= above[above > made[what].iloc[0]].index[0] <= 54
    assert change(made, what) > 0.04


@pytest.mark.parametrize(("name", "what"), [(ALONE, EFFECT), (STORY, "Actual Practice")])
def test_better_before_worse(name, what):
    made = run(name, TAKEN)
    better, month = highest(made, what)
    assert better > 0.003
    assert 18 <= month <= 26
    below = made[what].loc[month:]
    assert below[below < made[what].iloc[0]].index[0] < 36
    assert change(made, what) < -0.3


@pytest.mark.parametrize(("name", "what"), [(ALONE, EFFECT), (STORY, "Actual Practice")])
def test_training_is_weak_and_not_none(name, what):
    """Under a third of what half a day a week does, and more than a fiftieth."""
    training, time = change(run(name, TRAINED), what), change(run(name, KEPT), what)
    assert 0.02 * time < training < time / 3
    assert change(run(name, TRAINED | {"share built by training": 0}), what) == 0
    strong = change(run(name, TRAINED | {"share built by training": 0.3}), what)
    assert strong > 2.5 * training, "that it is weak is assumed"


def test_training_on_top_of_no_time_is_not_a_remedy():
    both, none = run(ALONE, TAKEN | TRAINED), run(ALONE, TAKEN)
    assert change(none, "Service Capability") < change(both, "Service Capability") < -0.5


@pytest.mark.parametrize(("new", "months"), [(0.5, 24), (1.1, 24), (1.5, 9)])
def test_a_takeover_has_a_dip_whatever_comes_after(new, months):
    """Two bad years as assumed; not even one where the new service is half as good again."""
    made = run(ALONE, REBUILT | {"capability of a new service": new})
    during = made[EFFECT].loc[15.0 : 12.0 + months]
    assert during.max() < 0.997
    assert during.min() < 0.988
    assert made["Leadership Stability"].min() < 0.6, "new people lead"
    cost = made["cost of rebuilding"]
    assert np.trapezoid(cost, cost.index) == pytest.approx(21 * 150_000, rel=0.02)


def test_what_a_takeover_is_worth_hangs_on_the_new_service_and_wears_off():
    """Four years on it is worse or better than before; ten years later the same forces have made of
    it what they made of the old one."""
    after, late = (
        [change(run(ALONE, REBUILT | {"capability of a new service": new}), EFFECT, month)
         for new in (0.5, 1.1, 1.5)]
        for month in (60, 180)
    )  # fmt: skip
    assert after == sorted(after)
    assert after[0] < -0.08
    assert after[2] > 0.03
    assert max(map(abs, late)) < 0.01


# --- loops ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [ALONE, STORY])
def test_r14_trouble_that_improvement_does_away_with(name):
    """With the day's trouble as it was in 2017 less is won and less is lost."""
    for values, way in ((KEPT, 1), (TAKEN, -1)):
        closed, opened = run(name, values), cut(name, values, "calls for help")
        assert way * change(closed, EFFECT) > way * change(opened, EFFECT) + 0.02


@pytest.mark.parametrize("name", [ALONE, STORY])
def test_r11_a_strong_hand_teaches_nobody(name):
    half = {"improvement time cut": 0.5}
    for values, way in ((KEPT, 1), (half, -1)):
        closed, opened = run(name, values), cut(name, values, "Control")
        assert (
            way * change(closed, "Service Capability")
            > way * change(opened, "Service Capability") + 0.01
        )


def test_r16_where_leaders_go_less_is_built():
    """Alone the loop is open: incidents go on as before, and nobody stays to learn from them."""
    blamed = {"public blame": 2.0, "Leadership Stability": base(ALONE, "Leadership Stability")}
    going, staying = run(ALONE, hold={"public blame": 2.0}), run(ALONE, hold=blamed)
    assert change(staying, "Service Capability") == pytest.approx(0, abs=1e-9)
    assert change(going, "Service Capability") < -0.04


@pytest.mark.parametrize("name", [ALONE, STORY])
def test_b12_training_where_more_is_amiss_stops_the_fall(name):
    closed, opened = run(name, TAKEN), cut(name, TAKEN, "training given")
    assert change(closed, "Service Capability") > change(opened, "Service Capability") + 0.1
    kept, without = run(name, KEPT), cut(name, KEPT, "training given")
    assert change(kept, "Service Capability") < change(without, "Service Capability")


# --- extremes ---------------------------------------------------------------------------------

WORLD = {
    "ten times the incidents": {"serious incidents": 2.65},
    "no incidents": {"serious incidents": 1e-6},
    "hardly anybody speaks": {"Psychological Safety": 0.1},
    "as much pressure as can be": {"workload pressure": 10.0},
    "most blame, most inspection": {"public blame": 5.0, "inspection pressure": 2.0},
}


@pytest.mark.parametrize("world", WORLD)
@pytest.mark.parametrize(
    "lever", [{}, {"time protected": 0.3}, TAKEN, REBUILT, KEPT | TRAINED | REBUILT], ids=str
)
def test_no_negative_stock_and_no_gap(lever, world):
    made = run(ALONE, lever, WORLD[world])
    assert np.isfinite(made.to_frame().to_numpy()).all()
    for stock in stocks(library_model(ALONE)):
        assert made[stock].min() >= 0, stock
    assert made["time for improvement"].max() <= 0.6


def test_where_hardly_anybody_speaks_half_a_day_a_week_teaches_nothing():
    silent = run(ALONE, LONG | KEPT, WORLD["hardly anybody speaks"])
    assert silent["Service Capability"].iloc[-1] < 0.6
    assert run(ALONE, LONG | KEPT)["Service Capability"].iloc[-1] > 1.25
