"""A view put together: boxes, pipes and routed links, before it becomes Vensim's lines."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from cpdynamics.diagrams import arcs
from sketching.causes import Cause, Causes
from sketching.plan import Box, Loop, Point, Tube, View, box, flow_label, tube

BULGES = (0.0, 0.12, -0.12, 0.22, -0.22, 0.33, -0.33, 0.46, -0.46, 0.6, -0.6)


@dataclass(frozen=True)
class Link:
    """An arrow in place, from one box to another through the middle of its arc."""

    source: Box
    target: Box
    polarity: int
    initial: bool
    through: Point


@dataclass
class Drawing:
    """Everything that one view shows, in pixels."""

    name: str
    boxes: dict[str, Box] = field(default_factory=dict)  # primary variables, flows by their label
    shadows: dict[str, list[Box]] = field(default_factory=dict)
    tubes: dict[str, Tube] = field(default_factory=dict)
    loops: list[Loop] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)

    def obstacles(self) -> list[Box]:
        """Every rectangle that a link should keep clear of."""
        found = [*self.boxes.values(), *(s for copies in self.shadows.values() for s in copies)]
        for pipe in self.tubes.values():
            found.append(valve_box(pipe))
            found += [Box("", "cloud", x, y, 14, 11) for x, y in filter(None, pipe.clouds)]
        found += [Box(loop.mark, "loop", *loop.at, 20, 18) for loop in self.loops]
        return found

    def anchors(self, name: str) -> list[Box]:
        """Where a link to or from a variable may end: its name, and the valve of a flow."""
        if name in self.tubes:
            return [self.boxes[name], valve_box(self.tubes[name])]
        return [self.boxes[name]]


def valve_box(pipe: Tube) -> Box:
    """The rectangle of a valve, named after its flow."""
    return Box(pipe.flow, "valve", *pipe.valve, 8, 9)


def pipe_boxes(drawing: Drawing) -> list[Box]:
    """The straight pieces of every pipe as thin rectangles."""
    found = []
    for pipe in drawing.tubes.values():
        points = (pipe.ends[0], pipe.corners[0], pipe.valve, pipe.corners[1], pipe.ends[1])
        for (ax, ay), (bx, by) in itertools.pairwise(points):
            half = (abs(ax - bx) / 2 + 4, abs(ay - by) / 2 + 4)
            found.append(Box(pipe.flow, "pipe", (ax + bx) / 2, (ay + by) / 2, *half))
    return found


def assemble(view: View, causes: Causes) -> Drawing:
    """The boxes and pipes of a view in place; a pipe ends at a stock, its shadow, or a cloud."""
    drawing = Drawing(view.name, loops=list(view.loops))
    for name, at in view.at.items():
        drawing.boxes[name] = box(
            name, _shape(causes.kinds.get(name, "auxiliary")), at, size=view.size.get(name)
        )
    for name, places in view.shadow.items():
        drawing.shadows[name] = [box(name, "shadow", at) for at in places]
    for name, place in view.flow.items():
        pipe = causes.pipes[name]
        source = _stock(drawing, pipe.source, place.at, cloud=place.source)
        sink = _stock(drawing, pipe.sink, place.at, cloud=place.sink)
        made = tube(name, source, sink, place)
        drawing.tubes[name] = made
        if place.again:
            label = flow_label(made, place.label, kind="shadow")
            drawing.shadows.setdefault(name, []).append(label)
        else:
            drawing.boxes[name] = flow_label(made, place.label)
    return drawing


def _stock(
    drawing: Drawing, name: str | None, valve: Point | None, *, cloud: Point | None
) -> Box | None:
    """The stock at the end of a pipe, or its nearest shadow; None where a cloud stands for it."""
    if name is None or name in drawing.boxes:
        return drawing.boxes.get(name or "")
    copies = drawing.shadows.get(name, []) if cloud is None else []
    if not copies:
        return None
    return min(copies, key=lambda copy: math.dist((copy.x, copy.y), valve or (0.0, 0.0)))


def wanted(drawing: Drawing, causes: Causes) -> list[Cause]:
    """The links a view should show: every cause of each variable that stands in it."""
    return [cause for cause in causes.causes if cause.target in drawing.boxes]


def missing(drawing: Drawing, causes: Causes) -> list[Cause]:
    """The links whose cause has neither a place nor a shadow in the view."""
    shown = {*drawing.boxes, *drawing.shadows}
    return [c for c in wanted(drawing, causes) if c.source not in shown and not c.initial]


def route(drawing: Drawing, view: View, causes: Causes) -> None:
    """Give every link the arc that passes fewest things, in three rounds."""
    jobs = [c for c in wanted(drawing, causes) if _copies(drawing, c.source)]
    jobs = [c for c in jobs if not (c.initial and c.source not in drawing.boxes)]
    ends = {c: _nearest(drawing, c) for c in jobs}
    jobs.sort(key=lambda c: math.dist(*_centres(ends[c])))
    options = {
        cause: [
            (link, 30 * abs(bulge) + _alone(curve, link, ground), coarse)
            for ground in [_Ground(drawing, cause)]
            for link, bulge, curve in _options(ends[cause], cause, view)
            for coarse in [curve[:: max(1, len(curve) // 14)]]
        ]
        for cause in jobs
    }
    chosen: dict[Cause, tuple[Link, arcs.Curve]] = {}
    for _ in range(3):
        for cause in jobs:
            rest = [c for other, (_, c) in chosen.items() if other != cause and not other.initial]
            pieces = arcs.segments(rest)
            tips = np.array([curve[-1] for curve in rest]).reshape(-1, 2)
            link, _, curve = min(
                options[cause], key=lambda option: option[1] + _among(option[2], pieces, tips)
            )
            chosen[cause] = (link, curve)
    drawing.links = [chosen[cause][0] for cause in causes.causes if cause in chosen]


def _options(
    ends: tuple[list[Box], list[Box]], cause: Cause, view: View
) -> Iterator[tuple[Link, float, arcs.Curve]]:
    """Every arc that a link could take: from each start to each end, with each bulge."""
    made = view.bend.get((cause.source, cause.target))
    for source, target in itertools.product(*ends):
        for bulge in BULGES if made is None else (made,):
            start, end = (source.x, source.y), (target.x, target.y)
            middle = arcs.control(start, end, bulge)
            through = (round(middle[0]), round(middle[1]))
            link = Link(source, target, cause.polarity, cause.initial, through)
            yield link, bulge, arcs.clip(arcs.arc(start, through, end), source, target)


class _Ground:
    """What stands still while the links are drawn, seen from one link."""

    def __init__(self, drawing: Drawing, cause: Cause) -> None:
        own = {cause.source, cause.target}
        blocks = drawing.obstacles()
        foreign = [b for b in blocks if b.key not in own or b.kind == "shadow"]
        self.foreign = foreign
        # A link may run close past its own flow's name or valve, but not through it.
        self.own = [b for b in blocks if b.key in own and b.kind != "shadow"]
        self.pipes = _rows(pipe_boxes(drawing))
        tracks = []
        for t in drawing.tubes.values():
            tracks.append(np.array([t.ends[0], t.corners[0], t.valve, t.corners[1], t.ends[1]]))
        self.tracks = arcs.segments(tracks)


def _alone(curve: arcs.Curve, link: Link, ground: _Ground) -> float:
    """What an arc costs whatever the other links do."""
    foreign = _rows([b for b in ground.foreign if b is not link.source])
    within = arcs.passes_each(curve, foreign, margin=4)
    cost = arcs.length(curve) / 12 + 70 * int((within > 0).sum()) + 3 * float(within.sum())
    if curve.min() < 8:
        cost += 400
    own = _rows([b for b in ground.own if b not in (link.source, link.target)])
    cost += 2 * float(arcs.passes_each(curve, own, margin=0).sum())
    along = arcs.passes_each(curve, ground.pipes, margin=0)
    cost += 4 * float(np.maximum(along - 14, 0).sum())
    cost += 16 * arcs.crossings(curve[:: max(1, len(curve) // 14)], ground.tracks)
    return cost + 3 * max(0.0, 20 - arcs.length(curve))


def _among(curve: arcs.Curve, pieces: arcs.Curve, tips: arcs.Curve) -> float:
    """What an arc costs beside the links already drawn: crossings and shared arrow heads."""
    shared = np.hypot(*(tips - curve[-1]).T) < 9 if len(tips) else np.zeros(0)
    return 14.0 * arcs.crossings(curve, pieces) + 8.0 * float(shared.sum())


def _rows(boxes: list[Box]) -> arcs.Curve:
    return np.array([(b.x, b.y, b.w, b.h) for b in boxes]).reshape(-1, 4)


def _copies(drawing: Drawing, name: str) -> list[Box]:
    own = [drawing.boxes[name]] if name in drawing.boxes else []
    return own + drawing.shadows.get(name, [])


def _nearest(drawing: Drawing, cause: Cause) -> tuple[list[Box], list[Box]]:
    """The nearest copy of the cause, and the places where its link may end."""
    target = drawing.boxes[cause.target]
    copies = _copies(drawing, cause.source)
    if cause.initial:
        copies = [drawing.boxes[cause.source]]
    source = min(copies, key=lambda c: math.dist((c.x, c.y), (target.x, target.y)))
    starts = drawing.anchors(cause.source) if source.kind == "flow" else [source]
    return starts, drawing.anchors(cause.target)


def _centres(ends: tuple[list[Box], list[Box]]) -> tuple[Point, Point]:
    return (ends[0][0].x, ends[0][0].y), (ends[1][0].x, ends[1][0].y)


def _shape(kind: str) -> str:
    return "stock" if kind == "stock" else "auxiliary"
