"""Makes the pictures of models/README.md and README.md from the models, and what is said of each.

Run it when a model has changed: ``.venv/bin/python tools/page_pictures.py``. Names of stories after
it draw these alone. ``tests/test_page_pictures.py`` fails while a picture is older than its model.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from cpdynamics import library
from cpdynamics.diagrams import Diagram, causal_diagram, diagram
from cpdynamics.diagrams.causal_story import named_loops
from cpdynamics.model import Model

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "pictures"
PAGES = (ROOT / "README.md", ROOT / "models" / "README.md")
FRONT_DOOR = "caseload_front_door"

# What the story is about, and what ties it to the rest. More loops than these are a tangle.
LOOPS = {
    "caseload": "R1 R2 R22 R28 B3 B4",
    "burnout": "R6 R23 B13 B10 R1 B4",
    "turnover": "R7 R24 B1 R6 R23 B13 R1",
    "agency_reliance": "R8 R25 R26 B2 B1 R6 R1",
    "blame_bureaucracy": "R4 R5 R19 R27 B5 B6 B11",
    "austerity": "R15 R21 R1 R2 B3 B4",
    "cover_up": "R9 R10 R20 R29 B8 R4 R1",
    "inspection": "R11 R12 R13 R14 R16 R30 B12 B14",
    "child_protection": "R1 R3 R4 R6 R8 R9 R12 R14 R15 R17",
}
NAMES = {"child_protection": 24}
"""Names on a page where the usual number makes a loop a riddle."""


class Picture(NamedTuple):
    """A file in docs/pictures, and what is said to whoever cannot see it."""

    name: str
    drawn: Diagram
    said: str

    @property
    def file(self) -> Path:
        return FOLDER / f"{self.name}.svg"


def loops_of(story: str) -> Picture:
    """The causal loop diagram of a story."""
    model = library.load(story)
    known = {one.id: one for one in named_loops(model)}
    wanted = [known.pop(key) for key in LOOPS[story].split()]
    # The others are never drawn; the picture counts them.
    drawn = causal_diagram(
        model, [*wanted, *known.values()], names=NAMES.get(story, 18), most=len(wanted)
    )
    shown = set(re.findall(r'data-loop="(\w+)"', drawn.svg))
    if shown != {one.id for one in wanted}:
        sys.exit(f"{story} has no room for {LOOPS[story]}: only {' '.join(sorted(shown))} fit.")
    names = ", ".join(f"{one.id} {one.name.lower()}" for one in wanted)
    return Picture(f"loops_{story}", drawn, f"Loops of {_named(model)}: {names}")


def front_door() -> Picture:
    """How need becomes a referral and an assessment, and comes back, in stocks and flows."""
    model = library.load("caseload")
    drawn = diagram(model, view="Caseload 1")
    stocks = "from unmet need to an assessment, and who is closed unresolved and comes back"
    return Picture(FRONT_DOOR, drawn, f"Stocks and flows of {_named(model)}: {stocks}")


def pictures(stories: Iterable[str] = LOOPS) -> list[Picture]:
    """Those of the stories named, and the one of stocks and flows."""
    return [*map(loops_of, stories), front_door()]


def with_words(page: str, made: Iterable[Picture]) -> str:
    """The page with what is now said of each picture that it shows."""
    for one in made:
        page = re.sub(
            rf"!\[[^]]*\](\([^)]*/{one.name}\.svg\))",
            lambda found, said=one.said: f"![{said}]{found[1]}",
            page,
        )
    return page


def main(stories: list[str]) -> None:
    """Writes the pictures, and their words into the pages."""
    made = pictures(stories or LOOPS)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for one in made:
        one.drawn.save(one.file)
        print(f"Wrote {one.file}: {one.said}")
    for page in PAGES:
        page.write_text(with_words(page.read_text(encoding="utf-8"), made), encoding="utf-8")


def _named(model: Model) -> str:
    return f"the story {model.title.lower()}" if model.title else model.name


if __name__ == "__main__":
    main(sys.argv[1:])
