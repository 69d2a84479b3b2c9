"""`cpdynamics check`: its exit code, its page, and what it says while it works."""

from __future__ import annotations

import contextlib

import pytest

from cpdynamics.auditing import Audit, Check
from cpdynamics.cli import main
from cpdynamics.commands import checks


@pytest.fixture
def outcome(monkeypatch):
    """Makes every audit come out as one check with a verdict; the names of checks are told."""

    def set_to(verdict: str) -> None:
        def audit(file, *, progress):
            progress("rest")
            return Audit(file, (Check("rest", verdict, "Found.", "Remedy."),))

        monkeypatch.setattr("cpdynamics.auditing.audit", audit)

    return set_to


@pytest.mark.parametrize(
    ("verdict", "code"), [("passed", 0), ("failed", 1), ("not made", 0), ("does not apply", 0)]
)
def test_only_a_failure_ends_with_1(outcome, verdict, code, capsys):
    outcome(verdict)
    assert main(["check", "caseload"]) == code
    assert "Found." in capsys.readouterr().out


def test_the_page_holds_every_file_asked_for(outcome, tmp_path, capsys):
    outcome("failed")
    page = tmp_path / "page.html"
    assert main(["check", "caseload", "austerity", "--html", str(page)]) == 1
    text = page.read_text(encoding="utf-8")
    assert text.count("<h2>") == 2
    assert "2 models checked; 2 with something to put right." in text
    assert str(page) in capsys.readouterr().out


def test_the_check_being_made_is_named_while_it_is_made(outcome, monkeypatch):
    outcome("passed")
    shown = []

    @contextlib.contextmanager
    def working(text):
        shown.append(text)
        yield shown.append

    monkeypatch.setattr(checks, "working", working)
    main(["check", "caseload", "austerity"])
    assert shown == [
        "Checking caseload",
        "Checking caseload: rest",
        "Checking austerity",
        "Checking austerity: rest",
    ]
