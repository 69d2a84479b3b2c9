"""Places for the names around stocks and flows: each goes where its links cost least.

What counts: short links, no name on another, no link through a name, few crossings. A name is
put down beside what it is linked to, the best joined first, and then all are moved again, one
by one, until the rounds are over. Nothing is left to chance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from cpdynamics.diagrams.boxes import Box

Array = npt.NDArray[np.float64]

_GRID = (38.0, 27.0)
_REACH = 460.0  # how far from its links a name is tried
_CHOICES = 110
_NEAR = 900.0  # what is farther away is not looked at
_GAP = (10.0, 8.0)
_ALONG = np.linspace(0.06, 0.94, 12)[:, None]
_OPEN = 36.0  # pixels of a link that should be seen
_FEW, _SOME = 40, 150  # names for which there are rounds; for which crossings count


def placed(
    fixed: Sequence[Box],
    anchors: Mapping[str, Box],
    free: Mapping[str, Box],
    pairs: Sequence[tuple[str, str]],
) -> dict[str, Box]:
    """The free names in their places.

    Args:
        fixed: all that stands already, pipes among it.
        anchors: by name, what of it has links.
        free: by name, rectangles of the right size, wherever they are.
        pairs: names that a link joins.
    """
    board = _Board(fixed, anchors, free, pairs)
    for name in board.order():
        board.settle(name)
    rounds = 2 if len(free) <= _FEW else 0
    for _ in range(rounds):
        for name in free:
            board.settle(name)
    return board.boxes()


class _Board:
    def __init__(
        self,
        fixed: Sequence[Box],
        anchors: Mapping[str, Box],
        free: Mapping[str, Box],
        pairs: Sequence[tuple[str, str]],
    ) -> None:
        self.free = free
        self.solid = np.array([(b.x, b.y, b.w, b.h) for b in fixed]).reshape(-1, 4)
        keys = [*anchors, *free]
        self.index = {key: number for number, key in enumerate(keys)}
        every = [*anchors.values(), *free.values()]
        self.spots = np.array([b.centre for b in every]).reshape(-1, 2)
        self.halves = np.array([(b.w, b.h) for b in every]).reshape(-1, 2)
        self.there = np.arange(len(keys)) < len(anchors)
        self.ours = ~self.there
        known = [(a, b) for a, b in pairs if a in self.index and b in self.index and a != b]
        ends = dict.fromkeys(tuple(sorted((self.index[a], self.index[b]))) for a, b in known)
        self.pairs = np.array(list(ends), dtype=int).reshape(-1, 2)
        steps = int(_REACH // min(_GRID))
        x, y = np.meshgrid(np.arange(-steps, steps + 1), np.arange(-steps, steps + 1))
        offsets = np.column_stack((x.ravel() * _GRID[0], y.ravel() * _GRID[1]))
        far = np.hypot(offsets[:, 0], offsets[:, 1] * 1.25)
        nearest = np.argsort(far, kind="stable")
        self.offsets = offsets[nearest][far[nearest] < _REACH]
        self.careful = len(free) <= _SOME

    def order(self) -> list[str]:
        """The free names, each as soon as it is the best joined to those before it."""
        neighbours: dict[int, set[int]] = {number: set() for number in self.index.values()}
        for a, b in self.pairs.tolist():
            neighbours[a].add(b)
            neighbours[b].add(a)
        done = {number for number in self.index.values() if self.there[number]}
        joined = {key: len(neighbours[self.index[key]] & done) for key in self.free}
        names = {self.index[key]: key for key in self.free}
        found = []
        while joined:
            key = max(joined, key=lambda one: joined[one])
            del joined[key]
            found.append(key)
            for number in neighbours[self.index[key]]:
                if names.get(number) in joined:
                    joined[names[number]] += 1
        return found

    def settle(self, key: str) -> None:
        """Puts one name where it costs least."""
        i = self.index[key]
        self.there[i] = False
        a, b = self.pairs.T
        mine = np.where(a == i, b, np.where(b == i, a, -1))
        mine = np.unique(mine[mine >= 0])
        mine = mine[self.there[mine]]
        centre = self.spots[mine].mean(axis=0) if len(mine) else self._edge()
        choices = self._free_places(i, centre)
        self.spots[i] = choices[int(np.argmin(self._cost(i, choices, mine)))]
        self.there[i] = True

    def boxes(self) -> dict[str, Box]:
        """The free names where they stand now."""
        found = {}
        for key, box in self.free.items():
            x, y = self.spots[self.index[key]].tolist()
            found[key] = Box(box.name, box.kind, x, y, box.w, box.h)
        return found

    def _edge(self) -> Array:
        """Where names stand that nothing is linked to: below all others."""
        rows = [self.solid[:, :2] + self.solid[:, 2:], self.spots[self.there]]
        bottom = max((float(row[:, 1].max()) for row in rows if len(row)), default=0.0)
        left = float(self.solid[:, 0].min()) if len(self.solid) else 0.0
        return np.array([left, bottom + 30.0])

    def _free_places(self, i: int, centre: Array) -> Array:
        """The nearest places on which nothing stands."""
        others = self.there & self.ours
        rows = np.vstack([self.solid, np.hstack([self.spots[others], self.halves[others]])])
        start = np.round(centre / _GRID) * _GRID
        for wider in range(1, 60):
            # Farther out the same pattern, thinned, reaches a place that is free.
            choices = start + self.offsets * wider
            room = self.halves[i] + np.array(_GAP)
            near = (np.abs(rows[:, :2] - start) < _REACH * wider + 400).all(axis=1)
            off = np.abs(choices[:, None] - rows[None, near, :2])
            taken = (off < rows[None, near, 2:] + room).all(axis=2).any(axis=1)
            if not taken.all():
                free: Array = choices[~taken][:_CHOICES]
                return free
        return start[None]

    def _cost(self, i: int, choices: Array, mine: npt.NDArray[np.int_]) -> Array:
        cost = np.zeros(len(choices))
        if not len(mine):
            return np.arange(len(choices), dtype=float)
        ends = self.spots[mine]
        way = ends[None] - choices[:, None]
        far = np.hypot(way[..., 0], way[..., 1])
        cost += (far / 9 + far**2 / 9_000).sum(axis=1)
        sizes = self.halves[i] + self.halves[mine]
        shown = (np.abs(way) - sizes[None]).max(axis=2)
        cost += 3 * np.maximum(_OPEN - shown, 0).sum(axis=1)
        if not self.careful:
            return cost
        lines = choices[:, None, None] + _ALONG * way[:, :, None]
        cost += 60 * self._passed(lines, i, mine)
        rest = self.pairs[self.there[self.pairs].all(axis=1)]
        c, d = self.spots[rest[:, 0]], self.spots[rest[:, 1]]
        close = (np.abs((c + d) / 2 - ends.mean(axis=0)) < _NEAR).all(axis=1)
        c, d = c[close], d[close]
        crossed = _crossings(choices[:, None, None], ends[None, :, None], c, d)
        cost += 16 * crossed.sum(axis=(1, 2))
        along = c[:, None] + _ALONG * (d - c)[:, None]
        covered = np.abs(choices[:, None, None] - along[None]) < self.halves[i] + 5
        cost += 60 * covered.all(axis=3).any(axis=2).sum(axis=1)
        return cost

    def _passed(self, lines: Array, i: int, mine: npt.NDArray[np.int_]) -> Array:
        """How many things the links from each choice run through."""
        count = np.zeros(len(lines))
        names = np.flatnonzero(self.there)
        for number, end in enumerate(mine.tolist()):
            line = lines[:, number]
            rows = np.hstack([self.spots[names], self.halves[names]])[names != end]
            spot = self.spots[end]
            near = (np.abs(rows[:, :2] - spot) < _NEAR).all(axis=1)
            hit = np.abs(line[:, :, None] - rows[None, None, near, :2]) < rows[near, 2:] + 4
            count += hit.all(axis=3).any(axis=1).sum(axis=1)
            own = self.solid
            apart = (np.abs(own[:, :2] - spot) >= own[:, 2:] + self.halves[end] + 14).any(axis=1)
            near = (np.abs(own[:, :2] - spot) < _NEAR).all(axis=1) & apart
            hit = np.abs(line[:, :, None] - own[None, None, near, :2]) < own[near, 2:] + 2
            count += 0.4 * hit.all(axis=3).any(axis=1).sum(axis=1)
        return count


def _crossings(a: Array, b: Array, c: Array, d: Array) -> npt.NDArray[np.bool_]:
    def turn(p: Array, q: Array, r: Array) -> Array:
        one = (q[..., 0] - p[..., 0]) * (r[..., 1] - p[..., 1])
        turned: Array = one - (q[..., 1] - p[..., 1]) * (r[..., 0] - p[..., 0])
        return turned

    across: npt.NDArray[np.bool_] = (turn(a, b, c) * turn(a, b, d) < 0) & (
        turn(c, d, a) * turn(c, d, b) < 0
    )
    return across
