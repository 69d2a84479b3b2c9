"""The small widgets that a dashboard is put together from."""

from __future__ import annotations

import html
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets as widgets
import traitlets

_HERE = Path(__file__).parent
Named = tuple[str, str, str]


# anywidget watches the file of a widget's script, and keeps every widget alive whose file it
# watches: here the script is handed over as text.
class Spoken(anywidget.AnyWidget):  # type: ignore[misc]
    """Accessible names for widgets that have none: (CSS selector, attribute, value) each."""

    _esm = (_HERE / "spoken.js").read_text(encoding="utf-8")
    attributes: Any = traitlets.List().tag(sync=True)


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
