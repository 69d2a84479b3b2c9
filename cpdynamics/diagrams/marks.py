"""Where the polarity of a link may stand: beside its head, on no name and on no other mark."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from cpdynamics.diagrams import arcs
from cpdynamics.diagrams.boxes import Box, Point

_BACK = (13.0, 22.0, 31.0, 42.0, 55.0)  # pixels from the head, along the link
_APART = 13.0  # of two marks
_CLEAR = 7.0  # of the lines of others
_FEW = 1_500  # links among which a good place is looked for


def places(
    curves: Sequence[arcs.Curve],
    boxes: Sequence[Box],
    pipes: Sequence[arcs.Curve] = (),
    *,
    beside: float = 9.0,
) -> list[Point]:
    """The middle of the mark of each link.

    Args:
        curves: of the links.
        boxes: names and whatever else a mark must not stand on.
        pipes: other lines that it had better not touch.
        beside: how far from its link, in pixels.
    """
    spots = [_spots(curve, beside) for curve in curves]
    if len(curves) > _FEW:
        return [each[0] for each in spots]
    names = np.array([(b.x, b.y, b.w, b.h) for b in boxes]).reshape(-1, 4)
    # A quarter of the points is enough to tell what a line comes near to.
    lines = np.vstack([np.empty((0, 2)), *pipes, *(curve[::4] for curve in curves)])
    lengths = [sum(len(pipe) for pipe in pipes), *(len(curve[::4]) for curve in curves)]
    starts = np.cumsum(lengths)
    placed: list[Point] = []
    for number, choices in enumerate(spots):
        others = np.delete(lines, slice(starts[number], starts[number + 1]), axis=0)

        def trouble(spot: Point, others: arcs.Curve = others) -> float:
            over = (np.abs(names[:, :2] - spot) < names[:, 2:] + 5).all(axis=1).sum()
            near = sum(math.dist(spot, mark) < _APART for mark in placed)
            crossed = (np.hypot(*(others - spot).T) < _CLEAR).any()
            return 3.0 * float(over) + 3.0 * near + float(crossed)

        placed.append(min(choices, key=trouble))  # of equals the first: the nearest to the head
    return placed


def _spots(curve: arcs.Curve, beside: float) -> list[Point]:
    """Along the last part of a link, first on its outer side."""
    tip = curve[-1]
    middle = curve[len(curve) // 2] - (curve[0] + tip) / 2
    found = []
    for back in _BACK:
        at = int(np.argmin(np.abs(np.hypot(*(curve - tip).T) - back)))
        way = curve[min(at + 1, len(curve) - 1)] - curve[max(at - 1, 0)]
        way = way / max(np.hypot(*way), 1e-9)
        side = np.array([-way[1], way[0]])
        outward = side if float(middle @ side) >= 0 else -side
        found += [curve[at] + beside * outward, curve[at] - beside * outward]
    return [(float(x), float(y)) for x, y in found]
