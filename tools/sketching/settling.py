"""Places for what has none: simulated annealing around the places that are given.

A move shifts one name or swaps two. What counts: short links, no overlap, no link through a
name, few crossings. The method is Davidson and Harel's (1996, doi:10.1145/234535.234538), with
rectangles in the place of points.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
import numpy.typing as npt

from cpdynamics.diagrams.lettering import width
from sketching.causes import Cause, Causes
from sketching.drawing import Drawing, assemble, missing, wanted
from sketching.plan import BadLayoutError, Flow, Point, View, box

Array = npt.NDArray[np.float64]
GRID = 10
APART = 330.0  # from here on a shadow of its own reads better than a long arrow
SHARED = 2  # free names that one shadow serves
ALONG = np.linspace(0.05, 0.95, 11)[:, None]


def settle(view: View, causes: Causes, *, moves: int = 12_000, seed: int = 1) -> View:
    """The same view with a place for every member, every pipe and every shadow it needs."""
    _place_stocks(view, causes)
    _place_flows(view, causes)
    free = [name for name in view.members if name not in view.at and name not in view.flow]
    drawing = assemble(view, causes)
    for name in free:
        drawing.boxes[name] = box(name, causes.kinds[name], (view.page[0] / 2, view.page[1] / 2))
    lacking = _copies_needed(view, drawing, causes)
    if not free and not lacking:
        return view

    keys: list[str | tuple[str, int]] = [*drawing.boxes, *lacking]
    index = {key: i for i, key in enumerate(keys)}
    solid = [b for b in drawing.obstacles() if b.kind in ("valve", "cloud", "loop", "shadow")]
    pairs = []
    for cause in wanted(drawing, causes):
        if cause.initial:
            continue
        copy = next((c for c, fed in lacking.items() if cause in fed), None)
        source = copy or cause.source
        if source in index:
            pairs.append((index[source], index[cause.target]))
    sizes, spots = [], []
    for key in keys:
        made = box(key[0], "shadow", (0, 0)) if isinstance(key, tuple) else drawing.boxes[key]
        sizes.append((made.w, made.h))
        spots.append((made.x, made.y))
    movable = np.array([index[key] for key in (*free, *lacking)])
    board = _Board(
        np.array(spots, dtype=float),
        np.array(sizes, dtype=float),
        np.array(pairs, dtype=int).reshape(-1, 2),
        view.page,
    )
    board.add_solid([(b.x, b.y, b.w, b.h) for b in solid])
    title = width(view.name, size=20) / 2
    board.add_solid([(title + 12, 26, title + 8, 18)])
    board.add_pipes([(t.ends[0], t.corners[0], t.valve) for t in drawing.tubes.values()])
    board.add_pipes([(t.valve, t.corners[1], t.ends[1]) for t in drawing.tubes.values()])
    board.anneal(movable, moves=moves, random=np.random.default_rng(seed))
    for name in free:
        view.at[name] = tuple(board.spots[index[name]])
    for key in lacking:
        view.shadow.setdefault(key[0], []).append(tuple(board.spots[index[key]]))
    return view


def _copies_needed(
    view: View, drawing: Drawing, causes: Causes
) -> dict[tuple[str, int], list[Cause]]:
    """The shadows to place: one for each neighbourhood in which a cause from elsewhere acts."""
    needed: dict[tuple[str, int], list[Cause]] = {}
    centres: dict[tuple[str, int], tuple[float, float]] = {}
    for cause in missing(drawing, causes):
        target = drawing.boxes[cause.target]
        fixed = cause.target in view.at or cause.target in view.flow
        copies = [key for key in needed if key[0] == cause.source]
        if fixed:
            near = [k for k in copies if math.dist(centres[k], (target.x, target.y)) < APART]
        else:
            near = [k for k in copies if len(needed[k]) < SHARED]
        key = near[0] if near else (cause.source, len(copies))
        needed.setdefault(key, []).append(cause)
        centres.setdefault(key, (target.x, target.y))
    return needed


class _Board:
    """Rectangles on the page, some of which may move, and the links between them."""

    def __init__(
        self, spots: Array, halves: Array, pairs: npt.NDArray[np.int_], page: Point
    ) -> None:
        self.spots, self.halves, self.pairs = spots, halves, pairs
        self.page = np.array(page)
        self.solid = np.empty((0, 4))
        self.pipes = np.empty((0, 2, 2))

    def add_solid(self, rectangles: list[tuple[float, float, float, float]]) -> None:
        self.solid = np.vstack([self.solid, np.array(rectangles).reshape(-1, 4)])

    def add_pipes(self, lines: list[tuple[tuple[float, float], ...]]) -> None:
        for line in lines:
            for a, b in itertools.pairwise(line):
                self.pipes = np.concatenate([self.pipes, np.array([[a, b]])])
                centre = (np.array(a) + np.array(b)) / 2
                half = np.abs(np.array(a) - np.array(b)) / 2 + 5
                self.add_solid([(*centre, *half)])

    def anneal(
        self, movable: npt.NDArray[np.int_], *, moves: int, random: np.random.Generator
    ) -> None:
        self._start(movable, random)
        heat, last = 60.0, 0.6
        cooling = (last / heat) ** (1 / max(moves, 1))
        reach = 420.0
        for step in range(moves):
            i = int(random.choice(movable))
            j = int(random.choice(movable))
            swap = i != j and random.random() < 0.15
            touched = [i, j] if swap else [i]
            before = sum(self._local(k) for k in touched)
            kept = self.spots[touched].copy()
            if swap:
                self.spots[[i, j]] = self.spots[[j, i]]
            else:
                spread = max(15.0, reach * (1 - step / moves) ** 1.5)
                self.spots[i] = self._snap(i, self.spots[i] + random.normal(0, spread, 2))
            change = sum(self._local(k) for k in touched) - before
            if change > 0 and random.random() >= math.exp(-change / heat):
                self.spots[touched] = kept
            heat *= cooling

    def _start(self, movable: npt.NDArray[np.int_], random: np.random.Generator) -> None:
        """Each free name begins near the fixed names it is linked to."""
        placed = set(range(len(self.spots))) - set(movable.tolist())
        waiting = list(movable)
        for _ in range(len(waiting) + 1):
            for i in list(waiting):
                near = {int(a) for a, b in self.pairs if b == i}
                near |= {int(b) for a, b in self.pairs if a == i}
                near &= placed
                if near:
                    centre = self.spots[list(near)].mean(axis=0)
                    self.spots[i] = self._snap(i, centre + random.normal(0, 90, 2))
                    placed.add(int(i))
                    waiting.remove(i)

    def _snap(self, i: int, spot: Array) -> Array:
        margin = self.halves[i] + 12
        bounded = np.clip(spot, margin, self.page - margin)
        snapped: Array = np.round(bounded / GRID) * GRID
        return snapped

    def _local(self, i: int) -> float:
        """All the cost that one name has a part in."""
        spot, half = self.spots[i], self.halves[i]
        gap = np.array([10.0, 8.0])
        others = np.arange(len(self.spots)) != i
        deep = half + self.halves[others] + gap - np.abs(self.spots[others] - spot)
        cost = 150 * _shared(deep)
        deep = half + self.solid[:, 2:] + gap - np.abs(self.solid[:, :2] - spot)
        cost += 150 * _shared(deep)
        own = (self.pairs == i).any(axis=1)
        mine, rest = self.pairs[own], self.pairs[~own]
        start, end = self.spots[mine[:, 0]], self.spots[mine[:, 1]]
        far = np.hypot(*(end - start).T) if len(mine) else np.zeros(0)
        cost += float((np.maximum(far - 70, 0) / 11).sum() + (far**2 / 26_000).sum())
        sizes = self.halves[mine[:, 0]] + self.halves[mine[:, 1]]
        open_part = (np.abs(end - start) - sizes).max(axis=1) if len(mine) else np.zeros(0)
        cost += float(np.maximum(34 - open_part, 0).sum())
        cost += self._through(mine) + self._through_one(rest, i)
        if len(mine) and len(rest):
            c, d = self.spots[rest[:, 0]], self.spots[rest[:, 1]]
            cost += 11 * _crossings(start, end, c, d)
        if len(mine) and len(self.pipes):
            cost += 9 * _crossings(start, end, self.pipes[:, 0], self.pipes[:, 1])
        return cost

    def _through(self, pairs: npt.NDArray[np.int_]) -> float:
        """Links of one name that run through other names or through pipes' furniture."""
        cost = 0.0
        for a, b in pairs:
            line = self.spots[a] + ALONG * (self.spots[b] - self.spots[a])
            hit = (np.abs(line[:, None] - self.spots) < self.halves + 3).all(axis=2)
            hit[:, [a, b]] = False
            cost += 5 * float(hit.sum()) + 12 * float(hit.any(axis=0).sum())
        return cost

    def _through_one(self, pairs: npt.NDArray[np.int_], i: int) -> float:
        """Links of others that run through this name."""
        if not len(pairs):
            return 0.0
        a, b = self.spots[pairs[:, 0]], self.spots[pairs[:, 1]]
        lines = a[:, None] + ALONG * (b - a)[:, None]
        hit = (np.abs(lines - self.spots[i]) < self.halves[i] + 3).all(axis=2)
        return 5 * float(hit.sum()) + 12 * float(hit.any(axis=1).sum())


