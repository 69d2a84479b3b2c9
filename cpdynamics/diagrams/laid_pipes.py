"""Places for stocks and flows: each chain of stocks in a row, its flows straight where they can.

A flow between neighbours runs level; one to a cloud takes a free end of its stock, then its upper
or lower side; one between stocks that are apart runs between the rows.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from cpdynamics.diagrams.boxes import Box, Point
from cpdynamics.diagrams.lettering import LINE, width, wrap
from cpdynamics.diagrams.sheet import Pipe
from cpdynamics.system.abstract import Structure
from cpdynamics.system.graph import Link

Side: TypeAlias = Literal["left", "right", "above", "below"]

_LABELS: tuple[Side, ...] = ("below", "above", "right", "left")
_EVERY: tuple[Side, ...] = ("left", "right", "above", "below")
_APART, _JOINED = 420.0, 240.0  # level, between stocks, and between stocks that a flow joins
_DOWN = 300.0  # from row to row
_COLUMNS = 4
_VALVE, _CLOUD = 88.0, 165.0  # from the edge of a stock, level
_VALVE_UP, _CLOUD_UP = 52.0, 104.0  # the same, upright
_BESIDE = 150.0  # between flows on one side of a stock
_ABREAST = 2  # level flows between two neighbours; more would have no room for their names
_GUTTER = 150.0  # from the middle of a row to the way between the rows
_ROOM = 132.0  # width of a name
_CLOUD_HALF = (12.0, 11.0)


@dataclass(frozen=True)
class Flow:
    """A flow and the stocks at its ends, by canonical name; None stands for a cloud."""

    name: str
    source: str | None
    sink: str | None


@dataclass
class Skeleton:
    """Stocks, valves, clouds and pipes in place.

    Attributes:
        names: canonical name -> where the name of a stock or flow stands.
        valves: canonical name of a flow -> its valve.
        clouds: of all flows.
        pipes: two for each flow.
    """

    names: dict[str, Box] = field(default_factory=dict)
    valves: dict[str, Box] = field(default_factory=dict)
    clouds: list[Box] = field(default_factory=list)
    pipes: list[Pipe] = field(default_factory=list)


def flows(structure: Structure, links: Iterable[Link]) -> dict[str, Flow]:
    """The flows that can be drawn as pipes, by canonical name.

    Args:
        structure: of the model.
        links: of the model; the sign of a flow's link to a stock tells which way it runs.
    """
    found: dict[str, Flow] = {}
    for link in links:
        if structure.elements[link.effect].kind != "stock":
            continue
        if structure.elements[link.cause].kind != "flow" or link.polarity not in ("+", "-"):
            continue
        known = found.get(link.cause, Flow(link.cause, None, None))
        if link.polarity == "+" and known.sink is None:
            found[link.cause] = Flow(link.cause, known.source, link.effect)
        elif link.polarity == "-" and known.source is None:
            found[link.cause] = Flow(link.cause, link.effect, known.sink)
    return found


def name_box(name: str, kind: Literal["stock", "auxiliary", "flow", "shadow"], at: Point) -> Box:
    """The rectangle that a name needs around a place."""
    lines = wrap(f"<{name}>" if kind == "shadow" else name, within=_ROOM)
    half = min(max(map(width, lines), default=20.0), 400.0) / 2
    high = len(lines) * LINE / 2
    if kind == "stock":
        return Box(name, kind, *at, max(60.0, half + 9), max(28.0, high + 8))
    return Box(name, kind, *at, half + 3, high + 1)


def skeleton(structure: Structure, piped: Mapping[str, Flow]) -> Skeleton:
    """Every stock in its place, with its flows.

    Args:
        structure: of the model.
        piped: its flows.
    """
    stocks = [key for key, one in structure.elements.items() if one.kind == "stock"]
    cells = _cells(stocks, piped.values())
    made = Skeleton()
    sides = _sides(cells, piped.values())
    sized = {}
    for key in stocks:
        box = name_box(structure.elements[key].name, "stock", (0.0, 0.0))
        most = max(len(sides.get((key, side), ())) for side in _EVERY[2:])
        sized[key] = replace(box, w=max(box.w, (most - 1) * _BESIDE / 2 + 30))
    across = _columns(cells, sides, {key: box.w for key, box in sized.items()})
    for key, box in sized.items():
        column, row = cells[key]
        made.names[key] = replace(box, x=across[column], y=row * _DOWN)

    def is_bent(flow: Flow) -> bool:
        upright = [sides.get((flow.source or "", side), ()) for side in _EVERY[2:]]
        return flow.sink is not None and any(flow.name in each for each in upright)

    for flow in sorted(piped.values(), key=is_bent):  # what has a choice of places comes last
        _lay(made, flow, structure.elements[flow.name].name, sides)
    return made


def _columns(
    cells: Mapping[str, tuple[int, int]], sides: _Sides, halves: Mapping[str, float]
) -> list[float]:
    """Where the columns stand: close where no two flows to clouds meet between them."""
    across = [0.0]
    last = max((column for column, _ in cells.values()), default=0)
    wide = [
        max((halves[key] for key, cell in cells.items() if cell[0] == column), default=0.0)
        for column in range(last + 1)
    ]
    for column in range(last):
        ends = [
            {
                flow
                for key, cell in cells.items()
                if cell == (at, row)
                for flow in sides.get((key, side), ())
            }
            for row in range(max(row for _, row in cells.values()) + 1)
            for at, side in ((column, _EVERY[1]), (column + 1, _EVERY[0]))
        ]
        tight = all(a == b or not (a and b) for a, b in zip(ends[::2], ends[1::2], strict=True))
        gap = _JOINED if tight else _APART
        across.append(across[-1] + wide[column] + gap + wide[column + 1])
    return across


_Sides: TypeAlias = dict[tuple[str, Side], list[str]]


def _cells(stocks: Sequence[str], piped: Iterable[Flow]) -> dict[str, tuple[int, int]]:
    """Column and row of each stock: along the flows, and a new row for each chain of a few."""
    joined = [(flow.source, flow.sink) for flow in piped if flow.source and flow.sink]
    after: dict[str, list[str]] = {key: [] for key in stocks}
    for source, sink in joined:
        after[source].append(sink)
    fed = {sink for _, sink in joined}
    chains: list[list[str]] = []
    seen: set[str] = set()
    for first in sorted(stocks, key=lambda key: key in fed):
        chain: list[str] = []
        key: str | None = first
        while key is not None and key not in seen:
            chain.append(key)
            seen.add(key)
            key = next((sink for sink in after[key] if sink not in seen), None)
        if chain:
            chains.append(chain)
    several = len(stocks) > 2 * _COLUMNS
    cells: dict[str, tuple[int, int]] = {}
    column, row = 0, 0
    for chain in chains:
        if column and (not several or column + len(chain) > _COLUMNS):
            column, row = 0, row + 1
        for key in chain:
            if column == _COLUMNS:
                column, row = 0, row + 1
            cells[key] = (column, row)
            column += 1
    return cells


def _sides(cells: Mapping[str, tuple[int, int]], piped: Iterable[Flow]) -> _Sides:
    """Which flows leave or enter each side of each stock."""
    sides: _Sides = {}

    def take(key: str, side: Side, flow: str) -> None:
        sides.setdefault((key, side), []).append(flow)

    def taken(key: str, side: Side) -> int:
        return len(sides.get((key, side), ()))

    order = sorted(piped, key=lambda flow: not (flow.source and flow.sink))
    for flow in order:
        if flow.source and flow.sink:
            (a, r), (b, s) = cells[flow.source], cells[flow.sink]
            if r == s and abs(a - b) == 1 and taken(flow.source, _facing(a, b)) < _ABREAST:
                take(flow.source, _facing(a, b), flow.name)
                take(flow.sink, _facing(b, a), flow.name)
            else:
                take(flow.source, "below" if s >= r else "above", flow.name)
                take(flow.sink, "above" if s > r else "below", flow.name)
            continue
        key = flow.source or flow.sink or ""
        level: Side = "right" if flow.source else "left"
        other: Side = "left" if flow.source else "right"
        free: list[Side] = [side for side in (level, other) if not taken(key, side)]
        upright: list[Side] = ["below", "above"]
        take(key, free[0] if free else min(upright, key=lambda side: taken(key, side)), flow.name)
    return sides


def _between(
    source: Box, sink: Box, side: Side, start: Point, end: Point
) -> list[tuple[Point, Side]]:
    """Where the valve of a flow between two stocks, and its name beside it, may stand."""
    middle = (start[0] + end[0]) / 2
    if side in ("left", "right"):
        words = _LABELS[:2] if end[1] >= sink.y else _LABELS[1::-1]
        return [((middle, end[1]), one) for one in words]
    way = 1 if side == "below" else -1
    if abs(start[0] - end[0]) < sink.w:
        return [
            ((end[0], source.y + way * (_GUTTER + lower)), words)
            for lower in (0, 24, -24, 48, -48)
            for words in _LABELS[2:]
        ]
    return [
        ((start[0] + (end[0] - start[0]) * share, source.y + way * (_GUTTER + lower)), words)
        for lower in (0, 22, -22, 44, -44, 66, -66)
        for share in (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.1, 0.9)
        for words in _LABELS[:2]
    ]


def _facing(column: int, other: int) -> Side:
    """The side on which a neighbour stands."""
    return "right" if other > column else "left"


def _lay(made: Skeleton, flow: Flow, name: str, sides: _Sides) -> None:
    """Puts one flow in its place."""
    hooks = {
        key: (side, _hook(made.names[key], side, flow.name, sides[key, side]))
        for key in (flow.source, flow.sink)
        if key
        for side in _EVERY
        if flow.name in sides.get((key, side), ())
    }
    if flow.source and flow.sink:
        (side, start), (_, end) = hooks[flow.source], hooks[flow.sink]
        spots = _between(made.names[flow.source], made.names[flow.sink], side, start, end)
    else:
        side, hook = hooks[flow.source or flow.sink or ""]
        away = {"left": (-1, 0), "right": (1, 0), "above": (0, -1), "below": (0, 1)}[side]
        level = side in ("left", "right")
        first, last = (_VALVE, _CLOUD) if level else (_VALVE_UP, _CLOUD_UP)
        far = (hook[0] + away[0] * last, hook[1] + away[1] * last)
        made.clouds.append(Box("", "cloud", *far, *_CLOUD_HALF))
        at = (hook[0] + away[0] * first, hook[1] + away[1] * first)
        spots = [(at, words) for words in _LABELS[:2] if level] or [(at, w) for w in _LABELS[2:]]
    there = [*made.names.values(), *made.valves.values(), *made.clouds]

    def crowd(spot: tuple[Point, Side]) -> int:
        label = _beside(name_box(name, "flow", spot[0]), spot[1])
        mine = (label, Box(name, "valve", *spot[0], 14, 14))
        return sum(one.overlaps(other) for one in mine for other in there)

    at, words = min(spots, key=crowd)
    upright = words in ("left", "right")
    valve = Box(name, "valve", *at, *((8, 6) if upright else (6, 8)))
    made.valves[flow.name] = valve
    made.names[flow.name] = _beside(name_box(name, "flow", at), words)
    for key, headed in ((flow.source, False), (flow.sink, True)):
        end_box = made.names[key] if key else made.clouds[-1]
        hook = hooks[key][1] if key else end_box.centre
        made.pipes.append(Pipe(valve, end_box, headed, (hook[0], at[1])))


def _hook(box: Box, side: Side, flow: str, sharing: Sequence[str]) -> Point:
    """Where a flow meets its stock."""
    off = sharing.index(flow) - (len(sharing) - 1) / 2
    if side in ("left", "right"):
        step = min(36.0, 2 * (box.h - 10) / max(len(sharing) - 1, 1))
        return box.x + (box.w if side == "right" else -box.w), box.y + off * step
    return box.x + off * _BESIDE, box.y + (box.h if side == "below" else -box.h)


def _beside(box: Box, side: Side) -> Box:
    """The name of a flow beside its valve."""
    off = {"below": (0.0, box.h + 11), "above": (0.0, -box.h - 11), "right": (box.w + 12, 0.0)}
    dx, dy = off.get(side, (-box.w - 12, 0.0))
    return replace(box, x=box.x + dx, y=box.y + dy)


def pipe_boxes(pipes: Iterable[Pipe]) -> list[Box]:
    """The straight pieces of pipes as thin rectangles."""
    found = []
    for pipe in pipes:
        for (ax, ay), (bx, by) in itertools.pairwise(pipe.track.tolist()):
            half = (abs(ax - bx) / 2 + 5, abs(ay - by) / 2 + 5)
            found.append(Box("", "valve", (ax + bx) / 2, (ay + by) / 2, *half))
    return found
