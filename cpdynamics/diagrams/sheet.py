"""One view of a sketch, ready to be drawn: rectangles, and the lines that join them."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cpdynamics.diagrams import arcs
from cpdynamics.diagrams.boxes import Box, Point
from cpdynamics.diagrams.lettering import SIZE
from cpdynamics.errors import BadValue, clipped
from cpdynamics.mdl.sketch import Arrow, Cloud, Comment, Drawn, Valve, Variable, View

MOST = 20_000
"""Objects of a view."""

_FAR = 20_000  # pixels from the corner of the page, beyond which nobody draws
_WIDEST = 2_000
_CLOUD = (12.0, 11.0)  # half its sides, as it is drawn here
_MINUS = "\N{MINUS SIGN}"
_SIGNS = {"+": "+", "-": "-", "s": "+", "o": "-", "S": "+", "O": "-", _MINUS: "-"}
_HEADLESS, _AT_THE_START = "100", "1"


@dataclass(frozen=True)
class Link:
    """A causal link in place.

    Attributes:
        source: where it starts.
        target: where its head is.
        cause: the name of the variable at its start, as written.
        effect: that of the variable at its head.
        mark: what stands beside its head, such as ``+``; empty for nothing.
        through: the places between, none for a straight line.
    """

    source: Box
    target: Box
    cause: str
    effect: str
    mark: str
    through: tuple[Point, ...] = ()

    @property
    def polarity(self) -> str:
        """``+`` or ``-``, also where Vensim wrote s or o for same or opposite; else empty."""
        return _SIGNS.get(self.mark, "")

    @property
    def title(self) -> str:
        """What to call it in a report."""
        return f"{self.source.called} -> {self.target.called}"

    @cached_property
    def curve(self) -> arcs.Curve:
        """The line from the edge of the one rectangle to the edge of the other."""
        start, end = self.source.centre, self.target.centre
        if len(self.through) == 1:
            return arcs.clip(arcs.arc(start, self.through[0], end), self.source, self.target)
        corners = np.array([start, *self.through, end], dtype=float)
        along = np.linspace(0, len(corners) - 1, arcs.SAMPLES)
        places = np.arange(len(corners))
        columns = [np.interp(along, places, column) for column in corners.T]
        return arcs.clip(np.column_stack(columns), self.source, self.target)


@dataclass(frozen=True)
class Pipe:
    """Half a flow: from its valve to a stock or a cloud.

    Attributes:
        valve: where it starts; has the name of the flow.
        end: the stock or the cloud.
        headed: whether it flows in at the end.
        corner: the place that it runs through.
    """

    valve: Box
    end: Box
    headed: bool
    corner: Point

    @property
    def title(self) -> str:
        """What to call it in a report."""
        return f"{self.valve.called} -> {self.end.called}"

    @cached_property
    def track(self) -> arcs.Curve:
        """The middle line, level and upright, from the valve to the edge of its end."""
        (x, y), end = self.valve.centre, self.end
        side = end.x - math.copysign(end.w, end.x - x)
        edge = end.y - math.copysign(end.h, end.y - y)
        if abs(end.y - y) < end.h:
            points = [(x, y), (side, y)]
        elif abs(end.x - x) < end.w:
            points = [(x, y), (x, edge)]
        elif abs(self.corner[1] - y) < 3:
            points = [(x, y), (self.corner[0], y), (self.corner[0], edge)]
        else:
            points = [(x, y), (x, self.corner[1]), (side, self.corner[1])]
        return np.array(points, dtype=float)

    @cached_property
    def dense(self) -> arcs.Curve:
        """Points all along the track."""
        pieces = [np.linspace(a, b, 30, endpoint=False) for a, b in itertools.pairwise(self.track)]
        return np.vstack([*pieces, self.track[-1:]])


@dataclass(frozen=True)
class Sheet:
    """Everything that one view shows, in pixels.

    Attributes:
        name: its title.
        boxes: what has a place, in the order of the file.
        links: without those that only set where a stock starts.
        pipes: two for each flow.
        letters: their height.
    """

    name: str
    boxes: tuple[Box, ...]
    links: tuple[Link, ...]
    pipes: tuple[Pipe, ...]
    letters: float = SIZE

    @property
    def frame(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of what is on it, curves included."""
        corners = [np.array([(b.x - b.w, b.y - b.h), (b.x + b.w, b.y + b.h)]) for b in self.boxes]
        lines = [*(link.curve for link in self.links), *(pipe.track for pipe in self.pipes)]
        if not corners:
            return 0.0, 0.0, 0.0, 0.0
        points = np.vstack([*corners, *lines])
        (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
        return float(left), float(top), float(right), float(bottom)


def sheet_of(view: View) -> Sheet:
    """The sheet that a view of a sketch stands for.

    An arrow that hangs in the air is left out, and so is what Vensim hides.

    Args:
        view: as read; coordinates that make no sense are brought near.

    Raises:
        BadValue: more objects than anybody could look at.
    """
    if len(view.objects) > MOST:
        raise BadValue(
            f'The view "{clipped(view.name)}" has {len(view.objects):,} objects.',
            f"At most {MOST:,} can be drawn.",
            "Split it in Vensim.",
        )
    boxes: dict[int, Box] = {}
    valve: Valve | None = None
    for drawn in view.objects:
        if isinstance(drawn, Variable) and drawn.on_valve and valve is not None:
            boxes[valve.id] = _box(valve, drawn.name)
        if isinstance(drawn, Valve):
            boxes[drawn.id] = _box(drawn, "")
        elif isinstance(drawn, Cloud | Comment) or (
            isinstance(drawn, Variable) and not drawn.hidden
        ):
            boxes[drawn.id] = _box(drawn)
        valve = drawn if isinstance(drawn, Valve) else None
    shapes = _shapes(view)
    arrows = list(_joined(view.objects, boxes))
    links = tuple(
        Link(start, end, start.name, end.name, arrow.polarity, _through(arrow))
        for arrow, start, end in arrows
        if not arrow.pipe and start.name and end.name and start.centre != end.centre
        # Where a stock starts is no part of what it does.
        if shapes.get(arrow.id, ("", ""))[1] != _AT_THE_START
    )
    pipes = tuple(
        Pipe(start, end, shapes.get(arrow.id, ("", ""))[0] != _HEADLESS, _corner(arrow, start))
        for arrow, start, end in arrows
        if arrow.pipe and start.kind == "valve"
    )
    return Sheet(view.name, tuple(boxes.values()), links, pipes, _letters(view))


_FONT = re.compile(r"\$[^|\r\n]{0,200}\|(\d{1,3})\|")


def _letters(view: View) -> float:
    """The height of the letters; Vensim counts in points, of which 3 are 4 pixels."""
    found = next((font for line in view.lines[:6] if (font := _FONT.match(line))), None)
    return min(max(int(found[1]) * 4 / 3, 8.0), 40.0) if found else float(SIZE)


_SHAPE = re.compile(r"1,(\d+),\d+,\d+,(-?\d+)(?:,[^,\r\n]*){5},(-?\d+)")


def _shapes(view: View) -> dict[int, tuple[str, str]]:
    """By the id of an arrow: its shape, and whether it acts at the start alone."""
    found = (_SHAPE.match(line) for line in view.lines)
    return {int(each[1]): (each[2], each[3]) for each in found if each and len(each[1]) < 9}


def _joined(drawn: tuple[Drawn, ...], boxes: Mapping[int, Box]) -> Iterator[tuple[Arrow, Box, Box]]:
    for arrow in drawn:
        if isinstance(arrow, Arrow) and not arrow.hidden:
            start, end = boxes.get(arrow.source), boxes.get(arrow.target)
            if start is not None and end is not None:
                yield arrow, start, end


def _box(drawn: Variable | Valve | Cloud | Comment, flow: str = "") -> Box:
    x, y = _near(drawn.x), _near(drawn.y)
    w, h = (float(min(max(side, 1), _WIDEST)) for side in (drawn.width, drawn.height))
    if isinstance(drawn, Valve):
        return Box(flow, "valve", x, y, w, h)
    if isinstance(drawn, Cloud):
        return Box("", "cloud", x, y, *_CLOUD)
    if isinstance(drawn, Comment):
        if drawn.turn:
            return Box(drawn.text, "loop", x, y, w, h, drawn.turn)
        return Box(drawn.text, "comment", x, y, w, h)
    if drawn.shadow:
        return Box(drawn.name, "shadow", x, y, w, h)
    return Box(
        drawn.name, "stock" if drawn.box else "flow" if drawn.on_valve else "auxiliary", x, y, w, h
    )


def _near(place: int) -> float:
    return float(min(max(place, -_FAR), _FAR))


def _through(arrow: Arrow) -> tuple[Point, ...]:
    places = tuple((_near(x), _near(y)) for x, y in itertools.islice(arrow.points, 100))
    return () if places == ((0.0, 0.0),) else places


def _corner(arrow: Arrow, valve: Box) -> Point:
    return _through(arrow)[0] if _through(arrow) else valve.centre
