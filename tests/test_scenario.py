import math
import pickle
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from cpdynamics.errors import BadValue
from cpdynamics.scenario import Scenario


def test_a_scenario_cannot_be_changed_and_does_not_follow_what_it_was_made_from():
    given = {"births": 3}
    series = pd.Series([1.0, 2.0], index=[0, 12])
    scenario = Scenario(given, hold={"deaths": series})
    given["births"] = 9
    series.iloc[0] = 9.0
    assert scenario.set == {"births": 3.0}
    assert scenario.hold["deaths"].iloc[0] == 1.0
    with pytest.raises(TypeError):
        scenario.set["births"] = 4
    with pytest.raises(AttributeError):
        scenario.set = {}


@pytest.mark.parametrize("value", [3, 3.0, np.float64(3), np.int32(3), Fraction(3)])
def test_any_real_number_becomes_a_float(value):
    got = Scenario({"births": value}).set["births"]
    assert (type(got), got) == (float, 3.0)


@pytest.mark.parametrize(
    "value",
    [True, "3", None, math.nan, math.inf, -math.inf, 10**400, [3], Decimal(3), np.True_, 3j],
)
@pytest.mark.parametrize("where", ["set", "hold", "initial"])
def test_what_is_no_finite_number_is_refused_by_the_name_of_its_variable(where, value):
    with pytest.raises(BadValue, match="births"):
        Scenario(**{where: {"births": value}})


def test_a_series_for_a_constant_is_sent_to_hold():
    with pytest.raises(BadValue, match=r"births.*hold="):
        Scenario({"births": pd.Series([1.0])})


@pytest.mark.parametrize(
    "course",
    [pd.Series([1, 2], index=[0, 12]), {0: 1, 12: 2}, [[0, 1], [12, 2]], ((0, 1), (12, 2))],
)
def test_a_course_over_time_may_be_written_in_several_ways(course):
    held = Scenario(hold={"births": course}).hold["births"]
    assert list(held.index) == [0.0, 12.0]
    assert list(held) == [1.0, 2.0]
    assert held.dtype == float


@pytest.mark.parametrize(
    ("course", "message"),
    [
        ({}, "empty"),
        ({12: 1, 0: 2}, "not in order"),
        ([[0, 1], [0, 2]], "not in order"),
        ({0: math.nan}, "births"),
        ({"soon": 1}, "a time of"),
        ([1, 2], "list"),
        (np.array([1.0]), "ndarray"),
    ],
)
def test_a_course_that_makes_no_sense_is_refused(course, message):
    with pytest.raises(BadValue, match=message):
        Scenario(hold={"births": course})


@pytest.mark.parametrize("where", ["set", "hold", "initial"])
@pytest.mark.parametrize("given", [5, "births", [("births", 3)]])
def test_only_a_dictionary_will_do(where, given):
    with pytest.raises(BadValue, match=f"{where}="):
        Scenario(**{where: given})


def test_a_name_that_is_no_text_is_refused():
    with pytest.raises(BadValue, match="Names are text"):
        Scenario({3: 4})


def test_one_variable_in_two_spellings_is_refused():
    with pytest.raises(BadValue, match="same variable"):
        Scenario({"Early help cut": 0.1, "early_help  cut": 0.2})


def test_two_together_assume_both_and_the_second_wins():
    first = Scenario({"a": 1, "b": 1}, name="first", story="One.", hold={"h": 1})
    second = Scenario({"B": 2}, name="second", story="Two.", initial={"S": 3}, hold={"H": 2})
    both = first | second
    assert both == Scenario(
        {"a": 1, "b": 2},
        name="first + second",
        story="One. Two.",
        hold={"h": 2},
        initial={"s": 3},
    )
    assert list(both.set) == ["a", "B"]


def test_a_dictionary_may_stand_on_either_side():
    one = Scenario({"a": 1}, name="one", story="It was so.")
    assert (one | {"a": 2}) == Scenario({"a": 2}, name="one, a = 2"), "no longer what one tells of"
    assert (one | {}) == one
    assert ({"a": 2} | Scenario({"a": 1}, name="one")) == Scenario({"a": 1}, name="one")
    with pytest.raises(TypeError):
        Scenario() | 3


def test_equal_means_the_same_assumptions_in_any_spelling():
    one = Scenario({"early help cut": 0.4}, hold={"x": {0: 1, 2: 3}})
    same = Scenario({"Early_Help cut": 0.4}, hold={"X": pd.Series([1.0, 3.0], index=[0, 2])})
    assert one == same
    assert hash(one) == hash(same)
    assert one != Scenario({"early help cut": 0.4}, hold={"x": {0: 1, 2: 4}})
    assert one != Scenario({"early help cut": 0.4})
    assert one != Scenario({"early help cut": 0.4}, initial={"x": 1}, hold={"x": {0: 1, 2: 3}})
    assert Scenario(name="a") != Scenario(name="b")
    assert Scenario(story="a") != Scenario(story="b")
    assert Scenario() != {}


def test_a_scenario_is_true_when_it_differs_from_the_base():
    assert not Scenario(name="nothing yet")
    assert all([Scenario({"a": 0}), Scenario(hold={"a": 0}), Scenario(initial={"a": 0})])


def test_a_scenario_survives_the_way_to_another_process():
    scenario = Scenario({"a": 1}, name="n", story="s", hold={"b": {0: 1}}, initial={"c": 2})
    assert pickle.loads(pickle.dumps(scenario)) == scenario


def test_a_scenario_says_what_it_assumes():
    scenario = Scenario({"early help cut": 0.4}, hold={"x": {0: 1, 2: 3}}, initial={"S": 5})
    assert scenario.label == "early help cut = 0.4, x held at a series of 2, S starts at 5"
    assert repr(Scenario({"a": 1}, name="Cut")) == 'Scenario "Cut": a = 1'
    assert Scenario({"a": 1}, name="Cut").label == "Cut"
    assert Scenario().label == "base"


def test_of_takes_what_a_caller_may_have():
    scenario = Scenario({"a": 1})
    assert Scenario.of(scenario) is scenario
    assert Scenario.of(None) == Scenario()
    assert Scenario.of({"a": 1}) == scenario
    with pytest.raises(BadValue, match="list"):
        Scenario.of([1])
