"""Face validity: what is scored, and that the marks which excuse a row from scoring are honest."""

import functools
import math

import pandas as pd
import pytest

import cpdynamics as cp
from cpdynamics import validity
from cpdynamics.data import published
from cpdynamics.errors import BadValue, UnknownName
from cpdynamics.library import root
from cpdynamics.mdl.names import canonical
from cpdynamics.validity import (
    BEGIN,
    END,
    GIVEN,
    MARKS,
    Comparison,
    comparisons,
    face_validity,
    held,
    months,
)
from tests import tiny

ROWS = comparisons()
BASE = [one for one in ROWS if not one.given]
REPLAYED = [one for one in ROWS if one.given]
STAFF = "England's staff"

# Series of the base that no replay scores, and why.
NOT_REPLAYED = {
    "re-referrals within 12 months": "the share and the referrals say it already",
    "median assessment": "one year is published",
    "episodes of need ended": "published ends do not balance starts; at the base they are off",
}

EQUAL = 0.002  # what it costs to round an anchor to three or four digits
FELT = 0.05  # the least elasticity to an assumption that makes a number more than arithmetic


def named(one: Comparison) -> str:
    return f"{one.series} {one.year} in {one.model}"


every_row = pytest.mark.parametrize("one", ROWS, ids=named)
every_base_row = pytest.mark.parametrize("one", BASE, ids=named)
every_replayed_row = pytest.mark.parametrize("one", REPLAYED, ids=named)


@functools.cache
def model(name: str) -> cp.Model:
    return cp.load(name)


@functools.cache
def whole_table() -> cp.tables.Table:
    return face_validity()


def figure(one: Comparison) -> float:
    return float(published(one.series)[int(one.year)])


def replayed(series: str) -> pd.DataFrame:
    """The rows of a series in the replay: index = year."""
    table = whole_table()
    rows = table[(table["given"] == STAFF) & (table["series"] == series)]
    return pd.DataFrame(rows).set_index("year")


def last_digit(number: float) -> float:
    return 10.0 ** -len(f"{number:.10g}".partition(".")[2])


# --- the rows ------------------------------------------------------------------------------------


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


# --- the marks are honest ------------------------------------------------------------------------


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
    """A constant of the same unit and size may be chance; then the row has to say so."""
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


# --- what the models say -------------------------------------------------------------------------


def test_every_series_that_fails_says_why():
    table = whole_table()
    failing = table.loc[table["passes"].eq(False), "series"]
    assert len(failing)
    for series in set(failing):
        assert table.loc[table["series"] == series, "note"].str.len().max() > 40


def test_given_more_staff_the_model_expects_more_relief_than_england_had():
    """The finding that the page tells of. Should it go, the page has to be written anew."""
    for series in ("caseload", "cases held", "re-referral share", "children in care"):
        assert replayed(series)["percent"]["2025"] < -5
    assert replayed("awaiting assessment at 31 March")["percent"]["2025"] > 5
    assert replayed("referrals")["passes"].all()
    assert replayed("child protection plans started")["passes"].all()


def test_a_replay_holds_what_was_published():
    staff = held(STAFF)
    run = model("caseload").run(hold=staff, outputs=[*staff, "case holders"])
    # 30 September 2019 is month 30; a year's mean of absence stands at its middle, 31 March.
    assert run["permanent social workers"][30] * 153 == pytest.approx(30683.8)
    assert run["agency social workers"][30] * 153 == pytest.approx(5753.5)
    assert run["absence share"][24] == pytest.approx(0.031)
    assert run["absence share"][96] == pytest.approx(0.035)
    share = 17840.6 / (28482.6 + 5343.2)
    mine = replayed("case holders")["value"]["2019"]
    assert mine == pytest.approx(share * (30683.8 + 5753.5), rel=1e-3)


def test_unchanged_is_the_figure_of_2017_in_the_place_of_the_models():
    row = replayed("children in care").loc["2025"]
    assert row["unchanged"] == pytest.approx(100 * (72590 / 81770 - 1))
    assert whole_table().loc[whole_table()["given"] == "", "unchanged"].isna().all()


