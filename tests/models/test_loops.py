"""Each loop that a .toml names is closed by the equations, with the polarity that its id claims."""

from __future__ import annotations

import functools

import pandas as pd
import pytest

from cpdynamics.system.graph import Link, links
from cpdynamics.system.loops import Found, claimed, named_loop
from cpdynamics.system.lowering import lower
from tests.models.library_runs import LIBRARY, base_run, library_model, scenario_run

NAMED = [(name, loop) for name in LIBRARY for loop in library_model(name).story.loops]
DIVIDEND = ["early help coverage"]


@functools.cache
def links_of(name: str) -> tuple[Link, ...]:
    model = library_model(name)
    runs = [base_run(name), *(scenario_run(name, one) for one in model.scenarios)]
    frames = [run.frame.iloc[::6] for run in runs]
    return links(lower(model.structure), model.structure, visited=pd.concat(frames))


def found(name: str, through: list[str]) -> Found:
    return named_loop(links_of(name), through)


@pytest.mark.parametrize(("name", "loop"), NAMED)
def test_a_named_loop_is_closed_and_does_what_its_id_claims(name, loop):
    outcome = found(name, list(library_model(name).story.loops[loop].through))
    assert outcome.missing == ""
    assert claimed(loop) in ("+", "-")
    assert outcome.polarity == claimed(loop)


@pytest.mark.parametrize(("name", "loop"), NAMED)
def test_a_named_loop_runs_through_a_stock(name, loop):
    """Without one it would have to be solved within a step, and nothing could come of it later."""
    outcome = found(name, list(library_model(name).story.loops[loop].through))
    assert outcome.loop is not None
    assert any(link.delayed for link in outcome.loop.links)


@pytest.mark.parametrize("name", [name for name in LIBRARY if name.startswith("sectors/")])
def test_a_sector_alone_does_not_close_what_only_a_story_closes(name):
    """The loop of austerity needs the children and the money: neither has it alone."""
    causes = {link.cause for link in links_of(name)}
    assert not causes.issuperset(DIVIDEND) or found(name, DIVIDEND).loop is None


def test_the_story_closes_it():
    assert found("austerity", DIVIDEND).loop is not None
