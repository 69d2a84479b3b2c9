"""What stands on the chart: units as a room reads them, round ticks, lines in the stretch drawn."""

from __future__ import annotations

import pytest

import cpdynamics as cp
from cpdynamics.classroom.sheet import sheet
from cpdynamics.errors import BadValue
from cpdynamics.model import Model
from cpdynamics.scenario import Scenario

MORE = Scenario({"rise": 0.5})


def test_millions_of_pounds_are_read_as_such() -> None:
    model = cp.load("austerity")
    found = sheet(model, model.scenario("A fifth of the posts go"), "Cumulative Saving")
    assert found.units == "£ million"
    assert found.spelt(4_780_000) == "£4.78 million"
    assert found.spelt(-4_780_000) == "\N{MINUS SIGN}£4.78 million"
    assert found.spelt(1e-9) == "£0 million"
    # Nobody can tell from the axis whether it will save or cost.
    assert found.blank.low == -found.blank.high


def test_a_share_is_read_in_percent_and_ends_at_the_whole() -> None:
    model = cp.load("burnout")
    found = sheet(model, model.scenario("A hard year"), "Burnout Share")
    assert found.units == "%"
    assert found.spelt(0.15) == "15 %"
    assert 0 == found.blank.low < found.blank.high <= 1


def test_ticks_are_round_and_one_stands_at_the_end(waiting: Model) -> None:
    chart = sheet(waiting, MORE, "Waiting").chart("Draw.")
    assert chart["xTicks"] == [0, 3, 6, 9, 12, 15, 18, 21, 24]
    assert chart["yTicks"][0] == chart["low"]
    assert chart["yTicks"][-1] == chart["high"]
    model = cp.load("austerity")
    long = sheet(model, model.scenario("A fifth of the posts go"), "repeat referrals")
    assert long.chart("Draw.")["xTicks"] == [0, 36, 72, 108, 144, 180]


def test_lines_and_table_are_the_runs_own_numbers(waiting: Model) -> None:
    found = sheet(waiting, MORE, "Waiting", months=11, every=2)
    assert found.blank.months == (2, 4, 6, 8, 10, 11)
    run = found.run["Waiting"]
    assert found.line(found.run) == [[float(t), run[t]] for t in range(12)]
    assert found.at_months(found.run) == [run[t] for t in (0, 2, 4, 6, 8, 10, 11)]
    assert found.at_months(found.base) == [100] * 7


def test_a_run_that_leaves_the_axis_is_told(waiting: Model) -> None:
    with pytest.raises(BadValue, match="wider axis"):
        sheet(waiting, MORE, "Waiting", axis=(0, 120))
    assert sheet(waiting, MORE, "Waiting", axis=(0, 999)).blank.high == 999
