"""The marks that excuse a row of face validity from scoring are honest."""

import functools

import pytest

from cpdynamics.data import published
from cpdynamics.mdl.names import canonical
from cpdynamics.validity import GIVEN, MARKS, held, months
from tests.models.face_validity_rows import (
    BASE,
    REPLAYED,
    ROWS,
    STAFF,
    figure,
    model,
    named,
    whole_table,
)

# Series of the base that no replay scores, and why.
NOT_REPLAYED = {
    "re-referrals within 12 months": "the share and the referrals say it already",
    "median assessment": "one year is published",
    "episodes of need ended": "published ends do not balance starts; at the base they are off",
}

EQUAL = 0.002  # what it costs to round an anchor to three or four digits
FELT = 0.05  # the least elasticity to an assumption that makes a number more than arithmetic

every_row = pytest.mark.parametrize("one", ROWS, ids=named)
every_base_row = pytest.mark.parametrize("one", BASE, ids=named)
every_replayed_row = pytest.mark.parametrize("one", REPLAYED, ids=named)


def last_digit(number: float) -> float:
    return 10.0 ** -len(f"{number:.10g}".partition(".")[2])


@every_row
def test_a_row_names_what_is_there(one):
    assert one.mark in MARKS
    assert int(one.year) in published(one.series).index
    names = [element.name for element in model(one.model).structure.elements.values()]
    assert set(one.names) <= set(names)
    assert (one.mark == "input") == bool(one.constant)
    assert one.in_published_units("x", lambda _: 1.0) > 0


def test_no_row_stands_twice():
    assert len({(one.series, one.year, one.given) for one in ROWS}) == len(ROWS)


def test_nothing_that_the_sector_is_held_against_is_kept_out_of_the_replay():
    """To score only what comes out well would be easy."""
    at_the_base = {one.series for one in BASE if one.model == "sectors/caseload"}
    years: dict[str, set[str]] = {}
    for one in REPLAYED:
        years.setdefault(one.series, set()).add(one.year)
    assert set(years) == at_the_base - set(NOT_REPLAYED)
    for series, chosen in years.items():
        expected = {"2019", "2022", "2025"}
        assert chosen == (expected if series != "children in care" else {"2018", "2025"})
    assert published("children in care").index.intersection([2019, 2022]).empty


@every_base_row
def test_a_figure_of_another_year_says_so(one):
    """2017 is what the model stands for; anything else is the nearest at hand."""
    assert one.year == "2017" or one.note


@pytest.mark.parametrize("one", [row for row in BASE if row.mark == "input"], ids=named)
def test_an_input_is_the_published_figure_in_a_constant(one):
    elements = model(one.model).structure.elements

    def constant(name: str) -> float:
        value = elements[canonical(name)].value
        assert value is not None, f"{name} is no constant"
        return value

    came = one.in_published_units(one.constant, constant)
    allowed = max(EQUAL * figure(one), last_digit(figure(one)) / 2)
    assert came == pytest.approx(figure(one), abs=allowed)
    # The row has to be about that constant: the variable takes its value.
    table = whole_table()
    row = table[(table["series"] == one.series) & (table["model"] == one.model)]
    value = float(row["value"].iloc[0])
    assert value == pytest.approx(came, rel=1e-6)


@pytest.mark.parametrize("one", [row for row in ROWS if row.mark == "output"], ids=named)
def test_no_constant_was_set_to_an_output(one):
    """One of the same unit and size, by chance or not, would make the output look like an input."""
    elements = model(one.model).structure.elements
    unit = one.in_published_units("x", lambda _: 1.0)
    wanted = figure(one) / unit
    units = elements[canonical(one.names[0])].units if " over " not in one.variable else "Dmnl"
    alike = {
        element.name
        for element in elements.values()
        if element.value and element.units == units and abs(element.value / wanted - 1) <= EQUAL
    }
    assert alike == set()


@every_replayed_row
def test_a_replay_is_not_scored_on_what_it_was_given(one):
    assert one.mark in ("follows", "output")
    assert one.given in GIVEN
    assert one.series not in {name for name, _ in GIVEN[one.given].values()}
    assert not set(one.names) & set(GIVEN[one.given])


def moved_assumptions(name: str) -> dict[str, float]:
    """The constants that no figure has set, each moved by a hundredth within its range."""
    elements = model(name).structure.elements
    inputs = {canonical(part) for row in ROWS for part in row.constant.split(" over ")}
    found = {}
    for key, element in elements.items():
        if element.kind != "constant" or not element.value or element.range is None:
            continue
        group = model(name).document[element.name].group
        if key not in inputs and not group.endswith(("Boundary", "Levers", "Control")):
            low = element.range.low
            down = low is None or element.value * 0.99 >= low
            found[element.name] = element.value * (0.99 if down else 1.01)
    return found


@functools.cache
def elasticities(name: str) -> dict[str, float]:
    """For each row of a model, how strongly its value hangs on the assumption it hangs on most."""
    mine = [row for row in BASE if row.model == name]
    names = sorted({variable for row in mine for variable in row.names})

    def values(change: dict[str, float]) -> dict[str, float]:
        start = model(name).run({"FINAL TIME": 0.0625, **change}, outputs=names).frame.iloc[0]
        return {row.series: row.in_published_units(row.variable, start.get) for row in mine}

    base = values({})
    most = dict.fromkeys(base, 0.0)
    for assumption, value in moved_assumptions(name).items():
        moved = values({assumption: value})
        for series in most:
            change = abs(moved[series] / base[series] - 1) / 0.01
            most[series] = max(most[series], change)
    return most


@every_base_row
def test_an_output_hangs_on_assumptions_and_nothing_else_does(one):
    """Were it arithmetic of published figures, to hit one more of them would be no feat."""
    most = elasticities(one.model)[one.series]
    assert most >= FELT if one.mark == "output" else most < FELT


# What more staff does in the model goes through these.
STAFF_WORKS_BY = ("strength of thin visits", "cutting corners", "rationing", "drift of plans")


@functools.cache
def change_since_2017(assumption: str | None) -> dict[tuple[str, str], float]:
    """By how much each replayed figure leaves the base, one assumption a tenth lower or none."""
    caseload = model("caseload")
    change = {}
    if assumption:
        value = caseload.structure.elements[canonical(assumption)].value
        assert value
        change = {assumption: 0.9 * value}
    names = list(dict.fromkeys(name for one in REPLAYED for name in one.names))
    run = caseload.run(change, hold=held(STAFF), outputs=names)
    found = {}
    for one in REPLAYED:
        start, end = months(published(one.series).attrs["when"], int(one.year))
        moved = {name: run[name].loc[start:end].mean() for name in one.names}
        base = one.in_published_units(one.variable, lambda name: float(run[name].iloc[0]))
        found[one.series, one.year] = one.in_published_units(one.variable, moved.__getitem__) - base
    return found


@every_replayed_row
def test_what_an_output_did_since_2017_hangs_on_assumptions(one):
    key = one.series, one.year
    as_it_is = change_since_2017(None)[key]
    most = max(abs(change_since_2017(name)[key] / as_it_is - 1) for name in STAFF_WORKS_BY)
    assert most >= FELT * 0.1 if one.mark == "output" else most < FELT * 0.1
