"""All predictions and answers of one sitting, in a file and back, because Binder forgets."""

from __future__ import annotations

import json
import uuid
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from cpdynamics.errors import CpdynamicsError, MissingFile, NotAnswers, clipped
from cpdynamics.paths import path_from
from cpdynamics.scenario import finite
from cpdynamics.writing import write_whole

Given: TypeAlias = "str | float"

VERSION = 1
LARGEST = 2_000_000
"""Bytes that a file of answers may have."""

_MARK = "cpdynamics answers"
_MOST = 1_000  # predictions, and as many answers
_MOST_POINTS = 400
_LONGEST = 2_000  # characters of a name or an answer
_MOST_TRIES = 1_000_000
_WHAT = "A file saved by save_answers or by the link on the page was expected."


@dataclass(frozen=True)
class Drawn:
    """One prediction as it is saved.

    Attributes:
        model: the model's name.
        scenario: the label of the scenario.
        variable: as the .mdl writes it.
        months: the times of its points.
        values: where they stand now.
        first: where they stood when the run was first shown; None while it has not been.
        shown: whether the run is on show.
        tries: how many times the run has been shown.
    """

    model: str
    scenario: str
    variable: str
    months: tuple[float, ...]
    values: tuple[float, ...]
    first: tuple[float, ...] | None = None
    shown: bool = False
    tries: int = 0


@dataclass(frozen=True)
class Answered:
    """One answer as it is saved.

    Attributes:
        first: what was answered before anything was explained.
        last: what was answered last.
        tries: how many answers there were.
    """

    first: Given
    last: Given
    tries: int = 1


@dataclass
class Sitting:
    """What one person has predicted and answered since they sat down.

    Attributes:
        name: a random one, which says nothing about the person; two files of one sitting have
            the same.
        predictions: by key.
        answers: by key of the question, a slash and the key of the part.
    """

    name: str = field(default_factory=lambda: uuid.uuid4().hex)
    predictions: dict[str, Drawn] = field(default_factory=dict)
    answers: dict[str, Answered] = field(default_factory=dict)
    _watchers: list[weakref.WeakMethod[Callable[[], None]]] = field(
        default_factory=list, repr=False, compare=False
    )

    def draw(self, key: str, drawn: Drawn) -> None:
        """Keeps a prediction; the first that was made before the run was shown stays.

        Args:
            key: of the prediction.
            drawn: as it stands now.
        """
        before = self.predictions.get(key)
        if before is not None and before.first is not None:
            first = np.interp(drawn.months, before.months, before.first)
            drawn = replace(drawn, first=tuple(first.tolist()))
        self.predictions[key] = drawn
        self._tell()

    def answer(self, key: str, given: Given) -> None:
        """Keeps an answer; the first stays as well.

        Args:
            key: of the question and its part.
            given: a choice's text, or a number.
        """
        before = self.answers.get(key)
        self.answers[key] = (
            Answered(given, given)
            if before is None
            else Answered(before.first, given, before.tries + 1)
        )
        self._tell()

    def take_over(self, other: Sitting) -> None:
        """Takes over what was saved. Where both know of something, the saved came first.

        Args:
            other: what a file held.
        """
        for key, drawn in other.predictions.items():
            here = self.predictions.get(key)
            if here is None or drawn.first is not None:
                self.predictions[key] = drawn
        for key, answered in other.answers.items():
            now = self.answers.get(key)
            self.answers[key] = (
                answered
                if now is None
                else Answered(
                    answered.first, now.last, min(answered.tries + now.tries, _MOST_TRIES)
                )
            )
        self.name = other.name
        self._tell()

    def watch(self, told: Callable[[], None]) -> None:
        """Calls a method after every change, for as long as its owner lives.

        Args:
            told: a bound method.
        """
        self._watchers.append(weakref.WeakMethod(told))

    def _tell(self) -> None:
        self._watchers = [one for one in self._watchers if one() is not None]
        for one in list(self._watchers):
            if (told := one()) is not None:
                told()


SITTING = Sitting()
"""The sitting of this Python: one person at one notebook."""


def save_answers(path: Path | str) -> str:
    """A sentence that says what was saved. Writes all predictions and answers of this sitting.

    Args:
        path: where to; a file that is there already is replaced.

    Raises:
        CannotWrite: there is no such folder, no right to write, or no room.
        BadValue: it is no path.
    """
    place = path_from(path)
    write_whole(place, as_text(SITTING))
    return f"Saved in {clipped(place)}: {counted(SITTING)}."


def bring_back(path: Path | str) -> str:
    """A sentence that says what came back. Takes over what ``save_answers`` wrote.

    Args:
        path: the file.

    Raises:
        MissingFile: there is no such file.
        NotAnswers: it holds no answers, or those of another version.
        BadValue: it is no path.
    """
    found = read_answers(path)
    SITTING.take_over(found)
    return f"Brought back: {counted(found)}."


