"""Runs that go through an engine in chunks, of each of which only what is asked for is kept."""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cpdynamics.engines.ensemble import MOST_NUMBERS
from cpdynamics.engines.request import Request
from cpdynamics.engines.times import places
from cpdynamics.ensembles.reductions import REDUCTIONS
from cpdynamics.errors import BadValue, RunFailed

if TYPE_CHECKING:
    from cpdynamics.engines.choosing import Engine
    from cpdynamics.engines.reference import Reference

Constants = Mapping[str, NDArray[np.float64]]
_NUMBERS = 2_000_000  # in a chunk: what the allocator hands out again without asking the system
_LEAST, _MOST = 64, 4096  # runs in a chunk
# How every engine words a run that broke off.
_SENTENCE = re.compile(
    r'(?:"(?P<variable>.+?)"|The run) (?P<why>.+?)(?: at time (?P<time>[-+.e\d]+))?\.', re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Lost:
    """A run that broke off.

    Attributes:
        run: its number.
        variable: as written in the .mdl; empty where PySD does not tell.
        time: when; NaN where PySD does not tell.
        why: what the variable does there.
    """

    run: int
    variable: str
    time: float
    why: str


@dataclass(frozen=True)
class Chunk:
    """Some of the runs.

    Attributes:
        first: number of the first of the N runs.
        runs: N.
        times: the T times that were kept or reduced; None where every run broke off too soon.
        values: name -> T by N values, or R by N for R reductions.
        lost: those that broke off.
    """

    first: int
    runs: int
    times: NDArray[np.float64] | None
    values: Mapping[str, NDArray[np.float64]]
    lost: list[Lost]


@dataclass(frozen=True)
class Task:
    """What every run of an ensemble is to do.

    Attributes:
        request: what they have in common, the variables to keep and the seed of chance.
        times: the times to keep; None for all that are saved.
        reductions: what to keep instead of series; None for the series.
    """

    request: Request
    times: tuple[float, ...] | None
    reductions: tuple[str, ...] | None

    def chunk(self, engine: Engine, first: int, constants: Constants) -> Chunk:
        """The runs with these constants.

        Args:
            engine: any of the three.
            first: number of the first of them.
            constants: name -> N values.

        Raises:
            Unsupported: the engine cannot run a construct of the model.
            BadValue: a time that is not saved.
        """
        if not hasattr(engine, "ensemble"):
            return _one_by_one(engine, self, first, constants)
        # By its number a run knows its chance, in whichever chunk it is.
        request = replace(self.request, first_run=first)
        made = engine.ensemble(constants, request=request, times=self.times)
        values = {name: self._reduced(made.times, series.T) for name, series in made.values.items()}
        lost = [
            Lost(first + run, one.variable, one.time, one.why) for run, one in made.failures.items()
        ]
        return Chunk(first, len(made.failed), made.times, values, lost)

    def _reduced(
        self, times: NDArray[np.float64], series: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        if self.reductions is None:
            return series
        with np.errstate(all="ignore"):  # of NaN and infinity
            return np.array([REDUCTIONS[one](times, series) for one in self.reductions])


@dataclass
class Kept:
    """What is kept of N runs while they come in.

    Attributes:
        runs: N.
        done: how many have come, from the first on.
        times: the T times; None before a chunk has told.
        values: name -> T or R by N values.
        lost: those that broke off, and why.
    """

    runs: int
    done: int = 0
    times: NDArray[np.float64] | None = None
    values: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    lost: list[Lost] = field(default_factory=list)

    def put(self, chunk: Chunk) -> None:
        """Adds the next chunk; it counts once it is whole."""
        if self.times is None and chunk.times is not None:
            self._make_room(chunk)
        here = slice(chunk.first, chunk.first + chunk.runs)
        for name, values in self.values.items():
            values[:, here] = chunk.values.get(name, np.nan)
        self.lost += chunk.lost
        self.done = here.stop

    def _make_room(self, chunk: Chunk) -> None:
        rows = {name: len(values) for name, values in chunk.values.items()}
        refuse_too_many(self.runs * sum(rows.values()))
        self.values = {name: np.full((many, self.runs), np.nan) for name, many in rows.items()}
        self.times = chunk.times


def refuse_too_many(numbers: int) -> None:
    """Nothing, when so many numbers can be held.

    Raises:
        BadValue: there are too many.
    """
    if numbers > MOST_NUMBERS:
        raise BadValue(
            f"The ensemble would keep {numbers:.3g} numbers.",
            f"{MOST_NUMBERS:.0e} is the most at once.",
            'Keep less of each run, such as reductions=("final", "max"), or ask for fewer '
            "outputs=, times= or runs.",
        )


def spans(engine: Engine, runs: int, numbers: int) -> list[tuple[int, int]]:
    """Where chunks begin and end.

    Args:
        engine: PySD runs one at a time, so that each is a chunk.
        runs: how many there are.
        numbers: that the engine stores of each.
    """
    size = max(_LEAST, min(_MOST, _NUMBERS // max(numbers, 1) // _LEAST * _LEAST))
    if not hasattr(engine, "ensemble"):
        size = 1
    return [(first, min(first + size, runs)) for first in range(0, runs, size)]


def here(
    task: Task, engine: Engine, constants: Constants, between: list[tuple[int, int]]
) -> Generator[Chunk]:
    """The chunks, run in this process one after another.

    Args:
        task: what every run is to do.
        engine: which makes them.
        constants: name -> N values.
        between: where chunks begin and end.
    """
    for first, after in between:
        yield task.chunk(engine, first, part(constants, first, after))


def part(constants: Constants, first: int, after: int) -> Constants:
    """The constants of the runs from one to another, which is not among them."""
    return {name: values[first:after] for name, values in constants.items()}


def collected(chunks: Generator[Chunk], kept: Kept, told: Callable[[int], object]) -> bool:
    """Whether all chunks came; not so when Ctrl-C was pressed, and what was whole is kept.

    Args:
        chunks: in order.
        kept: where they go.
        told: is called with the number of runs of each.
    """
    try:
        with contextlib.closing(chunks):  # at once, so that a cluster stops
            for chunk in chunks:
                kept.put(chunk)
                told(chunk.runs)
    except KeyboardInterrupt:
        if not kept.done:
            raise
        kept.lost = [one for one in kept.lost if one.run < kept.done]
        return False
    return True


def _one_by_one(engine: Reference, task: Task, first: int, constants: Constants) -> Chunk:
    """The same of an engine that runs one at a time."""
    runs = len(next(iter(constants.values())))
    kept = Kept(runs)
    for run in range(runs):
        changed = {name: float(values[run]) for name, values in constants.items()}
        together = {**task.request.constants, **changed}
        request = replace(task.request, constants=together, first_run=first + run)
        try:
            frame = engine.run(request)
        except (RunFailed, BadValue) as error:
            kept.put(Chunk(run, 1, None, {}, [_lost(run, error.came)]))
            continue
        frame = _at(frame, task.times)
        times = frame.index.to_numpy(dtype=float)
        values = {
            str(name): task._reduced(times, frame[[name]].to_numpy(dtype=float)) for name in frame
        }
        kept.put(Chunk(run, 1, times, values, []))
    lost = [Lost(first + one.run, one.variable, one.time, one.why) for one in kept.lost]
    return Chunk(first, runs, kept.times, kept.values, lost)


def _at(frame: pd.DataFrame, times: tuple[float, ...] | None) -> pd.DataFrame:
    return frame.iloc[places(frame.index.to_numpy(dtype=float), times)]


def _lost(run: int, came: str) -> Lost:
    found = _SENTENCE.fullmatch(came)
    if found is None:
        return Lost(run, "", math.nan, came.removesuffix("."))
    time = math.nan if found["time"] is None else float(found["time"])
    return Lost(run, found["variable"] or "", time, found["why"])
