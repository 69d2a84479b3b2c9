"""What the draws found, as a table, a file beside the models and a part of their page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from cpdynamics.draws.load import BASE, EVERY, MOST, RUNAWAY, Load
from cpdynamics.ensembles.distinguishing import in_words
from cpdynamics.errors import MissingFile
from cpdynamics.library import root
from cpdynamics.tables import Table
from cpdynamics.writing import with_part, write_whole

BEGIN, END = "<!-- draws: begin -->", "<!-- draws: end -->"

_COLUMNS = [
    "model", "scenario", "constants", "without", "runs", "failed", "no number", "negative",
    "leaking", "watched", "runaway", "causes",
]  # fmt: skip


def as_table(loads: Iterable[Load]) -> Table:
    """A table of what was found, one row a model and scenario.

    Columns: ``model``, ``scenario``, ``constants`` (how many were drawn), ``without`` (how many
    have no range), ``runs``, ``failed``, ``no number``, ``negative`` and ``leaking`` (variables,
    each with its number of runs), ``watched``, ``runaway`` (percent of the runs; missing where
    nothing is watched) and ``causes`` (what sets the runaways apart, with the distance).

    Args:
        loads: what ``under_load`` gave, for one model or for several.
    """
    return Table([_row(one) for one in loads], columns=_COLUMNS)


def _row(one: Load) -> tuple[object, ...]:
    counts = (one.endless, one.negative, one.leaking or {})
    return (
        one.model,
        one.scenario,
        one.sample.shape[1],
        len(one.without),
        len(one.sample),
        len(one.failures),
        *("; ".join(f"{name} {count}" for name, count in each.items()) for each in counts),
        one.watched,
        round(100 * one.share, 2) if one.watched else None,
        in_words(one.causes),
    )


def faults(loads: Iterable[Load]) -> list[str]:
    """What may not be, a sentence each; empty where all is well.

    Args:
        loads: what ``under_load`` gave, for one model or for several.
    """
    return [f"{one.model}, {one.scenario}: {fault}." for one in loads for fault in one.faults]


def section(loads: Sequence[Load]) -> str:
    """The findings in Markdown, between the marks that ``write`` looks for.

    Args:
        loads: of every model of the library.
    """
    every = [one for one in loads if one.scenario == EVERY]
    single = [one for one in loads if one.scenario not in (EVERY, BASE) and one.watched]
    moved = [one for one in single if one.runaway.any()]
    runs = sum(len(one.sample) for one in loads)
    shares = [100 * one.share for one in every if one.watched and one.share]
    wrong = [f"- {fault}" for fault in faults(loads)]
    blocks = [
        BEGIN,
        f"{runs:,} runs of {len(every)} models, {len(loads[0].sample):,} at a time. Levers and"
        " borders are drawn together with all else first; then they are at rest, but for what the"
        " scenario sets. Not drawn is what has no range,"
        f" {sum(len(one.without) for one in every):,} constants over all models: published figures"
        " and what is fixed by definition."
        " `cpdynamics draws --write` writes this part and `draws.csv`.",
    ]
    if not any(one.broken for one in loads):
        blocks.append(
            "No run failed and no value was without a number. No stock fell below nought, and each"
            " was moved by its flows alone."
        )
    if wrong:
        blocks += ["What may not be:", "\n".join(wrong)]
    limit = f"{RUNAWAY:g} times its value at the start of the same run"
    blocks.append(
        f"A draw *runs away* when acute spend comes to more than {limit}; at most {100 * MOST:g} %"
        f" may, under any one scenario. In {len(single) - len(moved)} of {len(single)} scenarios"
        " none does; the others stand here, with the constants that set the runaways apart (in"
        " brackets the distance between their distributions, from 0 to 1)."
    )
    blocks.append(_markdown(moved))
    if shares:
        blocks.append(
            f"With every lever drawn over its range as well, up to ten times the need and no staff,"
            f" {min(shares):.0f} to {max(shares):.0f} % run away. That is what those levers are."
        )
    return "\n\n".join(blocks) + f"\n{END}"


def _markdown(loads: Iterable[Load]) -> str:
    lines = ["| model | scenario | run away | set apart by |", "| --- | --- | --- | --- |"]
    for one in loads:
        causes = in_words(one.causes) or "too few to tell"
        cells = (f"`{one.model}`", one.scenario, f"{100 * one.share:.2f} %", causes)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def with_section(text: str, loads: Sequence[Load]) -> str:
    """A page whose section on the draws is the one of these.

    Args:
        text: the page; has both marks.
        loads: of every model of the library.

    Raises:
        BadValue: a mark is missing.
    """
    return with_part(text, section(loads))


def written(table: pd.DataFrame) -> str:
    """The table as it stands in ``models/draws.csv``.

    Args:
        table: what ``as_table`` gave.
    """
    return str(table.to_csv(index=False, lineterminator="\n"))


def write(loads: Sequence[Load]) -> tuple[str, str]:
    """The paths of ``models/draws.csv`` and ``models/README.md``, once both have been written.

    Args:
        loads: of every model of the library.

    Raises:
        BadValue: the page has no place for it.
        MissingFile: the page is not there.
        CannotWrite: the system refuses.
    """
    page, file = root() / "README.md", root() / "draws.csv"
    if not page.is_file():
        raise MissingFile(f"There is no {page}.")
    text = with_section(page.read_text(encoding="utf-8"), loads)
    write_whole(file, written(as_table(loads)))
    write_whole(page, text)
    return str(file), str(page)
