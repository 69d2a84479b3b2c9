"""Places on a page for names and the links between them.

One name after another is lifted and set down again at one of many spots, drawn by lot with odds
that favour the best: Gibbs sampling with a heat that falls (Geman & Geman 1984,
doi:10.1109/TPAMI.1984.4767596). What counts follows Davidson & Harel (1996,
doi:10.1145/234535.234538): no overlap, no link through a name, few crossings, short links; and,
for feedback loops, round ones with room for their label.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.intp]
Inside = npt.NDArray[np.bool_]

_SPOTS = 20
_ALONG = np.linspace(0.06, 0.94, 7)
_GAP = np.array([34.0, 26.0])
_LINK = 88.0  # pixels between two names that a link, its sign and a bend need
_LENS = 175.0  # the same in a loop of two names, whose label goes between the links
_FAR = 250.0


@dataclass(frozen=True)
class Problem:
    """What is to be placed.

    Attributes:
        sizes: names by 2, half the width and half the height of each in pixels.
        links: links by 2, the places of cause and effect in ``sizes``.
        rings: for each loop, the places of its names in order.
        labels: loops by 2, half the width and half the height of each loop's label.
        page: left, top, right and bottom edge of the room for names.
    """

    sizes: Array
    links: Numbers
    rings: tuple[Numbers, ...]
    labels: Array
    page: tuple[float, float, float, float]


def placed(problem: Problem, *, rounds: int = 26, seed: int = 0) -> tuple[Array, float]:
    """The centres of the names, names by 2, and what they cost.

    Args:
        problem: what is to be placed.
        rounds: how often each name is lifted.
        seed: of the lots.
    """
    random = np.random.default_rng(seed)
    board = _Board(problem, random)
    count = len(problem.sizes)
    heat, last = 120.0, 1.5
    cooling = (last / heat) ** (1 / max(rounds - 1, 1))
    for turn in range(rounds):
        reach = 0.5 * (1 - turn / rounds) ** 1.3 + 0.02
        for i in random.permutation(count):
            board.move(int(i), heat, reach)
        if turn < 0.7 * rounds:
            for i in random.permutation(count)[: count // 3]:
                board.swap(int(i), heat)
        heat *= cooling
    return board.spots, board.total()


class _Board:
    """Names on the page, and what moving one of them would cost."""

    def __init__(self, problem: Problem, random: np.random.Generator) -> None:
        self.problem, self.random = problem, random
        self.sizes, self.links = problem.sizes, problem.links
        left, top, right, bottom = problem.page
        self.low = np.array([left, top]) + self.sizes
        self.high = np.maximum(np.array([right, bottom]) - self.sizes, self.low)
        self.spots = random.uniform(self.low, self.high)
        count = len(self.sizes)
        self.own = [np.flatnonzero((self.links == i).any(axis=1)) for i in range(count)]
        self.rest = [np.flatnonzero((self.links != i).all(axis=1)) for i in range(count)]
        self.rings = problem.rings
        self.through = [
            [place for place, ring in enumerate(self.rings) if i in ring] for i in range(count)
        ]
        wide = {frozenset(map(int, ring)) for ring in self.rings if len(ring) == 2}
        self.gaps = np.array(
            [_LENS if frozenset(map(int, link)) in wide else _LINK for link in self.links]
        )
        self._learn_steps(count)
        # A ring's name has its middle where the ring has it.
        self.share = np.zeros((len(self.rings), count))
        for place, ring in enumerate(self.rings):
            self.share[place, ring] = 1 / len(ring)

    def _learn_steps(self, count: int) -> None:
        """The steps of all loops of three names and more, and which of them meet at each name."""
        steps, of = [], []
        self.round: list[list[int]] = [[] for _ in range(count)]
        self.before: list[list[int]] = [[] for _ in range(count)]
        self.after: list[list[int]] = [[] for _ in range(count)]
        self.lens: list[list[int]] = [[] for _ in range(count)]
        for place, ring in enumerate(self.rings):
            if len(ring) < 3:
                for one, other in itertools.permutations(map(int, ring), 2):
                    self.lens[one].append(other)
                continue
            for a, b in zip(map(int, ring), map(int, np.roll(ring, -1)), strict=True):
                steps.append((a, b))
                of.append(place)
                self.round[a].append(place)
                self.after[a].append(b)
            for a, b in zip(map(int, ring), map(int, np.roll(ring, 1)), strict=True):
                self.before[a].append(b)
        self.steps = np.array(steps, dtype=np.intp).reshape(-1, 2)
        self.of = np.array(of, dtype=np.intp)

    def move(self, i: int, heat: float, reach: float) -> None:
        near = self.spots[i] + self.random.normal(0, 1, (_SPOTS // 2, 2)) * reach * 500
        span = self.high[i] - self.low[i]
        wide = self.low[i] + self.random.random((_SPOTS // 2, 2)) * span
        pull = self.spots[i] + (wide - self.spots[i]) * min(1.0, 2 * reach)
        spots = np.vstack([self.spots[i][None], near, pull])
        spots = np.clip(spots, self.low[i], self.high[i])
        self.spots[i] = spots[self._drawn(self.costs(i, spots), heat)]

    def swap(self, i: int, heat: float) -> None:
        """Change places with the name that gains most by it, if any does."""
        j = int(self.random.integers(len(self.sizes)))
        if i == j:
            return
        before = self._one(i) + self._one(j)
        kept = self.spots[[i, j]].copy()
        self.spots[i] = np.clip(kept[1], self.low[i], self.high[i])
        self.spots[j] = np.clip(kept[0], self.low[j], self.high[j])
        change = self._one(i) + self._one(j) - before
        if change > 0 and self.random.random() >= np.exp(-change / heat):
            self.spots[[i, j]] = kept

    def total(self) -> float:
        return sum(self._one(i) for i in range(len(self.sizes)))

    def _one(self, i: int) -> float:
        return float(self.costs(i, self.spots[i][None])[0])

    def _drawn(self, costs: Array, heat: float) -> int:
        odds = np.exp(-(costs - costs.min()) / heat)
        return int(np.searchsorted(np.cumsum(odds), self.random.random() * odds.sum()))

    def costs(self, i: int, spots: Array) -> Array:
        """All the costs that a name has a part in, were it at each of some spots."""
        cost = self._overlap(i, spots)
        own, rest = self.links[self.own[i]], self.links[self.rest[i]]
        others = np.where(own[:, 0] == i, own[:, 1], own[:, 0])
        ends = self.spots[others]
        cost += self._lengths(i, others, spots, ends)
        lines = spots[:, None, None] + _ALONG[:, None] * (ends[:, None] - spots[:, None, None])
        cost += self._hits(lines, i, others)
        still = (
            self.spots[rest[:, 0]][:, None]
            + _ALONG[:, None] * (self.spots[rest[:, 1]] - self.spots[rest[:, 0]])[:, None]
        )
        cost += 26.0 * _count(within(still.reshape(-1, 2), spots[:, None], self.sizes[i] + 10))
        if len(own) and len(rest):
            a, b = self.spots[rest[:, 0]], self.spots[rest[:, 1]]
            cost += 42.0 * _crossings(spots, ends, a, b)
        cost += self._round(i, spots) + self._flat(i, spots)
        return cost + self._label_costs(i, spots, lines, still)

    def _overlap(self, i: int, spots: Array) -> Array:
        deep = _depth(self.spots, spots[:, None], self.sizes + self.sizes[i] + _GAP)
        deep[:, i] = 0.0
        cost: Array = (120.0 * (deep > 0) + 8 * deep).sum(axis=1)
        return cost

    def _lengths(self, i: int, others: Numbers, spots: Array, ends: Array) -> Array:
        off = np.abs(ends - spots[:, None])
        gap = np.maximum(off - self.sizes[others] - self.sizes[i], 0.0)
        free = np.hypot(gap[..., 0], gap[..., 1])
        wanted = self.gaps[self.own[i]]
        near, far = np.maximum(wanted - free, 0.0), np.maximum(free - wanted, 0.0)
        cost: Array = (1.6 * near + 0.16 * far + (far / _FAR) ** 2 * 40).sum(axis=1)
        return cost

    def _hits(self, lines: Array, i: int, others: Numbers) -> Array:
        """Own links, P by links by points by 2, that pass over names."""
        hit = within(lines[..., None, :], self.spots, self.sizes + 10)
        hit[..., i] = False
        for place, other in enumerate(others):
            hit[:, place, :, other] = False
        return 26.0 * _count(hit)

    def _round(self, i: int, spots: Array) -> Array:
        """Loops through a name: the nearer to a circle, the better."""
        before, after = self.spots[self.before[i]], self.spots[self.after[i]]
        if not len(before):
            return np.zeros(len(spots))
        here = self.spots[i]
        a, b = self.spots[self.steps[:, 0]], self.spots[self.steps[:, 1]]
        count = len(self.rings)
        areas: Array = np.bincount(self.of, _turn(a, b), count)[self.round[i]].astype(float)
        around: Array = np.bincount(self.of, _length(a, b), count)[self.round[i]].astype(float)
        # Both are sums over the steps of a loop, of which a move changes two.
        areas = areas - _turn(before, here) - _turn(here, after)
        around = around - _length(before, here) - _length(here, after)
        new = spots[:, None]
        areas = np.abs(areas + _turn(before, new) + _turn(new, after)) / 2
        around = around + _length(before, new) + _length(new, after)
        cost: Array = (150 * (1 - 4 * np.pi * areas / np.maximum(around, 1.0) ** 2)).sum(axis=1)
        return cost

    def _flat(self, i: int, spots: Array) -> Array:
        """Loops of two names lie on their side, so that words have room between the links."""
        slope = np.abs(self.spots[np.array(self.lens[i], dtype=np.intp), 1] - spots[:, 1, None])
        cost: Array = 0.6 * slope.sum(axis=1)
        return cost

    def _label_costs(self, i: int, spots: Array, lines: Array, still: Array) -> Array:
        """What stands or runs where the loops' labels go: in the middle of their names."""
        if not len(self.rings):
            return np.zeros(len(spots))
        sizes = self.problem.labels
        middles = self.share @ self.spots
        centres = middles + self.share[:, i, None] * (spots[:, None] - self.spots[i])
        cost = 60.0 * _count(within(centres, spots[:, None], sizes + self.sizes[i] + 6))
        mine = self.through[i]
        if mine:
            moved, own = centres[:, mine], sizes[mine][:, None]
            others = np.delete(np.arange(len(self.sizes)), i)
            room = own + self.sizes[others] + 6
            cost += 60.0 * _count(within(moved[:, :, None], self.spots[others], room))
            shared = _depth(moved[:, :, None], centres[:, None], own + sizes)
            shared[:, np.arange(len(mine)), mine] = 0.0
            cost += (40.0 * (shared > 0) + 1.5 * shared).sum(axis=(1, 2))
            cost += 7.0 * _count(within(still.reshape(-1, 2), moved[:, :, None], own + 3))
        if lines.shape[1]:
            points = lines.reshape(len(spots), 1, -1, 2)
            cost += 7.0 * _count(within(points, centres[:, :, None], sizes[:, None] + 3))
        return cost


