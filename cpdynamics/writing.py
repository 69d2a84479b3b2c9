"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import uuid
from pathlib import Path

from cpdynamics.errors import CannotWrite


def write_whole(path: Path, contents: str | bytes) -> None:
    """Writes a file all or not at all: to a temporary one beside it, which then takes its place.

    Args:
        path: where to; its folder has to be there. Of a file that is replaced the rights are kept.
        contents: text, written as UTF-8 with its line ends as they stand, or bytes.

    Raises:
        CannotWrite: the system refuses. Nothing is left behind then.
    """
    data = contents.encode("utf-8") if isinstance(contents, str) else contents
    temporary = path.with_name(f".{path.name[:40]}-{uuid.uuid4().hex[:12]}")
    try:
        with temporary.open("xb") as file:
            file.write(data)
        if path.exists():
            temporary.chmod(path.stat().st_mode)
        temporary.replace(path)
    except OSError as error:
        raise CannotWrite(
            f"{path} cannot be written: {error.strerror or error}.", "", "Choose another place."
        ) from None
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
