"""Figures by the names and in the units of a model's variables."""

import pandas as pd
import pytest

import cpdynamics as cp
from cpdynamics.errors import BadFigures, UnknownName
from cpdynamics.figures import Figures, read_series

HEADS = "series,date,value,unit\n"

TINY = """{UTF-8}
Children = INTEG (arriving - leaving, 100) ~ Child ~ |
arriving = base arriving ~ Child/Month ~ |
leaving = Children * leaving fraction ~ Child/Month ~ |
leaving fraction = 0.1 ~ 1/Month ~ |
base arriving = 10 ~ Child/Month ~ |
busy share = Children / capacity ~ Dmnl ~ |
capacity = 200 ~ Child ~ |
spend = Children * cost ~ GBP/Month ~ |
cost = 100 ~ GBP/(Child*Month) ~ |
wait = Children / arriving ~ Month ~ |
FINAL TIME = 12 ~ Month ~ |
INITIAL TIME = 0 ~ Month ~ |
SAVEPER = 1 ~ Month ~ |
TIME STEP = 0.25 ~ Month ~ |
"""


@pytest.fixture
def tiny(tmp_path):
    place = tmp_path / "tiny.mdl"
    place.write_text(TINY)
    return cp.load(place)


def read(tmp_path, *rows):
    place = tmp_path / "figures.csv"
    place.write_text(HEADS + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return read_series(place)


@pytest.mark.parametrize(
    ("row", "name", "value", "over"),
    [
        ("busy share,2018,80,%", "busy share", 0.8, 12),
        ("busy share,31 March 2018,80 %,%", "busy share", 0.8, 0),
        ("busy share,2018,0.8,share", "busy share", 0.8, 12),
        ("arriving,2018/19,120,children/year", "arriving", 10, 12),
        ("ARRIVING,2018/19,120,children", "arriving", 10, 12),
        ("arriving,2018/19 Q1,30,children", "arriving", 10, 3),
        ("arriving,Mar 2019,10,cases", "arriving", 10, 1),
        ("arriving,2018/19,0.12,thousand children/year", "arriving", 10, 12),
        ("children,31 March 2018,90,children", "Children", 90, 0),
        ("spend,2018/19,1.2,£m/year", "spend", 100_000, 12),
        ("spend,2018/19,1200,£k", "spend", 100_000, 12),
        ("wait,2018/19,21,working days", "wait", 1, 0),
        ("children,31 March 2018,90,number", "Children", 90, 0),
        ("arriving,2018/19,120,number", "arriving", 10, 12),
    ],
)
def test_a_figure_becomes_the_variables(tiny, tmp_path, row, name, value, over):
    found = read(tmp_path, row).fitted_to(tiny)
    assert list(found) == [name]
    assert found[name].iloc[0] == pytest.approx(value, rel=1e-12)
    assert found[name].name == name
    assert found[name].attrs["over"] == over
    assert found[name].attrs["units"] == tiny.structure.elements[name.lower()].units
    assert found[name].attrs["source"] == "figures.csv, row 2"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("arriving,2018/19,5,FTE/year", "Child/Month was expected"),
        ("arriving,31 March 2018,5,children", "Child/Month was expected"),
        ("children,31 March 2018,5,%", "Child was expected"),
        ("busy share,2018,5,children", "Dmnl was expected"),
        ("busy share,2018,5,number", "Dmnl was expected"),
        ("wait,2018,5,number", "Month was expected"),
        ("spend,2018,5,number", "GBP/Month was expected"),
        ("arriving,31 March 2018,5,number", "Child/Month was expected"),
        ("spend,2018/19,5,children/year", "GBP/Month was expected"),
        ("arivving,2018/19,5,children/year", 'Did you mean "arriving"'),
        ("capacity,2018,5,children", "has no such variable"),
    ],
)
def test_another_kind_or_name_is_refused_in_words(tiny, tmp_path, row, words):
    with pytest.raises(BadFigures, match="1 figure does not fit tiny") as told:
        read(tmp_path, row).fitted_to(tiny)
    assert words in told.value.problems[0]


def test_all_that_does_not_fit_is_told_at_once(tiny, tmp_path):
    rows = ("arivving,2018,5,children", "busy share,2018,5,FTE", "children,31/3/18,5,children")
    found = read(tmp_path, *rows)
    with pytest.raises(BadFigures) as told:
        found.fitted_to(tiny)
    assert [one.partition(":")[0] for one in told.value.problems] == ['"arivving"', '"busy share"']
    with pytest.raises(BadFigures) as told:  # a wrong unit is never passed over
        found.fitted_to(tiny, leave_out=True)
    assert len(told.value.problems) == 1
    kept = found.take("arivving", "children").fitted_to(tiny, leave_out=True)
    assert list(kept) == ["Children"]
    assert "Did you mean" in kept.left_out["arivving"]


def test_names_lead_to_the_variable(tiny, tmp_path):
    found = read(tmp_path, "our children,31 March 2018,90,children")
    assert found.fitted_to(tiny, names={"our_children": "children"})["Children"].iloc[0] == 90
    assert list(found.renamed({"our children": "Children"}).fitted_to(tiny)) == ["Children"]
    with pytest.raises(UnknownName, match='Did you mean "arriving"'):
        found.fitted_to(tiny, names={"our children": "ariving"})
    with pytest.raises(UnknownName, match='Did you mean "our children"'):
        found.fitted_to(tiny, names={"your children": "Children"})


def test_two_figures_of_one_variable_are_refused(tiny, tmp_path):
    found = read(tmp_path, "children,31/3/18,9,children", "our children,31/3/18,8,children")
    with pytest.raises(BadFigures, match="Children has a figure already"):
        found.fitted_to(tiny, names={"our children": "Children"})


def test_a_series_of_ones_own_is_fitted_too(tiny):
    one = pd.Series([50.0], index=[12.0])
    one.attrs = {"units": "%", "over": 0}
    assert Figures({"busy share": one}).fitted_to(tiny)["busy share"].to_dict() == {12.0: 0.5}
    with pytest.raises(BadFigures, match="The unit is missing"):
        Figures({"busy share": pd.Series([0.5])}).fitted_to(tiny)
