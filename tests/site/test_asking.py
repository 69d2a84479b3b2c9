"""Which models a notebook asks for, read from its cells."""

from __future__ import annotations

import pytest

from cpdynamics.site.asking import asked_for, loaded, shows_story, story_of


def test_names_are_followed_to_their_models() -> None:
    cells = ['import cpdynamics as cp\na = b = cp.load("burnout")', "c = cp.load(name)", "x = 1 ("]
    assert loaded(cells) == {"a": "burnout", "b": "burnout"}


def test_every_model_that_is_loaded_by_name_counts() -> None:
    cells = ['run = cp.load("caseload").run()', 'for n in (1, 2):\n    load("austerity")', "%ls"]
    assert asked_for(cells) == {"caseload", "austerity"}


@pytest.mark.parametrize(
    ("cell", "story"),
    [
        ("cp.dashboard(burnout)", "burnout"),
        ('import cpdynamics as cp\n\ncp.dashboard(cp.load("austerity"))', "austerity"),
        ("cp.dashboard(unknown)", None),
        ("cp.plot(burnout)", None),
    ],
)
def test_a_dashboard_is_known_by_its_story(cell: str, story: str | None) -> None:
    assert story_of(cell, {"burnout": "burnout"}) == story


def test_a_cell_that_does_more_is_run() -> None:
    assert shows_story("cp.dashboard(burnout)")
    assert not shows_story("x = 1\ncp.dashboard(burnout)")
    assert not shows_story("board = cp.dashboard(burnout)")
    assert not shows_story("cp.dashboard(")
