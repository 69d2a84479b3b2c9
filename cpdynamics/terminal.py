"""What a command shows: results on stdout, progress on stderr and only where somebody watches.

A title or a name may come from a stranger's file, so nothing is shown that could steer a terminal.
"""

from __future__ import annotations

import contextlib
import itertools
import shutil
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator

import pandas as pd

from cpdynamics.errors import printable
from cpdynamics.tables import as_text

_TURN = "|/-\\"
_SECONDS = 0.15  # between two looks of the moving line


def say(text: str = "") -> None:
    """Prints a result."""
    print(_shown(text))


def paragraph(text: str) -> None:
    """Prints prose, folded between words where somebody watches and whole in a pipe."""
    text = _shown(text)
    if sys.stdout.isatty():
        text = textwrap.fill(text, min(shutil.get_terminal_size().columns, 100))
    print(text)


def show(table: pd.DataFrame, title: str = "") -> None:
    """Prints a table, all of it, as wide as the terminal.

    Args:
        table: columns as they are to be headed.
        title: lines above it.
    """
    if title:
        print(_shown(title))
    print(as_text(table, tallest=max(1, len(table))))


def write(data: bytes) -> None:
    """Writes a file to stdout as it stands: no letter and no line end is changed on the way.

    Args:
        data: its bytes.
    """
    sys.stdout.flush()
    sys.stdout.buffer.write(data)


@contextlib.contextmanager
def working(text: str) -> Iterator[Callable[[str], None]]:
    """A moving line on stderr while something takes its time; nothing at all in a pipe or a log.

    Args:
        text: what is being done. The function that comes back changes it.
    """
    if not sys.stderr.isatty():
        yield lambda text: None
        return
    line = _MovingLine(text)
    try:
        yield line.change
    finally:
        line.end()


class _MovingLine:
    """A line that is drawn over itself until it is taken away."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._wide = 0
        self._turns = itertools.cycle(_TURN)
        self._drawing = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._turn, daemon=True)
        self._thread.start()

    def change(self, text: str) -> None:
        with self._drawing:
            self._text = text
            self._draw()

    def end(self) -> None:
        self._ended.set()
        self._thread.join()
        sys.stderr.write(f"\r{' ' * self._wide}\r")
        sys.stderr.flush()

    def _turn(self) -> None:
        while True:
            with self._drawing:
                self._draw()
            if self._ended.wait(_SECONDS):
                return

    def _draw(self) -> None:
        # Spaces wipe out what was longer before, on terminals without any codes, too.
        line = f"{next(self._turns)} {printable(self._text)}"
        line = line[: max(1, shutil.get_terminal_size().columns - 1)]
        sys.stderr.write("\r" + line.ljust(self._wide))
        sys.stderr.flush()
        self._wide = len(line)


def _shown(text: str) -> str:
    return "\n".join(printable(line, " ") for line in text.split("\n"))
