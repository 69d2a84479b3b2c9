from __future__ import annotations

import pandas as pd
import pytest

from cpdynamics.auditing.agreement import two_engines
from cpdynamics.auditing.subject import Subject
from cpdynamics.engines.compiled import Compiled
from cpdynamics.engines.machine import NoCompiler
from cpdynamics.engines.request import Request
from cpdynamics.errors import RunFailed
from cpdynamics.mdl.document import Document
from cpdynamics.model import Model
from cpdynamics.scenario import Scenario
from cpdynamics.story import Story
from tests.auditing.good import MODEL, subject

WAVES = Story(scenarios={"A wave": Scenario({"size of wave": 3.0}, name="A wave")})


def told() -> Subject:
    return Subject(Model.from_document(Document.parse(MODEL), WAVES))


def test_a_model_that_both_run_passes() -> None:
    found = two_engines(told())
    assert found.verdict == "passed", found.text
    assert "PySD and the compiled engine agree" in found.text
    assert found.text.endswith("in 2 runs.")


def changed(monkeypatch: pytest.MonkeyPatch, under: dict[str, float], by: float) -> None:
    """The compiled engine gives other numbers for one variable in the runs with some constants."""
    run = Compiled.run

    def wrong(self: Compiled, request: Request | None = None) -> pd.DataFrame:
        frame = run(self, request)
        if request is not None and dict(request.constants) == under:
            frame.loc[frame.index[2], "leaving"] *= 1 + by
        return frame

    monkeypatch.setattr(Compiled, "run", wrong)


@pytest.mark.parametrize("under", [{}, {"size of wave": 3.0}])
def test_one_number_at_one_time_is_enough_to_fail(
    monkeypatch: pytest.MonkeyPatch, under: dict[str, float]
) -> None:
    changed(monkeypatch, under, 1e-8)
    found = two_engines(told())
    assert found.verdict == "failed"
    where = "A wave" if under else "base"
    assert f"leaving (under {where})" in found.text


def test_the_last_bit_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    changed(monkeypatch, {}, 1e-10)
    assert two_engines(told()).verdict == "passed"


def test_a_run_that_only_pysd_ends_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    run = Compiled.run

    def breaking(self: Compiled, request: Request | None = None) -> pd.DataFrame:
        if request and request.constants:
            raise RunFailed('"leaving" divides by zero at time 3.')
        return run(self, request)

    monkeypatch.setattr(Compiled, "run", breaking)
    found = two_engines(told())
    assert found.verdict == "failed"
    assert "A wave" in found.text
    assert "divides by zero" in found.text


def test_what_pysd_alone_can_run_is_said_so_and_checked_by_pysd() -> None:
    text = MODEL.replace("FINAL TIME = ", "FINAL TIME = 0 * Waiting + ")
    assert text != MODEL
    one = Subject(Model.from_document(Document.parse(text)))
    found = two_engines(one)
    assert found.verdict == "does not apply"
    assert "FINAL TIME" in found.text
    assert one.run(Scenario({"size of wave": 3.0})).names == one.base.names


def test_without_a_compiler_the_other_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object) -> None:
        raise NoCompiler("No llvmlite.")

    monkeypatch.setattr(Compiled, "load", none)
    found = two_engines(subject())
    assert (found.verdict, "the vectorised engine" in found.text) == ("passed", True)


def test_chance_is_not_compared() -> None:
    text = MODEL.replace("elsewhere = 3", "elsewhere = RANDOM UNIFORM(0, 1, 7)")
    found = two_engines(Subject(Model.from_document(Document.parse(text))))
    assert found.verdict == "does not apply"
