"""A folder that is written whole or not at all, and takes the place of nothing but itself."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from cpdynamics.errors import CannotWrite, clipped
from cpdynamics.paths import path_from

MARK = ".cpdynamics-site"
"""The file by which a folder is known as one of ours: it lists what was written."""


@contextlib.contextmanager
def whole_folder(place: str | Path) -> Iterator[Path]:
    """An empty folder to fill, which takes the place's name once the block has ended well.

    It stands beside the place until then. Where the block breaks off, the place is as it was.

    Args:
        place: a folder that is not there, is empty, or was written so before.

    Raises:
        CannotWrite: it holds what was not written so, or the system refuses.
    """
    path = path_from(place)
    if not path.name:
        path = path.resolve()
    check(path)
    new = old = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new = Path(tempfile.mkdtemp(prefix=f".{path.name[:40]}-", dir=path.parent))
        new.chmod(0o755)  # others may read what is to be handed round
        yield new
        files = sorted(file.relative_to(new).as_posix() for file in new.rglob("*"))
        (new / MARK).write_text(json.dumps(files), encoding="utf-8")
        check(path)  # minutes have gone by
        if path.exists():
            old = new.with_name(f"{new.name}-before")
            path.replace(old)
        new.replace(path)
    except OSError as error:
        raise CannotWrite(
            f"{clipped(path)} cannot be written: {error.strerror or error}.",
            "",
            "Choose another folder.",
        ) from None
    finally:
        if old is not None and old.exists() and not path.exists():
            old.replace(path)
        for rest in filter(None, (new, old)):
            shutil.rmtree(rest, ignore_errors=True)


def check(path: Path) -> None:
    """Refuses a folder that holds what no build of ours wrote.

    Args:
        path: may not be there.

    Raises:
        CannotWrite: it does, or is no folder.
    """
    try:
        if not path.exists():
            return
        if not path.is_dir():
            raise CannotWrite(f"{clipped(path)} is no folder.", "", "Choose another name.")
        ours = set(_listed(path))
        strange = next(
            (
                file.relative_to(path)
                for file in sorted(path.rglob("*"))
                if not (file.is_dir() and not file.is_symlink())
                and file.relative_to(path).as_posix() not in ours
            ),
            None,
        )
    except OSError as error:
        raise CannotWrite(f"{clipped(path)} cannot be read: {error.strerror}.") from None
    if strange is not None:
        raise CannotWrite(
            f"{clipped(path)} holds {clipped(strange)}, which was not written as part of a site.",
            "The whole folder would be replaced.",
            "Choose a folder that is empty or not there yet.",
        )


def _listed(path: Path) -> list[str]:
    try:
        listed = json.loads((path / MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [MARK, *(str(one) for one in listed)] if isinstance(listed, list) else []
