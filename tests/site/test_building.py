"""What is asked for, and what comes of it when something is wrong: nothing half-made."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest

from cpdynamics import library
from cpdynamics.cli import main
from cpdynamics.errors import BadValue, CannotWrite, MissingFile, UnknownName
from cpdynamics.serving import notebooks
from cpdynamics.site import building, printing, write_site
from cpdynamics.site.pages import chosen
from tests import tiny

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def model(tmp_path: Path) -> str:
    (tmp_path / "models").mkdir()
    return str(tiny.write(tmp_path / "models"))


def test_a_model_of_ones_own_has_its_pages(model: str, tmp_path: Path) -> None:
    told: list[str] = []
    folder = write_site(tmp_path / "out", stories=[model], notebooks=False, progress=told.append)
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {"index.html", "models.html", "stories/waiting.html", "handouts/waiting.html"} <= files
    assert not [one for one in files if one.endswith((".png", ".pdf", ".zip", ".ipynb"))]
    index = (folder / "index.html").read_text(encoding="utf-8")
    assert "<h2>Other models</h2>" in index
    assert 'href="stories/waiting.html#cpd1/waiting/Half%20as%20many%20again"' in index
    assert "The notebooks were left out" in index
    assert told[0] == f"Loading {model}"


def test_every_page_of_ours_may_do_next_to_nothing(model: str, tmp_path: Path) -> None:
    folder = write_site(tmp_path / "out", stories=[model], notebooks=False)
    for page in (folder / "index.html", folder / "models.html", folder / "handouts/waiting.html"):
        text = page.read_text(encoding="utf-8")
        policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
        assert policy is not None
        assert policy[1].startswith("default-src 'none'; style-src 'self'; ")
        assert "script" not in policy[1]
        assert not re.search(r"<script|<style| style=| on\w+=", text), page.name
    licence = (folder / "plotly.min.js").read_text(encoding="utf-8")[:300]
    assert "Licensed under the MIT license" in licence


def test_the_words_of_a_model_stay_words(model: str, tmp_path: Path) -> None:
    toml = Path(model).with_suffix(".toml")
    text = toml.read_text(encoding="utf-8").replace("Half as many again", HOSTILE)
    text = re.sub(r"^title = .*", f"title = '{HOSTILE}'", text, flags=re.MULTILINE)
    toml.write_text(text, encoding="utf-8")
    folder = write_site(tmp_path / "out", stories=[model], notebooks=False)
    for name in ("index.html", "handouts/waiting.html"):
        page = (folder / name).read_text(encoding="utf-8")
        assert "&lt;script&gt;alert(1)" in page
        assert HOSTILE not in page
    for picture in folder.rglob("*.svg"):
        assert HOSTILE not in picture.read_text(encoding="utf-8")


@pytest.mark.parametrize("stop", [KeyboardInterrupt, CannotWrite("Full.")])
def test_an_interrupted_build_leaves_nothing(
    model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop: Any
) -> None:
    def stopped(*_: Any) -> str:
        raise stop

    monkeypatch.setattr(building, "models_page", stopped)
    with pytest.raises(stop if isinstance(stop, type) else type(stop)):
        write_site(tmp_path / "out" / "site", stories=[model], notebooks=False)
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize(
    ("stories", "error", "said"),
    [
        (["caselod"], UnknownName, "caseload"),
        (["caseload", "Caseload"], BadValue, "twice"),
        ([], BadValue, "No story"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_made(
    stories: list[str], error: type[Exception], said: str, tmp_path: Path
) -> None:
    with pytest.raises(error, match=said):
        write_site(tmp_path / "out", stories=stories)
    assert list(tmp_path.iterdir()) == []


def test_two_models_of_one_name_are_refused(model: str, tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    other = tiny.write(tmp_path / "more")
    with pytest.raises(BadValue, match="Two models are called waiting"):
        write_site(tmp_path / "out", stories=[model, str(other)], notebooks=False)
    assert not (tmp_path / "out").exists()


def test_the_index_has_the_five_systems_first() -> None:
    names = building._names(None)
    assert names[:5] == list(library.models()["name"][:5])
    assert names[-1] == "teaching/bathtub"
    assert not [name for name in names if name.startswith("sectors/")]


def test_a_part_of_the_stories_brings_only_the_notebooks_that_need_no_more() -> None:
    every = [file.name for file in chosen(notebooks(), None)]
    assert every[0].startswith("00_")
    assert "dashboard_austerity.ipynb" not in every
    few = [file.name for file in chosen(notebooks(), ["caseload", "teaching/bathtub"])]
    assert few == ["00_start_here.ipynb"]
    more = [file.name for file in chosen(notebooks(), ["burnout", "teaching/bathtub"])]
    assert "02_why_the_work_makes_people_ill.ipynb" in more


def test_without_a_browser_the_pack_is_refused_at_once(
    model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(printing.shutil, "which", lambda name: None)
    monkeypatch.setattr(printing, "_PLACES", ())
    out = tmp_path / "out"
    assert main(["site", str(out), "--stories", model, "--no-notebooks", "--pack"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "There is no Chromium" in said
    assert "apt install chromium" in said
    assert not out.exists()


@pytest.mark.parametrize(("module", "typed"), [("mistune", ["--no-notebooks"]), ("nbclient", [])])
def test_what_is_not_installed_is_named_at_once(
    module: str,
    typed: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == module else find(name)
    )
    assert main(["site", str(tmp_path / "out"), *typed]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"cpdynamics: {module}, ")
    assert 'pip install "cpdynamics[notebooks]"' in said
    assert list(tmp_path.iterdir()) == []


def test_a_browser_that_prints_nothing_is_named(tmp_path: Path) -> None:
    browser = tmp_path / "browser"
    browser.write_text("#!/bin/sh\necho no screen here >&2\n", encoding="utf-8")
    browser.chmod(0o755)
    with pytest.raises(Exception, match=r"x\.html was not printed by .*no screen here"):
        printing.print_page(str(browser), tmp_path / "x.html", tmp_path / "x.pdf")
    with pytest.raises(Exception, match=r"x\.html was not printed"):
        printing.print_page(str(tmp_path / "none"), tmp_path / "x.html", tmp_path / "x.pdf")


def test_notebooks_that_are_not_there_are_named(tmp_path: Path) -> None:
    (tmp_path / "01_broken.ipynb").write_text("{", encoding="utf-8")
    with pytest.raises(MissingFile, match="01_broken"):
        chosen(tmp_path, None)
