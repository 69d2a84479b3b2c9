"""Places for what is written beside the links: loop labels, signs and delay marks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cpdynamics.diagrams.layout import Array, Inside, Numbers, within
from cpdynamics.diagrams.routing import Curve

SIGN = np.array([9.0, 9.0])
"""Half the room of a + or -."""

STROKES = np.array([9.0, 9.0])
"""Half the room of the two strokes of a delay."""

DELAY = 0.45
"""Where on its way a link has them."""


@dataclass(frozen=True)
class Spot:
    """Where a loop's label stands.

    Attributes:
        centre: of the label.
        clockwise: whether the loop runs clockwise on the page.
        inside: whether it stands within its loop.
    """

    centre: Array
    clockwise: bool
    inside: bool


def labelled(
    rings: tuple[Numbers, ...],
    links: Numbers,
    curves: list[Curve],
    boxes: Array,
    sizes: Array,
    page: tuple[float, float, float, float],
    kept: Mapping[int, Spot] | None = None,
) -> list[Spot]:
    """A place for each loop's label, inside its loop and clear of all else where there is room.

    The loops with least room choose first.

    Args:
        rings: for each loop, the places of its names in order.
        links: links by 2, the places of cause and effect.
        curves: of the links.
        boxes: rectangles by 4, names and signs: centre and half sides.
        sizes: loops by 2, half the width and height of each label.
        page: left, top, right and bottom edge.
        kept: place of a loop -> where its label stays.
    """
    places = {(int(a), int(b)): i for i, (a, b) in enumerate(links)}
    outlines = [
        np.concatenate(
            [
                np.vstack([boxes[a, :2][None], curves[places[int(a), int(b)]].points])
                for a, b in zip(ring, np.roll(ring, -1), strict=True)
            ]
        )
        for ring in rings
    ]
    lines = _dense(curves)
    spots: dict[int, Spot] = dict(kept or {})
    areas = [abs(_area(one)) for one in outlines]
    free = [i for i in range(len(rings)) if i not in spots]
    for i in sorted(free, key=lambda place: (areas[place], place)):
        taken = [(*spots[j].centre, *sizes[j]) for j in spots]
        solid = np.vstack([boxes, np.array(taken).reshape(-1, 4)])
        grid = _grid(outlines[i], sizes[i], page)
        inside = _inside(grid, outlines[i])
        if inside.any():
            grid, inside = grid[inside], inside[inside]
        others = sum(_inside(grid, outlines[j]).astype(float) for j in range(len(rings)) if j != i)
        deep = sizes[i] + solid[:, 2:] + 4 - np.abs(grid[:, None] - solid[:, :2])
        hit = np.maximum(np.minimum(deep[..., 0], deep[..., 1]), 0.0)
        over = np.count_nonzero(within(lines, grid[:, None], sizes[i] + 4), axis=1)
        off = np.hypot(*(grid - outlines[i].mean(axis=0)).T)
        # A label that is in one loop only cannot be taken for another's.
        cost = 900.0 * ~inside + 14 * others + 40 * hit.sum(axis=1) + 25 * over + off / 6
        best = int(np.argmin(cost))
        spots[i] = Spot(grid[best], _area(outlines[i]) > 0, bool(inside[best]))
    return [spots[i] for i in range(len(rings))]


def signed(curves: list[Curve], boxes: Array, page: tuple[float, float, float, float]) -> Array:
    """The centre of each link's sign, links by 2, beside its head.

    Args:
        curves: of the links.
        boxes: rectangles by 4, the names: centre and half sides.
        page: left, top, right and bottom edge.
    """
    lines = [_dense([curve]) for curve in curves]
    taken = np.array(boxes)
    found = []
    low, high = np.array(page[:2]) + SIGN, np.array(page[2:]) - SIGN
    for i, curve in enumerate(curves):
        spots = []
        for back in (17.0, 24.0, 32.0, 42.0, 54.0):
            spot, way = curve.at(max(1 - back / max(curve.length, 1.0), 0.2))
            across = np.array([-way[1], way[0]])
            # The outer side of a bend has more room.
            outer = 1.0 if curve.bend < 0 else -1.0
            spots += [spot + across * side * 14 for side in (outer, -outer)]
        grid = np.array(spots)
        deep = SIGN + taken[:, 2:] - np.abs(grid[:, None] - taken[:, :2])
        hit = (np.minimum(deep[..., 0], deep[..., 1]) > 0).sum(axis=1)
        rest = np.vstack(lines[:i] + lines[i + 1 :] + [np.empty((0, 2))])
        over = np.count_nonzero(within(rest, grid[:, None], SIGN), axis=1)
        own = np.count_nonzero(within(lines[i], grid[:, None], SIGN - 2), axis=1)
        out = ((grid < low) | (grid > high)).any(axis=1)
        cost = 100 * hit + 14 * over + 10 * own + 500 * out + 2 * np.arange(len(grid))
        best = grid[int(np.argmin(cost))]
        found.append(best)
        taken = np.vstack([taken, [*best, *SIGN]])
    return np.array(found).reshape(-1, 2)


def line(curve: Curve, *, apart: float) -> Array:
    """Points along a curve.

    Args:
        curve: of a link.
        apart: from one to the next, in pixels, about.
    """
    steps = np.linspace(0, 1, max(int(curve.length / apart), 3))[:, None]
    a, b, c = curve.corners
    points: Array = (1 - steps) ** 2 * a + 2 * steps * (1 - steps) * b + steps**2 * c
    return points


def _dense(curves: list[Curve]) -> Array:
    return np.vstack([np.empty((0, 2)), *(line(curve, apart=7) for curve in curves)])


def _grid(outline: Array, size: Array, page: tuple[float, float, float, float]) -> Array:
    low = np.maximum(outline.min(axis=0), np.array(page[:2]) + size)
    high = np.maximum(np.minimum(outline.max(axis=0), np.array(page[2:]) - size), low)
    across, down = (np.linspace(low[k], high[k], 24) for k in (0, 1))
    return np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2)


def _inside(points: Array, outline: Array) -> Inside:
    """Which points a closed line goes round an odd number of times."""
    a, b = outline, np.roll(outline, -1, axis=0)
    x, y = points[:, 0, None], points[:, 1, None]
    spans = (a[:, 1] > y) != (b[:, 1] > y)
    rise = np.where(b[:, 1] == a[:, 1], 1.0, b[:, 1] - a[:, 1])
    left = x < (b[:, 0] - a[:, 0]) * (y - a[:, 1]) / rise + a[:, 0]
    odd: Inside = np.count_nonzero(spans & left, axis=1) % 2 == 1
    return odd


def _area(outline: Array) -> float:
    """The area that a closed line goes round, above 0 for clockwise on a page."""
    after = np.roll(outline, -1, axis=0)
    return float((outline[:, 0] * after[:, 1] - outline[:, 1] * after[:, 0]).sum() / 2)