def test_returns_of_unresolved_need_stay_below_all_returns():
    """The published count is of all returns; the model's are those whose need was left unresolved.

    A closed child leaves that state with a constant hazard, so that r/k (1 - exp(-k t)) of them are
    back within t months: r the return fraction, k all that leave.
    """
    caseload = model("sectors/caseload")

    def constant(name: str) -> float:
        value = caseload.structure.elements[canonical(name)].value
        assert value is not None
        return value

    back = constant("return fraction")
    leaving = back + constant("settling fraction") + constant("worsening fraction")
    window = constant("months of the year left at closing")
    repeats = constant("base repeat referrals")
    unresolved = repeats / (back / leaving * (1 - math.exp(-leaving * window)))
    ways = ("turned away", "assessed out", "ending")
    ends = [f"{way} {how}" for way in ways for how in ("resolved", "unresolved")]
    base = caseload.run(outputs=ends).frame.iloc[0]
    assert unresolved == pytest.approx(base[ends[1::2]].sum(), rel=1e-4)

    share = unresolved / base.sum()
    within = {time: share * back / leaving * (1 - math.exp(-leaving * time)) for time in (12, 72)}
    a_year = published("closed episodes referred again within a year")[2019] / 100
    six_years = published("closed episodes referred again within six years")[2019] / 100
    assert 0.8 * a_year < within[12] < a_year
    assert within[12] < within[72] < six_years


def test_late_spending_sets_the_lower_end_of_what_care_costs():
    """At 4,200 GBP a month the published 6.1 billion comes out; the 6,000 assumed is above it."""
    funding = model("sectors/funding")
    cost = funding.structure.elements[canonical("cost of a child in care")]
    assert cost.range is not None
    assert cost.value is not None

    def late_spending(monthly: float | None) -> float:
        names = ["acute spend", "pay of permanent staff", "agency spend"]
        run = funding.run({cost.name: monthly}, outputs=names)
        return float(run.frame.iloc[0].sum()) * 153 * 12 / 1e9

    figure = published("late intervention spending")[2016]
    assert late_spending(cost.range.low) == pytest.approx(figure, rel=0.05)
    assert late_spending(cost.value) > 1.2 * figure


def test_only_outputs_are_scored():
    table = whole_table()
    assert table.loc[table["mark"] != "output", "passes"].isna().all()
    assert (table["percent"].abs() <= 5)[table["passes"].eq(True)].all()


def test_a_story_says_what_its_sectors_say():
    alone = whole_table()
    alone = alone[alone["given"] == ""]
    joined = face_validity("Austerity")
    assert set(joined["given"]) == {""}
    sectors = [f"sectors/{sector}" for sector in model("austerity").story.sectors]
    assert list(joined["series"]) == list(alone.loc[alone["model"].isin(sectors), "series"])
    expected = alone.set_index("series").loc[list(joined["series"]), "value"]
    assert list(joined["value"]) == pytest.approx(list(expected), rel=1e-6)


def test_the_page_holds_the_table_of_today():
    page = (root() / "README.md").read_text(encoding="utf-8")
    assert page.count(BEGIN) == page.count(END) == 1
    assert validity.with_section(page, whole_table()) == page, "cpdynamics face-validity --write"


# --- the reckoning, on a model of two lines ------------------------------------------------------


def row(variable: str, times: str, mark: str = "output", series: str = "caseload") -> Comparison:
    return Comparison(series, "2017", "", "waiting", variable, times, mark, "", "")


@pytest.fixture
def waiting(tmp_path):
    return cp.load(tiny.write(tmp_path))  # Waiting = 100, arriving = leaving = 10


