"""A fit as a picture: figures with their errors, the fitted run, and below it what is left over."""

from __future__ import annotations

import html
from typing import Any

import numpy as np
import pandas as pd

from cpdynamics.errors import BadValue, came_as
from cpdynamics.fitting.result import Fit
from cpdynamics.plots.axes import PERCENT, Times, axis_range, is_share, unit_label
from cpdynamics.plots.colours import COLOURS
from cpdynamics.plots.layout import WIDTH, columns_for, drawn
from cpdynamics.plots.traces import Line, Panel, in_template
from cpdynamics.run import several

_MOST = 12  # series that still read well on one page
_BARS = 2.0  # errors that a bar reaches up and down
_LEAST = 3.0  # errors that the lower axis shows at the least
_ROW, _ALONE = 430, 620  # pixels of a row of panels, and of a single one
_UPPER, _LOWER = 0.36, 0.24  # where the upper axes begin and the lower ones end
_INK, _PALE, _GRID = "#222222", "white", "#bdbdbd"
_MARK = 10  # pixels
_ROOM = 0.02  # of the time, beside the first and the last figure


def plot_fit(
    fit: Fit,
    series: str | list[str] | None = None,
    *,
    title: str = "",
    height: int | None = None,
    width: int = WIDTH,
) -> Any:
    """A finished Plotly figure of a fit, one panel a series.

    Dots are the figures, each with a bar of two standard errors up and down; a figure that is a
    mean over some months has a bar as long as these. A hollow dot was kept back from the fit. The
    line is the fitted run, and the strip below it says how many errors it is above or below each
    figure. Where errors were not known, they are those that the fit itself came to.

    Args:
        fit: from ``cp.fit``.
        series: the names of those to draw, up to twelve; all of them when left out.
        title: stands above the whole picture.
        height: of the whole picture in pixels; None takes what the panels need.
        width: in pixels, for which room is set apart beside the panels.

    Raises:
        UnknownName: the fit has no such series.
        BadValue: no fit, or too many series for a page.
    """
    from plotly import graph_objects

    if not isinstance(fit, Fit):
        raise BadValue(
            f"plot_fit() got {came_as(fit)}.", "A Fit was expected.", "cp.fit() makes one."
        )
    names = (
        list(fit.statistics.index)
        if series is None
        else [fit.spelt(name) for name in several(series, "series=")]
    )
    if not 1 <= len(names) <= _MOST:
        raise BadValue(
            f"{len(names)} series were to be drawn.",
            f"One to {_MOST} fit on a page.",
            "Name some of them: series=[...].",
        )
    index = _shown(fit).index
    times = Times(fit.time_unit, float(index[-1] - index[0]), fit.since)
    rows = -(-len(names) // columns_for(len(names), width))
    tall = height or (_ALONE if len(names) == 1 else _ROW * rows + 90)
    panels = [_panel(fit, name, times) for name in names]
    figure = drawn(panels, times, title, note=_note(fit), height=tall, width=width)
    for number, (name, panel) in enumerate(zip(names, panels, strict=True)):
        _add(figure, fit, name, panel, number, len(names), times)
    layout = figure["layout"]
    for words in layout["annotations"]:
        if "xshift" in words:  # the name of a line, which is not to touch the last dot
            words["xshift"] = _MARK + 2
    layout["hovermode"] = "closest"
    layout["meta"]["description"] += " " + fit.words
    return graph_objects.Figure(figure)


def _shown(fit: Fit) -> pd.DataFrame:
    """The run up to the last figure of all: it may go on long after, with nothing beside it."""
    index = fit.curves.index.to_numpy(dtype=float)
    last = float(fit.residuals["time"].max())
    return fit.curves.iloc[: max(2, int(np.searchsorted(index, last + 1e-6, side="right")))]


def _note(fit: Fit) -> str:
    kept_back = "" if fit.residuals["fitted"].all() else " Hollow: kept back."
    whose = "" if fit.known else " that the fit came to"
    below = "Below: how many the run is above or below."
    return f"Bars: two standard errors{whose}. {below}{kept_back}"


def _figures(fit: Fit, name: str) -> pd.DataFrame:
    """The rows of a series, with the standard errors that are drawn."""
    rows = pd.DataFrame(fit.residuals[fit.residuals["series"] == name])
    size = 1.0 if fit.known else float(np.sqrt(fit.scale))
    drawn_error = rows["error"] * size
    away = (rows["difference"] / drawn_error).where(drawn_error > 0, 0.0)
    return rows.assign(drawn=drawn_error, away=away, middle=rows["time"] - rows["over"] / 2)


def _factor(fit: Fit, name: str) -> float:
    return 100.0 if is_share(name, fit.statistics["units"][name]) else 1.0


def _panel(fit: Fit, name: str, times: Times) -> Panel:
    factor = _factor(fit, name)
    shown = _shown(fit)
    curve = shown[name].to_numpy(dtype=float) * factor
    rows = _figures(fit, name)
    reach = _BARS * rows["drawn"] * factor
    figures = rows["figure"] * factor
    low, high = float((figures - reach).min()), float((figures + reach).max())
    values = np.concatenate([curve, figures, [low, high]])
    line = Line("fitted run", "fitted run", times.scaled(shown.index), curve, COLOURS[0], "solid")
    units = PERCENT if factor > 1 else unit_label(fit.statistics["units"][name])
    from_zero = float(np.ptp(values)) > 0.5 * float(np.max(np.abs(values)))
    return Panel(name, units, (line,), axis_range(values, from_zero=from_zero))


def _add(
    figure: dict[str, Any],
    fit: Fit,
    name: str,
    panel: Panel,
    number: int,
    panels: int,
    times: Times,
) -> None:
    """Puts the figures into a panel, and the strip of residuals below it."""
    layout = figure["layout"]
    key, below = str(number + 1) if number else "", str(panels + number + 1)
    upper, across = layout[f"yaxis{key}"], layout[f"xaxis{key}"]
    bottom, top = upper["domain"]
    upper["domain"] = [bottom + _UPPER * (top - bottom), top]
    across["anchor"] = f"y{below}"
    first, last = across["range"]
    # Room for half a dot, and for the bar of a figure at the very start.
    across["range"] = [first - _ROOM * (last - first), last + _ROOM * (last - first)]
    rows = _figures(fit, name)
    reach = max(_LEAST, float(np.ceil(rows["away"].abs().max() + 0.5)))
    layout[f"yaxis{below}"] = {
        "domain": [bottom, bottom + _LOWER * (top - bottom)],
        "anchor": f"x{key}",
        "range": [-reach, reach],
        "tickvals": [-_tick(reach), 0, _tick(reach)],
        "gridcolor": _GRID,
        "griddash": "dot",
        "zeroline": True,
        "zerolinecolor": _INK,
        "zerolinewidth": 1.5,
        "showline": True,
        "linecolor": "#8a8a8a",
        "title": {"text": "errors<br>away", "font": {"size": 16}, "standoff": 8},
    }
    factor, units = _factor(fit, name), "" if panel.units == "no unit" else f" {panel.units}"
    for fitted in (True, False):
        some = rows[rows["fitted"] == fitted]
        if not len(some):
            continue
        marker = {
            "size": _MARK,
            "color": _INK if fitted else _PALE,
            "line": {"color": _INK, "width": 2},
        }
        shared = {
            "type": "scatter",
            "mode": "markers",
            "cliponaxis": False,
            "marker": marker,
            "name": html.escape(f"{name}, {'figures' if fitted else 'kept back'}"),
            "x": times.scaled(some["middle"]),
            "xaxis": f"x{key}",
            "customdata": np.column_stack(
                [
                    times.scaled(some["time"]),
                    some["figure"] * factor,
                    some["run"] * factor,
                    some["away"],
                ]
            ),
            "hovertemplate": f"{html.escape(times.word)} %{{customdata[0]:.4~r}}<br>"
            f"figure %{{customdata[1]:,.4~r}}{in_template(units)}<br>"
            f"run %{{customdata[2]:,.4~r}}{in_template(units)}<br>"
            "%{customdata[3]:+.2f} errors away<extra></extra>",
        }
        bars = {"color": _INK, "thickness": 1.5, "width": 4}
        along = times.scaled(some["over"]) / 2
        figure["data"] += [
            shared
            | {
                "y": (some["figure"] * factor).to_numpy(),
                "yaxis": f"y{key}",
                "error_y": bars | {"type": "data", "array": _BARS * some["drawn"] * factor},
                "error_x": bars | {"type": "data", "array": along, "visible": bool(along.any())},
            },
            shared | {"y": some["away"].to_numpy(), "yaxis": f"y{below}"},
        ]


def _tick(reach: float) -> float:
    return float(np.floor(0.7 * reach))
