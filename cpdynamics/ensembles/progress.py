"""A progress bar where somebody watches."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator

_PATIENCE = 1.0  # seconds in which nobody asks whether it is still at work


@contextlib.contextmanager
def bar(runs: int, wanted: bool | None) -> Iterator[Callable[[int], object]]:
    """What is to be called with the number of runs that have been made since.

    Args:
        runs: how many there will be.
        wanted: whether a bar is shown; None where somebody is there to see it and it takes long.
    """
    if wanted is False or (wanted is None and not _watched()):
        yield lambda more: None
        return
    from tqdm.auto import tqdm

    with tqdm(
        total=runs, unit=" runs", unit_scale=True, delay=0 if wanted else _PATIENCE, file=sys.stderr
    ) as shown:
        yield shown.update


def _watched() -> bool:
    if "IPython" in sys.modules:
        shell = sys.modules["IPython"].get_ipython()
        if shell is not None and hasattr(shell, "kernel"):
            return True
    return bool(sys.stderr and sys.stderr.isatty())
