import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request

import pytest

from cpdynamics import lab
from cpdynamics.cli import main
from cpdynamics.errors import CannotWrite

NOTIFICATIONS = "@jupyterlab/apputils-extension:notification"


def test_from_a_wheel_the_notebooks_are_copied_once(tmp_path):
    shipped, own = tmp_path / "_shipped", tmp_path / "notebooks"
    shipped.mkdir()
    (shipped / "one.ipynb").write_text("new")
    (shipped / "two.ipynb").write_text("new")
    own.mkdir()
    (own / "one.ipynb").write_text("mine")
    assert lab.copied(shipped, own) == own
    assert (own / "one.ipynb").read_text() == "mine"
    assert (own / "two.ipynb").read_text() == "new"
    with pytest.raises(CannotWrite, match="folder of yours"):
        lab.copied(shipped, tmp_path / "one" / "two")


def test_without_jupyterlab_it_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert main(["lab"]) == 2
    assert 'pip install "cpdynamics[notebooks]"' in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot send this signal")
def test_jupyterlab_opens_the_first_notebook_and_calls_nobody(tmp_path):
    own = {name: str(tmp_path) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "HOME")}
    log = tmp_path / "log"
    with log.open("w") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "cpdynamics", "lab", "--no-browser"],
            stdout=said,
            stderr=said,
            env={**os.environ, **own},
        )
    try:
        address = None
        end = time.monotonic() + 120
        while address is None:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.2)
            address = re.search(r"http://(?:localhost|127\.0\.0\.1):\d+/\S+", log.read_text())
        assert f"/lab/tree/{lab.FIRST}" in address[0]
        with urllib.request.urlopen(address[0].replace(f"/tree/{lab.FIRST}", "")) as answer:
            page = answer.read().decode("utf-8")
        found = re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', page, re.S)
        assert found is not None
        assert json.loads(found[1])["news"] == {"disabled": True}
        # Else a pop-up asks on every page whether it may fetch news.
        asked = address[0].replace(f"/tree/{lab.FIRST}", f"/api/settings/{NOTIFICATIONS}")
        with urllib.request.urlopen(asked) as answer:
            settings = json.load(answer)
        defaults = {name: one["default"] for name, one in settings["schema"]["properties"].items()}
        assert (defaults["fetchNews"], defaults["checkForUpdates"]) == ("false", False)
        assert settings["raw"] == "{}"  # nothing was written among the user's own settings
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
