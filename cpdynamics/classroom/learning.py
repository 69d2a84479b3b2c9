"""What a room has learned: the same asked before and after, from many saved files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cpdynamics.classroom.answers import Given, Sitting, read_answers
from cpdynamics.classroom.questions import Part, Question, chosen, read_number, weighed
from cpdynamics.classroom.reading import read_questions
from cpdynamics.classroom.working import worked
from cpdynamics.errors import BadValue, CpdynamicsError, tell
from cpdynamics.paths import path_from
from cpdynamics.tables import Table

_HEURISTIC = "correlation"
_MOST_FILES = 10_000
_COLUMNS = [
    "pair",
    "asked",
    "people",
    "right before",
    "right after",
    "came to it",
    "lost it",
    "by correlation before",
    "by correlation after",
]


@dataclass(frozen=True)
class Judged:
    """One first answer.

    Attributes:
        right: whether it fits.
        by: the way of thinking that leads there; may be empty.
    """

    right: bool
    by: str = ""


def learned(files: Path | str | Iterable[Path | str], *, file: Path | str | None = None) -> Table:
    """A table of what a room knew before and after, one row for each thing that was asked twice.

    Columns: ``pair`` and ``asked`` (the question, in the words of the form before), ``people``
    (who answered both forms), ``right before``, ``right after``, ``came to it`` (right after and
    not before), ``lost it`` (the other way round), ``by correlation before`` and ``by correlation
    after`` (who answered as if the stock went with its flows: Cronin, Gonzalez and Sterman 2009,
    doi:10.1016/j.obhdp.2008.03.003). All are numbers of people.

    Only first answers count, before anything was explained. Of several files of one sitting the
    fullest counts. A file that cannot be read is left out, and a Notice says so.

    Args:
        files: paths of saved answers, or a folder with them (all of its .json).
        file: a .toml with the questions; those of the package when left out.

    Raises:
        MissingFile: there is no such folder.
        BadValue: the questions cannot be read, or there are too many files.
    """
    questions = read_questions(file)
    sittings = _sittings(_paths(files))
    rows = []
    for before, after in _pairs(questions):
        for part in before.parts:
            if all(other.key != part.key for other in after.parts):
                continue
            rows.append(_row(before, after, part.key, sittings))
    return Table(rows, columns=_COLUMNS)


def _row(before: Question, after: Question, key: str, sittings: list[Sitting]) -> dict[str, object]:
    both = []
    for sitting in sittings:
        first, second = (_judged(form, key, sitting) for form in (before, after))
        if first is not None and second is not None:
            both.append((first, second))
    return {
        "pair": before.pair,
        "asked": before.part(key).text,
        "people": len(both),
        "right before": sum(one.right for one, _ in both),
        "right after": sum(two.right for _, two in both),
        "came to it": sum(two.right and not one.right for one, two in both),
        "lost it": sum(one.right and not two.right for one, two in both),
        "by correlation before": sum(one.by == _HEURISTIC for one, _ in both),
        "by correlation after": sum(two.by == _HEURISTIC for _, two in both),
    }


def _judged(question: Question, key: str, sitting: Sitting) -> Judged | None:
    kept = sitting.answers.get(f"{question.key}/{key}")
    if kept is None:
        return None
    try:
        return _weighed(question.part(key), kept.first)
    except CpdynamicsError:  # the question has changed since
        return None


def _weighed(part: Part, given: Given) -> Judged:
    if part.number is not None:
        found = weighed(part.number, read_number(given), worked(part.number))
        return Judged(found.right)
    choice = chosen(part, given)
    return Judged(choice.right, choice.by)


def _pairs(questions: Mapping[str, Question]) -> list[tuple[Question, Question]]:
    befores = [one for one in questions.values() if one.form == "before"]
    afters = [one for one in questions.values() if one.form == "after"]
    return [(one, two) for one in befores for two in afters if one.pair == two.pair]


def _paths(files: object) -> list[Path]:
    if isinstance(files, str | os.PathLike):
        place = path_from(files)
        found = sorted(place.glob("*.json")) if place.is_dir() else [place]
    elif isinstance(files, Iterable):
        found = [path_from(one) for one in files]
    else:
        raise BadValue("learned() got no files.", "Paths or a folder were expected.")
    if len(found) > _MOST_FILES:
        raise BadValue(f"{len(found)} files came.", f"At most {_MOST_FILES} are read.")
    return found


def _sittings(paths: Iterable[Path]) -> list[Sitting]:
    """One sitting each: of two files of one person, the fuller."""
    found: dict[str, Sitting] = {}
    for path in paths:
        try:
            sitting = read_answers(path)
        except CpdynamicsError as error:
            tell(f"Left out: {error}")
            continue
        earlier = found.get(sitting.name)
        if earlier is None or len(sitting.answers) >= len(earlier.answers):
            found[sitting.name] = sitting
    return list(found.values())