def within(points: Array, centres: Array, halves: Array) -> Inside:
    """Which points lie in which rectangles; the three broadcast.

    Args:
        points: ... by 2.
        centres: ... by 2.
        halves: ... by 2, half the width and the height.
    """
    # One axis after the other: a reduction over the two is several times as slow.
    wide = np.abs(points[..., 0] - centres[..., 0]) < halves[..., 0]
    inside: Inside = wide & (np.abs(points[..., 1] - centres[..., 1]) < halves[..., 1])
    return inside


def _depth(one: Array, other: Array, halves: Array) -> Array:
    """How far rectangles overlap, 0 for side by side."""
    wide = halves[..., 0] - np.abs(one[..., 0] - other[..., 0])
    high = halves[..., 1] - np.abs(one[..., 1] - other[..., 1])
    deep: Array = np.maximum(np.minimum(wide, high), 0.0)
    return deep


def _count(inside: Inside) -> Array:
    """How many are true for each spot."""
    count: Array = inside.reshape(len(inside), -1).sum(axis=1).astype(float)
    return count


def _turn(a: Array, b: Array) -> Array:
    turn: Array = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    return turn


def _length(a: Array, b: Array) -> Array:
    off = b - a
    length: Array = np.hypot(off[..., 0], off[..., 1])
    return length


def _crossings(spots: Array, ends: Array, a: Array, b: Array) -> Array:
    """How many of some links the links from each spot to its ends cross."""

    def left(p: Array, q: Array, r: Array) -> Inside:
        way = q - p
        beyond: Inside = way[..., 0] * (r[..., 1] - p[..., 1]) > way[..., 1] * (
            r[..., 0] - p[..., 0]
        )
        return beyond

    p, q = spots[:, None, None], ends[None, :, None]
    a, b = a[None, None], b[None, None]
    return _count((left(p, q, a) != left(p, q, b)) & (left(a, b, p) != left(a, b, q)))


def best(problem: Problem, *, starts: int = 3, keep: int = 2, seed: int = 0) -> Sequence[Array]:
    """The best few of several placements, the best one first.

    Args:
        problem: what is to be placed.
        starts: placements tried.
        keep: how many come back.
        seed: of the lots.
    """
    tried = [placed(problem, seed=seed * starts + start) for start in range(starts)]
    return [spots for spots, _ in sorted(tried, key=lambda one: one[1])][:keep]
