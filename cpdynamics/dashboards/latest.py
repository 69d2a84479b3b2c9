"""Work in the background of which only the newest request counts."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Request = TypeVar("Request")


class Latest(Generic[Request]):
    """Does one piece of work at a time; of the requests that come meanwhile only the last is kept.

    So a slow run never queues: after the last move of a slider at most two runs are made, the one
    under way and the one for where the slider stands.

    Args:
        work: what to do with a request, in a thread of its own.
        failed: what to do with an error that it lets through. The next request is worked on all
            the same.
        rest: seconds without a newer request after which one is worked on.
    """

    def __init__(
        self,
        work: Callable[[Request], None],
        failed: Callable[[Exception], None],
        *,
        rest: float = 0.0,
    ) -> None:
        self._work = work
        self._failed = failed
        self._rest = rest
        self._waiting: list[Request] = []
        self._busy = False
        self._changed = threading.Condition()

    def ask(self, request: Request) -> None:
        """Hands in a request and returns at once; an older one that still waits is forgotten."""
        with self._changed:
            self._waiting = [request]
            self._changed.notify_all()
            if not self._busy:
                self._busy = True
                threading.Thread(target=self._until_done, daemon=True).start()

    def wait(self, seconds: float | None = None) -> bool:
        """True once nothing is left to do, False if that takes longer.

        Args:
            seconds: how long to wait; None for as long as it takes.
        """
        with self._changed:
            return self._changed.wait_for(lambda: not self._busy, seconds)

    def _until_done(self) -> None:
        while True:
            with self._changed:
                if not self._waiting:
                    self._busy = False
                    self._changed.notify_all()
                    return
                request = self._rested()
            try:
                self._work(request)
            except Exception as error:
                # A page that cannot even say what went wrong must not stop the next request.
                with contextlib.suppress(Exception):
                    self._failed(error)

    def _rested(self) -> Request:
        """The newest request, once none has come for as long as the rest lasts."""
        while True:
            request = self._waiting.pop()
            if not self._rest or not self._changed.wait_for(lambda: self._waiting, self._rest):
                return request
