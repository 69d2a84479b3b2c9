"""Notebooks that are run: once, with a clear error, and stopped when we are."""

from __future__ import annotations

import asyncio
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from cpdynamics.errors import RunFailed
from cpdynamics.site import executing
from cpdynamics.site.executing import executed

pytest.importorskip("nbclient")


def written(path: Path, *sources: str) -> Path:
    cells = [
        {
            "cell_type": "code",
            "id": f"cell-{place}",
            "source": source,
            "metadata": {},
            "outputs": [],
            "execution_count": None,
        }
        for place, source in enumerate(sources)
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    whole = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(whole), encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CPDYNAMICS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_a_notebook_is_run_once_and_its_dashboard_never(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path / "a.ipynb", "print(6 * 7)", "import cp\ncp.dashboard(x)")
    told: list[str] = []
    (made,) = executed([file], progress=told.append).values()
    outputs = [cell["outputs"] for cell in made["cells"]]
    assert outputs[0][0]["text"] == ["42\n"]
    assert outputs[1] == [], "there is no module cp, and nobody asked for it"
    assert told[0] == "Notebook a: box 1 of 2"

    async def never(path: Path, progress: Any) -> Any:
        raise AssertionError

    monkeypatch.setattr(executing, "_run", never)
    assert executed([file]) == {file: made}
    written(file, "print(43)")
    with pytest.raises(AssertionError):
        executed([file])


def test_a_model_that_changed_makes_its_notebooks_run_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = executing._version()
    assert executing._version() == before
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "a.mdl").write_text("x")
    monkeypatch.setattr(executing, "root", lambda: tmp_path / "models")
    changed = executing._version()
    (tmp_path / "models" / "a.mdl").write_text("y")
    assert len({before, changed, executing._version()}) == 3


def test_a_cell_that_breaks_off_is_named(tmp_path: Path, cache: Path) -> None:
    file = written(tmp_path / "b.ipynb", "1 / 0")
    with pytest.raises(RunFailed, match=r"b\.ipynb breaks off: .*ZeroDivisionError"):
        executed([file])
    assert list(cache.rglob("executed.ipynb")) == [], "nothing half-run is kept"


def test_it_is_stopped_when_we_are(monkeypatch: pytest.MonkeyPatch) -> None:
    began, ended = threading.Event(), []

    async def long() -> None:
        try:
            began.set()
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            ended.append("stopped")
            raise

    def interrupted(*_: Any, **__: Any) -> None:
        assert began.wait(60)
        raise KeyboardInterrupt

    monkeypatch.setattr(executing, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        executing._apart(long())
    assert ended == ["stopped"]


def test_it_may_be_asked_for_where_a_loop_runs(tmp_path: Path) -> None:
    async def as_in_a_notebook() -> Any:
        return executed([written(tmp_path / "c.ipynb", "2 + 2")])

    # In a thread of its own, since a browser of an earlier test keeps a loop in this one.
    with ThreadPoolExecutor(1) as thread:
        (made,) = thread.submit(asyncio.run, as_in_a_notebook()).result().values()
    assert made["cells"][0]["outputs"][0]["data"]["text/plain"] == ["4"]
