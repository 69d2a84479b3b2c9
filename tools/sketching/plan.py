"""Where things stand: the hand-made layout beside a sector, and what follows from it.

A layout is TOML. Each ``[[view]]`` has a name and, by variable name,

- ``at``: the centre of a stock or an auxiliary; a stock may add its half width and half height;
- ``flow``: ``at`` of the valve, side of the ``label``, clouds (``source``, ``sink``), where a pipe
  with a corner ``leaves`` or ``enters`` a stock, ``upright`` if it leaves the valve up and down,
  ``again`` if another view has it in full and this one only shows where it goes;
- ``shadow``: one place, or several; a pipe whose stock stands elsewhere ends at its shadow here;
- ``page``: the width and height within which --settle finds places;
- ``bend``: "a -> b" = bulge, a fraction of the chord, positive to the left of the arrow's way.

``[[view.loop]]`` has mark, name, at and clockwise.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cpdynamics.diagrams.lettering import LINE, width, wrap
from sketching.causes import Causes

Point = tuple[float, float]
PAGE = (1264.0, 704.0)  # what a screen of 1280 by 720 shows with letters of 16 pixels
SIDES = ("below", "above", "right", "left")


@dataclass(frozen=True)
class Flow:
    """Hand-made places for one pipe; what is None follows from its ends."""

    at: Point | None = None
    label: str = ""
    source: Point | None = None
    sink: Point | None = None
    leaves: Point | None = None
    enters: Point | None = None
    upright: bool = False
    again: bool = False


@dataclass(frozen=True)
class Loop:
    """A loop mark with its name under it."""

    mark: str
    name: str
    at: Point
    clockwise: bool


@dataclass
class View:
    """One view as the layout asks for it."""

    name: str
    at: dict[str, Point] = field(default_factory=dict)
    size: dict[str, Point] = field(default_factory=dict)
    flow: dict[str, Flow] = field(default_factory=dict)
    shadow: dict[str, list[Point]] = field(default_factory=dict)
    bend: dict[tuple[str, str], float] = field(default_factory=dict)
    loops: list[Loop] = field(default_factory=list)
    members: list[str] = field(default_factory=list)
    page: Point = PAGE


@dataclass(frozen=True)
class Box:
    """A thing with a name and a rectangle: centre and half sizes, in pixels."""

    key: str
    kind: str  # stock, auxiliary, flow, shadow
    x: float
    y: float
    w: float
    h: float

    def holds(self, x: float, y: float, *, margin: float = 0.0) -> bool:
        """Whether a point lies inside, the margin included."""
        return abs(x - self.x) <= self.w + margin and abs(y - self.y) <= self.h + margin


@dataclass(frozen=True)
class Tube:
    """A pipe in place: its stocks or clouds, its valve and the corner on either side of that."""

    flow: str
    stocks: tuple[Box | None, Box | None]
    valve: Point
    clouds: tuple[Point | None, Point | None]
    ends: tuple[Point, Point]
    corners: tuple[Point, Point]
    upright: bool


class BadLayoutError(ValueError):
    """A layout file that does not fit its model."""


def read(path: Path, causes: Causes) -> list[View]:
    """The views of a layout file; raises BadLayoutError for a name that the model lacks."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))

    def name(written: str) -> str:
        if written.strip().casefold() == "time":
            return "Time"
        try:
            return causes.name(written)
        except KeyError:
            raise BadLayoutError(f'{path.name}: the model has no variable "{written}".') from None

    views = []
    for table in data.get("view", []):
        view = View(table["name"], page=_point(table.get("page", PAGE)))
        view.at = {name(key): _point(value[:2]) for key, value in table.get("at", {}).items()}
        sizes = {key: value for key, value in table.get("at", {}).items() if len(value) == 4}
        view.size = {name(key): _point(value[2:]) for key, value in sizes.items()}
        for key, places in table.get("flow", {}).items():
            words = ("label", "upright", "again")
            made = {k: v if k in words else _point(v) for k, v in places.items()}
            view.flow[name(key)] = Flow(**made)
        for key, value in table.get("shadow", {}).items():
            several = value if isinstance(value[0], list) else [value]
            view.shadow[name(key)] = [_point(one) for one in several]
        for key, bulge in table.get("bend", {}).items():
            source, _, target = key.partition("->")
            view.bend[name(source), name(target)] = float(bulge)
        view.loops = [Loop(**{**loop, "at": _point(loop["at"])}) for loop in table.get("loop", [])]
        view.members = [name(member) for member in table.get("members", [])]
        views.append(view)
    for kind in ("at", "flow"):
        seen: dict[str, str] = {}
        for view in views:
            for key, place in getattr(view, kind).items():
                if isinstance(place, Flow) and place.again:
                    continue
                if key in seen:
                    raise BadLayoutError(f'"{key}" stands in "{seen[key]}" and in "{view.name}".')
                seen[key] = view.name
    return views


