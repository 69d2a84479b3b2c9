"""The last change once more, as runs of what lies between."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TypeAlias

Values: TypeAlias = "tuple[float, ...]"

FRAME = 0.09
"""Seconds that a picture of it stands."""

_ENDS = 8  # frames that the first picture stands, from which everything starts


class Replay:
    """Shows values of the controls one after the other, until it is done or somebody moves on.

    Args:
        show: draws the run of some values, and comes back when it is drawn.
        done: is called after the last one, unless it was stopped.
    """

    def __init__(self, show: Callable[[Values], None], done: Callable[[], None]) -> None:
        self._show, self._done = show, done
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, frames: Sequence[Values], *, calm: bool = False) -> None:
        """Begins anew; comes back at once.

        Args:
            frames: the values of all controls; none does nothing.
            calm: whether somebody asked for little motion: the first and the last alone are shown.
        """
        self.stop()
        if not frames:
            return
        self._stop = threading.Event()
        shown = [frames[0], frames[-1]] if calm else list(frames)
        rests = [_ENDS * FRAME] + [_ENDS * FRAME if calm else FRAME] * (len(shown) - 1)
        pictures = list(zip(shown, rests, strict=True))
        self._thread = threading.Thread(target=self._go, args=(pictures, self._stop), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends it where it stands; what is being drawn is drawn."""
        self._stop.set()

    def wait(self, seconds: float | None = None) -> bool:
        """True once it is over, False if that takes longer.

        Args:
            seconds: how long to wait; None for as long as it takes.
        """
        if self._thread is not None:
            self._thread.join(seconds)
        return self._thread is None or not self._thread.is_alive()

    def _go(self, pictures: Sequence[tuple[Values, float]], stop: threading.Event) -> None:
        for values, rest in pictures:
            self._show(values)
            if stop.wait(rest):
                return
        self._done()
