"""The strongest loops against all loops of small models, and what time leaves undone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from cpdynamics.feedback.coverage import Strengths, Web
from cpdynamics.feedback.search import MANY, every_loop, strongest_loops
from cpdynamics.system.loops import find_loops
from tests.feedback import test_coverage as small
from tests.feedback.test_coverage import drawn, weighted


@settings(max_examples=150, deadline=None)
@given(weighted(times=1))
def test_the_strongest_through_each_link_is_the_best_of_all(made):
    web, shares = made
    found = strongest_loops(Strengths(web, shares), cover=0.01, seconds=60).loops
    every = small.every_loop(web)
    assert set(found) <= set(every)
    if not Strengths(web, shares).weight or not shares.any():
        return

    def best(loops, link):
        worth = [float(shares[list(one), 0].prod()) for one in loops if link in one]
        return max(worth, default=0.0)

    for link in np.flatnonzero(web.inside):
        assert best(found, link) == pytest.approx(best(every, link), rel=1e-6)


@settings(max_examples=150, deadline=None)
@given(weighted(times=3))
def test_the_coverage_asked_for_is_reached(made):
    web, shares = made
    strengths = Strengths(web, shares)
    found = strongest_loops(strengths, cover=1.0, seconds=60)
    assert found.in_time
    assert found.coverage.overall == pytest.approx(1.0)
    # What it takes for lost lies in no loop indeed.
    lost = small.in_no_loop(web, strengths)
    assert strengths.covered(found.loops, lost).overall == pytest.approx(1.0)
    assert len(set(found.loops)) == len(found.loops)
    assert set(found.loops) <= set(small.every_loop(web))


def ladder(rungs: int) -> tuple[Web, np.ndarray]:
    """A ring of stocks with two ways from each to the next: 2 ** rungs loops, one in each part."""
    arrows = []
    for rung in range(rungs):
        after = (rung + 1) % rungs
        arrows += [f"s{rung} + {way}{rung}" for way in "ab"]
        arrows += [f"{way}{rung} + s{after}*" for way in "ab"]
    web = Web(drawn(*arrows))
    shares = np.array([1.0 if link.effect[0] != "s" else 0.5 for link in web.links])
    return web, np.tile(shares[:, None], (1, 5))


def test_a_model_of_a_million_loops_is_covered_by_a_few():
    web, shares = ladder(20)
    assert every_loop(web.links) is None
    found = strongest_loops(Strengths(web, shares), cover=1.0, seconds=60)
    assert found.coverage.overall == pytest.approx(1.0)
    assert len(found.loops) <= 40


def test_time_that_is_up_is_told():
    web, shares = ladder(20)
    for place, link in enumerate(web.links):
        if link.effect[0] != "b" and link.cause[0] != "b":
            shares[place, 1:] = 0.0
        else:
            shares[place] = [0, 1, 1, 1, 1]
    assert strongest_loops(Strengths(web, shares), cover=1.0, seconds=60).in_time
    found = strongest_loops(Strengths(web, shares), cover=1.0, seconds=0.0)
    assert not found.in_time
    assert found.loops
    assert found.coverage.overall < 1


def test_named_loops_are_listed_even_at_rest():
    web, shares = ladder(3)
    named = web.way([web.names.index(name) for name in ("s0", "b0", "s1", "b1", "s2", "b2")])
    strengths = Strengths(web, np.zeros_like(shares))
    assert strongest_loops(strengths, cover=0.95, seconds=1, known=[named]).loops == (named,)
    moving = strongest_loops(Strengths(web, shares), cover=0.95, seconds=1, known=[named])
    assert moving.loops[0] == named


def test_all_loops_are_those_that_johnson_finds():
    web, _ = ladder(4)
    ways = every_loop(web.links)
    assert ways is not None
    found = find_loops(web.links, limit=MANY)
    assert len(ways) == len(found.loops) == 16
    told = {frozenset((web.links[one].cause, web.links[one].effect) for one in way) for way in ways}
    assert told == {
        frozenset((link.cause, link.effect) for link in loop.links) for loop in found.loops
    }


def test_the_search_is_the_same_every_time():
    web, shares = ladder(12)
    once, again = (strongest_loops(Strengths(web, shares), cover=0.99, seconds=60) for _ in "ab")
    assert once.loops == again.loops
