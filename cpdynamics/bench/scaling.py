"""How cost grows with the number of runs, of variables and of steps."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cpdynamics.bench.engines import empty_cache
from cpdynamics.bench.grown import grown
from cpdynamics.bench.measuring import Task, cpu, measured
from cpdynamics.bench.neutral import OUTPUTS, neutral
from cpdynamics.bench.variants import Variant

RUNS = (1, 10, 100, 1_000, 10_000, 100_000)
VARIABLES = (10, 50, 200, 1_000, 5_000)
STEPS = (104, 1_040, 10_400, 104_000)
_TOGETHER = 1024


@dataclass(frozen=True)
class Curve:
    """What something costs at several sizes.

    Attributes:
        what: is measured.
        by: what the sizes count.
        sizes: rising.
        seconds: of CPU, the median of the rounds at each size.
    """

    what: str
    by: str
    sizes: Sequence[int]
    seconds: Sequence[float]

    @property
    def exponent(self) -> float:
        """The slope of log cost over log size, by least squares: 1 is linear."""
        return _slope(self.sizes, self.seconds)

    @property
    def at_the_end(self) -> float:
        """The same between the two largest sizes, where what it costs to begin no longer counts."""
        return _slope(self.sizes[-2:], self.seconds[-2:])

    @property
    def n_log_n(self) -> float:
        """What ``at_the_end`` would be of a cost that grows as n log n."""
        ends = self.sizes[-2:]
        return _slope(ends, [n * np.log(max(n, 2)) for n in ends])


def by_runs(
    variant: Variant, sizes: Sequence[int], rounds: int, now: Callable[[str], None]
) -> list[Curve]:
    """The cost of ensembles of so many runs, of which the last time is kept.

    Args:
        variant: the model; its draws are repeated.
        sizes: numbers of runs.
        rounds: how often each is measured, in turns.
        now: told what is being measured.
    """
    from cpdynamics.engines.compiled import Compiled

    engine = Compiled.load(variant.document, variant.structure)
    last = engine.run().index[-1:]

    def task(runs: int) -> Task:
        draws = {name: np.resize(values, runs) for name, values in variant.draws.items()}
        work = cpu(lambda: engine.ensemble(draws, outputs=variant.outputs, times=last))
        return Task(variant.model, f"{runs:,} runs", work)

    return [_curve(f"an ensemble of {variant.model}", "runs", sizes, task, rounds, now)]


def by_steps(sizes: Sequence[int], rounds: int, now: Callable[[str], None]) -> list[Curve]:
    """The cost of one run of the neutral model over so many steps.

    Args:
        sizes: numbers of steps, multiples of eight.
        rounds: how often each is measured, in turns.
        now: told what is being measured.
    """
    from cpdynamics.engines.compiled import Compiled
    from cpdynamics.engines.request import Request
    from cpdynamics.system.abstract import parse

    document = neutral()
    engine = Compiled.load(document, parse(document))

    def task(steps: int) -> Task:
        weeks = steps / 8
        request = Request({"FINAL TIME": weeks, "SAVEPER": weeks}, outputs=OUTPUTS)
        return Task("neutral", f"{steps:,} steps", cpu(lambda: engine.run(request)))

    return [_curve("one run of the neutral model", "steps", sizes, task, rounds, now)]


def by_variables(sizes: Sequence[int], rounds: int, now: Callable[[str], None]) -> list[Curve]:
    """The cost of models of so many variables: each stage up to the first result, and of runs.

    Args:
        sizes: numbers of variables, as ``grown`` takes them.
        rounds: how often each is measured, in turns.
        now: told what is being measured.
    """
    found: dict[str, dict[int, list[float]]] = {}
    stages(sizes[0])  # what is loaded once
    for turn in range(1, rounds + 1):
        for size in sizes:
            now(f"Round {turn} of {rounds}: {size:,} variables")
            for what, seconds in stages(size).items():
                found.setdefault(what, {}).setdefault(size, []).append(seconds)
    return [
        Curve(what, "variables", sizes, [statistics.median(each[size]) for size in sizes])
        for what, each in found.items()
    ]


def stages(variables: int) -> dict[str, float]:
    """CPU seconds of each stage of a made-up model of so many variables, nothing cached.

    Args:
        variables: as ``grown`` takes them.
    """
    from cpdynamics.engines.compiled import Compiled
    from cpdynamics.engines.request import Request
    from cpdynamics.mdl.document import Document
    from cpdynamics.system.abstract import parse

    text = grown(variables).text
    request = Request(outputs=("level 0",))
    draws = {"share": np.linspace(2, 4, _TOGETHER)}
    laps = [time.process_time()]

    def lap() -> None:
        laps.append(time.process_time())

    with empty_cache():
        document = Document.parse(text)
        structure = parse(document)
        lap()
        engine = Compiled.load(document, structure)
        lap()
        engine.run(request)
        lap()
        # Loaded anew, so that all is done again but LLVM's part, whose code is found.
        again = Compiled.load(document, structure)
        lap()
        again.run(request)
        lap()
        again.run(request)
        lap()
        again.ensemble(draws, outputs=request.outputs)  # compiled for many lanes
        lap()
        again.ensemble(draws, outputs=request.outputs)
        lap()
    parsed, lowered, cold, _, warm, run, _, many = (float(one) for one in np.diff(laps))
    return {
        "PySD's parser": parsed,
        "lowering": lowered,
        "emitting": max(warm - run, 1e-9),
        "LLVM": max(cold - warm, 1e-9),
        "all of it, to the first result": parsed + lowered + cold,
        "one run": run,
        f"a run of {_TOGETHER:,}": many / _TOGETHER,
    }


def table(curves: Sequence[Curve]) -> pd.DataFrame:
    """CPU milliseconds, a row a curve and a column a size, and how it grows.

    Columns after the sizes: ``exponent``, ``at the end``, ``n log n`` (at the end).

    Args:
        curves: of the same sizes.
    """
    rows: list[Mapping[str, float]] = [
        {
            **{
                f"{size:,}": 1000 * seconds
                for size, seconds in zip(one.sizes, one.seconds, strict=True)
            },
            "exponent": one.exponent,
            "at the end": one.at_the_end,
            "n log n": one.n_log_n,
        }
        for one in curves
    ]
    index = pd.Index([one.what for one in curves], name=f"{curves[0].by}:", dtype=object)
    return pd.DataFrame(rows, index=index)


def _curve(
    what: str,
    by: str,
    sizes: Sequence[int],
    task: Callable[[int], Task],
    rounds: int,
    now: Callable[[str], None],
) -> Curve:
    found = measured([task(size) for size in sizes], rounds, now)
    return Curve(what, by, sizes, [one.median for one in found])


def _slope(sizes: Sequence[int], seconds: Sequence[float]) -> float:
    if len(sizes) < 2:
        return float("nan")
    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])
