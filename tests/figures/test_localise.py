"""Local figures keep the model at rest, and its own change nothing."""

import csv

import numpy as np
import pytest
from openpyxl import load_workbook

import cpdynamics as cp
from cpdynamics.errors import BadFigures
from cpdynamics.figures import Figures, localise, read_series, template, workbook

MODELS = ["caseload", "turnover", "agency_reliance", "austerity", "child_protection"]


def filled(model, place, times=1.0):
    """The template of a model with the typical values in it, counts multiplied."""
    template(model, place)
    with place.open(encoding="utf-8-sig", newline="") as file:
        heads, *rows = csv.reader(file)
    for row in rows:
        count = not row[3].startswith("%") and row[3] not in ("working days", "cases/FTE")
        row[2] = repr(float(row[5]) * (times if count else 1))
    with place.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([heads, *rows])
    return read_series(place)


@pytest.mark.parametrize("name", MODELS)
def test_the_models_own_figures_change_nothing(name, tmp_path):
    local = localise(cp.load(name), filled(cp.load(name), tmp_path / "own.csv"))
    assert local.changed.empty, local.changed
    assert local.conflicts.empty, local.conflicts


@pytest.mark.parametrize("name", MODELS)
def test_twice_the_counts_leave_every_share_as_it_is(name, tmp_path):
    model = cp.load(name)
    local = localise(model, filled(model, tmp_path / "twice.csv", 2.0))
    assert local.conflicts.empty
    assert local.rest < 1e-9
    one, two = model.run(), local.run()
    assert two["Children in Care"].iloc[0] == pytest.approx(2 * one["Children in Care"].iloc[0])
    for share in ("repeat referral share", "caseload per worker"):
        np.testing.assert_allclose(two[share], one[share], rtol=1e-9)


def test_starters_and_leavers_that_differ_are_told(tmp_path):
    place = tmp_path / "two.csv"
    place.write_text(
        "series,date,value,unit\nleavers,2018,24,FTE/year\nstarters,2018,36,FTE/year\n"
    )
    local = localise(cp.load("turnover"), read_series(place))
    (row,) = local.conflicts.to_dict("records")
    assert row["figure"] == "starters"
    assert (row["given"], row["holds"]) == (pytest.approx(3), pytest.approx(2))
    assert "leavers was kept" in row["done"]


def test_every_problem_is_told_with_its_row(tmp_path):
    place = tmp_path / "bad.csv"
    place.write_text(
        "series,date,value,unit\nreferrals,2018/19,abc,children/year\n"
        "vacancies,2018,3,FTE\nvacancies,2018,4,FTE\nchildren in care,2018,5,people\n"
    )
    with pytest.raises(BadFigures) as told:
        read_series(place)
    text = " ".join(told.value.problems)
    assert len(told.value.problems) == 3
    for row in ("row 2", "row 4", "row 5"):
        assert row in text


def test_a_workbook_holds_no_formula(tmp_path):
    run = cp.load("caseload").run({"FINAL TIME": 1})
    workbook(tmp_path / "out.xlsx", run, command="=1+1")
    book = load_workbook(tmp_path / "out.xlsx")
    cells = [cell for page in book for row in page.iter_rows() for cell in row]
    assert "=1+1" in {cell.value for cell in cells}
    assert not [cell for cell in cells if cell.data_type == "f"]


def test_figures_are_fitted_to_variables(tmp_path):
    place = tmp_path / "fit.csv"
    place.write_text(
        "series,date,value,unit\nreferrals,2017/18,1200,children/year\nvacancy share,2018,20,%\n"
    )
    found = read_series(place).fitted_to(cp.load("turnover"))
    assert isinstance(found, Figures)
    assert found["referrals"].to_dict() == {12.0: 100.0}
    assert found["referrals"].attrs["over"] == 12
    assert found["vacancy share"].iloc[0] == pytest.approx(0.2)
