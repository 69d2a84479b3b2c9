"""Open data in the column layout of Explore Education Statistics, with made-up figures."""

import pytest

from cpdynamics.errors import BadFigures
from cpdynamics.figures import read_series

PLACE = "geographic_level,country_code,country_name,region_code,region_name,old_la_code,new_la_code"
HEADS = f"time_period,time_identifier,{PLACE},la_name,category,referral_count,rereferral_percent"
ROWS = """
2024,Reporting year,National,E92000001,England,,,,,,Referrals,600000,22
2024,Reporting year,Local authority,E9,England,E1,North,999,E6,Anyshire,Referrals,1200,c
2025,Reporting year,Local authority,E9,England,E1,North,999,E6,Anyshire,Referrals,2400,25
"""


def test_one_authority_with_a_suppressed_share(tmp_path):
    place = tmp_path / "c1.csv"
    place.write_text(HEADS + ROWS)
    found = read_series(place, authority="anyshire")
    assert found["referrals"].to_dict() == {84.0: 100.0, 96.0: 200.0}
    share = found["re-referral share"]
    assert share.to_dict() == {96.0: 25.0}
    assert share.attrs["marks"] == {84.0: "suppressed", 96.0: "as read"}


def test_several_places_have_to_be_told_apart(tmp_path):
    place = tmp_path / "c1.csv"
    place.write_text(HEADS + ROWS)
    with pytest.raises(BadFigures, match='"England", "Anyshire"'):
        read_series(place)


FULL = """
2024,Reporting year,National,E92000001,England,,,,,,Referrals,600000,22
2024,Reporting year,Regional,E92000001,England,E12000001,North,,,,Referrals,90000,21
2024,Reporting year,Local authority,E9,England,E1,North,999,E6,Anyshire,Referrals,1200,c
2024,Reporting year,Local authority,E9,England,E1,North,998,E7,Otherby,Referrals,600,low
2024,Reporting year,Local authority,E9,England,E1,North,998,E7,Otherby,Referrals,bad,9
2023,Week 3,Local authority,E9,England,E1,North,998,E7,Otherby,Referrals,600,9
"""


@pytest.mark.parametrize(
    ("authority", "monthly"),
    [("England", 50_000), ("e92000001", 50_000), ("North", 7500), ("999", 100), ("E6", 100)],
)
def test_a_place_is_found_by_its_name_or_a_code(tmp_path, authority, monthly):
    place = tmp_path / "c1.csv"
    place.write_text(HEADS + FULL)
    assert read_series(place, authority=authority)["referrals"].to_dict() == {84.0: monthly}


def test_what_is_wrong_in_the_rows_of_a_place_is_told_at_once(tmp_path):
    place = tmp_path / "c1.csv"
    place.write_text(HEADS + FULL)
    with pytest.raises(BadFigures) as told:
        read_series(place, authority="Otherby")
    where = [one.partition(":")[0] for one in told.value.problems]
    assert where == [
        'row 6, "referral_count"',
        'row 6, "rereferral_percent"',
        'row 7, "time_period"',
    ]
    assert "is no number" in told.value.problems[0]
    assert "second value" in told.value.problems[1]
    assert "Week 3" in told.value.problems[2] or "week 3" in told.value.problems[2]


def test_a_misspelt_place_is_answered_with_the_nearest(tmp_path):
    place = tmp_path / "c1.csv"
    place.write_text(HEADS + FULL)
    with pytest.raises(BadFigures, match='Did you mean "Anyshire"'):
        read_series(place, authority="Anyshir")


def test_filters_make_series_of_their_own_and_columns_that_we_do_not_know_stay(tmp_path):
    heads = f"time_period,time_identifier,{PLACE},la_name,age,sex,widget_count,widget_rate_fte"
    told = "Reporting year,Local authority,E9,England,E1,North,999,E6,Anyshire"
    place = tmp_path / "c2.csv"
    place.write_text(
        f"{heads}\n2024,{told},Under 1,Total,5,2.5\n2024,{told},Over 1,Total,7,z\n"
        f'2025,{told},Under 1,Total,"1,005",2.5\n'
    )
    found = read_series(place)
    assert list(found) == [
        "widget_count: Under 1",
        "widget_count: Over 1",
        "widget_rate_fte: Under 1",
    ]
    assert found["widget_count: Under 1"].to_dict() == {84.0: 5, 96.0: 1005}
    assert found["widget_count: Under 1"].attrs["units"] == "number"
    assert found["widget_rate_fte: Under 1"].attrs["units"] == "%"
    assert found.left_out == {"widget_rate_fte: Over 1": "no value: not applicable"}
