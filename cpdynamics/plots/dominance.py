"""Which loop drives a run, and when."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
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
_SCORES = "Above zero: loops that reinforce. Below: loops that balance. Together they make 100 %."
_GRIPS = (
    "Part of what moves a stock that the loop brings, at the stock on its way where it is least."
)
_BESIDE = 40
"""Letters of a name that find room beside the panel; of a longer one its ends are kept."""

_THEN = " > "
"""Stands between the stocks of a loop that nobody has named."""

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
    the part with most loops is shown, of those that move. Pointing at the picture tells the names
    in full.

    Args:
        loops: what ``cp.loops`` found for a run.
        by: "relative" or "grip"; the ``measure`` of the loops when left out.
        most: how many get an area or a line of their own, from 1 to 6.
        title: stands above the whole picture.
        height: in pixels; None takes what the picture needs.
        width: in pixels, for which room is set apart beside the panel.

    Raises:
        BadValue: no loops, loops without a run, a run at rest, or no such measure; grips where no
            loop runs between stocks.
    """
    from plotly import graph_objects

    _check(loops, most)
    by = loops.measure if by is None else by
    if not isinstance(by, str) or by not in _DRAWN:
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
    grips = 100 * loops.grip[_moving(loops, loops.each_grip)]
    if grips.empty:
        raise BadValue(
            "No loop has a grip: here stocks fill and empty by themselves.",
            "",
            'Draw what these are worth: plot_loops(loops, by="relative").',
        )
    names = _names(loops)
    order = grips.sum().sort_values(ascending=False, kind="stable").index[:most]
    lines = tuple(
        Line(names[key], _short(names[key]), at, grips[key].to_numpy(), COLOURS[place], dash)
        for place, (key, dash) in enumerate(zip(order, DASHES, strict=False))
    )
    return Panel("Grip", PERCENT, lines, _ALL), [], _GRIPS


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
        areas.append(_told(pull, at, middle, colour))
        lines.append(Line(pull.name, _short(pull.name), at, middle, colour, "solid"))
        above, below = top, bottom
    return Panel("Relative score", PERCENT, tuple(lines), (-100.0, 100.0)), areas, _SCORES


_DRAWN: dict[str, Callable[[Loops, int, _Numbers], _Drawing]] = {
    "relative": _stacked,
    "grip": _lines,
}


def _names(loops: Loops) -> dict[str, str]:
    """Family -> what a person reads."""
    return {one.key: f"{one.id} {one.name}".strip() for one in loops.loops}


def _moving(loops: Loops, each: _Numbers) -> list[str]:
    """The families with anything in ``each``, of the first part of the model that has any."""
    at_work = [one for one, row in zip(loops.loops, each, strict=True) if row.any()]
    first = min((one.part for one in at_work), default=0)
    return list(dict.fromkeys(one.key for one in at_work if one.part == first))


def _short(name: str) -> str:
    """A name for the margin: of stocks one after another, the first and the last."""
    stocks = name.split(_THEN)
    if len(stocks) < 3 or len(name) <= _BESIDE:
        return name
    return _THEN.join([stocks[0], "…", stocks[-1]])


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
    up: _Numbers
    down: _Numbers


def _pulls(loops: Loops, most: int) -> list[_Pull]:
    """The families with the largest share, and all others as one."""
    names = _names(loops)
    keys = [one.key for one in loops.loops]
    # Loop by loop: in one family a loop may reinforce while another balances.
    scores = pd.DataFrame(100 * loops.each, index=keys)
    up, down = (
        side.groupby(level=0).sum() for side in (scores.clip(lower=0), scores.clip(upper=0))
    )
    sizes = (up - down).sum(axis=1)[_moving(loops, loops.each)]
    order = list(sizes.sort_values(ascending=False, kind="stable").index)
    found = [_Pull(names[key], *_both(up, down, [key])) for key in order[:most]]
    rest = order[most:]
    return [*found, _Pull(_REST, *_both(up, down, rest))] if rest else found


def _both(up: pd.DataFrame, down: pd.DataFrame, keys: list[str]) -> tuple[_Numbers, _Numbers]:
    return up.loc[keys].sum(axis=0).to_numpy(), down.loc[keys].sum(axis=0).to_numpy()


def _told(pull: _Pull, at: _Numbers, middle: _Numbers, colour: str) -> dict[str, Any]:
    """A line nobody sees, in the middle of an area, that tells its height where one points."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": html.escape(pull.name),
        "x": at,
        "y": middle,
        "customdata": pull.up - pull.down,
        "line": {"color": colour, "width": 0},
        "hovertemplate": "%{customdata:.0f} %",
        "xaxis": "x",
        "yaxis": "y",
    }


def _area(
    pull: _Pull,
    at: _Numbers,
    edges: tuple[_Numbers, _Numbers],
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
