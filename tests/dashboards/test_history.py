"""Undo, redo, replay, pins and codes to share, without a page."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpdynamics.dashboards.controls import Control, State
from cpdynamics.dashboards.history import LONGEST, MOST, History, share_code, state_of
from cpdynamics.errors import BadValue
from cpdynamics.scenario import Scenario

CUT = Control("early help cut", "", 0.0, 0.4, 0.05, 0.0)
OPEN = Control("months / open = %", "months", 1.0, 24.0, 0.5, 8.0)
CONTROLS = (CUT, OPEN)
DEEP = Scenario({"early help cut": 0.4}, name="A further 40 % cut", story="Less.")
LONG = Scenario({"months_/_OPEN = %": 9.0}, hold={"new need": 250}, name="Longer/cases")
SCENARIOS = {one.name: one for one in (DEEP, LONG)}


@pytest.fixture
def start() -> History:
    return History(State.start(CONTROLS))


def test_undo_and_redo_lead_there_and_back(start: History) -> None:
    first = start.went(start.now.set(CUT.name, 0.2))
    second = first.went(first.now.choose(DEEP))
    assert second.undone().now == first.now
    assert second.undone().undone().now == start.now
    assert second.undone().undone().undone().now == start.now
    assert second.undone().undone().redone().redone().now == second.now
    assert second.redone() is second


def test_a_new_move_forgets_what_was_undone(start: History) -> None:
    past = start.went(start.now.set(CUT.name, 0.2)).undone()
    assert past.after
    past = past.went(past.now.set(OPEN.name, 9.0))
    assert past.after == ()
    assert past.redone() is past


def test_one_hand_on_one_slider_is_one_step(start: History) -> None:
    past = start
    for value in (0.1, 0.2, 0.3):
        past = past.went(past.now.slid(CUT.name, value), held=True)
    assert past.now.value(CUT.name) == 0.3
    assert past.undone().now == start.now
    past = past.let_go().went(past.now.slid(CUT.name, 0.1), held=True)
    assert past.undone().now.value(CUT.name) == 0.3


def test_the_other_slider_is_another_step_even_without_letting_go(start: History) -> None:
    past = start.went(start.now.slid(CUT.name, 0.1), held=True)
    past = past.went(past.now.slid(OPEN.name, 9.0), held=True)
    assert past.undone().now.values == (0.1, 8.0)


def test_a_move_that_led_nowhere_is_none(start: History) -> None:
    past = start.went(start.now.slid(CUT.name, 0.1), held=True)
    past = past.went(past.now.slid(CUT.name, 0.0), held=True).let_go()
    assert past.before == ()


def test_a_message_is_no_step_and_does_not_come_back(start: History) -> None:
    past = start.went(start.now.typed(CUT.name, "lots"))
    assert past.before == ()
    assert past.now.message
    past = past.went(past.now.set(CUT.name, 0.2)).undone()
    assert past.now.message == ""


def test_only_so_many_steps_are_kept(start: History) -> None:
    past = start
    for step in range(MOST + 20):
        past = past.went(past.now.set(OPEN.name, 2.0 + (step % 2)))
    assert len(past.before) == MOST


def test_the_last_change_comes_again_in_equal_steps(start: History) -> None:
    assert start.replay() == ()
    past = start.went(start.now.choose(DEEP))
    assert past.replay(3) == ((0.0, 8.0), (0.2, 8.0), (0.4, 8.0))


def test_a_pin_stays_where_it_was_put(start: History) -> None:
    past = start.went(start.now.choose(DEEP)).pin()
    moved = past.went(past.now.reset())
    assert [one.values for one in moved.pinned] == [(0.4, 8.0)]
    assert moved.undone().pinned == moved.pinned
    assert moved.unpin().pinned == ()


def test_of_three_pins_the_oldest_goes_and_none_stands_twice(start: History) -> None:
    past = start
    for cut in (0.1, 0.2, 0.3):
        past = past.went(past.now.set(CUT.name, cut)).pin()
    assert [one.values[0] for one in past.pinned] == [0.2, 0.3]
    assert past.pin().pinned == past.pinned
    assert [one.values[0] for one in past.unpin(0).pinned] == [0.3]
    assert past.unpin(2).pinned == past.pinned
    assert past.undone().pin().pinned[-1].values[0] == 0.2


def test_nothing_changes_in_place(start: History) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        start.now = start.now.reset()  # type: ignore[misc]


def test_a_code_can_be_read_by_people(start: History) -> None:
    state = start.now.choose(DEEP).set(OPEN.name, 9.5)
    assert share_code("austerity", state) == (
        "cpd1/austerity/A%20further%2040%20%25%20cut/months%20%2F%20open%20%3D%20%25=9.5"
    )
    assert share_code("austerity", start.now) == "cpd1/austerity/"


@given(
    st.sampled_from([None, DEEP, LONG]),
    st.floats(0.0, 0.4),
    st.floats(1.0, 24.0),
)
def test_a_code_brings_the_state_back(preset: Scenario | None, cut: float, months: float) -> None:
    state = State.start(CONTROLS)
    state = state if preset is None else state.choose(preset)
    state = state.set(CUT.name, cut).set(OPEN.name, months)
    again = state_of("#" + share_code("a/b c", state), "a/b c", CONTROLS, SCENARIOS)
    for control, one, two in zip(CONTROLS, state.values, again.values, strict=True):
        assert control.same(one, two)
    assert again.preset == state.preset
    assert share_code("a/b c", again) == share_code("a/b c", state)
    assert again.scenario().hold.keys() == state.scenario().hold.keys()


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("", "none of this kind"),
        ("#", "none of this kind"),
        ("cpd1/tiny", "none of this kind"),
        ("cpd2/tiny/", "none of this kind"),
        ("cpd1/<script>/", '"<script>", another model'),
        ("cpd1/tiny/No such", '"No such", which is no scenario'),
        ("cpd1/tiny/%zz", "damaged"),
        ("cpd1/tiny/%ff", "damaged"),
        ("cpd1/tiny/\ud800", "damaged"),
        ("cpd1/tiny//new need=3", '"new need", which cannot be moved'),
        ("cpd1/tiny//early%20help%20cut=0.1/early%20help%20cut=0.1", '"early help cut", twice'),
        ("cpd1/tiny//early%20help%20cut=0.41", "to what it cannot be"),
        ("cpd1/tiny//early%20help%20cut=nan", "to what it cannot be"),
        ("cpd1/tiny//early%20help%20cut=1e999", "to what it cannot be"),
        ("cpd1/tiny//early%20help%20cut=", "to what it cannot be"),
        ("cpd1/tiny//early%20help%20cut", "to what it cannot be"),
        ("cpd1/tiny//early%20help%20cut=0.1=0.2", "to what it cannot be"),
        ("cpd1/tiny/" + "x" * LONGEST, "too long"),
    ],
)
def test_a_wrong_code_is_refused(code: str, said: str) -> None:
    with pytest.raises(BadValue, match="The link") as raised:
        state_of(code, "tiny", CONTROLS, SCENARIOS)
    assert said in raised.value.came


def test_a_long_name_in_a_code_is_cut_short() -> None:
    with pytest.raises(BadValue) as raised:
        state_of("cpd1/" + "x" * 500 + "/", "tiny", CONTROLS, SCENARIOS)
    assert len(raised.value.came) < 100
