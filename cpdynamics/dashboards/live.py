"""Plotly's figure, alive: it takes over a new picture by what has changed in it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anywidget
import traitlets
from plotly.graph_objects import FigureWidget

from cpdynamics.plots.layout import WIDTH
from cpdynamics.plots.page import CONFIG

_HERE = Path(__file__).parent


class _Figure(FigureWidget):  # type: ignore[misc]
    """Plotly's live figure, its script handed over as text (see ``parts``)."""

    _esm = str(FigureWidget._esm)


class Fit(anywidget.AnyWidget):  # type: ignore[misc]
    """Gives the picture its height and keeps it as wide as its place.

    Knows how wide that is, and how many pixels of the window are left for it; 0 for not yet.
    """

    _esm = (_HERE / "fit.js").read_text(encoding="utf-8")
    width: Any = traitlets.Int(WIDTH).tag(sync=True)
    height: Any = traitlets.Int().tag(sync=True)
    room: Any = traitlets.Int(0).tag(sync=True)


class LivePicture:
    """A picture on a page. All its lines have to be there from the start: Voila shows no other.

    Args:
        drawn: what `plots.picture` gave.

    Attributes:
        figure: the widget.
    """

    def __init__(self, drawn: Mapping[str, Any]) -> None:
        self._axes = _axes(drawn)
        self.figure = _Figure(drawn)
        self.figure._config = dict(CONFIG)
        self.figure.add_class("cpd-figure")

    def show(self, drawn: Mapping[str, Any]) -> None:
        """Takes over a picture with the same lines, in one message to the page.

        Args:
            drawn: what `plots.picture` gave.
        """
        with self.figure.batch_update():
            for trace, new in zip(self.figure.data, drawn["data"], strict=True):
                _take_over(trace, new)
            for key, axis in _axes(drawn).items():
                shown, before = self.figure.layout[key], self._axes[key]
                # Plotly takes its time over each value, and most stay as they are. A range
                # may also have been changed by somebody who zoomed.
                changed = {name: axis[name] for name in axis if axis[name] != before.get(name)}
                if "range" in axis and list(shown.range or ()) != axis["range"]:
                    changed["range"] = axis["range"]
                if changed:
                    shown.update(changed)
                self._axes[key] = axis
            for key in ("annotations", "meta"):
                self.figure.layout[key] = drawn["layout"][key]

    @property
    def said(self) -> str:
        """The picture in words."""
        return str(self.figure.layout.meta["description"])


def _take_over(trace: Any, new: Mapping[str, Any]) -> None:
    if new.get("visible", True) is False:  # a band that is not there has no numbers either
        if trace.visible is not False:
            trace.visible = False
        return
    if trace.visible is False:
        trace.visible, trace.x = True, new["x"]
    trace.y = new["y"]


def _axes(drawn: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in drawn["layout"].items() if "axis" in key}
