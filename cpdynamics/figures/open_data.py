"""Open data of the Department for Education, as Explore Education Statistics hands them out.

A row holds a time (``time_period``, ``time_identifier``), a place (``geographic_level`` and the
names and codes of country, region and local authority), the values of some filters, and a column
for each indicator.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from cpdynamics.errors import BadFigures, BadValue, clipped, nearest
from cpdynamics.figures.cells import cell_of
from cpdynamics.figures.known import known
from cpdynamics.figures.moments import moment
from cpdynamics.figures.points import Point, Problems
from cpdynamics.figures.sheets import Row
from cpdynamics.mdl.names import canonical

_TIMES = ("time_period", "time_identifier")
_PLACE = re.compile(
    r"location(_code|_id)?|geographic_level|(country|region|old_la|new_la|la|lad|pcon|ward"
    r"|english_devolved_area|local_authority_district|sponsor|trust|lep|mat|rsc_region)"
    r"_(code|name|id)"
)
_OF_LEVEL = {
    "national": ("country_name", "country_code"),
    "regional": ("region_name", "region_code"),
    "local authority": ("la_name", "new_la_code", "old_la_code"),
}
_MOST_ROWS = 20_000


def is_open_data(heads: Sequence[str]) -> bool:
    """Whether a file with these headings is open data of that form.

    Args:
        heads: in small letters.
    """
    return "time_period" in heads and ("geographic_level" in heads or "location" in heads)


def open_points(
    heads: Sequence[str], rows: Iterable[Row], problems: Problems, authority: str | None
) -> Iterator[Point]:
    """The values of one authority.

    Args:
        heads: of the columns, as written.
        rows: below them.
        problems: where what is wrong is noted.
        authority: its name or a code of it; the only one in the file when left out.

    Raises:
        BadFigures: the file has several authorities and none was named, or none of that name.
    """
    at = {head.strip().lower(): position for position, head in enumerate(heads)}
    kept = _kept(at, rows, problems, authority)
    columns = [
        (position, head.strip())
        for position, head in enumerate(heads)
        if head.strip() and head.strip().lower() not in _TIMES
        if not _PLACE.fullmatch(head.strip().lower())
    ]
    filters = [(where, head) for where, head in columns if _is_filter(where, kept)]
    told = [
        (where, head)
        for where, head in filters
        if len({_at(cells, where).lower() for _, cells in kept}) > 1
    ]
    for where, head in columns:
        if (where, head) in filters or not any(_at(cells, where) for _, cells in kept):
            continue
        for number, cells in kept:
            parts = [_at(cells, place) for place, _ in told]
            name = f"{head}: {', '.join(parts)}" if parts else head
            point = _point(name, head, number, cells, where, at, problems)
            if point is not None:
                yield point


def _kept(
    at: dict[str, int], rows: Iterable[Row], problems: Problems, authority: str | None
) -> list[Row]:
    wanted = None if authority is None else canonical(str(authority))
    places: dict[str, str] = {}
    kept: list[Row] = []
    for number, cells in rows:
        names = _names(at, cells)
        place = canonical(names[0])
        places.setdefault(place, names[0])
        codes = {canonical(part) for name in names for part in (name, *name.split(" / "))}
        if wanted in codes or (wanted is None and len(places) == 1):
            kept.append((number, cells))
        if len(kept) > _MOST_ROWS:
            raise BadFigures(
                f"{problems.file} has more than {_MOST_ROWS:,} rows for one authority.",
                "",
                "Keep the rows of the breakdown that you want.",
            )
    if wanted is None and len(places) > 1:
        some = ", ".join(f'"{clipped(name, 40)}"' for name in list(places.values())[:6])
        raise BadFigures(
            f"{problems.file} has figures of {len(places)} places.",
            f"Among them {some}.",
            'Say whose are wanted: read_series(..., authority="Leeds").',
        )
    if not kept:
        raise BadFigures(
            f'{problems.file} has no figures of "{clipped(authority or "")}".',
            "",
            nearest(str(authority or ""), places.values()),
        )
    return kept


def _names(at: dict[str, int], cells: list[object]) -> list[str]:
    """What a row's place is called, its name first."""
    level = _at(cells, at.get("geographic_level", -1)).lower()
    wanted = _OF_LEVEL.get(level, ("location", "location_code"))
    found = [text for head in wanted if (text := _at(cells, at.get(head, -1)))]
    return found or [_at(cells, at.get("location", -1)) or level or "nowhere"]


def _at(cells: list[object], position: int) -> str:
    if not 0 <= position < len(cells) or cells[position] is None:
        return ""
    return " ".join(str(cells[position]).split())


def _is_filter(where: int, kept: list[Row]) -> bool:
    """Whether a column says what is counted, and not how many: no cell of it is a number."""
    texts = {text for _, cells in kept if (text := _at(cells, where))}
    numbers = 0
    for text in texts:
        try:
            numbers += cell_of(text).value is not None
        except BadValue:
            continue
        else:
            numbers += cell_of(text).value is None and len(text) <= 3
    return bool(texts) and not numbers


def _point(
    name: str,
    head: str,
    number: int,
    cells: list[object],
    where: int,
    at: dict[str, int],
    problems: Problems,
) -> Point | None:
    entry = known(name) or (None if ":" in name else known(head))
    called = entry.name if entry else name
    try:
        when = moment(
            cells[at["time_period"]] if at["time_period"] < len(cells) else "",
            day=entry.day if entry else "31 March",
            identifier=_at(cells, at.get("time_identifier", -1)),
        )
    except BadValue as error:
        problems.add(number, "time_period", error)
        return None
    try:
        cell = cell_of(_raw(cells, where))
    except BadValue as error:
        problems.add(number, head, error)
        return None
    return Point(called, "" if entry else _unit(head), when, cell, number, head)


def _raw(cells: list[object], where: int) -> object:
    return cells[where] if where < len(cells) else None


def _unit(head: str) -> str:
    """The unit that the name of an indicator tells of, where no entry of ours knows it."""
    folded = head.lower()
    if re.search(r"percent|_pc$|_pct|_rate|rate_|_share", folded) and "10000" not in folded:
        return "%"
    if "fte" in folded:
        return "FTE"
    return "number"
