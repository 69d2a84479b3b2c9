from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
import scipy.stats

from cpdynamics.ensembles import sample, triangular
from cpdynamics.errors import BadValue, CpdynamicsError, Notice
from tests.ensembles.small_models import LINE, made

MODEL = made(LINE, uncertain={"gain": "uniform", "start": "triangular"})
BOTH = {"gain": "uniform", "start": "uniform"}


@pytest.mark.parametrize("n", [1, 7, 100])
def test_a_latin_hypercube_has_one_draw_in_every_slice_of_every_constant(n: int) -> None:
    drawn = sample(MODEL, BOTH, n=n)
    slices = np.floor(n * drawn["gain"].to_numpy() / 10).astype(int)
    assert sorted(slices) == list(range(n))
    slices = np.floor(n * (drawn["start"].to_numpy() - 50) / 150).astype(int)
    assert sorted(slices) == list(range(n))


def test_sobols_points_fill_every_box_of_a_grid_alike() -> None:
    drawn = sample(MODEL, BOTH, n=256, method="sobol")
    boxes, *_ = np.histogram2d(drawn["gain"], drawn["start"], 16, ((0, 10), (50, 200)))
    assert (boxes == 1).all()


def test_draws_have_the_distribution_that_was_asked_for() -> None:
    drawn = sample(MODEL, {"start": triangular(60, 90, 180), "gain": scipy.stats.norm(5, 1)}, n=999)
    here = scipy.stats.triang(0.25, 60, 120)
    assert scipy.stats.kstest(drawn["start"], here.cdf).statistic < 1e-3 + 1 / 999
    assert drawn["gain"].mean() == pytest.approx(5, abs=0.01)
    assert drawn["gain"].std() == pytest.approx(1, abs=0.02)
    # Columns are drawn apart from one another.
    assert abs(np.corrcoef(drawn["start"], drawn["gain"])[0, 1]) < 0.1


def test_the_storys_words_are_the_priors_when_none_are_given() -> None:
    drawn = sample(MODEL, n=50)
    assert list(drawn) == ["gain", "start"]
    assert drawn.index.name == "run"
    pd.testing.assert_frame_equal(
        drawn, sample(MODEL, {"gain": "uniform", "start": "triangular"}, n=50)
    )
    with pytest.raises(BadValue, match="uncertain"):
        sample(made(LINE))


@pytest.mark.parametrize("method", ["latin", "sobol"])
def test_a_seed_is_its_draws(method: str) -> None:
    one, again, other = (sample(MODEL, BOTH, n=64, seed=seed, method=method) for seed in (3, 3, 4))
    pd.testing.assert_frame_equal(one, again)
    assert (one != other).all(axis=None)
    turned = dict(reversed(BOTH.items()))
    pd.testing.assert_frame_equal(one, sample(MODEL, turned, n=64, seed=3, method=method))


def test_sobol_says_once_and_in_our_words_that_a_power_of_two_is_better() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert len(sample(MODEL, BOTH, n=100, method="sobol")) == 100
    assert [one.category for one in caught] == [Notice]
    assert "n=64 or n=128" in str(caught[0].message)
    assert caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sample(MODEL, BOTH, n=128, method="sobol")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"n": 0}, "n= is 0"),
        ({"n": -5}, "n= is -5"),
        ({"n": 2.5}, "n= is 2.5"),
        ({"n": True}, "n= is True"),
        ({"n": 10**12}, "several ensembles"),
        ({"seed": -1}, "seed= is -1"),
        ({"seed": None}, "seed= is None"),
        ({"seed": 2**64}, r"less than 2\*\*64"),
        ({"method": "sobel"}, "sobol"),
        ({"method": 3}, "3"),
        ({"priors": {}}, "empty"),
        ({"priors": "gain"}, "DataFrame"),
        ({"priors": {3: "uniform"}}, "Names are text"),
    ],
)
def test_what_cannot_be_drawn_is_refused(more: dict[str, object], words: str) -> None:
    with pytest.raises(BadValue, match=words):
        sample(MODEL, **{"priors": BOTH, **more})  # type: ignore[arg-type]


def test_it_wants_a_model() -> None:
    with pytest.raises(BadValue, match="sample"):
        sample("austerity", BOTH)  # type: ignore[arg-type]


def test_a_table_of_ones_own_is_taken_as_it_is() -> None:
    frame = pd.DataFrame({"START": [50, 60, 200], "gain": [0.0, 10.0, 1.0]}, index=list("abc"))
    drawn = sample(MODEL, frame)
    assert list(drawn) == ["start", "gain"]
    assert drawn.index.tolist() == [0, 1, 2]
    np.testing.assert_array_equal(drawn.to_numpy(), frame.to_numpy())
    drawn.iloc[0, 0] = 77
    assert frame.iloc[0, 0] == 50


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        ({"gain": []}, ["0 rows"]),
        ({}, ["0 columns"]),
        ({"gain": [1.0, float("nan")]}, ["gain", "nan", "row b"]),
        ({"gain": [1.0, float("inf")]}, ["gain", "inf", "row b"]),
        ({"gain": [1.0, 10.5]}, ["10.5", "row b", "0 to 10"]),
        ({"start": [49.0, 100.0]}, ["49", "row a", "50 to 200"]),
        ({"half open": [1.0, -1.0]}, ["-1", "row b", "0 or more"]),
        ({"gain": ["1", "2"]}, ["gain", "astype"]),
        ({"gain": [True, False]}, ["gain", "bool"]),
        ({"gain": [1j, 2j]}, ["gain", "complex"]),
        ({"gain": [1, 2], "Gain": [1, 2]}, ["Two columns"]),
        ({"gainn": [1, 2]}, ["gainn", '"gain"']),
        ({"Level": [1, 2]}, ["Level", "stock"]),
        ({3: [1, 2]}, ["called 3"]),
        ({"SAVEPER": [1, 2]}, ["SAVEPER"]),
    ],
)
def test_a_table_that_does_not_fit_is_refused_with_the_row(frame: dict, words: list[str]) -> None:
    index = list("ab") if frame and next(iter(frame.values())) else []
    with pytest.raises(CpdynamicsError) as caught:
        sample(MODEL, pd.DataFrame(frame, index=index))
    for word in words:
        assert word in str(caught.value)
