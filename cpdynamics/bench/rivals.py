"""What others make of the same work, each called as its own users would call it."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from cpdynamics.bench.variants import Variant
from cpdynamics.mdl.names import canonical

OneRun = Callable[[], Sequence[np.ndarray]]
"""One run with the next draws: the series of each output."""


def rivals() -> dict[str, str]:
    """Name of a rival -> its module. Each runs once a draw: none has ensembles."""
    return {"PySD": "pysd", "pysimlin": "simlin"}


def missing() -> list[str]:
    """The rivals that are not installed here."""
    return [name for name, module in rivals().items() if find_spec(module) is None]


def rival(name: str, variant: Variant) -> OneRun:
    """A rival's run.

    Args:
        name: one of ``rivals``, installed.
        variant: the model and the work.
    """
    return {"PySD": _pysd, "pysimlin": _simlin}[name](variant)


def _pysd(variant: Variant) -> OneRun:
    """PySD by itself, on the Python that it wrote, with none of what ``Model.run`` looks after."""
    import pysd

    from cpdynamics.engines.orders import whole_orders
    from cpdynamics.engines.translated import Translation
    from cpdynamics.system.quiet import quiet

    translation = Translation.of(variant.document, variant.structure, allow=None)
    folder = translation.folder()
    words = translation.words(folder)
    with quiet():
        model = pysd.load(str(folder / "model.py"), initialize=False, missing_values="ignore")
        whole_orders(model, words, variant.structure)
    turns = _draws(variant, lambda name: words.variables[canonical(name)])
    columns = [words.variables[canonical(name)] for name in variant.outputs]

    def run() -> Sequence[np.ndarray]:
        with quiet():
            table = model.run(params=next(turns), return_columns=columns)
        return [table[column].to_numpy() for column in columns]

    return run


def _simlin(variant: Variant) -> OneRun:
    """pysimlin with one simulation that is reset, its quickest way."""
    import simlin

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "model.mdl"
        place.write_bytes(variant.document.encode())
        simulation = simlin.load(place).simulate()
    turns = _draws(variant, lambda name: canonical(name).replace(" ", "_"))

    def run() -> Sequence[np.ndarray]:
        simulation.reset()
        for name, value in next(turns).items():
            simulation.set_value(name, value)
        simulation.run_to_end()
        return [simulation.get_series(name) for name in variant.outputs]

    return run


def _draws(variant: Variant, called: Callable[[str], str]) -> itertools.cycle[dict[str, float]]:
    names = [called(name) for name in variant.draws]
    rows = np.column_stack(list(variant.draws.values()))
    return itertools.cycle([dict(zip(names, map(float, row), strict=True)) for row in rows])
