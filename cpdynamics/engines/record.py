"""What a simulation remembers of each saved time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Record:
    """Every variable at every saved time: what PySD's stepper calls its output.

    All are recorded whatever is asked for. PySD decides by what it returns which values it
    remembers within a step, and through a DELAY FIXED that can change a number.
    """

    def __init__(self) -> None:
        self.times: list[float] = []
        self.columns: dict[str, list[Any]] = {}
        self._moving: list[tuple[list[Any], Callable[[], Any]]] = []

    def set_capture_elements(self, elements: dict[str | None, list[str]]) -> None:
        """PySD says which variables move (``step``) and which stay as they are (``run``)."""
        self._elements = elements

    def initialize(self, model: Any) -> None:
        """PySD is ready to be asked for values."""
        self._constant = [(word, getattr(model.components, word)) for word in self._elements["run"]]
        for word in self._elements["step"]:
            values: list[Any] = []
            self.columns[word] = values
            self._moving.append((values, getattr(model.components, word)))

    def update(self, model: Any) -> None:
        """PySD has come to a time that is saved."""
        self.times.append(float(model.time.round()))
        for values, function in self._moving:
            values.append(function())

    def finish(self) -> None:
        """Adds what does not change over time."""
        for word, function in self._constant:
            self.columns[word] = [function()] * len(self.times)
