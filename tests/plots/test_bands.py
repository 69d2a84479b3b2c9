"""Bands: what stands in them, and how a picture shows them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cpdynamics import plots
from cpdynamics.plots.bands import NO_BAND, Band, band_of, quantiles
from cpdynamics.plots.colours import COLOURS, clear
from cpdynamics.run import Run
from cpdynamics.scenario import Scenario
from cpdynamics.story import Chart

RUNS = arrays(float, st.tuples(st.integers(1, 30), st.integers(1, 5)), elements=st.floats(-9, 9))
FRAME = pd.DataFrame({"a": [1.0, 3.0], "b": [5.0, 7.0]}, index=[0.0, 48.0])
RUN = Run("m", Scenario(), FRAME, {"a": "Child", "b": "Child"}, "Month")
BAND = Band(np.array([0.0, 24.0, 48.0]), np.array([0.5, 0.2, 0.1]), np.array([2.0, 30.0, 40.0]))


@given(RUNS, st.lists(st.floats(0, 1), min_size=1, max_size=3))
def test_quantiles_are_numpys(values, levels) -> None:
    expected = np.quantile(values, levels, axis=0)
    assert np.allclose(quantiles(values, tuple(levels)), expected, atol=1e-12)


def test_runs_that_broke_off_are_left_out() -> None:
    values = np.array([[1.0, 2.0], [np.nan, np.nan], [3.0, np.inf], [3.0, 4.0]])
    band = band_of([0, 1], values)
    assert band.low == pytest.approx([1.1, 2.1])
    assert band.high == pytest.approx([2.9, 3.9])
    assert band_of([0, 1], values[1:3]) is NO_BAND


def test_a_band_stands_behind_its_line_and_in_its_colour() -> None:
    drawn = plots.picture(RUN, [Chart("both", ("a", "b"))], bands={"b": BAND})
    names = [one["name"] for one in drawn["data"]]
    assert names == ["a, nine of ten runs", "b, nine of ten runs", "a", "b"]
    none, band = drawn["data"][:2]
    assert not none["visible"]
    assert band["visible"]
    assert band["fillcolor"] == clear(COLOURS[1], 0.22)
    # Along the lower edge and back along the upper one; four years are drawn as years.
    assert band["x"].tolist() == [0, 2, 4, 4, 2, 0]
    assert band["y"].tolist() == [0.5, 0.2, 0.1, 40, 30, 2]


def test_the_axis_has_room_for_the_band_unless_it_is_fixed() -> None:
    assert plots.picture(RUN, "b", bands={"b": BAND})["layout"]["yaxis"]["range"][1] > 40
    fixed = plots.picture(RUN, "b", bands={"b": BAND}, ranges={"b": (0, 9)})
    assert fixed["layout"]["yaxis"]["range"] == [0, 9]


@pytest.mark.parametrize(
    ("reach", "said"),
    [
        ((0, 9), ["↑ band goes on"]),
        ((0.3, 9), ["↓ band goes on", "↑ band goes on"]),
        ((0.3, 41), ["↓ band goes on"]),
        ((0.1, 40), []),
    ],
)
def test_a_band_that_goes_on_beyond_a_fixed_axis_says_so(
    reach: tuple[float, float], said: list[str]
) -> None:
    drawn = plots.picture(RUN, "b", bands={"b": BAND}, ranges={"b": reach})
    layout = drawn["layout"]
    found = {one["text"]: one for one in layout["annotations"] if "band" in one["text"]}
    assert sorted(found) == sorted(said)
    low, high = layout["yaxis"]["domain"]
    for text, one in found.items():  # inside the panel, where no heading and no label stands
        assert (one["y"], one["yanchor"]) == ((high, "top") if text[0] == "↑" else (low, "bottom"))
        assert (one["x"], one["xanchor"]) == (layout["xaxis"]["domain"][1], "right")


def test_a_band_is_told_to_those_who_cannot_see_it() -> None:
    said = plots.picture(RUN, "b", bands={"b": BAND})["layout"]["meta"]["description"]
    assert said == "b (children): b from 5 to 7 (nine of ten runs end between 0.1 and 40)."


def test_without_bands_there_is_no_trace_of_them() -> None:
    assert len(plots.picture(RUN, "b")["data"]) == 1


def test_a_share_is_drawn_in_percent_with_its_band_and_its_fixed_axis() -> None:
    frame = pd.DataFrame({"absence share": [0.03, 0.05]}, index=[0.0, 1.0])
    run = Run("m", Scenario(), frame, {"absence share": "Dmnl"})
    band = Band(np.array([0.0, 1.0]), np.array([0.02, 0.04]), np.array([0.05, 0.08]))
    name = "absence share"
    drawn = plots.picture(run, name, bands={name: band}, ranges={name: (0, 0.1)})
    assert drawn["data"][1]["y"] == pytest.approx([3, 5])
    assert drawn["data"][0]["y"] == pytest.approx([2, 4, 8, 5])
    assert drawn["layout"]["yaxis"]["range"] == [0, 10]
    assert drawn["layout"]["yaxis"]["title"]["text"] == "%"


@pytest.mark.parametrize(
    ("name", "units", "share"),
    [
        ("absence share", "Dmnl", True),
        ("Share of leavers", "", True),
        ("workload pressure", "Dmnl", False),
        ("shared cases", "Dmnl", False),
        ("share price", "GBP", False),
    ],
)
def test_what_is_a_share(name: str, units: str, share: bool) -> None:
    assert plots.is_share(name, units) == share


def test_a_number_without_a_unit_has_no_title_beside_its_axis() -> None:
    run = Run("m", Scenario(), FRAME, {"a": "Dmnl"})
    drawn = plots.picture(run, "a")
    assert drawn["layout"]["yaxis"]["title"]["text"] == ""
    assert "no unit" not in str(drawn)


def test_the_baselines_of_a_panel_are_named_once_where_it_shows_best() -> None:
    moved = Run(
        "m", Scenario({"c": 1}), FRAME.assign(a=[1.0, 8.0], b=[5.0, 7.5]), RUN.units, "Month"
    )
    figure = plots.plot(moved, [Chart("both", ("a", "b"))], baseline=RUN, ranges={"both": (0, 10)})
    named = [note for note in figure.layout.annotations if note.text == "base"]
    assert [note.yshift for note in named] == [0]
    assert len(named) == 1
    assert named[0].y < 5  # beside that of "a", which has moved ten times as far


def test_labels_for_which_there_is_hardly_room_are_drawn_all_the_same() -> None:
    """Plotly leaves out a note whose place lies beyond the axis."""
    names = [f"a rather long name {i}" for i in range(4)]
    frame = pd.DataFrame({name: [1.0, 9.99 - i / 100] for i, name in enumerate(names)}, [0.0, 1.0])
    run = Run("m", Scenario(), frame, dict.fromkeys(names, "Child"))
    drawn = plots.picture(run, [Chart("four", tuple(names))], height=160)
    low, high = drawn["layout"]["yaxis"]["range"]
    notes = [note for note in drawn["layout"]["annotations"] if "xshift" in note]
    assert len(notes) == 4
    assert all(low <= note["y"] <= high for note in notes)
    assert any(note["yshift"] for note in notes)
