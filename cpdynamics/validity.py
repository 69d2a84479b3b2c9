"""Face validity: what the models say beside what was published.

A published figure that set a constant proves nothing when the model gives it back. So every row of
``models/face_validity.csv`` carries a mark: *input* (it set the constant that the row names),
*follows* (arithmetic of inputs) or *output* (the model had to find it). Only outputs are scored.

At the base hardly anything is left to find. A *replay* is the test: some series of ``GIVEN`` take
their published course, and the model has to find what the others did in the years after 2017.
Since much of what is published hardly moves, each output stands beside what the figure of 2017
would have scored in its place.
After Forrester and Senge 1980, "Tests for building confidence in system dynamics models".
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import pandas as pd

from cpdynamics.data import published
from cpdynamics.data.series import AUTHORITIES
from cpdynamics.errors import BadValue, MissingFile, came_as, clipped
from cpdynamics.library import load, root
from cpdynamics.model import Model
from cpdynamics.run import Run
from cpdynamics.tables import Table, readable
from cpdynamics.writing import with_part, write_whole

TOLERANCE = 5.0
"""How far an output may be from the published figure, in percent of it."""

MARKS = ("input", "follows", "output")

START = 2017
"""The year that the base stands for; month 0 of every model is its 1 April."""

GIVEN: Mapping[str, Mapping[str, tuple[str, float]]] = {
    "England's staff": {
        "permanent social workers": ("workers in post", AUTHORITIES),
        "agency social workers": ("agency workers", AUTHORITIES),
        "absence share": ("absence", 100),
    },
}
"""What a replay is given: variable -> the published series it takes, and what that is divided by.
"""

BEGIN, END = "<!-- face validity: begin -->", "<!-- face validity: end -->"

_MONTHS = {"31 March": 0, "30 September": 6}

_COLUMNS = [
    "series", "year", "given", "unit", "model", "published", "value", "percent", "unchanged",
    "mark", "passes", "note",
]  # fmt: skip


@dataclass(frozen=True)
class Comparison:
    """A published figure, and what in a model it is held against.

    Attributes:
        series: a name that ``published`` knows.
        year: the year of the figure, as text.
        given: the replay it belongs to, a name of ``GIVEN``; empty for the base.
        model: the sector or the story that computes it, as the library calls it.
        variable: names of the model joined by " + ", and at most one " over " between two sums.
        times: numbers joined by ``*`` and ``/`` that turn the model's unit into the published one.
        mark: one of ``MARKS``.
        constant: what an input set, written like ``variable``; empty for the others.
        note: what a reader should know before judging the difference.
    """

    series: str
    year: str
    given: str
    model: str
    variable: str
    times: str
    mark: str
    constant: str
    note: str

    @property
    def names(self) -> list[str]:
        """The variables of the model that the comparison needs."""
        return re.split(r" \+ | over ", self.variable)

    def in_published_units(self, text: str, value: Callable[[str], float]) -> float:
        """What ``variable`` or ``constant`` comes to, in the unit of the published figure.

        Args:
            text: either of the two.
            value: gives the number behind a name.
        """
        sums = [sum(map(value, part.split(" + "))) for part in text.split(" over ")]
        number = sums[0] if len(sums) == 1 else sums[0] / sums[1]
        first, *rest = re.split(r" ([*/]) ", self.times)
        number *= float(first)
        for sign, factor in zip(rest[::2], rest[1::2], strict=True):
            number = number * float(factor) if sign == "*" else number / float(factor)
        return number


def comparisons() -> tuple[Comparison, ...]:
    """Every comparison of the library, in the order of its table."""
    with (root() / "face_validity.csv").open(encoding="utf-8", newline="") as file:
        return tuple(Comparison(**row) for row in csv.DictReader(file))


def months(when: str, year: int) -> tuple[float, float]:
    """The first and the last month of a published period; the same twice for a single day.

    Args:
        when: such as "30 September" or "year to 31 March".
        year: the one in which it ends.

    Raises:
        BadValue: it is another period.
    """
    _, whole_year, day = when.rpartition("year to ")
    if day not in _MONTHS:
        raise BadValue(f'"{clipped(when)}" has no month.', f"Known are: {', '.join(_MONTHS)}.")
    end = 12 * (year - START) + _MONTHS[day]
    return end - 12 if whole_year else end, end


def held(given: str) -> dict[str, pd.Series[float]]:
    """What a replay holds: variable -> its values over the months.

    A mean over a year stands at the middle of the year. Before the first figure and after the last
    a variable stays as it is there.

    Args:
        given: a name of ``GIVEN``; empty for the base, which holds nothing.
    """
    found = {}
    for variable, (name, over) in (GIVEN[given] if given else {}).items():
        series = published(name)
        middles = [sum(months(series.attrs["when"], year)) / 2 for year in series.index]
        found[variable] = pd.Series(series.to_numpy(dtype=float) / over, index=middles)
    return found


def face_validity(model: Model | str | None = None) -> Table:
    """A table of what the models say beside published figures, one row a figure.

    Columns: ``series``, ``year``, ``given`` (the replay; empty for the base), ``unit``, ``model``
    (which sector or story computes it), ``published``, ``value`` (the model's, in the published
    unit: at the start of its base run, or on the day or over the year of the figure in a replay),
    ``percent`` (difference of the two, of the published), ``unchanged`` (the same for the
    published figure of 2017 in place of the model's; missing at the base), ``mark``, ``passes``
    (within 5 %; missing where nothing is scored) and ``note``.

    Args:
        model: a story or a sector, itself or by name: its replays, and the figures of its sectors,
            as this model has them. Every figure as its own sector has it when left out.

    Raises:
        UnknownName: the library has no such model; the nearest are offered.
        BadValue: it is no model, or no published figure is held against it.
    """
    rows: list[tuple[object, ...]] = []
    if model is None:
        every = comparisons()
        for name in dict.fromkeys(one.model for one in every):
            rows += _rows([one for one in every if one.model == name], load(name))
        return Table(rows, columns=_COLUMNS)
    if isinstance(model, str):
        model = load(model)
    if not isinstance(model, Model):
        raise BadValue(f"face_validity() got {came_as(model)}.", "A Model or a name was expected.")
    owners = {model.name, *(f"sectors/{sector}" for sector in model.story.sectors)}
    chosen = [one for one in comparisons() if one.model in owners]
    if not chosen:
        raise BadValue(
            f"No published figure is held against {clipped(model.name)}.",
            "",
            "face_validity() shows all that there are.",
        )
    return Table(_rows(chosen, model), columns=_COLUMNS)


def _rows(chosen: Sequence[Comparison], model: Model) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for given, group in groupby(chosen, lambda one: one.given):
        several = list(group)
        names = dict.fromkeys(name for one in several for name in one.names)
        run = model.run(hold=held(given), outputs=names)
        rows += (_row(one, run) for one in several)
    return rows


def _row(one: Comparison, run: Run) -> tuple[object, ...]:
    series = published(one.series)
    year = int(one.year)
    start, end = months(series.attrs["when"], year) if one.given else (0.0, 0.0)
    figure = float(series[year])
    value = one.in_published_units(one.variable, lambda name: _mean(run[name], start, end))
    percent = 100 * (value / figure - 1)
    unchanged = 100 * (float(series[START]) / figure - 1) if one.given else None
    passes = abs(percent) <= TOLERANCE if one.mark == "output" else None
    what = (one.series, one.year, one.given, series.attrs["units"], one.model)
    return (*what, figure, value, percent, unchanged, one.mark, passes, one.note)


def _mean(series: pd.Series[float], start: float, end: float) -> float:
    """The mean from one saved time to another by the trapezium rule: saved times are even."""
    part = series.loc[start:end]
    if len(part) < 2:
        return float(part.iloc[0])
    return float(part.iloc[1:].mean() + part.iloc[:-1].mean()) / 2


def score(table: pd.DataFrame) -> str:
    """A sentence on how many outputs pass; for a replay year by year, and one on standing still.

    Args:
        table: what ``face_validity`` gave, or some of its rows.
    """
    scored = table[table["mark"] == "output"]
    if not len(scored):
        return "None of these figures is an output, so nothing is scored."
    text = f"{_passed(scored)} outputs are within {TOLERANCE:g} %"
    years = [(year, rows) for year, rows in scored.groupby("year") if len(scored) > len(rows)]
    text += ": " * bool(years) + ", ".join(f"{_passed(rows)} in {year}" for year, rows in years)
    still = scored["unchanged"].dropna().astype(float).abs() <= TOLERANCE
    if not len(still):
        return f"{text}."
    unchanged = f"The figures of {START}, left as they were, score {still.sum()} of {len(still)}."
    return f"{text}. {unchanged}"


def _passed(rows: pd.DataFrame) -> str:
    return f"{int(rows['passes'].sum())} of {len(rows)}"


def base_and_replays(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The rows of each replay by its name, those of the base first and by no name.

    Args:
        table: what ``face_validity`` gave.
    """
    return {given: table[table["given"] == given] for given in dict.fromkeys(table["given"])}


def section(table: pd.DataFrame) -> str:
    """The tables and their scores in Markdown, between the marks that ``write_section`` looks for.

    Args:
        table: what ``face_validity()`` gave.
    """
    blocks = [
        BEGIN,
        "An *input* set a constant and what *follows* is arithmetic of inputs, so that neither is"
        f" scored; an *output* has to come within {TOLERANCE:g} %."
        " `cpdynamics face-validity --write` writes these tables.",
    ]
    for given, rows in base_and_replays(table).items():
        if given:
            follow = ", ".join(name for name, _ in GIVEN[given].values())
            blocks.append(
                f"**Given {given}.** {score(rows)} In this replay some series take their published"
                f" course from {START} on and are inputs: {follow}. The model has to find what the"
                " others did; the years of the pandemic are left out. *Unchanged* says how far off"
                f" the published figure of {START} would be in the model's place."
            )
        else:
            blocks.append(f"**At the base.** {score(rows)}")
        blocks.append(_markdown(rows, replay=bool(given)))
    return "\n\n".join(blocks) + f"\n{END}"


def _markdown(rows: pd.DataFrame, *, replay: bool) -> str:
    heads = ["series", "unit", "year", "published", "model", "difference"]
    heads += ["unchanged"] * replay + ["mark"]
    lines = [f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}"]
    notes: list[str] = []
    for row in rows.to_dict("records"):
        series, mark = row["series"], row["mark"]
        if row["note"]:
            if row["note"] not in notes:
                notes.append(row["note"])
            series += f" [{notes.index(row['note']) + 1}]"
        if mark == "output":
            mark = f"**output, {'passes' if row['passes'] else 'fails'}**"
        cells = [series, row["unit"], row["year"]]
        cells += [readable(row["published"]), readable(row["value"]), _signed(row["percent"])]
        cells += [_signed(row["unchanged"]), mark] if replay else [mark]
        lines.append(f"| {' | '.join(cells)} |")
    numbered = [f"{number}. {note}" for number, note in enumerate(notes, 1)]
    return "\n".join([*lines, "", *numbered] if numbered else lines)


def with_section(text: str, table: pd.DataFrame) -> str:
    """A page whose section on face validity is the one of this table.

    Args:
        text: the page; has both marks.
        table: what ``face_validity()`` gave.

    Raises:
        BadValue: a mark is missing.
    """
    return with_part(text, section(table))


def write_section(table: pd.DataFrame) -> str:
    """The path of ``models/README.md``, into which the table has been written.

    Args:
        table: what ``face_validity()`` gave.

    Raises:
        BadValue: the page has no place for it.
        MissingFile: the page is not there.
        CannotWrite: the system refuses.
    """
    page = root() / "README.md"
    if not page.is_file():
        raise MissingFile(f"There is no {page}.")
    write_whole(page, with_section(page.read_text(encoding="utf-8"), table))
    return str(page)


def _signed(percent: float) -> str:
    # Rounded first, since -0.04 would be written as -0.0.
    return f"{round(percent, 1) + 0.0:+.1f} %"
