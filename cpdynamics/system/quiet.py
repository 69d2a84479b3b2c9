"""One at a time, and in silence: how PySD is used."""

from __future__ import annotations

import contextlib
import sys
import threading
import warnings
from collections.abc import Iterator

_LOCK = threading.RLock()


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """A time in which PySD works for this thread alone and warns nobody.

    PySD keeps grammars, spreadsheets and options in classes, and Python keeps warning filters and
    the writing of bytecode for the whole process: all of that needs the lock. What PySD warns of
    is about its own code, or becomes an error of ours.
    """
    with _LOCK:
        import numpy as np

        bytecode = sys.dont_write_bytecode
        # A .pyc beside a translated model would be run unread the next time.
        sys.dont_write_bytecode = True
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                yield
        finally:
            sys.dont_write_bytecode = bytecode
