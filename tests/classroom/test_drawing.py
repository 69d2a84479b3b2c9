"""A curve and its moves."""

from __future__ import annotations

import dataclasses
import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpdynamics.classroom.drawing import MOST, Prediction, axis_for, flat, grid
from cpdynamics.errors import BadValue

BLANK = flat("tub", "more", "Waiting", begins=0, start=60, months=(6, 12, 18, 24), axis=(0, 200))
values = st.floats(-1e9, 1e9)
places = st.tuples(st.floats(0, 24), values)


def test_it_starts_where_the_model_does_and_goes_straight_from_point_to_point() -> None:
    drawn = BLANK.with_point(0, 120)
    assert drawn.at([0, 3, 6, 9, 12, 30]).tolist() == [60, 90, 120, 90, 60, 60]
    assert BLANK.is_flat
    assert not drawn.is_flat
    assert drawn.reset() == BLANK


def test_a_curve_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        BLANK.start = 3  # type: ignore[misc]


@settings(deadline=None)
@given(st.integers(0, 3), values)
def test_a_point_moves_alone_and_stays_on_the_axis(place: int, value: float) -> None:
    drawn = BLANK.with_point(place, value)
    assert drawn.values[place] == min(max(value, 0), 200)
    rest = [one for at, one in enumerate(drawn.values) if at != place]
    assert rest == [60, 60, 60]


@settings(deadline=None)
@given(st.lists(places, max_size=30))
def test_no_path_leaves_the_axis_or_moves_the_months(path: list[tuple[float, float]]) -> None:
    drawn = BLANK.sketched(path)
    assert drawn.months == BLANK.months
    assert all(0 <= value <= 200 for value in drawn.values)
    assert drawn.sketched(path) == drawn


@settings(deadline=None)
@given(st.floats(0, 200), st.floats(0, 200), st.integers(2, 40))
def test_a_straight_path_gives_points_on_its_line(first: float, last: float, steps: int) -> None:
    path = [(24 * k / steps, first + (last - first) * k / steps) for k in range(steps + 1)]
    wanted = [first + (last - first) * month / 24 for month in BLANK.months]
    assert BLANK.sketched(path).values == pytest.approx(wanted, abs=1e-9)


def test_only_points_that_the_path_passed_follow() -> None:
    assert BLANK.sketched([(10, 100), (19, 100)]).values == (60, 100, 100, 60)
    # Its ends take along what lies within half the way.
    assert BLANK.sketched([(10, 100), (22, 100)]).values == (60, 100, 100, 100)
    assert BLANK.sketched([(11, 150)]).values == (60, 150, 60, 60)
    assert BLANK.sketched([(0, 0), (1, 0)]).values == (60, 60, 60, 60)
    assert BLANK.sketched([]) == BLANK


def test_the_last_passage_counts_where_a_pointer_goes_back() -> None:
    assert BLANK.sketched([(0, 60), (24, 100), (11, 150)]).values == pytest.approx(
        (70, 100 + 50 * 12 / 13, 100 + 50 * 6 / 13, 100)
    )


def test_another_drawing_is_read_off_at_ones_own_months() -> None:
    other = flat("tub", "more", "Waiting", begins=0, start=60, months=(12, 24), axis=(0, 200))
    assert BLANK.onto(other.with_values((120, 180))).values == (90, 120, 150, 180)


@pytest.mark.parametrize(
    ("months", "drawn", "what"),
    [
        ((6, 6), (60, 60), "do not rise"),
        ((0, 6), (60, 60), "do not rise"),
        ((6,), (60, 70), "1 months and 2 values"),
        ((), (), "0 months"),
        ((6,), (201,), "leaves its axis"),
        ((6,), (math.nan,), "nan"),
        ((6,), ("much",), "number"),
        ("6", (60,), "no list"),
    ],
)
def test_what_is_no_curve_is_refused(months: object, drawn: object, what: str) -> None:
    with pytest.raises(BadValue, match=what):
        Prediction("tub", "more", "Waiting", 0, 60, months, drawn, 0, 200)  # type: ignore[arg-type]


@pytest.mark.parametrize("place", [-1, 4])
def test_a_point_that_is_not_there_is_refused(place: int) -> None:
    with pytest.raises(BadValue, match="0 to 3"):
        BLANK.with_point(place, 60)


def test_what_is_no_path_is_refused() -> None:
    with pytest.raises(BadValue, match="path"):
        BLANK.sketched([(1, 2, 3)])
    with pytest.raises(BadValue, match="nan"):
        BLANK.sketched([(1, math.nan)])


def test_points_stand_at_round_months() -> None:
    assert grid(0, 36) == tuple(range(3, 37, 3))
    assert grid(0, 180) == tuple(range(12, 181, 12))
    assert grid(0, 100, 30) == (30, 60, 90, 100)
    assert grid(0, 2) == pytest.approx(np.arange(1, 9) / 4)


@settings(deadline=None)
@given(st.floats(-1e3, 1e3), st.floats(1e-3, 1e6))
def test_there_are_enough_points_and_not_too_many(first: float, span: float) -> None:
    points = grid(first, first + span)
    assert 4 <= len(points) <= 16
    assert points[-1] == first + span
    assert first < points[0]
    assert all(a < b for a, b in pairwise(points))


@pytest.mark.parametrize("every", [0, -1, 36 / (MOST + 1), math.inf])
def test_a_distance_that_makes_no_sense_is_refused(every: float) -> None:
    with pytest.raises(BadValue):
        grid(0, 36, every)


def test_an_axis_has_room_on_either_side() -> None:
    assert axis_for(60, [60, 178]) == (0, 250)
    assert axis_for(60, [60, 61]) == (0, 150)
    # From zero, up is as likely as down.
    assert axis_for(0, [0, 4.7e6]) == (-6e6, 6e6)
    assert axis_for(0, [0, 4.7e6], never_below_zero=True) == (0, 6e6)
    assert axis_for(0, []) == (0, 1)
    assert math.copysign(1, axis_for(60, [60])[0]) == 1


@settings(deadline=None)
@given(st.floats(-1e6, 1e6), st.lists(st.floats(-1e6, 1e6), max_size=20))
def test_an_axis_holds_all_that_may_be_shown(start: float, shown: list[float]) -> None:
    low, high = axis_for(start, shown)
    assert low < high
    assert all(low <= one <= high for one in (start, 2 * start, *shown))
