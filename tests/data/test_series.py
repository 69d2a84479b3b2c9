"""The published figures: typed in without a slip, and each with what a reader needs to judge it."""

import csv
import itertools
import math
from pathlib import Path

import pandas as pd
import pytest

import cpdynamics as cp
from cpdynamics.data import published, spread
from cpdynamics.data.series import AUTHORITIES, figures
from cpdynamics.errors import BadValue, UnknownName

FIGURES = figures()
ALL = sorted({figure.series for figure in FIGURES})
TABLE = Path(cp.__file__).parent / "data" / "england.csv"


def half_a_digit(series: str) -> float:
    """Half of the last digit in which a series is published."""
    with TABLE.open(encoding="utf-8") as file:
        texts = [row["value"] for row in csv.DictReader(file) if row["series"] == series]
    return 0.5 * 10.0 ** -max(len(text.partition(".")[2]) for text in texts)


# --- the table -----------------------------------------------------------------------------------


@pytest.mark.parametrize("figure", FIGURES, ids=lambda one: f"{one.series} {one.year}")
def test_every_figure_says_what_when_and_where_from(figure):
    assert all(text.strip() == text != "" for text in figure if isinstance(text, str))
    assert math.isfinite(figure.value)
    assert 1990 < figure.year < 2030
    assert figure.mark in ("seen", "derived", "unverified")
    assert figure.definition.endswith(".")
    assert figure.source != "same"


@pytest.mark.parametrize("name", ALL)
def test_a_series_is_one_thing_counted_in_one_unit_over_rising_years(name):
    mine = [figure for figure in FIGURES if figure.series == name]
    assert len({(figure.unit, figure.definition) for figure in mine}) == 1
    years = [figure.year for figure in mine]
    assert years == sorted(set(years))


def test_the_figures_of_a_series_stand_together():
    order = [figure.series for figure in FIGURES]
    runs = 1 + sum(one != other for one, other in itertools.pairwise(order))
    assert runs == len(ALL)


def test_the_shape_of_the_official_series():
    """Nine years of the workforce and thirteen of children in need, without a gap."""
    spans = [tuple(published(name, unverified=True).index) for name in ALL]
    assert spans.count(tuple(range(2017, 2026))) == 13
    assert spans.count(tuple(range(2013, 2026))) == 12


# --- figures that anyone can look up -------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "year", "value"),
    [
        ("workers in post", 2017, 28482.6),
        ("turnover", 2017, 13.4),
        ("turnover", 2022, 17.2),
        ("caseload", 2017, 17.7),
        ("caseload", 2025, 15.2),
        ("agency share", 2023, 17.9),
        ("referrals", 2017, 646120),
        ("second or later child protection plans", 2013, 14.9),
        ("second or later child protection plans", 2025, 24.5),
        ("section 47 enquiries", 2013, 127100),
        ("section 47 enquiries", 2025, 230590),
        ("children in care", 2017, 72590),
        ("health visitors", 2015, 10309),
    ],
)
def test_known_figures(name, year, value):
    assert published(name)[year] == value


def test_totals_over_all_years():
    """A sum would show any digit that was lost on the way."""
    assert published("workers in post").sum() == pytest.approx(288_253.3)
    assert published("cases held").sum() == 2_965_809
    assert published("referrals").sum() == 8_247_170


# --- series against one another: each pair was published apart -----------------------------------

RATIOS = [
    ("turnover", "leavers", ("workers in post",), 100),
    ("agency share", "agency workers", ("agency workers", "workers in post"), 100),
    ("vacancy share", "vacancies", ("vacancies", "workers in post"), 100),
    ("caseload", "cases held", ("case holders",), 1),
    ("re-referral share", "re-referrals within 12 months", ("referrals",), 100),
]


# The DfE revised the counts of these years and left the shares as they were first published.
REVISED = {
    ("turnover", 2022), ("turnover", 2024), ("agency share", 2023), ("agency share", 2024),
}  # fmt: skip


@pytest.mark.parametrize(("share", "part", "whole", "times"), RATIOS, ids=[r[0] for r in RATIOS])
def test_a_published_share_is_the_ratio_of_its_published_parts(share, part, whole, times):
    ratio = times * published(part) / sum(published(name) for name in whole)
    assert len(ratio) == len(published(share)) >= 9
    off = (ratio - published(share)).abs()
    # Counts of children are rounded to ten, which moves a share by less than a hundredth.
    wrong = off[off > half_a_digit(share) + 0.005]
    assert {(share, year) for year in wrong.index} == {one for one in REVISED if one[0] == share}
    assert off.max() < 0.25


