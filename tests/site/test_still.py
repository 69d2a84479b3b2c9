"""A picture of ``plots`` drawn as SVG: every value where its axes say, words always words."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpdynamics.model import Model
from cpdynamics.plots import picture
from cpdynamics.site.still import drawing, number, still, text, ticks
from tests import tiny

SVG = "{http://www.w3.org/2000/svg}"


def parsed(inside: str) -> ElementTree.Element:
    return ElementTree.fromstring(drawing(inside, width=400, height=300, said="A test"))


def layout(**more: object) -> dict[str, object]:
    axis = {"linecolor": "#888888", "title": {"text": ""}}
    return {
        "height": 300,
        "font": {"size": 16},
        "annotations": [],
        "xaxis": {**axis, "domain": [0.25, 0.75], "range": [0.0, 10.0], "dtick": 5.0},
        "yaxis": {
            **axis,
            "domain": [0.2, 0.8],
            "range": [0.0, 100.0],
            "nticks": 4,
            "tickformat": ",~g",
            "gridcolor": "#eeeeee",
        },
        **more,
    }


def trace(x: list[float], y: list[float]) -> dict[str, object]:
    line = {"color": "#0072B2", "dash": "solid", "width": 4}
    return {"xaxis": "x", "yaxis": "y", "x": np.array(x), "y": np.array(y), "line": line}


def test_a_value_stands_where_its_axes_say() -> None:
    drawn = parsed(still({"data": [trace([0, 10], [0, 50])], "layout": layout()}, width=400))
    room = next(one for one in drawn.iter(f"{SVG}svg") if one.get("viewBox", "").startswith("0 -4"))
    # The panel goes from 100 to 300 across and from 60 to 240 down; the line's own width is spared.
    assert [float(room.get(key, "")) for key in ("x", "y", "width", "height")] == [
        100,
        56,
        200,
        188,
    ]
    path = next(room.iter(f"{SVG}path"))
    assert path.get("d") == "M0 180L200 90"


def test_a_line_is_broken_where_there_is_no_number() -> None:
    y = [0.0, math.nan, 50.0, 100.0]
    drawn = parsed(still({"data": [trace([0, 3, 6, 9], y)], "layout": layout()}, width=400))
    assert next(drawn.iter(f"{SVG}path")).get("d") == "M0 180M120 90L180 0"


def test_the_words_of_a_file_stay_words() -> None:
    hostile = '<script>alert(1)</script>"&'
    drawn = parsed(text([hostile, "second"], 10, 20))
    assert ["".join(one.itertext()) for one in drawn.iter(f"{SVG}tspan")] == [hostile, "second"]
    assert list(drawn.iter(f"{SVG}script")) == []


def test_a_model_is_drawn_with_all_its_lines_and_names(tmp_path) -> None:
    model = Model.from_path(tiny.write(tmp_path))
    base, run = model.run(), model.run({"rise": 0.5})
    made = picture({"more": run}, ["Waiting", "arriving"], baseline=base, height=400, width=700)
    drawn = ElementTree.fromstring(drawing(still(made, width=700), width=700, height=400, said="x"))
    words = {"".join(one.itertext()) for one in drawn.iter(f"{SVG}tspan")}
    assert {"Waiting", "arriving", "more", "base", "children per month"} <= words
    assert len(list(drawn.iter(f"{SVG}path"))) == 4
    dashed = [one for one in drawn.iter(f"{SVG}path") if one.get("stroke-dasharray")]
    assert len(dashed) == 2, "the base is dashed in both panels"


@given(
    low=st.floats(-1e9, 1e9),
    span=st.floats(1e-3, 1e9),
    most=st.integers(3, 12),
)
def test_marks_are_round_few_and_between_the_ends(low: float, span: float, most: int) -> None:
    high = low + span
    marks = ticks(low, high, most=most)
    assert len(marks) <= most + 1
    step = span / most
    assert all(low - step * 1e-6 <= mark <= high + step * 1e-6 for mark in marks)
    if len(marks) > 1:
        first = marks[1] - marks[0]
        lead = first / 10 ** math.floor(math.log10(first) + 1e-9)
        assert min(abs(lead - one) for one in (1, 2, 5, 10)) < 1e-3 * max(1, abs(low / span))


@pytest.mark.parametrize(
    ("value", "thousands", "said"),
    [
        (0, False, "0"),
        (1000, False, "1,000"),
        (0.05, False, "0.05"),
        (-50, False, "\N{MINUS SIGN}50"),
        (-50e6, True, "\N{MINUS SIGN}50M"),
        (12_000, True, "12k"),
        (2_500_000, True, "2.5M"),
        (0, True, "0"),
        (0.1 + 0.2, False, "0.3"),
    ],
)
def test_numbers_beside_an_axis(value: float, thousands: bool, said: str) -> None:
    assert number(value, thousands=thousands) == said
