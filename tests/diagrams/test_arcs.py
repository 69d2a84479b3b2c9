"""Arcs through a bulge, cut off at the edges of their ends."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cpdynamics.diagrams import arcs
from cpdynamics.diagrams.boxes import Box

PLACES = st.tuples(st.floats(-900, 900), st.floats(-900, 900))


def test_an_arc_goes_through_its_middle_on_the_side_of_its_bulge() -> None:
    start, end = (0.0, 0.0), (100.0, 0.0)
    through = arcs.control(start, end, 0.25)
    assert through == (50.0, -25.0)  # y grows downwards: left of a way to the right is up
    curve = arcs.arc(start, through, end)
    assert np.hypot(*(curve - through).T).min() < 2
    assert curve[:, 1].min() == pytest.approx(-25, abs=0.1)
    # Radius from chord c and height h: (c^2 / 4 + h^2) / 2h.
    centre = (50.0, -25.0 + (2500 + 625) / 50)
    np.testing.assert_allclose(np.hypot(*(curve - centre).T), 62.5)
    straight = arcs.arc(start, (50.0, 0.0), end)
    assert np.abs(straight[:, 1]).max() == 0


@given(PLACES, PLACES, PLACES)
@example((0.0, 6.560099630336138e-75), (1.0, 0.0), (6.560099630336138e-75, 6.560099630336138e-75))
def test_a_curve_runs_from_its_start_to_its_end(start, through, end) -> None:
    curve = arcs.arc(start, through, end)
    assert np.isfinite(curve).all()
    np.testing.assert_allclose(curve[0], start, atol=1e-3)
    np.testing.assert_allclose(curve[-1], end, atol=1e-3)


def test_a_handle_far_beyond_the_end_makes_no_huge_circle() -> None:
    curve = arcs.arc((0, 0), (1000, 30), (100, 0))
    assert arcs.length(curve) < 6.1 * 1902


def test_what_lies_within_the_ends_is_cut_off() -> None:
    a, b = Box("a", "auxiliary", 0, 0, 20, 10), Box("b", "auxiliary", 200, 0, 30, 10)
    curve = arcs.clip(arcs.arc((0, 0), (100, 0), (200, 0)), a, b)
    assert curve[0][0] == pytest.approx(23, abs=2)
    assert curve[-1][0] == pytest.approx(166, abs=2)


def test_how_much_of_a_curve_is_within_a_rectangle() -> None:
    curve = arcs.arc((0, 0), (100, 0), (200, 0))
    box = Box("", "stock", 100, 0, 30, 10)
    assert arcs.passes(curve, box, margin=0) == pytest.approx(60, abs=6)
    rows = np.array([(100.0, 0.0, 30.0, 10.0), (100.0, 50.0, 30.0, 10.0)])
    assert list(arcs.passes_each(curve, rows, margin=0) > 1) == [True, False]


def test_crossings_are_counted() -> None:
    one = arcs.arc((0, 0), (50, 50.1), (100, 100))
    pieces = arcs.segments(
        [arcs.arc((0, 100), (50, 50.1), (100, 1)), arcs.arc((0, 9), (9, 99), (0, 200))]
    )
    assert arcs.crossings(one, pieces) == 1
