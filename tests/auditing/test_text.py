from __future__ import annotations

import pytest

from cpdynamics.auditing import text
from cpdynamics.story import Story
from tests.auditing.good import MODEL, STOCK, bare, subject

CHECKS = [
    text.parse,
    text.units,
    text.comments,
    text.sources,
    text.ranges,
    text.values,
    text.groups,
    text.sketch,
    text.boundary,
]


@pytest.mark.parametrize("check", CHECKS)
def test_a_good_model_passes(check):
    assert check(subject()).verdict == "passed"


@pytest.mark.parametrize(
    ("check", "change", "finding"),
    [
        (
            text.units,
            ("~ Child/Month\n\t~ Who goes", "~\n\t~ Who goes"),
            "1 without units: leaving.",
        ),
        (text.comments, ("~ Those who ask.", "~"), "1 without a comment: new need."),
        (text.ranges, (" [0,20]", ""), "1 without a range: new need."),
        (text.ranges, ("Fixed, by", "Unfixed, by"), "1 without a range: fraction."),
        (text.ranges, ("Service Boundary", "Service"), "1 without a range: elsewhere."),
        (text.values, (" [0,20]", " [6,20]"), "new need = 5, range 6 to 20"),
        (
            text.groups,
            ("*" * 56 + "\n\t.Stocks\n" + "*" * 56 + "~\n\t|\n", ""),
            "1 outside any group: Waiting.",
        ),
        (
            text.sketch,
            ("10,2,coming,300,300,40,11,8,3", "10,2,coming,300,300,40,11,8,2"),
            "1 in no view: coming.",
        ),
        (
            text.boundary,
            ("elsewhere = 3", "elsewhere = Waiting"),
            "1 at the boundary that the model itself moves: elsewhere.",
        ),
    ],
)
def test_each_check_finds_what_it_is_for(check, change, finding):
    found = check(subject(change))
    assert found.verdict == "failed"
    assert finding in found.text
    assert found.remedy


def test_a_long_finding_is_counted():
    undrawn = (MODEL[MODEL.index("\\\\\\---///") :], "")
    found = text.sketch(subject(undrawn))
    assert found.text == "9 in no view: Waiting, coming, leaving, new need, fraction and 4 more."


def test_constants_that_name_no_source_are_named_without_a_failure():
    found = text.sources(subject(("Those who ask.", "Those who ask. Source: DfE.")))
    assert found.verdict == "passed"
    assert found.text.startswith("3 of 5 constants name a source")
    assert "Look at: size of wave, elsewhere." in found.text
    assert text.sources(bare("x = 5 + Time")).verdict == "does not apply"


def test_nothing_is_said_of_the_ranges_of_a_model_without_any():
    assert text.ranges(bare("x = 5 + Time")).verdict == "does not apply"
    assert text.values(bare("x = 5")).verdict == "does not apply"


def test_one_constant_is_spoken_of_as_one():
    assert text.sources(bare("x = 5")).text.startswith("0 of 1 constant names a source or owns up")


def test_a_model_without_a_boundary_group_is_not_asked_for_one():
    found = text.boundary(subject(("Service Boundary", "Service")))
    assert found.verdict == "does not apply"


def test_an_accumulator_may_be_read_by_nothing_but_itself():
    accumulating = Story(accumulators=("waiting",))
    assert text.accumulators(subject()).verdict == "does not apply"
    read = text.accumulators(subject(story=accumulating))
    assert (read.verdict, read.text) == (
        "failed",
        "1 not exempt from rest: waiting is read by leaving.",
    )
    unread = (STOCK, "coming - Waiting * fraction, new need / fraction")
    alone = ("leaving = Waiting * fraction", "leaving = 5 * fraction")
    assert text.accumulators(subject(unread, alone, story=accumulating)).verdict == "passed"
    start = ("elsewhere = 3", "elsewhere = INITIAL(Waiting)")
    again = text.accumulators(subject(unread, alone, start, story=accumulating))
    assert "read by elsewhere" in again.text
    other = text.accumulators(subject(story=Story(accumulators=("leaving",))))
    assert "leaving is no stock" in other.text
