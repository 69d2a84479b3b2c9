"""A picture of ``plots`` as SVG: no browser, so that it can be printed, projected and mailed.

``plots.picture`` says where everything stands; here it is only drawn. What Plotly works out by
itself, the marks of the upright axis and how a number is written beside it, is worked out here.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from cpdynamics.diagrams.lettering import width as wide
from cpdynamics.diagrams.svg import FONTS, tag, words
from cpdynamics.plots.numbers import MINUS

_TEXT = "#222222"
_LINE = 1.25  # of a line of text, in heights of its letters
_DASHES = {
    "solid": (),
    "dash": (3, 3),
    "dot": (1, 1.5),
    "longdash": (5, 2.5),
    "dashdot": (3, 1.5, 1, 1.5),
    "longdashdot": (5, 2, 1, 2),
}
"""Strokes and gaps in widths of the line."""

_THOUSANDS = ((1e9, "G"), (1e6, "M"), (1e3, "k"))


def still(picture: Mapping[str, Any], *, width: int, left: float = 0.0, top: float = 0.0) -> str:
    """The picture as a group of SVG elements, to stand in a drawing of the same pixels.

    Args:
        picture: what ``plots.picture`` gave; without bands.
        width: for which it was asked, in pixels.
        left: how far from the left its corner stands.
        top: how far from the top.
    """
    layout = picture["layout"]
    size = float(width), float(layout["height"])
    parts = []
    panels = {}
    for key in [name.removeprefix("xaxis") for name in layout if name.startswith("xaxis")]:
        panels[key] = _Panel(layout[f"xaxis{key}"], layout[f"yaxis{key}"], size)
        parts.append(panels[key].axes(float(layout["font"]["size"])))
    for trace in picture["data"]:
        if "fill" not in trace:
            parts.append(panels[trace["xaxis"].removeprefix("x")].line(trace))
    parts += [_annotation(one, panels, size) for one in layout["annotations"]]
    return tag("g", *parts, transform=f"translate({left:g},{top:g})")


def drawing(inside: str, *, width: int, height: int, said: str) -> str:
    """A whole SVG.

    Args:
        inside: elements.
        width: in pixels.
        height: in pixels.
        said: what it shows, for those who cannot see it.
    """
    ground = tag("rect", width=width, height=height, fill="#ffffff")
    return tag(
        "svg",
        ground,
        inside,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
        role="img",
        aria_label=said,
        font_family=FONTS,
        font_size=16,
        fill=_TEXT,
    )


def text(
    lines: list[str],
    x: float,
    y: float,
    *,
    size: float = 16,
    fill: str = _TEXT,
    anchor: str = "start",
    bold: bool = False,
    turn: bool = False,
) -> str:
    """Lines of text, the first with its foot at the place.

    Args:
        lines: as they are; they are escaped here.
        x: where they begin, end or have their middle, as ``anchor`` says.
        y: where the letters of the first line stand.
        size: of the letters, in pixels.
        fill: their colour.
        anchor: as in SVG.
        bold: whether they are.
        turn: from below to above.
    """
    rows = [
        tag("tspan", words(line), x=_short(x), dy=None if place == 0 else _short(_LINE * size))
        for place, line in enumerate(lines)
    ]
    return tag(
        "text",
        *rows,
        x=_short(x),
        y=_short(y),
        font_size=_short(size),
        fill=fill,
        text_anchor=anchor,
        font_weight="bold" if bold else None,
        transform=f"rotate(-90 {_short(x)} {_short(y)})" if turn else None,
    )


class _Panel:
    """A pair of axes: where a value stands, and what is drawn of it."""

    def __init__(
        self, x: Mapping[str, Any], y: Mapping[str, Any], size: tuple[float, float]
    ) -> None:
        self.x, self.y = x, y
        self.left, self.right = (share * size[0] for share in x["domain"])
        self.bottom, self.top = ((1 - share) * size[1] for share in y["domain"])

    def across(self, value: Any) -> Any:
        low, high = self.x["range"]
        return self.left + (value - low) / ((high - low) or 1) * (self.right - self.left)

    def upright(self, value: Any) -> Any:
        low, high = self.y["range"]
        return self.bottom + (value - low) / ((high - low) or 1) * (self.top - self.bottom)

    def axes(self, size: float) -> str:
        parts = []
        grey, foot = self.y["linecolor"], self.bottom + 6
        values = ticks(*self.y["range"], most=self.y["nticks"])
        labels = [number(value, thousands="s" in self.y["tickformat"]) for value in values]
        for value, label in zip(values, labels, strict=True):
            y = float(self.upright(value))
            parts.append(_stroke(self.left, y, self.right, y, self.y["gridcolor"]))
            parts.append(text([label], self.left - 5, y + 0.35 * size, size=size, anchor="end"))
        parts.append(_stroke(self.left, self.top, self.left, self.bottom, grey))
        parts.append(_stroke(self.left, self.bottom, self.right, self.bottom, grey))
        low, high = self.x["range"]
        step = float(self.x["dtick"])
        for place in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1):
            x = float(self.across(place * step))
            parts.append(_stroke(x, self.bottom, x, foot, grey))
            label = number(place * step)
            parts.append(text([label], x, foot + 1.05 * size, size=size, anchor="middle"))
        beside = max((wide(label, size=size) for label in labels), default=0.0)
        parts.append(self._titles(size, beside))
        return "".join(parts)

    def _titles(self, size: float, beside: float) -> str:
        units = _lines(self.y["title"]["text"])
        x = self.left - 5 - beside - 8 - (len(units) - 1) * _LINE * size
        y = (self.top + self.bottom) / 2
        parts = [
            text([one], x + place * _LINE * size, y, size=size, anchor="middle", turn=True)
            for place, one in enumerate(units)
            if one
        ]
        if said := self.x["title"]["text"]:
            middle = (self.left + self.right) / 2
            foot = self.bottom + 6 + 1.05 * size + 1.3 * size
            parts.append(text(_lines(said), middle, foot, size=size, anchor="middle"))
        return "".join(parts)

    def line(self, trace: Mapping[str, Any]) -> str:
        x, y = (np.asarray(trace[key], dtype=float) for key in ("x", "y"))
        # Far beyond the panel a drawing program may reckon wrongly; it is cut off anyway.
        tall = self.bottom - self.top
        places = np.clip(self.upright(y), self.top - tall, self.bottom + tall)
        path, pen = [], "M"
        for across, up in zip(self.across(x), places, strict=True):
            if not math.isfinite(up):
                pen = "M"
                continue
            path.append(f"{pen}{_short(across - self.left)} {_short(up - self.top)}")
            pen = "L"
        look = trace["line"]
        dashes = " ".join(_short(part * look["width"]) for part in _DASHES[look["dash"]])
        drawn = tag(
            "path",
            d="".join(path),
            fill="none",
            stroke=look["color"],
            stroke_width=_short(look["width"]),
            stroke_dasharray=dashes or None,
            stroke_linejoin="round",
        )
        # A line along the foot keeps its whole width, which a cut at the axis would halve.
        width, spare = self.right - self.left, look["width"]
        room = {"x": self.left, "y": self.top - spare, "width": width, "height": tall + 2 * spare}
        window = f"0 {_short(-spare)} {_short(width)} {_short(tall + 2 * spare)}"
        return tag(
            "svg", drawn, viewBox=window, **{key: _short(value) for key, value in room.items()}
        )


def ticks(low: float, high: float, *, most: int) -> list[float]:
    """Round values between two ends, at most so many or one more; none where the ends meet.

    Args:
        low: the lower end.
        high: the upper end.
        most: how many steps may fit between them.
    """
    if not high > low:
        return []
    rough = (high - low) / most
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(unit * mark for mark in (1, 2, 5, 10) if unit * mark >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [place * step for place in range(first, last + 1)]


def number(value: float, *, thousands: bool = False) -> str:
    """A number as it stands beside an axis: 1,000 and 0.05, or 10k and 2.5M.

    Args:
        value: round.
        thousands: whether thousands and millions are written as letters.
    """
    size, mark = 1.0, ""
    if thousands:
        size, mark = next((one for one in _THOUSANDS if abs(value) >= one[0]), (1.0, ""))
    shown = f"{abs(value) / size:,.6g}"
    if "e" in shown:
        shown = f"{abs(value) / size:,.0f}" if abs(value) >= 1 else shown
    return f"{MINUS if value < 0 and shown != '0' else ''}{shown}{mark}"


def _annotation(
    one: Mapping[str, Any], panels: Mapping[str, _Panel], size: tuple[float, float]
) -> str:
    font = one["font"]
    letters, lines = float(font["size"]), _lines(one["text"])
    if one["xref"] == "paper":
        x, y = one["x"] * size[0], (1 - one["y"]) * size[1]
    else:
        panel = panels[one["xref"].removeprefix("x")]
        x, y = float(panel.across(one["x"])), float(panel.upright(one["y"]))
    x, y = x + one.get("xshift", 0), y - one.get("yshift", 0)
    tall = len(lines) * _LINE * letters
    y += {"bottom": -tall, "middle": -tall / 2, "top": 0.0}[one["yanchor"]]
    anchor = {"left": "start", "center": "middle", "right": "end"}[one["xanchor"]]
    colour = font.get("color", _TEXT)
    return text(lines, x, y + 0.98 * letters, size=letters, fill=colour, anchor=anchor)


def _lines(marked: str) -> list[str]:
    return [html.unescape(line) for line in re.split(r"<br\s*/?>", marked)]


def _stroke(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    ends = {"x1": x1, "y1": y1, "x2": x2, "y2": y2}
    return tag("line", stroke=colour, **{key: _short(value) for key, value in ends.items()})


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
