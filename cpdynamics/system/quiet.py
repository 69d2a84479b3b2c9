"""One at a time, and in silence: how PySD is used."""

from __future__ import annotations

import contextlib
import sys
import threading
import warnings
from collections.abc import Iterator

from cpdynamics.system.depth import deep

_LOCK = threading.RLock()
_owner: int | None = None


class _OfOwner(type):
    def __subclasscheck__(cls, _category: type) -> bool:
        return _owner == threading.get_ident()


class Hushed(Warning, metaclass=_OfOwner):
    """Every category of warning to the thread that is in ``quiet``, and none to any other.

    A filter is asked whether a warning's category is a subclass of its own, so the one on this
    class can stand in the list for good. Taking it in and out would not do: the list belongs to
    the process, and a thread that saved it meanwhile (``warnings.catch_warnings``) would put it
    back as it was then, deaf to all.
    """


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """A time in which PySD works for this thread alone and warns nobody.

    PySD keeps grammars, spreadsheets and options in classes, and Python keeps the writing of
    bytecode for the whole process: all of that needs the lock. What PySD warns of is about its
    own code, or becomes an error of ours. Other threads are warned as ever. PySD's calls may go
    as deep as ``deep`` allows.
    """
    global _owner
    with _LOCK:
        import numpy as np

        bytecode, before = sys.dont_write_bytecode, _owner
        # A .pyc beside a translated model would be run unread the next time.
        sys.dont_write_bytecode, _owner = True, threading.get_ident()
        try:
            _hush()
            with np.errstate(all="ignore"), deep():
                yield
        finally:
            sys.dont_write_bytecode, _owner = bytecode, before


def _hush() -> None:
    """The filter on ``Hushed`` put first, where it is not yet: it must come before an "error"."""
    if not warnings.filters or warnings.filters[0][2] is not Hushed:
        warnings.simplefilter("ignore", Hushed)


_hush()  # early, so that a thread that saves and restores the filters has it among them
