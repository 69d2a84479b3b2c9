"""A map of one number over two constants."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

import numpy as np

from cpdynamics.plots.colours import contrast
from cpdynamics.plots.traces import in_template
from cpdynamics.tables import readable

if TYPE_CHECKING:
    import pandas as pd

_NEVER = "#e6e6e6"
_DARK, _BLACK, _WHITE = "#222222", "#000000", "#ffffff"
_FAMILY = "Arial, 'Liberation Sans', Helvetica, sans-serif"
# Sooner is darker; one hue, so that the order shows in grey and to every kind of colour vision.
_SCALE = ((0.0, "#08306b"), (0.5, "#4292c6"), (1.0, "#c6dbef"))


def heatmap(
    frame: pd.DataFrame,
    *,
    title: str = "",
    across: str = "",
    down: str = "",
    mark: tuple[float, float] | None = None,
    never: str = "never",
    description: str = "",
) -> Any:
    """A finished Plotly figure: a square for each cell with its number in it.

    Args:
        frame: numbers; index and columns are the values of the two constants, evenly spaced or
            not. A missing number is a grey square with the word for it.
        title: above the picture.
        across: what the columns are, with units.
        down: what the rows are, with units.
        mark: a place (across, down) to ring: the model's own values.
        never: the word for a missing number.
        description: the picture in words, for those who do not see it.
    """
    from plotly import graph_objects

    numbers = frame.to_numpy(dtype=float)
    columns, rows = [f"{x:,g}" for x in frame.columns], [f"{y:g}" for y in frame.index]
    present = np.isfinite(numbers)
    # Everything is drawn as months; what is missing gets a layer of its own, under the numbers.
    figure = graph_objects.Figure()
    figure.add_heatmap(
        z=np.where(present, np.nan, 0.0),
        x=columns,
        y=rows,
        colorscale=[[0, _NEVER], [1, _NEVER]],
        showscale=False,
        hoverinfo="skip",
        xgap=2,
        ygap=2,
    )
    figure.add_heatmap(
        z=numbers,
        x=columns,
        y=rows,
        colorscale=_SCALE,
        showscale=False,
        xgap=2,
        ygap=2,
        hovertemplate=f"{in_template(across)}: %{{x}}<br>{in_template(down)}: %{{y}}<br>"
        "month %{z:.0f}<extra></extra>",
    )
    low, high = (np.nanmin(numbers), np.nanmax(numbers)) if present.any() else (0.0, 0.0)
    for i, j in np.ndindex(numbers.shape):
        shown = present[i, j]
        figure.add_annotation(
            # The place along the axis, since Plotly takes "0.002" for a number.
            x=j,
            y=i,
            text=f"{numbers[i, j]:.0f}" if shown else never,
            showarrow=False,
            font={
                "size": 16,
                "color": _text_on(float(numbers[i, j]), low, high) if shown else _DARK,
            },
        )
    if mark is not None:
        figure.add_shape(
            type="circle",
            **_ring(_place(frame.columns, mark[0]), _place(frame.index, mark[1])),
            line={"color": "#D55E00", "width": 4},
        )
    words = "; ".join(filter(None, (title, description)))
    figure.update_layout(
        template="none",
        font={"family": _FAMILY, "size": 16, "color": _DARK},
        title={
            "text": html.escape(title),
            "x": 0.01,
            "xanchor": "left",
            "font": {"size": 20},
            "y": 0.96,
        },
        xaxis={"title": {"text": html.escape(across)}, "type": "category", "showgrid": False},
        yaxis={
            "title": {"text": html.escape(down), "standoff": 12},
            "type": "category",
            "showgrid": False,
            "automargin": True,
        },
        margin={"l": 90, "r": 20, "t": 90, "b": 80},
        height=150 + 62 * max(4, len(rows)),
        meta={"description": words},
    )
    if mark is not None:
        figure.add_annotation(
            x=1,
            y=1.02,
            xref="paper",
            yref="paper",
            xanchor="right",
            yanchor="bottom",
            showarrow=False,
            text=f"Ring: the model's own values ({readable(mark[0])} and {readable(mark[1])})",
        )
    return figure


def _text_on(number: float, low: float, high: float) -> str:
    """Black or white, whichever reads better on the colour of a number (WCAG 2.2, 1.4.3)."""
    at = (number - low) / (high - low) if high > low else 0.0
    places = [place for place, _ in _SCALE]
    shades = [[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for _, colour in _SCALE]
    channels = [int(np.interp(at, places, channel)) for channel in zip(*shades, strict=True)]
    return _WHITE if contrast(channels) ** 2 >= 21 else _BLACK


def _place(values: pd.Index[Any], at: float) -> float:
    """Where a value lies among the squares, counted in squares from the first."""
    return float(np.interp(at, values.to_numpy(dtype=float), np.arange(len(values))))


def _ring(x: float, y: float) -> dict[str, float]:
    return {"x0": x - 0.11, "x1": x + 0.11, "y0": y - 0.2, "y1": y + 0.2}
