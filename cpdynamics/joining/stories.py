"""The stories of the library, joined from their sectors as their .toml files say."""

from __future__ import annotations

import re
from pathlib import Path

from cpdynamics.errors import BadStory
from cpdynamics.joining.merging import join
from cpdynamics.library import root
from cpdynamics.mdl.document import Document
from cpdynamics.story import read_story


def composed(story: str, *, folder: Path | None = None) -> Document:
    """The story as a fresh join of its sectors, nothing written.

    Args:
        story: its name in the library.
        folder: where the stories stand, if not in the library.

    Raises:
        BadStory: if its .toml names no sectors.
        MissingFile: if a sector is not there.
        JoinRefused: if they do not fit together.
    """
    return _joined(story, folder or root())


def compose(story: str, *, folder: Path | None = None) -> Path:
    """The story's .mdl file, written anew from its sectors.

    Args:
        story: its name in the library.
        folder: where the stories stand, if not in the library.

    Raises:
        CannotWrite: if the file cannot be written; and all that `composed` raises.
    """
    folder = folder or root()
    path = folder / f"{story}.mdl"
    _joined(story, folder).write(path)
    return path


def compose_all(*, check: bool = False, folder: Path | None = None) -> tuple[str, ...]:
    """The names of the stories whose .mdl file was not the fresh join of its sectors.

    Args:
        check: leave the files as they are instead of writing them anew.
        folder: where the stories stand, if not in the library.
    """
    folder = folder or root()
    stale = []
    for table in sorted(folder.glob("*.toml")):
        if not read_story(table).sectors:
            continue
        fresh = _joined(table.stem, folder)
        path = table.with_suffix(".mdl")
        if not path.exists() or path.read_bytes() != fresh.encode():
            stale.append(table.stem)
            if not check:
                fresh.write(path)
    return tuple(stale)


def _joined(name: str, folder: Path) -> Document:
    table = folder / f"{name}.toml"
    story = read_story(table)
    if not story.sectors:
        raise BadStory(f'{table.name}: "sectors" is missing.', "A story is joined from sectors.")
    for sector in story.sectors:
        if not re.fullmatch(r"\w[\w -]*", sector):
            raise BadStory(f'{table.name}: "{sector}" cannot be the name of a sector.')
    documents = [Document.read(folder / "sectors" / f"{one}.mdl") for one in story.sectors]
    return join(documents, title=story.title or name, question=story.question)
