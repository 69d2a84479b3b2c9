"""Why did nobody say anything? The story joined: silence about colleagues and hidden children."""

from __future__ import annotations

import numpy as np
import pytest

from tests.models.library_runs import library_model, scenario_run
from tests.models.loop_runs import base, change, cut, highest, run

NAME = "cover_up"
PUNISHED = {"messengers punished": 0.8}
DETECTION = "strength of safety on detection"


def test_silence_about_colleagues_hides_children_too():
    """Through detection alone: where nobody ever spoke of a child, silence hides none."""
    made = run(NAME, PUNISHED)
    assert change(made, "Hidden High Risk") > 0.5
    assert change(made, "serious incidents") > 0.3
    none = run(NAME, PUNISHED | {DETECTION: 0})
    assert np.ptp(none["Hidden High Risk"]) < 1e-9
    assert change(none, "Hidden Concerns") > 0.8, "and the concerns are as hidden as before"
    assert change(run(NAME, PUNISHED | {DETECTION: 1}), "Hidden High Risk") > 2 * 0.5


def test_a_tragedy_elsewhere_silences_people_here_for_years():
    made = scenario_run(NAME, "A tragedy elsewhere")
    assert made["Psychological Safety"].min() < 0.75
    assert change(made, "Psychological Safety", 120) < -0.15
    assert highest(made, "Hidden High Risk")[0] > 0.2
    calm = run(NAME, {"reports of a national tragedy": 360, "system approach": 1.0})
    assert highest(calm, "Hidden High Risk")[0] < 0.6 * highest(made, "Hidden High Risk")[0]


@pytest.mark.parametrize("month", [24, 60, 108])
def test_the_longer_the_silence_the_higher_the_hump(month):
    late = PUNISHED | {"open and fair culture": 1.0}
    heights = [
        highest(run(NAME, late | {"month of opening up": one}), "Known Concerns")[0]
        for one in (month - 12, month)
    ]
    # After the outbreak has come by itself waiting adds little.
    assert heights[1] > heights[0] if month < 100 else heights[1] == pytest.approx(heights[0], 0.15)


def test_r9_and_r29_joined():
    """News of a scandal brings others out and frightens the rest: without the fear fewer children
    are hidden in the end, and without the others coming forward nothing ever breaks out."""
    closed = run(NAME, PUNISHED)
    calm = run(NAME, PUNISHED | {"strength of scandal": 0})
    assert change(closed, "Hidden High Risk") > change(calm, "Hidden High Risk") + 0.1
    alone = cut(NAME, PUNISHED, "Scandal")
    assert highest(closed, "coming out")[0] > 2 * highest(alone, "coming out")[0]
    assert change(alone, "Hidden Concerns") > change(closed, "Hidden Concerns") + 0.5


@pytest.mark.parametrize("scenario", list(library_model(NAME).scenarios))
def test_a_scenario_moves_what_its_story_says(scenario):
    made = scenario_run(NAME, scenario)
    hidden = change(made, "Hidden Concerns")
    ends_well = {"An open and fair culture", "Opening up after years of silence"}
    assert (hidden < 0) == (scenario in ends_well)
    assert (change(made, "Hidden High Risk") < 0) == (scenario in ends_well)
    assert change(made, "new need") == pytest.approx(0, abs=1e-9), "felt inside"


def test_the_threshold_stands_in_the_comment():
    comment = library_model(NAME).document["share brought out by others"].comment
    assert "one over this share" in comment
    assert base(NAME, "Scandal") == pytest.approx(4 * 0.05 * 4 * 6)
