"""Questions read from a .toml, every key of it checked."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cpdynamics.classroom.flows import ASKS, Asks, Flows
from cpdynamics.classroom.questions import UNTOLD, Choice, Number, Part, Question, Region
from cpdynamics.errors import BadValue, CpdynamicsError, MissingFile, clipped, nearest
from cpdynamics.paths import path_from
from cpdynamics.scenario import finite

OURS = Path(__file__).parent / "questions.toml"
"""The questions that belong to the package."""

MEASURES = (
    "value",
    "change",
    "percent",
    "highest",
    "lowest",
    "month of highest",
    "month of lowest",
)

_LARGEST = 1_000_000
_MOST_MONTHS = 120
_MOST_CHOICES = 12


def read_questions(path: Path | str | None = None) -> dict[str, Question]:
    """The questions in a file, by key.

    Args:
        path: a .toml; None for the questions of the package.

    Raises:
        MissingFile: there is no such file.
        BadValue: it cannot be read, or a key or a value in it means nothing here.
    """
    place = OURS if path is None else path_from(path)
    try:
        with place.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except FileNotFoundError:
        raise MissingFile(f"There is no file {clipped(place)}.") from None
    except OSError as error:
        raise BadValue(f"{clipped(place)} cannot be read: {error.strerror}.") from None
    if len(data) > _LARGEST:
        raise BadValue(f"{clipped(place)} is too large to hold questions.")
    try:
        table = tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise BadValue(f"{clipped(place)} is not valid TOML: {clipped(error)}.") from None
    top = _Table(table, place.name, ("question",))
    found: dict[str, Question] = {}
    for one in top.tables("question", _QUESTION):
        question = _question(one)
        if question.key in found:
            raise BadValue(f'{place.name} has two questions with the key "{question.key}".')
        found[question.key] = question
    return found


_QUESTION = ("key", "title", "text", "source", "pair", "form", "flows", "part")
_PART = ("key", "text", "asks", "choice", "number")
_CHOICE = ("text", "month", "untold", "why", "right", "by")
_NUMBER = (
    "model",
    "scenario",
    "set",
    "variable",
    "measure",
    "at",
    "unit",
    "tolerance",
    "right",
    "region",
)


class _Table:
    """A table of the file that knows where it stands, so that every error can name the place."""

    def __init__(self, table: object, place: str, keys: Sequence[str] | None) -> None:
        if not isinstance(table, dict):
            raise BadValue(f"{place} is no table.")
        self._table: dict[str, Any] = table
        self.place = place
        for key in table:
            if keys is not None and key not in keys:
                raise BadValue(
                    f'{place}: "{clipped(key)}" means nothing here.', "", nearest(key, keys)
                )

    def wrong(self, key: str, expected: str) -> BadValue:
        return BadValue(f'{self.place}: "{key}" is wrong or missing.', f"{expected} was expected.")

    def has(self, key: str) -> bool:
        return key in self._table

    def text(self, key: str, default: str | None = None) -> str:
        value = self._table.get(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise self.wrong(key, "Text")
        return value.strip()

    def yes(self, key: str) -> bool:
        value = self._table.get(key, False)
        if not isinstance(value, bool):
            raise self.wrong(key, "true or false")
        return value

    def number(self, key: str, default: float | None = None) -> float:
        try:
            return finite(self._table.get(key, default), key)
        except CpdynamicsError:
            raise self.wrong(key, "A number") from None

    def numbers(self, key: str) -> tuple[float, ...]:
        value = self._table.get(key)
        if not isinstance(value, list) or not 2 <= len(value) <= _MOST_MONTHS:
            raise self.wrong(key, f"A list of 2 to {_MOST_MONTHS} numbers")
        try:
            return tuple(finite(one, key) for one in value)
        except CpdynamicsError:
            raise self.wrong(key, "A list of numbers") from None

    def named_numbers(self, key: str) -> Mapping[str, float]:
        inner = self.table(key, None)
        return {name: inner.number(name) for name in inner._table}

    def table(self, key: str, keys: Sequence[str] | None) -> _Table:
        return _Table(self._table.get(key), f'{self.place}: "{key}"', keys)

    def tables(self, key: str, keys: Sequence[str]) -> list[_Table]:
        value = self._table.get(key)
        if not isinstance(value, list) or not value:
            raise self.wrong(key, f"At least one [[...{key}]]")
        return [_Table(one, f"{self.place}: {key} {at}", keys) for at, one in enumerate(value, 1)]


def _question(table: _Table) -> Question:
    key = _key(table)
    pair, form = table.text("pair", ""), table.text("form", "")
    if bool(pair) != (form in ("before", "after")) or (form and not pair):
        raise table.wrong("form", 'With a pair, "before" or "after"')
    flows = (
        _flows(table.table("flows", ("coming_in", "going_out", "stock")))
        if (table.has("flows"))
        else None
    )
    parts = tuple(_part(one, flows) for one in table.tables("part", _PART))
    if len({part.key for part in parts}) < len(parts):
        raise BadValue(f'Two parts of the question "{key}" have one key.')
    return Question(
        key,
        table.text("text"),
        parts,
        title=table.text("title", ""),
        source=table.text("source", ""),
        pair=pair,
        form=form,
        flows=flows,
    )


def _flows(table: _Table) -> Flows:
    coming = table.table("coming_in", ("name", "values"))
    going = table.table("going_out", ("name", "values"))
    coming_in, going_out = coming.numbers("values"), going.numbers("values")
    if len(coming_in) != len(going_out) or min(*coming_in, *going_out) < 0:
        raise table.wrong("values", "As many values of either flow, none below zero,")
    if max(*coming_in, *going_out) == 0:
        raise table.wrong("values", "A flow that flows")
    return Flows(coming.text("name"), going.text("name"), table.text("stock"), coming_in, going_out)


def _part(table: _Table, flows: Flows | None) -> Part:
    key, text = _key(table), table.text("text")
    if table.has("number") == table.has("choice"):
        raise table.wrong("choice", "Either choices or a number")
    if table.has("number"):
        return Part(key, text, number=_number(table.table("number", _NUMBER)))
    tables = table.tables("choice", _CHOICE)
    asks = _asks(table)
    if asks and flows is None:
        raise table.wrong("asks", "A question with flows")
    month = flows.answer(asks) if asks and flows else None
    choices = tuple(_choice(one, month) for one in tables)
    if len(choices) > _MOST_CHOICES or len({one.text for one in choices}) < len(choices):
        raise table.wrong("choice", f"At most {_MOST_CHOICES} choices, each another")
    if not any(one.right for one in choices):
        came = (
            f"None of the choices is month {month}, which the flows give."
            if asks
            else ("None of the choices is right.")
        )
        raise BadValue(f"{table.place}: {came}")
    return Part(key, text, choices, asks=asks)


def _asks(table: _Table) -> Asks | None:
    if not table.has("asks"):
        return None
    given = table.text("asks")
    for one in ASKS:
        if one == given:
            return one
    raise table.wrong("asks", " or ".join(f'"{one}"' for one in ASKS))


def _choice(table: _Table, answer: int | None) -> Choice:
    why, by = table.text("why"), table.text("by", "")
    if answer is None:
        return Choice(table.text("text"), why, table.yes("right"), by)
    if table.has("right") or table.has("text"):
        raise table.wrong("right", "month = ... or untold = true; what is right is worked out,")
    if table.yes("untold"):
        return Choice(UNTOLD, why, by=by)
    month = table.number("month")
    text = f"Month {month:g}" if month else "At the start, before month 1"
    return Choice(text, why, month == answer, by)


def _number(table: _Table) -> Number:
    measure = table.text("measure", "value")
    if measure not in MEASURES:
        raise table.wrong("measure", nearest(measure, MEASURES))
    regions = tuple(
        Region(one.number("up_to") if one.has("up_to") else None, one.text("why"))
        for one in table.tables("region", ("up_to", "why"))
    )
    ends = [one.up_to for one in regions[:-1]]
    if regions[-1].up_to is not None or None in ends or ends != sorted(ends, key=_least):
        raise table.wrong("region", "Regions from low to high, the last without up_to,")
    tolerance = table.number("tolerance", 0.1)
    if not 0 < tolerance < 1:
        raise table.wrong("tolerance", "A part between 0 and 1")
    named = table.text("scenario", "")
    return Number(
        table.text("model"),
        table.text("variable"),
        scenario=table.named_numbers("set") if table.has("set") else named,
        measure=measure,
        at=table.number("at") if table.has("at") else None,
        unit=table.text("unit", ""),
        tolerance=tolerance,
        right=table.text("right"),
        regions=regions,
    )


def _least(end: float | None) -> float:
    return float("inf") if end is None else end


def _key(table: _Table) -> str:
    key = table.text("key")
    if not re.fullmatch(r"[a-z0-9-]{1,60}", key):
        raise table.wrong("key", "Letters a to z, digits and dashes")
    return key
