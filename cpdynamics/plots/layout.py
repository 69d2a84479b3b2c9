"""Where everything of a picture stands: panels, axes, and labels that never overlap.

Lines carry their names at their ends instead of a legend, so that nobody matches colours across a
picture.
"""

from __future__ import annotations

import html
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cpdynamics.errors import BadValue
from cpdynamics.plots.axes import PURE, Times
from cpdynamics.plots.colours import ink
from cpdynamics.plots.traces import Panel, described, ends, goes_on, traces

_TEXT = "#222222"
_FAMILY = "Arial, 'Liberation Sans', Helvetica, sans-serif"
WIDTH = 900  # pixels that a notebook gives a picture, for which room is set apart
_NARROW = 560  # pixels below which panels stand one under the other
_LOWEST = 150  # pixels of a row of panels, of which headings and ticks take two thirds
THINNEST = 200  # pixels, of which the upright axis takes less than half
_EDGE = 10  # pixels left of every heading
_FONT, _TITLE, _PANEL_TITLE = 16, 24, 20
_HEADING, _NOTE = 52, 28  # pixels kept for the title of the whole, and for a line below it
_LETTER = 0.5 * _FONT  # an average letter of Arial, in pixels
_LINE = 1.25 * _FONT  # a line of text, in pixels
_GOES_ON = "band goes on"
_WRAP = 18  # letters a label may have before it breaks
_AXIS = {"zeroline": False, "showline": True, "linecolor": "#8a8a8a", "tickcolor": "#8a8a8a"}


def spread(wanted: Sequence[float], sizes: Sequence[float], low: float, high: float) -> list[float]:
    """Where to put labels on a line so that none overlaps: as near as can be to where each belongs.

    Neighbours that touch become a block around the mean of their wishes (pool adjacent violators);
    blocks keep within the ends as long as everything fits.

    Args:
        wanted: the middle that each label would like, in pixels.
        sizes: the height of each label, in pixels.
        low: the lowest pixel that a label may cover.
        high: the highest.
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    blocks: list[tuple[float, float, list[int]]] = []  # lower edge, height, labels
    for i in order:
        block = (wanted[i] - sizes[i] / 2, sizes[i], [i])
        while True:
            edge = max(low, min(block[0], high - block[1]))
            block = (edge, block[1], block[2])
            if not blocks or blocks[-1][0] + blocks[-1][1] <= edge:
                break
            below = blocks.pop()
            together = below[2] + block[2]
            total, offset, wish = below[1] + block[1], 0.0, 0.0
            for k in together:
                wish += wanted[k] - (offset + sizes[k] / 2)
                offset += sizes[k]
            block = (wish / len(together), total, together)
        blocks.append(block)
    places = [0.0] * len(wanted)
    for edge, _, members in blocks:
        for k in members:
            places[k] = edge + sizes[k] / 2
            edge += sizes[k]
    return places


def drawn(
    panels: Sequence[Panel],
    times: Times,
    title: str,
    *,
    note: str = "",
    height: int | None,
    width: int,
) -> dict[str, Any]:
    """The panels as a Plotly figure in plain data: traces, and the layout around them.

    Args:
        panels: at least one.
        times: the time axis that all of them share.
        title: above everything; may be empty.
        note: a line below the title, or in its place; may be empty.
        height: of the whole in pixels, or None for what the panels need.
        width: of the whole in pixels, for which room beside the panels is set apart.
    """
    heading = (_HEADING if title else 0) + (_NOTE if note else 0)
    sheet = _Sheet.for_panels(panels, heading, height, width)
    drawn_traces: list[dict[str, Any]] = []
    layout: dict[str, Any] = {
        "template": "none",
        "autosize": True,
        "height": sheet.height,
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "font": {"family": _FAMILY, "size": _FONT, "color": _TEXT},
        "paper_bgcolor": "white",
        "plot_bgcolor": "white",
        "showlegend": False,
        # Plotly's own bar has a button that sends the picture to a server.
        "modebar": {"remove": ["sendChartToCloud", "lasso2d", "select2d"]},
        "hovermode": "x unified",
        "hoverlabel": {"font": {"size": _FONT, "family": _FAMILY}, "namelength": -1},
        "meta": {"description": described(panels)},
        "annotations": [],
    }
    if title:
        layout["title"] = {
            "text": html.escape(title),
            "font": {"size": _TITLE},
            "x": _EDGE / width,
            "xref": "container",
            "xanchor": "left",
            "y": 1 - _HEADING / 2 / sheet.height,
            "yref": "container",
            "yanchor": "middle",
        }
    if note:
        layout["annotations"].append(
            {
                "text": html.escape(note),
                "font": {"size": _FONT},
                "showarrow": False,
                "xref": "paper",
                "yref": "paper",
                "x": _EDGE / width,
                "y": 1 - (heading - _NOTE) / sheet.height,
                "xanchor": "left",
                "yanchor": "top",
            }
        )
    for number, panel in enumerate(panels):
        key = "" if number == 0 else str(number + 1)
        cell = sheet.cell(number)
        layout[f"xaxis{key}"] = _time_axis(cell, key, times, panel, sheet.is_bottom(number))
        layout[f"yaxis{key}"] = _value_axis(cell, key, panel)
        drawn_traces += traces(panel, key)
        layout["annotations"].append(_heading(cell, panel))
        layout["annotations"] += _labels(panel, key, cell.pixels) + _cut_off(cell, panel)
    return {"data": drawn_traces, "layout": layout}


@dataclass(frozen=True)
class _Cell:
    """Where a panel's axes stand, as shares of the sheet, and how tall they are in pixels."""

    left: float
    right: float
    bottom: float
    top: float
    edge: float  # the left end of the panel's heading
    pixels: float


