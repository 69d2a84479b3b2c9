from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from cpdynamics.engines.reference import Reference
from cpdynamics.engines.request import Request
from cpdynamics.engines.vectorised import Vectorised
from cpdynamics.errors import BadValue, RunFailed, Unsupported
from tests.engines.agreeing import same, small
from tests.engines.made_models import EQUATIONS


# The same models each time: a number that falls on the edge of a jump may differ in its last bit
# from one computer to another, which is no fault of an engine.
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(EQUATIONS)
def test_a_model_made_at_random_is_pysds(equations: str) -> None:
    document, structure = small(equations, final="6", step="0.25")
    try:
        engine = Vectorised.load(document, structure)
    except Unsupported as error:
        assert "DELAY FIXED" in str(error) or "true or false" in str(error)  # noqa: PT017
        return
    truth = Reference.load(document, structure)
    for step in (0.25, 0.1):
        request = Request(constants={"TIME STEP": step})
        try:
            table = truth.run(request)
        except (RunFailed, BadValue):
            try:
                engine.run(request)
            except (RunFailed, BadValue):
                continue
            raise AssertionError(f"PySD breaks this off:\n{equations}") from None
        same(engine.run(request), table)
