"""How far runs end from the base, in words."""

from __future__ import annotations

import numpy as np
import pytest

from cpdynamics.dashboards.apart import Apart, apart


def test_each_run_is_held_against_its_own_base() -> None:
    """A tenth more in every run, from bases that differ a hundredfold: no spread at all."""
    before = np.linspace(1, 100, 200)
    found = apart(1.1 * before, before)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((10, 10))
    assert found.words == "(10)"


def test_nine_of_ten_lie_between_the_ends() -> None:
    before = np.full(201, 100.0)
    found = apart(100 + np.linspace(0, 100, 201), before)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((5, 95))


def test_runs_that_broke_off_are_left_out() -> None:
    before = np.array([100.0, np.nan, 100.0])
    found = apart(np.array([110.0, 1.0, np.nan]), before)
    assert found is not None
    assert found.words == "(10)"
    assert apart(np.array([np.nan]), np.array([1.0])) is None


def test_a_base_that_crosses_zero_has_no_percent() -> None:
    found = apart(np.array([1e6, 4e6]), np.array([-1.0, 1.0]))
    assert found is not None
    assert not found.percent


def test_a_share_is_so_many_points_from_its_base() -> None:
    found = apart(np.array([0.20, 0.35]), np.array([0.10, 0.0]), share=True)
    assert found is not None
    assert found.percent
    assert (found.low, found.high) == pytest.approx((11.25, 33.75))


def test_no_difference_needs_no_words() -> None:
    before = np.array([1.0, 2.0])
    assert apart(before, before) is None
    assert apart(before * 1.0001, before) is None


@pytest.mark.parametrize(
    ("low", "high", "percent", "words"),
    [
        (4.2, 24.8, True, "(4 to 25)"),
        (-28.1, -10.6, True, "(\N{MINUS SIGN}28 to \N{MINUS SIGN}11)"),
        (-0.04, 12, True, "(0 to 12)"),
        (0.31, 0.94, True, "(0.3 to 0.9)"),
        (-0.7, 0.02, True, "(\N{MINUS SIGN}0.7 to 0)"),
        (3.91, 4.62, True, "(3.9 to 4.6)"),
        (-8.5e7, 5.44e7, False, "(\N{MINUS SIGN}85 to 54 million)"),
        (1.2e9, 3e9, False, "(1.2 to 3 billion)"),
        (-3.2, 150, False, "(\N{MINUS SIGN}3.2 to 150)"),
    ],
)
def test_both_ends_in_a_few_letters(low: float, high: float, percent: bool, words: str) -> None:
    assert Apart(low, high, percent).words == words
