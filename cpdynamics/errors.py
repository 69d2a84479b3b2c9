"""Every error that a user can cause: what came, what was expected, what to try."""

# A name such as UnknownName says enough; "Error" behind each would only be noise.
# ruff: noqa: N818

from __future__ import annotations

import difflib
import sys
import warnings
from collections.abc import Iterable

_LONGEST_LIST = 12


class CpdynamicsError(Exception):
    """A mistake that a user can put right.

    Args:
        came: what was found, in a sentence that names the variable or the file.
        expected: what would have been right. May be empty.
        remedy: what to try next. May be empty.

    ``str(error)`` is the three joined into one line.
    """

    def __init__(self, came: str, expected: str = "", remedy: str = "") -> None:
        self.came = came
        self.expected = expected
        self.remedy = remedy
        super().__init__(came, expected, remedy)

    def __str__(self) -> str:
        parts = (self.came, self.expected, self.remedy)
        line = " ".join(" ".join(part.split()) for part in parts if part)
        return printable(line)


class MissingFile(CpdynamicsError):
    """A file or a model that is not there."""


class NotAModel(CpdynamicsError):
    """A file that cannot be read as a Vensim model."""


class NotARun(CpdynamicsError):
    """A file that cannot be read as a saved run."""


class Unsupported(CpdynamicsError):
    """A Vensim construct that the chosen engine does not know."""


class UnsafeFile(CpdynamicsError):
    """A model that asks for something outside its own folder."""


class UnknownName(CpdynamicsError):
    """A name that the model, the run or the library does not have."""


class BadValue(CpdynamicsError):
    """A value of the wrong kind, not finite, or outside the variable's range."""


class RunFailed(CpdynamicsError):
    """A run that broke off, with the variable and the time where known."""


class JoinRefused(CpdynamicsError):
    """Sectors that cannot be joined into one story as they stand."""


class BadStory(CpdynamicsError):
    """A .toml that does not fit its model."""


class NotAFit(CpdynamicsError):
    """A file that cannot be read as a saved fit."""


class CannotWrite(CpdynamicsError):
    """A place where a result cannot be written: full disk, no rights, no folder."""


class BadFigures(CpdynamicsError):
    """A file of figures that cannot be taken as it stands.

    Attributes:
        problems: each thing that is wrong, with its row and column; all of them up to a limit
            that the error names.
    """

    problems: tuple[str, ...] = ()


class NotAFlight(CpdynamicsError):
    """A file that cannot be read as a saved flight."""


class Notice(UserWarning):
    """What a user should know and need not put right: a slower engine, a run cut short."""


def tell(text: str) -> None:
    """Gives a Notice, as if from the line outside this package that asked for what it is about.

    Args:
        text: a sentence or two.
    """
    frame, level = sys._getframe(), 1
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] == "cpdynamics":
        frame, level = frame.f_back, level + 1
    warnings.warn(Notice(text), stacklevel=level)


def unknown_name(kind: str, name: str, known: Iterable[str]) -> UnknownName:
    """An UnknownName that offers the nearest names that do exist.

    Args:
        kind: what the name was meant to be, such as ``"variable"`` or ``"scenario"``.
        name: what came.
        known: the names that exist.
    """
    return UnknownName(f'There is no {kind} called "{clipped(name)}".', "", nearest(name, known))


def nearest(name: str, known: Iterable[str]) -> str:
    """The sentence that offers the known names nearest to a misspelt one.

    Args:
        name: what came.
        known: the names that exist.
    """
    names = list(known)
    folded = {_fold(candidate): candidate for candidate in names}
    wanted = _fold(name)
    near = difflib.get_close_matches(wanted, folded, n=3, cutoff=0.6)
    # "care" is far from "Children in Care" letter by letter, yet it is what a person types.
    near = near or [key for key in folded if wanted and wanted in key][:3]
    if near:
        return "Did you mean " + " or ".join(f'"{folded[key]}"' for key in near) + "?"
    if not names:
        return "There are none here."
    if len(names) <= _LONGEST_LIST:
        return "There are: " + ", ".join(f'"{candidate}"' for candidate in names) + "."
    return f"There are {len(names)} names to choose from; list them first."


def clipped(text: object, longest: int = 80) -> str:
    """The text on one line, cut short so that an error stays readable.

    Args:
        text: what came, of any kind.
        longest: characters kept.
    """
    line = " ".join(str(text).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def came_as(value: object) -> str:
    """What came, in a few words: a plain value as it is, anything else by its type.

    Args:
        value: of any kind.
    """
    plain = isinstance(value, str | bytes | int | float) or value is None
    return clipped(repr(value), 40) if plain else f"a {type(value).__name__}"


def printable(text: str, instead: str = "\ufffd") -> str:
    """The text without what steers a terminal, which a stranger's file may carry.

    Args:
        text: a line.
        instead: what to put for each such character, line ends among them.
    """
    return "".join(letter if letter.isprintable() else instead for letter in text)


def _fold(name: str) -> str:
    return " ".join(name.replace("_", " ").casefold().split())


class NotAnswers(CpdynamicsError):
    """A file that cannot be read as saved answers."""
