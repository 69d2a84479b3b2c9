"""Axes that stand still while a slider moves."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cpdynamics.dashboards.axes import axis_ranges, extent, settled, surveyed
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


def test_a_band_has_to_fit_as_well_as_its_line(tiny: Any) -> None:
    base = tiny.run()
    band = {"Cases": Band(np.array([0.0, 120.0]), np.array([900.0, -50.0]), np.array([5e3, 9e3]))}
    assert extent(base, band)["Cases"] == (-50, 9000)
    low, high = axis_ranges(GROUPS, [(base, band)], {})["Open cases"]
    assert low < -50
    assert high > 9000


def needs(low: float, high: float) -> dict[str, tuple[float, float]]:
    return {"Cases": (low, high)}


@pytest.mark.parametrize(
    ("needed", "wished", "expected"),
    [
        ([needs(10, 100)], [], (0, 106)),
        ([needs(10, 100), needs(0, 200)], [], (0, 212)),
        ([needs(10, 100)], [needs(5, 140)], (0, 148.4)),
        ([needs(10, 100)], [needs(0, 1e6), needs(0, 140)], (0, 148.4)),  # not pressed flat
        ([needs(-50, 50)], [], (-56, 56)),
        ([needs(0, 0)], [needs(0, 0)], (0, 1)),
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
    assert found[0]["Cases"][0] == pytest.approx(2000)
