"""What is measured of the engines: one run, an ensemble, and how long until there is a first."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator

from cpdynamics.bench.measuring import Task, cpu
from cpdynamics.bench.rivals import missing, rival
from cpdynamics.bench.variants import Variant
from cpdynamics.mdl.document import Document
from cpdynamics.model import Model
from cpdynamics.system.store import VARIABLE

IMPORT = "import cpdynamics"
LOADED = "load into PySD, translated before"
PYSD = "one run by Model.run, PySD"
COLD, WARM = "first result, nothing cached", "first result, all cached"
RUN, EVERY, MODEL = (
    "one run, compiled",
    "one run, compiled, every variable",
    "one run by Model.run, compiled",
)
COMPILED, VECTORISED = "a run of many, compiled", "a run of many, vectorised"
# What the project asks for, in CPU seconds; the rest is measured for comparison.
GOALS = {
    IMPORT: 0.3,
    LOADED: 0.05,
    PYSD: 0.5,
    COLD: 0.2,
    RUN: 0.001,
    EVERY: 0.001,
    MODEL: 0.001,
}


def importing() -> Task:
    """What it takes to import the package, in a process of its own."""
    return _task("", IMPORT, _import)


def tasks(variant: Variant, *, whole: bool) -> list[Task]:
    """The tasks on a variant: our engines in an ensemble and the rivals that are installed.

    Args:
        variant: the model and the work.
        whole: also what a lookup more or less does not change: single runs and the way to them.
    """
    called = f"{variant.model}, {variant.form}" if variant.form else variant.model
    found: dict[str, Callable[[], float]] = {}
    for name in sorted(variant.engines - set(missing())):
        found[f"one run, {name}"] = cpu(rival(name, variant))
    if whole:
        found |= _single(variant)
    found |= _many(variant, vectorised=whole)
    return [_task(called, what, seconds) for what, seconds in found.items()]


@contextlib.contextmanager
def empty_cache() -> Iterator[None]:
    """A time in which nothing has been translated or compiled before."""
    before = os.environ.get(VARIABLE)
    with tempfile.TemporaryDirectory() as folder:
        os.environ[VARIABLE] = folder
        try:
            yield
        finally:
            if before is None:
                del os.environ[VARIABLE]
            else:
                os.environ[VARIABLE] = before


def _single(variant: Variant) -> dict[str, Callable[[], float]]:
    from cpdynamics.engines.compiled import Compiled
    from cpdynamics.engines.reference import Reference
    from cpdynamics.engines.request import Request
    from cpdynamics.engines.vectorised import Vectorised
    from cpdynamics.system.abstract import parse

    document, structure = variant.document, variant.structure
    text, path = document.text, document.path
    model = Model.from_document(document)
    compiled = Compiled.load(document, structure)
    vectorised = Vectorised.load(document, structure)
    request = Request(
        {name: float(values[0]) for name, values in variant.draws.items()}, outputs=variant.outputs
    )

    def parsed() -> object:
        return parse(Document.parse(text, path=path))

    def first() -> object:
        read = Document.parse(text, path=path)
        return Compiled.load(read, parse(read)).run(request)

    def loaded() -> object:
        read = Document.parse(text, path=path)
        return Reference.load(read, parse(read))

    def cold(work: Callable[[], object]) -> Callable[[], object]:
        def done() -> object:
            with empty_cache():
                return work()

        return done

    return {
        "read the .mdl": cpu(lambda: Document.parse(text).equations),
        LOADED: cpu(loaded),
        COLD: cpu(cold(first)),
        "of that, PySD's parser": cpu(cold(parsed)),
        WARM: cpu(first),
        PYSD: cpu(lambda: model.run(engine="pysd")),
        "one run, vectorised": cpu(lambda: vectorised.run(request)),
        RUN: cpu(lambda: compiled.run(request)),
        EVERY: cpu(compiled.run),
        MODEL: cpu(lambda: model.run(engine="compiled")),
    }


def _many(variant: Variant, *, vectorised: bool) -> dict[str, Callable[[], float]]:
    from cpdynamics.engines.compiled import Compiled
    from cpdynamics.engines.vectorised import Vectorised

    runs = len(next(iter(variant.draws.values())))

    def ensemble(engine: Compiled | Vectorised) -> Callable[[], float]:
        return cpu(lambda: engine.ensemble(variant.draws, outputs=variant.outputs), runs=runs)

    document, structure = variant.document, variant.structure
    found = {COMPILED: ensemble(Compiled.load(document, structure))}
    if vectorised:
        found[VECTORISED] = ensemble(Vectorised.load(document, structure))
    return found


def _task(model: str, what: str, seconds: Callable[[], float]) -> Task:
    return Task(model, what, seconds, GOALS.get(what))


def _import() -> float:
    code = "import time; b = time.process_time(); import cpdynamics; print(time.process_time() - b)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    return float(said.stdout)
