"""What is drawn in a panel: lines, the bands behind them, and both in words."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cpdynamics.plots.axes import PURE
from cpdynamics.plots.bands import WORDS, Band
from cpdynamics.plots.colours import BASELINE, clear
from cpdynamics.plots.numbers import said

_STRENGTH = 0.22  # of a band: its line stands out before it, and a band behind shows through


@dataclass(frozen=True)
class Line:
    """One drawn series: its name in the hover box, its label at the end, and how it looks.

    Its band is drawn behind it; None for a line that never has one.
    """

    name: str
    label: str
    x: Any
    y: Any
    colour: str
    dash: str
    band: Band | None = None


@dataclass(frozen=True)
class Panel:
    """One set of axes: lines of one unit, and the range of the upright axis."""

    title: str
    units: str
    lines: tuple[Line, ...]
    range: tuple[float, float]


def traces(panel: Panel, key: str) -> list[dict[str, Any]]:
    """A panel's traces in Plotly's terms: the bands, and the lines before them.

    Args:
        panel: the panel.
        key: the number of its axes, such as "2"; empty for the first.
    """
    axes = {"type": "scatter", "mode": "lines", "xaxis": f"x{key}", "yaxis": f"y{key}"}
    behind = [_band(line, line.band) for line in panel.lines if line.band is not None]
    before = [_line(line, panel.units) for line in panel.lines]
    return [axes | one for one in behind + before]


def described(panels: Sequence[Panel]) -> str:
    """The picture in words, for those who cannot see it."""
    sentences = []
    for panel in panels:
        lines = ", ".join(_in_words(line) for line in panel.lines)
        units = "" if panel.units == PURE else f" ({panel.units})"
        sentences.append(f"{panel.title}{units}: {lines}.")
    return " ".join(sentences)


def goes_on(panel: Panel) -> tuple[bool, bool]:
    """Whether a band goes on above the panel, and whether one does below it."""
    low, high = panel.range
    bands = [line.band for line in panel.lines if line.band]
    above = any(np.nanmax(band.high) > high for band in bands)
    return above, any(np.nanmin(band.low) < low for band in bands)


def ends(line: Line) -> tuple[float, float]:
    """The first and the last value that are numbers; zeros where none is."""
    values = np.asarray(line.y, dtype=float)
    values = values[np.isfinite(values)]
    return (float(values[0]), float(values[-1])) if values.size else (0.0, 0.0)


def in_template(text: str) -> str:
    """The text as it has to stand in a hover template to be shown as it is.

    Args:
        text: perhaps a stranger's, with markup or a %{placeholder} in it.
    """
    return html.escape(text).replace("%", "&#37;")


def _line(line: Line, units: str) -> dict[str, Any]:
    quiet = line.colour == BASELINE
    return {
        "name": html.escape(line.name),
        "x": np.asarray(line.x, dtype=float),
        "y": np.asarray(line.y, dtype=float),
        "line": {"color": line.colour, "dash": line.dash, "width": 2 if quiet else 3.5},
        "hovertemplate": "%{y:,.4~r}" + ("" if units == PURE else f" {in_template(units)}"),
    }


def _band(line: Line, band: Band) -> dict[str, Any]:
    """The outline of a band: along its lower edge, and back along its upper one."""
    return {
        "name": html.escape(f"{line.name}, {WORDS}"),
        "visible": bool(band),
        "x": np.concatenate([band.index, band.index[::-1]]),
        "y": np.concatenate([band.low, band.high[::-1]]),
        "line": {"width": 0},
        "fill": "toself",
        "fillcolor": clear(line.colour, _STRENGTH),
        "hoverinfo": "skip",
    }


def _in_words(line: Line) -> str:
    first, last = ends(line)
    words = f"{line.name} from {said(first)} to {said(last)}"
    if line.band:
        low, high = said(float(line.band.low[-1])), said(float(line.band.high[-1]))
        words += f" ({WORDS} end between {low} and {high})"
    return words
