"""Models made at random, run in one page, and by the compiled engine beside it."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings

from cpdynamics.engines.browser import script
from cpdynamics.engines.compiled import Compiled
from cpdynamics.engines.request import Request
from cpdynamics.errors import BadValue, CpdynamicsError, RunFailed, Unsupported
from cpdynamics.system.abstract import Structure
from tests.engines.agreeing import same, small
from tests.engines.in_a_page import Broken, Pages, Refused, ask, pages  # noqa: F401
from tests.engines.made_models import CHANGES, EQUATIONS
from tests.engines.test_subscripts import RANDOM, models

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def plain() -> list[tuple[Any, Structure, dict[str, float]]]:
    """The same models each time, with constants to change."""
    found = []

    @settings(
        max_examples=250, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(EQUATIONS, CHANGES)
    def gather(equations: str, changes: dict[str, float]) -> None:
        found.append((*small(equations, final="4", step="0.25"), {**changes, "TIME STEP": 0.1}))

    gather()
    return found


def subscripted() -> list[tuple[Any, Structure, dict[str, float]]]:
    found = []

    @settings(
        max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(models())
    def gather(equations: str) -> None:
        found.append((*small(RANDOM + equations, step="0.25", final="6"), {"TIME STEP": 0.1}))

    gather()
    return found


# What divides by an element of an array divides as NumPy does, and ends no run.
@pytest.mark.parametrize(("made", "least", "broken"), [(plain, 200, 20), (subscripted, 100, 0)])
def test_models_made_at_random_are_those_of_the_compiled_engine(
    made: Any,
    least: int,
    broken: int,
    pages: Pages,  # noqa: F811
) -> None:
    became: Counter[str] = Counter()
    scripts, questions, cases = [], [], []
    for document, structure, changes in made():
        try:
            engine = Compiled.load(document, structure)
        except (Unsupported, RunFailed) as error:
            with pytest.raises(type(error)):
                script(structure)
            became["refused"] += 1
            continue
        for constants in ({}, changes):
            cases.append((engine, constants))
            questions.append((len(scripts), {"set": list(constants.items())}))
        scripts.append(script(structure))
    answers = ask(pages, scripts, questions)
    for (engine, constants), answer in zip(cases, answers, strict=True):
        became[_compared(engine, constants, answer)] += 1
    assert became["the same"] >= least, became
    assert became["broken off"] >= broken, became


def _compared(engine: Compiled, constants: dict[str, float], answer: Any) -> str:
    """What became of a run in both engines."""
    if isinstance(answer, Refused):
        assert "order of a delay" in answer.text
        return "refused"
    truth = _run(engine, constants)
    if isinstance(truth, CpdynamicsError):
        assert answer == Broken(truth.came)
        return "broken off"
    assert isinstance(answer, pd.DataFrame), answer
    same(answer, truth)
    return "the same"


def _run(engine: Compiled, constants: dict[str, float]) -> pd.DataFrame | CpdynamicsError:
    try:
        return engine.run(Request(constants))
    except (RunFailed, BadValue) as error:
        return error
