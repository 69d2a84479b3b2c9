"""What a command shows: results on stdout, progress on stderr and only where somebody watches."""

from __future__ import annotations

import contextlib
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterator

import pandas as pd

from cpdynamics.tables import as_text


def say(text: str = "") -> None:
    """Prints a result."""
    print(text)


def paragraph(text: str) -> None:
    """Prints prose, folded between words where somebody watches and whole in a pipe."""
    if sys.stdout.isatty():
        text = textwrap.fill(text, min(shutil.get_terminal_size().columns, 100))
    print(text)


def show(table: pd.DataFrame, title: str = "") -> None:
    """Prints a table, all of it, as wide as the terminal.

    Args:
        table: columns as they are to be headed.
        title: a line above it.
    """
    if title:
        print(title)
    print(as_text(table, tallest=max(1, len(table))))


@contextlib.contextmanager
def working(text: str) -> Iterator[Callable[[str], None]]:
    """A moving line on stderr while something takes its time; nothing at all in a pipe or a log.

    Args:
        text: what is being done. The function that comes back changes it.
    """
    if not sys.stderr.isatty():
        yield lambda text: None
        return
    from rich.console import Console  # a tenth of a second that a pipe need not pay

    with Console(stderr=True).status(text, spinner="line") as status:
        yield status.update