def test_hours_make_their_shares():
    worked = published("hours worked a week")[2018]
    for share, part in (
        ("screen time share", "hours at the screen a week"),
        ("direct time share", "hours of direct work a week"),
    ):
        assert published(share)[2018] == pytest.approx(
            100 * published(part)[2018] / worked, abs=0.05
        )


def test_looked_after_spending_makes_its_share():
    part = published("looked-after children spending")[2025]
    whole = published("children's social care spending")[2025]
    share = published("share spent on looked-after children")[2025]
    assert share == pytest.approx(100 * part / whole, abs=0.05)


def test_the_index_of_early_intervention_follows_the_spending():
    spending = published("early intervention spending")
    index = published("early intervention index")
    # 2.1 of 3.6 billion, each rounded, is 56 to 61 %.
    assert index[2011] == 100
    assert 100 * 2.05 / 3.65 <= index[2016] <= 100 * 2.15 / 3.55
    assert spending[2016] / spending[2011] == pytest.approx(index[2016] / 100, abs=0.03)


def test_agency_workers_cover_fewer_vacancies_than_there_are_agency_workers():
    covering = published("vacancies covered by agency") / 100 * published("vacancies")
    assert (covering < published("agency workers")).all()


# --- what the figures forbid, computed from them -------------------------------------------------


def test_referrals_stay_near_their_mean_and_the_deep_end_does_not():
    low, high = spread(published("referrals"))
    assert (round(low, 1), round(high, 1)) == (-6.5, 3.7)
    assert spread(published("section 47 enquiries"))[1] > 15


def test_spread_of_a_made_up_series():
    assert spread(pd.Series([8.0, 10.0, 12.0])) == pytest.approx((-20, 20))
    for hopeless in (pd.Series([], dtype=float), pd.Series([-1.0, 1.0])):
        with pytest.raises(BadValue):
            spread(hopeless)


# --- what a user calls ---------------------------------------------------------------------------


def test_a_series_carries_what_it_means():
    series = cp.published("Workers_in  post")
    assert series.name == "workers in post"
    assert series.index.name == "year"
    assert series.attrs["units"] == "FTE"
    assert "agency workers left out" in series.attrs["definition"]
    assert "DfE" in series.attrs["source"]
    assert series.attrs["when"] == "30 September"
    assert set(series.attrs["marks"]) == set(series.index)


def test_a_series_is_the_callers_own():
    series = published("turnover")
    series.loc[2017] = 99.0
    series.attrs["units"] = "cows"
    assert published("turnover")[2017] == 13.4
    assert published("turnover").attrs["units"] == "%/year"


def test_the_table_lists_every_series_once():
    table = cp.published(unverified=True)
    assert list(table.columns) == ["series", "years", "figures", "unit", "definition", "source"]
    assert sorted(table["series"]) == ALL
    assert table["figures"].sum() == len(FIGURES)
    row = table.set_index("series").loc["referrals"]
    assert (row["years"], row["figures"]) == ("2013 to 2025", 13)
    assert "2,0" not in " ".join(table["years"])


def test_a_misspelt_name_is_answered_with_the_nearest():
    with pytest.raises(UnknownName, match='Did you mean "turnover"'):
        published("turnovr")
    with pytest.raises(BadValue, match="Its name was expected"):
        published(7)


def test_unverified_figures_are_handed_out_on_request_only():
    assert 2024 not in published("section 47 enquiries").index
    asked = published("section 47 enquiries", unverified=True)
    assert asked.attrs["marks"][2024] == "unverified"
    assert asked.attrs["marks"][2025] == "seen"
    with pytest.raises(BadValue, match="unverified=True"):
        published("agency premium")
    assert published("agency premium", unverified=True)[2022] == 53
    assert "agency premium" not in set(published()["series"])


def test_one_authority_of_2017():
    """The way in which the models divide England."""
    assert published("referrals")[2017] / AUTHORITIES / 12 == pytest.approx(351.9, abs=0.05)
    assert published("workers in post")[2017] / AUTHORITIES == pytest.approx(186.2, abs=0.05)
