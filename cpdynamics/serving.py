"""A notebook served as a page by Voila, on this machine only, until it is stopped."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from cpdynamics.errors import BadValue, MissingFile, RunFailed
from cpdynamics.library import root

HOST = "127.0.0.1"
FIRST_PORT = 8866
_PORTS_TRIED = 50
_TEMPLATE = "cpdynamics"
_TEMPLATES = Path(__file__).resolve().parent / "dashboards" / "served"
_SECONDS_TO_START = 120.0
# Voila shuts its kernels down one after the other when asked to stop.
_SECONDS_TO_STOP = 15.0


class _Apart(TypedDict, total=False):
    start_new_session: bool
    creationflags: int


def notebooks() -> Path:
    """The folder of the notebooks, in an installed wheel, an editable install or a checkout.

    Raises:
        MissingFile: the package came without them.
    """
    folder = root().parent / "notebooks"
    if not folder.is_dir():
        raise MissingFile(f"There are no notebooks in {folder}.", "", "Install the package again.")
    return folder


def require(module: str, purpose: str) -> None:
    """Refuses at once when a part of the notebooks extra is missing.

    Args:
        module: what will be imported.
        purpose: what for.

    Raises:
        MissingFile: it is not installed.
    """
    if importlib.util.find_spec(module) is None:
        raise MissingFile(
            f"{module}, {purpose}, is not installed.",
            "",
            'Run: pip install "cpdynamics[notebooks]"',
        )


@dataclass(frozen=True)
class Page:
    """A notebook that is up as a page.

    Attributes:
        address: what to open in a browser.
    """

    address: str
    _server: subprocess.Popen[bytes]
    _log: Path

    def wait(self) -> None:
        """Does nothing until Ctrl-C.

        Raises:
            RunFailed: the server ended by itself.
        """
        while self._server.poll() is None:
            time.sleep(0.2)  # short, because on Windows Ctrl-C does not cut a sleep off
        raise RunFailed(f"The server stopped by itself. {_last_line(self._log)}")


@contextlib.contextmanager
def served(
    notebook: Path,
    *,
    port: int | None = None,
    log: Path,
    template: str = _TEMPLATE,
    templates: Path | None = None,
) -> Iterator[Page]:
    """A notebook that is up as a page for as long as the block lasts, with its kernels.

    Args:
        notebook: the .ipynb, or a folder of them behind an index.
        port: where to listen; the first free one from 8866 when left out.
        log: a file for what the server says.
        template: Voila's template: the look of the page.
        templates: a folder in which Jupyter finds it, beside our own.

    Raises:
        MissingFile: Voila is not installed, or there is no such notebook.
        BadValue: the port is taken.
        RunFailed: the server ended by itself, or did not answer within two minutes.
    """
    require("voila", "which serves the dashboard")
    if not notebook.exists():
        raise MissingFile(f"There is no notebook {notebook}.")
    port = _free(port)
    with log.open("w", encoding="utf-8") as said:
        server = _start(notebook, port, said.fileno(), template, templates)
        try:
            _wait_until_it_answers(server, port, log)
            yield Page(f"http://localhost:{port}/", server, log)
        finally:
            _stop(server)


def _start(
    notebook: Path, port: int, said: int, template: str, templates: Path | None
) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "voila", str(notebook), "--no-browser"]
    words += [f"--port={port}", f"--Voila.ip={HOST}", "--Voila.port_retries=0"]
    # Our page, which fetches nothing from outside this machine.
    words += [f"--template={template}", "--classic_tree=True"]
    paths = [str(templates or ""), str(_TEMPLATES), os.environ.get("JUPYTER_PATH", "")]
    environment = {**os.environ, "JUPYTER_PATH": os.pathsep.join(filter(None, paths))}
    # Apart from our group, Ctrl-C reaches us alone, and we end Voila in the order that it needs to
    # take its kernels along.
    apart: _Apart = {"start_new_session": True}
    if sys.platform == "win32":
        apart = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return subprocess.Popen(
        words, stdin=subprocess.DEVNULL, stdout=said, stderr=said, env=environment, **apart
    )


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Ends the server and its kernels, and does not let an impatient second Ctrl-C in between."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        if server.poll() is None:
            server.terminate()
        try:
            server.wait(_SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        if sys.platform != "win32":
            # It leads a group of its own; what it has left behind there must not stay.
            with contextlib.suppress(OSError):
                os.killpg(server.pid, signal.SIGKILL)
    finally:
        signal.signal(signal.SIGINT, before)


def _wait_until_it_answers(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < end:
        if server.poll() is not None:
            raise RunFailed(f"The server did not start. {_last_line(log)}")
        with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return
        time.sleep(0.1)
    raise RunFailed(f"The server did not answer within {_SECONDS_TO_START:.0f} seconds.")


def _free(port: int | None) -> int:
    if port is not None:
        if not _is_free(port):
            raise BadValue(f"Port {port} is taken.", "", "Choose another, or leave --port out.")
        return port
    for candidate in range(FIRST_PORT, FIRST_PORT + _PORTS_TRIED):
        if _is_free(candidate):
            return candidate
    last = FIRST_PORT + _PORTS_TRIED - 1
    raise BadValue(f"No port from {FIRST_PORT} to {last} is free.", "", "Choose one with --port.")


def _is_free(port: int) -> bool:
    with socket.socket() as trial:
        if os.name == "posix":  # a port that was closed a moment ago counts as free
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((HOST, port))
        except OSError:
            return False
    return True


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return f"It last said: {lines[-1]}" if lines else ""
