from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from cpdynamics.ensembles.reductions import REDUCTIONS

SERIES = hnp.arrays(
    float,
    st.tuples(st.integers(1, 12), st.integers(1, 6)),
    elements=st.floats(-1e12, 1e12) | st.just(math.nan),
)


@given(SERIES)
def test_each_is_what_it_says_of_each_run(values: np.ndarray) -> None:
    times = 3 + 0.5 * np.arange(len(values))
    found = {name: reduce(times, values) for name, reduce in REDUCTIONS.items()}
    for run, series in enumerate(values.T.tolist()):
        gone = any(math.isnan(value) for value in series)
        expected = {
            "final": series[-1],
            "min": math.nan if gone else min(series),
            "max": math.nan if gone else max(series),
            "mean": math.nan if gone else math.fsum(series) / len(series),
            "time of max": math.nan if gone else times[series.index(max(series))],
            "time of min": math.nan if gone else times[series.index(min(series))],
        }
        assert expected.keys() == found.keys()
        size = 1e-15 * len(series) * max(map(abs, series)) if not gone else 0
        for name, truth in expected.items():
            np.testing.assert_allclose(found[name][run], truth, rtol=0, atol=size, err_msg=name)


@given(SERIES, st.integers(1, 6))
def test_a_run_gives_the_same_bits_whoever_stands_beside_it(values: np.ndarray, cut: int) -> None:
    times = np.arange(len(values), dtype=float)
    for reduce in REDUCTIONS.values():
        whole = reduce(times, values)
        parts = [reduce(times, part) for part in (values[:, :cut], values[:, cut:]) if part.size]
        np.testing.assert_array_equal(np.concatenate(parts), whole)
        turned = reduce(times, np.ascontiguousarray(values.T).T)
        np.testing.assert_array_equal(turned, whole)
