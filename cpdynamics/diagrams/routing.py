"""Curved links between names: of many bends for each, those that together disturb least.

A link is a quadratic Bezier curve, cut off where its names begin. Each link in turn takes the bend
that costs least beside all the others, until none changes any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cpdynamics.diagrams.layout import Array, Inside, Numbers, within

BENDS = np.array([0.0, 0.1, -0.1, 0.2, -0.2, 0.3, -0.3, 0.42, -0.42, 0.56, -0.56, 0.75, -0.75])
"""How far a link swings out to the left of its way, in halves of the way."""

POINTS = 13
_FINE = np.linspace(0.0, 1.0, 101)
_ROUND = 0.26
_LENS = 2.2
"""Two names make a loop with room inside only if both links swing out."""
_AIR = 7.0
_APART = 15.0
_PASSES = 4
"""How often each link may think again, at most."""


@dataclass(frozen=True)
class Curve:
    """A link in place.

    Attributes:
        corners: 3 by 2: start, control point and end of a quadratic Bezier curve.
        points: points along it.
        bend: of ``BENDS``.
    """

    corners: Array
    points: Array
    bend: float

    def at(self, share: float) -> tuple[Array, Array]:
        """A point of the curve and the direction there, of length 1.

        Args:
            share: 0 for the start, 1 for the end.
        """
        a, b, c = self.corners
        spot = (1 - share) ** 2 * a + 2 * share * (1 - share) * b + share**2 * c
        way = 2 * (1 - share) * (b - a) + 2 * share * (c - b)
        return spot, way / max(float(np.hypot(*way)), 1e-9)

    @property
    def length(self) -> float:
        """In pixels."""
        return float(np.hypot(*np.diff(self.points, axis=0).T).sum())


def routed(
    spots: Array,
    sizes: Array,
    links: Numbers,
    *,
    wishes: Array,
    page: tuple[float, float, float, float],
    blocks: Array | None = None,
    start: Sequence[Curve] = (),
    only: Sequence[int] | None = None,
) -> list[Curve]:
    """A curve for each link.

    Args:
        spots: names by 2, their centres.
        sizes: names by 2, half their widths and heights.
        links: links by 2, the places of cause and effect.
        wishes: links by 1, the bend that would make its loops round.
        page: left, top, right and bottom edge.
        blocks: rectangles by 4, what else to keep clear of: centre and half sides.
        start: the curves to begin with, where there are some.
        only: the places of the links that may change; all when left out. Needs ``start``.
    """
    extra = np.empty((0, 4)) if blocks is None else blocks
    moving = list(range(len(links))) if only is None else list(only)
    options = {i: _Options(spots, sizes, links[i], wishes[i], page, extra) for i in moving}
    chosen = {i: int(np.argmin(one.alone)) for i, one in options.items()}
    if start:
        chosen = {i: int(np.argmin(np.abs(BENDS - start[i].bend))) for i in moving}
    lines = [one.points for one in start] or [np.empty(0)] * len(links)
    for i in moving:
        lines[i] = options[i].points[chosen[i]]
    for _ in range(2 if start else _PASSES):
        before = dict(chosen)
        for i in sorted(moving, key=lambda i: options[i].span):
            one = options[i]
            among = _among(one.points, lines[:i] + lines[i + 1 :])
            chosen[i] = int(np.argmin(one.alone + among))
            lines[i] = one.points[chosen[i]]
        if chosen == before:
            break
    curves = list(start) or [options[i].curve(chosen[i]) for i in moving]
    for i in moving:
        curves[i] = options[i].curve(chosen[i])
    return curves


def strain(curves: Sequence[Curve], wishes: Array) -> float:
    """How far curves are from short, round and apart; the less, the better.

    Args:
        curves: of all links.
        wishes: one a link, the bend that would make its loops round.
    """
    lines = [one.points for one in curves]
    cost = 0.0
    for i, (one, wish) in enumerate(zip(curves, wishes, strict=True)):
        cost += 60.0 * abs(one.bend - wish) + one.length / 12
        cost += float(_among(lines[i][None], lines[:i])[0])
    return cost


def outward(spots: Array, links: Numbers, rings: tuple[Numbers, ...]) -> Array:
    """The bend of each link that makes the loops it is in look round, one a link.

    Args:
        spots: names by 2.
        links: links by 2, the places of cause and effect.
        rings: for each loop, the places of its names in order.
    """
    wishes = np.zeros(len(links))
    places = {(int(a), int(b)): i for i, (a, b) in enumerate(links)}
    votes: dict[int, list[tuple[float, float]]] = {}
    for ring in rings:
        centre = spots[ring].mean(axis=0)
        for a, b in zip(ring, np.roll(ring, -1), strict=True):
            way, off = spots[b] - spots[a], centre - spots[a]
            side = float(way[0] * off[1] - way[1] * off[0])
            # Small loops are seen as loops first of all.
            hand = float(np.sign(side)) if len(ring) > 2 else _LENS
            votes.setdefault(places[int(a), int(b)], []).append((hand, 1 / len(ring)))
    for i, cast in votes.items():
        total = sum(weight for _, weight in cast)
        wishes[i] = _ROUND * sum(hand * weight for hand, weight in cast) / total
    return wishes


class _Options:
    """All the curves that a link may take, and what each costs whatever the others do."""

    def __init__(
        self,
        spots: Array,
        sizes: Array,
        link: Numbers,
        wish: float,
        page: tuple[float, float, float, float],
        extra: Array,
    ) -> None:
        start, end = spots[link[0]], spots[link[1]]
        way = end - start
        self.span = float(np.hypot(*way))
        left = np.array([way[1], -way[0]])
        controls = (start + end) / 2 + BENDS[:, None] * left
        steps = _FINE[:, None]
        whole = (
            (1 - steps) ** 2 * start + 2 * steps * (1 - steps) * controls[:, None] + steps**2 * end
        )
        self.corners, self.points = [], np.empty((len(BENDS), POINTS, 2))
        for place, line in enumerate(whole):
            first, last = _outside(line, start, sizes[link[0]], end, sizes[link[1]])
            corners = _cut(np.stack((start, controls[place], end)), first, last)
            self.corners.append(corners)
            self.points[place] = _along(corners)
        others = np.delete(np.arange(len(spots)), link)
        boxes = np.vstack([np.hstack([spots[others], sizes[others]]), extra])
        points = self.points[:, :, None]
        near = within(points, boxes[:, :2], boxes[:, 2:] + _AIR)
        through = within(points, boxes[:, :2], boxes[:, 2:] + 1)
        lengths = np.hypot(*np.moveaxis(np.diff(self.points, axis=1), -1, 0)).sum(axis=1)
        again = within(self.points[:, 2:-2, None], spots[link], sizes[link] + 3)
        edge = np.array(page)
        out = (self.points < edge[:2] + 4).any(axis=-1) | (self.points > edge[2:] - 4).any(axis=-1)
        self.alone = (
            60.0 * np.abs(BENDS - wish)
            + 25.0 * np.maximum(np.abs(BENDS) - 0.5, 0)
            + lengths / 12
            + 30.0 * near.sum(axis=(1, 2))
            + 170.0 * through.sum(axis=(1, 2))
            + 60.0 * again.sum(axis=(1, 2))
            + 170.0 * out.sum(axis=1)
            + 3.0 * np.maximum(46 - lengths, 0)
        )

    def curve(self, place: int) -> Curve:
        return Curve(self.corners[place], self.points[place], float(BENDS[place]))


def _outside(
    line: Array, start: Array, size: Array, end: Array, other: Array
) -> tuple[float, float]:
    """Where a line leaves the rectangle of its cause for good, and reaches that of its effect."""
    in_start = within(line, start, size + 3)
    in_end = within(line, end, other + 4)
    first = int(np.flatnonzero(in_start)[-1]) + 1 if in_start.any() else 0
    free = np.flatnonzero(in_end[first:])
    last = first + int(free[0]) if len(free) else len(line) - 1
    return (_FINE[first], _FINE[last]) if last > first else (0.45, 0.55)


def _cut(corners: Array, first: float, last: float) -> Array:
    """The part of a quadratic Bezier curve between two shares of its way."""
    a, b, c = corners

    def blossom(s: float, t: float) -> Array:
        mixed: Array = (1 - s) * (1 - t) * a + (s * (1 - t) + t * (1 - s)) * b + s * t * c
        return mixed

    return np.stack((blossom(first, first), blossom(first, last), blossom(last, last)))


def _along(corners: Array) -> Array:
    steps = np.linspace(0.0, 1.0, POINTS)[:, None]
    a, b, c = corners
    points: Array = (1 - steps) ** 2 * a + 2 * steps * (1 - steps) * b + steps**2 * c
    return points


def _among(options: Array, others: list[Array]) -> Array:
    """What each of some curves costs beside others: crossings, and running along another."""
    if not others:
        return np.zeros(len(options))
    rest = np.stack(others)
    c, d = rest[:, :-1].reshape(-1, 2), rest[:, 1:].reshape(-1, 2)
    beyond = _left(c, d, options[:, :, None])
    across = beyond[:, :-1] != beyond[:, 1:]
    a, b = options[:, :-1, None, None], options[:, 1:, None, None]
    beyond = _left(a, b, rest)
    across &= (beyond[..., :-1] != beyond[..., 1:]).reshape(across.shape)
    middle = options[:, 2:-2, None]
    off = middle - rest[:, 1:-1].reshape(-1, 2)
    close = (off[..., 0] ** 2 + off[..., 1] ** 2 < _APART**2).any(axis=2).sum(axis=1)
    tips = options[:, -1, None] - np.concatenate((rest[:, -1], rest[:, 0]))
    heads = (np.hypot(tips[..., 0], tips[..., 1]) < 20).sum(axis=1)
    crossed = np.count_nonzero(across, axis=(1, 2))
    cost: Array = 55.0 * crossed + 9.0 * close + 14.0 * heads
    return cost


def _left(p: Array, q: Array, r: Array) -> Inside:
    """Whether points lie to the left of the lines from p to q."""
    way = q - p
    left: Inside = way[..., 0] * (r[..., 1] - p[..., 1]) > way[..., 1] * (r[..., 0] - p[..., 0])
    return left
