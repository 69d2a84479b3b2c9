"""Runs that stay in the picture to compare with: their lines, and a word at the end of each."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from cpdynamics.dashboards.history import PINS
from cpdynamics.plots import PERCENT, Times, is_share, unit_label
from cpdynamics.plots.colours import COLOURS, DASHES, ink
from cpdynamics.plots.layout import spread, wrapped
from cpdynamics.plots.traces import Line, Panel, described, ends, traces

if TYPE_CHECKING:
    from cpdynamics.run import Run

WORDS = tuple(f"pin {number + 1}" for number in range(PINS))
"""What stands at the end of a pinned line."""

Group: TypeAlias = "tuple[str, Sequence[str]]"

_LETTERS = 20.0  # pixels of a line of a label
_SEEN = 500  # parts of an axis: a line that is nearer to another is hidden under its width


def look(place: int, column: int = 0, *, together: bool = False) -> tuple[str, str]:
    """The colour and the dashes of a pinned line.

    Args:
        place: of the pin, 0 for the first.
        column: of the variable in its panel.
        together: whether other variables stand in the panel, which the colour tells apart.
    """
    return COLOURS[(column if together else place + 1) % len(COLOURS)], DASHES[place + 1]


def pinned(group: Group, pins: Sequence[Run | None], ends_at: tuple[float, float]) -> Panel:
    """The lines of the pinned runs in a panel, without labels.

    Args:
        group: the panel's title and variables.
        pins: the runs; None for one that broke off.
        ends_at: the upright axis, as it is drawn.
    """
    title, names = group
    first = next(run for run in pins if run is not None)
    units = str(first[names[0]].attrs.get("units", ""))
    share = all(is_share(name, units) for name in names)
    times = Times(first.time_unit, float(first.frame.index[-1] - first.frame.index[0]), first.since)
    lines = []
    for place, run in enumerate(pins):
        for column, name in enumerate(names):
            if run is None:
                continue
            colour, dash = look(place, column, together=len(names) > 1)
            said = f"{name}, {WORDS[place]}" if len(names) > 1 else WORDS[place]
            series = (100 if share else 1) * run[name]
            lines.append(Line(said, "", times.scaled(series.index), series, colour, dash))
    return Panel(title, PERCENT if share else unit_label(units), tuple(lines), ends_at)


def pin_traces(panel: Panel, key: str) -> dict[str, dict[str, Any]]:
    """The traces of the pins in a panel, by their names.

    Args:
        panel: what ``pinned`` gave.
        key: the number of its axes, as in ``plots.traces``.
    """
    return {line.name: drawn for line, drawn in zip(panel.lines, traces(panel, key), strict=True)}


def label_pins(
    layout: dict[str, Any], panel: Panel, key: str, beside: Sequence[Mapping[str, Any]], tall: float
) -> None:
    """Puts a word for each pin at the end of its line that is farthest from the run on show.

    The labels that are there give way, so that none lies on another. Where a pin lies under the
    lines on show it carries no word.

    Args:
        layout: what ``picture`` gave, which is changed.
        panel: what ``pinned`` gave.
        key: the number of its axes.
        beside: the traces of the run on show, in the order of the panel's variables.
        tall: how tall the panel's axes are, in pixels.
    """
    low, high = panel.range
    scale = (high - low) / tall
    at = (f"x{key}", f"y{key}")
    there = [one for one in layout["annotations"] if (one["xref"], one["yref"]) == at]
    new = [
        _label(line, word, at)
        for word in WORDS
        if (line := _clearest(word, panel, beside, (high - low) / _SEEN)) is not None
    ]
    if not new or not scale:
        return
    labels = there + new
    wanted = [
        min(max((one["y"] - low) / scale + one.get("yshift", 0.0), 0.0), tall) for one in labels
    ]
    sizes = [_LETTERS * (1 + one["text"].count("<br>")) for one in labels]
    places = spread(wanted, sizes, -_LETTERS / 2, tall + _LETTERS / 2)
    for one, place in zip(labels, places, strict=True):
        anchor = min(max(place, 0.0), tall)  # Plotly leaves out what is anchored beyond an axis
        one["y"], one["yshift"] = low + anchor * scale, place - anchor
    layout["annotations"] += new


def in_words(panels: Sequence[Panel]) -> str:
    """The pinned lines in words, for those who cannot see them.

    Args:
        panels: what ``pinned`` gave.
    """
    return f" Pinned: {described(panels)}" if panels else ""


def _clearest(
    word: str, panel: Panel, beside: Sequence[Mapping[str, Any]], seen: float
) -> Line | None:
    own = [line for line in panel.lines if line.name == word or line.name.endswith(f", {word}")]
    found, farthest = None, -1.0
    for line, shown in zip(own, beside, strict=False):
        pin, run = np.asarray(line.y, dtype=float), np.asarray(shown["y"], dtype=float)
        if len(pin) == len(run) and not np.nanmax(np.abs(pin - run)) > seen:
            continue
        gap = abs(ends(line)[1] - float(run[-1]))
        if gap > farthest:
            found, farthest = line, gap
    return found


def _label(line: Line, word: str, at: tuple[str, str]) -> dict[str, Any]:
    return {
        "text": "<br>".join(html.escape(part) for part in wrapped(word)),
        "font": {"color": ink(line.colour), "size": 16},
        "align": "left",
        "showarrow": False,
        "xref": at[0],
        "yref": at[1],
        "x": float(line.x[-1]),
        "y": ends(line)[1],
        "xanchor": "left",
        "yanchor": "middle",
        "xshift": 6,
    }
