"""The sketch views of a .mdl file: what is drawn where, and variables turned into shadows.

Vensim describes the lines in "Sketch Information" and "Objects" of its help (appendix, files,
.mdl model files): https://www.vensim.com/documentation/ref_sketch_format.html
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TypeAlias

from cpdynamics.mdl.names import canonical, unquoted

MARK = r"\\\---///"
"""How each view begins, and with it the sketch."""

_PIPE = 20  # an arrow thicker than this is a pipe, drawn as two lines
_ARROWS_IN, _TEXT_FOLLOWS = 1, 4  # bits of a word
_BOX, _CLOCKWISE, _ANTICLOCKWISE, _PLAIN = 3, 4, 5, 8  # shapes of a word
_ON_VALVE = 32  # a bit of the shape


@dataclass(frozen=True)
class Variable:
    """A variable's name on the sketch.

    Attributes:
        id: the number by which arrows name it.
        name: without quotes.
        x: of its middle, to the right, in pixels.
        y: of its middle, downward, in pixels.
        width: half of it, in pixels.
        height: half of it, in pixels.
        box: drawn in a box, as stocks are.
        on_valve: the label of the valve before it, as flows are.
        shadow: drawn elsewhere, here in <angle brackets>; no arrow may come in.
        hidden: the level at which it is hidden, or 0.
    """

    id: int
    name: str
    x: int
    y: int
    width: int
    height: int
    box: bool
    on_valve: bool
    shadow: bool
    hidden: int


@dataclass(frozen=True)
class Valve:
    """The valve of a flow; the variable after it is its label."""

    id: int
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Cloud:
    """A source or sink outside the model's boundary."""

    id: int
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Comment:
    """Words on the sketch that are no variable: titles, and loop labels such as R1.

    Attributes:
        turn: 1 within a clockwise arrow, -1 within an anticlockwise one, else 0.
    """

    id: int
    text: str
    x: int
    y: int
    width: int
    height: int
    turn: int


@dataclass(frozen=True)
class Arrow:
    """A causal link, or a pipe between a valve and a stock or cloud.

    Attributes:
        source: the id of the object at its start.
        target: the id of the object at its head.
        polarity: ``+``, ``-`` or what else stands by the head; empty for nothing.
        pipe: a flow's pipe; it starts at the valve.
        points: (x, y) of the places it runs through.
        hidden: the level at which it is hidden, or 0.
    """

    id: int
    source: int
    target: int
    polarity: str
    pipe: bool
    points: tuple[tuple[int, int], ...]
    hidden: int


Drawn: TypeAlias = Variable | Valve | Cloud | Comment | Arrow


