"""A second engine beside PySD: the same small model, the same request, the same numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cpdynamics.engines.reference import Reference
from cpdynamics.engines.request import Request
from cpdynamics.engines.vectorised import Vectorised
from cpdynamics.mdl.document import Document
from cpdynamics.system.abstract import Structure, parse

STEPS = (0.125, 0.25, 0.1)
CONTROL = """
INITIAL TIME = {initial} ~ Month ~ |
FINAL TIME = {final} ~ Month ~ |
TIME STEP = {step} ~ Month ~ |
SAVEPER = {saveper} ~ Month ~ |
"""


def small(
    equations: str,
    *,
    initial: str = "0",
    final: str = "10",
    step: str = "0.5",
    saveper: str = "1",
    clock_first: bool = False,
) -> tuple[Document, Structure]:
    """A model of a few equations, each ending in ``~~|``; .Control is last, as Vensim writes it."""
    control = CONTROL.format(initial=initial, final=final, step=step, saveper=saveper)
    text = control + equations if clock_first else equations + control
    document = Document.parse("{UTF-8}\n" + text)
    return document, parse(document)


def same(found: pd.DataFrame, truth: pd.DataFrame) -> None:
    """Nothing, when every variable at every saved time is what PySD says."""
    assert list(found.columns) == list(truth.columns)
    np.testing.assert_array_equal(found.index, truth.index)
    assert found.index.name == truth.index.name
    for name in truth:
        there, here = truth[name].to_numpy(), found[name].to_numpy()
        finite = there[np.isfinite(there)]
        most = float(np.abs(finite).max(initial=0.0))
        np.testing.assert_allclose(here, there, rtol=0, atol=1e-9 * most + 1e-12, err_msg=name)


def agree(document: Document, structure: Structure, *requests: Request) -> list[pd.DataFrame]:
    """PySD's tables, once the vectorised engine has given the same."""
    truth, engine = Reference.load(document, structure), Vectorised.load(document, structure)
    tables = []
    for request in requests:
        tables.append(truth.run(request))
        same(engine.run(request), tables[-1])
    return tables


def steps(**constants: float) -> list[Request]:
    """One request for each of the three time steps."""
    return [Request(constants={"TIME STEP": step, **constants}) for step in STEPS]
