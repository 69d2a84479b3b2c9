"""What a person sees of a model: its question, charts, sliders and scenarios, read from a .toml."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

from cpdynamics.errors import BadStory, CpdynamicsError, clipped, nearest
from cpdynamics.scenario import Scenario, finite

DISTRIBUTIONS = ("uniform", "triangular")
_LARGEST = 1_000_000
_Part = TypeVar("_Part")


@dataclass(frozen=True)
class Chart:
    """A picture: its title and the names of the variables in it, in order."""

    title: str
    variables: tuple[str, ...]


@dataclass(frozen=True)
class Slider:
    """A constant that a person moves.

    Attributes:
        variable: its name in the .mdl, which also gives range, units and meaning.
        group: the heading that it stands under.
        bands: values from low to high, each with the words for it.
        notice: what to look at when it moves.
    """

    variable: str
    group: str = ""
    bands: tuple[tuple[float, str], ...] = ()
    notice: str = ""


@dataclass(frozen=True)
class Loop:
    """A feedback loop: its name and the variables that it runs through, in order."""

    name: str
    through: tuple[str, ...]


@dataclass(frozen=True)
class Story:
    """All that stands beside a model for people to see.

    Attributes:
        title: a short name.
        question: what the model answers.
        since: what time 0 is, such as "April 2017", for the time axis.
        headline: the variables whose ends stand above the charts, first one first.
        sectors: the files that it is joined from; empty for a sector.
        loops: id such as ``R1`` -> Loop.
        accumulators: stocks that nothing else reads.
        uncertain: constant -> the shape of its distribution over the range in the .mdl.
        charts: the pictures, first one first.
        sliders: what may be moved, first one first.
        scenarios: name -> Scenario.
        flight: what stands under ``[flight]``, as it stands; ``cockpit`` reads it.
        source: where it was read from; None when made in Python.
    """

    title: str = ""
    question: str = ""
    since: str = ""
    headline: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    loops: Mapping[str, Loop] = field(default_factory=dict)
    accumulators: tuple[str, ...] = ()
    uncertain: Mapping[str, str] = field(default_factory=dict)
    charts: tuple[Chart, ...] = ()
    sliders: tuple[Slider, ...] = ()
    scenarios: Mapping[str, Scenario] = field(default_factory=dict)
    flight: Mapping[str, Any] = field(default_factory=dict)
    source: Path | None = field(default=None, compare=False)


def read_story(path: Path | str) -> Story:
    """The Story in a .toml file, every key of it checked.

    Whether its names exist in a model shows when the two are tied together (``Model``).

    Args:
        path: the file.

    Raises:
        BadStory: it cannot be read, is not TOML, or has a key or a value that means nothing here.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadStory(f"{path} cannot be read: {error.strerror}.") from None
    if len(data) > _LARGEST:
        raise BadStory(f"{path} is too large ({len(data):,} bytes) to be a story.")
    try:
        table = tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError:
        raise BadStory(f"{path} is not text in UTF-8.", "", "Save it as UTF-8.") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadStory(f"{path} is not valid TOML: {clipped(error)}.") from None
    return _story(Entries(table, path.name, _KEYS), path)


