from __future__ import annotations

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from cpdynamics.ensembles.priors import drawn, triangular, uniform
from cpdynamics.errors import BadValue, CpdynamicsError, UnknownName
from tests.ensembles.small_models import LINE, made

MODEL = made(LINE)
SHARES = np.linspace(0.0005, 0.9995, 1000)


def quantiles(name: str, prior: object) -> np.ndarray:
    [one] = drawn(MODEL.structure, {name: prior})
    return one.quantile(SHARES)


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.floats(0, 1))
def test_our_two_shapes_are_scipys(low: float, width: float, place: float) -> None:
    ours = uniform(low, low + width).ppf(SHARES)
    np.testing.assert_allclose(ours, scipy.stats.uniform(low, width).ppf(SHARES), atol=1e-9)
    ours = triangular(low, min(low + place * width, low + width), low + width).ppf(SHARES)
    theirs = scipy.stats.triang(place, low, width).ppf(SHARES)
    np.testing.assert_allclose(ours, theirs, atol=1e-6 * width + 1e-9)


def test_a_word_stands_for_a_shape_over_the_range_in_the_file() -> None:
    np.testing.assert_allclose(quantiles("gain", "uniform"), 10 * SHARES)
    np.testing.assert_allclose(
        quantiles("gain", "triangular"), scipy.stats.triang(0.2, 0, 10).ppf(SHARES)
    )


def test_a_normal_distribution_is_cut_off_where_the_range_ends() -> None:
    found = quantiles("gain", scipy.stats.norm(1, 4))
    truth = scipy.stats.truncnorm(-0.25, 9 / 4, loc=1, scale=4).ppf(SHARES)
    np.testing.assert_allclose(found, truth, rtol=1e-9)


def test_one_without_an_end_is_cut_off_where_there_is_one() -> None:
    found = quantiles("half open", scipy.stats.norm(0, 1))
    np.testing.assert_allclose(found, scipy.stats.halfnorm.ppf(SHARES), rtol=1e-9)
    np.testing.assert_allclose(
        quantiles("free", scipy.stats.norm(0, 1)), scipy.stats.norm.ppf(SHARES)
    )


def test_whole_numbers_keep_the_end_of_a_range() -> None:
    found = quantiles("gain", scipy.stats.poisson(3))
    assert found.min() == 0
    assert found.max() <= 10
    inside = scipy.stats.poisson(3).pmf(np.arange(11))
    expected = np.searchsorted(np.cumsum(inside / inside.sum()), SHARES)
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    ("name", "prior", "words"),
    [
        ("gain", uniform(-1, 5), ["from -1 to 5", "0 to 10"]),
        ("gain", uniform(0, 10.1), ["from 0 to 10.1", "0 to 10"]),
        ("gain", triangular(0, 5, 11), ["0 to 11", "0 to 10"]),
        ("gain", scipy.stats.uniform(5, 10), ["5 to 15", "0 to 10"]),
        ("gain", scipy.stats.norm(1000, 1), ["outside", "0 to 10"]),
        ("half open", uniform(-1, 1), ["-1 to 1", "0 or more"]),
        ("gain", "unifrom", ["Did you mean", "uniform"]),
        ("gain", "normal", ["normal"]),
        ("gain", 3.0, ["3.0", "scenario="]),
        ("gain", None, ["None", "distribution"]),
        ("gain", scipy.stats.norm(0, -1), ["does not say"]),
        ("gain", scipy.stats.beta, ["does not say"]),
        ("free", "uniform", ["no", "range", "[1,24,1]", "cp.uniform"]),
        ("half open", "triangular", ["two ends"]),
        ("Level", uniform(0, 1), ["stock", "initial="]),
        ("double", uniform(0, 1), ["computed"]),
        ("TIME STEP", uniform(0.1, 1), ["TIME STEP", "scenario="]),
        ("gian", uniform(0, 1), ["gian", "gain"]),
    ],
)
def test_what_cannot_be_is_refused_in_words(name: str, prior: object, words: list[str]) -> None:
    with pytest.raises(CpdynamicsError) as caught:
        drawn(MODEL.structure, {name: prior})
    for word in words:
        assert word in str(caught.value)


def test_an_unknown_name_is_one_of_our_unknown_names() -> None:
    with pytest.raises(UnknownName, match='"gain"'):
        drawn(MODEL.structure, {"gains": uniform(0, 1)})


def test_an_end_that_is_off_by_a_rounding_is_the_end() -> None:
    assert quantiles("gain", uniform(0, 10 + 1e-12)).max() <= 10


@pytest.mark.parametrize(
    "make",
    [
        lambda: uniform(2, 1),
        lambda: uniform(1, 1),
        lambda: uniform(0, float("inf")),
        lambda: uniform("0", 1),  # type: ignore[arg-type]
        lambda: triangular(0, 2, 1),
        lambda: triangular(0, float("nan"), 1),
    ],
)
def test_a_shape_needs_its_ends_in_order(make: object) -> None:
    with pytest.raises(BadValue):
        make()  # type: ignore[operator]


def test_the_order_is_the_models_and_a_name_counts_once() -> None:
    both = {"START": "uniform", "gain": "uniform"}
    assert [one.name for one in drawn(MODEL.structure, both)] == ["gain", "start"]
    with pytest.raises(BadValue, match="two priors"):
        drawn(MODEL.structure, {"gain": "uniform", "Gain": "uniform"})
