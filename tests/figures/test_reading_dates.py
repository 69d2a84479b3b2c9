"""When a value stands: months since 1 April 2017, so that 31 March 2018 is month 12."""

import calendar
import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpdynamics.errors import BadValue
from cpdynamics.figures.moments import at_end_of, day_at, moment

MARCH, SEPTEMBER = "31 March", "30 September"


@pytest.mark.parametrize(
    ("cell", "month", "over"),
    [
        ("31 March 2017", 0, 0),
        ("1 April 2017", 0, 0),
        ("31 March 2018", 12, 0),
        ("31st March 2018", 12, 0),
        ("31-Mar-18", 12, 0),
        ("31/03/2018", 12, 0),
        ("31.3.2018", 12, 0),
        ("2018-03-31", 12, 0),
        ("2018-03-31 00:00:00", 12, 0),
        (datetime.date(2018, 3, 31), 12, 0),
        (datetime.datetime(2018, 3, 31), 12, 0),
        ("30 September 2017", 6, 0),
        ("30 Sept 2018", 18, 0),
        ("31/03/2019", 24, 0),
        ("15 April 2017", 0.5, 0),
        ("Mar 2018", 12, 1),
        ("03/2018", 12, 1),
        ("2018-03", 12, 1),
        ("2019/20", 36, 12),
        ("2019-20", 36, 12),
        ("2019\u201320", 36, 12),
        ("2019/2020", 36, 12),
        (201920, 36, 12),
        (201920.0, 36, 12),
        ("201920", 36, 12),
        ("1999/00", -204, 12),
        ("2019/20 Q1", 27, 3),
        ("Q4 2019/20", 36, 3),
        ("year to 30 September 2018", 18, 12),
        ("12 months ending 31 March 2018", 12, 12),
        (2019, 33, 12),  # a calendar year, where nothing is known of the series
    ],
)
def test_each_way_to_write_a_date(cell, month, over):
    found = moment(cell)
    assert (found.month, found.over) == (month, over)


@pytest.mark.parametrize(
    ("cell", "day", "month"),
    [
        (2019, MARCH, 24),
        (2019, SEPTEMBER, 30),
        ("2019", SEPTEMBER, 30),
        ("2019/20", MARCH, 36),
        ("2019/20", SEPTEMBER, 30),  # September 2019 lies in 2019/20
        (201920, SEPTEMBER, 30),
        ("31 March 2019", SEPTEMBER, 24),  # a whole date says all
    ],
)
def test_a_year_is_the_one_of_the_day_of_the_series(cell, day, month):
    assert moment(cell, day=day).month == month


@pytest.mark.parametrize(
    ("cell", "identifier", "month", "over"),
    [
        ("201920", "Financial year", 36, 12),
        ("2020", "Reporting year", 36, 12),
        ("201920", "Academic year", 41, 12),
        ("201920", "Financial year Q3", 33, 3),
        ("2020", "March", 36, 1),
    ],
)
def test_the_identifier_of_open_data(cell, identifier, month, over):
    found = moment(cell, day=MARCH, identifier=identifier)
    assert (found.month, found.over) == (month, over)


@pytest.mark.parametrize(
    ("cell", "identifier"),
    [
        ("201920", "Week 3"),
        ("201920", "Autumn term"),
        ("201920", "Financial year Q1-Q3"),
        ("201920", "Financial year Quarter"),
        ("201920", "Academic year Q1"),
        ("2019", "Week 3"),
    ],
)
def test_an_identifier_that_is_not_read_is_refused(cell, identifier):
    with pytest.raises(BadValue, match="time_identifier"):
        moment(cell, identifier=identifier)


@pytest.mark.parametrize(
    "cell",
    [
        "",
        None,
        "soon",
        "03/31/2018",
        "31 February 2018",
        "2018-13-01",
        "1066",
        "2101",
        "43190",
        "201921",
        "2019/21",
        "2010-11",
        "²⁰¹⁹",
        "31 March",
        "year to 2018/19",
        True,
        "9" * 500,
    ],
)
def test_what_is_no_date_or_two_dates(cell):
    with pytest.raises(BadValue):
        moment(cell)


@given(st.dates(datetime.date(1990, 1, 2), datetime.date(2100, 12, 31)))
def test_a_day_is_told_as_it_was_written(day):
    text = f"{day.day} {calendar.month_name[day.month]} {day.year}"
    month = moment(text).month
    assert month == moment(day.isoformat()).month == moment(f"{day:%d/%m/%Y}").month
    # The first of a month stands for its start, which is the end of the day before.
    told = day - datetime.timedelta(days=1) if day.day == 1 else day
    assert day_at(month) == f"{told.day} {calendar.month_name[told.month]} {told.year}"


@given(st.dates(datetime.date(1990, 1, 2), datetime.date(2100, 12, 30)))
def test_a_later_day_stands_later_and_a_year_is_twelve_months(day):
    after = day + datetime.timedelta(days=1)
    assert at_end_of(after) >= at_end_of(day)
    ends = [datetime.date(day.year - one, 3, 31) for one in (0, 1)]
    assert at_end_of(ends[0]) - at_end_of(ends[1]) == 12
