from __future__ import annotations

import pytest

from cpdynamics.auditing import structure
from cpdynamics.auditing.subject import Subject
from cpdynamics.mdl.document import Document
from cpdynamics.model import Model
from cpdynamics.story import Loop, Story
from tests.auditing.good import STOCK, bare, subject


def told(through: str, key: str = "B1") -> Story:
    return Story(loops={key: Loop("Waiting", tuple(through.split(", ")))})


def test_a_good_model_passes():
    for check in (structure.units_balance, structure.polarity):
        assert check(subject()).verdict == "passed"


def test_an_equation_out_of_balance_is_named_with_the_part_that_is_wrong():
    found = structure.units_balance(subject(("Waiting * fraction", "Waiting")))
    assert found.verdict == "failed"
    assert found.text.startswith("1 out of balance: leaving. In leaving: ")
    assert "Child/Month" in found.text
    assert found.remedy


def test_every_equation_out_of_balance_is_explained():
    """Two mistakes, two sentences: a list of names would leave a person to guess."""
    both = [
        ("leaving = Waiting * fraction", "leaving = Waiting"),
        ("coming = new need + size of wave * wave", "coming = new need + Waiting"),
    ]
    found = structure.units_balance(subject(*both))
    assert found.text.startswith("2 out of balance: ")
    assert "In leaving: " in found.text
    assert "In coming: " in found.text


def test_missing_units_are_the_matter_of_another_check():
    found = structure.units_balance(subject(("~ Child/Month [0,20]", "~")))
    assert found.verdict == "passed"


def test_links_are_counted_by_the_ground_of_their_direction():
    found = structure.polarity(subject())
    assert found.text.startswith("4 of 4 links have one direction: ")
    assert structure.polarity(bare("x = 5\ny = x")).verdict == "does not apply"


def test_a_link_that_turns_says_where():
    """More waiting first speeds up leaving and then, past 60, slows it down."""
    hump = ("Waiting * fraction", "Waiting * (120 - Waiting) * fraction / 70")
    found = structure.polarity(subject(hump, ("size of wave = 0", "size of wave = 9")))
    assert found.verdict == "passed"
    assert found.text.startswith("3 of 4 links")
    assert "Turning: Waiting -> leaving turns where " in found.text
    assert "60" in found.text.partition("turns")[2]


def test_a_link_that_nobody_can_tell_is_a_failure():
    macro = ":MACRO: M(u)\nM = (u - 3) * u ~ ~ |\n:END OF MACRO:\n"
    text = macro + bare("x = INTEG(y, 1)\ny = x + 1").document.text.replace("x + 1", "M(x)")
    found = structure.polarity(Subject(Model.from_document(Document.parse(text))))
    assert (found.verdict, found.text) == ("failed", "1 without a direction: x -> y (m(x)).")
    assert found.remedy


@pytest.mark.parametrize(
    ("key", "through", "verdict", "finding"),
    [
        ("B1", "Waiting, leaving", "passed", "B1 Waiting: each is closed"),
        ("B1", "Waiting", "passed", ""),
        ("R1", "Waiting, leaving", "failed", "1 not as the .toml claims: R1 balances."),
        ("B1", "Waiting, coming", "failed", 'B1: Nothing leads from "Waiting" to "coming".'),
        ("B1", "Waiting, new need", "failed", "new need"),
        ("X1", "Waiting, leaving", "passed", "X1 Waiting"),
    ],
)
def test_a_named_loop_has_to_be_there_and_to_do_what_its_id_claims(key, through, verdict, finding):
    found = structure.loops(subject(story=told(through, key)))
    assert found.verdict == verdict
    assert finding in found.text
    assert bool(found.remedy) == (verdict == "failed")


def test_a_reinforcing_loop_reinforces():
    grows = (STOCK, "coming - leaving + more, new need / fraction")
    more = ("new need = 5", "more = Waiting * 0.01 ~ Child/Month ~ |\nnew need = 5")
    assert structure.loops(subject(grows, more, story=told("Waiting, more", "R1"))).verdict == (
        "passed"
    )
    found = structure.loops(subject(grows, more, story=told("Waiting, more", "B1")))
    assert "B1 reinforces." in found.text


def test_a_story_without_loops_has_none_to_prove():
    assert structure.loops(subject()).verdict == "does not apply"
