"""What a reader of a sheet would stumble over, computed."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from cpdynamics.diagrams import arcs
from cpdynamics.diagrams.boxes import Box
from cpdynamics.diagrams.sheet import Link, Pipe, Sheet

PAGE = (1800.0, 1100.0)
"""What a screen shows of a sketch in Vensim."""

_SHORTEST = 14  # of a link that can be seen, in pixels
_GRAZED = 3  # pixels of a rectangle that a line may touch


def report(sheet: Sheet, *, size: tuple[float, float] = PAGE) -> list[str]:
    """Overlaps, lines through names, links too short to see, things off the page.

    Args:
        sheet: what to look at.
        size: of the page.

    Returns:
        A sentence for each; empty for a sheet that reads well.
    """
    found = [
        *_overlaps(sheet),
        *_lines_through(sheet),
        *(
            f"too short to see: {link.title}"
            for link in sheet.links
            if arcs.length(link.curve) < _SHORTEST
        ),
        *(
            f"off the page: {box.called} at {box.x:.0f},{box.y:.0f}"
            for box in sheet.boxes
            if not (box.w <= box.x <= size[0] - box.w and box.h <= box.y <= size[1] - box.h)
        ),
    ]
    return [f"{sheet.name}: {line}" for line in found]


def crossings(sheet: Sheet) -> int:
    """How often links cross each other."""
    curves = [link.curve for link in sheet.links]
    pairs = itertools.combinations(curves, 2)
    return sum(arcs.crossings(one, arcs.segments([other])) for one, other in pairs)


def _overlaps(sheet: Sheet) -> Iterator[str]:
    for a, b in itertools.combinations(sheet.boxes, 2):
        belong = {a.kind, b.kind} == {"loop", "comment"} or (
            "valve" in (a.kind, b.kind) and a.name == b.name
        )
        if not belong and a.overlaps(b, slack=1):
            yield f"overlap: {a.called} and {b.called}"


def _lines_through(sheet: Sheet) -> Iterator[str]:
    for link in sheet.links:
        yield from _through(link, link.curve, (link.source, link.target), sheet.boxes)
    solid = tuple(box for box in sheet.boxes if box.kind != "valve")
    for pipe in sheet.pipes:
        yield from _through(pipe, pipe.dense, (pipe.valve, pipe.end), solid)


def _through(
    line: Link | Pipe, curve: arcs.Curve, ends: tuple[Box, Box], boxes: tuple[Box, ...]
) -> Iterator[str]:
    what = "pipe" if isinstance(line, Pipe) else "link"
    for box in boxes:
        if box not in ends and (inside := arcs.passes(curve, box, margin=-2)) > _GRAZED:
            yield f"{what} through {box.called}: {line.title} ({inside:.0f} px)"
