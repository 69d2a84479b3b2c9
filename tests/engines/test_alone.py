"""What only a process of its own can show."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

MODEL = """{UTF-8}
Level = INTEG(inflow - Level / lag, 10) ~~|
inflow = 3 + 2 * SIN(Time) + DELAY3(Level, lag) * 0.1 ~~|
late = DELAY FIXED(Level, lag, 0) ~~|
lag = 2.5 ~~|
share = 1 / (Time - never) ~~|
never = 99 ~~|
INITIAL TIME = 0 ~~|
FINAL TIME = 10 ~~|
TIME STEP = 0.25 ~~|
SAVEPER = 1 ~~|
"""
FALLBACK = """
import sys, warnings
sys.modules["llvmlite"] = None
import cpdynamics as cp
model = cp.load(sys.argv[1])
with warnings.catch_warnings(record=True) as notices:
    warnings.simplefilter("always")
    quick = model.run()
    assert "cpdynamics.engines.vectorised" in sys.modules
    assert "cpdynamics.engines.reference" not in sys.modules
    truth = model.run(engine="pysd")
assert abs(quick["Level"] - truth["Level"]).max() < 1e-9
print([str(one.message) for one in notices if one.category.__name__ == "Notice"])
try:
    model.run(engine="compiled")
except cp.CpdynamicsError as error:
    print(error)
"""
FLAT = """
import ctypes, gc, sys
import numpy as np
from cpdynamics.engines.{module} import {engine}
from cpdynamics.mdl.document import Document
from cpdynamics.system.abstract import parse
document = Document.read(sys.argv[1])
engine = {engine}.load(document, parse(document))
rng = np.random.default_rng(1)
def resident():
    gc.collect()
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096
def many(runs):
    for first in range(0, runs, 1000):
        lags = rng.uniform(0.5, 5, 1000)
        never = np.where(np.arange(1000) % 100 == 7, 5.0, 99.0)  # fails in one of a hundred
        made = engine.ensemble(dict(lag=lags, never=never), outputs=["Level", "late"])
        assert made.failed.sum() == 10
many(20000)
before = resident()
many(80000)
print(resident() - before)
"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.mdl"
    path.write_text(MODEL, encoding="utf-8")
    return path


def told(script: str, model: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script, str(model)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_without_llvmlite_a_model_is_run_by_the_engine_in_numpy(model: Path) -> None:
    notice, refusal = told(FALLBACK, model).splitlines()
    assert notice.count("Another engine runs it") == 1
    assert "needs llvmlite" in refusal


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize(
    ("module", "engine"), [("compiled", "Compiled"), ("vectorised", "Vectorised")]
)
def test_a_hundred_thousand_runs_take_no_more_memory_than_a_fifth_of_them(
    module: str, engine: str, model: Path
) -> None:
    grown = int(told(FLAT.format(module=module, engine=engine), model))
    assert grown < 8_000_000