@pytest.mark.parametrize(
    ("variable", "times", "value"),
    [
        ("Waiting", "1", 100),
        ("Waiting", "153 * 12 / 1000", 183.6),
        ("Waiting", "12 / 2 * 3", 1800),
        ("arriving + leaving", "1", 20),
        ("Waiting over arriving", "1", 10),
        ("Waiting + leaving over arriving + leaving", "100", 550),
    ],
)
def test_a_base_value_is_turned_into_the_published_unit(
    waiting, monkeypatch, variable, times, value
):
    monkeypatch.setattr(validity, "comparisons", lambda: (row(variable, times),))
    table = face_validity(waiting)
    assert list(table["value"]) == pytest.approx([value])
    assert list(table["percent"]) == pytest.approx([100 * (value / 17.7 - 1)])


@pytest.mark.parametrize(
    ("factor", "passes"), [(1.0499, True), (1.0501, False), (0.9501, True), (0.9499, False)]
)
def test_five_percent_is_the_limit(waiting, monkeypatch, factor, passes):
    rows = (row("Waiting", f"{0.177 * factor}"), row("Waiting", "7", "follows"))
    monkeypatch.setattr(validity, "comparisons", lambda: rows)
    table = face_validity(waiting)
    assert list(table["passes"]) == [passes, None]
    assert validity.score(table).startswith(f"{int(passes)} of 1")


def test_the_section_is_written_between_its_marks(waiting, monkeypatch):
    monkeypatch.setattr(validity, "comparisons", lambda: (row("Waiting", "0.17700001"),))
    table = face_validity(waiting)
    page = validity.with_section(f"before\n{BEGIN}\nold\n{END}\nafter\n", table)
    assert page.startswith(f"before\n{BEGIN}\n")
    assert page.endswith(f"{END}\nafter\n")
    assert "old" not in page
    assert "| caseload | cases/FTE | 2017 | 17.7 | 17.7 | +0.0 % | **output, passes** |" in page
    assert validity.with_section(page, table) == page
    with pytest.raises(BadValue, match="lacks"):
        validity.with_section("a page", table)


@pytest.mark.parametrize(
    ("when", "year", "expected"),
    [
        ("31 March", 2017, (0, 0)),
        ("30 September", 2017, (6, 6)),
        ("year to 31 March", 2019, (12, 24)),
        ("year to 30 September", 2025, (90, 102)),
    ],
)
def test_a_published_period_has_its_months(when, year, expected):
    assert months(when, year) == expected


def test_a_period_of_another_kind_is_refused():
    with pytest.raises(BadValue, match="no month"):
        months("about 2000", 2000)


def test_a_replay_reads_a_day_or_the_mean_of_a_year(waiting, monkeypatch):
    """What is held rises by one a month, so that month 24 is 24 and the year to it 18."""
    ramp = pd.Series([0.0, 24.0], index=[0.0, 24.0])
    monkeypatch.setattr(validity, "held", lambda given: {"arriving": ramp} if given else {})
    rows = tuple(
        Comparison(series, "2019", "a ramp", "waiting", "arriving", "1", "output", "", "")
        for series in ("awaiting assessment at 31 March", "referrals")
    )
    monkeypatch.setattr(validity, "comparisons", lambda: rows)
    assert list(face_validity(waiting)["value"]) == pytest.approx([24, 18])


def test_a_replay_is_scored_by_year_and_beside_standing_still():
    rows = [("2019", True, 1.0), ("2019", False, 6.0), ("2022", False, -5.0), ("2022", None, 9.0)]
    table = pd.DataFrame(rows, columns=["year", "passes", "unchanged"])
    table["mark"] = ["output", "output", "output", "follows"]
    said = validity.score(table)
    assert said.startswith("1 of 3 outputs are within 5 %: 1 of 2 in 2019, 0 of 1 in 2022.")
    assert said.endswith("The figures of 2017, left as they were, score 2 of 3.")


def test_what_cannot_be_compared_is_refused(waiting):
    with pytest.raises(BadValue, match="No published figure is held against"):
        face_validity(waiting)
    with pytest.raises(UnknownName, match='"austerity"'):
        face_validity("austerty")
    with pytest.raises(BadValue, match="A Model or a name"):
        face_validity(7)
