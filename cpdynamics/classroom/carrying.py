"""A link on the page to take one's answers home, and a place to bring them back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets

from cpdynamics.classroom.answers import LARGEST, SITTING, as_text, counted, from_text
from cpdynamics.classroom.view import STYLE
from cpdynamics.dashboards.parts import close
from cpdynamics.errors import CpdynamicsError

_HERE = Path(__file__).parent


class _Page(anywidget.AnyWidget):  # type: ignore[misc]
    """A link that saves what Python last sent, and a file chooser that sends what it reads."""

    _esm = (_HERE / "carrying.js").read_text(encoding="utf-8")
    _css = STYLE
    saved: Any = traitlets.Unicode().tag(sync=True)
    counted: Any = traitlets.Unicode().tag(sync=True)
    most: Any = traitlets.Int(LARGEST).tag(sync=True)
    brought: Any = traitlets.Dict().tag(sync=True)
    said: Any = traitlets.Unicode().tag(sync=True)


class Carrying:
    """All that a person has predicted and answered, to be saved from the page and brought back.

    Attributes:
        widget: all of it, to put among other widgets.
    """

    def __init__(self) -> None:
        self.widget = _Page(_dom_classes=("cpd-classroom",))
        self.widget.observe(lambda change: self._brought(change["new"]), "brought")
        self._changed()
        SITTING.watch(self._changed)

    def close(self) -> None:
        """Takes it off the page."""
        close(self.widget)

    def _repr_mimebundle_(self, **asked: Any) -> Any:
        return self.widget._repr_mimebundle_(**asked)

    def _changed(self) -> None:
        with self.widget.hold_sync():
            self.widget.saved = as_text(SITTING)
            self.widget.counted = counted(SITTING)

    def _brought(self, brought: Any) -> None:
        text, name = brought.get("text"), brought.get("name")
        if not isinstance(text, str) or not isinstance(name, str):
            return
        # Emptied first: the same sentence once more would not be read out.
        self.widget.said = ""
        try:
            found = from_text(text, f'"{name[:80]}"')
        except CpdynamicsError as error:
            self.widget.said = str(error)
            return
        SITTING.take_over(found)
        self.widget.said = f"Brought back: {counted(found)}."
