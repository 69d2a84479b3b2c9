from __future__ import annotations

import itertools

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpdynamics.errors import BadValue, UnknownName
from cpdynamics.system.graph import Link, Polarity, links
from cpdynamics.system.loops import claimed, find_loops, named_loop, product
from cpdynamics.system.lowering import lower
from tests.models.library_runs import STORIES, base_run, library_model
from tests.system.formulas import model
from tests.system.test_graph import BATHTUB, HUMP, LOGISTIC, PREDATORS, SIR


def drawn(*arrows: str) -> list[Link]:
    """Links from "a + b"; ``*`` behind the effect stands for a delay."""
    parts = [arrow.split() for arrow in arrows]
    return [
        Link(a, b.rstrip("*"), sign, "differentiated", delayed=b.endswith("*"))  # type: ignore[arg-type]
        for a, sign, b in parts
    ]


def told(equations: str) -> list[tuple[str, ...]]:
    found = find_loops(links(*model(equations)))
    assert found.complete
    return sorted((loop.polarity, *loop.variables) for loop in found.loops)


@pytest.mark.parametrize(
    ("equations", "expected"),
    [
        (BATHTUB, [("-", "water", "outflow")]),
        (
            PREDATORS,
            [
                ("+", "foxes", "hares eaten", "fox births"),
                ("+", "hares", "hare births"),
                ("-", "foxes", "fox deaths"),
                ("-", "hares", "hares eaten"),
            ],
        ),
        (LOGISTIC, [("?", "people", "net births")]),
        (HUMP, [("?", "interruptions", "stress", "effect of stress", "solving")]),
        (
            SIR,
            [
                ("+", "infectious", "catching"),
                ("+", "susceptible", "everyone", "catching"),
                ("-", "infectious", "everyone", "catching"),
                ("-", "infectious", "recovering"),
                ("-", "infectious", "recovering", "recovered", "everyone", "catching"),
                ("-", "susceptible", "catching"),
            ],
        ),
    ],
)
def test_a_textbook_model_has_its_loops(equations: str, expected: list[tuple[str, ...]]) -> None:
    # From hares to foxes and back would pass "hares eaten" twice, so it is no loop.
    assert told(equations) == expected


@pytest.mark.parametrize(
    ("signs", "expected"),
    [("", "+"), ("+-", "-"), ("--", "+"), ("---", "-"), ("-?", "?"), ("?0", "0")],
)
def test_signs_multiply(signs: str, expected: Polarity) -> None:
    assert product(drawn(*(f"a {sign} b" for sign in signs))) == expected


