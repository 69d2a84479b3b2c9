"""Vensim's sketch lines: written from a drawing, and read back as what they draw.

The fields follow Vensim's manual (Appendix, Files, .mdl Model Files, Objects): 10 variable,
11 valve, 12 comment or cloud, 1 arrow; half widths and heights; 43 "+" and 45 "-".
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field

from cpdynamics.diagrams.lettering import width
from sketching.drawing import Drawing
from sketching.plan import Box, Point, Tube

FIRST = "\\\\\\---/// Sketch information - do not modify anything except names"
SECOND = "V300  Do not put anything below this section - it will be ignored"
FONT = "$192-192-192,0,Arial|12||0-0-0|0-0-0|0-0-255|-1--1--1|-1--1--1|96,96,100,0"
LAST = "///---\\\\\\"
SHADOW = "0,3,-1,0,0,0,128-128-128,0-0-0,|12||128-128-128"
SIGN = {1: 43, -1: 45, 0: 0}


def write(drawings: list[Drawing]) -> str:
    """The sketch section of a model, its last line included."""
    out = []
    for drawing in drawings:
        out += [FIRST, SECOND, f"*{drawing.name}", FONT, *_Lines(drawing).lines]
    return "\n".join([*out, LAST, ""])


class _Lines:
    """Hands out ids in the order of writing and remembers which box has which."""

    def __init__(self, drawing: Drawing) -> None:
        self.lines: list[str] = []
        self.ids: dict[Box, int] = {}
        self.valves: dict[str, int] = {}
        self.count = 0
        for box in drawing.boxes.values():
            if box.kind != "flow":
                shape = 3 if box.kind == "stock" else 8
                self._variable(box, f"{shape},3,0,0,0,0,0,0")
        for pipe in drawing.tubes.values():
            for stock in pipe.stocks:
                if stock is not None and stock not in self.ids:
                    self._variable(stock, f"8,2,{SHADOW}")
            self._pipe(pipe, drawing)
        for copies in drawing.shadows.values():
            for box in copies:
                if box not in self.ids:
                    self._variable(box, f"8,2,{SHADOW}")
        for link in drawing.links:
            start, end = self._end(link.source), self._end(link.target)
            first = 1 if link.initial else 0
            x, y = link.through
            tail = f"64,{first},-1--1--1,,1|({x:.0f},{y:.0f})|"
            self._add(f"1,{{id}},{start},{end},1,0,{SIGN[link.polarity]},0,0,{tail}")
        for loop in drawing.loops:
            x, y = loop.at
            shape = 4 if loop.clockwise else 5
            self._add(f"12,{{id}},0,{x:.0f},{y:.0f},20,18,{shape},4,0,0,-1,0,0,0\n{loop.mark}")
            w = width(loop.name) / 2 + 3
            style = "8,4,0,8,-1,0,0,0,0-0-0,0-0-0,|12|I|0-0-0"
            self._add(f"12,{{id}},0,{x:.0f},{y + 29:.0f},{w:.0f},10,{style}\n{loop.name}")

    def _add(self, line: str) -> int:
        self.count += 1
        self.lines.append(line.replace("{id}", str(self.count), 1))
        return self.count

    def _variable(self, box: Box, tail: str) -> None:
        self.ids[box] = self._add(
            f"10,{{id}},{quoted(box.key)},{box.x:.0f},{box.y:.0f},{box.w:.0f},{box.h:.0f},{tail}"
        )

    def _pipe(self, pipe: Tube, drawing: Drawing) -> None:
        ends = []
        for stock, cloud in zip(pipe.stocks, pipe.clouds, strict=True):
            if stock is not None:
                ends.append(self.ids[stock])
            elif cloud is not None:
                at = f"{cloud[0]:.0f},{cloud[1]:.0f}"
                ends.append(self._add(f"12,{{id}},48,{at},10,8,0,3,0,0,-1,0,0,0"))
        valve = self.count + 3
        for end, corner, head in ((ends[1], pipe.corners[1], 4), (ends[0], pipe.corners[0], 100)):
            at = f"({corner[0]:.0f},{corner[1]:.0f})"
            self._add(f"1,{{id}},{valve},{end},{head},0,0,22,0,0,0,-1--1--1,,1|{at}|")
        again = pipe.flow not in drawing.boxes
        label = drawing.shadows[pipe.flow][-1] if again else drawing.boxes[pipe.flow]
        x, y = pipe.valve
        side = _side(pipe, label)
        body = f"8,6,33,3,0,0,{side},0,0,0" if pipe.upright else f"6,8,34,3,0,0,{side},0,0,0"
        self.valves[pipe.flow] = self._add(f"11,{{id}},0,{x:.0f},{y:.0f},{body}")
        self._variable(label, f"40,2,{SHADOW}" if again else "40,3,0,0,-1,0,0,0")

    def _end(self, box: Box) -> int:
        return self.valves[box.key] if box.kind == "valve" else self.ids[box]


def _side(pipe: Tube, label: Box) -> int:
    """Vensim's code for where a name stands beside its valve."""
    dx, dy = label.x - pipe.valve[0], label.y - pipe.valve[1]
    if abs(dx) > abs(dy):
        return 4 if dx > 0 else 2
    return 1 if dy > 0 else 3


