from __future__ import annotations

import subprocess
import sys
import warnings
from typing import Any

import pytest

from cpdynamics.engines.compiled import Compiled
from cpdynamics.engines.machine import NoCompiler
from cpdynamics.engines.reference import Reference
from cpdynamics.engines.vectorised import Vectorised
from cpdynamics.errors import BadValue, Notice, Unsupported
from cpdynamics.mdl.document import Document
from cpdynamics.model import Model
from tests.engines.agreeing import CONTROL

LEVEL = "Level = INTEG(3 - Level / lag, 10) ~~| lag = 4 ~~|"
# A clock that is computed from what moves: PySD alone asks for it again at each step.
PYSD_ALONE = LEVEL + "half = Level / 20 ~~|"
MOVING_CLOCK = CONTROL.format(initial="0", final="10", step="0.25", saveper="half")


def made(equations: str, control: str = "") -> Model:
    control = control or CONTROL.format(initial="0", final="10", step="0.25", saveper="1")
    return Model.from_document(Document.parse("{UTF-8}\n" + equations + control))


@pytest.fixture
def silent() -> Any:
    """Fails a test in which a notice is given that it does not wait for."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", Notice)
        yield


@pytest.mark.usefixtures("silent")
def test_the_quickest_comes_first_and_says_nothing() -> None:
    model = made(LEVEL)
    assert isinstance(model.engine(), Compiled)
    assert model.run().frame.equals(model.run(engine="compiled").frame)


@pytest.mark.usefixtures("silent")
def test_each_can_be_asked_for_by_name() -> None:
    model = made(LEVEL)
    for name, kind in (("compiled", Compiled), ("vectorised", Vectorised), ("pysd", Reference)):
        assert isinstance(model.engine(name), kind)
        assert model.engine(name) is model.engine(name)
    with pytest.raises(BadValue, match="compiled"):
        model.engine("compild")


def test_what_it_cannot_run_goes_to_pysd_with_one_notice() -> None:
    model = made(PYSD_ALONE, MOVING_CLOCK)
    with pytest.warns(Notice, match='"SAVEPER"') as told:
        run = model.run()
    assert len(told) == 1
    assert run.frame.equals(model.run(engine="pysd").frame)
    assert told[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error", Notice)
        model.run({"lag": 3})
        assert isinstance(model.engine(), Reference)
    with pytest.raises(Unsupported, match="SAVEPER"):
        model.run(engine="compiled")


def test_without_a_compiler_numpy_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: Any) -> None:
        raise NoCompiler("The compiled engine cannot start: no llvmlite.", "", "Install it.")

    monkeypatch.setattr(Compiled, "load", none)
    model = made(LEVEL)
    with pytest.warns(Notice, match="no llvmlite"):
        run = model.run()
    assert run.frame.equals(model.run(engine="vectorised").frame)
    assert isinstance(model.engine(), Vectorised)


def test_a_refusal_of_one_request_is_no_refusal_of_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = Compiled.run

    def refusing(self: Compiled, request: Any = None) -> Any:
        if request and request.hold:
            raise Unsupported('"Level" cannot be held today.')
        return run(self, request)

    monkeypatch.setattr(Compiled, "run", refusing)
    model = made(LEVEL)
    with pytest.warns(Notice, match="today"):
        model.run(hold={"Level": 3})
    with warnings.catch_warnings():
        warnings.simplefilter("error", Notice)
        model.run()
        model.run(hold={"LEVEL": 4})
    assert isinstance(model.engine(), Compiled)


def test_the_command_line_gives_the_notice_as_a_line(tmp_path: Any) -> None:
    path = tmp_path / "moving.mdl"
    path.write_text("{UTF-8}\n" + PYSD_ALONE + MOVING_CLOCK, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "cpdynamics", "run", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("cpdynamics: ")
    assert '"SAVEPER"' in done.stderr
    assert "Notice" not in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_without_llvmlite_a_fresh_python_runs_a_model() -> None:
    code = (
        "import sys; sys.modules['llvmlite'] = None\n"
        "import cpdynamics as cp\n"
        "model = cp.load('teaching/bathtub'); model.run()\n"
        "print(type(model.engine()).__name__)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["Vectorised"], done.stderr
    assert "Notice: The compiled engine cannot start" in done.stderr
