"""What stands beside a story's live page: a card's picture, a handout, and pictures to project."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cpdynamics.diagrams import causal_diagram
from cpdynamics.diagrams.png import png
from cpdynamics.errors import CpdynamicsError
from cpdynamics.paths import file_name
from cpdynamics.site import pictures
from cpdynamics.site.handout import handout
from cpdynamics.site.printing import print_page
from cpdynamics.site.subject import Subject
from cpdynamics.writing import write_whole

PIXELS = (1920, 1080)
"""Of a picture to project."""


@dataclass(frozen=True)
class Beside:
    """What was written, as addresses from the index.

    Attributes:
        card: the small picture, and what it shows.
        slides: what each picture to project shows -> its address; empty without a pack.
        files: what else can be taken away -> its address.
    """

    card: tuple[str, str]
    slides: Mapping[str, str]
    files: Mapping[str, str]


def beside(subject: Subject, to: Path, browser: str | None, tell: Callable[[str], None]) -> Beside:
    """What stands beside a story's page, once it has been written.

    Args:
        subject: the story.
        to: the folder of the site.
        browser: what prints the handout; None for no pack.
        tell: is told what is being worked on.
    """
    key = subject.key
    folder = to / "handouts" / key
    folder.mkdir(parents=True)
    tell(f"Pictures of {key}")
    card, said = pictures.card(subject)
    write_whole(folder / "card.svg", card)
    page = _handout(subject, to)
    files = {"Handout": f"handouts/{key}.html"}
    slides: dict[str, str] = {}
    if browser is not None:
        tell(f"Pack of {key}")
        slides = {label: f"handouts/{key}/{name}" for label, name in _slides(subject, folder)}
        print_page(browser, page, folder / f"{key}-handout.pdf")
        files["Handout (PDF)"] = f"handouts/{key}/{key}-handout.pdf"
        _zip(folder, f"{key}-pack.zip")
        files["All to take along (zip)"] = f"handouts/{key}/{key}-pack.zip"
    return Beside((f"handouts/{key}/card.svg", said), slides, files)


def _handout(subject: Subject, to: Path) -> Path:
    key = subject.key
    chart, said = pictures.for_paper(subject)
    write_whole(to / "handouts" / key / "chart.svg", chart)
    try:
        diagram = causal_diagram(subject.model) if subject.model.story.loops else None
    except CpdynamicsError:  # none of its loops can be drawn
        diagram = None
    loops = None
    if diagram is not None:
        write_whole(to / "handouts" / key / "loops.svg", diagram.svg)
        loops = (f"{key}/loops.svg", diagram.words)
    page = to / "handouts" / f"{key}.html"
    write_whole(page, handout(subject, chart=(f"{key}/chart.svg", said), loops=loops))
    return page


def _slides(subject: Subject, folder: Path) -> list[tuple[str, str]]:
    """(what it shows, name of its file) of the base and of every scenario, as PNG."""
    wide, tall = PIXELS
    made = []
    for place, name in enumerate(("", *subject.presets)):
        file = f"{place:02}-{file_name(name) if name else 'as-it-is'}.png"
        svg = pictures.slide(subject, name)
        write_whole(folder / file, png(svg, width=wide, height=tall, paper="#ffffff"))
        made.append((name or "As it is", file))
    return made


def _zip(folder: Path, name: str) -> None:
    """Puts what is to be projected and printed into one file."""
    taken = sorted(file for file in folder.iterdir() if file.suffix in (".png", ".pdf"))
    with zipfile.ZipFile(folder / name, "w") as packed:
        for file in taken:
            packed.write(file, file.name)
