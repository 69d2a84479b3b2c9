"""Give a sector a sketch view that reads as a stock-and-flow diagram.

python tools/arrange.py models/sectors/caseload.mdl                  write the sketch in place
python tools/arrange.py models/sectors/caseload.mdl --settle         first find places and keep them
python tools/arrange.py models/sectors/caseload.mdl --picture x.png --report

Places stand in <model>.layout.toml, made by hand; --settle adds what is missing there. Without a
place of its own a variable gets one for this time only. All above the sketch is left as it is.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import picture
from sketching import causes, plan, vensim
from sketching.drawing import assemble, missing, route
from sketching.settling import settle


def arrange(text: str, structure: causes.Causes, views: list[plan.View]) -> str:
    """The text of a model with these views in the place of its sketch.

    Raises BadLayoutError where a variable stands in no view.
    """
    drawings = []
    for view in views:
        drawing = assemble(view, structure)
        route(drawing, view, structure)
        drawings.append(drawing)
    shown = {name for drawing in drawings for name in drawing.boxes}
    absent = [name for name in structure.kinds if name not in shown]
    if absent:
        raise plan.BadLayoutError("no view shows " + ", ".join(f'"{name}"' for name in absent))
    above, settings = causes.head(text)
    if not above.endswith("\n"):
        above += "\n"
    return above + vensim.write(drawings) + settings


def views_of(path: Path, structure: causes.Causes) -> list[plan.View]:
    """The views of the layout beside a model; what has none goes to its stock's, or the last."""
    beside = path.with_suffix(".layout.toml")
    views = plan.read(beside, structure) if beside.exists() else [plan.View(path.stem)]
    placed = {name for view in views for name in (*view.at, *view.flow, *view.members)}
    for name in (name for name in structure.kinds if name not in placed):
        pipe = structure.pipes.get(name)
        ends = {pipe.source, pipe.sink} if pipe else set()
        home = next((view for view in views if ends & view.at.keys()), views[-1])
        home.members.append(name)
    return views


def main(arguments: list[str] | None = None) -> int:
    """Arrange one model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--settle", action="store_true", help="write missing places to the layout")
    parser.add_argument("--moves", type=int, default=12_000, help="of the search for places")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="write here, not in place")
    parser.add_argument("--picture", type=Path, help="a .png or .svg")
    parser.add_argument("--report", action="store_true", help="print overlaps and the like")
    given = parser.parse_args(arguments)
    before = given.model.read_bytes()
    try:
        structure = causes.read(given.model)
        views = views_of(given.model, structure)
        for view in views:
            for cause in missing(assemble(view, structure), structure):
                print(f'{view.name}: no shadow of "{cause.source}" for "{cause.target}" yet')
            settle(view, structure, moves=given.moves, seed=given.seed)
        arranged = arrange(before.decode("utf-8"), structure, views)
    except plan.BadLayoutError as mistake:
        print(mistake, file=sys.stderr)
        return 2
    if given.settle:
        plan.write(given.model.with_suffix(".layout.toml"), views)
    if given.model.read_bytes() != before:
        print(f"{given.model} changed meanwhile; nothing is written: try again.", file=sys.stderr)
        return 2
    target = given.out or given.model
    passing = target.with_name(target.name + ".part")
    passing.write_bytes(arranged.encode("utf-8"))
    passing.replace(target)
    if given.picture or given.report:
        picture.draw(arranged, given.picture, report=given.report)
    return 0


if __name__ == "__main__":
    sys.exit(main())