def _shared(deep: Array) -> float:
    """How far rectangles overlap, from 0 for side by side."""
    inside = (deep > 0).all(axis=1)
    if not inside.any():
        return 0.0
    return float((0.3 + np.minimum(deep[inside].min(axis=1), 40) / 40).sum())


def _crossings(a: Array, b: Array, c: Array, d: Array) -> float:
    def turn(p: Array, q: Array, r: Array) -> Array:
        turned: Array = (q[..., 0] - p[..., 0]) * (r[..., 1] - p[..., 1]) - (
            q[..., 1] - p[..., 1]
        ) * (r[..., 0] - p[..., 0])
        return turned

    a, b, c, d = a[:, None], b[:, None], c[None], d[None]
    across = (turn(a, b, c) * turn(a, b, d) < 0) & (turn(c, d, a) * turn(c, d, b) < 0)
    return float(across.sum())


def _place_stocks(view: View, causes: Causes) -> None:
    """Stocks without a place stand in rows, each after the one that fills it."""
    stocks = [n for n in view.members if causes.kinds.get(n) == "stock" and n not in view.at]
    order: list[str] = []
    after = {p.source: p.sink for p in causes.pipes.values() if p.source and p.sink}
    fed = set(after.values())
    for first in sorted(stocks, key=lambda n: n in fed):
        link: str | None = first
        while link in stocks and link not in order:
            order.append(link)
            link = after.get(link)
    for i, name in enumerate(order):
        view.at[name] = (330.0 + 320 * (i % 4), 200.0 + 240 * (i // 4))


def _place_flows(view: View, causes: Causes) -> None:
    """Pipes without a place: straight between two stocks, else to a free side of the stock."""
    taken = {f.at for f in view.flow.values() if f.at}
    for name in view.members:
        pipe = causes.pipes.get(name)
        if pipe is None or name in view.flow:
            continue
        ends = [s for s in (pipe.source, pipe.sink) if s in view.at]
        if len(ends) == 2:
            view.flow[name] = Flow()
            continue
        if not ends:
            raise BadLayoutError(f'"{view.name}" shows the flow "{name}" but no stock of it.')
        x, y = view.at[ends[0]]
        outward = pipe.source in view.at
        sides = [(x + 130, y), (x, y + 90), (x, y - 90), (x - 130, y)]
        sides = sides if outward else sides[::-1]
        sides += [(x + dx, y + dy) for dx in (-30, 30) for dy in (90, -90)]
        at = next((side for side in sides if side not in taken), sides[0])
        taken.add(at)
        view.flow[name] = Flow(at=at)