def write(path: Path, views: list[View]) -> None:
    """A layout file with every place spelled out, ready to be edited by hand."""

    def pair(point: Point) -> str:
        return f"[{point[0]:.0f}, {point[1]:.0f}]"

    out = []
    for view in views:
        out += ["[[view]]", f'name = "{view.name}"']
        out += [f"page = {pair(view.page)}"] if view.page != PAGE else []
        out += ["", "[view.at]"]
        for key, point in view.at.items():
            whole = (*point, *view.size.get(key, ()))
            out.append(f'"{key}" = [{", ".join(f"{number:.0f}" for number in whole)}]')
        if view.flow:
            out += ["", "[view.flow]"]
        for key, flow in view.flow.items():
            parts = [f"at = {pair(flow.at)}"] if flow.at else []
            parts += [f'label = "{flow.label}"'] if flow.label else []
            parts += [f"source = {pair(flow.source)}"] if flow.source else []
            parts += [f"sink = {pair(flow.sink)}"] if flow.sink else []
            parts += [f"leaves = {pair(flow.leaves)}"] if flow.leaves else []
            parts += [f"enters = {pair(flow.enters)}"] if flow.enters else []
            parts += ["upright = true"] if flow.upright else []
            parts += ["again = true"] if flow.again else []
            out.append(f'"{key}" = {{ {", ".join(parts)} }}' if parts else f'"{key}" = {{}}')
        if view.shadow:
            out += ["", "[view.shadow]"]
        for key, places in view.shadow.items():
            out.append(f'"{key}" = [{", ".join(pair(place) for place in places)}]')
        if view.bend:
            out += ["", "[view.bend]"]
        out += [f'"{a} -> {b}" = {bulge:g}' for (a, b), bulge in view.bend.items()]
        for loop in view.loops:
            way = "true" if loop.clockwise else "false"
            out += ["", "[[view.loop]]", f'mark = "{loop.mark}"', f'name = "{loop.name}"']
            out += [f"at = {pair(loop.at)}", f"clockwise = {way}"]
        out.append("")
    path.write_text("\n".join(out).rstrip("\n") + "\n", encoding="utf-8")


def label_size(name: str, kind: str) -> tuple[float, float]:
    """Half the width and half the height that a name needs on the page."""
    text = f"<{name}>" if kind == "shadow" else name
    lines = wrap(text, within=118 if kind == "stock" else 132)
    half = max(map(width, lines)) / 2
    if kind == "stock":
        return max(45.0, half + 9), max(24.0, len(lines) * LINE / 2 + 7)
    return half + 3, len(lines) * LINE / 2 + 1


def box(name: str, kind: str, at: Point, *, size: Point | None = None) -> Box:
    """The rectangle of a stock, an auxiliary or a shadow variable around its centre."""
    w, h = size or label_size(name, kind)
    return Box(name, kind, at[0], at[1], round(w), round(h))