def read_answers(path: Path | str) -> Sitting:
    """The sitting in a file.

    Args:
        path: the file.

    Raises:
        MissingFile: there is no such file.
        NotAnswers: it holds no answers, or those of another version.
        BadValue: it is no path.
    """
    place = path_from(path)
    try:
        with place.open("rb") as file:
            data = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise MissingFile(f"There is no file {clipped(place)}.") from None
    except OSError as error:
        raise NotAnswers(f"{clipped(place)} cannot be read: {error.strerror}.", _WHAT) from None
    return from_text(data, clipped(place))


def as_text(sitting: Sitting) -> str:
    """A sitting as JSON.

    Args:
        sitting: what to write.
    """
    plain = {
        _MARK: VERSION,
        "sitting": sitting.name,
        "predictions": {
            key: {name: _plain(value) for name, value in vars(drawn).items()}
            for key, drawn in sitting.predictions.items()
        },
        "answers": {key: dict(vars(answered)) for key, answered in sitting.answers.items()},
    }
    return json.dumps(plain, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def from_text(data: bytes | str, where: str = "The file") -> Sitting:
    """The sitting that ``as_text`` wrote. Nothing of it is trusted.

    Args:
        data: what the file holds.
        where: what to call it in an error.

    Raises:
        NotAnswers: it holds no answers, or those of another version.
    """
    if len(data) > LARGEST:
        raise NotAnswers(f"{where} is too large to be saved answers.", _WHAT)
    try:
        text = data if isinstance(data, str) else data.decode("utf-8")
        plain = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        raise NotAnswers(f"{where} is no JSON.", _WHAT) from None
    if not isinstance(plain, dict) or _MARK not in plain:
        raise NotAnswers(f"{where} holds no answers.", _WHAT)
    version = plain[_MARK]
    if isinstance(version, bool) or version != VERSION:
        raise NotAnswers(
            f"{where} was saved by another version ({clipped(version, 20)}).",
            f"This one reads version {VERSION}.",
            "Open it with the version of cpdynamics that saved it.",
        )
    try:
        return Sitting(
            _word(plain["sitting"], 80),
            {_word(key): _drawn(one) for key, one in _few(plain["predictions"]).items()},
            {_word(key): _answered(one) for key, one in _few(plain["answers"]).items()},
        )
    except (KeyError, ValueError, TypeError, AttributeError, CpdynamicsError) as error:
        why = f"{clipped(error, 40)} is missing" if isinstance(error, KeyError) else clipped(error)
        raise NotAnswers(f"{where} cannot be read: {why}", _WHAT) from None


def counted(sitting: Sitting) -> str:
    """How much a sitting holds, such as "2 predictions and 1 answer"."""
    predictions, answers = len(sitting.predictions), len(sitting.answers)
    return (
        f"{predictions} prediction{'s' * (predictions != 1)} and "
        f"{answers} answer{'s' * (answers != 1)}"
    )


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _few(given: object) -> Mapping[str, Any]:
    if not isinstance(given, dict) or len(given) > _MOST:
        raise ValueError(f"a table with {_MOST} entries at most was expected.")
    return given


def _word(given: object, longest: int = _LONGEST) -> str:
    if not isinstance(given, str) or len(given) > longest:
        raise ValueError(f"a text with {longest} characters at most was expected.")
    # A lone half of a surrogate pair is no character, and could not be written again.
    given.encode("utf-8")
    return given


def _row(given: object) -> tuple[float, ...]:
    if not isinstance(given, list) or not 0 < len(given) <= _MOST_POINTS:
        raise ValueError(f"a list with 1 to {_MOST_POINTS} numbers was expected.")
    return tuple(finite(one, "a point") for one in given)


def _count(given: object, least: int) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or not least <= given <= _MOST_TRIES:
        raise ValueError("a number of tries was expected.")
    return given


def _drawn(given: Any) -> Drawn:
    months, values = _row(given["months"]), _row(given["values"])
    first = None if given["first"] is None else _row(given["first"])
    if len(values) != len(months) or (first is not None and len(first) != len(months)):
        raise ValueError("a curve has more months than values, or fewer.")
    if any(a >= b for a, b in pairwise(months)):
        raise ValueError("the months of a curve do not rise.")
    if not isinstance(given["shown"], bool):
        raise ValueError("whether a run is on show was expected.")
    return Drawn(
        model=_word(given["model"]),
        scenario=_word(given["scenario"]),
        variable=_word(given["variable"]),
        months=months,
        values=values,
        first=first,
        shown=given["shown"],
        tries=_count(given["tries"], 0),
    )


def _answered(given: Any) -> Answered:
    first, last = (
        _word(one) if isinstance(one, str) else finite(one, "an answer")
        for one in (given["first"], given["last"])
    )
    return Answered(first, last, _count(given["tries"], 1))
