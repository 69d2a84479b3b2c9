"""A causal loop diagram with everything in its place."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from cpdynamics.diagrams.causal_links import Ring, Skeleton
from cpdynamics.diagrams.layout import Array, Problem, best, within
from cpdynamics.diagrams.layout_labels import DELAY, SIGN, STROKES, Spot, labelled, line, signed
from cpdynamics.diagrams.lettering import width, wrap
from cpdynamics.diagrams.routing import Curve, outward, routed, strain

WIDTH, HEIGHT = 1280, 720
PAGE = (10.0, 52.0, WIDTH - 10.0, HEIGHT - 34.0)
LEADING = 19.0
TURN = 18.0
"""The radius of the arrow round a loop's id, in pixels."""

_LONGEST = 60
_STRETCHED = 1.6
_MENDS = 30
_TRIES = 4
_SHIFTS = (25.0, 60.0, 140.0)


@dataclass(frozen=True)
class Lettering:
    """The lines of a name and the room they take.

    Attributes:
        lines: as shown.
        half: half the width and half the height, in pixels.
    """

    lines: tuple[str, ...]
    half: tuple[float, float]


@dataclass(frozen=True)
class Fault:
    """What would keep somebody from reading a sheet.

    Attributes:
        said: in words.
        names: canonical names that might make way.
    """

    said: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class _Block:
    """Something written, the names that it hangs on, and its centre and half sides."""

    name: str
    names: tuple[str, ...]
    room: Array


@dataclass(frozen=True)
class Sheet:
    """Everything in its place.

    Attributes:
        skeleton: what is shown.
        names: the lines of each name.
        spots: names by 2.
        curves: a curve for each link.
        signs: links by 2.
        marks: the lines of each loop's label.
        labels: where each stands.
        cost: of the layout; the less, the better.
    """

    skeleton: Skeleton
    names: tuple[Lettering, ...]
    spots: Array
    curves: list[Curve]
    signs: Array
    marks: tuple[Lettering, ...]
    labels: list[Spot]
    cost: float

    def faults(self) -> list[Fault]:
        """What would keep somebody from reading it."""
        return [*self._touching(), *self._run_over(), *self._outside()]

    def _blocks(self) -> list[_Block]:
        """Each thing that is written."""
        blocks = [
            _Block(name, (name,), np.array([*spot, *one.half]))
            for name, spot, one in zip(self.skeleton.names, self.spots, self.names, strict=True)
        ]
        for ring, one, label in zip(self.skeleton.rings, self.marks, self.labels, strict=True):
            blocks.append(_Block(ring.id, ring.names, np.array([*label.centre, *one.half])))
        for way, sign in zip(self.skeleton.ways, self.signs, strict=True):
            ends = (way.cause, way.effect)
            blocks.append(_Block(f"{way.polarity} at {way.effect}", ends, np.array([*sign, 7, 7])))
        late = (way for way in self.skeleton.ways if way.delayed)
        for way, room in zip(late, delays(self.skeleton, self.curves), strict=True):
            blocks.append(_Block(f"|| before {way.effect}", (way.cause, way.effect), room))
        return blocks

    def _touching(self) -> Iterator[Fault]:
        blocks = self._blocks()
        rows = np.array([one.room for one in blocks])
        off = np.abs(rows[:, None, :2] - rows[:, :2])
        touch = (off < rows[:, None, 2:] + rows[:, 2:] - 1).all(axis=2)
        for i, j in np.argwhere(np.triu(touch, 1)):
            one, other = blocks[i], blocks[j]
            yield Fault(f"{one.name} touches {other.name}", (*one.names, *other.names))

    def _run_over(self) -> Iterator[Fault]:
        written = self._blocks()[: len(self.names) + len(self.labels)]
        rows = np.array([one.room for one in written])
        for way, curve in zip(self.skeleton.ways, self.curves, strict=True):
            hit = within(line(curve, apart=2)[:, None], rows[:, :2], rows[:, 2:] + 1).any(axis=0)
            ends = (way.cause, way.effect)
            for i in np.flatnonzero(hit):
                if written[i].name not in ends:
                    said = f"{way.cause} > {way.effect} runs through {written[i].name}"
                    yield Fault(said, (*ends, *written[i].names))

    def _outside(self) -> Iterator[Fault]:
        for one in self._blocks():
            low, high = one.room[:2] - one.room[2:], one.room[:2] + one.room[2:]
            if (low < 0).any() or (high > (WIDTH, HEIGHT)).any():
                yield Fault(f"{one.name} leaves the page", one.names)
        for way, curve in zip(self.skeleton.ways, self.curves, strict=True):
            if ((curve.points < PAGE[:2]) | (curve.points > PAGE[2:])).any():
                yield Fault(f"{way.cause} > {way.effect} leaves the page", (way.cause, way.effect))
        for ring, label in zip(self.skeleton.rings, self.labels, strict=True):
            if not label.inside:
                yield Fault(f"{ring.id} stands outside its loop", ring.names)


