"""Many runs at once in NumPy: one array a variable, one number in it a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cpdynamics.engines.asked import asked, named
from cpdynamics.engines.ensemble import Ensemble, Failure
from cpdynamics.engines.marching import March
from cpdynamics.engines.prepared import Prepared, prepared
from cpdynamics.engines.request import Request
from cpdynamics.errors import BadValue, RunFailed, Unsupported
from cpdynamics.mdl.document import Document
from cpdynamics.system.abstract import Structure
from cpdynamics.system.depth import deep
from cpdynamics.system.lowering import lower
from cpdynamics.system.program import Program, program

_MOST_PROGRAMS = 16
BLOCK = 2048
"""Runs side by side: enough to forget what NumPy costs a call, few enough for the cache."""


class Vectorised:
    """A model as NumPy operations on arrays of runs, with PySD's meaning.

    Euler's method, scalar variables. Threads may share one.
    """

    def __init__(self, structure: Structure) -> None:
        self._structure = structure
        self._system = lower(structure)
        self._prepared: dict[tuple[Any, ...], Prepared] = {}

    @classmethod
    def load(cls, document: Document, structure: Structure) -> Vectorised:
        """The engine for a model.

        Args:
            document: the .mdl.
            structure: what `system.abstract.parse` made of it.

        Raises:
            Unsupported: a construct that this engine cannot run, with the variable.
            RunFailed: variables that need one another in the same step.
        """
        engine = cls(structure)
        if not any(element.kind == "data" for element in structure.elements.values()):
            engine._prepare(frozenset(), {})
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
        made = self.ensemble({}, request=request, outputs=request.outputs)
        if made.failed[0]:
            failure = made.failures[0]
            error = BadValue if failure.why.startswith("has a delay time") else RunFailed
            raise error(str(failure), "", _remedy(failure))
        columns = {name: values[0] for name, values in made.values.items()}
        return pd.DataFrame(columns, index=pd.Index(made.times, name="Time", dtype=float))

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
        given = asked(self._structure, request, constants)
        ready = self._prepare(frozenset(given.held), given.constants)
        places = None if times is None else list(times)
        blocks = []
        for first in range(0, given.runs, BLOCK):
            with deep(), np.errstate(all="ignore"):
                part = given.part(first, first + BLOCK)
                blocks.append(March(ready, part, wanted, beside=given.runs))
                blocks[-1].run(places)
        return self._ensemble(blocks, wanted)

    def _prepare(self, held: frozenset[str], constants: Mapping[str, Any]) -> Prepared:
        single = {name: float(v) for name, v in constants.items() if np.ndim(v) == 0}
        key: tuple[Any, ...] = (held,)
        if (ready := self._prepared.get(key)) is None:
            ready = self._keep(key, prepared(self._made(held, single)))
        orders = ready.program.orders & set(constants)
        if orders:
            if several := orders - set(single):
                name = ready.program.names[min(several)]
                raise Unsupported(
                    f'"{name}" is the order of a delay and differs between runs.',
                    "",
                    "Make an ensemble for each order.",
                )
            key = (held, tuple(sorted((name, single[name]) for name in orders)))
            if (ready := self._prepared.get(key)) is None:
                ready = self._keep(key, prepared(self._made(held, single)))
        return ready

    def _made(self, held: frozenset[str], constants: Mapping[str, float]) -> Program:
        return program(self._structure, self._system, held=sorted(held), constants=constants)

    def _keep(self, key: tuple[Any, ...], ready: Prepared) -> Prepared:
        if len(self._prepared) >= _MOST_PROGRAMS:
            self._prepared.clear()
        self._prepared[key] = ready
        return ready

    @staticmethod
    def _ensemble(blocks: list[March], wanted: list[str]) -> Ensemble:
        names = blocks[0].ready.program.names
        failures = {
            number * BLOCK + run: Failure(names.get(name, name), time, why)
            for number, block in enumerate(blocks)
            for run, (name, time, why) in sorted(block.failures.items())
        }
        values = {
            names[name]: np.concatenate([block.kept[place] for block in blocks], axis=1).T
            for place, name in enumerate(wanted)
        }
        alive = np.concatenate([block.alive for block in blocks])
        return Ensemble(blocks[0].labels, values, ~alive, failures)


def _remedy(failure: Failure) -> str:
    if "zero" in failure.why:
        return "ZIDZ(a, b) and XIDZ(a, b, x) say what a/0 is to be."
    if "real" in failure.why:
        return "A negative number to a fractional power? MAX(0, ...) would prevent it."
    return "Look for a loop that explodes; a shorter TIME STEP may do."
