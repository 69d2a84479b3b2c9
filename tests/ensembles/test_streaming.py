from __future__ import annotations

import itertools
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from cpdynamics.engines.compiled import Compiled
from cpdynamics.engines.vectorised import Vectorised
from cpdynamics.ensembles import Ensemble, ensemble, streaming
from cpdynamics.library import load
from tests.ensembles.small_models import BREAKING, CHANCE, LINE, made

AUSTERITY = load("austerity")
CUT = "A further 40 % cut"
SHOWN = ["Children in Care", "repeat referrals"]

# Holds itself to the bits of a run that nobody has interrupted.
SCRIPT = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background has none
import numpy as np
from cpdynamics.ensembles import ensemble
from tests.ensembles.small_models import BREAKING, made
model = made(BREAKING, final="2000")
asked = dict(outputs="wave", reductions=("mean", "final"))
priors = {"divisor": "uniform"}
runs = ensemble(model, priors, n=4_000_000, progress=True, **asked)
print(len(runs), runs.interrupted, runs.asked, len(runs.sample), len(runs["wave"]))
again = ensemble(model, runs.sample, **asked)
np.testing.assert_array_equal(again["wave"], runs["wave"])
assert again.failures.equals(runs.failures) and len(runs.failures) > 100
print("the same")
"""

MEMORY = """
import resource
from cpdynamics.ensembles import ensemble
from tests.ensembles.small_models import BREAKING, made
model = made(BREAKING, final="200")
for n in (20_000, 200_000):
    runs = ensemble(model, {"divisor": "uniform"}, n=n, outputs="wave", reductions="mean")
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
ROOT = Path(__file__).resolve().parents[2]
IN_A_NEW_PROCESS = {"cwd": ROOT, "env": {**os.environ, "PYTHONPATH": str(ROOT)}}

signals = pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot send this signal")
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell the peak")


def same(one: Ensemble, other: Ensemble) -> None:
    assert one.names == other.names
    for name in one.names:
        np.testing.assert_array_equal(one.values[name], other.values[name])
    assert one.failures.equals(other.failures)


@pytest.mark.parametrize("engine", ["compiled", "vectorised"])
@pytest.mark.parametrize("reductions", [None, ("mean", "final", "time of min")])
def test_the_size_of_a_chunk_changes_no_bit(
    engine: str, reductions: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"n": 150, "engine": engine, "reductions": reductions}
    whole = ensemble(AUSTERITY, scenario=CUT, outputs=SHOWN, **asked)  # type: ignore[arg-type]
    broken = ensemble(made(BREAKING), {"divisor": "uniform"}, **asked)  # type: ignore[arg-type]
    assert 60 < len(broken.failures) < 90
    for size in (1, 37) if engine == "compiled" else (65,):
        monkeypatch.setattr(streaming, "_LEAST", size)
        monkeypatch.setattr(streaming, "_MOST", size)
        parts = ensemble(AUSTERITY, scenario=CUT, outputs=SHOWN, **asked)  # type: ignore[arg-type]
        same(parts, whole)
        same(ensemble(made(BREAKING), {"divisor": "uniform"}, **asked), broken)  # type: ignore[arg-type]


def test_the_number_of_threads_changes_no_bit() -> None:
    found = []
    for threads in (1, 3):
        model = load("austerity")
        engine = Compiled(model.structure, threads=threads)
        model._engines._loaded["compiled"] = engine
        found.append(ensemble(model, n=300, scenario=CUT, outputs=SHOWN))
        assert model.engine() is engine
    same(*found)


