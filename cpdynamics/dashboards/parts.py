"""The small widgets that a dashboard is put together from."""

from __future__ import annotations

import html
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets as widgets
import traitlets

from cpdynamics.dashboards.controls import Control

_HERE = Path(__file__).parent
Named = tuple[str, str, str]


# anywidget watches the file of a widget's script, and keeps every widget alive whose file it
# watches: here the script is handed over as text.
class Spoken(anywidget.AnyWidget):  # type: ignore[misc]
    """Accessible names for widgets that have none: (CSS selector, attribute, value) each."""

    _esm = (_HERE / "spoken.js").read_text(encoding="utf-8")
    attributes: Any = traitlets.List().tag(sync=True)


class Row:
    """A control on the page: its name, its slider, a box to type in, and what its value means.

    Args:
        number: its place among the controls, by which the page finds it.
        control: what it moves.
        slid: what to do when its slider reports where it stands.
        typed: what to do when somebody typed into its box.
    """

    def __init__(
        self,
        number: int,
        control: Control,
        slid: Callable[[str, float], None],
        typed: Callable[[str, str], None],
    ) -> None:
        self._number, self._control = number, control
        self.slider = widgets.FloatSlider(
            value=control.start,
            min=control.low,
            max=control.high,
            step=control.step,
            readout=False,
            _dom_classes=(f"cpd-slider-{number}",),
        )
        self.box = widgets.Text(
            value=control.text(control.start),
            continuous_update=False,
            _dom_classes=(f"cpd-box-{number}",),
        )
        self._band = widgets.HTML(_dom_classes=("cpd-band",))
        self.slider.observe(lambda change: slid(control.name, change["new"]), "value")
        self.box.observe(lambda change: typed(control.name, change["new"]), "value")
        units = f" ({html.escape(control.units)})" if control.units else ""
        self.widget = widgets.VBox(
            [
                widgets.HTML(f"<b>{html.escape(control.name)}</b>{units}"),
                widgets.HBox([self.slider, self.box], _dom_classes=("cpd-row",)),
                widgets.HBox([self._band, _help(control)], _dom_classes=("cpd-words",)),
            ],
            _dom_classes=("cpd-control",),
        )

    def show(self, value: float) -> None:
        """Puts a value on slider, box and words.

        Args:
            value: in the units of the control.
        """
        place = self._control.on_step(value)
        # A hair's breadth sent back would pull a slider from under a moving hand.
        if not self._control.same(self.slider.value, place):
            self.slider.value = place
        self.box.value = self._control.text(value)
        self._band.value = html.escape(self._control.band(value))

    def spoken(self, value: float) -> list[Named]:
        """What a screen reader says of it.

        Args:
            value: where it stands.
        """
        control = self._control
        units = f" {control.units}" if control.units else ""
        words = ", ".join(filter(None, (control.text(value) + units, control.band(value))))
        handle = f".cpd-slider-{self._number} .noUi-handle"
        return [
            (handle, "aria-label", control.name),
            (handle, "aria-valuetext", words),
            (f".cpd-box-{self._number} input", "aria-label", f"{control.name}, typed value"),
        ]


class Switch:
    """The box that turns the band on and off, and beside it what the band means.

    Args:
        on: whether it is ticked.
        turned: what to do when somebody turned it.
    """

    def __init__(self, on: bool, turned: Callable[[], None]) -> None:
        self.box = widgets.Checkbox(
            value=on, description="Show uncertainty", indent=False, _dom_classes=("cpd-switch",)
        )
        self.box.observe(lambda _: turned(), "value")
        self._words = widgets.HTML(_dom_classes=("cpd-legend",))
        self.widget = widgets.HBox([self.box, self._words], _dom_classes=("cpd-fan",))

    def show(self, words: str, details: str) -> None:
        """Says what the band means.

        Args:
            words: in a sentence.
            details: what it unfolds to, as HTML.
        """
        key = f"cpd-legend-{self.box.model_id}"
        self._words.value = (
            f'<details><summary id="{key}">{html.escape(words)}</summary>'
            f"<div>{details}</div></details>"
        )

    def spoken(self) -> list[Named]:
        """What a screen reader says of it: the sentence, after its name."""
        return [(".cpd-switch input", "aria-describedby", f"cpd-legend-{self.box.model_id}")]


def boxed(message: str) -> str:
    """A message that is read out at once, as HTML; nothing for none."""
    return f'<div class="cpd-error" role="alert">{html.escape(message)}</div>' if message else ""


def styled() -> Any:
    """The style of the page, as a widget."""
    return widgets.HTML(f"<style>{(_HERE / 'style.css').read_text(encoding='utf-8')}</style>")


def close(widget: Any) -> None:
    """Closes a widget and all that is in it; each has a layout, and most a style, of its own."""
    for child in getattr(widget, "children", ()):
        close(child)
    for part in (widget._trait_values.get("layout"), widget._trait_values.get("style")):
        if isinstance(part, widgets.Widget):
            part.close()
    widget.close()


def _help(control: Control) -> Any:
    reach = f"From {control.text(control.low)} to {control.text(control.high)}; "
    start = f"the model has {control.text(control.start)}."
    return widgets.HTML(
        f"<details><summary>What is this?</summary><p>{html.escape(control.meaning)}</p>"
        f"<p>{reach}{start}</p></details>",
        _dom_classes=("cpd-help",),
    )
