"""`cpdynamics export` and `cpdynamics site`: one file of a model, and a folder of pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from cpdynamics.cli import main
from tests.tiny import MODEL


@pytest.fixture
def mdl(tmp_path: Path) -> Path:
    path = tmp_path / "service.mdl"
    path.write_text(MODEL, encoding="utf-8")
    return path


def test_a_model_becomes_one_page(mdl: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = mdl.with_suffix(".html")
    assert main(["export", str(mdl), str(out), "--no-loops"]) == 0
    assert str(out) in capsys.readouterr().out
    page = out.read_text(encoding="utf-8")
    assert "Content-Security-Policy" in page
    assert "normal arriving" in page
    assert "http-equiv" in page[:400], "the policy comes before anything that it is to hold"


@pytest.mark.parametrize(
    ("model", "out", "said"),
    [
        ("caselod", "x.html", "caseload"),
        ("caseload", "x.pdf", ".html"),
        ("caseload", "nowhere/x.html", "cannot be written"),
    ],
)
def test_what_cannot_be_made_is_one_clear_line(
    model: str,
    out: str,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["export", model, out, "--no-loops"]) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert told.err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_a_folder_of_pages_says_where_to_begin(
    mdl: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "site"
    assert main(["site", str(out), "--stories", f" {mdl} ,", "--no-notebooks"]) == 0
    assert str(out / "index.html") in capsys.readouterr().out
    assert (out / "stories" / "service.html").is_file()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["out", "--stories", "caselod"], "caseload"),
        (["out", "--stories", ","], "No story"),
        (["full"], "mine.txt"),
        (["full/mine.txt"], "no folder"),
    ],
)
def test_a_folder_that_cannot_be_is_one_clear_line(
    typed: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine", encoding="utf-8")
    assert main(["site", *typed]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["full", "mine.txt"]
