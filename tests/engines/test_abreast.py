from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpdynamics.engines.abreast import teams
from cpdynamics.engines.compiled import Compiled
from cpdynamics.engines.emitter import emit
from cpdynamics.engines.machine import processor
from cpdynamics.engines.nodes import Graph
from cpdynamics.library import load
from cpdynamics.system.program import program


def test_powers_of_powers_are_in_later_teams() -> None:
    graph = Graph()
    state = graph.make("state", data="s")
    third = graph.number(3.0)
    first = [graph.make("pow", graph.make("add", state, graph.number(k)), third) for k in (1, 2, 4)]
    later = graph.make("pow", graph.make("mul", *first[:2]), third)
    found = teams(graph, [later, first[2]], 8)
    assert found == {place: tuple(first) for place in first}
    assert teams(graph, [later, first[2]], 1) == {}


def test_squares_and_what_stands_still_are_in_no_team() -> None:
    graph = Graph()
    state, constant = graph.make("state", data="s"), graph.make("input", data="c")
    roots = [graph.make("pow", one, graph.number(2.0)) for one in (state, constant)]
    roots.append(graph.make("pow", constant, graph.number(3.0)))
    assert teams(graph, roots, 8) == {}


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=2), st.integers(2, 9))
def test_none_of_a_team_needs_another(pairs: list[tuple[int, int]], most: int) -> None:
    graph = Graph()
    places = [graph.make("state", data=name) for name in "ab"]
    for left, right in pairs:
        places.append(graph.make("pow", places[left % len(places)], places[right % len(places)]))
    found = teams(graph, places, most)
    for place, team in found.items():
        assert place in team
        assert 2 <= len(team) <= most
        others = set(team) - {place}
        assert not others & set(graph.below([place]))


@pytest.mark.parametrize("name", ["austerity", "child_protection"])
@pytest.mark.parametrize("lanes", [1, 2])
def test_side_by_side_they_give_the_same_bits(name: str, lanes: int) -> None:
    model = load(name)
    made = program(model.structure)
    kernel = emit(made, lanes, outputs=[*made.names], width=8)
    assert "@cp.abreast.pow(<8 x double>" in kernel.text
    alone = Compiled(model.structure, lanes=processor().lanes).run()
    few = Compiled(model.structure, lanes=lanes).run()
    np.testing.assert_array_equal(few.to_numpy(), alone.to_numpy())
