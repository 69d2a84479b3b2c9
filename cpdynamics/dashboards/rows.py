"""A control on the page: a slider and a box to type in, what its value means, and help."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from cpdynamics.dashboards.controls import Control

_HERE = Path(__file__).parent


class Row(anywidget.AnyWidget):  # type: ignore[misc]
    """A control on the page.

    Args:
        control: what it moves.
        slid: is told where the slider stands, and whether a hand is still on it.
        typed: is told what somebody typed.
        claims: of the sources that the control rests on, in words.

    Attributes:
        value: where the slider stands, on one of its steps.
        text: what stands in the box.
        band: the words for the value.
        held: whether a hand is on the slider.
        told: what never changes.
    """

    _esm = (_HERE / "row.js").read_text(encoding="utf-8")
    told: Any = traitlets.Dict().tag(sync=True)
    value: Any = traitlets.Float().tag(sync=True)
    text: Any = traitlets.Unicode().tag(sync=True)
    band: Any = traitlets.Unicode().tag(sync=True)
    held: Any = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self,
        control: Control,
        slid: Callable[[str, float, bool], None],
        typed: Callable[[str, str], None],
        claims: Sequence[str] = (),
    ) -> None:
        self._control, self._slid, self._typed = control, slid, typed
        self._showing = 0
        super().__init__(
            told=_told(control, claims),
            value=control.on_step(control.start),
            text=control.text(control.start),
            band=control.band(control.start),
        )
        self.observe(self._moved, ["value", "held"])
        self.observe(self._written, "text")

    def show(self, value: float) -> None:
        """Puts a value on slider, box and words, without taking that for a person's move.

        Args:
            value: in the units of the control.
        """
        place = self._control.on_step(value)
        # A replay shows states from another thread while a hand may move this very slider.
        self._showing = threading.get_ident()
        try:
            with self.hold_sync():
                # A hair's breadth sent back would pull a slider from under a moving hand.
                if not self._control.same(self.value, place):
                    self.value = place
                self.text = self._control.text(value)
                self.band = self._control.band(value)
        finally:
            self._showing = 0

    def _moved(self, _: Any) -> None:
        if self._showing != threading.get_ident():
            self._slid(self._control.name, self.value, self.held)

    def _written(self, change: Any) -> None:
        if self._showing != threading.get_ident():
            self._typed(self._control.name, change["new"])


def _told(control: Control, claims: Sequence[str]) -> dict[str, Any]:
    units = f" {control.units}" if control.units else ""
    reach = f"From {control.text(control.low)} to {control.text(control.high)}{units}; "
    return {
        "name": control.name,
        "units": control.units,
        "low": control.low,
        "high": control.high,
        "step": control.step,
        "meaning": control.meaning,
        "reach": f"{reach}the model has {control.text(control.start)}.",
        "claims": list(claims),
    }
