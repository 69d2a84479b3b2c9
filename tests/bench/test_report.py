import json

import pytest

from cpdynamics.bench import report
from cpdynamics.bench.measuring import Measured, Task
from cpdynamics.bench.million import Peak
from cpdynamics.bench.scaling import Curve


def found(model, what, *seconds, goal=None):
    return Measured(Task(model, what, float, goal), seconds)


FOUND = [
    found("one", "theirs", 8, 9, 40),
    found("one", "ours", 2, 1, 4, goal=3),
    found("two", "theirs", 5, 5, 5),
    found("three", "ours", 1, 1, 1),
]


def test_a_ratio_divides_what_was_measured_in_the_same_round():
    (one,) = report.compared(FOUND, ["theirs"], ["ours"], {("one", "theirs", "ours"): 7.0})
    assert (one.model, one.rival, one.ours, one.goal) == ("one", "theirs", "ours", 7.0)
    assert one.times == [4, 9, 10]
    assert one.median == 9


def test_a_ratio_needs_both_on_the_same_model():
    assert report.compared(FOUND[2:], ["theirs"], ["ours"], {}) == []


def test_the_costs_are_medians_in_milliseconds_beside_the_goal():
    table = report.costs(FOUND[:2])
    assert table.loc["ours"].tolist() == [2000, 1000, 4000, 3000]
    assert table.loc["theirs", "median"] == 9000
    assert table["goal"].isna().tolist() == [True, False]


def test_the_ratios_as_a_table():
    table = report.ratios(report.compared(FOUND, ["theirs"], ["ours"], {}))
    assert table.loc["one", ["times", "least", "most"]].tolist() == [9, 4, 10]


def test_the_file_says_what_was_measured_where_and_with_what():
    curve = Curve("it", "runs", (1, 10, 100), (1.0, 10.0, 1000.0))
    text = report.as_json(
        FOUND,
        report.compared(FOUND, ["theirs"], ["ours"], {}),
        rounds=3,
        missing=["a rival"],
        curves=[curve],
        peaks=[Peak("it", 10, 1.0, 0.5, None, None)],
    )
    read = json.loads(text)
    assert {*read} == {
        *("when", "machine", "versions", "rounds", "missing"),
        *("seconds", "ratios", "scaling", "many runs"),
    }
    assert {*read["machine"]} == {"processor", "processors", "system", "python", "load"}
    assert read["machine"]["processor"]
    assert read["versions"]["cpdynamics"]
    assert read["rounds"] == 3
    assert read["missing"] == ["a rival"]
    cost, (ratio,) = read["seconds"][1], read["ratios"]
    assert list(cost.items()) == [
        *[("model", "one"), ("what", "ours"), ("median", 2), ("fastest", 1), ("slowest", 4)],
        ("goal", 3),
    ]
    assert list(ratio.items()) == [
        *[("model", "one"), ("rival", "theirs"), ("ours", "ours")],
        *[("median", 9), ("least", 4), ("most", 10), ("goal", None)],
    ]
    assert read["scaling"][0]["at the end"] == pytest.approx(2)
    assert read["many runs"][0]["runs"] == 10


def test_a_package_that_is_not_installed_has_no_version(monkeypatch):
    monkeypatch.setattr(report, "_PACKAGES", ("numpy", "no such package"))
    versions = report.versions()
    assert versions["numpy"]
    assert versions["no such package"] is None
