"""One, two or four charts, put where the lines of all of them wait."""

from __future__ import annotations

from typing import Any

import pytest

from cpdynamics.dashboards.chosen import choices, in_their_places, key_of


@pytest.mark.parametrize(
    ("titles", "places"),
    [
        ("A", [(0,)]),
        ("AB", [(0, 1), (0,), (1,)]),
        ("ABCD", [(0, 1, 2, 3), (0, 1), (2, 3), (0,), (1,), (2,), (3,)]),
        ("ABC", [(0, 1, 2), (0, 1), (0,), (1,), (2,)]),
        (
            "ABCDEF",
            [tuple(range(6)), (0, 1, 2, 3), (0, 1), (2, 3), (4, 5), *((i,) for i in range(6))],
        ),
    ],
)
def test_four_two_or_one_may_be_chosen(titles: str, places: list[tuple[int, ...]]) -> None:
    made = choices(list(titles))
    assert [some for _, some in made] == places
    assert len({words for words, _ in made}) == len(made)


def test_a_choice_names_its_charts() -> None:
    assert [words for words, _ in choices(["Need", "Staff", "Money"])] == [
        "All 3",
        "Two: Need, Staff",
        "One: Need",
        "One: Staff",
        "One: Money",
    ]


def axis(side: str) -> dict[str, Any]:
    return {"anchor": side, "range": [0, 1], "domain": [0.1, 0.9]}


def test_charts_keep_the_axes_that_their_lines_are_tied_to() -> None:
    drawn = {
        "data": [
            {"name": "b", "xaxis": "x", "yaxis": "y"},
            {"name": "d one", "xaxis": "x2", "yaxis": "y2"},
            {"name": "d two", "xaxis": "x2", "yaxis": "y2"},
        ],
        "layout": {
            "xaxis": axis("y"),
            "yaxis": axis("x"),
            "xaxis2": axis("y2"),
            "yaxis2": axis("x2"),
            "annotations": [
                {"text": "heading", "xref": "paper", "yref": "paper"},
                {"text": "b", "xref": "x", "yref": "y"},
                {"text": "d", "xref": "x2", "yref": "y2"},
            ],
            "height": 400,
        },
    }
    whole = in_their_places(drawn, (1, 3), [3, 1, 2, 2])
    names = [one.get("name") for one in whole["data"]]
    assert names == [None, None, None, "b", None, None, "d one", "d two"]
    assert [one["xaxis"] for one in whole["data"] if one.get("name")] == ["x2", "x4", "x4"]
    assert all(one == {"visible": False} for one in whole["data"] if "name" not in one)
    layout = whole["layout"]
    assert layout["xaxis2"]["anchor"] == "y2"
    assert layout["yaxis4"]["anchor"] == "x4"
    assert layout["yaxis4"]["visible"] is True
    assert [layout[f"xaxis{key_of(place)}"]["visible"] for place in (0, 2)] == [False, False]
    assert [(one["xref"], one["yref"]) for one in layout["annotations"]] == [
        ("paper", "paper"),
        ("x2", "y2"),
        ("x4", "y4"),
    ]
    assert layout["height"] == 400
