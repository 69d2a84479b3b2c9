"""A debrief on a page: what was seen and so, the loops, and the flight beside others."""

from __future__ import annotations

import html
from typing import Any

import ipywidgets as widgets

from cpdynamics.cockpit.debrief import Debrief
from cpdynamics.dashboards.live import Fit, LivePicture
from cpdynamics.dashboards.parts import Spoken
from cpdynamics.errors import CpdynamicsError
from cpdynamics.tables import as_html

_ROW = 250  # pixels a row of the picture
_WIDTH = 1200
_WITHOUT = "What each loop added: this flight less the same one without it"
_WAIT = "<p>Flying it again without one loop at a time…</p>"


class Told:
    """The widgets of a debrief, one below the other.

    Args:
        debrief: what is told.

    Attributes:
        parts: the widgets.
    """

    def __init__(self, debrief: Debrief) -> None:
        self._debrief = debrief
        drawn = debrief.drawn(height=_ROW * -(-len(debrief.flight.plan.reports) // 2), width=_WIDTH)
        height = drawn["layout"].pop("height")
        self._live = LivePicture(drawn)
        named = [("role", "img"), ("aria-label", self._live.said)]
        asked = bool(debrief.flight.plan.loops)
        self._added = widgets.HTML(_WAIT if asked else "")
        self.parts: tuple[Any, ...] = (
            widgets.HTML(_headed("What you saw, and what was so", debrief.apart)),
            self._live.figure,
            widgets.HTML(
                _seen_and_so(debrief)
                + _headed("The loops that drove it", debrief.drove)
                + as_html(debrief.led)
            ),
            self._added,
            widgets.HTML(
                _headed("Your flight beside others")
                + as_html(debrief.beside, debrief.side)
                + (as_html(debrief.ahead, debrief.on) if debrief.goes_on else "")
                + f"<p>{html.escape(debrief.closing)}</p>"
            ),
            Fit(height=height),
            Spoken(attributes=[(".cpd-figure", *one) for one in named]),
        )

    def take_out(self) -> None:
        """Shows what the loops added that the story asks for. Takes some seconds for each."""
        if not self._debrief.flight.plan.loops:
            return
        try:
            self._added.value = as_html(self._debrief.added, _WITHOUT)
        except CpdynamicsError as error:  # all else of the debrief still stands
            self._added.value = f"<p>{html.escape(str(error))}</p>"


def _headed(title: str, text: str = "") -> str:
    return f"<h2>{html.escape(title)}</h2>" + (f"<p>{html.escape(text)}</p>" if text else "")


def _seen_and_so(debrief: Debrief) -> str:
    table = debrief.table
    why = "".join(
        f"<li><b>{html.escape(row['report'])}.</b> {html.escape(row['why'])}</li>"
        for row in table.to_dict("records")
        if row["why"]
    )
    details = f"<details><summary>Why they differ</summary><ul>{why}</ul></details>" if why else ""
    return as_html(table.drop(columns="why")) + details
