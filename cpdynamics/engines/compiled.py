"""Many runs at once as machine code of the model's own."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cpdynamics.engines.asked import Asked, asked, named
from cpdynamics.engines.blocks import Runner, Work
from cpdynamics.engines.emitter import BROKE, ENDLESS, emit
from cpdynamics.engines.ensemble import Ensemble, refuse_too_many
from cpdynamics.engines.failure import (
    NOT_FINITE,
    WHY,
    Failure,
)
from cpdynamics.engines.machine import processor
from cpdynamics.engines.programs import MOST, Programs
from cpdynamics.engines.request import Request
from cpdynamics.engines.times import Times, places, shared, times
from cpdynamics.errors import CpdynamicsError, Unsupported
from cpdynamics.mdl.document import Document
from cpdynamics.mdl.names import CLOCK
from cpdynamics.system.abstract import Structure
from cpdynamics.system.evaluating import evaluate
from cpdynamics.system.expressions import Expression, Number, variables
from cpdynamics.system.program import Hold, Program, Ring, State

_times = functools.lru_cache(maxsize=8)(times)


@dataclass
class Made:
    """A program, and the kernels that have been made of it.

    Attributes:
        program: for some held variables and some orders of delays.
        start: its start by name.
        runners: lanes, outputs, starts, held series and telling -> kernel.
    """

    program: Program
    start: Mapping[str, Expression]
    runners: dict[tuple[Any, ...], Runner] = field(default_factory=dict)


@dataclass(frozen=True)
class Trace:
    """Everything that one run came to, time step by time step.

    Attributes:
        program: what was run.
        times: every time of the run, K of them, whatever SAVEPER says.
        values: name in the program -> K values; for levels within a smooth or a delay, too.
        given: what the run was asked for.
    """

    program: Program
    times: NDArray[np.float64]
    values: Mapping[str, NDArray[np.float64]]
    given: Asked


class Compiled:
    """A model as machine code, with PySD's meaning.

    Euler's method, one equation for each element. Threads may share one. The same runs give the
    same bits whatever the number of lanes and threads.

    Args:
        structure: the model.
        lanes: runs side by side; what suits the processor when left out.
        threads: the most that share the work; one a processor when left out.
    """

    def __init__(
        self, structure: Structure, *, lanes: int | None = None, threads: int | None = None
    ) -> None:
        self._structure = structure
        self._programs = Programs(structure, lambda one: Made(one, dict(one.start)))
        self._lanes = lanes
        self._threads = threads
        self._making = threading.Lock()

    @classmethod
    def load(cls, document: Document, structure: Structure) -> Compiled:
        """The engine for a model.

        Args:
            document: the .mdl.
            structure: what `system.abstract.parse` made of it.

        Raises:
            NoCompiler: llvmlite cannot be imported here.
            Unsupported: a construct that this engine cannot run, with the variable.
            RunFailed: variables that need one another in the same step.
        """
        processor()  # tells at once where there is no compiler
        engine = cls(structure)
        engine._programs.check()
        return engine

    def run(self, request: Request | None = None) -> pd.DataFrame:
        """One run, as ``Reference.run`` gives it: index "Time", one column a variable.

        Args:
            request: what differs from the .mdl; None for nothing.

        Raises:
            UnknownName: a name that the model lacks.
            BadValue: a value that is not a finite number, or a kind that cannot take it.
            Unsupported: a construct that this engine cannot run.
            RunFailed: with the variable and the time.
        """
        request = request or Request()
        wanted = named(self._structure, request.outputs)
        runs = _Runs(self, asked(self._structure, request), None)
        numbers, failures = runs.outputs(wanted)
        if failures:
            raise failures[0].error()
        names = runs.made.program.names
        index = pd.Index(runs.clock.labels, name="Time", dtype=float)
        return pd.DataFrame(numbers[:, :, 0], index, [names[name] for name in wanted])

    def trace(self, request: Request | None = None) -> Trace:
        """One run at every time step: the value of all that its program has a name for.

        Args:
            request: what differs from the .mdl; its outputs are not looked at.

        Raises:
            UnknownName: as ``run``.
            BadValue: as ``run``.
            Unsupported: as ``run``.
            RunFailed: as ``run``.
        """
        runs = _Runs(self, asked(self._structure, request or Request()), None)
        made, clock = runs.made.program, runs.clock
        runs.clock = replace(clock, saved=np.ones(len(clock.at), dtype=bool), labels=clock.at)
        runs.kept = np.arange(len(clock.at))
        remembered: tuple[State | Ring | Hold, ...] = (*made.states, *made.rings, *made.holds)
        wanted = [name for name, _ in made.step] + [one.name for one in remembered]
        wanted += made.kept
        numbers, failures = runs.outputs(wanted)
        if failures:
            raise failures[0].error()
        rows = np.ascontiguousarray(numbers[:, :, 0].T)
        values = dict(zip(wanted, rows, strict=True)) | {"time": clock.at}
        for name in (*made.constants, *runs.given.held):
            if name not in runs.series:
                values[name] = np.broadcast_to(np.float64(runs.values[name]), clock.at.shape)
        for name in runs.series:
            one = runs.given.held[name]
            values[name] = np.interp(clock.at, one.index.to_numpy(), one.to_numpy())
        for ring in made.rings:
            values[ring.time.name] = np.broadcast_to(runs.length(ring), clock.at.shape)
        return Trace(made, clock.at, values, runs.given)

    def ensemble(
        self,
        constants: Mapping[str, NDArray[np.float64]],
        *,
        request: Request | None = None,
        outputs: Iterable[str] | None = None,
        times: Iterable[float] | None = None,
    ) -> Ensemble:
        """Many runs at once; those that PySD would break off are marked, and the others go on.

        Args:
            constants: constant -> array of N values, one a run.
            request: what all runs have in common.
            outputs: the variables to keep; None for what the request names, or all.
            times: the saved times to keep; None for all.

        Raises:
            UnknownName: a name that the model lacks.
            BadValue: a value that is no finite number, a time that is not saved, or arrays of
                different lengths.
            Unsupported: a construct that this engine cannot run, or a clock or an order of a
                delay that differs between runs.
        """
        request = request or Request()
        wanted = named(self._structure, request.outputs if outputs is None else outputs)
        runs = _Runs(self, asked(self._structure, request, constants), times)
        numbers, failures = runs.outputs(wanted)
        failed = np.zeros(runs.given.runs, dtype=bool)
        failed[list(failures)] = True
        numbers[:, :, failed] = np.nan
        names = runs.made.program.names
        values = {names[name]: numbers[:, place].T for place, name in enumerate(wanted)}
        return Ensemble(
            runs.clock.labels[runs.kept], values, failed, dict(sorted(failures.items()))
        )

    def runner(self, made: Made, runs: int, *key: Any) -> Runner:
        """The kernel for so many runs, outputs, starts, held series and telling, compiled once."""
        host = processor()
        most = host.many if runs > host.lanes else host.lanes
        lanes = self._lanes or (most if runs > 1 else 1)
        with self._making:
            if (runner := made.runners.get((lanes, *key))) is None:
                if len(made.runners) >= MOST:
                    made.runners.clear()
                wanted, starts, series, telling = key
                emitted = functools.partial(
                    emit,
                    made.program,
                    lanes,
                    outputs=wanted,
                    starts=starts,
                    series=series,
                    telling=telling,
                    width=host.lanes,
                )
                runner = Runner(emitted, lanes, inverses=host.inverses, threads=self._threads)
                made.runners[lanes, *key] = runner
        return runner


class _Runs:
    """Runs that are asked for together."""

    def __init__(self, engine: Compiled, given: Asked, kept: Iterable[float] | None) -> None:
        self.engine, self.given = engine, given
        self.made = engine._programs.of(frozenset(given.held), given.constants)
        held = given.held.items()
        self.series = tuple(name for name, value in held if isinstance(value, pd.Series))
        made = self.made.program
        states: tuple[State | Ring | Hold, ...] = (*made.states, *made.rings, *made.holds)
        self.starts = {
            one.name: given.initial[one.owner] for one in states if one.owner in given.initial
        }
        fixed = (*made.constants, *(name for name in made.held if name not in self.series))
        self.values = {name: self._value(name) for name in fixed}
        self.clock = self._clock()
        self.kept = places(self.clock.labels, kept)

    def outputs(self, wanted: list[str]) -> tuple[NDArray[np.float64], dict[int, Failure]]:
        """T by V by N values, and why runs failed."""
        moving = tuple(name for name in wanted if name not in self.values)
        refuse_too_many(len(self.kept), len(wanted), self.given.runs)
        work, runner = self._work(moving)
        numbers, became = runner.run(work)
        if (np.diff(self.kept) <= 0).any():  # asked for in an order of their own
            numbers = numbers[np.searchsorted(np.unique(self.kept), self.kept)]
        if len(moving) < len(wanted):
            numbers = self._with_fixed(wanted, numbers)
        return numbers, self._failures(work, became) if became.any() else {}

    def length(self, ring: Ring) -> float:
        """The delay time of a DELAY FIXED.

        Raises:
            Unsupported: it follows from the time or from chance.
        """
        try:
            return float(self._value(ring.time.name))
        except CpdynamicsError:
            name = self.made.program.names.get(ring.owner, ring.owner)
            raise Unsupported(
                f'"{name}" is a DELAY FIXED whose delay time follows from the time or from chance.',
                "A trace needs one that follows from constants and starts.",
            ) from None

    def _with_fixed(self, wanted: list[str], numbers: NDArray[np.float64]) -> NDArray[np.float64]:
        """The outputs, and among them what does not move, as T by V by N numbers."""
        every = np.empty((len(numbers), len(wanted), self.given.runs))
        fixed = np.array([name in self.values for name in wanted])
        values = np.empty((np.count_nonzero(fixed), self.given.runs))
        for row, name in enumerate(name for name in wanted if name in self.values):
            values[row] = self.values[name]
        every[:, fixed] = values
        every[:, ~fixed] = numbers
        return every

    def _work(self, wanted: tuple[str, ...], *, telling: bool = False) -> tuple[Work, Runner]:
        starts = tuple(self.starts)
        runner = self.engine.runner(
            self.made, self.given.runs, wanted, starts, self.series, telling
        )
        kernel = runner.kernel
        given = len(kernel.inputs) - kernel.starts
        inputs = [self.values[name] for name in kernel.inputs[:given]]
        inputs += [self.starts[name] for name in kernel.inputs[given:]]
        saved = self.clock.saved.astype(np.uint8) * np.uint8(2)
        saved[np.flatnonzero(self.clock.saved)[self.kept]] = 1
        series = np.array(
            [
                np.interp(self.clock.at, one.index.to_numpy(), one.to_numpy())
                for one in (self.given.held[name] for name in self.series)
            ]
        )
        clock = np.array([shared(name, self.values[name]) for name in CLOCK])
        chance = self.given.seed, self.given.numbers
        return Work(inputs, self.given.runs, clock, self.clock.at, saved, series, *chance), runner

    def _value(self, name: str) -> Any:
        """A constant or a held number: of the request, or the file's."""
        for given in (self.given.constants, self.given.held):
            if name in given:
                return given[name]
        node = self.made.start[name]
        if isinstance(node, Number):
            return node.value
        return self._computed(name)

    def _computed(self, name: str) -> float:
        """One of .Control that the file computes from others."""
        needed, waiting = set[str](), [name]
        while waiting:
            one = waiting.pop()
            if one in needed or one == "time":
                continue
            needed.add(one)
            if one not in self.given.constants and one not in self.given.held:
                waiting += variables(self.made.start[one])
        values: dict[str, Any] = {}
        for one in needed:
            for given in (self.given.constants, self.given.held):
                if one in given:
                    values[one] = given[one]
        for one, node in self.made.program.start:
            if one in needed and one not in values:
                values[one] = evaluate(node, values)
        return shared(name, values[name])

    def _clock(self) -> Times:
        start, end, step, saveper = (shared(name, self.values[name]) for name in CLOCK)
        return _times(start, end, step, saveper)

    def _failures(self, work: Work, became: NDArray[np.int64]) -> dict[int, Failure]:
        """Why runs failed, found by running them again with a kernel that tells."""
        found: dict[int, Failure] = {}
        broke = np.flatnonzero(became & BROKE)
        if len(broke):
            again, runner = self._work((), telling=True)
            _, told = runner.run(_columns(again, broke))
            sites, names = runner.kernel.sites, self.made.program.names
            for run, number in zip(broke, told, strict=True):
                step, site = divmod(int(number), len(sites) + 1)
                one = sites[site - 1]
                time = float(self.clock.at[step])
                found[int(run)] = Failure(names.get(one.owner, one.owner), time, WHY[one.kind])
        endless = np.flatnonzero((became & (BROKE | ENDLESS)) == ENDLESS)
        if len(endless):
            stocks = [
                state.name
                for state in self.made.program.states
                if state.name in self.made.program.names
            ]
            again, runner = self._work(tuple(stocks))
            again.saved[again.saved > 0] = 1
            levels, _ = runner.run(_columns(again, endless))
            for column, run in enumerate(endless):
                found[int(run)] = self._first_endless(stocks, levels[:, :, column])
        return found

    def _first_endless(self, stocks: list[str], levels: NDArray[np.float64]) -> Failure:
        """The stock that is first no finite number at a saved time; the last time otherwise."""
        bad = ~np.isfinite(levels)
        row = int(np.argmax(bad.any(axis=1)))
        name, time = stocks[int(np.argmax(bad[row]))], float(self.clock.labels[row])
        if not bad.any():
            name, time = stocks[0], float(self.clock.at[-1])
        return Failure(self.made.program.names[name], time, NOT_FINITE)


def _columns(work: Work, runs: NDArray[np.int64]) -> Work:
    """The same work for some of the runs."""
    inputs = [one[runs] if isinstance(one, np.ndarray) and one.ndim else one for one in work.inputs]
    return replace(work, inputs=inputs, runs=len(runs), numbers=work.numbers[runs])
