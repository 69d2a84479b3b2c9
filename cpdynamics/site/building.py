"""The whole site: stories, handouts, the models' page, notebooks, index, the pack for a room."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from cpdynamics import library, offline
from cpdynamics.errors import BadValue
from cpdynamics.plots.script import plotly_script
from cpdynamics.serving import notebooks as notebooks_folder
from cpdynamics.serving import require
from cpdynamics.site import look
from cpdynamics.site.beside import beside
from cpdynamics.site.contents import Entry, contents
from cpdynamics.site.folder import whole_folder
from cpdynamics.site.models_page import models_page
from cpdynamics.site.pages import chosen, notebook_pages
from cpdynamics.site.printing import chromium
from cpdynamics.site.subject import Subject, subject
from cpdynamics.writing import write_whole

Progress: TypeAlias = Callable[[str], None]

_FIVE = 5  # the client's systems, which the library names first
_TEACHING = "teaching/bathtub"
GROUPS = ("Five systems", "What ties them together", "To begin with", "Other models")
"""Headings of the index, in order."""


def write_site(
    folder: str | Path,
    *,
    stories: Sequence[str] | None = None,
    notebooks: bool = True,
    pack: bool = False,
    progress: Progress | None = None,
) -> Path:
    """The path of a folder of pages, written whole: it opens from a disk and from any web server.

    The index leads to a live page for each story, a handout for each, the page about the models
    and the notebooks with their results. Nothing in it is fetched from outside.

    Args:
        folder: where to. One that an earlier call wrote is replaced; one that holds anything else
            is refused.
        stories: what ``load`` takes; all stories of the library, and the bathtub, when left out.
            With some of them come only the notebooks that are about these.
        notebooks: whether to run the notebooks, which takes a minute or two the first time.
        pack: whether each story gets pictures to project and its handout as PDF, which takes
            Chromium.
        progress: is told what is being worked on.

    Raises:
        UnknownName: the library has no such story.
        BadValue: a story was asked for twice.
        MissingFile: what reads prose, what runs notebooks or what prints is not installed.
        RunFailed: a base run or a notebook breaks off.
        CannotWrite: the folder holds something else, or the system refuses.
    """
    tell = progress or (lambda _: None)
    names = _names(stories)
    place = Path(folder)
    require("mistune", "which reads the page about the models")
    if notebooks:
        require("nbclient", "which runs the notebooks")
    browser = chromium() if pack else None
    with whole_folder(place) as to:
        _write_look(to)
        subjects = _stories(to, names, tell)
        taken = [beside(one, to, browser, tell) for one in subjects]
        pages: Mapping[str, str] = {}
        titles: Mapping[str, str] = {}
        if notebooks:
            files = chosen(notebooks_folder(), None if stories is None else names)
            titles = notebook_pages(to, files, subjects, tell)
            pages = {f"{Path(page).stem}.ipynb": page for page in titles.values()}
        tell("Writing the page about the models")
        (to / "pictures").mkdir(exist_ok=True)
        write_whole(to / "models.html", models_page(_keeper(to), pages))
        entries = {
            name: Entry(one, extra.card, extra.slides, extra.files)
            for name, one, extra in zip(names, subjects, taken, strict=True)
        }
        write_whole(to / "index.html", contents(_grouped(entries), titles))
    return place


def _names(stories: Sequence[str] | None) -> list[str]:
    """What is asked for, as ``load`` takes it; misspelt names are refused at once."""
    if stories is None:
        known = library.model_names()
        return [name for name in known if "/" not in name] + [_TEACHING]
    names = [_located(name) for name in stories]
    if not names:
        raise BadValue("No story was asked for.", "", "Name one, or leave --stories out.")
    for name in names:
        if names.count(name) > 1:
            raise BadValue(f'"{name}" was asked for twice.', "", "Leave one of them out.")
    return names


def _located(name: str) -> str:
    found, path = library.locate(name)
    return found if found in library.model_names() else str(path)


def _write_look(to: Path) -> None:
    write_whole(to / look.STYLE, look.style())
    write_whole(to / look.CHARTS, look.charts())
    write_whole(to / look.PLOTLY, plotly_script())


def _stories(to: Path, names: Sequence[str], tell: Progress) -> list[Subject]:
    (to / "stories").mkdir()
    subjects: list[Subject] = []
    for name in names:
        tell(f"Loading {name}")
        model = library.load(name)
        one = subject(model)
        if one.key in [other.key for other in subjects]:
            raise BadValue(f"Two models are called {model.name}.", "Each needs a name of its own.")
        offline.to_html(model, to / "stories" / f"{one.key}.html", progress=tell)
        subjects.append(one)
    return subjects


def _keeper(to: Path) -> Callable[[bytes, str], str]:
    def keep(data: bytes, name: str) -> str:
        write_whole(to / "pictures" / name, data)
        return f"pictures/{name}"

    return keep


def _grouped(entries: Mapping[str, Entry]) -> list[tuple[str, list[Entry]]]:
    """The cards under their headings: the client's five systems first, as the library has them."""
    known = library.model_names()
    groups: dict[str, list[Entry]] = {heading: [] for heading in GROUPS}
    five, ties, begin, other = GROUPS
    for name, entry in entries.items():
        if name in known[:_FIVE]:
            groups[five].append(entry)
        elif name in known and "/" not in name:
            groups[ties].append(entry)
        else:
            groups[begin if name.startswith("teaching/") else other].append(entry)
    return list(groups.items())
