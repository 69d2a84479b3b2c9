"""What a record shows, against the exact power of the test."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest, poisson

from cpdynamics.errors import BadValue
from cpdynamics.policies.records import seen


def flat(rate: float, times: int = 5, histories: int = 3) -> np.ndarray:
    return np.full((histories, times), rate)


def exact(more: float, fewer: float) -> float:
    """The power by summing over all pairs of counts."""
    share = 0.0
    for x in range(60):
        for y in range(60):
            weight = poisson.pmf(x, more) * poisson.pmf(y, fewer)
            if weight > 1e-12 and x + y:
                share += weight * (binomtest(y, x + y, alternative="less").pvalue <= 0.05)
    return share


def test_the_share_is_the_exact_power():
    found = seen(flat(3), flat(1), records=20_000)
    assert found[0] == pytest.approx(exact(3, 1), abs=0.01)
    assert found[4] == pytest.approx(exact(15, 5), abs=0.01)


def test_no_difference_is_seen_as_often_as_chance_allows():
    found = seen(flat(3, times=60), flat(3, times=60), records=20_000)
    assert 0.03 < found[-1] < 0.055
    assert (found < 0.055).all()


def test_authorities_count_together():
    few, many = (seen(flat(3), flat(2), authorities=k, records=20_000) for k in (1, 5))
    assert many[0] == pytest.approx(few[4], abs=0.01)


def test_histories_that_differ_hide_a_difference():
    mixed = np.array([[0.0] * 5, [6.0] * 5])
    same = seen(flat(3), flat(3), records=20_000)[-1]
    assert seen(mixed, flat(3), records=20_000)[-1] > 5 * same  # a false alarm half of the time


def test_the_same_seed_gives_the_same_and_another_another():
    first, again, other = (seen(flat(3), flat(1), records=200, seed=s) for s in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_what_is_no_record_is_refused():
    with pytest.raises(BadValue, match="same times"):
        seen(flat(3), flat(3, times=4))
    with pytest.raises(BadValue, match="below nought"):
        seen(flat(3), flat(-1))
    with pytest.raises(BadValue, match="no number"):
        seen(flat(3), flat(np.nan))
    with pytest.raises(BadValue, match="least"):
        seen(flat(3), flat(1), authorities=0)
