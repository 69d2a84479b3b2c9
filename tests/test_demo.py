import argparse
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import psutil
import pytest

from cpdynamics import cli, demo, library, serving
from cpdynamics.errors import BadValue, CannotWrite, MissingFile, RunFailed
from cpdynamics.run import Run
from cpdynamics.scenario import Scenario
from tests import tiny


def made_up(name: str, waiting: float, arriving: float) -> Run:
    times = np.arange(0.0, 25.0)
    frame = pd.DataFrame(
        {"Waiting": np.linspace(100.0, waiting, 25), "arriving": arriving}, index=times
    )
    units = {"Waiting": "Child", "arriving": "Child/Month"}
    return Run("waiting", Scenario(name=name), frame, units, "Month")


@pytest.fixture
def runs() -> dict[str, Run]:
    return {
        "base": made_up("", 100, 10),
        "More come, 50 %": made_up("More come, 50 %", 150, 15),
        "None go": made_up("None go", 80, 10.001),
    }


# --- the numbers and the charts ------------------------------------------------------------------


def test_headline_is_the_base_and_the_change_against_it(runs):
    table = demo.headline(runs, ["Waiting", "arriving"])
    assert list(table.columns) == ["units", "base", "More come, 50 %", "None go"]
    assert table.loc["Waiting"].tolist() == ["Child", 100.0, "+50.0 %", "-20.0 %"]
    assert table.loc["arriving"].tolist() == ["Child/Month", 10.0, "+50.0 %", "unchanged"]


def test_a_change_from_nothing_is_no_percentage(runs):
    nothing = {"base": made_up("", 100, 0), "some": made_up("some", 100, 3)}
    assert demo.headline(nothing, ["arriving"]).loc["arriving", "some"] == "from nothing"


def test_charts_and_numbers_are_written_where_asked(runs, tmp_path):
    model = library.load(tiny.write(tmp_path))
    folder = tmp_path / "new" / "folder"
    written = demo.write_charts(model, runs, ["Waiting", "arriving"], folder)
    names = ["waiting.html", "base.csv", "more-come-50.csv", "none-go.csv"]
    assert [path.name for path in written] == names
    assert sorted(path.name for path in folder.iterdir()) == sorted(names)
    assert "Why do they wait?" in written[0].read_text(encoding="utf-8")
    assert Run.read_csv(written[2]) == runs["More come, 50 %"]


def test_a_folder_that_cannot_be_made_is_refused(runs, tmp_path):
    model = library.load(tiny.write(tmp_path))
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(CannotWrite, match="taken"):
        demo.write_charts(model, runs, ["Waiting"], tmp_path / "taken")


def test_the_demo_tells_the_story_of_austerity(tmp_path, capsys):
    typed = argparse.Namespace(out=str(tmp_path / "out"), no_serve=True, port=None)
    assert demo.command(typed) == 0
    out = capsys.readouterr().out
    for outcome in demo.OUTCOMES:
        assert len(re.findall(r"[+-][\d.,]+ %|unchanged", _row(out, outcome))) == 2
    # Who pays for the cut, and that demand does not fall with it.
    assert re.search(r"[+]\d+\.\d %", _row(out, "Children in Care"))
    assert re.search(r'49 combinations of "cost of a child in care".* undiscounted\.', out)
    pages = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert pages == [
        "a-fifth-of-the-posts-go.csv",
        "a-further-40-cut.csv",
        "austerity.html",
        "base.csv",
    ]