class Entries:
    """A table of the file that knows where it stands, so that every error can name the place.

    Args:
        table: what stands there.
        place: where, in words.
        keys: those that mean something; None when they are names of the writer's own.
    """

    def __init__(self, table: object, place: str, keys: Sequence[str] | None) -> None:
        if not isinstance(table, dict):
            raise BadStory(f"{place} is {_described(table)}.", "A table was expected.")
        self._table: dict[str, Any] = table
        self._place = place
        for key in table:
            if keys is not None and key not in keys:
                raise BadStory(f"{self.at(key)} means nothing here.", "", nearest(key, keys))

    def at(self, key: str) -> str:
        """Where a key stands, for an error."""
        return f'{self._place}: "{clipped(key)}"'

    def take(self, key: str) -> Any:
        """The value of a key, None when it is not there."""
        return self._table.get(key)

    def text(self, key: str, *, needed: bool = False) -> str:
        """The text of a key, empty when it is not there; refused when needed and missing."""
        value = self.take(key)
        if value is None and not needed:
            return ""
        if not isinstance(value, str) or (needed and not value.strip()):
            raise BadStory(f"{self.at(key)} is {_described(value)}.", "Text was expected.")
        return value

    def number(self, key: str, otherwise: float) -> float:
        """The finite number of a key, or another one when it is not there."""
        value = self.take(key)
        if value is None:
            return otherwise
        try:
            return finite(value, self.at(key))
        except CpdynamicsError as error:
            raise BadStory(error.came, error.expected) from None

    def names(self, key: str, *, needed: bool = False) -> tuple[str, ...]:
        """The names that a key lists, none when it is not there."""
        value = self.take(key)
        if value is None and not needed:
            return ()
        if (
            not isinstance(value, list)
            or not all(isinstance(name, str) for name in value)
            or (needed and not value)
        ):
            raise BadStory(
                f"{self.at(key)} is {_described(value)}.", "A list of names was expected."
            )
        return tuple(value)

    def table(self, key: str, keys: Sequence[str] | None = None) -> Entries:
        """The table below a key, an empty one when it is not there."""
        value = self.take(key)
        return Entries({} if value is None else value, self.at(key), keys)

    def tables(self, key: str, keys: Sequence[str]) -> list[Entries]:
        """The tables that a key lists, none when it is not there."""
        value = self.take(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise BadStory(
                f"{self.at(key)} is {_described(value)}.",
                "",
                f"Write [[{key}]] above each one, with two brackets on either side.",
            )
        return [Entries(one, f"{self.at(key)} {place}", keys) for place, one in enumerate(value, 1)]

    def bands(self, key: str) -> tuple[tuple[float, str], ...]:
        """Values from low to high, each with its words; none when the key is not there."""
        given = self.take(key)
        wrong = BadStory(
            f"{self.at(key)} cannot be read.",
            "Pairs of a value and its words were expected, from low to high: "
            '[[0.0, "as 2017"], ...].',
        )
        if given is None:
            return ()
        if not isinstance(given, list):
            raise wrong
        bands: list[tuple[float, str]] = []
        for band in given:
            if not (isinstance(band, list) and len(band) == 2 and isinstance(band[1], str)):
                raise wrong
            try:
                bands.append((finite(band[0], self.at(key)), band[1]))
            except CpdynamicsError:
                raise wrong from None
        if any(low >= high for (low, _), (high, _) in pairwise(bands)):
            raise wrong
        return tuple(bands)

    def each(self, read: Callable[[Entries, str], _Part]) -> Mapping[str, _Part]:
        """Every key of the table, read by one function.

        Args:
            read: makes something of the table and one of its keys.
        """
        return {key: read(self, key) for key in self._table}


_KEYS = [part.name for part in fields(Story) if part.name != "source"]
_SCENARIO_KEYS = ("set", "hold", "initial", "story")


def _story(table: Entries, path: Path) -> Story:
    return Story(
        title=table.text("title"),
        question=table.text("question"),
        since=table.text("since"),
        headline=table.names("headline"),
        sectors=table.names("sectors"),
        loops=table.table("loops").each(_loop),
        accumulators=table.names("accumulators"),
        uncertain=table.table("uncertain").each(_distribution),
        charts=tuple(_chart(one) for one in table.tables("charts", ("title", "variables"))),
        sliders=tuple(
            _slider(one)
            for one in table.tables("sliders", ("variable", "group", "bands", "notice"))
        ),
        scenarios=table.table("scenarios").each(_scenario),
        flight=table.table("flight").each(Entries.take),
        source=path,
    )


def _loop(loops: Entries, key: str) -> Loop:
    table = loops.table(key, ("name", "through"))
    return Loop(name=table.text("name", needed=True), through=table.names("through", needed=True))


def _distribution(uncertain: Entries, key: str) -> str:
    shape = uncertain.text(key, needed=True)
    if shape not in DISTRIBUTIONS:
        raise BadStory(
            f'{uncertain.at(key)} is "{clipped(shape)}".', "", nearest(shape, DISTRIBUTIONS)
        )
    return shape


def _chart(table: Entries) -> Chart:
    return Chart(
        title=table.text("title", needed=True), variables=table.names("variables", needed=True)
    )


def _slider(table: Entries) -> Slider:
    return Slider(
        variable=table.text("variable", needed=True),
        group=table.text("group"),
        bands=table.bands("bands"),
        notice=table.text("notice"),
    )


def _scenario(scenarios: Entries, key: str) -> Scenario:
    table = scenarios.table(key, _SCENARIO_KEYS)
    try:
        return Scenario(
            table.table("set").each(Entries.take),
            name=key,
            story=table.text("story"),
            hold=table.table("hold").each(Entries.take),
            initial=table.table("initial").each(Entries.take),
        )
    except BadStory:
        raise
    except CpdynamicsError as error:
        raise BadStory(f"{scenarios.at(key)}: {error.came}", error.expected, error.remedy) from None


def _described(value: object) -> str:
    if value is None:
        return "missing"
    if isinstance(value, str):
        return f'the text "{clipped(value, 40)}"' if value.strip() else "empty"
    if isinstance(value, list):
        return "an empty list" if not value else "a list that does not fit"
    if isinstance(value, bool):
        return str(value).lower()
    return "a table" if isinstance(value, dict) else f"the value {clipped(value, 40)}"
