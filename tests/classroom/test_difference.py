"""What differs between a drawing and a run, where the answer is known without a model."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpdynamics.classroom.courses import course
from cpdynamics.classroom.difference import Difference, difference
from cpdynamics.classroom.drawing import Prediction, flat, grid

MONTHS = np.arange(121.0)
BLANK = flat("m", "s", "cases", begins=0, start=100, months=grid(0, 120, 6), axis=(0, 400))


def ramp(begins: float, ends: float, to: float) -> np.ndarray:
    """Level at 100, then straight to a value, then level."""
    return np.interp(MONTHS, [begins, ends], [100, to])


def drawn(*places: tuple[float, float]) -> Prediction:
    """A drawing through places."""
    when, what = zip((0.0, 100.0), *places, strict=True)
    return BLANK.with_values(np.interp(BLANK.months, when, what).tolist())


def told(prediction: Prediction, run: np.ndarray) -> Difference:
    return difference(prediction, MONTHS, run)


def test_who_sees_what_the_model_does_is_told_so_and_asked_why() -> None:
    found = told(drawn((120, 300)), ramp(0, 120, 300))
    assert found.sentences == (
        "You and the model see the same course: it rises evenly.",
        "At the end the two are close: you expected 300, and the model has 300.",
    )
    assert found.question == "Say it in a sentence: why does it go this way?"


def test_a_rise_that_waits() -> None:
    found = told(drawn((120, 300)), ramp(40, 120, 300))
    assert found.sentences[1] == (
        "You expected the rise at once; the model waits until about month 40."
    )
    assert found.question == "What has to happen first, before it can move?"


def test_a_rise_that_comes_sooner() -> None:
    found = told(drawn((60, 100), (120, 300)), ramp(0, 120, 300))
    assert found.sentences[1] == "You expected the rise about month 60; the model moves at once."
    later = told(drawn((60, 100), (120, 300)), ramp(30, 120, 300))
    assert later.sentences[1] == (
        "You expected the rise about month 60; the model begins about month 30."
    )


def test_the_wrong_way_is_told_without_a_mark() -> None:
    found = told(drawn((120, 20)), ramp(0, 120, 300))
    assert found.sentences[0] == (
        "You expected that it falls evenly. In the model it rises evenly."
    )
    assert "as far" not in " ".join(found.sentences)
    assert found.question.startswith("What did you think would drive it?")


@pytest.mark.parametrize(
    ("yours", "models", "words"),
    [
        (300, 200, "half as far as you expected"),
        (200, 300, "twice as far as you expected"),
        (200, 250, "half as far again as you expected"),
        (220, 260, "a third farther than you expected"),
        (400, 160, "a fifth as far as you expected"),
        (390, 115, "hardly any of the way that you expected"),
        (130, 395, "many times as far as you expected"),
    ],
)
def test_how_far_it_goes(yours: float, models: float, words: str) -> None:
    found = told(drawn((120, yours)), ramp(0, 120, models))
    assert found.sentences[-1] == (
        f"At the end you expected {yours}, and the model has {models}: it goes {words}."
    )
    assert found.question.startswith("What did you count that the model does not")


def test_a_turn_that_only_the_model_has() -> None:
    peak = np.interp(MONTHS, [0, 60, 120], [100, 300, 150])
    found = told(drawn((120, 300)), peak)
    assert "The model turns about month 60, at 300. Your curve does not turn." in found.sentences
    assert found.question == "What turns it round?"


def test_a_turn_that_only_the_drawing_has() -> None:
    found = told(drawn((60, 300), (120, 150)), ramp(0, 120, 300))
    assert (
        "You expected that it turns about month 60, at 300. In the model it does not turn before "
        "month 120."
    ) in found.sentences
    assert found.question.startswith("What did you expect to turn it round")


def test_two_turns_are_compared_by_when_and_how_high() -> None:
    peak = np.interp(MONTHS, [0, 60, 120], [100, 300, 150])
    found = told(drawn((90, 350), (120, 150)), peak)
    assert (
        "You expected the top about month 90, at 350; the model has it about month 60, at 300."
    ) in found.sentences
    assert found.question == "What turns it round there, and not where you expected?"
    same = told(drawn((60, 300), (120, 150)), peak)
    assert same.question == "Say it in a sentence: why does it go this way?"
    assert "You saw the top where the model has it, about month 60, at 300." in same.sentences
    dip = told(drawn((60, 20), (120, 150)), peak)
    assert (
        "You expected a bottom about month 60; the model has a top about month 60, at 300."
    ) in dip.sentences


def test_where_nothing_moves() -> None:
    still = told(BLANK, ramp(0, 120, 101))
    assert still.sentences == (
        "You expected that it stays as it was. On this chart it does.",
        "It goes from 100 to 101.",
    )
    moves = told(BLANK, ramp(30, 120, 300))
    assert moves.sentences == (
        "You expected that it stays as it was. In the model it rises evenly: from 100 to 300. "
        "It begins about month 30.",
    )
    rests = told(drawn((120, 300)), ramp(0, 120, 100))
    assert rests.sentences == (
        "Your curve rises evenly. In the model it stays as it was, as far as one can see on this "
        "chart: it ends at 100, and you expected 300.",
    )


def test_another_shape_of_the_same_rise_is_named() -> None:
    growth = 100 * np.exp(np.log(3) * MONTHS / 120)
    found = told(drawn((30, 260), (60, 295), (120, 300)), growth)
    assert found.sentences[0] == (
        "You and the model both see a rise, of another shape: your curve rises ever more slowly; "
        "the model's rises ever faster."
    )


def test_the_place_where_they_are_farthest_apart_is_told_when_the_ends_agree() -> None:
    found = told(drawn((30, 300), (120, 300)), ramp(90, 120, 300))
    assert found.sentences[-1].startswith("The two are farthest apart about month 30: you have 300")


def test_what_nobody_can_see_on_the_chart_is_not_told() -> None:
    # Swings of less than 2 % of the axis on the way up, though a good part of that way.
    wobble = ramp(0, 120, 160) + 3 * np.sin(MONTHS)
    assert (np.diff(wobble) < 0).any()
    found = told(drawn((120, 160)), wobble)
    assert found.sentences[0] == "You and the model both see a rise."
    assert not any("turn" in one for one in found.sentences)


def test_a_drawing_that_ends_before_the_run_is_compared_as_far_as_it_goes() -> None:
    short = flat("m", "s", "cases", begins=0, start=100, months=grid(0, 60, 6), axis=(0, 400))
    found = difference(short.sketched([(0, 100), (60, 200)]), MONTHS, ramp(0, 120, 300))
    assert found.sentences[-1] == (
        "At the end the two are close: you expected 200, and the model has 200."
    )


def test_values_are_spelt_with_their_units_and_time_with_its_own() -> None:
    found = difference(
        drawn((120, 300)), MONTHS, ramp(40, 120, 200), spelt=lambda v: f"{v:g} cases", unit="week"
    )
    assert "about week 40" in found.sentences[1]
    assert "you expected 300 cases, and the model has 200 cases" in found.sentences[-1]


# Powers of two, by which no rounding comes in.
SCALES = st.integers(-20, 20).map(lambda power: 2.0**power)
CURVES = st.lists(st.floats(0, 400), min_size=20, max_size=20)


@settings(deadline=None)
@given(CURVES, CURVES, SCALES)
def test_units_change_no_word(yours: list[float], models: list[float], scale: float) -> None:
    """The same drawing and run in other units differ in the same way."""
    run = np.interp(MONTHS, [0, *BLANK.months], [100, *models])
    first = difference(BLANK.with_values(yours), MONTHS, run, spelt=lambda _: "so much")
    other = flat(
        "m",
        "s",
        "cases",
        begins=0,
        start=100 * scale,
        months=BLANK.months,
        axis=(0, 400 * scale),
    ).with_values([value * scale for value in yours])
    second = difference(other, MONTHS, run * scale, spelt=lambda _: "so much")
    assert second == first


@settings(deadline=None)
@given(CURVES)
def test_who_draws_the_run_itself_is_told_of_no_difference(values: list[float]) -> None:
    mine = BLANK.with_values(values)
    found = difference(mine, MONTHS, mine.at(MONTHS))
    said = " ".join(found.sentences)
    assert "You expected the" not in said
    assert "does not turn" not in said
    assert "farthest apart" not in said
    assert found.question in (
        "Say it in a sentence: why does it go this way?",
        "What keeps it where it is?",
    )


@settings(deadline=None)
@given(CURVES, CURVES)
def test_no_drawing_gets_a_mark(yours: list[float], models: list[float]) -> None:
    run = np.interp(MONTHS, [0, *BLANK.months], [100, *models])
    found = told(BLANK.with_values(yours), run)
    said = " ".join((*found.sentences, found.question)).lower()
    words = set(said.replace(".", " ").replace(",", " ").split())
    assert not words & {"right", "wrong", "correct", "incorrect", "error", "mistake", "good", "bad"}
    assert found.sentences
    assert found.question.endswith(("?",))


@settings(deadline=None)
@given(st.floats(0, 80), st.floats(130, 400))
def test_a_course_begins_where_its_ramp_does(begins: float, to: float) -> None:
    times = np.union1d(MONTHS, [begins])
    values = np.interp(times, [begins, 120], [100, to])
    found = course(times, values, 400)
    assert found.begins == pytest.approx(begins, abs=1e-6)
    assert found.first_way == "rise"
