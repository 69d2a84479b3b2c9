"""The command `draws`, as somebody types it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cpdynamics.cli import BAD_INPUT, CHECK_FAILED, DONE, main
from tests import tiny


@pytest.fixture
def waiting(tmp_path: Path) -> str:
    return str(tiny.write(tmp_path))


@pytest.fixture
def leaking(tmp_path: Path) -> str:
    path = tiny.write(tmp_path)
    text = tiny.MODEL.replace("Waiting/time to help", "normal arriving * time to help")
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_sound_model_shows_a_row_a_scenario(waiting, capsys):
    assert main(["draws", waiting, "--runs", "50", "--strict"]) == DONE
    out = capsys.readouterr().out
    assert out.startswith("waiting: 50 draws at a time\n")
    for name in ("every constant", "base", "Half as many again", "Help takes longer"):
        assert name in out.replace("\n", " ") or name.split()[0] in out
    assert "below nought" not in out


def test_faults_are_told_and_fail_where_that_was_asked(leaking, capsys):
    assert main(["draws", leaking, "--runs", "50"]) == DONE
    told = "waiting, base: Waiting is below nought in "
    assert told in capsys.readouterr().out
    assert main(["draws", leaking, "--runs", "50", "--strict"]) == CHECK_FAILED


def test_what_has_no_range_is_named(tmp_path, capsys):
    path = tiny.write(tmp_path)
    text = tiny.MODEL.replace("Child/Month [0,50,1]", "Child/Month")
    path.write_text(text, encoding="utf-8")
    assert main(["draws", str(path), "--runs", "20"]) == DONE
    assert "Not drawn in waiting, without a range: normal arriving.\n" in capsys.readouterr().out


def test_only_the_whole_library_is_kept(waiting, capsys):
    assert main(["draws", waiting, "--write"]) == BAD_INPUT
    assert "--write keeps the whole library." in capsys.readouterr().err


def test_no_runs_are_refused(waiting, capsys):
    assert main(["draws", waiting, "--runs", "0"]) == BAD_INPUT
    assert "A whole number from 1 was expected" in capsys.readouterr().err
