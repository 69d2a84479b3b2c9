"""A real Chromium, JupyterLab and Voila on this machine, and a notebook with a dashboard in it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

import cpdynamics.dashboards
from tests import front_door

# At 0 months the model breaks, which is what a test wants.
TINY_MDL = front_door.MDL.replace("Month [1,24,0.5]", "Month [0,24,0.5]")

CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
HERE = ("127.0.0.1", "localhost")
SECONDS = 60
"""How long a test waits for an answer: a machine with other work may take its time."""
OURS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


@dataclass
class Seen:
    """A page, and what it did that it should not have done."""

    page: Any
    front: str
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def line(self, name: str) -> list[float]:
        """The values that Plotly draws for the first line of that name."""
        return list(self.page.evaluate(LINE, name) or [])

    def until_line(self, name: str, holds: str) -> list[float]:
        """The values, once a JavaScript test of them (``y``) is true."""
        self.page.wait_for_function(
            f"(name) => {{ const y = ({LINE})(name); return y && ({holds}); }}", arg=name
        )
        return self.line(name)


LINE = """(name) => {
  const gd = document.querySelector('.js-plotly-plot');
  const trace = gd && gd._fullData && gd._fullData.find((one) => one.name === name);
  return trace && Array.from(trace.y);
}"""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A headless Chromium, or a skip that says why there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("there is no Chromium on this machine")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tiny model, a notebook that shows its dashboard, and our own notebooks."""
    folder = tmp_path_factory.mktemp("room")
    for notebook in OURS:
        shutil.copy(notebook, folder)
    (folder / "tiny.mdl").write_text(TINY_MDL, encoding="utf-8")
    (folder / "tiny.toml").write_text(front_door.UNCERTAIN + front_door.STORY, encoding="utf-8")
    source = [
        "from cpdynamics.dashboards import dashboard\n",
        "from cpdynamics.model import Model\n",
        f"board = dashboard(Model.from_path({str(folder / 'tiny.mdl')!r}))\n",
        "board",
    ]
    write_notebook(folder / "tiny.ipynb", source)
    return folder


