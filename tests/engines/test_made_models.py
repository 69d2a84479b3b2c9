from __future__ import annotations

from collections import Counter

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings

from cpdynamics.engines.compiled import Compiled
from cpdynamics.engines.reference import Reference
from cpdynamics.engines.request import Request
from cpdynamics.engines.vectorised import Vectorised
from cpdynamics.errors import BadValue, CpdynamicsError, RunFailed, Unsupported
from tests.engines.agreeing import same, small
from tests.engines.made_models import CHANGES, EQUATIONS

_LATE_OR_MIXED = ("DELAY FIXED", "SAMPLE IF TRUE", "true or false")
_NO_NUMBER = ("divides by zero", "no real value")


@pytest.mark.slow
def test_five_hundred_models_made_at_random_are_pysds() -> None:
    became: Counter[str] = Counter()

    # The same models each time: a number that falls on the edge of a jump may differ in its last
    # bit from one computer to another, which is no fault of an engine.
    @settings(
        max_examples=640, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(EQUATIONS, CHANGES)
    def agree(equations: str, changes: dict[str, float]) -> None:
        became[_compared(equations, changes)] += 1

    agree()
    assert became["the same"] >= 500, became
    assert became["stricter"] <= 20, became


def _compared(equations: str, changes: dict[str, float]) -> str:
    """What became of a model in all three engines."""
    document, structure = small(equations, final="4", step="0.25")
    engines = [_engine(kind.load, document, structure) for kind in (Compiled, Vectorised)]
    if isinstance(engines[0], Unsupported):
        assert str(engines[0]) == str(engines[1])
        assert any(known in str(engines[0]) for known in _LATE_OR_MIXED), engines[0]
        return "refused"
    truth = Reference.load(document, structure)
    requests = (Request(), Request({**changes, "TIME STEP": 0.1}))
    found = {_one_run(truth, engines, request) for request in requests}
    return next(one for one in ("stricter", "the same", "broken off") if one in found)


def _one_run(truth: Reference, engines: list, request: Request) -> str:
    theirs = _engine(truth.run, request)
    ours = [_engine(engine.run, request) for engine in engines]
    if isinstance(theirs, pd.DataFrame):
        if any(isinstance(one, CpdynamicsError) for one in ours):
            # Where it depends on the run whether PySD holds a number of NumPy's, which is infinite
            # or complex and goes on, our engines end the run.
            assert ours[0].came == ours[1].came
            assert any(known in ours[0].came for known in _NO_NUMBER), ours[0]
            return "stricter"
        for one in ours:
            same(one, theirs)
        return "the same"
    # PySD starts what stands within an INITIAL too late; there is nothing to compare with.
    if "before it is initialized" not in str(theirs):
        assert [type(one) for one in ours] == [type(theirs)] * 2, (theirs, ours)
    return "broken off"


def _engine(call, *arguments):  # noqa: ANN
    """What a call gives, or the error with which it refuses or breaks off."""
    try:
        return call(*arguments)
    except (RunFailed, BadValue, Unsupported) as error:
        return error
