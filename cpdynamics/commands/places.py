"""Where the results of a command go."""

from __future__ import annotations

from pathlib import Path

from cpdynamics.errors import BadValue, clipped
from cpdynamics.terminal import say, write
from cpdynamics.writing import write_whole


def ending_of(
    out: str | None, known: tuple[str, ...] = (".csv", ".html"), *, option: str = "--out"
) -> str:
    """How the name of a file ends, in small letters; refused before anything runs.

    Args:
        out: what was typed; None where nothing was, ``-`` for a CSV on stdout.
        known: the endings that are taken; with .csv among them ``-`` is, too.
        option: where it was typed, for the error.

    Raises:
        BadValue: another ending.
    """
    if out is None:
        return ""
    table = ".csv" in known
    if out == "-" and table:
        return ".csv"
    ending = Path(out).suffix.lower()
    if ending not in known:
        wanted = " or ".join(filter(None, [", ".join(known[:-1]), known[-1]]))
        wanted += ", or be -" if table else ""
        raise BadValue(f"{option} is {clipped(out)}.", f"Its name has to end in {wanted}.")
    return ending


def write_text(text: str, out: str) -> None:
    """Writes a text to a file, or to stdout where that is ``-``.

    Args:
        text: the whole of it.
        out: a path or ``-``.
    """
    if out == "-":
        write(text.encode("utf-8"))
    else:
        write_whole(out, text)


def written(out: str | None) -> None:
    """Says which file was written, where one was.

    Args:
        out: a path; None and ``-`` are no file.
    """
    if out not in (None, "-"):
        say(f"Wrote {out}")
