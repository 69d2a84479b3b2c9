"""Files that are written whole or not at all, and parts of pages that a command writes."""

from __future__ import annotations

import contextlib
import uuid
from pathlib import Path

from cpdynamics.errors import BadValue, CannotWrite, clipped
from cpdynamics.paths import path_from


def write_whole(place: str | Path, contents: str | bytes) -> None:
    """Writes a file all or not at all: to a temporary one beside it, which then takes its place.

    Args:
        place: where to; its folder has to be there. Of a file that is replaced the rights are kept.
        contents: text, written as UTF-8 with its line ends as they stand, or bytes.

    Raises:
        CannotWrite: the system refuses, or the place has no name. Nothing is left behind then.
        BadValue: the place is no path.
    """
    path = path_from(place)
    if not path.name:
        raise CannotWrite(
            f'"{place}" cannot be written.', "The name of a file was expected.", "Add one."
        )
    temporary = path.with_name(f".{path.name[:40]}-{uuid.uuid4().hex[:12]}")
    try:
        data = contents.encode("utf-8") if isinstance(contents, str) else contents
        with temporary.open("xb") as file:
            file.write(data)
        if path.exists():
            temporary.chmod(path.stat().st_mode)
        temporary.replace(path)
    except OSError as error:
        raise CannotWrite(
            f"{clipped(path)} cannot be written: {error.strerror or error}.",
            "",
            "Choose another place.",
        ) from None
    except UnicodeEncodeError as error:
        raise CannotWrite(
            f"{clipped(path)} cannot be written: "
            f"{clipped(repr(error.object[error.start]))} is no character of UTF-8.",
        ) from None
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def with_part(page: str, part: str) -> str:
    """A page in which a part is written anew; what stands around it is left alone.

    Args:
        page: its text; has both marks.
        part: begins and ends with its marks, each on a line of its own.

    Raises:
        BadValue: a mark is missing.
    """
    first, last = part.splitlines()[0], part.splitlines()[-1]
    before, begin, rest = page.partition(first)
    _, end, after = rest.partition(last)
    if not begin or not end:
        raise BadValue(f"The page lacks {first} or {last}.", "", "Write both where it is to stand.")
    return f"{before}{part}{after}"
