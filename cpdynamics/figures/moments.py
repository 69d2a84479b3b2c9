"""Dates and years as people write them, in months since 1 April 2017."""

from __future__ import annotations

import calendar
import datetime
import re
from dataclasses import dataclass
from typing import Literal

from cpdynamics.errors import BadValue, clipped

FIRST, LAST = 1990, 2100
_NAMES = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_NAMES |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
_NAMES["sept"] = 9
_YEARS = re.compile(r"(\d{4})\s*[/\u2013-]\s*(\d{2}|\d{4})")
_QUARTER = re.compile(r"(?:q([1-4])\s*)?(\d{4})\s*[/\u2013-]\s*(\d{2}|\d{4})(?:\s*q([1-4]))?")
_YEAR_TO = re.compile(r"(?:12 months|year)\s+(?:to|ending|ended)\s+(.+)")
_DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[\s/.-]+(\d{1,2}|[a-z]{3,9})[\s/.,-]+(\d{4}|\d{2})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[t ]00:00(?::00(?:\.0+)?)?)?")
_MONTH = re.compile(r"([a-z]{3,9})[\s-]+(\d{4})|(\d{1,2})/(\d{4})|(\d{4})-(\d{2})")


@dataclass(frozen=True)
class Moment:
    """When a value stands.

    Attributes:
        month: in months since 1 April 2017; the end of the day or of the period.
        over: length of the period in months; 0 for a day.
        bare: whether only the number of a year was written, so that its end had to be assumed.
    """

    month: float
    over: float = 0.0
    bare: bool = False


def at_end_of(day: datetime.date) -> float:
    """Months from 1 April 2017 to the end of a day; the first of a month stands for its start.

    Args:
        day: 31 March 2018 gives 12.
    """
    whole = 12 * (day.year - 2017) + day.month - 4
    if day.day == 1:
        return float(whole)
    return whole + day.day / calendar.monthrange(day.year, day.month)[1]


