"""What docs/trainers.md promises a trainer is what the screen will show."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.models.library_runs import library_model

PAGE = (Path(__file__).parents[1] / "docs" / "trainers.md").read_text(encoding="utf-8")
ROWS = re.findall(
    r"^\| (\S+) \| (.+?) \| (.+?) \| (\d+) months \| ([+-]\d+) % \|$", PAGE, re.MULTILINE
)


def test_the_table_is_found() -> None:
    assert len(ROWS) >= 10


@pytest.mark.parametrize(("story", "preset", "variable", "month", "change"), ROWS)
def test_a_row_is_what_the_model_says(
    story: str, preset: str, variable: str, month: str, change: str
) -> None:
    model = library_model(story)
    before, after = (
        model.run(scenario, outputs=[variable])[variable][float(month)]
        for scenario in (None, preset)
    )
    assert round(100 * (after / before - 1)) == int(change)


def test_every_preset_and_slider_that_is_named_exists() -> None:
    known = {"Which loop is driving?"}
    stories = ["teaching/bathtub", "caseload", "austerity", "blame_bureaucracy", "child_protection"]
    for story in stories:
        known |= set(library_model(story).scenarios)
    shown = re.findall(r'[Ss]how\*{0,2} "(.+?)"', " ".join(PAGE.split()))
    assert len(shown) >= 5
    assert set(shown) <= known


def test_the_cut_still_saves_in_the_last_year_as_the_page_says() -> None:
    saving = library_model("austerity").run("A further 40 % cut")["Cumulative Saving"]
    assert saving.iloc[-1] > saving[168.0] > 0
