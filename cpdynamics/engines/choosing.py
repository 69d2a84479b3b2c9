"""The engines of one model, and which of them makes a run."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from cpdynamics.engines.request import Request
from cpdynamics.errors import BadValue, Unsupported, clipped, nearest, tell
from cpdynamics.mdl.document import Document
from cpdynamics.mdl.names import canonical
from cpdynamics.system.abstract import Structure

if TYPE_CHECKING:
    from typing import TypeAlias

    from cpdynamics.engines.compiled import Compiled
    from cpdynamics.engines.reference import Reference
    from cpdynamics.engines.vectorised import Vectorised

    Engine: TypeAlias = Compiled | Reference | Vectorised

NAMES = ("compiled", "vectorised", "pysd")
"""The quickest first."""


class Engines:
    """The engines of one model, each loaded when it is first asked for. Threads may share one.

    Args:
        document: the .mdl.
        structure: what ``system.abstract.parse`` made of it.
        allow: one more folder that the model may read data files from.
    """

    def __init__(
        self, document: Document, structure: Structure, *, allow: Path | None = None
    ) -> None:
        self._document, self._structure, self._allow = document, structure, allow
        self._loading = threading.Lock()
        self._loaded: dict[str, Engine] = {}
        self._refused: dict[tuple[str, frozenset[str]], Unsupported] = {}

    def called(self, name: str) -> Engine:
        """The engine of that name.

        Args:
            name: one of ``NAMES``.

        Raises:
            BadValue: there is no such engine.
            Unsupported: it cannot run a construct of the model, or cannot start here.
        """
        if name not in NAMES:
            raise BadValue(
                f'There is no engine called "{clipped(name)}".', "", nearest(str(name), NAMES)
            )
        with self._loading:
            if name not in self._loaded:
                self._loaded[name] = self._load(name)
            return self._loaded[name]

    def run(self, request: Request, name: str | None = None) -> pd.DataFrame:
        """One run: index "Time", one column a variable.

        Args:
            request: what differs from the .mdl.
            name: of the engine; None for the quickest that can. A ``Notice`` says so, once for
                what was refused, where that is not the compiled one.

        Raises:
            BadValue: there is no such engine, or a value that it refuses.
            UnknownName: a name that the model lacks.
            Unsupported: the engine, or every one of them, cannot run a construct of the model.
            RunFailed: the run broke off.
        """
        if name is not None:
            return self.called(name).run(request)
        held = frozenset(canonical(one) for one in request.hold)
        for engine in self._able(held):
            try:
                return self.called(engine).run(request)
            except Unsupported as error:
                self._pass_on(engine, held, error)
        raise AssertionError("PySD's refusal is raised, not passed on")

    def quickest(self) -> Engine:
        """The quickest engine that can run the model as it stands; a ``Notice`` as in ``run``.

        Raises:
            Unsupported: none of them can.
        """
        for engine in self._able(frozenset()):
            try:
                return self.called(engine)
            except Unsupported as error:
                self._pass_on(engine, frozenset(), error)
        raise AssertionError("PySD's refusal is raised, not passed on")

    def _able(self, held: frozenset[str]) -> Iterator[str]:
        """Names of the engines that have refused nothing of the kind, the quickest first."""
        for name in NAMES:
            if (name, held) not in self._refused:
                yield name

    def _pass_on(self, name: str, held: frozenset[str], error: Unsupported) -> None:
        """Remembers a refusal, and tells of it; raises it when nobody is left to ask."""
        if name == NAMES[-1]:
            raise error
        with self._loading:
            first = (name, held) not in self._refused
            self._refused[name, held] = error
        # Both quick engines refuse the same constructs, so that one notice is enough.
        if first and name == NAMES[0]:
            tell(f"{error.came} Another engine runs it, and takes longer.")

    def _load(self, name: str) -> Engine:
        # Imported when asked for: PySD takes a second.
        if name == "compiled":
            from cpdynamics.engines.compiled import Compiled

            return Compiled.load(self._document, self._structure)
        if name == "vectorised":
            from cpdynamics.engines.vectorised import Vectorised

            return Vectorised.load(self._document, self._structure)
        from cpdynamics.engines.reference import Reference

        return Reference.load(self._document, self._structure, allow=self._allow)