def quoted(name: str) -> str:
    """A name as the sketch wants it: in quotes if it is more than letters, digits and spaces."""
    plain = re.fullmatch(r"[^\W\d][\w\s'$]*", name)
    return name if plain else f'"{name}"'


@dataclass(frozen=True)
class Thing:
    """One object of a view that has a place."""

    type: int  # 10 variable, 11 valve, 12 cloud or comment
    name: str
    box: Box
    shape: int
    shadow: bool = False


@dataclass(frozen=True)
class Arrow:
    """A link, or one half of a pipe."""

    source: int
    target: int
    polarity: str
    pipe: bool
    headed: bool
    initial: bool
    through: Point


@dataclass
class Page:
    """A view as read back from the file."""

    name: str
    things: dict[int, Thing] = field(default_factory=dict)
    arrows: list[Arrow] = field(default_factory=list)


def read(text: str) -> list[Page]:
    """The views in the text of a model."""
    pages: list[Page] = []
    lines = iter(text.partition("\\\\\\---///")[2].splitlines())
    for line in lines:
        if line.startswith("*"):
            pages.append(Page(line[1:]))
        elif line.startswith("///---"):
            break
        if not pages or not re.match(r"1[012]?,\d+,", line):
            continue
        cells = next(csv.reader([line]))
        if cells[0] == "1":
            pages[-1].arrows.append(_arrow(line, cells))
            continue
        code, ident, x, y, w, h, shape, bits = (int(cells[i]) for i in (0, 1, 3, 4, 5, 6, 7, 8))
        name = cells[2]
        if code == 12:
            name = next(lines) if bits & 4 else "cloud"
        kind = _kind(code, shape, bits)
        box = Box(name, kind, x, y, w, h)
        shadow = code == 10 and not bits & 1
        pages[-1].things[ident] = Thing(code, name, box, shape, shadow)
    return pages


def _arrow(line: str, cells: list[str]) -> Arrow:
    point = re.search(r"\((-?\d+),(-?\d+)\)", line)
    at = (float(point[1]), float(point[2])) if point else (0.0, 0.0)
    sign = {43: "+", 45: "\N{MINUS SIGN}"}.get(int(cells[6]), "")
    return Arrow(
        source=int(cells[2]),
        target=int(cells[3]),
        polarity=sign,
        pipe=int(cells[7]) > 20,
        headed=int(cells[4]) != 100,
        initial=cells[10] == "1",
        through=at,
    )


def _kind(code: int, shape: int, bits: int) -> str:
    if code == 11:
        return "valve"
    if code == 12:
        if not bits & 4:
            return "cloud"
        return "loop" if shape in (4, 5) else "comment"
    if not bits & 1:
        return "shadow"
    return "stock" if shape == 3 else "flow" if shape & 32 else "auxiliary"
