"""How fast it is on this machine: medians of repeated measurements, with their spread."""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from cpdynamics import library
from cpdynamics.errors import BadValue
from cpdynamics.mdl.document import Document
from cpdynamics.terminal import say, show, working

if TYPE_CHECKING:
    from cpdynamics.engines.reference import Reference

STORY = "austerity"
PLAIN = "one run by PySD"
INLINE = "the same with a WITH LOOKUP"
CALLED = "the same with a named lookup"
# What design asks for, in seconds; the rest is measured for comparison.
GOALS = {"import cpdynamics": 0.3, "load from the cache": 0.05, PLAIN: 0.5}
_FAR = "1e+09"


def command(typed: argparse.Namespace) -> int:
    """What ``cpdynamics bench`` does."""
    if typed.repeats < 1:
        raise BadValue(f"--repeats is {typed.repeats}.", "At least 1 was expected.")
    with working("Preparing"):
        tasks = prepared(library.load(STORY).document)
    with working("Measuring") as now:
        seconds = measured(tasks, typed.repeats, now)
    show(report(seconds), f"{STORY}: CPU milliseconds, the median of {typed.repeats}\n")
    say()
    say(_ratio(seconds))
    return 0


def prepared(document: Document) -> dict[str, Callable[[], float]]:
    """Name -> a measurement that gives its CPU seconds, each one warmed up.

    Args:
        document: the model to measure with.
    """
    from cpdynamics.engines.reference import Reference
    from cpdynamics.engines.request import Request
    from cpdynamics.system.abstract import parse

    structure = parse(document)
    # A flow is computed at every step, whatever the model.
    flow = next(one.name for one in structure.elements.values() if one.kind == "flow")
    plain, inline, called = (
        Reference.load(one, parse(one))
        for one in (
            document,
            with_lookup(document, flow, named=False),
            with_lookup(document, flow, named=True),
        )
    )
    request = Request()
    tasks = {
        "import cpdynamics": _import,
        "read the .mdl": _cpu(lambda: Document.parse(document.text).equations),
        "load from the cache": _cpu(lambda: _ready(document.text, document.path)),
        PLAIN: _cpu(lambda: plain.run(request)),
        INLINE: _cpu(lambda: inline.run(request)),
        CALLED: _cpu(lambda: called.run(request)),
    }
    if find_spec("simlin"):
        tasks["one run by pysimlin (a rival)"] = _simlin(document)
    for task in tasks.values():
        task()
    return tasks


def measured(
    tasks: Mapping[str, Callable[[], float]], repeats: int, now: Callable[[str], None]
) -> dict[str, list[float]]:
    """Name -> seconds, one a round. The tasks take turns, so that a slow minute falls on them all.

    Args:
        tasks: name -> a measurement that gives its seconds.
        repeats: how many rounds.
        now: told what is being measured.
    """
    seconds: dict[str, list[float]] = {name: [] for name in tasks}
    for turn in range(1, repeats + 1):
        for name, task in tasks.items():
            now(f"Round {turn} of {repeats}: {name}")
            seconds[name].append(task())
    return seconds


def report(seconds: Mapping[str, list[float]]) -> pd.DataFrame:
    """A table in milliseconds: ``median``, ``fastest``, ``slowest``, ``goal``; index = what.

    Args:
        seconds: name -> measurements.
    """
    return pd.DataFrame(
        {
            "median": [1000 * statistics.median(each) for each in seconds.values()],
            "fastest": [1000 * min(each) for each in seconds.values()],
            "slowest": [1000 * max(each) for each in seconds.values()],
            "goal": [1000 * GOALS[name] if name in GOALS else None for name in seconds],
        },
        index=pd.Index(seconds, name="what", dtype=object),
    )


def with_lookup(document: Document, name: str, *, named: bool) -> Document:
    """The same model with the values of a variable led through a lookup that changes nothing.

    Args:
        document: a model.
        name: the variable.
        named: a lookup of its own and a call, which PySD interpolates with xarray; otherwise
            WITH LOOKUP, which becomes NumPy's ``interp``.
    """
    table = f"([(-{_FAR},-{_FAR})-({_FAR},{_FAR})],(-{_FAR},-{_FAR}),({_FAR},{_FAR}))"
    expression = document[name].expression
    if not named:
        return document.with_expression(name, f"WITH LOOKUP({expression}, {table})")
    first = document.equations[0].text
    lookup = f"the same again{table}\n\t~\tDmnl\n\t~\t\t|\n\n"
    document = Document.parse(document.text.replace(first, lookup + first, 1), path=document.path)
    return document.with_expression(name, f"the same again({expression})")


def _cpu(work: Callable[[], object]) -> Callable[[], float]:
    def seconds() -> float:
        begun = time.process_time()
        work()
        return time.process_time() - begun

    return seconds


def _ready(text: str, path: Path | None) -> Reference:
    from cpdynamics.engines.reference import Reference
    from cpdynamics.system.abstract import parse

    document = Document.parse(text, path=path)
    return Reference.load(document, parse(document))


def _import() -> float:
    code = "import time; b = time.process_time(); import cpdynamics; print(time.process_time() - b)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    return float(said.stdout)


def _simlin(document: Document) -> Callable[[], float]:
    import simlin

    if document.path is None:
        raise BadValue("pysimlin reads files only.")
    model = simlin.load(Path(document.path))
    return _cpu(lambda: model.run(analyze_loops=False))


def _ratio(seconds: Mapping[str, list[float]]) -> str:
    plain, inline, called = (statistics.median(seconds[name]) for name in (PLAIN, INLINE, CALLED))
    return (
        f"One WITH LOOKUP makes a run {inline / plain:.1f} times as long, "
        f"one named lookup {called / plain:.1f} times."
    )
