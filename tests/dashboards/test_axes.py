"""Axes that stand still while a slider moves."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cpdynamics.dashboards.axes import Extent, axis_ranges, extent, settled, surveyed, with_bands
from cpdynamics.errors import RunFailed
from cpdynamics.plots import Band

GROUPS = [("Open cases", ["Cases"])]


def test_axes_stay_until_a_line_would_leave_them(tiny: Any) -> None:
    base = tiny.run()
    first = axis_ranges(GROUPS, [(base, {})], {})
    assert first == {"Open cases": (0, 3000)}
    near = tiny.run({"early help cut": 0.1})
    assert axis_ranges(GROUPS, [(base, {}), (near, {})], first) == first
    far = tiny.run({"early help cut": 0.4})
    grown = axis_ranges(GROUPS, [(base, {}), (far, {})], first)
    assert grown["Open cases"][1] > 4000
    assert axis_ranges(GROUPS, [(base, {}), (near, {})], grown) == grown


def band(low: float, high: float) -> dict[str, Band]:
    return {"Cases": Band(np.array([0.0, 120.0]), np.array([low, 900.0]), np.array([2e3, high]))}


def test_a_band_has_to_fit_as_well_as_its_line(tiny: Any) -> None:
    base = tiny.run()
    assert extent(base, band(-50, 2900))["Cases"] == Extent((2000, 2000), (-50, 2900))
    low, high = axis_ranges(GROUPS, [(base, band(-50, 2900))], {})["Open cases"]
    assert low < -50
    assert high > 2900


def test_a_band_far_beyond_its_line_does_not_press_it_flat(tiny: Any) -> None:
    base = tiny.run()
    ranges = axis_ranges(GROUPS, [(base, band(0, 1e6))], {})
    assert 3000 < ranges["Open cases"][1] < 5000  # and not a million
    # What the line keeps in its picture it keeps in the next, whatever the band does.
    assert axis_ranges(GROUPS, [(base, band(0, 1e9))], ranges) == ranges


@pytest.mark.parametrize(
    ("lines", "whole", "expected"),
    [
        ([10, 100], [10, 100], (10, 100)),
        ([10, 100], [5, 149], (5, 149)),
        ([10, 100], [0, 700], (0, 150)),  # half as much again
        ([10, 100], [-700, 700], (-50, 150)),
        ([-60, 40], [-700, 80], (-110, 80)),
        ([-60, -40], [-70, -20], (-70, -20)),
        ([0, 0], [0, 700], (0, 700)),  # nothing to press flat
    ],
)
def test_a_band_gets_half_of_the_height_that_the_lines_need_on_either_side(
    lines: list[float], whole: list[float], expected: tuple[float, float]
) -> None:
    assert with_bands(lines, whole) == expected


numbers = st.floats(-1e6, 1e6)


@given(st.lists(numbers, min_size=1), st.lists(numbers), st.lists(numbers), st.lists(numbers))
def test_no_line_is_lost_and_what_fitted_more_fits_less(
    lines: list[float], whole: list[float], more: list[float], wider: list[float]
) -> None:
    """So that axes settled for all scenarios stand still under each of them."""
    low, high = with_bands(lines, [*lines, *whole])
    assert low <= min(lines)
    assert max(lines) <= high
    below, above = with_bands([*lines, *more], [*lines, *more, *whole, *wider])
    assume(any(lines))  # a band around nothing but zeros is shown whole
    assert below <= low
    assert high <= above


def needs(low: float, high: float, *band: float) -> dict[str, Extent]:
    return {
        "Cases": Extent((low, high), (min(low, *band), max(high, *band)) if band else (low, high))
    }


@pytest.mark.parametrize(
    ("needed", "wished", "expected"),
    [
        ([needs(10, 100)], [], (0, 106)),
        ([needs(10, 100), needs(0, 200)], [], (0, 212)),
        ([needs(10, 100)], [needs(5, 140)], (0, 148.4)),
        ([needs(10, 100)], [needs(0, 1e6), needs(0, 140)], (0, 148.4)),  # not pressed flat
        ([needs(-50, 50)], [], (-56, 56)),
        ([needs(0, 0)], [needs(0, 0)], (0, 1)),
        ([needs(10, 100, 120)], [], (0, 127.2)),  # the band fits
        ([needs(77, 110, 20, 700)], [], (0, 174.9)),  # and is cut off
        ([needs(10, 100, 700)], [needs(5, 140, 9)], (0, 222.6)),
        ([needs(10, 100, 120)], [needs(0, 1e6, 2e6)], (0, 127.2)),
    ],
)
def test_an_axis_is_settled_for_the_scenarios_and_for_most_ends_of_sliders(
    needed: Any, wished: Any, expected: tuple[float, float]
) -> None:
    assert settled(GROUPS, needed, wished)["Open cases"] == pytest.approx(expected)


def test_what_fails_is_not_looked_at(tiny: Any) -> None:
    def show(scenario: Any) -> Any:
        if scenario == "bad":
            raise RunFailed("It broke off.")
        return tiny.run(), {}

    found = surveyed(show, ["bad", "good"])  # type: ignore[list-item]
    assert len(found) == 1
    assert found[0]["Cases"].line[0] == pytest.approx(2000)