@dataclass(frozen=True)
class _Sheet:
    """The page that the panels share, in two columns where there are several."""

    count: int
    columns: int
    width: int
    height: int
    heading: int  # pixels kept above the panels
    labels: float  # pixels kept beside a panel for the names of its lines

    @classmethod
    def for_panels(
        cls, panels: Sequence[Panel], heading: int, height: int | None, width: int
    ) -> _Sheet:
        columns = columns_for(len(panels), width)
        rows = -(-len(panels) // columns)
        widest = max(
            (len(part) for panel in panels for line in panel.lines for part in wrapped(line.label)),
            default=0,
        )
        least = heading + rows * _LOWEST
        if height is not None and height < least:
            raise BadValue(
                f"height= is {height} pixels.", f"{least} is the least for {_rows(rows)} of panels."
            )
        if width < THINNEST:
            raise BadValue(f"width= is {width} pixels.", f"{THINNEST} is the least.")
        tall = height or heading + (560 if rows == 1 and columns == 1 else max(420, 300 * rows))
        return cls(len(panels), columns, width, tall, heading, 22 + widest * _LETTER)

    def cell(self, number: int) -> _Cell:
        row, column = divmod(number, self.columns)
        rows = -(-self.count // self.columns)
        wide, tall = self.width / self.columns, (self.height - self.heading) / rows
        top = self.heading + row * tall + 40
        bottom = self.heading + (row + 1) * tall - (62 if self.is_bottom(number) else 38)
        left = column * wide + 80
        return _Cell(
            left=left / self.width,
            right=max((column + 1) * wide - self.labels, left + 60) / self.width,
            bottom=1 - bottom / self.height,
            top=1 - top / self.height,
            edge=(column * wide + _EDGE) / self.width,
            pixels=bottom - top,
        )

    def is_bottom(self, number: int) -> bool:
        """Whether no panel stands below: only there the time axis carries its title."""
        return number + self.columns >= self.count


def _rows(count: int) -> str:
    return "one row" if count == 1 else f"{count} rows"


def columns_for(count: int, width: int) -> int:
    """How many panels stand side by side.

    Args:
        count: of panels.
        width: of the picture in pixels.
    """
    return 1 if count == 1 or width < _NARROW else 2


def wrapped(label: str) -> list[str]:
    """A label broken into lines that fit beside a panel."""
    return textwrap.wrap(label, _WRAP, break_long_words=True) or [""]


def _broken(lines: Sequence[str]) -> str:
    return "<br>".join(html.escape(line) for line in lines)


def _time_axis(cell: _Cell, key: str, times: Times, panel: Panel, titled: bool) -> dict[str, Any]:
    edges = [float(x) for line in panel.lines for x in (line.x[0], line.x[-1])]
    return {
        **_AXIS,
        "domain": [cell.left, cell.right],
        "anchor": f"y{key}",
        "range": [min(edges), max(edges)],
        "tick0": 0,
        "dtick": times.step,
        "showgrid": False,
        "ticks": "outside",
        "title": {
            "text": html.escape(times.title) if titled else "",
            "font": {"size": _FONT},
            "standoff": 6,
        },
        "unifiedhovertitle": {"text": f"{html.escape(times.word)} %{{x:.4~r}}"},
    }


def _value_axis(cell: _Cell, key: str, panel: Panel) -> dict[str, Any]:
    largest = max(abs(end) for end in panel.range)
    units = "" if panel.units == PURE else panel.units
    return {
        **_AXIS,
        "domain": [cell.bottom, cell.top],
        "anchor": f"x{key}",
        "range": list(panel.range),
        "nticks": max(4, int(cell.pixels / 30)),
        "tickformat": "~s" if largest >= 10_000 else ",~g",
        "gridcolor": "#e3e3e3",
        "title": {
            "text": _broken(textwrap.wrap(units, int(cell.pixels / _LETTER))),
            "font": {"size": _FONT},
            "standoff": 8,
        },
    }


def _heading(cell: _Cell, panel: Panel) -> dict[str, Any]:
    return {
        "text": html.escape(panel.title),
        "font": {"size": _PANEL_TITLE},
        "showarrow": False,
        "xref": "paper",
        "yref": "paper",
        "x": cell.edge,
        "y": cell.top,
        "xanchor": "left",
        "yanchor": "bottom",
        "yshift": 6,
    }


def _cut_off(cell: _Cell, panel: Panel) -> list[dict[str, Any]]:
    """A word at the end of the upright axis beyond which a band goes on, inside the panel."""
    above, below = goes_on(panel)
    ends = [("top", "↑", cell.top, above), ("bottom", "↓", cell.bottom, below)]
    return [
        {
            "text": f"{arrow} {_GOES_ON}",
            "font": {"size": _FONT},
            "showarrow": False,
            "xref": "paper",
            "yref": "paper",
            "x": cell.right,
            "y": place,
            "xanchor": "right",
            "yanchor": side,
        }
        for side, arrow, place, holds in ends
        if holds
    ]


def _labels(panel: Panel, key: str, pixels: float) -> list[dict[str, Any]]:
    lines = [line for line in panel.lines if line.label]
    low, high = panel.range
    scale = (high - low) / pixels
    texts = [wrapped(line.label) for line in lines]
    wanted = [
        min(max((ends(line)[1] - low) / scale, 0.0), pixels) if scale else 0.0 for line in lines
    ]
    sizes = [len(text) * _LINE for text in texts]
    places = spread(wanted, sizes, -_LINE / 2, pixels + _LINE / 2)
    # Plotly leaves out what is anchored beyond an axis.
    anchors = [min(max(place, 0.0), pixels) for place in places]
    return [
        {
            "text": _broken(text),
            "font": {"color": ink(line.colour), "size": _FONT},
            "align": "left",
            "showarrow": False,
            "xref": f"x{key}",
            "yref": f"y{key}",
            "x": float(line.x[-1]),
            "y": low + anchor * scale,
            "xanchor": "left",
            "yanchor": "middle",
            "xshift": 6,
            "yshift": place - anchor,
        }
        for line, text, place, anchor in zip(lines, texts, places, anchors, strict=True)
    ]
