"""Names get places of their own on the page, the same ones each time."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpdynamics.diagrams.layout import Problem, placed, within

PAGE = (10.0, 50.0, 1270.0, 690.0)


def problem(count: int, links: list[tuple[int, int]], rings: list[list[int]]) -> Problem:
    return Problem(
        sizes=np.tile([50.0, 20.0], (count, 1)),
        links=np.array(links, dtype=np.intp).reshape(-1, 2),
        rings=tuple(np.array(ring) for ring in rings),
        labels=np.tile([45.0, 35.0], (len(rings), 1)),
        page=PAGE,
    )


def a_ring(count: int) -> Problem:
    return problem(count, [(i, (i + 1) % count) for i in range(count)], [list(range(count))])


@st.composite
def graphs(draw) -> Problem:
    count = draw(st.integers(2, 9))
    pairs = list(itertools.permutations(range(count), 2))
    links = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=14))
    return problem(count, links, [])


@settings(max_examples=12, deadline=None)
@given(graphs(), st.integers(0, 99))
def test_names_stand_on_the_page_and_on_nobody_else(board, seed):
    spots, _ = placed(board, seed=seed, rounds=12)
    low, high = spots - board.sizes, spots + board.sizes
    assert (low >= np.array(PAGE[:2]) - 1e-6).all()
    assert (high <= np.array(PAGE[2:]) + 1e-6).all()
    for one, other in itertools.combinations(range(len(spots)), 2):
        off = np.abs(spots[one] - spots[other])
        assert (off > board.sizes[one] + board.sizes[other]).any()


@pytest.mark.parametrize("count", [3, 5, 8])
def test_a_loop_is_laid_out_round(count):
    spots, _ = placed(a_ring(count))
    after = np.roll(spots, -1, axis=0)
    area = abs((spots[:, 0] * after[:, 1] - spots[:, 1] * after[:, 0]).sum()) / 2
    around = np.hypot(*(after - spots).T).sum()
    regular = np.pi / (count * np.tan(np.pi / count))
    assert 4 * np.pi * area / around**2 > 0.75 * regular


def test_the_same_seed_gives_the_same_places_and_another_gives_others():
    one, again, other = (placed(a_ring(5), seed=seed, rounds=4)[0] for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.allclose(one, other)


def test_a_link_that_could_run_through_a_name_goes_clear_of_it():
    board = problem(3, [(0, 1), (1, 2), (0, 2)], [])
    spots, _ = placed(board)
    a, b = spots[0], spots[2]
    line = a + np.linspace(0, 1, 200)[:, None] * (b - a)
    assert not within(line, spots[1], board.sizes[1]).any()


def test_within_is_told_by_both_sides():
    points = np.array([[0.0, 0.0], [9.0, 0.0], [0.0, 9.0], [11.0, 0.0], [4.0, -6.0]])
    inside = within(points, np.zeros(2), np.array([10.0, 5.0]))
    assert inside.tolist() == [True, True, False, False, False]
