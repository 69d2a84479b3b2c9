"""Pages as PDF, printed by a Chromium that is on the machine: for the room with paper alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from cpdynamics.errors import CpdynamicsError, MissingFile, clipped

_SECONDS = 120.0

_NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "msedge",
)
_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    r"C:\Program Files\Microsoft\Edge\Application\msedge.exe",
)
"""Where macOS and Windows keep a browser that is on no search path."""

_QUIET = (
    "--headless",
    "--disable-gpu",
    "--disable-extensions",
    "--disable-background-networking",
    "--no-first-run",
    "--no-pdf-header-footer",
)


def chromium() -> str:
    """The path of a browser that prints: Chromium, Chrome or Edge.

    Raises:
        MissingFile: there is none.
    """
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    found = found or next((place for place in _PLACES if Path(place).is_file()), None)
    if found is None:
        raise MissingFile(
            "There is no Chromium, Chrome or Edge on this machine, which prints the handouts.",
            "",
            "Install one, such as with: apt install chromium. Or leave --pack out.",
        )
    return found


def print_page(browser: str, page: Path, pdf: Path) -> None:
    """Writes a page of the disk as PDF, on the paper that its style asks for.

    Args:
        browser: what ``chromium`` gave.
        page: an .html.
        pdf: where to.

    Raises:
        CpdynamicsError: the browser does not print it.
    """
    # In a container root has no other way; nothing but our own page is opened.
    rootless = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as own:
        words = [browser, *_QUIET, *rootless, f"--user-data-dir={own}", f"--print-to-pdf={pdf}"]
        try:
            done = subprocess.run(
                [*words, page.absolute().as_uri()],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_SECONDS,
                check=False,
            )
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        except subprocess.TimeoutExpired:
            said = [f"It took longer than {_SECONDS:g} seconds."]
        except OSError as error:
            said = [str(error)]
    # A browser that could not open the page ends as if all were well.
    if not pdf.is_file():
        raise CpdynamicsError(
            f"{page.name} was not printed by {browser}. {clipped(' '.join(said), 200)}",
            "",
            "Open the page and print it by hand, or leave --pack out.",
        )
