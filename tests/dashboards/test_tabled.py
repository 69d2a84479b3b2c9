"""Charts as tables."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cpdynamics.dashboards.tabled import tables
from cpdynamics.run import Run
from cpdynamics.scenario import Scenario


def a_run(factor: float, *, months: int = 48, unit: str = "Month", last: int | None = None) -> Run:
    index = np.arange(0.0, (months if last is None else last) + 1)
    frame = pd.DataFrame({"Cases": factor * index, "share seen": index / months}, index=index)
    return Run("tiny", Scenario(), frame, {"Cases": "Child", "share seen": "Dmnl"}, unit)


def test_a_long_run_is_told_at_the_end_of_each_year() -> None:
    (table,) = tables([("Open", ["Cases"])], {"base": a_run(10), "this run": a_run(20)})
    assert table["title"] == "Open (children)"
    assert table["heads"] == ["years", "base", "this run"]
    assert table["rows"] == [
        ["0", "0", "0"],
        ["1", "120", "240"],
        ["2", "240", "480"],
        ["3", "360", "720"],
        ["4", "480", "960"],
    ]


def test_every_year_stands_there_where_the_axis_counts_in_fives() -> None:
    (table,) = tables([("Open", ["Cases"])], {"base": a_run(1, months=180)})
    assert [row[0] for row in table["rows"]] == [str(year) for year in range(16)]


def test_several_variables_are_named_with_their_runs_and_shares_are_in_percent() -> None:
    runs = {"base": a_run(1), "pin 1": a_run(2)}
    first, second = tables([("Both", ["Cases", "Cases"]), ("Seen", ["share seen"])], runs)
    assert first["heads"][1:] == ["Cases, base", "Cases, pin 1"] * 2
    assert second["title"] == "Seen (%)"
    assert [row[1] for row in second["rows"]] == ["0", "25", "50", "75", "100"]


def test_a_run_that_ends_early_leaves_cells_empty() -> None:
    (table,) = tables([("Open", ["Cases"])], {"base": a_run(10), "this run": a_run(1, last=20)})
    assert [row[2] for row in table["rows"]] == ["0", "12", "", "", ""]


def test_a_short_run_is_told_where_its_axis_counts() -> None:
    (table,) = tables([("Open", ["Cases"])], {"base": a_run(1, months=12)})
    assert table["heads"][0] == "months"
    assert [row[0] for row in table["rows"]] == ["0", "3", "6", "9", "12"]


def test_times_that_never_are_whole_leave_both_ends() -> None:
    index = [0.5, 1.7, 2.9]
    frame = pd.DataFrame({"x": [1.0, 2.0, 3.0]}, index=index)
    run = Run("tiny", Scenario(), frame, {"x": "Dmnl"}, "Year")
    (table,) = tables([("X", ["x"])], {"base": run})
    assert [row[1] for row in table["rows"]] == ["1", "3"]