def sheet(
    skeleton: Skeleton, written: Mapping[str, str], stocks: Collection[str], *, seed: int = 0
) -> Sheet:
    """The names, links and labels of a diagram in their places.

    Args:
        skeleton: what is shown.
        written: canonical name -> as written.
        stocks: canonical names; they stand in boxes.
        seed: of the lots; the same seed, the same places.
    """
    names = tuple(_name(written.get(one, one), one in stocks) for one in skeleton.names)
    marks = tuple(_mark(ring) for ring in skeleton.rings)
    place = {name: i for i, name in enumerate(skeleton.names)}
    links = [[place[one.cause], place[one.effect]] for one in skeleton.ways]
    problem = Problem(
        sizes=np.array([one.half for one in names]),
        links=np.array(links, dtype=np.intp).reshape(-1, 2),
        rings=tuple(np.array([place[name] for name in ring.names]) for ring in skeleton.rings),
        labels=np.array([one.half for one in marks]).reshape(-1, 2),
        page=PAGE,
    )
    bench = _Bench(problem, skeleton, names, marks)
    tried: list[Sheet] = []
    for start in range(seed, seed + _TRIES):
        made = (bench.finished(_stretched(problem, spots)) for spots in best(problem, seed=start))
        tried.append(bench.mended(min(made, key=_burden), np.random.default_rng(start)))
        if not tried[-1].faults():
            break
    return min(tried, key=_burden)


def _burden(one: Sheet) -> tuple[int, float]:
    return len(one.faults()), one.cost


