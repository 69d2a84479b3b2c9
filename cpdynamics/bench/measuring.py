"""Measurements that take turns, so that a slow minute falls on them all."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

LEAST = 0.02
"""CPU seconds that are measured at once: clocks are coarse, and the first call of many is slow."""

_LONG = 0.5


@dataclass(frozen=True)
class Task:
    """Something to be measured.

    Attributes:
        model: what it is measured on; "" for none.
        what: is measured.
        seconds: does it and returns what it cost: CPU seconds a run.
        goal: of the project, in seconds; None where there is none.
    """

    model: str
    what: str
    seconds: Callable[[], float]
    goal: float | None = None


@dataclass(frozen=True)
class Measured:
    """What a task cost.

    Attributes:
        task: that was measured.
        seconds: of CPU, one a round.
    """

    task: Task
    seconds: Sequence[float]

    @property
    def median(self) -> float:
        """Of the rounds, in seconds."""
        return statistics.median(self.seconds)


def cpu(work: Callable[[], object], *, runs: int = 1) -> Callable[[], float]:
    """A measurement: CPU seconds a run, of all threads of this process.

    The first call warms up: it finds how often the work has to be done to take ``LEAST`` seconds.

    Args:
        work: what is measured.
        runs: how many runs it makes.
    """
    times = 0

    def seconds() -> float:
        nonlocal times
        if times == 0:
            # The first time also loads and compiles; what takes long is not done twice for that.
            once = _cost(work, 1)
            if once < _LONG:
                once = _cost(work, 1)
            times = max(1, math.ceil(LEAST / max(once, LEAST / 1000)))
            return once / runs
        return _cost(work, times) / (times * runs)

    return seconds


def measured(
    tasks: Sequence[Task], rounds: int, now: Callable[[str], None] = lambda text: None
) -> list[Measured]:
    """What each task cost, all warmed up first, then one of each a round.

    Args:
        tasks: what to measure.
        rounds: how many.
        now: told what is being measured.
    """
    for task in tasks:
        now(f"Warming up: {_called(task)}")
        task.seconds()
    seconds: list[list[float]] = [[] for _ in tasks]
    for turn in range(1, rounds + 1):
        for task, row in zip(tasks, seconds, strict=True):
            now(f"Round {turn} of {rounds}: {_called(task)}")
            row.append(task.seconds())
    return [Measured(task, row) for task, row in zip(tasks, seconds, strict=True)]


def _called(task: Task) -> str:
    return ": ".join(part for part in (task.model, task.what) if part)


def _cost(work: Callable[[], object], times: int) -> float:
    begun = time.process_time()
    for _ in range(times):
        work()
    return time.process_time() - begun
