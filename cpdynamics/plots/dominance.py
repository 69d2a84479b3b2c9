"""Which loop drives a run, and when."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cpdynamics.errors import BadValue, came_as
from cpdynamics.feedback.result import Loops, Measure
from cpdynamics.plots.axes import PERCENT, Times
from cpdynamics.plots.colours import BASELINE, COLOURS, DASHES, clear
from cpdynamics.plots.layout import WIDTH, drawn
from cpdynamics.plots.traces import Line, Panel

_SHAPES = ("", "/", "\\", ".", "-", "x")
"""Hatching, so that nobody has to tell areas apart by colour."""
_REST = "all other loops"
_STRENGTH = 0.55
_ALL = (0.0, 100.0)
_NOTE = "Above zero: loops that reinforce. Below: loops that balance. Together they make 100 %."

_Numbers: TypeAlias = "NDArray[np.float64]"
_Drawing: TypeAlias = "tuple[Panel, list[dict[str, Any]], str]"


def plot_loops(
    loops: Loops,
    *,
    by: Measure | None = None,
    most: int = 6,
    title: str = "",
    height: int | None = None,
    width: int = WIDTH,
) -> Any:
    """A finished Plotly figure of what the loops of a run are worth over time, by name.

    Relative scores are stacked: loops that reinforce stand above zero, those that balance below.
    Grips are lines, since they do not add up. Where a model falls into parts that do not touch,
    the part with most loops is shown.

    Args:
        loops: what ``cp.loops`` found for a run.
        by: "relative" or "grip"; the ``measure`` of the loops when left out.
        most: how many get an area or a line of their own, from 1 to 6.
        title: stands above the whole picture.
        height: in pixels; None takes what the picture needs.
        width: in pixels, for which room is set apart beside the panel.

    Raises:
        BadValue: no loops, loops without a run, a run at rest, or no such measure.
    """
    from plotly import graph_objects

    _check(loops, most)
    by = loops.measure if by is None else by
    if by not in _DRAWN:
        raise BadValue(f"by= is {came_as(by)}.", '"relative" or "grip" was expected.')
    index = loops.relative.index
    times = Times(loops.time_unit, float(index[-1] - index[0]), "")
    at = times.scaled(index)
    panel, areas, note = _DRAWN[by](loops, most, at)
    figure = drawn([panel], times, title, note=note, height=height, width=width)
    figure["layout"]["meta"] = {"description": loops.words()}
    if areas:
        figure["data"] = areas
        figure["layout"]["yaxis"] |= {"zeroline": True, "zerolinecolor": "#222222"}
    return graph_objects.Figure(figure)


def _lines(loops: Loops, most: int, at: _Numbers) -> _Drawing:
    names = _names(loops)
    grips = 100 * loops.grip[list(names)]
    order = grips.sum().sort_values(ascending=False, kind="stable").index[:most]
    lines = tuple(
        Line(names[key], names[key], at, grips[key].to_numpy(), COLOURS[place], DASHES[place])
        for place, key in enumerate(order)
    )
    return (
        Panel("Part of what moves each stock on the loop, at least", PERCENT, lines, _ALL),
        [],
        "",
    )


def _stacked(loops: Loops, most: int, at: _Numbers) -> _Drawing:
    areas, lines = [], []
    above, below = np.zeros(len(at)), np.zeros(len(at))
    for number, pull in enumerate(_pulls(loops, most)):
        top, bottom = above + pull.up, below + pull.down
        colour = BASELINE if pull.name == _REST else COLOURS[number]
        areas.append(_area(pull, at, (above, top), colour, number))
        areas.append(_area(pull, at, (bottom, below), colour, number))
        up = pull.up.sum() >= -pull.down.sum()
        middle = (above + top) / 2 if up else (bottom + below) / 2
        lines.append(Line(pull.name, pull.name, at, middle, colour, "solid"))
        above, below = top, bottom
    return Panel("Share of what moves", PERCENT, tuple(lines), (-100.0, 100.0)), areas, _NOTE


_DRAWN: dict[str, Callable[[Loops, int, _Numbers], _Drawing]] = {
    "relative": _stacked,
    "grip": _lines,
}


def _names(loops: Loops) -> dict[str, str]:
    """Family -> what a person reads, of the part with most loops."""
    return {one.key: f"{one.id} {one.name}".strip() for one in loops.loops if one.part == 0}


def _check(loops: object, most: object) -> None:
    if not isinstance(loops, Loops):
        raise BadValue(
            f"plot_loops() got {came_as(loops)}.",
            "The loops of a run were expected.",
            "Find them first: plot_loops(loops(model, run)).",
        )
    if loops.scenario is None:
        raise BadValue(
            "These loops were sought without a run, so that none of them has a score.",
            "",
            "Give a run: loops(model, model.run()).",
        )
    if not (loops.each != 0).any():
        raise BadValue("The run is at rest: no loop is at work.", "", "Run a scenario that moves.")
    if not isinstance(most, int) or isinstance(most, bool) or not 1 <= most <= len(COLOURS):
        raise BadValue(f"most= is {came_as(most)}.", f"1 to {len(COLOURS)} was expected.")


@dataclass(frozen=True)
class _Pull:
    """What the loops of one name do, in percent of all: what reinforces, and what balances."""

    name: str
    up: NDArray[np.float64]
    down: NDArray[np.float64]


def _pulls(loops: Loops, most: int) -> list[_Pull]:
    """The families with the largest share, and all others as one."""
    names = _names(loops)
    scores = 100 * loops.relative[list(names)]
    order = scores.abs().sum().sort_values(ascending=False, kind="stable").index
    up, down = scores.clip(lower=0), scores.clip(upper=0)
    found = [_Pull(names[key], up[key].to_numpy(), down[key].to_numpy()) for key in order[:most]]
    rest = list(order[most:])
    if rest:
        both = (side[rest].sum(axis=1).to_numpy() for side in (up, down))
        found.append(_Pull(_REST, *both))
    return found


def _area(
    pull: _Pull,
    at: NDArray[np.float64],
    edges: tuple[NDArray[np.float64], NDArray[np.float64]],
    colour: str,
    number: int,
) -> dict[str, Any]:
    """The outline of an area: along its lower edge, and back along its upper one."""
    low, high = edges
    return {
        "type": "scatter",
        "mode": "lines",
        "name": html.escape(pull.name),
        "visible": bool((high > low).any()),
        "x": np.concatenate([at, at[::-1]]),
        "y": np.concatenate([low, high[::-1]]),
        "line": {"color": colour, "width": 1},
        "fill": "toself",
        "fillcolor": clear(colour, _STRENGTH),
        "fillpattern": {
            "shape": _SHAPES[number % len(_SHAPES)],
            "fgcolor": colour,
            "bgcolor": clear(colour, _STRENGTH),
            "size": 10,
            "solidity": 0.25,
        },
        "hoverinfo": "skip",
        "xaxis": "x",
        "yaxis": "y",
    }
