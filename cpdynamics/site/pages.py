"""The notebooks as pages: which of them, what is run, where their links lead."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from cpdynamics.errors import MissingFile
from cpdynamics.site.asking import asked_for, code_of
from cpdynamics.site.executing import executed
from cpdynamics.site.notebook import Places, notebook_page, title_of
from cpdynamics.site.reading import outside
from cpdynamics.site.subject import Subject
from cpdynamics.writing import write_whole


def chosen(folder: Path, names: Sequence[str] | None) -> list[Path]:
    """The notebooks that have prose, in the order of their numbers.

    Args:
        folder: where they are.
        names: models; only notebooks about some of them, and no other, are taken. None for all.
    """
    found = []
    for file in sorted(folder.glob("[0-9]*.ipynb")):
        try:
            notebook = json.loads(file.read_text(encoding="utf-8"))
            asked = asked_for(code_of(notebook))
        except (OSError, ValueError, KeyError) as error:
            raise MissingFile(f"{file} cannot be read as a notebook: {error}.") from None
        if names is None or (asked and asked <= set(names)):
            found.append(file)
    return found


def notebook_pages(
    to: Path, files: Sequence[Path], subjects: Sequence[Subject], tell: Callable[[str], None]
) -> Mapping[str, str]:
    """Title of each notebook -> address of its page from the index, once all have been written.

    Args:
        to: the folder of the site.
        files: the notebooks.
        subjects: the stories that have a page.
        tell: is told what is being worked on.

    Raises:
        RunFailed: a cell breaks off.
    """
    folder = to / "notebooks"
    folder.mkdir()
    stories = {
        one.model.name: (f"../stories/{one.key}.html", one.model.title or one.model.name)
        for one in subjects
    }
    there = {file.name for file in files}
    titles = {}
    for file, notebook in executed(files, progress=tell).items():
        tell(f"Writing {file.stem}")
        places = Places(stories, _linker(there), _keeper(folder, file.stem))
        write_whole(folder / f"{file.stem}.html", notebook_page(notebook, places))
        number = file.stem.partition("_")[0]
        titles[f"{number} {title_of(notebook) or file.stem}"] = f"notebooks/{file.stem}.html"
    return titles


def _linker(there: set[str]) -> Callable[[str], str | None]:
    def place(address: str) -> str | None:
        file, mark, part = address.partition("#")
        if outside(address) or not file:
            return address
        if file in there:
            return f"{Path(file).stem}.html{mark}{part}"
        return "../models.html" + mark + part if file.endswith("models/README.md") else None

    return place


def _keeper(folder: Path, stem: str) -> Callable[[bytes, str], str]:
    kept: list[str] = []

    def keep(data: bytes, ending: str) -> str:
        kept.append(f"{stem}-{len(kept) + 1}{ending}")
        write_whole(folder / kept[-1], data)
        return kept[-1]

    return keep
