from __future__ import annotations

import pickle

import numpy as np
import pytest
import xarray

from cpdynamics.ensembles import ensemble
from cpdynamics.errors import BadValue, UnknownName
from tests.ensembles.small_models import LINE, made

MODEL = made(
    LINE + "run = 3 * Level ~ Child ~ A name of ours. | time left = 10 - Time ~~|",
    uncertain={"gain": "uniform", "start": "uniform"},
    since="April 2017",
)
RUNS = ensemble(MODEL, n=9, seed=4)
REDUCED = ensemble(MODEL, n=9, seed=4, reductions=["max", "time of max"])


def test_a_series_comes_with_its_runs_times_draws_and_units() -> None:
    level = RUNS["LEVEL"]
    assert isinstance(level, xarray.DataArray)
    assert level.dims == ("run", "time")
    assert level.name == "Level"
    assert level.attrs == {"units": "Child", "description": "Those who wait."}
    assert level["run"].values.tolist() == list(range(9))
    assert level["time"].values.tolist() == list(range(11))
    assert level["time"].attrs["units"] == "Month"
    np.testing.assert_array_equal(level["gain"], RUNS.sample["gain"])
    assert level["gain"].dims == ("run",)
    assert level["gain"].attrs["units"] == "Child/Month"


def test_reductions_are_those_of_the_series() -> None:
    level = REDUCED["Level"]
    assert level.dims == ("run", "reduction")
    series = RUNS["Level"]
    np.testing.assert_array_equal(level.sel(reduction="max"), series.max("time"))
    np.testing.assert_array_equal(level.sel(reduction="time of max"), [10] * 9)


def test_the_dataset_says_where_it_comes_from_and_can_be_kept(tmp_path) -> None:
    told = RUNS.dataset.attrs
    assert told["model"] == "made"
    assert told["seed"] == 4
    assert told["method"] == "latin"
    assert told["scenario"] == "base"
    RUNS.dataset.to_netcdf(tmp_path / "runs.nc", engine="scipy")
    again = xarray.open_dataset(tmp_path / "runs.nc", engine="scipy")
    xarray.testing.assert_identical(RUNS.dataset.load(), again.load())


def test_a_variable_that_is_called_like_a_dimension_does_not_take_its_place() -> None:
    assert set(RUNS.dataset) == {"Level", "double", "run_", "time left"}
    assert RUNS["run"].name == "run"
    np.testing.assert_allclose(RUNS["run"], 3 * RUNS["Level"])


def test_a_band_is_made_of_the_quantiles_of_the_runs() -> None:
    band = RUNS.band("level", (0, 0.5, 1))
    assert band.index.name == "time"
    assert list(band) == [0, 0.5, 1]
    series = RUNS["Level"]
    np.testing.assert_allclose(band[0], series.min("run"))
    np.testing.assert_allclose(band[0.5], np.median(series, axis=0))
    np.testing.assert_allclose(band[1], series.max("run"))
    assert band.attrs == {"units": "Child", "runs": 9, "failed": 0}
    assert REDUCED.band("Level").index.tolist() == ["max", "time of max"]


def test_what_is_not_there_is_refused() -> None:
    with pytest.raises(UnknownName, match="Level"):
        RUNS["Levels"]
    with pytest.raises(UnknownName):
        RUNS.band("gain")
    with pytest.raises(UnknownName):
        RUNS[0]  # type: ignore[index]
    for level in (-0.1, 50, "a"):
        with pytest.raises(BadValue, match="level"):
            RUNS.band("Level", [level])  # type: ignore[list-item]


def test_it_knows_its_size_and_names() -> None:
    assert len(RUNS) == 9
    assert "level" in RUNS
    assert "gain" not in RUNS
    assert not RUNS.interrupted
    assert RUNS.names == ("Level", "double", "run", "time left")
    shown = repr(RUNS)
    assert "9 runs" in shown
    assert "gain, start" in shown


def test_it_can_be_handed_to_another_process() -> None:
    again = pickle.loads(pickle.dumps(RUNS))
    xarray.testing.assert_identical(again.dataset, RUNS.dataset)
