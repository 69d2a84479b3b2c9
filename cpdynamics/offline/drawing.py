"""The picture of a page: what Python draws of the base, taken apart for a page to fill anew."""

from __future__ import annotations

import dataclasses
import html
import textwrap
from typing import TYPE_CHECKING, Any

from cpdynamics.plots import Band, panels, picture
from cpdynamics.plots.axes import PERCENT, PURE, is_share, unit_label
from cpdynamics.plots.colours import BASELINE, COLOURS, DASHES, ink
from cpdynamics.plots.layout import WIDTH, wrapped
from cpdynamics.plots.page import CONFIG
from cpdynamics.plots.traces import in_template

if TYPE_CHECKING:
    from cpdynamics.offline.surveying import Survey

THIS, PINNED = "this run", "pinned"
_TALL = 600  # pixels: any height does, since the page puts everything in its place anew
_LETTERS = 80  # of a unit beside an axis, in one line


def drawing(found: Survey) -> dict[str, Any]:
    """Panels, lines and the layout that they share, without numbers and without places.

    Args:
        found: what ``survey`` gave.
    """
    base = found.base
    # A second object keeps two lines in the picture.
    runs = {THIS: dataclasses.replace(base), PINNED: dataclasses.replace(base)}
    groups = panels(found.charts, base)
    bands = {} if found.fan is None else {name: Band((), (), ()) for _, g in groups for name in g}
    drawn = picture(
        runs,
        found.charts,
        baseline=base,
        ranges=found.ranges,
        bands=None if found.fan is None else bands,
        height=max(_TALL, 200 * len(groups)),
        width=WIDTH,
    )
    layout = drawn["layout"]
    shared = {key: value for key, value in layout.items() if "axis" not in key}
    for gone in ("annotations", "meta", "height"):
        del shared[gone]
    labels = _labels(groups, base.label)
    return {
        "panels": [
            _panel(number, title, names, found, layout)
            for number, (title, names) in enumerate(groups)
        ],
        "traces": [_bare(trace) for trace in drawn["data"]],
        "banded": found.fan is not None,
        "layout": shared,
        "config": CONFIG,
        "heading": layout["annotations"][0]["font"]["size"],
        "words": {label: list(map(html.escape, wrapped(label))) for label in labels},
        "letters": {label: max(map(len, wrapped(label))) for label in labels},
        "inks": {colour: ink(colour) for colour in (*COLOURS, BASELINE)},
        "colours": list(COLOURS),
        "dashes": list(DASHES),
        "baseline": BASELINE,
        "this": THIS,
        "pinned": PINNED,
        "base": base.label,
    }


def _panel(
    number: int, title: str, names: list[str], found: Survey, layout: dict[str, Any]
) -> dict[str, Any]:
    key = "" if number == 0 else str(number + 1)
    x, y = dict(layout[f"xaxis{key}"]), dict(layout[f"yaxis{key}"])
    units = found.base.units[names[0]]
    share = all(is_share(name, units) for name in names)
    words = PERCENT if share else unit_label(units)
    for axis, gone in ((x, ("domain", "range")), (y, ("domain", "range", "nticks", "tickformat"))):
        for one in gone:
            del axis[one]
    return {
        "title": title,
        "heading": html.escape(title),
        "names": names,
        "factor": 100 if share else 1,
        "units": "" if words == PURE else words,
        "unitLines": _unit_lines("" if words == PURE else words),
        "hover": "%{y:,.4~r}" + ("" if words == PURE else f" {in_template(words)}"),
        "range": list(found.ranges[title]),
        "x": x,
        "y": y,
        "timeTitle": _time_title(layout),
    }


def _time_title(layout: dict[str, Any]) -> str:
    titles = [one["title"]["text"] for key, one in layout.items() if key.startswith("xaxis")]
    return str(next(filter(None, titles), ""))


def _unit_lines(units: str) -> list[list[Any]]:
    """The unit beside an axis as it is broken where so many letters fit, most letters first."""
    made: list[list[Any]] = []
    for letters in range(_LETTERS, 0, -1):
        text = "<br>".join(html.escape(line) for line in textwrap.wrap(units, letters))
        if made and made[-1][1] == text:
            made[-1][0] = letters
        else:
            made.append([letters, text])
    return made


def _labels(groups: list[tuple[str, list[str]]], base: str) -> list[str]:
    names = [name for _, group in groups for name in group]
    return list(dict.fromkeys(["", THIS, PINNED, base, *names]))


def _bare(trace: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in trace.items() if key not in ("x", "y", "name", "visible")}
