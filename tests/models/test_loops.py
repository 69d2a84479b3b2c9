"""Each loop that a .toml names runs through the equations, in the order that it says."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

import pytest

from cpdynamics.mdl.names import canonical
from cpdynamics.model import Model
from tests.models.library_runs import LIBRARY, library_model

NAMED = [(name, loop) for name in LIBRARY for loop in library_model(name).story.loops]


def effects(model: Model) -> dict[str, set[str]]:
    """Cause -> what it acts on, within a step or by filling a stock."""
    found: dict[str, set[str]] = defaultdict(set)
    for key, element in model.structure.elements.items():
        for cause in (*element.uses, *element.state_uses):
            found[cause].add(key)
    return found


def reaches(graph: dict[str, set[str]], start: str, end: str, without: set[str]) -> bool:
    """Whether a way leads from one to the other past none of the rest."""
    seen, waiting = set(), [start]
    while waiting:
        for effect in graph[waiting.pop()]:
            if effect == end:
                return True
            if effect not in seen and effect not in without:
                seen.add(effect)
                waiting.append(effect)
    return False


@pytest.mark.parametrize(("name", "loop"), NAMED)
def test_a_named_loop_is_closed_by_the_equations(name, loop):
    model = library_model(name)
    through = [canonical(one) for one in model.story.loops[loop].through]
    graph = effects(model)
    for cause, effect in pairwise([*through, through[0]]):
        others = set(through) - {cause, effect}
        assert reaches(graph, cause, effect, others), f"nothing leads from {cause} to {effect}"


@pytest.mark.parametrize("name", [name for name in LIBRARY if name.startswith("sectors/")])
def test_a_sector_alone_does_not_close_what_only_a_story_closes(name):
    """The loop of austerity needs the children and the money: neither has it alone."""
    graph = effects(library_model(name))
    assert not reaches(graph, "early help coverage", "early help coverage", set())


def test_the_story_closes_it():
    graph = effects(library_model("austerity"))
    assert reaches(graph, "early help coverage", "early help coverage", set())