def tube(flow: str, source: Box | None, sink: Box | None, place: Flow) -> Tube:
    """The pipe between two stocks, or a stock and a cloud, with its valve."""
    start, end, clouds = _ends(source, sink, place)
    valve = place.at or _middle(source, sink, start, end)
    first, first_corner, first_up = _arm(valve, source, place.leaves or start, place.upright)
    last, last_corner, last_up = _arm(valve, sink, place.enters or end, place.upright)
    upright = first_up and last_up
    corners = (first_corner, last_corner)
    return Tube(flow, (source, sink), valve, clouds, (first, last), corners, upright)


def flow_label(tube_: Tube, side: str, *, kind: str = "flow") -> Box:
    """The name of a flow beside its valve: below a level pipe, to the right of an upright one."""
    w, h = label_size(tube_.flow, kind)
    side = side or ("right" if tube_.upright else "below")
    if side not in SIDES:
        raise BadLayoutError(f'the label of "{tube_.flow}" is "{side}"; choose from {SIDES}.')
    x, y = tube_.valve
    dx = {"right": w + 12, "left": -w - 12}.get(side, 0)
    dy = {"below": h + 11, "above": -h - 11}.get(side, 0)
    return Box(tube_.flow, kind, round(x + dx), round(y + dy), round(w), round(h))


def _ends(
    source: Box | None, sink: Box | None, place: Flow
) -> tuple[Point, Point, tuple[Point | None, Point | None]]:
    """The centres of both ends; a cloud without a place stands level with its stock."""
    if source is not None and sink is not None:
        return (source.x, source.y), (sink.x, sink.y), (None, None)
    if source is None and sink is not None:
        cloud = place.source or _beyond(sink, place.at, -1)
        return cloud, (sink.x, sink.y), (cloud, None)
    if source is not None:
        cloud = place.sink or _beyond(source, place.at, 1)
        return (source.x, source.y), cloud, (None, cloud)
    raise BadLayoutError("a flow needs a stock at one of its ends in the view that shows it.")


def _beyond(stock: Box, valve: Point | None, way: int) -> Point:
    if valve is None:
        return stock.x + way * (stock.w + 150), stock.y
    dx, dy = valve[0] - stock.x, valve[1] - stock.y
    if abs(dx) - stock.w >= abs(dy) - stock.h:
        return valve[0] + (70 if dx > 0 else -70), valve[1]
    return valve[0], valve[1] + (55 if dy > 0 else -55)


def _middle(source: Box | None, sink: Box | None, start: Point, end: Point) -> Point:
    """Halfway along the open part of a straight pipe."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    if abs(dx) >= abs(dy):
        way = 1 if dx > 0 else -1
        left = start[0] + way * (source.w if source else 10)
        right = end[0] - way * (sink.w if sink else 10)
        return round((left + right) / 2), start[1] if source else end[1]
    way = 1 if dy > 0 else -1
    top = start[1] + way * (source.h if source else 8)
    bottom = end[1] - way * (sink.h if sink else 8)
    return start[0] if source else end[0], round((top + bottom) / 2)


def _arm(valve: Point, stock: Box | None, hook: Point, upright: bool) -> tuple[Point, Point, bool]:
    """From the valve to one end: where it stops, its corner, and whether it leaves upright."""
    end = stock or Box("", "cloud", *hook, 10, 8)
    dx, dy = end.x - valve[0], end.y - valve[1]
    side, edge = end.x - (end.w if dx > 0 else -end.w), end.y - (end.h if dy > 0 else -end.h)
    if abs(dy) < end.h:  # level all the way
        return (side, valve[1]), ((valve[0] + side) / 2, valve[1]), False
    if abs(dx) < end.w:
        return (valve[0], edge), (valve[0], (valve[1] + edge) / 2), True
    if upright:
        return (side, hook[1]), (valve[0], hook[1]), True
    return (hook[0], edge), (hook[0], valve[1]), False


def _point(value: Sequence[float]) -> Point:
    if len(value) != 2:
        raise BadLayoutError(f"a place is [x, y], not {value}.")
    return float(value[0]), float(value[1])
