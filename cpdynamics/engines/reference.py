"""PySD itself, made safe: the engine whose numbers are the truth."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cpdynamics.engines.asked import chance
from cpdynamics.engines.blame import blamed
from cpdynamics.engines.linear import jacobian
from cpdynamics.engines.request import Request
from cpdynamics.engines.simulation import Simulation
from cpdynamics.engines.table import chosen, columns, unhealthy
from cpdynamics.engines.translated import Translation
from cpdynamics.errors import CpdynamicsError
from cpdynamics.mdl.document import Document
from cpdynamics.system.abstract import Structure
from cpdynamics.system.quiet import quiet


class Reference:
    """A model translated by PySD, ready to run.

    A run leaves no trace, since each has a PySD model of its own; threads may share one
    Reference, and take turns.
    """

    def __init__(self, translation: Translation) -> None:
        self._translation = translation
        self._structure = translation.structure

    @classmethod
    def load(
        cls, document: Document, structure: Structure, *, allow: Path | None = None
    ) -> Reference:
        """The engine for a document, translated now or found in the cache.

        Args:
            document: the .mdl. Data files are looked for beside it.
            structure: what `system.abstract.parse` made of it.
            allow: one more folder that the model may read data files from.

        Raises:
            UnsafeFile: a data file outside these folders.
            MissingFile: a data file that is not there.
            Unsupported: a model that PySD cannot translate.
            CannotWrite: no place for the translation.
        """
        engine = cls(Translation.of(document, structure, allow=allow))
        engine._translation.folder()
        return engine

    def run(self, request: Request | None = None) -> pd.DataFrame:
        """One run: index "Time", one column a variable, named and ordered as in the .mdl.

        A subscripted variable has a column ``name[subscript]`` for each of its members; the times
        are those that PySD saves. RANDOM functions start from the request's seed; their numbers
        are NumPy's, and so not those of the other engines.

        Args:
            request: what differs from the .mdl; None for nothing.

        Raises:
            UnknownName: a name that the model lacks.
            BadValue: a value that is not a finite number, or a kind that cannot take it.
            RunFailed: with the variable and the time, where they can be told.
        """
        request = request or Request()
        with self._simulation(request) as simulation:
            simulation.start()
            simulation.run()
            simulation.record.finish()
            table = columns(simulation, self._structure)
            unhealthy(simulation, self._structure, table)
        return chosen(table, request.outputs, self._structure)

    def jacobian(self, request: Request | None = None) -> tuple[list[str], np.ndarray]:
        """Names of the N states, and the N by N matrix d(rate of i)/d(state j) at the start.

        States are stocks and the levels within SMOOTH, DELAY, TREND and FORECAST; a DELAY FIXED
        and a SAMPLE IF TRUE have no rate and are left out. Central differences.

        Raises:
            Unsupported: a model with macros.
            As `run` otherwise.
        """
        with self._simulation(request or Request()) as simulation:
            simulation.start()
            return jacobian(simulation, self._structure)

    @contextlib.contextmanager
    def _simulation(self, request: Request) -> Iterator[Simulation]:
        with quiet(), _seeded(request if self._structure.chance else None):
            folder = self._translation.folder()
            words = self._translation.words(folder)
            simulation: Simulation | None = None
            try:
                simulation = Simulation(folder, words, self._structure, request)
                yield simulation
            except CpdynamicsError:
                raise
            except Exception as error:
                time: Any = simulation.pysd.time() if simulation else None
                raise blamed(error, folder, words, self._structure, request, time) from error


@contextlib.contextmanager
def _seeded(request: Request | None) -> Iterator[None]:
    """The same chance for the same request, and NumPy's own generator as it was afterwards."""
    if request is None:
        yield
        return
    seed, run = chance(request)
    state = np.random.get_state()
    np.random.seed([seed % 2**32, seed >> 32, run] if seed or run else 0)
    try:
        yield
    finally:
        np.random.set_state(state)
