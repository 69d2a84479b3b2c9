"""A shortest independent loop set: how many, of what kind, and what it spans."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpdynamics.feedback.coverage import Web
from cpdynamics.feedback.independent import independent_loops
from cpdynamics.system.graph import Link
from tests.feedback.test_coverage import drawn


@st.composite
def tied(draw: st.DrawFn) -> nx.DiGraph:
    """A strongly connected graph: a ring through all names, and more arrows."""
    size = draw(st.integers(2, 7))
    pairs = [(a, b) for a in range(size) for b in range(size)]
    ring = {(a, (a + 1) % size) for a in range(size)}
    more = draw(st.lists(st.sampled_from(pairs), max_size=12, unique=True))
    return nx.DiGraph(sorted(ring | set(more)))


def links_of(graph: nx.DiGraph) -> tuple[Link, ...]:
    return tuple(drawn(*(f"n{a} + n{b}*" for a, b in graph.edges)))


def loops_of(graph: nx.DiGraph) -> list[list[tuple[str, str]]]:
    links = links_of(graph)
    return [
        [(links[one].cause, links[one].effect) for one in way] for way in independent_loops(links)
    ]


def is_geodetic(graph: nx.DiGraph, loop: list[tuple[str, str]]) -> bool:
    """Whether two names on it are joined by shortest ways there and back."""
    names = [int(cause[1:]) for cause, _ in loop]
    if len(names) == 1:
        return True
    far = dict(nx.all_pairs_shortest_path_length(graph))
    return any(
        far[a][b] + far[b][a] == len(names)
        and (names.index(b) - names.index(a)) % len(names) == far[a][b]
        for a in names
        for b in names
        if a != b
    )


@settings(max_examples=100, deadline=None)
@given(tied())
def test_as_many_as_links_less_names_and_one(graph):
    found = loops_of(graph)
    assert len(found) == graph.number_of_edges() - graph.number_of_nodes() + 1
    place = {(f"n{a}", f"n{b}"): row for row, (a, b) in enumerate(graph.edges)}
    rows = np.zeros((len(found), len(place)))
    for row, loop in enumerate(found):
        rows[row, [place[step] for step in loop]] = 1
    assert np.linalg.matrix_rank(rows) == len(found)
    assert {step for loop in found for step in loop} == set(place)


@settings(max_examples=100, deadline=None)
@given(tied())
def test_each_is_a_loop_without_a_name_twice(graph):
    for loop in loops_of(graph):
        causes = [cause for cause, _ in loop]
        assert len(set(causes)) == len(causes)
        assert [effect for _, effect in loop] == [*causes[1:], causes[0]]


@settings(max_examples=100, deadline=None)
@given(tied())
def test_each_is_geodetic_where_these_suffice(graph):
    found = loops_of(graph)
    assert all(is_geodetic(graph, loop) for loop in found) or _short_of(graph)


def _short_of(graph: nx.DiGraph) -> bool:
    """Whether all geodetic loops of a graph together do not span its loops."""
    place = {step: row for row, step in enumerate(graph.edges)}
    rows = []
    for cycle in nx.simple_cycles(graph):
        loop = [(f"n{a}", f"n{b}") for a, b in zip(cycle, [*cycle[1:], cycle[0]], strict=True)]
        if is_geodetic(graph, loop):
            rows.append(
                [float(step in {(int(a[1:]), int(b[1:])) for a, b in loop}) for step in place]
            )
    wanted = graph.number_of_edges() - graph.number_of_nodes() + 1
    return int(np.linalg.matrix_rank(np.array(rows))) < wanted


def test_the_long_way_round_is_left_to_the_others():
    """Two stocks that move each other both ways and each itself: three loops, none through all."""
    links = tuple(drawn("A + A*", "A + B*", "B + A*", "B + B*"))
    web = Web(links)
    names = [{web.names[web.cause[one]] for one in way} for way in independent_loops(links)]
    assert names == [{"A"}, {"B"}, {"A", "B"}]


@pytest.mark.parametrize("size", [3, 5])
def test_of_a_complete_graph_all_are_pairs_and_triples(size):
    """All N (N - 1) / 2 pairs are independent, and triples do for the rest."""
    found = loops_of(nx.complete_graph(size, nx.DiGraph))
    lengths = [len(loop) for loop in found]
    assert lengths.count(2) == size * (size - 1) // 2
    assert set(lengths) <= {2, 3}


def test_parts_are_taken_one_by_one_and_what_is_in_no_loop_not_at_all():
    links = tuple(drawn("A + B*", "B + A*", "B + C*", "C - C*", "C + d"))
    assert len(independent_loops(links)) == 2


def test_a_link_never_felt_closes_no_loop():
    assert independent_loops(tuple(drawn("A 0 A*"))) == ()