def day_at(month: float) -> str:
    """The day that a month of the index stands for, such as "31 March 2018" for 12.

    Args:
        month: since 1 April 2017.
    """
    whole = int(month // 1)
    part = month - whole
    if part < 1e-9:
        whole, part = whole - 1, 1.0
    year, number = divmod(2017 * 12 + 3 + whole, 12)
    days = calendar.monthrange(year, number + 1)[1]
    return f"{max(1, round(part * days))} {calendar.month_name[number + 1]} {year}"


def moment(cell: object, *, day: str = "", identifier: str = "") -> Moment:
    """When a cell says that a value stands.

    Args:
        cell: such as "31 March 2018", "2019/20", 201920, 2019, "Mar 2018", or a date of Excel's.
        day: on which the series is counted, such as "30 September", if that is known: then a year
            alone, or a financial year, is the one of that day.
        identifier: the time_identifier of the open data; "" for none.

    Raises:
        BadValue: no date, or one that may mean two things.
    """
    found = _read(cell, identifier.strip().lower())
    if isinstance(found, Moment):
        return found
    kind, year = found
    if kind == "academic":
        return Moment(at_end_of(datetime.date(year, 8, 31)), 12)
    if kind == "bare":
        end = _on(day or "31 December", year)
        return Moment(at_end_of(end), 12, bare=True)
    # A financial year is the one from April: 30 September lies in its first calendar year.
    end = _on(day, year) if day else datetime.date(year, 3, 31)
    if end.month > 3:
        end = _on(day, year - 1)
    return Moment(at_end_of(end), 12)


_Kind = Literal["bare", "financial", "academic"]


def _read(cell: object, identifier: str) -> Moment | tuple[_Kind, int]:
    if isinstance(cell, datetime.datetime | datetime.date):
        return Moment(at_end_of(_checked(cell.year, cell.month, cell.day, cell)))
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = " ".join(str(cell).lower().split())
    if len(text) > 60 or not text:
        raise _unreadable(cell)
    if re.fullmatch("[0-9]+", text):
        return _digits(text, identifier)
    if match := _YEAR_TO.fullmatch(text):
        end = _read(match[1], "")
        if isinstance(end, Moment) and not end.over:
            return Moment(end.month, 12)
        raise _unreadable(cell)
    if (match := _QUARTER.fullmatch(text)) and (match[1] or match[4]):
        return _quarter(_second_year(match[2], match[3], cell), int(match[1] or match[4]))
    if match := _YEARS.fullmatch(text):
        first, second = match[1], match[2]
        if len(second) == 2 and int(second) != (int(first) + 1) % 100 and "-" in text:
            return _whole_month(int(first), int(second), cell)
        if len(second) == 2 and 1 <= int(second) <= 12 and "-" in text:
            raise BadValue(
                f'"{clipped(cell)}" may be a month or a financial year.',
                "",
                f"Write {first}/{second} for the year.",
            )
        year = _second_year(first, second, cell)
        return _by(identifier, year)
    if match := _ISO.fullmatch(text):
        return Moment(at_end_of(_checked(int(match[1]), int(match[2]), int(match[3]), cell)))
    if match := _DAY.fullmatch(text):
        number = int(match[2]) if match[2].isdigit() else _NAMES.get(match[2], 0)
        year = int(match[3]) + (2000 if len(match[3]) == 2 else 0)
        return Moment(at_end_of(_checked(year, number, int(match[1]), cell)))
    if match := _MONTH.fullmatch(text):
        number = _NAMES.get(match[1] or "", 0) or int(match[3] or match[6] or 0)
        return _whole_month(int(match[2] or match[4] or match[5]), number, cell)
    raise _unreadable(cell)


def _digits(text: str, identifier: str) -> Moment | tuple[_Kind, int]:
    if len(text) == 6:
        first, second = int(text[:4]), int(text[4:])
        if second == (first + 1) % 100:
            if quarter := re.fullmatch(r"(?:financial|tax) year q([1-4])", identifier):
                return _quarter(_year(first + 1, text), int(quarter[1]))
            return _by(identifier, _year(first + 1, text))
        raise BadValue(f'"{text}" is no year.', "201920 is the year 2019/20.")
    if len(text) != 4:
        raise _unreadable(text)
    year = _year(int(text), text)
    if identifier in _NAMES:
        return _whole_month(year, _NAMES[identifier], text)
    if identifier in ("financial year", "tax year"):
        return "financial", year
    if identifier in ("calendar year", "reporting year", ""):
        return "bare", year
    if identifier == "academic year":
        return "academic", year
    raise _identified(identifier)


def _by(identifier: str, year: int) -> tuple[_Kind, int]:
    """A pair of years by what it is said to be: financial unless it is academic."""
    if identifier == "academic year":
        return "academic", year
    if identifier in ("", "financial year", "tax year", "reporting year"):
        return "financial", year
    raise _identified(identifier)


def _identified(identifier: str) -> BadValue:
    return BadValue(
        f'The time_identifier "{clipped(identifier)}" came.',
        "Years, months and quarters of financial years are read.",
    )


def _second_year(first: str, second: str, cell: object) -> int:
    year = _year(int(first), cell) + 1
    if int(second) not in (year, year % 100):
        raise BadValue(f'"{clipped(cell)}" is no year.', "2019/20 runs from April to March.")
    return year


def _quarter(year: int, quarter: int) -> Moment:
    return Moment(at_end_of(datetime.date(year, 3, 31)) - 12 + 3 * quarter, 3)


def _whole_month(year: int, number: int, cell: object) -> Moment:
    start = _checked(year, number, 1, cell)
    return Moment(at_end_of(start) + 1, 1)


def _on(day: str, year: int) -> datetime.date:
    number, name = day.split()
    return datetime.date(year, _NAMES[name.lower()], int(number))


def _year(year: int, cell: object) -> int:
    if not FIRST <= year <= LAST:
        raise BadValue(f'"{clipped(cell)}" is no year.', f"{FIRST} to {LAST} was expected.")
    return year


def _checked(year: int, number: int, day: int, cell: object) -> datetime.date:
    try:
        return datetime.date(_year(year, cell), number, day)
    except ValueError:
        raise _unreadable(cell) from None


def _unreadable(cell: object) -> BadValue:
    return BadValue(
        f'"{clipped(cell, 40)}" is no date.',
        'Such as "31 March 2018", 31/03/2018, 2019/20, 201920, 2019 or "Mar 2018".',
    )
