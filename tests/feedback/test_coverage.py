"""Coverage: the strength of all segments without listing them, and of those along loops."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from cpdynamics.errors import BadValue
from cpdynamics.feedback.coverage import Strengths, Way, Web
from cpdynamics.system.graph import Link


def drawn(*arrows: str) -> list[Link]:
    """Links from "a + b"; ``*`` behind the effect stands for a stock."""
    parts = [arrow.split() for arrow in arrows]
    return [
        Link(a, b.rstrip("*"), sign, "differentiated", delayed=b.endswith("*"))  # type: ignore[arg-type]
        for a, sign, b in parts
    ]


@st.composite
def weighted(draw: st.DrawFn, times: int = 2) -> tuple[Web, NDArray[np.float64]]:
    """A small model with shares: stocks, and auxiliaries that move each other in order."""
    stocks = [f"s{number}" for number in range(draw(st.integers(1, 3)))]
    others = [f"a{number}" for number in range(draw(st.integers(0, 4)))]
    pairs = [(cause, effect) for effect in stocks for cause in (*stocks, *others)]
    pairs += [(cause, effect) for cause in stocks for effect in others]
    pairs += [(a, b) for place, a in enumerate(others) for b in others[place + 1 :]]
    chosen = draw(st.lists(st.sampled_from(pairs), min_size=1, max_size=12, unique=True))
    signs = st.sampled_from(["+", "-"])
    links = drawn(*(f"{a} {draw(signs)} {b}{'*' if b in stocks else ''}" for a, b in chosen))
    heights = st.lists(st.integers(0, 4), min_size=times, max_size=times)
    raw = np.array([draw(heights) for _ in links], dtype=float)
    shares = np.zeros_like(raw)
    for effect in {link.effect for link in links}:
        rows = [place for place, link in enumerate(links) if link.effect == effect]
        # Something besides the links, such as Time, may move it, too.
        total = raw[rows].sum(axis=0) + draw(st.integers(0, 2))
        shares[rows] = np.divide(raw[rows], total, out=np.zeros_like(raw[rows]), where=total > 0)
    return Web(links), shares


def every_loop(web: Web) -> list[Way]:
    graph = nx.DiGraph([(int(a), int(b)) for a, b in zip(web.cause, web.effect, strict=True)])
    return [web.way(cycle) for cycle in nx.simple_cycles(graph)]


def in_no_loop(web: Web, strengths: Strengths) -> list[Way]:
    along = {one for loop in every_loop(web) for one in web.segments(loop)}
    return [one for one in strengths.strongest() if one not in along]


@settings(max_examples=150, deadline=None)
@given(weighted())
def test_the_total_is_that_of_the_listed_segments(made):
    web, shares = made
    strengths = Strengths(web, shares)
    for stock in strengths.ends:
        listed = [one for one in strengths.strongest() if web.effect[one[-1]] == stock]
        strength = sum((shares[list(one)].prod(axis=0) for one in listed), np.zeros(2))
        assert strengths.total[stock] == pytest.approx(strength)


@settings(max_examples=150, deadline=None)
@given(weighted())
def test_segments_come_in_the_order_of_their_strength(made):
    web, shares = made
    strengths = Strengths(web, shares)
    parts = [float(strengths.part(one).sum()) for one in strengths.strongest()]
    assert parts == pytest.approx(sorted(parts, reverse=True))
    assert sum(parts) == pytest.approx(1.0 if parts else 0.0)


@settings(max_examples=150, deadline=None)
@given(weighted())
def test_all_loops_cover_all(made):
    web, shares = made
    strengths = Strengths(web, shares)
    covered = strengths.covered(every_loop(web), in_no_loop(web, strengths))
    assert covered.overall == pytest.approx(1.0)
    assert covered.at == pytest.approx(np.ones(2))


@settings(max_examples=150, deadline=None)
@given(weighted(), st.data())
def test_a_loop_that_matters_is_missed(made, data):
    web, shares = made
    strengths = Strengths(web, shares)
    loops = every_loop(web)
    counts: dict[Way, int] = {}
    for loop in loops:
        for one in web.segments(loop):
            counts[one] = counts.get(one, 0) + 1
    alone = [
        loop
        for loop in loops
        if any(counts[one] == 1 and strengths.part(one).any() for one in web.segments(loop))
    ]
    assume(alone)
    dropped = data.draw(st.sampled_from(alone))
    rest = [loop for loop in loops if loop != dropped]
    covered = strengths.covered(rest, in_no_loop(web, strengths))
    assert covered.overall < 1 - 1e-9
    assert covered.worst_share < 1 - 1e-9


def test_by_hand():
    """A stock that drains by 0.6 of what moves it, and for 0.3 is moved by another, and back."""
    web = Web(drawn("A - A*", "B + x", "x + A*", "A + B*"))
    shares = np.array([[0.6], [0.5], [0.3], [1.0]])
    strengths = Strengths(web, shares)
    drains, between = web.way([0]), web.way([0, 1, 2])
    assert strengths.total[0][0] == pytest.approx(0.6 + 0.5 * 0.3)
    covered = strengths.covered([drains])
    assert covered.overall == pytest.approx((0.6 / 0.75 + 0) / 2)
    assert (covered.worst, covered.worst_share) == ("B", 0.0)
    assert strengths.covered([drains, between]).overall == pytest.approx(1.0)
    # Its own drain aside, all that moves A comes from B.
    assert strengths.grips([drains, between], [drains]).tolist() == [[0.0], [pytest.approx(1.0)]]
    assert strengths.grips([between], [])[0, 0] == pytest.approx(0.2)


def test_the_grip_is_that_of_the_loosest_hold():
    """Of what moves A the loop brings all, of what moves B a quarter."""
    web = Web(drawn("A + B*", "B + A*", "C + B*", "B + C*"))
    strengths = Strengths(web, np.array([[0.2], [1.0], [0.6], [1.0]]))
    loop = web.way([0, 1])
    assert strengths.grips([loop], [])[0, 0] == pytest.approx(0.25)


def test_what_no_loop_can_carry_is_told_and_not_counted():
    """A moves B through x, and B moves A through x alone: there is no loop through both."""
    web = Web(drawn("A + x", "B + x", "x + A*", "x + B*"))
    strengths = Strengths(web, np.array([[0.5], [0.5], [1.0], [1.0]]))
    loops = every_loop(web)
    assert len(loops) == 2
    assert strengths.covered(loops).overall == pytest.approx(0.5)
    told = strengths.covered(loops, in_no_loop(web, strengths))
    assert (told.overall, told.in_no_loop) == (pytest.approx(1.0), pytest.approx(0.5))


def test_at_rest_nothing_is_missed():
    web = Web(drawn("A - A*"))
    strengths = Strengths(web, np.zeros((1, 3)))
    covered = strengths.covered([])
    assert (covered.overall, covered.worst, covered.at.tolist()) == (1.0, "", [1, 1, 1])
    assert strengths.grips([(0,)], []).tolist() == [[0, 0, 0]]


def test_a_loop_within_a_step_is_refused():
    web = Web(drawn("a + b", "b + a"))
    with pytest.raises(BadValue, match='"a" is a cause of itself within one step'):
        Strengths(web, np.ones((2, 1)))
