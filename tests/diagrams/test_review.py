"""What a reader stumbles over is found; the library's own sketches have none of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cpdynamics.diagrams.boxes import Box
from cpdynamics.diagrams.review import crossings, report
from cpdynamics.diagrams.sheet import Link, Pipe, Sheet, sheet_of
from cpdynamics.library import root
from cpdynamics.mdl.document import Document

A = Box("a", "auxiliary", 100, 100, 20, 10)
B = Box("b", "auxiliary", 300, 100, 20, 10)
STOCK = Box("s", "stock", 200, 300, 60, 30)
VALVE = Box("f", "valve", 400, 300, 6, 8)
LABEL = Box("f", "flow", 400, 318, 20, 10)


def said(*boxes: Box, links: tuple[Link, ...] = (), pipes: tuple[Pipe, ...] = ()) -> list[str]:
    return report(Sheet("v", boxes, links, pipes))


def test_a_clean_sheet_has_nothing_to_say() -> None:
    loop, name = Box("B1", "loop", 200, 200, 20, 18, 1), Box("x", "comment", 200, 212, 20, 10)
    links = (Link(A, B, "a", "b", "+"),)
    pipes = (Pipe(VALVE, STOCK, True, (300, 300)),)
    assert said(A, B, STOCK, VALVE, LABEL, loop, name, links=links, pipes=pipes) == []


def test_overlaps_are_found() -> None:
    near = Box("c", "auxiliary", 130, 105, 20, 10)
    assert said(A, B, near) == ['v: overlap: "a" and "c"']


def test_lines_through_boxes_are_found() -> None:
    between = Box("c", "stock", 200, 100, 30, 10)
    (found,) = said(A, B, between, links=(Link(A, B, "a", "b", "+"),))
    assert found.startswith('v: link through "c": "a" -> "b" (')
    (found,) = said(
        VALVE,
        STOCK,
        Box("d", "auxiliary", 310, 300, 20, 10),
        pipes=(Pipe(VALVE, STOCK, True, (300, 300)),),
    )
    assert found.startswith('v: pipe through "d": a valve -> "s"')


def test_an_arc_around_a_box_is_no_line_through_it() -> None:
    between = Box("c", "stock", 200, 100, 30, 10)
    assert said(A, B, between, links=(Link(A, B, "a", "b", "+", ((200.0, 40.0),)),)) == []


def test_short_links_and_things_off_the_page_are_found() -> None:
    close = Box("c", "auxiliary", 148, 100, 20, 10)
    assert said(A, close, links=(Link(A, close, "a", "c", "+"),)) == [
        'v: too short to see: "a" -> "c"'
    ]
    assert said(Box("e", "stock", 1795, 100, 60, 30)) == ['v: off the page: "e" at 1795,100']


def test_crossings_are_counted() -> None:
    c, d = Box("c", "auxiliary", 200, 20, 20, 10), Box("d", "auxiliary", 205, 190, 20, 10)
    sheet = Sheet("v", (A, B, c, d), (Link(A, B, "", "", ""), Link(c, d, "", "", "")), ())
    assert crossings(sheet) == 1


@pytest.mark.parametrize(
    "path",
    sorted(root().glob("*.mdl")) + sorted(root().glob("*/*.mdl")),
    ids=lambda path: f"{path.parent.name}-{path.stem}",
)
def test_every_view_of_the_library_reads_well(path: Path) -> None:
    views = Document.read(path).views
    assert views
    assert [line for view in views for line in report(sheet_of(view))] == []
