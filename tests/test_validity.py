"""How a model is held against published figures, on a model of two lines."""

import pandas as pd
import pytest

import cpdynamics as cp
from cpdynamics import validity
from cpdynamics.errors import BadValue, UnknownName
from cpdynamics.validity import BEGIN, END, Comparison, face_validity, months
from tests import tiny


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
