from __future__ import annotations

import sys

import pytest

from cpdynamics.ensembles import ensemble, progress
from tests.ensembles.small_models import LINE, made


def shown(capsys: pytest.CaptureFixture[str], wanted: bool | None) -> str:
    ensemble(made(LINE), {"gain": "uniform"}, n=300, progress=wanted)
    out, err = capsys.readouterr()
    assert out == ""
    return err


def test_a_bar_is_shown_where_it_is_wanted(capsys: pytest.CaptureFixture[str]) -> None:
    assert "300/300" in shown(capsys, True)
    assert shown(capsys, False) == ""
    assert shown(capsys, None) == ""  # nobody watches


def test_a_terminal_sees_a_bar_of_what_takes_long_only(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "_watched", lambda: True)
    assert "300" not in shown(capsys, None)
    monkeypatch.setattr(progress, "_PATIENCE", 0)
    assert "300/300" in shown(capsys, None)


def test_somebody_watches_a_terminal_and_a_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal:
        def isatty(self) -> bool:
            return True

    class IPython:
        kernel = None

        @classmethod
        def get_ipython(cls) -> type:
            return cls

    assert not progress._watched()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", Terminal())
        assert progress._watched()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", None)  # pythonw
        assert not progress._watched()
        patch.setitem(sys.modules, "IPython", IPython)
        assert progress._watched()
