"""Times of a flight in words: "April 2017", "Month 18: autumn 2018"."""

from __future__ import annotations

from cpdynamics.tables import readable

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_SEASONS = ("winter", "spring", "summer", "autumn")


def dated(time: float, time_unit: str, since: str) -> str:
    """What month a time is, such as "October 2018"; the time itself where that is not known.

    Args:
        time: in the model's time unit.
        time_unit: such as "Month".
        since: what time 0 is, such as "April 2017".
    """
    month = _month(time, time_unit, since)
    if month is None:
        return f"{time_unit.lower() or 'time'} {readable(time)}"
    return f"{_MONTHS[month % 12]} {month // 12}"


def headed(time: float, time_unit: str, since: str) -> str:
    """The heading of a page, such as "Month 18: autumn 2018".

    Args:
        time: in the model's time unit.
        time_unit: such as "Month".
        since: what time 0 is.
    """
    plain = f"{time_unit or 'Time'} {readable(time)}"
    month = _month(time, time_unit, since)
    if month is None:
        return plain
    # December belongs to the winter that the next year is named in; its own year is said here.
    return f"{plain}: {_SEASONS[(month % 12 + 1) // 3 % 4]} {month // 12}"


def _month(time: float, time_unit: str, since: str) -> int | None:
    """Months since the year 0, where the start is a month and time goes by months."""
    name, _, year = since.strip().partition(" ")
    if time_unit.lower() not in ("month", "months") or name not in _MONTHS:
        return None
    if not (year.isascii() and year.isdigit() and len(year) == 4):
        return None
    return int(year) * 12 + _MONTHS.index(name) + int(time // 1)