@dataclass(frozen=True)
class _Bench:
    """Where places become a sheet."""

    problem: Problem
    skeleton: Skeleton
    names: tuple[Lettering, ...]
    marks: tuple[Lettering, ...]

    def finished(self, spots: Array) -> Sheet:
        """Links first, then labels, then links once more so that they leave the labels alone."""
        wishes = outward(spots, self.problem.links, self.problem.rings)
        curves: list[Curve] = []
        blocks: Array | None = None
        for _ in range(3):
            curves = self._routed(spots, wishes, blocks, curves)
            signs, labels = self._lettered(spots, curves, {})
            blocks = self._blocks(labels)
        cost = strain(curves, wishes)
        return Sheet(self.skeleton, self.names, spots, curves, signs, self.marks, labels, cost)

    def mended(self, one: Sheet, random: np.random.Generator) -> Sheet:
        """The sheet with names moved a little where it has faults, as long as it has any."""
        place = {name: i for i, name in enumerate(self.skeleton.names)}
        page = np.array(PAGE)
        low, high = page[:2] + self.problem.sizes, page[2:] - self.problem.sizes
        faults = one.faults()
        for _ in range(_MENDS):
            at_fault = sorted({place[name] for fault in faults for name in fault.names})
            if not at_fault:
                break
            i = int(random.choice(at_fault))
            spots = one.spots.copy()
            moved = spots[i] + random.normal(0, random.choice(_SHIFTS), 2)
            spots[i] = np.clip(moved, low[i], np.maximum(high[i], low[i]))
            room = self.problem.sizes + self.problem.sizes[i] + 6
            if np.count_nonzero(within(spots, spots[i], room)) > 1:
                continue
            new = self._moved(one, spots, i, at_fault)
            left = new.faults()
            if (len(left), new.cost) < (len(faults), one.cost):
                one, faults = new, left
        return one

    def _moved(self, one: Sheet, spots: Array, i: int, at_fault: list[int]) -> Sheet:
        """The sheet with a name elsewhere; only what that touches is laid anew."""
        problem = self.problem
        wishes = outward(spots, problem.links, problem.rings)
        ends = np.isin(problem.links, at_fault)
        only = np.flatnonzero((problem.links == i).any(axis=1) | ends.all(axis=1))
        curves = self._routed(spots, wishes, self._blocks(one.labels), one.curves, list(only))
        kept = {
            place: label
            for place, (label, ring) in enumerate(zip(one.labels, problem.rings, strict=True))
            if i not in ring and not set(at_fault) >= set(map(int, ring))
        }
        signs, labels = self._lettered(spots, curves, kept)
        cost = strain(curves, wishes)
        return Sheet(self.skeleton, self.names, spots, curves, signs, self.marks, labels, cost)

    def _routed(
        self,
        spots: Array,
        wishes: Array,
        blocks: Array | None,
        start: list[Curve],
        only: list[int] | None = None,
    ) -> list[Curve]:
        sizes, links = self.problem.sizes, self.problem.links
        return routed(
            spots, sizes, links, wishes=wishes, page=PAGE, blocks=blocks, start=start, only=only
        )

    def _lettered(
        self, spots: Array, curves: list[Curve], kept: Mapping[int, Spot]
    ) -> tuple[Array, list[Spot]]:
        problem = self.problem
        marks = delays(self.skeleton, curves)
        boxes = np.vstack([np.hstack([spots, problem.sizes]), marks])
        signs = signed(curves, boxes, PAGE)
        solid = np.vstack([boxes, np.hstack([signs, np.broadcast_to(SIGN, signs.shape)])])
        return signs, labelled(
            problem.rings, problem.links, curves, solid, problem.labels, PAGE, kept
        )

    def _blocks(self, labels: list[Spot]) -> Array:
        """The rectangles of the labels, which links go round."""
        rows = [[*one.centre, *size] for one, size in zip(labels, self.problem.labels, strict=True)]
        return np.array(rows).reshape(-1, 4)


def delays(skeleton: Skeleton, curves: list[Curve]) -> Array:
    """Where links have the strokes of a delay, as rectangles by 4: centre and half sides."""
    pairs = zip(skeleton.ways, curves, strict=True)
    rows = [[*curve.at(DELAY)[0], *STROKES] for way, curve in pairs if way.delayed]
    return np.array(rows).reshape(-1, 4)


def _stretched(problem: Problem, spots: Array) -> Array:
    """The same places, drawn apart so that they fill the page."""
    page, sizes = np.array(problem.page), problem.sizes
    low, high = (spots - sizes).min(axis=0), (spots + sizes).max(axis=0)
    room = page[2:] - page[:2] - 28
    by = np.clip(room / np.maximum(high - low, 1.0), 1.0, _STRETCHED)
    moved = (spots - (low + high) / 2) * by + (page[:2] + page[2:]) / 2
    placed: Array = np.clip(moved, page[:2] + sizes, np.maximum(page[2:] - sizes, page[:2] + sizes))
    return placed


def _name(written: str, stock: bool) -> Lettering:
    words = _short(written)
    one = width(words)
    lines = wrap(words, within=max(one / 2 + 24, 96.0)) if one > 110 else [words]
    air = (8.0, 5.0) if stock else (3.0, 1.0)
    wide = max(map(width, lines), default=0.0)
    return Lettering(tuple(lines), (wide / 2 + air[0], len(lines) * LEADING / 2 + air[1]))


def _mark(ring: Ring) -> Lettering:
    words = _short(ring.name)
    lines = wrap(words, within=max(width(words) / 2 + 20, 84.0)) if words else []
    # Bold letters are a tenth wider.
    wide = max([*(1.1 * width(one) for one in lines), 2 * TURN + 8])
    return Lettering(tuple(lines), (wide / 2 + 2, TURN + 2 + len(lines) * 18 / 2))


def _short(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"
