"""Every view of the library can be read from the back of a room: its letters on a small screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from cpdynamics.diagrams import diagram
from cpdynamics.diagrams.review import report
from cpdynamics.diagrams.sheet import sheet_of
from cpdynamics.library import root
from cpdynamics.mdl.document import Document
from cpdynamics.model import Model
from tests.diagrams.sketches import HEAD, MODEL, TUB, model, read

SCREEN = (1280, 720)
SMALLEST = 16.0  # pixels
LIBRARY = sorted(root().rglob("*.mdl"))


def letters(svg: str) -> float:
    """The height of the smallest letters when a picture fills the screen, in pixels."""
    picture = read(svg)
    _, _, wide, high = map(float, picture.attrib["viewBox"].split())
    sizes = [float(each.attrib["font-size"]) for each in picture.iter() if each.get("font-size")]
    return min(sizes) * min(SCREEN[0] / wide, SCREEN[1] / high)


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_each_view_of_the_library_is_read_from_the_back_of_the_room(path: Path) -> None:
    made = Model.from_path(path)
    views = made.document.views
    assert views
    drawn = {view.name: letters(diagram(made, view=view.name).svg) for view in views}
    assert len(drawn) == len(views), "two views of one name"
    small = {name: height for name, height in drawn.items() if height < SMALLEST}
    assert small == {}, "make it narrower or lower, or two of it: tools/arrange.py"
    assert [line for view in views for line in report(sheet_of(view))] == []


def test_a_view_that_takes_more_room_has_smaller_letters() -> None:
    low = TUB.replace("10,12,goal,230,330", "10,12,goal,230,1770")
    assert 6 < letters(diagram(model(("1", low)), view="1").svg) < 7
    usual = letters(diagram(model(("1", TUB)), title=False).svg)
    assert usual > 16
    fine = HEAD.replace("|12||", "|6||").replace("{name}", "1") + TUB
    half = Model.from_document(Document.parse(MODEL + fine))
    assert letters(diagram(half, title=False).svg) == pytest.approx(usual / 2)
