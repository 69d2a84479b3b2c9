"""Results as one Excel workbook: every value, every assumption, and no formula."""

import math

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook

import cpdynamics as cp
from cpdynamics.errors import BadValue, CannotWrite
from cpdynamics.figures import localise, read_series, workbook

EVIL = "=HYPERLINK(1)"


class Sheets:
    """Anything that has tables for a workbook."""

    def __init__(self, **tables):
        self.tables = tables

    def sheets(self):
        return self.tables


def pages_of(place):
    """Name of a sheet -> its rows."""
    book = load_workbook(place)
    return {page.title: list(page.iter_rows(values_only=True)) for page in book}


@pytest.fixture(scope="module")
def run():
    return cp.load("caseload").run(
        cp.Scenario({"FINAL TIME": 3, "base referrals": 300}, name="Fewer")
    )


def test_a_run_is_there_with_units_assumptions_and_the_command(run, tmp_path):
    place = tmp_path / "out.xlsx"
    workbook(place, run, command="cpdynamics run caseload")
    pages = pages_of(place)
    assert list(pages) == ["About", "Assumptions", "Fewer"]
    about = dict(row[:2] for row in pages["About"])
    assert about["made by"].startswith("cpdynamics ")
    assert about["command"] == "cpdynamics run caseload"
    assert about["run"] == "caseload: Fewer (sheet Fewer)"
    assert ("Fewer", "caseload", "set", "base referrals", 300) in pages["Assumptions"]
    heads, units, *rows = pages["Fewer"]
    at = heads.index("Children in Care")
    assert units[at] == "Child"
    assert [row[at] for row in rows] == run["Children in Care"].tolist()
    assert [row[0] for row in rows] == [0, 1, 2, 3]


def test_what_a_local_authority_changed_and_where_it_comes_from(tmp_path):
    theirs = tmp_path / "theirs.csv"
    theirs.write_text("series,date,value,unit\nreferrals,2018/19,5000,children/year\n")
    local = localise(cp.load("caseload"), read_series(theirs))
    workbook(tmp_path / "out.xlsx", local)
    pages = pages_of(tmp_path / "out.xlsx")
    assert list(pages)[2:] == ["Changed", "Cannot hold", "Not used", "Figures"]
    heads, *rows = pages["Changed"]
    assert [row[heads.index("constant")] for row in rows] == local.changed["constant"].tolist()
    assert "theirs.csv, row 2" in str(pages["Figures"])


def test_text_that_begins_like_a_formula_stays_text(tmp_path):
    table = pd.DataFrame({EVIL: [EVIL, "+1", "@x", "-y", "safe", "\x1b[31m"]})
    workbook(tmp_path / "out.xlsx", Sheets(**{EVIL: table}), command=EVIL)
    cells = [cell for page in load_workbook(tmp_path / "out.xlsx") for row in page for cell in row]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
    assert all(cell.quotePrefix for cell in cells if str(cell.value)[:1] in "=+-@")
    assert sum(cell.value == EVIL for cell in cells) == 3
    assert not any("\x1b" in str(cell.value) for cell in cells)


def test_what_excel_cannot_hold_is_left_empty_or_written_as_text(tmp_path):
    values = [math.nan, None, pd.NA, -math.inf, True, np.float64(0.1), 10**400, "x" * 40_000]
    odd = pd.DataFrame({"a": pd.Series(values, dtype=object)})
    workbook(tmp_path / "out.xlsx", Sheets(Odd=odd))
    found = [row[0] for row in pages_of(tmp_path / "out.xlsx")["Odd"][1:]]
    assert found[:6] == [None, None, None, "-infinite", "yes", 0.1]
    assert found[6] == str(10**400)
    assert len(found[7]) == 32_000


def test_no_two_sheets_have_one_name(run, tmp_path):
    table = pd.DataFrame({"a": [1]})
    several = [Sheets(**{name: table}) for name in ("About", "Fewer", "History", "a/b?", "''")]
    workbook(tmp_path / "out.xlsx", run, run, run, *several, Sheets(**{"x" * 60: table}))
    names = list(pages_of(tmp_path / "out.xlsx"))
    assert names[2:] == [
        "Fewer",
        "Fewer 2",
        "Fewer 3",
        "About 2",
        "Fewer 4",
        "History 2",
        "a b",
        "Result",
        "x" * 31,
    ]


def test_what_cannot_be_written(run, tmp_path):
    with pytest.raises(BadValue, match=r"end in \.xlsx"):
        workbook(tmp_path / "out.csv", run)
    with pytest.raises(BadValue, match="got a dict"):
        workbook(tmp_path / "out.xlsx", {})
    with pytest.raises(CannotWrite):
        workbook(tmp_path / "nowhere" / "out.xlsx", run)
    assert not list(tmp_path.iterdir())