# --- serving -------------------------------------------------------------------------------------


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    """A page that says who its kernel is."""
    source = "import os\nprint('kernel', os.getpid(), 'is up')"
    cell = {
        "cell_type": "code",
        "id": "one",
        "source": source,
        "metadata": {},
        "outputs": [],
        "execution_count": None,
    }
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    page = {"cells": [cell], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    path = tmp_path / "page.ipynb"
    path.write_text(json.dumps(page), encoding="utf-8")
    return path


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind((serving.HOST, 0))
        return int(free.getsockname()[1])


signals = pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot send these signals")


@signals
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_stopping_takes_the_server_and_its_kernels_along(name, notebook, port, tmp_path):
    code = (
        "import pathlib, sys\n"
        "from cpdynamics import cli, demo\n"
        f"page, folder = pathlib.Path({str(notebook)!r}), pathlib.Path({str(tmp_path)!r})\n"
        f"demo.command = lambda typed: demo.serve(page, folder, port={port}) or 0\n"
        "sys.exit(cli.main(['demo']))\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    try:
        page = _get(f"http://localhost:{port}/", process)
        assert "is up" in page
        family = psutil.Process(process.pid).children(recursive=True)
        assert len(family) >= 2  # the server and a kernel
        process.send_signal(getattr(signal, name))
        out, _ = process.communicate(timeout=120)
        assert process.returncode == 0
        assert f"http://localhost:{port}/" in out
        assert out.endswith("Ended.\n")
        _, alive = psutil.wait_procs(family, timeout=60)
        assert not alive
    finally:
        _end(process)


@signals
def test_what_a_server_leaves_behind_is_ended_too(tmp_path):
    """A server that heeds no polite word, with a child that was never told of its end."""
    seen = tmp_path / "child"
    code = (
        "import pathlib, signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"pathlib.Path({str(seen)!r}).write_text(str(child.pid))\n"
        "time.sleep(60)\n"
    )
    server = subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
    try:
        end = time.monotonic() + 60
        while not seen.exists() or not seen.read_text():
            assert time.monotonic() < end
            time.sleep(0.05)
        child = psutil.Process(int(seen.read_text()))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(serving, "_SECONDS_TO_STOP", 0.5)
            serving._stop(server)
        assert server.poll() is not None
        _, alive = psutil.wait_procs([child], timeout=60)
        assert [one for one in alive if one.status() != psutil.STATUS_ZOMBIE] == []
    finally:
        _end(server)


@signals
def test_make_demo_serves_the_dashboard_notebook(tmp_path, port):
    """The whole of it, as `make demo` calls it, up to Ctrl-C."""
    typed = [sys.executable, "-m", "cpdynamics", "demo", "--port", str(port), "--out", "out"]
    process = subprocess.Popen(
        typed, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path
    )
    try:
        page = _get(f"http://localhost:{port}/", process, seconds=120)
        assert "application/vnd.jupyter.widget-view+json" in page, "sliders, on the first screen"
        assert "Traceback" not in page
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
        assert (process.returncode, err) == (0, "")
        assert f"http://localhost:{port}/" in out
        assert (tmp_path / "out" / "austerity.html").is_file()
    finally:
        _end(process)


def test_a_server_that_ends_by_itself_is_an_error(notebook, port, tmp_path):
    with serving.served(notebook, port=port, log=tmp_path / "log") as page:
        children = psutil.Process(os.getpid()).children()
        # Browser tests in the same session have servers and a driver of their own beside it.
        alive = [child for child in children if child.status() != psutil.STATUS_ZOMBIE]
        (server,) = [child for child in alive if str(port) in " ".join(child.cmdline())]
        server.kill()
        with pytest.raises(RunFailed, match="stopped by itself"):
            page.wait()


def test_a_taken_port_is_refused(notebook, port, tmp_path):
    with socket.socket() as other:
        other.bind((serving.HOST, port))
        other.listen()
        with (
            pytest.raises(BadValue, match=f"Port {port} is taken"),
            serving.served(notebook, port=port, log=tmp_path / "log"),
        ):
            pass


def test_without_a_port_the_next_free_one_is_taken(notebook, port, tmp_path, monkeypatch):
    monkeypatch.setattr(serving, "FIRST_PORT", port)
    with socket.socket() as other:
        other.bind((serving.HOST, port))
        other.listen()
        with serving.served(notebook, log=tmp_path / "log") as page:
            assert page.address != f"http://localhost:{port}/"


def test_a_missing_notebook_and_a_missing_voila_say_what_to_do(tmp_path, notebook, monkeypatch):
    with (
        pytest.raises(MissingFile, match=r"none\.ipynb"),
        serving.served(tmp_path / "none.ipynb", log=tmp_path / "log"),
    ):
        pass
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with (
        pytest.raises(MissingFile, match=r'pip install "cpdynamics\[notebooks\]"'),
        serving.served(notebook, log=tmp_path / "log"),
    ):
        pass


def _end(process: subprocess.Popen[Any]) -> None:
    """A test that fails must not leave a server behind."""
    if process.poll() is None:
        family = psutil.Process(process.pid).children(recursive=True)
        for one in (process, *family):
            one.kill()
    process.wait()


def _row(out: str, name: str) -> str:
    (row,) = [line for line in out.splitlines() if line.startswith(f"{name} ")]
    return row


def _get(address: str, process: subprocess.Popen[str], seconds: float = 120) -> str:
    end = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(address, timeout=60) as answer:
                return answer.read().decode("utf-8")
        except OSError:
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < end, "nobody answered"
            time.sleep(0.2)


# --- any story as a page -------------------------------------------------------------------------


@signals
@pytest.mark.parametrize("asked", ["burnout", "./my 'own' model.mdl"])
def test_show_serves_the_dashboard_of_any_model(asked, tmp_path, port):
    """A room's page by the story's name, and a stranger's file with a quote in its name."""
    if asked.endswith(".mdl"):
        (tmp_path / asked).write_bytes(Path(tiny.write(tmp_path)).read_bytes())
    typed = [sys.executable, "-m", "cpdynamics", "show", asked, "--port", str(port)]
    process = subprocess.Popen(
        typed, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path
    )
    try:
        page = _get(f"http://localhost:{port}/", process, seconds=120)
        assert "application/vnd.jupyter.widget-view+json" in page
        assert "Traceback" not in page
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
        assert (process.returncode, err) == (0, "")
        assert out.endswith("Ended.\n")
    finally:
        _end(process)


def test_the_page_loads_the_model_that_was_asked_for():
    """What comes over the socket is for the browser's tests; here the cell itself is run."""
    path = str(library.locate("burnout")[1])
    cell = demo.dashboard_notebook(path)["cells"][0]["source"]
    asked = []
    stand_in = argparse.Namespace(load=lambda name: name, dashboard=asked.append)
    exec(cell.replace("import cpdynamics as cp", ""), {"cp": stand_in})
    assert asked == [path]


def test_a_link_to_a_model_keeps_the_story_that_lies_beside_the_link(tmp_path, monkeypatch):
    store = tmp_path / "store"
    store.mkdir()
    link, seen = tmp_path / "shown.mdl", []
    link.symlink_to(tiny.write(store))
    monkeypatch.setattr(demo, "serve", lambda notebook, *_, port: seen.append(notebook.read_text()))
    assert demo.show_page(argparse.Namespace(model=str(link), port=None)) == 0
    assert repr(str(link)) in json.loads(seen[0])["cells"][0]["source"]


def test_show_refuses_a_name_that_is_not_there_before_it_serves(capsys):
    assert cli.main(["show", "burnuot"]) == 2
    assert "burnout" in capsys.readouterr().err
