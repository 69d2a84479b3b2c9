"""Room for long chains of variables and for deep formulas."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator

DEPTH = 5_000
"""Python's limit on calls within calls while PySD works: some 2,000 auxiliaries in a row.

PySD asks each variable for its value by two calls, and reads a formula by a dozen or two for every
bracket, so that Python's own 1,000 is soon used up, the sooner in a notebook. A run twice as deep
still fits into a stack of 1 MB, the smallest that a system of today gives a thread (measured with
CPython 3.11 on Linux).
"""

_LOCK = threading.Lock()
_inside = 0
_before = 0


@contextlib.contextmanager
def deep() -> Iterator[None]:
    """A time in which calls may go as deep as ``DEPTH``; the limit is afterwards as before."""
    global _inside, _before
    with _LOCK:
        if _inside == 0:
            _before = sys.getrecursionlimit()
            sys.setrecursionlimit(max(DEPTH, _before))
        _inside += 1
    try:
        yield
    finally:
        with _LOCK:
            _inside -= 1
            # Somebody else's limit, set meanwhile, is left alone.
            if _inside == 0 and sys.getrecursionlimit() == DEPTH:
                sys.setrecursionlimit(_before)
