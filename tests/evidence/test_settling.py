"""Each rule of the verdicts, on a model whose answers are known."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from cpdynamics.errors import BadValue
from cpdynamics.evidence.claims import Claim
from cpdynamics.evidence.rules import FIGURES, change, holds, verdict
from cpdynamics.evidence.settling import Settled, settle
from tests.evidence import trying


def tried(claim: Claim, *, turn: float = 0.5) -> Settled:
    (one,) = settle([claim], fetch=lambda name: trying.model(turn=turn))
    return one


def test_one_link_with_the_right_sign_is_structural():
    one = tried(trying.claim(kind="one link"))
    assert (one.verdict, one.link, one.share, one.size) == ("structural", "+", 1.0, 1.0)


def test_one_auxiliary_in_between_is_still_one_link():
    assert tried(trying.claim("relief", "-", kind="one link")).verdict == "structural"


def test_a_stock_in_between_is_none():
    one = tried(trying.claim("outflow", cause="inflow", done=("push=2", ""), kind="one link"))
    assert (one.verdict, one.link) == ("emergent", "?")


def test_a_cause_that_is_moved_down_turns_the_link():
    down = trying.claim("pressure", "-", done=("", "push*0.8"), kind="one link")
    assert (tried(down).verdict, tried(down).link) == ("structural", "-")
    by_setting = dataclasses.replace(down, intervention=trying.intervention("push=0.5", ""))
    assert tried(by_setting).verdict == "structural"


def test_one_link_with_the_wrong_sign_is_not_structural():
    one = tried(trying.claim("pressure", "-", kind="one link"))
    assert (one.verdict, one.share, one.other) == ("depends", 0.0, 1.0)


def test_two_ways_that_differ_are_no_definite_link():
    one = tried(trying.claim("double", "+", kind="one link"))
    assert (one.verdict, one.link, one.share) == ("depends", "?", 0.0)


def test_the_same_claim_is_emergent_when_it_is_a_chain():
    assert tried(trying.claim(kind="chain")).verdict == "emergent"
    assert tried(trying.claim(kind="loop")).verdict == "emergent"


@pytest.mark.parametrize(("turn", "found"), [(0.1, "emergent"), (0.11, "depends")])
def test_nine_draws_in_ten_are_enough_and_no_fewer(turn, found):
    one = tried(trying.claim("either"), turn=turn)
    assert one.verdict == found
    assert one.share == pytest.approx(1 - turn, abs=0.006)
    assert one.other == pytest.approx(turn, abs=0.006)


def test_the_size_is_the_median_relative_change():
    one = tried(trying.claim("Level", done=("", "inflow*3"), month=24.0))
    # Level goes from a s to a s (1 + 2 (1 - exp(-24 / s))), by Euler's method near enough.
    assert 1.9 < one.size < 2.0
    # Half of the draws of tilt are below 0.5; the mean change would be 0.17.
    assert tried(trying.claim("skew")).size == pytest.approx(0.125 / 1.125, rel=0.01)


def test_no_effect_is_less_than_two_percent():
    assert tried(trying.claim("faint", "0")).verdict == "emergent"  # by 0.99 %
    assert tried(trying.claim("faint", "0", done=("push=3", ""))).verdict == "emergent"  # 1.98 %
    assert tried(trying.claim("faint", "0", done=("side=0.1", ""))).verdict == "depends"  # 5 %
    assert tried(trying.claim("relief", "0")).verdict == "depends", "down counts, too"


def test_weak_is_less_than_a_quarter_of_what_the_strongest_lever_does():
    # The far ends: push at 0 or 3 moves it by 1 or 2, side at 1 by 50, so that 12.5 is the limit.
    assert tried(trying.claim("faint", "weak", done=("side=0.24", ""))).verdict == "emergent"
    assert tried(trying.claim("faint", "weak", done=("side=0.26", ""))).verdict == "depends"
    # pressure only follows push: 2 of the 4 that the lever does.
    assert tried(trying.claim("pressure", "weak")).verdict == "depends"


def test_a_figure_has_its_own_test():
    before = np.full(3, 1.0)
    few = trying.claim("pressure", "=", number="C061")
    assert holds(few, before, np.array([0.19, 0.2, np.nan]), None).tolist() == [True, False, False]
    little = trying.claim("pressure", "=", number="C085")
    assert holds(little, before, np.array([0.96, 0.95, 1.1]), None).tolist() == [True, False, True]
    assert set(FIGURES) == {"C061", "C085"}
    assert tried(trying.claim("pressure", "=", number="C085")).verdict == "emergent"
    with pytest.raises(BadValue, match="That needs a test of its own"):
        tried(trying.claim("pressure", "=", number="C002"))


def test_outside_and_data_go_before_all_else():
    outside = tried(trying.claim(kind="outside"))
    assert (outside.verdict, outside.share, outside.size) == ("outside", None, None)
    against = tried(trying.claim(kind="one link", data="published figures"))
    assert (against.verdict, against.share) == ("contradicted by data", 1.0)


def test_rounding_is_no_change_and_a_run_that_broke_off_counts_against():
    before = np.array([1.0, 1.0, 0.0, 0.0, 1.0])
    after = np.array([1 + 0.9e-6, 1 + 1.1e-6, 0.0, 1.0, np.nan])
    assert change(before, after)[:4].tolist() == [0, pytest.approx(1.1e-6), 0, np.inf]
    up = trying.claim()
    assert holds(up, before, after, None).tolist() == [False, True, False, True, False]
    down = trying.claim(expected="-")
    assert holds(down, before, 2 - after, None).tolist() == [False, True, False, False, False]
    broken = tried(trying.claim("Level", done=("edge=2.5", "")))
    assert (broken.verdict, broken.share) == ("depends", 0.0)


def test_the_rule_itself():
    chain = trying.claim()
    assert verdict(chain, 0.9, "?") == "emergent"
    assert verdict(chain, 0.8999, "?") == "depends"
    assert verdict(chain, 0.0, "+") == "depends", "a chain is never structural"


def test_the_order_of_the_claims_is_kept_and_each_does_its_own():
    several = [
        trying.claim("pressure", number="C003", done=("push=3", "")),
        trying.claim("relief", "-", number="C001", done=("push=2", "")),
        trying.claim("outflow", number="C002", done=("", "Level*1.2")),
        trying.claim("pressure", number="C004", done=("push=2", "")),
    ]
    found = settle(several, fetch=lambda name: trying.model())
    assert [one.claim.number for one in found] == ["C003", "C001", "C002", "C004"]
    assert [round(one.size, 3) for one in found] == [2.0, -0.5, 0.2, 1.0]


@pytest.mark.parametrize(
    ("claim", "told"),
    [
        (trying.claim("pressure", done=("", "pressure*2")), "is the effect, and is given a value"),
        (trying.claim(done=("", "")), "Nothing is done"),
        (trying.claim(done=("push=9", "")), "9 is out of the range"),
        (trying.claim(done=("", "push*9")), "9 is out of the range"),
        (trying.claim(done=("", "nil*2")), "starts at 0"),
        (trying.claim(month=300.0), "Month 300 is asked for, and model ends at 24"),
    ],
)
def test_what_cannot_be_tried_is_told_with_its_row(claim, told):
    with pytest.raises(BadValue) as error:
        tried(claim)
    assert told in str(error.value)
    assert "evidence.csv, row 2 (C001)" in str(error.value)
