"""One name for a whole course, whatever the units."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cpdynamics as cp
from cpdynamics.errors import BadValue, UnknownName
from cpdynamics.feedback.patterns import Mode, mode, modes
from cpdynamics.scenario import Scenario
from tests.models.library_runs import (
    LIBRARY,
    SERVICES,
    base_run,
    library_model,
    scenario_run,
    stocks,
)

TIMES = np.linspace(0, 100, 401)
T = TIMES
LOGISTIC = 1 / (1 + 99 * np.exp(-0.1 * T))
COURSES = {
    "at rest": np.full(401, 7.0),
    "linear growth": 3 * T + 2,
    "linear decline": 2 - 3 * T,
    "exponential growth": np.exp(0.05 * T),
    "accelerating decline": -np.exp(0.05 * T),
    "goal seeking growth": 1 - np.exp(-T / 30),
    "goal seeking decline": np.exp(-T / 30),
    "S-shaped growth": LOGISTIC,
    "S-shaped decline": 1 - LOGISTIC,
    "growth in two bursts": (T - 50) ** 3,
    "step": np.where(T > 12, 2.0, 1.0),
    "ramp": np.clip((T - 10) / 20, 0, 1),
    "overshoot": 1 - np.exp(-T / 10) * np.cos(T / 10) * 2,
    "undershoot": np.exp(-T / 10) * np.cos(T / 10) * 2,
    "overshoot and collapse": np.exp(-(((T - 50) / 15) ** 2)),
    "dip and recovery": -np.exp(-(((T - 50) / 15) ** 2)),
    "reversal": T**2 / 100 - T / 2,
    "interrupted growth": T + 25 * np.sin(T / 12),
    "oscillation": np.sin(2 * np.pi * T / 100),
    "steady oscillation": np.sin(T / 3),
    "damped oscillation": np.exp(-T / 40) * np.sin(T / 3),
    "growing oscillation": np.exp(T / 40) * np.sin(T / 3),
}


@pytest.mark.parametrize("name", COURSES)
def test_a_course_in_closed_form_has_its_name(name):
    assert mode(COURSES[name], TIMES).name == name


def test_logistic_growth_bends_where_half_the_capacity_is_reached():
    first, second = mode(LOGISTIC, TIMES).phases
    assert (first.pattern, second.pattern) == ("exponential", "logarithmic")
    assert np.interp(first.ends, TIMES, LOGISTIC) == pytest.approx(0.5, abs=0.01)
    assert first.ends == second.begins


def test_the_phases_of_a_sine_are_its_quarters():
    found = mode(np.sin(2 * np.pi * T / 100), TIMES).phases
    assert [(one.direction, one.pattern) for one in found] == [
        ("up", "logarithmic"),
        ("down", "exponential"),
        ("down", "logarithmic"),
        ("up", "exponential"),
    ]
    assert [one.ends for one in found] == pytest.approx([25, 50, 75, 100], abs=0.5)


SOME = st.sampled_from(sorted(COURSES))
SIZES = st.floats(1e-6, 1e9)


@given(SOME, SIZES, st.floats(-10, 10))
def test_neither_the_units_nor_the_zero_point_matter(name, factor, shift):
    course = factor * (COURSES[name] + shift * np.ptp(COURSES[name]))
    assert mode(course, TIMES).name == name


@given(SOME, SIZES, st.floats(-1e3, 1e3))
def test_nor_do_those_of_time(name, factor, start):
    found = mode(COURSES[name], factor * (TIMES + start))
    assert found.name == name


@given(SOME, st.integers(0, 2**32 - 1))
def test_rounding_has_no_mode(name, seed):
    course = COURSES[name]
    noise = np.random.default_rng(seed).uniform(-1e-12, 1e-12, len(course))
    assert mode(course + noise * np.max(np.abs(course)), TIMES).name == name


@given(SOME)
def test_upside_down_it_goes_the_other_way(name):
    here, there = mode(COURSES[name], TIMES), mode(-COURSES[name], TIMES)
    assert {here.direction, there.direction} in ({"up", "down"}, {""})
    assert [one.pattern for one in here.phases] == [one.pattern for one in there.phases]
    assert (here.name == there.name) == (
        "oscillation" in name or name in ("at rest", "step", "ramp", "reversal")
    )


@pytest.mark.parametrize("name", sorted(set(COURSES) - {"step", "ramp"}))
@pytest.mark.parametrize("every", [2, 5, 8])
def test_saving_less_often_does_not_matter(name, every):
    assert mode(COURSES[name][::every], TIMES[::every]).name == name


def test_times_need_not_be_even():
    uneven = np.sort(np.concatenate([np.linspace(0, 20, 200), np.linspace(20.5, 100, 30)]))
    assert mode(3 * uneven + 2, uneven).name == "linear growth"
    assert mode(1 - np.exp(-uneven / 30), uneven).name == "goal seeking growth"
    assert mode(np.exp(uneven / 20), uneven).name == "exponential growth"


def test_what_comes_before_the_first_move_is_told_apart():
    late = np.where(T < 12, 0.0, 1 - np.exp(-(T - 12) / 20))
    found = mode(late, TIMES)
    assert (found.name, found.begins) == ("goal seeking growth", 12)


def test_two_values_make_a_line_and_three_a_bend():
    assert mode([0, 1]).name == "linear growth"
    assert mode([0, 3, 4]).name == "goal seeking growth"
    assert mode([0, 1, 4]).name == "exponential growth"
    assert mode([0, 1, 0]).name == "overshoot and collapse"
    assert mode([5.0, 5.0]) == Mode("at rest", "stays what it is", begins=1.0)


def test_a_pandas_series_brings_its_times():
    series = pd.Series(np.exp(T / 20), index=T)
    assert mode(series) == mode(series.to_numpy(), T)
    assert mode(series).phases[-1].ends == 100


def test_numbers_near_the_largest_there_are():
    assert mode([-1.5e308, 0, 1.5e308]).name == "linear growth"


@pytest.mark.parametrize(
    ("series", "times"),
    [
        ([1, np.nan, 2], None),
        ([1, np.inf, 2], None),
        ([1, 2, 3], [0, 1, np.nan]),
        ([1, 2, 3], [0, 1]),
        ([1, 2, 3], [0, 2, 1]),
        ([1, 2, 3], [0, 1, 1]),
        ([1], None),
        ([], None),
        ([[1, 2], [3, 4]], None),
        ("text", None),
    ],
)
def test_what_is_no_course_is_refused(series, times):
    with pytest.raises(BadValue):
        mode(series, times)


def run_of(**columns) -> cp.Run:
    return cp.Run("any", Scenario(), pd.DataFrame(columns, index=T))


def test_the_table_of_a_run():
    run = run_of(a=LOGISTIC, b=1000 + np.sin(T), c=np.where(T > 5, np.nan, 1.0))
    table = modes(run)
    assert list(table["name"]) == ["a", "b", "c"]
    assert list(table["mode"]) == ["S-shaped growth", "steady oscillation", ""]
    assert "finite" in table["words"].iloc[2]
    assert list(modes(run, ["B"])["name"]) == ["b"]
    with pytest.raises(UnknownName, match="Did you mean"):
        modes(run, ["aa"])


def test_less_than_a_thousandth_is_rest_in_a_table():
    run = run_of(still=1000 + 0.4 * np.sin(T), moving=1000 + 0.6 * np.sin(T))
    assert list(modes(run)["mode"]) == ["at rest", "steady oscillation"]


def test_one_saved_time_shows_nothing():
    with pytest.raises(BadValue, match="one saved time"):
        modes(cp.Run("any", Scenario(), pd.DataFrame({"a": [1.0]}, index=[0.0])))


@pytest.mark.parametrize("name", SERVICES)
def test_no_stock_of_the_library_moves_in_its_base_run(name):
    wanted = set(stocks(library_model(name))) - set(library_model(name).story.accumulators)
    assert set(modes(base_run(name), sorted(wanted))["mode"]) == {"at rest"}


SCENARIOS = [(name, one) for name in LIBRARY for one in library_model(name).scenarios]


@pytest.mark.parametrize(("name", "scenario"), SCENARIOS)
def test_each_headline_of_the_library_has_a_mode(name, scenario):
    headline = library_model(name).story.headline
    found = modes(scenario_run(name, scenario), headline)
    assert found["mode"].all()


@pytest.mark.parametrize(
    ("name", "scenario", "variable", "expected"),
    [
        # Looked at on a chart, one by one, and named by eye.
        ("burnout", "A hard half-year", "Exhaustion", "overshoot and collapse"),
        ("burnout", "A hard year", "Burnout Share", "S-shaped growth"),
        ("turnover", "A freeze of hiring", "permanent social workers", "dip and recovery"),
        (
            "sectors/turnover",
            "A recruitment drive",
            "newly qualified share",
            "overshoot and collapse",
        ),
        (
            "sectors/turnover",
            "More people leave",
            "permanent social workers",
            "goal seeking decline",
        ),
        ("inspection", "Time kept for improvement", "Actual Practice", "reversal"),
        ("cover_up", "Messengers are punished", "Hidden Concerns", "overshoot"),
        ("sectors/capability", "All hands to the day's trouble", "time for improvement", "ramp"),
        ("teaching/bathtub", "Four more a month", "Children Waiting", "linear growth"),
        ("teaching/bathtub", "Four more a month", "coming in", "step"),
        ("austerity", "Health visitors go", "repeat referrals", "undershoot"),
    ],
)
def test_a_person_at_the_chart_would_agree(name, scenario, variable, expected):
    assert mode(scenario_run(name, scenario)[variable]).name == expected
