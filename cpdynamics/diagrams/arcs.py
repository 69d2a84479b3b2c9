"""Curved links: the arc of a circle through a bulge, cut off where its two ends begin."""

from __future__ import annotations

import math
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from cpdynamics.diagrams.boxes import Point

Curve: TypeAlias = npt.NDArray[np.float64]
"""Points along a line, shape (points, 2)."""

SAMPLES = 40
_ROUNDABOUT = 6.0
"""An arc so many times longer than the way through its middle is no arc that anybody drew."""
_FLATTEST = 100.0
"""A radius so many times that way comes of two ends in one place, whose digits are spent."""

_COARSE = np.arange(SAMPLES)
_FINE = np.linspace(0, SAMPLES - 1, 120)


class Rectangle(Protocol):
    """The middle of a rectangle and half its sides."""

    @property
    def x(self) -> float: ...  # noqa: D102
    @property
    def y(self) -> float: ...  # noqa: D102
    @property
    def w(self) -> float: ...  # noqa: D102
    @property
    def h(self) -> float: ...  # noqa: D102


def control(start: Point, end: Point, bulge: float) -> Point:
    """The middle of the arc; the bulge is a fraction of the chord, positive to the left."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    return (start[0] + end[0]) / 2 + dy * bulge, (start[1] + end[1]) / 2 - dx * bulge


def arc(start: Point, through: Point, end: Point) -> Curve:
    """Points along the circle through three points, shape (SAMPLES, 2); a line if they are one."""
    # Seen from the start, so that three places near one another keep their digits.
    (bx, by), (cx, cy) = ((x - start[0], y - start[1]) for x, y in (through, end))
    twice = 2 * (bx * cy - cx * by)
    chord = math.hypot(cx, cy)
    steps = np.linspace(0.0, 1.0, SAMPLES)[:, None]
    straight: Curve = np.array(start) + steps * (np.array(end) - np.array(start))
    if abs(twice) <= 0.02 * chord * chord:
        return straight
    far, long = bx * bx + by * by, cx * cx + cy * cy
    ox, oy = (far * cy - long * by) / twice, (long * bx - far * cx) / twice
    radius = math.hypot(ox, oy)
    first = math.atan2(-oy, -ox)
    middle = (math.atan2(by - oy, bx - ox) - first) % (2 * math.pi)
    sweep = (math.atan2(cy - oy, cx - ox) - first) % (2 * math.pi)
    if middle > sweep:
        sweep -= 2 * math.pi
    legs = math.dist(start, through) + math.dist(through, end)
    if radius > _FLATTEST * legs or radius * abs(sweep) > _ROUNDABOUT * legs:
        return straight
    angles = first + steps[:, 0] * sweep
    x, y = start[0] + ox, start[1] + oy
    return np.column_stack((x + radius * np.cos(angles), y + radius * np.sin(angles)))


def clip(curve: Curve, start: Rectangle, end: Rectangle) -> Curve:
    """The part of a curve that lies outside the rectangles of its two ends."""
    fine = np.column_stack([np.interp(_FINE, _COARSE, column) for column in curve.T])
    outside_start = ~_inside(fine, start, 3)
    outside_end = ~_inside(fine, end, 4)
    first = int(np.argmax(outside_start)) if outside_start.any() else 0
    last = len(fine) - 1 - int(np.argmax(outside_end[::-1])) if outside_end.any() else -1
    return fine[first : last + 1] if last > first else fine[-2:]


def passes(curve: Curve, box: Rectangle, *, margin: float = 2.0) -> float:
    """The length of a curve, in pixels, that lies inside a rectangle."""
    return float(_inside(curve, box, margin).mean() * length(curve))


def passes_each(curve: Curve, boxes: Curve, *, margin: float) -> Curve:
    """The length of a curve inside each of many rectangles (rows: x, y, half width and height)."""
    off = np.abs(curve[:, None] - boxes[:, :2])
    inside = (off <= boxes[:, 2:] + margin).all(axis=2)
    lengths: Curve = inside.mean(axis=0) * length(curve)
    return lengths


def length(curve: Curve) -> float:
    """The length of a curve in pixels."""
    return float(np.hypot(*np.diff(curve, axis=0).T).sum())


def segments(curves: list[Curve]) -> Curve:
    """The pieces of many curves in one array, shape (pieces, 2 ends, 2)."""
    pieces = [np.stack((curve[:-1], curve[1:]), axis=1) for curve in curves]
    return np.concatenate(pieces) if pieces else np.empty((0, 2, 2))


def crossings(one: Curve, pieces: Curve) -> int:
    """How often a curve crosses pieces of others."""
    a, b = one[:-1, None], one[1:, None]
    c, d = pieces[None, :, 0], pieces[None, :, 1]
    across = (_turn(a, b, c) * _turn(a, b, d) < 0) & (_turn(c, d, a) * _turn(c, d, b) < 0)
    return int(across.sum())


def _turn(a: Curve, b: Curve, c: Curve) -> Curve:
    turned: Curve = (b[..., 0] - a[..., 0]) * (c[..., 1] - a[..., 1]) - (b[..., 1] - a[..., 1]) * (
        c[..., 0] - a[..., 0]
    )
    return turned


def _inside(points: Curve, box: Rectangle, margin: float) -> npt.NDArray[np.bool_]:
    inside: npt.NDArray[np.bool_] = (np.abs(points[:, 0] - box.x) <= box.w + margin) & (
        np.abs(points[:, 1] - box.y) <= box.h + margin
    )
    return inside