def write_notebook(path: Path, source: list[str]) -> None:
    cell = {
        "cell_type": "code",
        "execution_count": None,
        "id": "dashboard",
        "metadata": {},
        "outputs": [],
        "source": source,
    }
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {
        "cells": [cell],
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path.write_text(json.dumps(notebook), encoding="utf-8")


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which Jupyter reads and writes nothing of the user's."""
    folder = tmp_path_factory.mktemp("home")
    settings = folder / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    # JupyterLab asks in a pop-up whether it may fetch news from outside.
    (settings / "notification.jupyterlab-settings").write_text(
        json.dumps({"fetchNews": "false", "checkForUpdates": False}), encoding="utf-8"
    )
    own = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    return os.environ | {key: str(folder / name) for key, name in own.items()}


@contextmanager
def served(words: list[str], home: dict[str, str], log: Path, folder: Path) -> Iterator[str]:
    """The address of a server that is up for as long as the block lasts."""
    with socket.socket() as trial:
        trial.bind((HERE[0], 0))
        port = trial.getsockname()[1]
    address = f"http://{HERE[0]}:{port}"
    command = [sys.executable, "-m", *words, "--no-browser", f"--port={port}"]
    # Of a port that was taken meanwhile it has to say so, rather than take the next.
    command.append("--ServerApp.port_retries=0")
    command.append("--Voila.port_retries=0")
    with log.open("w", encoding="utf-8") as said:
        server = subprocess.Popen(command, stdout=said, stderr=said, env=home, cwd=folder)
    try:
        end = time.monotonic() + 2 * SECONDS
        while not answers(f"{address}/static/favicon.ico"):
            ended = server.poll() is not None
            if ended or time.monotonic() > end:
                why = "ended by itself" if ended else "does not answer"
                pytest.fail(f"{words[0]} {why}: {log.read_text(encoding='utf-8')[-2000:]}")
            time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        try:
            server.wait(SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()


def answers(address: str) -> bool:
    try:
        urllib.request.urlopen(address, timeout=SECONDS).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


@pytest.fixture(scope="session")
def lab(home: dict[str, str], room: Path) -> Iterator[str]:
    """JupyterLab in the room."""
    words = ["jupyterlab", "--allow-root", "--IdentityProvider.token=", f"--ServerApp.ip={HERE[0]}"]
    words.append(f"--ServerApp.root_dir={room}")
    with served(words, home, room / "lab.log", room) as address:
        yield address


@pytest.fixture(scope="session")
def voila_words() -> list[str]:
    """How Voila is asked for our own page, which fetches nothing from outside."""
    return ["--template=cpdynamics", f"--Voila.ip={HERE[0]}"]


@pytest.fixture(scope="session")
def voila_home(home: dict[str, str]) -> dict[str, str]:
    """The environment in which Voila finds our page."""
    root = Path(cpdynamics.dashboards.__file__).parent / "served"
    return home | {"JUPYTER_PATH": str(root)}


@pytest.fixture(scope="session")
def voila(voila_home: dict[str, str], voila_words: list[str], room: Path) -> Iterator[str]:
    """Voila with the notebooks of the room."""
    words = ["voila", str(room), *voila_words]
    with served(words, voila_home, room / "voila.log", room) as address:
        yield address


@contextmanager
def opened(chromium: Any, front: str, *, size: tuple[int, int] = (1280, 720)) -> Iterator[Seen]:
    """A fresh page that is cut off from everything but this machine, and watched."""
    context = chromium.new_context(viewport={"width": size[0], "height": size[1]})
    page = context.new_page()
    seen = Seen(page, front)

    def judge(route: Any) -> None:
        parts = urlsplit(route.request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in HERE:
            seen.outside.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    page.route("**/*", judge)
    page.on("console", lambda said: seen.errors.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.set_default_timeout(1000 * SECONDS)
    try:
        yield seen
    finally:
        context.close()


@pytest.fixture
def open_page() -> Any:
    """Opens a watched page: ``with open_page(chromium, front) as seen``."""
    return opened


def show_in_lab(seen: Seen, address: str, notebook: str) -> None:
    """Opens a notebook in JupyterLab and runs its first cell by hand."""
    seen.page.goto(f"{address}/lab/tree/{notebook}?reset")
    seen.page.locator(".jp-CodeCell .cm-content").first.wait_for()
    # What is run before the kernel is there, JupyterLab forgets.
    seen.page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    from playwright.sync_api import expect

    prompt = seen.page.locator(".jp-CodeCell .jp-InputPrompt").first
    for _ in range(10):
        seen.page.locator(".jp-CodeCell .cm-content").first.click()
        seen.page.keyboard.press("Control+Enter")
        with suppress(AssertionError):
            expect(prompt).not_to_have_text("[ ]:", timeout=5000)
            return
    pytest.fail("JupyterLab does not run the cell.")


def until_drawn(seen: Seen) -> None:
    """Waits for the picture and for the names of the sliders, which come last."""
    try:
        seen.page.locator(".cpd .main-svg").first.wait_for()
        seen.page.locator(".cpd [role=slider][aria-label]").first.wait_for()
    except Exception:
        shows = seen.page.locator("body").inner_text()
        pytest.fail(f"No dashboard in {seen.front}. {seen.errors} The page: {shows[-3000:]}")


@pytest.fixture(scope="module", params=["lab", "voila"])
def shown(request: pytest.FixtureRequest, chromium: Any) -> Iterator[Seen]:
    """The dashboard of the tiny model, drawn, in JupyterLab and in Voila."""
    address = request.getfixturevalue(request.param)
    with opened(chromium, request.param) as seen:
        if request.param == "lab":
            show_in_lab(seen, address, "tiny.ipynb")
        else:
            seen.page.goto(f"{address}/voila/render/tiny.ipynb")
        until_drawn(seen)
        yield seen
