"""What a loop is called: by the .toml, by rule, by its stocks."""

from __future__ import annotations

import pytest

from cpdynamics.feedback.coverage import Web
from cpdynamics.feedback.naming import Called, called, families
from cpdynamics.story import Loop
from cpdynamics.system.loops import product
from tests.feedback.test_coverage import drawn

NAMES = {"care": "Children in Care", "early": "Early Help", "need": "Need"}

SERVICE = (
    "care + spend",
    "spend + overspend*",
    "overspend - early*",
    "early - worsening",
    "worsening + care*",
    "early + morale*",
    "morale - worsening",
    "morale + rest*",
    "rest + joy*",
    "joy + trust*",
    "trust - worsening",
)
AUSTERITY = Loop("Austerity", ("spend", "Overspend", "early", "worsening"))


def name_of(arrows: tuple[str, ...], through: tuple[str, ...], **loops: Loop) -> Called:
    web = Web(drawn(*arrows))
    way = web.way([web.names.index(name) for name in through])
    polarity = product(web.links[link] for link in way)
    return called(web, way, polarity, families(web, loops), NAMES)


@pytest.mark.parametrize(
    ("arrows", "through", "name"),
    [
        (("care + out", "out - care*"), ("care", "out"), "Children in Care empties"),
        (("care - in", "in + care*"), ("care", "in"), "Children in Care fills"),
        (("care + in", "in + care*"), ("care", "in"), "Children in Care grows by itself"),
        (("care - out", "out - care*"), ("care", "out"), "Children in Care keeps itself up"),
        (("care - care*",), ("care",), "Children in Care settles"),
        (("care + care*",), ("care",), "Children in Care grows by itself"),
        (
            ("care + hours", "hours - pace", "pace - care*"),
            ("care", "hours", "pace"),
            "Children in Care keeps itself up",
        ),
    ],
)
def test_a_loop_of_one_stock_is_named_by_what_it_does(arrows, through, name):
    assert name_of(arrows, through) == Called("", name)


def test_a_loop_of_several_is_called_by_its_stocks():
    found = name_of(("need + early*", "early - need*"), ("need", "early"))
    assert found == Called("", "Early Help > Need", own=False)


WAY = ("care", "spend", "overspend", "early", "worsening")
ROUND_ABOUT = (*WAY[:4], "morale", "worsening")
FAR = (*WAY[:4], "morale", "rest", "joy", "trust", "worsening")


def test_the_toml_names_what_runs_through_its_names_in_order():
    assert name_of(SERVICE, WAY, R15=AUSTERITY) == Called("R15", "Austerity")


def test_the_name_comes_before_the_rule():
    loop = Loop("Draining", ("out",))
    assert name_of(("care + out", "out - care*"), ("care", "out"), B1=loop).id == "B1"


def test_the_order_counts():
    """Each of three stocks moves both others: there is a loop either way round."""
    arrows = ("a + b*", "b + c*", "c + a*", "a + c*", "c + b*", "b + a*")
    either = {"R1": Loop("One way", ("a", "b", "c")), "R2": Loop("The other", ("a", "c", "b"))}
    assert name_of(arrows, ("a", "b", "c"), **either).id == "R1"
    assert name_of(arrows, ("a", "c", "b"), **either).id == "R2"


def test_the_polarity_has_to_agree():
    assert name_of(SERVICE, WAY, B15=AUSTERITY).id == ""


def test_a_way_through_a_stock_elsewhere_keeps_the_name():
    assert name_of(SERVICE, ROUND_ABOUT, R15=AUSTERITY).id == "R15"


def test_a_way_through_more_of_elsewhere_than_of_its_own_loses_it():
    """Of three stocks on the shortest way; morale, rest, joy and trust are four more."""
    assert name_of(SERVICE, FAR, R15=AUSTERITY).id == ""


def test_of_two_names_the_one_that_tells_of_most_of_its_stocks():
    through_morale = Loop("Low spirits", ("early", "morale", "worsening"))
    loops = {"R15": AUSTERITY, "R2": through_morale}
    assert name_of(SERVICE, ROUND_ABOUT, **loops).id == "R2"
    assert name_of(SERVICE, WAY, **loops).id == "R15"


def test_of_two_equally_near_the_one_that_says_most_and_then_the_first():
    short = Loop("Money", ("spend",))
    assert name_of(SERVICE, WAY, R1=short, R15=AUSTERITY).id == "R15"
    assert name_of(SERVICE, WAY, R3=AUSTERITY, R15=AUSTERITY).id == "R3"


def test_names_that_no_loop_runs_through_name_nothing():
    web = Web(drawn(*SERVICE))
    loops = {"R1": Loop("Nowhere", ("spend", "moon")), "R2": Loop("Dead end", ("care", "rest"))}
    assert [family.id for family in families(web, loops)] == ["R2"]
    assert families(Web(drawn("a + b*", "b + c*")), {"R1": Loop("Open", ("a", "b"))}) == ()


def test_ways_that_cross_are_tried_together():
    """The shortest ways from a to b and from b to a both pass h; only the long one does not."""
    arrows = ("a + h", "h + b*", "b + h", "h + a*", "b + x", "x + y", "y + a*")
    (family,) = families(Web(drawn(*arrows)), {"R1": Loop("Round", ("a", "b"))})
    assert family.stocks == {"a", "b"}
    assert len(family.way) == 5
