"""The table to fill in: filled with the model's own values it gives the model's own values."""

import csv

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

import cpdynamics as cp
from cpdynamics.errors import BadFigures, BadValue
from cpdynamics.figures import read_series, template
from cpdynamics.figures.known import known

FIVE = ["caseload", "burnout", "turnover", "agency_reliance", "blame_bureaucracy"]
HEADS = ["series", "date", "value", "unit", "definition", "typical authority"]


def rows_in(place):
    if place.suffix == ".xlsx":
        return [list(row) for row in load_workbook(place).active.iter_rows(values_only=True)]
    with place.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def fill(place, values):
    """Writes a value into each row of a template, as its reader would."""
    if place.suffix == ".xlsx":
        book = load_workbook(place)
        for row, value in zip(book.active.iter_rows(min_row=2), values, strict=True):
            row[2].value = value
        book.save(place)
        return
    heads, *rows = rows_in(place)
    with place.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow(heads)
        for row, value in zip(rows, values, strict=True):
            out.writerow([*row[:2], value, *row[3:]])


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("name", FIVE)
def test_the_typical_values_are_what_the_model_runs_at(name, ending, tmp_path):
    model, place = cp.load(name), tmp_path / f"figures.{ending}"
    template(model, place)
    heads, *rows = rows_in(place)
    assert heads == HEADS
    assert len(rows) >= 23
    fill(place, [float(row[5]) for row in rows])
    found = read_series(place)
    assert list(found) == [row[0] for row in rows]
    own = found.fitted_to(model, leave_out=True)
    assert len(own) >= 15
    run = model.run({"FINAL TIME": 1})
    for variable in own:
        # Twelve digits are written.
        assert own[variable].iloc[0] == pytest.approx(run[variable].iloc[0], rel=1e-11), variable
        assert own[variable].attrs["units"] == run.units[variable]


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data(), year=st.integers(1991, 2100))
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_any_values_are_read_back_at_the_days_of_the_template(ending, data, year, tmp_path):
    place = tmp_path / f"figures.{ending}"
    template(cp.load("turnover"), place, year=year)
    _, *rows = rows_in(place)
    numbers = st.floats(0, 100, allow_subnormal=False) | st.integers(0, 100) | st.none()
    values = data.draw(st.lists(numbers, min_size=len(rows), max_size=len(rows)))
    fill(place, values)
    if all(value is None for value in values):
        with pytest.raises(BadFigures, match="no value at all"):
            read_series(place)
        return
    found = read_series(place)
    assert all(row[1].startswith("year to ") for row in rows if "/year" in row[3])
    for row, value in zip(rows, values, strict=True):
        if value is None:
            assert row[0] in found.left_out
            continue
        rate = {"/year": 12, "": 1}[row[3][row[3].find("/year") :] if "/year" in row[3] else ""]
        september = "30 September" in row[1]
        month = 12 * (year - 2017) + (6 if september else 0)
        assert found[row[0]].to_dict() == {month: pytest.approx(value / rate, rel=1e-12)}
        assert found[row[0]].attrs["over"] == (12 if known(row[0]).yearly else 0)


def test_an_empty_template_is_told(tmp_path):
    template(cp.load("turnover"), tmp_path / "figures.csv")
    with pytest.raises(BadFigures, match="27 series are empty"):
        read_series(tmp_path / "figures.csv")


def test_a_template_as_excel_saves_it_again_as_text(tmp_path):
    """Excel in English writes 31-Mar-17 and a comma; in German a semicolon."""
    place = tmp_path / "figures.csv"
    template(cp.load("turnover"), place)
    text = place.read_text("utf-8-sig").splitlines()
    (at,) = (number for number, line in enumerate(text) if line.startswith("children in care,"))
    name, _, _, unit, *_ = text[at].split(",")
    place.write_text(f"series;date;value;unit\n{name};31-Mar-17;474;{unit}\n")
    assert read_series(place)["children in care"].to_dict() == {0.0: 474.0}


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("figures.txt", {}, "has to end in .csv or .xlsx"),
        ("figures.csv", {"year": 1066}, "1990 to 2100"),
        ("figures.csv", {"year": True}, "1990 to 2100"),
        ("figures.csv", {"year": "2018"}, "1990 to 2100"),
    ],
)
def test_what_cannot_be_written(tmp_path, name, options, words):
    with pytest.raises(BadValue, match=words):
        template(cp.load("turnover"), tmp_path / name, **options)
    assert not list(tmp_path.iterdir())


def test_a_model_that_no_figure_sets(tmp_path):
    with pytest.raises(BadValue, match="sets anything"):
        template(cp.load("teaching/bathtub"), tmp_path / "figures.csv")
    with pytest.raises(BadValue):
        template("turnover", tmp_path / "figures.csv")
