"""Which loop dominates when, in a sentence."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cpdynamics.feedback.words import in_words, periods

TITLES = {"R1": "R1 Failure demand", "B3": "B3 Rationing relief", "B4": "B4 Cutting corners"}


def frame(*stretches: tuple[int, dict[str, float]]) -> pd.DataFrame:
    rows = [row for length, row in stretches for _ in range(length)]
    return pd.DataFrame(rows, columns=list(TITLES)).fillna(0.0)


@pytest.mark.parametrize(
    ("stretches", "told"),
    [
        (
            [(38, {"B3": -0.8, "R1": 0.2}), (40, {"R1": 0.7, "B3": -0.3})],
            "Until month 38 B3 Rationing relief dominates, then R1 Failure demand dominates.",
        ),
        ([(50, {"R1": 0.6, "B3": -0.4})], "R1 Failure demand dominates throughout."),
        ([(50, {"R1": 0.4, "B3": -0.3})], "R1 Failure demand leads throughout."),
        (
            [(12, {}), (50, {"B4": -1.0})],
            "Until month 12 no loop is at work, then B4 Cutting corners dominates.",
        ),
        (
            [(1, {}), (30, {"R1": 1.0}), (30, {"B3": -1.0}), (30, {"B4": -1.0})],
            "Until month 31 R1 Failure demand dominates, then B3 Rationing relief dominates until "
            "month 61, then B4 Cutting corners dominates.",
        ),
        ([(20, {})], ""),
    ],
)
def test_the_sentence(stretches, told):
    assert in_words(frame(*stretches), TITLES, "Month") == told


def test_a_brief_period_is_passed_over():
    told = frame((40, {"R1": 0.9}), (2, {"B3": -0.9, "R1": 0.1}), (40, {"R1": 0.9}))
    assert in_words(told, TITLES, "Month") == "R1 Failure demand dominates throughout."


def test_a_brief_period_goes_to_the_neighbour_that_is_worth_more_in_it():
    sizes = np.array([[1, 0, 0]] * 30 + [[0.1, 0.6, 0.3]] * 2 + [[0, 0, 1]] * 30)
    assert [(one.key, one.stop) for one in periods(sizes, "abc")] == [("a", 30), ("c", 62)]


def test_no_more_than_a_sentence_can_hold():
    rows = [(10 + place, {("R1", "B3")[place % 2]: 1.0}) for place in range(14)]
    sizes = frame(*rows).abs().to_numpy()
    found = periods(sizes, list(TITLES))
    assert 1 < len(found) <= 6
    assert [one.start for one in found[1:]] == [one.stop for one in found[:-1]]
    assert found[-1].stop == len(sizes)


def test_a_model_without_a_unit_of_time():
    told = in_words(frame((10, {"R1": 1.0}), (10, {"B3": -1.0})), TITLES, "")
    assert told.startswith("Until time 10 R1")
