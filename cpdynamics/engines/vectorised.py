"""Many runs at once in NumPy: one array a variable, one number in it a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cpdynamics.engines.asked import asked, named
from cpdynamics.engines.ensemble import Ensemble
from cpdynamics.engines.failure import Failure
from cpdynamics.engines.marching import March
from cpdynamics.engines.prepared import prepared
from cpdynamics.engines.programs import Programs
from cpdynamics.engines.request import Request
from cpdynamics.mdl.document import Document
from cpdynamics.system.abstract import Structure
from cpdynamics.system.depth import deep

BLOCK = 2048
"""Runs side by side: enough to forget what NumPy costs a call, few enough for the cache."""


class Vectorised:
    """A model as NumPy operations on arrays of runs, with PySD's meaning.

    Euler's method, one equation for each element. Threads may share one.
    """

    def __init__(self, structure: Structure) -> None:
        self._structure = structure
        self._programs = Programs(structure, prepared)

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
        made = self.ensemble({}, request=request, outputs=request.outputs)
        if made.failed[0]:
            raise made.failures[0].error()
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
        ready = self._programs.of(frozenset(given.held), given.constants)
        kept = None if times is None else list(times)
        blocks = []
        for first in range(0, given.runs, BLOCK):
            with deep(), np.errstate(all="ignore"):
                part = given.part(first, first + BLOCK)
                blocks.append(March(ready, part, wanted, beside=given.runs))
                blocks[-1].run(kept)
        return self._ensemble(blocks, wanted)

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
