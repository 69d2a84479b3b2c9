"""Paths as people give them."""

from __future__ import annotations

import os
import re
from pathlib import Path

from cpdynamics.errors import BadValue, came_as, clipped


def path_from(given: object) -> Path:
    """The path that was given, with a leading ``~`` spelt out where there is such a home.

    Args:
        given: text, or a path of any library.

    Raises:
        BadValue: it is neither, or holds a sign that no path has.
    """
    text = os.fspath(given) if isinstance(given, str | os.PathLike) else None
    if not isinstance(text, str):
        raise BadValue(
            f"A file was named by {came_as(given)}.",
            "Its path was expected, as text or as a Path.",
        )
    if "\0" in text:
        raise BadValue(f'"{clipped(text)}" cannot be a path.', "It holds a null character.")
    path = Path(text)
    try:
        return path.expanduser()
    except RuntimeError:  # nobody of that name lives here: whoever opens it finds no such file
        return path


def file_name(text: str) -> str:
    """A name of letters, digits and dashes, that any file system takes.

    Args:
        text: a title or a label. Where nothing of it is left the name is "run".
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "run"
