"""A sheet for a model that has no sketch."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from cpdynamics.diagrams import arcs
from cpdynamics.diagrams.boxes import Box
from cpdynamics.diagrams.laid_names import placed
from cpdynamics.diagrams.laid_pipes import Skeleton, flows, name_box, pipe_boxes, skeleton
from cpdynamics.diagrams.sheet import Link, Sheet
from cpdynamics.errors import BadValue
from cpdynamics.mdl.names import CONTROL
from cpdynamics.model import Model
from cpdynamics.system import graph
from cpdynamics.system.lowering import lower

MOST = 2_000
"""Variables that are laid out."""

_BULGES = (0.0, 0.14, -0.14, 0.26, -0.26, 0.4, -0.4)
_FEW = 200  # links for which a curve is chosen


def laid_out(model: Model) -> Sheet:
    """Stocks in rows with their flows, and every other variable beside what it moves.

    Args:
        model: whose equations tell what is linked to what.

    Raises:
        BadValue: more variables than anybody could look at.
        NotAModel: an equation that cannot be read.
        Unsupported: a function that no engine knows.
    """
    structure = model.structure
    if len(structure.elements) > MOST:
        raise BadValue(
            f"{model.title} has no sketch and {len(structure.elements):,} variables.",
            f"At most {MOST:,} are laid out.",
            "Draw the sketch in Vensim.",
        )
    every = graph.links(lower(structure), structure, constants=True)
    links = [link for link in every if link.cause not in CONTROL and link.cause != link.effect]
    piped = flows(structure, links)
    frame = skeleton(structure, piped)
    read = {name for link in links for name in (link.cause, link.effect)}
    free = {
        key: name_box(one.name, "shadow" if one.kind == "time" else "auxiliary", (0.0, 0.0))
        for key, one in structure.elements.items()
        if key not in frame.names and key not in CONTROL and (one.kind != "time" or key in read)
    }
    drawn = [link for link in links if not _is_pipe(link, frame)]
    fixed = [*frame.names.values(), *frame.valves.values(), *frame.clouds]
    fixed += pipe_boxes(frame.pipes)
    spots = placed(fixed, frame.names, free, [(link.cause, link.effect) for link in drawn])
    boxes = {**frame.names, **spots}
    things = (*boxes.values(), *frame.valves.values(), *frame.clouds)
    shown = [link for link in drawn if link.cause in boxes and link.effect in boxes]
    return Sheet("", things, _routed(shown, boxes, frame, things), tuple(frame.pipes))


def _is_pipe(link: graph.Link, frame: Skeleton) -> bool:
    ends = frame.valves.get(link.cause), frame.names.get(link.effect)
    return any((pipe.valve, pipe.end) == ends for pipe in frame.pipes)


def _routed(
    links: Sequence[graph.Link], boxes: dict[str, Box], frame: Skeleton, things: Sequence[Box]
) -> tuple[Link, ...]:
    """Each link with the arc that passes the fewest things."""
    solid = np.array([(b.x, b.y, b.w, b.h) for b in (*things, *pipe_boxes(frame.pipes))])
    solid = solid.reshape(-1, 4)
    piped = len(solid) - len(things)
    weights = np.concatenate([np.full(len(things), 70.0), np.full(piped, 4.0)])
    drawn: list[arcs.Curve] = []
    found: list[Link] = []
    ends = {(link.cause, link.effect) for link in links}
    for link in links:
        bulges: tuple[float, ...] = _BULGES
        if (link.effect, link.cause) in ends:  # each bends to its own left, and so they part
            bulges = tuple(bulge for bulge in _BULGES if bulge > 0)
        options = _options(link, boxes, frame, bulges=bulges if len(links) <= _FEW else bulges[:1])
        if len(options) > 1:
            others = arcs.segments(drawn)
            tips = np.array([curve[-1] for curve in drawn]).reshape(-1, 2)
            costs = [
                _cost(option, bulge, solid, weights, others, tips) for option, bulge in options
            ]
            best = options[int(np.argmin(costs))][0]
        else:
            best = options[0][0]
        drawn.append(_thinned(best.curve))
        found.append(best)
    return tuple(found)


def _options(
    link: graph.Link, boxes: dict[str, Box], frame: Skeleton, *, bulges: Sequence[float]
) -> list[tuple[Link, float]]:
    source = boxes[link.cause]
    target = boxes[link.effect]
    ends = [target]
    if link.effect in frame.valves:
        ends = sorted(
            [target, frame.valves[link.effect]], key=lambda b: math.dist(b.centre, source.centre)
        )
    mark = link.polarity if link.polarity in ("+", "-") else ""
    found = []
    for end in ends if len(bulges) > 1 else ends[:1]:
        for bulge in bulges:
            middle = arcs.control(source.centre, end.centre, bulge)
            through = (middle,) if bulge else ()
            found.append((Link(source, end, source.name, target.name, mark, through), bulge))
    return found


def _cost(
    link: Link,
    bulge: float,
    solid: arcs.Curve,
    weights: arcs.Curve,
    others: arcs.Curve,
    tips: arcs.Curve,
) -> float:
    curve = link.curve
    within = arcs.passes_each(curve, solid, margin=3)
    own = [(b.x, b.y, b.w, b.h) for b in (link.source, link.target)]
    foreign = ~(solid[:, None] == np.array(own)).all(axis=2).any(axis=1)
    cost = 30 * abs(bulge) + arcs.length(curve) / 12
    cost += float((weights * ((within > 2) & foreign)).sum())
    cost += 14 * arcs.crossings(_thinned(curve), others)
    cost += 12 * float((np.hypot(*(tips - curve[-1]).T) < 14).sum())
    return cost + 3 * max(0.0, 24 - arcs.length(curve))


def _thinned(curve: arcs.Curve) -> arcs.Curve:
    return np.vstack([curve[:-1:8], curve[-1:]])
