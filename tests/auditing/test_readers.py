from __future__ import annotations

import importlib.util
import json
import subprocess

import pytest

from cpdynamics.auditing import readers
from cpdynamics.auditing.subject import Subject
from cpdynamics.mdl.document import Document
from cpdynamics.model import Model
from tests.auditing.good import MODEL, bare, subject

needed = pytest.mark.skipif(
    importlib.util.find_spec("simlin") is None, reason="pysimlin has no wheel for this system"
)


@needed
def test_two_readers_agree_on_every_variable():
    found = readers.two_readers(subject(("size of wave = 0", "size of wave = 3")))
    assert (found.verdict, found.text) == ("passed", "PySD and pysimlin agree on 9 final values.")


@needed
def test_the_method_of_integration_in_the_settings_makes_no_difference():
    """Vensim's line 15 asks for Runge-Kutta, which PySD does not have: both use Euler's method."""
    settings = "///---\\\\\\\n:L\x7f<%^E!@\n15:0,0,0,1,0,0\n"
    text = MODEL.replace("size of wave = 0", "size of wave = 3") + settings
    found = readers.two_readers(Subject(Model.from_document(Document.parse(text))))
    assert found.verdict == "passed"


@needed
def test_no_module_of_the_strangers_folder_is_imported(tmp_path, monkeypatch):
    for name in ("json", "simlin", "warnings"):
        (tmp_path / f"{name}.py").write_text("open('been_here', 'w'); raise SystemExit(3)")
    monkeypatch.chdir(tmp_path)
    assert readers.two_readers(subject()).verdict == "passed"
    assert not (tmp_path / "been_here").exists()


@pytest.fixture
def answered(monkeypatch):
    """The second reader's answer, whatever it would have been."""

    def set_to(stdout: str, code: int = 0) -> None:
        def run(*args, **_keywords):
            return subprocess.CompletedProcess(args, code, stdout.encode(), b"")

        monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
        monkeypatch.setattr(subprocess, "run", run)

    return set_to


def test_another_number_is_a_failure_with_both_numbers(answered):
    answered(json.dumps({"final": {"waiting": 50.0001, "new_need": 5.0}}))
    found = readers.two_readers(subject())
    assert found.verdict == "failed"
    assert found.text == "1 read in two ways: Waiting (50 and 50.0001)."
    answered(json.dumps({"final": {"waiting": 50.00004}}))
    assert readers.two_readers(subject()).verdict == "passed"


def test_what_the_second_reader_does_not_know_is_named(answered):
    answered(json.dumps({"final": {"waiting": 50}}))
    found = readers.two_readers(subject())
    assert found.text.startswith("PySD and pysimlin agree on 1 final value. Known to the first")
    answered(json.dumps({"final": {}}))
    assert readers.two_readers(subject()).verdict == "not made"


def test_no_number_is_another_number(answered):
    answered('{"final": {"waiting": NaN}}')
    assert readers.two_readers(subject()).verdict == "failed"


@pytest.mark.parametrize(
    ("stdout", "code", "said"),
    [
        ("", -11, "broke off with code -11"),
        ("not JSON", 0, "broke off"),
        ('{"refused": "unknown builtin"}', 0, "unknown builtin"),
        ('["odd"]', 0, "broke off"),
    ],
)
def test_a_reader_that_breaks_off_is_no_failure_of_the_model(answered, stdout, code, said):
    answered(stdout, code)
    found = readers.two_readers(subject())
    assert found.verdict == "not made"
    assert said in found.text


def test_a_reader_that_hangs_is_left(monkeypatch):
    def hanging(*args, timeout, **_keywords):
        raise subprocess.TimeoutExpired(args, timeout)

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    monkeypatch.setattr(subprocess, "run", hanging)
    found = readers.two_readers(subject())
    assert (found.verdict, "60 seconds" in found.text) == ("not made", True)


def test_a_reader_that_cannot_start_is_left(monkeypatch):
    def absent(*_args, **_keywords):
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    monkeypatch.setattr(subprocess, "run", absent)
    found = readers.two_readers(subject())
    assert (found.verdict, "cannot be started" in found.text) == ("not made", True)


def test_nothing_is_asked_of_a_reader_that_is_not_there(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    found = readers.two_readers(subject())
    assert found.verdict == "does not apply"
    assert "not installed" in found.text


@pytest.mark.parametrize(
    ("equation", "said"),
    [
        ("x = DELAY FIXED(Time, 3, 0)", "DELAY FIXED"),
        ("x = RANDOM UNIFORM(0, 1, 1)", "random"),
    ],
)
def test_what_the_readers_take_otherwise_by_design_is_not_compared(equation, said):
    found = readers.two_readers(bare(equation))
    assert found.verdict == "does not apply"
    assert said in found.text
