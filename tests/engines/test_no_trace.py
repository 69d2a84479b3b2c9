"""The same request gives the same numbers whatever ran before it: as in a fresh process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cpdynamics.engines.reference import Reference
from cpdynamics.engines.request import Request
from cpdynamics.errors import RunFailed
from cpdynamics.mdl.document import Document
from cpdynamics.system.abstract import parse

MODEL = """
S = INTEG(r - S / d, s0) ~ ~ |
r = 20 * effect ~ ~ |
d = 5 ~ ~ |
s0 = 50 ~ ~ |
effect = WITH LOOKUP(perceived / s0, ((0,2),(1,1),(4,0.5))) ~ ~ |
perceived = SMOOTH(S, 3) ~ ~ |
late = DELAY FIXED(S, d, s0) ~ ~ |
twice = DELAY FIXED(late, 1, 0) ~ ~ |
share = 1 / (d - 1) ~ ~ |
noise = RANDOM UNIFORM(0, 1, 1) ~ ~ |
INITIAL TIME = 0 ~ ~ |
FINAL TIME = 8 ~ ~ |
TIME STEP = 0.5 ~ ~ |
SAVEPER = TIME STEP ~ ~ |
"""
REQUESTS = [
    Request(),
    Request(constants={"d": 4}),
    Request(constants={"d": 1}),  # breaks off
    Request(constants={"TIME STEP": 0.25}),
    Request(constants={"SAVEPER": 2, "FINAL TIME": 6}),
    Request(constants={"INITIAL TIME": 2}),
    Request(hold={"effect": 1.5}),
    Request(hold={"S": pd.Series([1.0, 9.0], [0, 8])}),
    Request(hold={"d": 3, "perceived": 40}),
    Request(initial={"S": 90}),
    Request(outputs=("late", "twice")),
]
# From 3.12 on Python warns of a fork where a library has started threads; the child uses none.
PYTHON = [sys.executable, "-W", "ignore::DeprecationWarning"]
FRESH = """
import json, os, sys
sys.path.insert(0, {folder!r})
from test_no_trace import REQUESTS, answer, reference
for number in map(int, sys.argv[1:]):
    sys.stdout.flush()
    if os.fork() == 0:  # a child whose parent has imported PySD, and run nothing
        print(json.dumps(answer(reference(), REQUESTS[number])))
        break
    os.wait()
"""


def reference() -> Reference:
    document = Document.parse(MODEL)
    return Reference.load(document, parse(document))


def answer(engine: Reference, request: Request) -> list[object]:
    try:
        frame = engine.run(request)
    except RunFailed as error:
        return [str(error)]
    return [
        list(frame),
        [repr(t) for t in frame.index],
        [[repr(x) for x in row] for row in frame.to_numpy().tolist()],
    ]


pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="fresh processes by fork")


@pytest.fixture(scope="module")
def fresh() -> list[object]:
    script = FRESH.format(folder=str(Path(__file__).parent))
    numbers = [str(number) for number in range(len(REQUESTS))]
    done = subprocess.run(
        [*PYTHON, "-c", script, *numbers], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(REQUESTS)
    return answers


@pytest.fixture(scope="module")
def engine() -> Reference:
    return reference()


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(order=st.lists(st.integers(0, len(REQUESTS) - 1), min_size=2, max_size=6))
def test_runs_in_any_order_are_those_of_fresh_processes(
    order: list[int], engine: Reference, fresh: list[object]
) -> None:
    for number in order:
        assert answer(engine, REQUESTS[number]) == fresh[number]


def test_the_requests_do_differ(fresh: list[object]) -> None:
    assert len({json.dumps(one) for one in fresh}) == len(REQUESTS)
    assert "share" in str(fresh[2])


def test_asking_for_less_changes_no_number(engine: Reference) -> None:
    everything = engine.run()
    for name in ("late", "twice", "S"):
        pd.testing.assert_series_equal(engine.run(Request(outputs=(name,)))[name], everything[name])


def test_processes_that_start_together_on_an_empty_cache_agree(tmp_path: Path) -> None:
    script = FRESH.format(folder=str(Path(__file__).parent))
    environment = {**os.environ, "CPDYNAMICS_CACHE": str(tmp_path)}
    started = [
        subprocess.Popen(
            [*PYTHON, "-c", script, "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
        for _ in range(3)
    ]
    outputs = [process.communicate(timeout=120) for process in started]
    assert {err for _, err in outputs} == {""}
    assert len({out for out, _ in outputs}) == 1
    assert len(json.loads(outputs[0][0])) == 3
    assert len(list(tmp_path.joinpath("translated").iterdir())) == 2
