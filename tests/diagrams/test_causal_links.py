"""A few names for many: what the links between them say stays true."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpdynamics.diagrams.causal_links import reduced
from cpdynamics.system.graph import Link, Polarity
from cpdynamics.system.loops import Loop, product


@dataclass(frozen=True)
class Named:
    id: str
    loop: Loop
    name: str = "a loop"

    @property
    def polarity(self) -> Polarity:
        return self.loop.polarity


def ring(signs: str, names: str | None = None, delayed: str = "") -> Loop:
    """A loop a > b > ..., the signs of its links in order; ``delayed`` are the effects that lag."""
    names = names or "abcdefghij"[: len(signs)]
    after = names[1:] + names[:1]
    links = tuple(
        Link(cause, effect, sign, "differentiated", delayed=effect in delayed)  # type: ignore[arg-type]
        for cause, effect, sign in zip(names, after, signs, strict=True)
    )
    return Loop(tuple(names), links)


def ways(skeleton) -> dict[str, str]:
    return {way.cause + way.effect: way.polarity for way in skeleton.ways}


def test_the_link_over_what_is_left_out_has_the_product_of_its_polarities():
    shown = reduced([Named("B1", ring("--+-"))], most=2, stocks=(), worth={"a": 2, "c": 2})
    assert shown.names == ("a", "c")
    assert ways(shown) == {"ac": "+", "ca": "-"}
    assert shown.passed == ("b", "d")
    assert shown.ways[0].passes == (("b",),)


def test_what_is_worth_least_goes_first():
    worth = {"a": 1.0, "b": 3.0, "c": 2.0, "d": 4.0}
    assert reduced([Named("R1", ring("++++"))], most=3, stocks=(), worth=worth).names == tuple(
        "bcd"
    )


def test_ways_of_different_polarity_stay_two():
    # From a to d one way raises and the other lowers: over neither may both names go.
    loops = [Named("R1", ring("+++", "abd")), Named("B1", ring("-++", "acd"))]
    shown = reduced(loops, most=2, stocks=(), worth=dict.fromkeys("ad", 9.0) | {"b": 0.1, "c": 0.2})
    assert len(shown.names) == 3
    assert sorted(one.polarity for one in shown.rings) == ["+", "-"]


def test_loops_stay_apart_even_where_their_polarity_is_the_same():
    loops = [Named("R1", ring("+++", "abd")), Named("R2", ring("+++", "acd"))]
    shown = reduced(loops, most=2, stocks=())
    assert len({one.names for one in shown.rings}) == 2


def test_ways_of_one_polarity_fall_together_with_both_their_legs():
    loops = [Named("R1", ring("++++", "abde")), Named("R2", ring("+++++", "acdfe"))]
    worth = {"a": 9.0, "d": 9.0, "e": 9.0, "f": 9.0, "b": 0.0, "c": 0.0}
    shown = reduced(loops, most=4, stocks=(), worth=worth)
    both = next(way for way in shown.ways if (way.cause, way.effect) == ("a", "d"))
    assert sorted(both.passes) == [("b",), ("c",)]


@pytest.mark.parametrize(
    ("lags", "delayed"),
    [("b", {"ac"}), ("c", set()), ("d", {"ca"}), ("", set())],
    ids=["a stock passed over", "a stock shown", "on the way back", "none"],
)
def test_a_delay_is_a_stock_that_a_link_passes_over(lags, delayed):
    shown = reduced(
        [Named("R1", ring("++++", delayed=lags))], most=2, stocks=set(lags), worth={"a": 2, "c": 2}
    )
    assert {way.cause + way.effect for way in shown.ways if way.delayed} == delayed


def test_a_smooth_delays_though_its_result_is_shown():
    loop = Named("R1", ring("++++", delayed="c"))
    shown = reduced([loop], most=2, stocks=(), worth={"a": 2, "c": 2})
    assert [way.delayed for way in shown.ways if way.effect == "c"] == [True]


@st.composite
def several_loops(draw):
    count = draw(st.integers(1, 5))
    salt = draw(st.integers(0, 2**30))
    loops = []
    for place in range(count):
        names = draw(st.permutations("abcdefgh"))[: draw(st.integers(2, 8))]
        text = "".join(names)
        after = text[1:] + text[:1]
        # The same link has the same sign in every loop.
        text_signs = "".join(
            "+-"[(salt >> ((ord(a) * 7 + ord(b)) % 30)) & 1]
            for a, b in zip(text, after, strict=True)
        )
        loops.append(Named(f"L{place}", ring(text_signs, text)))
    distinct = {
        frozenset((link.cause, link.effect) for link in one.loop.links): one for one in loops
    }
    return list(distinct.values())


@settings(max_examples=150, deadline=None)
@given(
    loops=several_loops(),
    most=st.integers(2, 8),
    worth=st.dictionaries(st.sampled_from("abcdefgh"), st.floats(0, 5)),
)
def test_whatever_goes_every_loop_stays_itself(loops, most, worth):
    shown = reduced(loops, most=most, stocks=(), worth=worth)
    sign = {(way.cause, way.effect): way.polarity for way in shown.ways}
    rounds = []
    for one, kept in zip(loops, shown.rings, strict=True):
        steps = list(zip(kept.names, [*kept.names[1:], kept.names[0]], strict=True))
        assert len(kept.names) >= 2
        assert [sign[step] for step in steps].count("-") % 2 == (one.polarity == "-")
        rounds.append(frozenset(steps))
        order = [name for name in one.loop.variables if name in kept.names]
        assert list(kept.names) == order
    assert len(set(rounds)) == len(rounds)
    for way in shown.ways:
        for leg in way.legs:
            assert product(leg) == way.polarity
            assert (leg[0].cause, leg[-1].effect) == (way.cause, way.effect)
    assert set(shown.names) & set(shown.passed) == set()