PAIRS = st.sets(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef")), max_size=14)


def by_hand(pairs: set[tuple[str, str]]) -> set[tuple[str, ...]]:
    """Every loop by trying every order of every choice of names."""
    return {
        order
        for size in range(1, 7)
        for order in itertools.permutations("abcdef", size)
        if order[0] == min(order)
        and all(pair in pairs for pair in zip(order, order[1:] + order[:1], strict=True))
    }


@settings(max_examples=60, deadline=None)
@given(PAIRS)
def test_all_loops_are_found_and_each_once(pairs: set[tuple[str, str]]) -> None:
    found = find_loops(drawn(*(f"{a} + {b}" for a, b in pairs)))
    assert sorted(loop.variables for loop in found.loops) == sorted(by_hand(pairs))


@settings(max_examples=60, deadline=None)
@given(PAIRS)
def test_beyond_the_limit_every_link_of_a_loop_is_in_one(pairs: set[tuple[str, str]]) -> None:
    arrows = drawn(*(f"{a} + {b}" for a, b in pairs))
    found = find_loops(arrows, limit=max(1, len(pairs)))
    everything = by_hand(pairs)
    assert found.complete == (len(everything) <= max(1, len(pairs)))
    covered = {(link.cause, link.effect) for loop in found.loops for link in loop.links}
    assert covered == {
        pair for loop in everything for pair in zip(loop, loop[1:] + loop[:1], strict=True)
    }


def test_beyond_the_limit_the_first_loops_that_come_are_not_all_that_is_shown() -> None:
    arrows = drawn(*(f"{a} + {b}" for a, b in itertools.permutations("abcdefgh", 2)))
    found = find_loops(arrows, limit=len(arrows))
    assert not found.complete
    assert {(link.cause, link.effect) for loop in found.loops for link in loop.links} == {
        (link.cause, link.effect) for link in arrows
    }


def test_a_hostile_graph_stops_at_the_limit() -> None:
    arrows = drawn(*(f"v{a} + v{b}" for a in range(40) for b in range(40) if a != b))
    found = find_loops(arrows, limit=500)
    assert not found.complete
    assert len(found.loops) <= 1_000


def test_a_limit_of_none_is_refused() -> None:
    with pytest.raises(BadValue, match="limit"):
        find_loops([], limit=0)


def test_a_loop_starts_at_a_stock_and_carries_its_links() -> None:
    (loop,) = find_loops(drawn("a + b", "b - stock*", "stock + a")).loops
    assert loop.variables == ("stock", "a", "b")
    assert [(link.cause, link.effect) for link in loop.links] == [
        ("stock", "a"),
        ("a", "b"),
        ("b", "stock"),
    ]


def test_a_link_that_comes_to_nothing_closes_no_loop() -> None:
    assert not find_loops(drawn("a + b", "b 0 a")).loops


WAYS = drawn("a + b", "b - c", "c + d", "d + a", "b + x", "x + y", "y + c", "c - a")


def test_a_named_loop_is_the_shortest_way_through_its_names() -> None:
    found = named_loop(WAYS, ["B", "a"])
    assert found.loop is not None
    assert (found.loop.variables, found.polarity) == (("a", "b", "c"), "+")
    longer = named_loop(WAYS, ["a", "y"])
    assert longer.loop is not None
    assert longer.loop.variables == ("a", "b", "x", "y", "c")
    assert named_loop(WAYS, ["c"]).loop == found.loop


def test_the_names_come_in_their_order_and_nothing_twice() -> None:
    found = named_loop(WAYS, ["y", "x"])
    assert found.loop is not None  # x to y directly, y to x the long way
    crossed = drawn("a + m", "m + b", "b + n", "n + m", "m + a")
    missing = named_loop(crossed, ["a", "b"])
    assert (missing.loop, missing.polarity) == (None, None)
    assert "twice" in missing.missing


def test_a_shorter_leg_is_given_up_where_the_loop_would_cross_itself() -> None:
    arrows = drawn("a + m", "m + b", "a + p", "p + q", "q - b", "b + m", "m + a")
    found = named_loop(arrows, ["a", "b"])
    assert found.loop is not None
    assert (found.loop.variables, found.polarity) == (("a", "p", "q", "b", "m"), "-")


def test_equally_short_ways_of_two_minds_are_told() -> None:
    found = named_loop(drawn("a + b", "b + a", "a + u", "u - a", "b + v", "v - a"), ["a", "b"])
    assert (found.polarity, found.others) == ("+", ())
    split = named_loop(drawn("a + u", "u + b", "a - v", "v + b", "b + a"), ["a", "b"])
    assert split.polarity == "?"
    assert {one.polarity for one in split.others} | {split.loop.polarity} == {"+", "-"}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("through", "words"),
    [
        (["a", "End"], 'Nothing leads from "The End" to "a".'),
        (["a", "c", "b"], 'from "a" to "c" but past "b"'),
    ],
)
def test_where_nothing_closes_it_says_between_which_two(through: list[str], words: str) -> None:
    arrows = drawn("a + b", "b + c", "c + a", "a + end")
    found = named_loop(arrows, through, names={"end": "The End"})
    assert found.loop is None
    assert words in found.missing


def test_a_wrong_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match='Did you mean "hares"'):
        named_loop(links(*model(PREDATORS)), ["harse"])
    with pytest.raises(BadValue):
        named_loop(WAYS, ["a", "A"])
    with pytest.raises(BadValue):
        named_loop(WAYS, [])


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        ("R1", "+"),
        ("B12", "-"),
        ("b2", "-"),
        ("X1", None),
        ("", None),
        ("Rework", None),
        ("B", None),
    ],
)
def test_the_id_of_a_loop_claims_its_polarity(identifier: str, expected: str | None) -> None:
    assert claimed(identifier) == expected


@settings(max_examples=60, deadline=None)
@given(PAIRS, st.lists(st.sampled_from("abcdef"), min_size=1, max_size=3, unique=True))
def test_no_shorter_closed_way_through_the_names_exists(
    pairs: set[tuple[str, str]], through: list[str]
) -> None:
    known = {name for pair in pairs for name in pair}
    if not set(through) <= known:
        return
    found = named_loop(drawn(*(f"{a} + {b}" for a, b in pairs)), through)
    lengths = [len(loop) for loop in by_hand(pairs) if _in_order(loop, through)]
    assert (found.loop is None) == (not lengths)
    if found.loop is not None:
        assert len(found.loop.variables) == min(lengths)
        assert _in_order(found.loop.variables, through)


def _in_order(loop: tuple[str, ...], through: list[str]) -> bool:
    if not set(through) <= set(loop):
        return False
    start = loop.index(through[0])
    turned = [*loop[start:], *loop[:start]]
    return [name for name in turned if name in through] == through


@pytest.mark.parametrize(
    ("story", "identifier"),
    [(name, key) for name in STORIES for key in library_model(name).story.loops],
)
def test_every_loop_that_a_story_names_is_closed_by_its_equations(
    story: str, identifier: str
) -> None:
    one = library_model(story)
    all_links = links(lower(one.structure), one.structure, visited=base_run(story).to_frame())
    found = named_loop(all_links, one.story.loops[identifier].through)
    assert not found.missing
    assert found.polarity == claimed(identifier)


def test_all_loops_of_a_sector_are_those_that_networkx_counts() -> None:
    one = library_model("sectors/turnover")
    found = links(lower(one.structure), one.structure)
    graph = nx.DiGraph((link.cause, link.effect) for link in found)
    assert len(find_loops(found).loops) == len(list(nx.simple_cycles(graph)))
