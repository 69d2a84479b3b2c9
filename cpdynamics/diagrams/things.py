"""What stands in a diagram as SVG: boxes, names, valves, clouds and the labels of loops."""

from __future__ import annotations

import math

from cpdynamics.diagrams.boxes import Box
from cpdynamics.diagrams.lettering import LINE, SIZE, refill, width
from cpdynamics.diagrams.svg import Theme, label, tag, title
from cpdynamics.errors import clipped

_LOBES = ((-6, 1, 6), (0, -4, 7), (6, 1, 6), (0, 4, 6))
_VALVE = 8
_FROM, _SWEEP = -140, 270  # degrees of the arrow round the label of a loop
_LONGEST = 120  # letters of a line


def thing(box: Box, *, colours: Theme, said: str, name: str = "", letters: float = SIZE) -> str:
    """One thing in its place.

    Args:
        box: what and where.
        colours: of the picture.
        said: what a pointer is told; line ends are kept.
        name: canonical name of a variable, for ``data-name``; the id of a loop.
        letters: their height in pixels.
    """
    if box.kind == "cloud":
        parts = _cloud(box, colours)
    elif box.kind == "valve":
        parts = _valve(box, colours)
    elif box.kind == "loop":
        parts = _loop(box, colours, letters)
    else:
        parts = _name(box, colours, letters)
    return tag("g", title(said) if said else "", *parts, class_=box.kind, data_name=name or None)


def wide(said: str, letters: float) -> float:
    """The width of a line of text in pixels, cut short as it will be."""
    return width(clipped(said), size=letters)


def _name(box: Box, colours: Theme, letters: float) -> list[str]:
    parts = []
    if box.kind == "stock":
        corner = {"x": box.x - box.w, "y": box.y - box.h, "width": 2 * box.w, "height": 2 * box.h}
        line = {"fill": colours.paper, "stroke": colours.ink, "stroke_width": 1.6}
        parts.append(tag("rect", **corner, **line))
    room = 2 * box.w - (12 if box.kind == "stock" else 0) + (4 if box.kind == "comment" else 0)
    text = f"<{box.name}>" if box.kind == "shadow" else box.name
    lines = [clipped(line, _LONGEST) for line in refill(text, within=room * SIZE / letters)]
    quiet = box.kind in ("shadow", "comment")
    parts.append(
        label(
            lines,
            box.x,
            box.y,
            leading=LINE * letters / SIZE,
            font_size=None if letters == SIZE else letters,
            font_style="italic" if box.kind == "comment" else None,
            fill=colours.quiet if quiet else None,
        )
    )
    return parts


def _cloud(box: Box, colours: Theme) -> list[str]:
    discs = "".join(tag("circle", cx=box.x + x, cy=box.y + y, r=r) for x, y, r in _LOBES)
    edge = tag("g", discs, fill=colours.ink, stroke=colours.ink, stroke_width=2.4)
    return [edge, tag("g", discs, fill=colours.paper)]


def _valve(box: Box, colours: Theme) -> list[str]:
    s = _VALVE
    upright = box.w > box.h  # on an upright pipe its two halves stand one above the other
    corners = (
        [(-s, -s), (-s, s), (s, -s), (s, s)] if upright else [(-s, -s), (s, -s), (-s, s), (s, s)]
    )
    points = " ".join(f"{box.x + x:g},{box.y + y:g}" for x, y in corners)
    line = {"fill": colours.paper, "stroke": colours.ink, "stroke_width": 1.4}
    return [tag("polygon", points=points, **line)]


def _loop(box: Box, colours: Theme, letters: float) -> list[str]:
    radius = min(max(min(box.w, box.h) - 2, 10.0), 40.0)
    turn = box.turn or 1
    start = math.radians(_FROM if turn > 0 else 180 - _FROM)
    end = start + turn * math.radians(_SWEEP)
    ends = [(box.x + radius * math.cos(a), box.y + radius * math.sin(a)) for a in (start, end)]
    (ax, ay), (bx, by) = ends
    round_ = f"M{ax:.1f} {ay:.1f}A{radius:g} {radius:g} 0 1 {int(turn > 0)} {bx:.1f} {by:.1f}"
    degrees = math.degrees(end) + turn * 90
    head = tag(
        "path",
        d="M7 0L0 4.5L0 -4.5Z",
        fill=colours.quiet,
        transform=f"translate({bx:.1f} {by:.1f}) rotate({degrees:.1f})",
    )
    return [
        tag("path", d=round_, fill="none", stroke=colours.quiet, stroke_width=1.6),
        head,
        label(
            [clipped(box.name, _LONGEST)],
            box.x,
            box.y,
            font_size=None if letters == SIZE else letters,
            font_weight="bold",
        ),
    ]