@pytest.mark.parametrize("kind", [Compiled, Vectorised])
def test_chunks_hold_about_as_many_numbers_whatever_is_asked(
    kind: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = made(LINE)
    engine = kind.load(model.document, model.structure)
    for numbers in (1, 100, 2_000, 10**9):
        spans = streaming.spans(engine, 10_000, numbers)
        assert spans[0][0] == 0
        assert spans[-1][1] == 10_000
        assert all(after == first for (_, after), (first, _) in itertools.pairwise(spans))
        size = spans[0][1]
        assert 64 <= size <= 4096
        assert size == 64 or size * numbers <= 2_000_000


def test_pysd_is_a_run_at_a_time() -> None:
    model = made(LINE)
    assert len(streaming.spans(model.engine("pysd"), 7, 1)) == 7


def _interrupted(send: Callable[[subprocess.Popen[bytes]], None]) -> tuple[str, str]:
    """What the script printed when it was interrupted once its bar had begun to move."""
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        **IN_A_NEW_PROCESS,  # type: ignore[call-overload]
    ) as process:
        assert process.stderr
        told = b""
        while not re.search(rb"\| [1-9][\d.]*[kM]?/4.00M", told):
            more = os.read(process.stderr.fileno(), 4096)
            assert more, told
            told += more
        send(process)
        printed, rest = process.communicate(timeout=60)
    assert process.returncode == 0, told + rest
    return printed.decode(), (told + rest).decode()


@signals
def test_control_c_keeps_the_runs_that_are_done() -> None:
    printed, told = _interrupted(lambda process: process.send_signal(signal.SIGINT))
    first, second = printed.splitlines()
    done, interrupted, asked, *others = first.split()
    assert interrupted == "True"
    assert asked == "4000000"
    assert 0 < int(done) < 4_000_000
    assert others == [done, done]
    assert int(done) % (2_000_000 // 2001 // 64 * 64) == 0  # whole chunks of 2001 times
    assert second == "the same"
    assert f"Interrupted: {int(done):,} of 4,000,000 runs" in told


def test_control_c_before_the_first_chunk_is_control_c(monkeypatch: pytest.MonkeyPatch) -> None:
    def pressed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(streaming.Kept, "put", pressed)
    with pytest.raises(KeyboardInterrupt):
        ensemble(made(LINE), {"gain": "uniform"}, n=5)


def test_control_c_within_a_chunk_leaves_no_half_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    model = made(BREAKING)
    whole = ensemble(model, {"divisor": "uniform"}, n=100, engine="pysd", outputs="wave")
    put, stop = streaming.Kept.put, int(whole.failures["run"].iloc[15])

    def pressed(self: streaming.Kept, chunk: streaming.Chunk) -> None:
        done = self.done
        put(self, chunk)
        if chunk.first == stop and self.runs == 100:
            self.done = done  # as far as the last thing that put does
            raise KeyboardInterrupt

    monkeypatch.setattr(streaming.Kept, "put", pressed)
    with pytest.warns(UserWarning, match=f"{stop} of 100"):
        runs = ensemble(model, {"divisor": "uniform"}, n=100, engine="pysd", outputs="wave")
    assert len(runs) == len(runs["wave"]) == stop
    np.testing.assert_array_equal(runs["wave"], whole["wave"][:stop])
    assert runs.failures.equals(whole.failures.iloc[:15])


@pytest.mark.parametrize("engine", ["compiled", "vectorised"])
def test_chance_knows_a_run_by_its_number_and_the_seed(
    engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = made(CHANCE)
    asked = {"priors": {"width": "uniform"}, "n": 100, "outputs": "dice", "engine": engine}
    whole = ensemble(model, **asked, seed=5)  # type: ignore[arg-type]
    assert len(np.unique(whole.values["dice"])) == whole.values["dice"].size
    other = ensemble(model, **asked, seed=6)  # type: ignore[arg-type]
    assert not np.isin(whole.values["dice"], other.values["dice"]).any()
    monkeypatch.setattr(streaming, "_LEAST", 33)
    monkeypatch.setattr(streaming, "_MOST", 33)
    same(ensemble(model, **asked, seed=5), whole)  # type: ignore[arg-type]


@posix
def test_memory_does_not_grow_with_the_series_of_the_runs() -> None:
    command = [sys.executable, "-c", MEMORY]
    told = subprocess.run(command, check=True, capture_output=True, text=True, **IN_A_NEW_PROCESS)  # type: ignore[call-overload]
    few, many = (int(line) / 1024 for line in told.stdout.split())
    # Half of the runs break off, and each has a line in the table. The series would be 320 MB.
    assert many - few < 120