@dataclass(frozen=True)
class View:
    """One page of the sketch.

    Attributes:
        name: its title.
        lines: its source with line ends; joined, the same text.
    """

    name: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The view as it stands in the file."""
        return "".join(self.lines)

    @cached_property
    def objects(self) -> tuple[Drawn, ...]:
        """What is drawn, in the order of the file; a line of no known kind gives nothing."""
        return tuple(drawn for _, drawn in _drawn(self.lines))

    def variables(self, *, shadows: bool = False) -> tuple[Variable, ...]:
        """The variables drawn here.

        Args:
            shadows: those that are shadows, instead of those that are not.
        """
        return tuple(
            drawn
            for drawn in self.objects
            if isinstance(drawn, Variable) and drawn.shadow == shadows
        )


def read_views(sketch: str) -> tuple[View, ...]:
    """The views in the sketch part of a .mdl file.

    Args:
        sketch: from the first ``\\\\\\---///`` to the settings.
    """
    lines = _LINE.findall(sketch)
    starts = [number for number, line in enumerate(lines) if line.startswith(MARK)]
    return tuple(_view(lines[start:end]) for start, end in pairwise([*starts, len(lines)]))


def as_shadow(view: View, names: Collection[str]) -> View:
    """The view with some variables drawn as shadows of what is computed elsewhere.

    Arrows into them go, since Vensim lets none come into a shadow; pipes stay.

    Args:
        view: where they are drawn.
        names: the variables, written in any way.
    """
    wanted = {canonical(name) for name in names}
    drawn = dict(_drawn(view.lines))
    turned: set[int] = set()
    closed: set[int] = set()
    valve = 0
    for number, thing in drawn.items():
        if isinstance(thing, Variable) and not thing.shadow and canonical(thing.name) in wanted:
            turned.add(number)
            closed |= {thing.id, valve} if thing.on_valve else {thing.id}
        valve = thing.id if isinstance(thing, Valve) else 0
    cut = {
        number
        for number, thing in drawn.items()
        if isinstance(thing, Arrow) and thing.target in closed and not thing.pipe
    }
    return View(
        view.name,
        tuple(
            _shadow_line(line) if number in turned else line
            for number, line in enumerate(view.lines)
            if number not in cut
        ),
    )


def retitled(view: View, name: str) -> View:
    """The view under another title.

    Args:
        view: what to rename.
        name: the new title.
    """
    number = _title(view.lines)
    old = view.lines[number]
    line = f"*{name}{old[len(old.rstrip(_ENDS)) :]}"
    return View(name, (*view.lines[:number], line, *view.lines[number + 1 :]))


_ENDS = "\r\n"
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
_WORD = re.compile(r'(1[012]),(\d+),("(?:\\"|[^"\r\n])*+"|[^,\r\n]*),([^\r\n]*)')
_ARROW = re.compile(r"1,([^\r\n]*)")
_COLOUR_OR_FONT = re.compile(r"-?\d+--?\d+--?\d+|[^|]*\|.*|")
_POINT = re.compile(r"\((-?\d+),(-?\d+)\)\|")


def _view(lines: Sequence[str]) -> View:
    number = _title(lines)
    return View(lines[number].rstrip(_ENDS)[1:] if number else "", tuple(lines))


def _title(lines: Sequence[str]) -> int:
    return next((number for number, line in enumerate(lines) if line.startswith("*")), 0)


def _drawn(lines: Sequence[str]) -> Iterator[tuple[int, Drawn]]:
    """What is drawn, each with the number of its line."""
    text_follows = False
    for number, line in enumerate(lines):
        if text_follows:
            text_follows = False
            continue
        try:
            if word := _WORD.match(line):
                rest = [int(field) for field in word[4].split(",")[:7]]
                text_follows = word[1] == "12" and bool(rest[5] & _TEXT_FOLLOWS)
                below = lines[number + 1] if text_follows and number + 1 < len(lines) else ""
                if thing := _word(word[1], int(word[2]), word[3], rest, below.rstrip(_ENDS)):
                    yield number, thing
            elif arrow := _ARROW.match(line):
                yield number, _arrow(arrow[1].split(","), _POINT.findall(line))
        except (ValueError, IndexError, OverflowError):
            continue  # a line that only Vensim understands: its text is kept all the same


def _word(kind: str, ident: int, name: str, rest: Sequence[int], below: str) -> Drawn | None:
    x, y, width, height, shape, bits, hidden = rest
    if kind == "10":
        return Variable(
            ident,
            unquoted(name),
            x,
            y,
            width,
            height,
            box=shape & ~_ON_VALVE == _BOX,
            on_valve=bool(shape & _ON_VALVE),
            shadow=not bits & _ARROWS_IN,
            hidden=hidden,
        )
    if kind == "11":
        return Valve(ident, x, y, width, height)
    if bits & _TEXT_FOLLOWS:
        turn = {_CLOCKWISE: 1, _ANTICLOCKWISE: -1}.get(shape, 0)
        return Comment(ident, below, x, y, width, height, turn)
    return Cloud(ident, x, y, width, height) if name == "48" else None


def _arrow(fields: Sequence[str], points: Sequence[tuple[str, str]]) -> Arrow:
    ident, source, target, _, hidden, polarity, thickness = (int(field) for field in fields[:7])
    return Arrow(
        ident,
        source,
        target,
        chr(polarity) if polarity else "",
        thickness > _PIPE,
        tuple((int(x), int(y)) for x, y in points),
        hidden,
    )


def _shadow_line(line: str) -> str:
    """A variable's line as Vensim writes it for a shadow: grey, no box, no arrow in."""
    found = _WORD.match(line)
    if not found:
        return line
    end = line[len(line.rstrip(_ENDS)) :]
    fields = found[4].split(",")
    fields += ["0"] * (12 - len(fields))
    placed, shape, bits, hidden = fields[:4], int(fields[4]), int(fields[5]), fields[6]
    links, rest = fields[10:12], fields[12:]
    while rest and _COLOUR_OR_FONT.fullmatch(rest[0]):
        rest = rest[1:]
    word = [*placed, str(shape & _ON_VALVE | _PLAIN), str(bits & ~_ARROWS_IN), hidden]
    grey = ["3", "-1", "0", *links, "128-128-128", "0-0-0", "|12||128-128-128"]
    return line[: found.start(4)] + ",".join([*word, *grey, *rest]) + end
