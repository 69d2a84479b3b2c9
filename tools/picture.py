"""A Vensim sketch as a picture: what a person would see on opening the model.

python tools/picture.py models/sectors/caseload.mdl --out /tmp/caseload.png --report
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cpdynamics.diagrams import Diagram, diagram
from cpdynamics.diagrams.review import crossings, report
from cpdynamics.diagrams.sheet import sheet_of
from cpdynamics.mdl.document import Document
from cpdynamics.model import Model


def pictures(text: str) -> list[Diagram]:
    """Each view in the text of a model."""
    model = Model.from_document(Document.parse(text))
    return [diagram(model, view=view.name) for view in model.document.views]


def reported(text: str) -> list[str]:
    """What a reader of the views would stumble over, and after each view what it holds."""
    found = []
    for view in Document.parse(text).views:
        sheet = sheet_of(view)
        count = f"{len(sheet.links)} links, {crossings(sheet)} crossings, {len(sheet.boxes)} things"
        found += [*report(sheet), f"{sheet.name}: {count}"]
    return found


def draw(text: str, out: Path | None, *, report: bool) -> None:
    """Write every view of a model's text as a picture and print what is wrong with it."""
    made = pictures(text) if out is not None else []
    for number, one in enumerate(made, start=1):
        path = out if len(made) == 1 else out.with_stem(f"{out.stem}_{number}")
        one.save(path)
        print(f"wrote {path}")
    if report:
        print(*reported(text), sep="\n")


def main(arguments: list[str] | None = None) -> int:
    """Draw the views of one model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--out", type=Path, help="a .png or .svg; _1, _2 ... for several views")
    parser.add_argument("--report", action="store_true", help="print overlaps and the like")
    given = parser.parse_args(arguments)
    draw(given.model.read_text(encoding="utf-8"), given.out, report=given.report)
    return 0


if __name__ == "__main__":
    sys.exit(main())
