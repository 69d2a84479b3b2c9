from __future__ import annotations

import pytest

from cpdynamics.engines.compiled import Compiled
from cpdynamics.engines.reference import Reference
from cpdynamics.engines.request import Request
from cpdynamics.engines.vectorised import Vectorised
from tests.engines.agreeing import STEPS, same
from tests.models.library_runs import LIBRARY, library_model

CASES = [(name, chosen) for name in LIBRARY for chosen in (None, *library_model(name).scenarios)]


@pytest.mark.parametrize(("name", "scenario"), CASES)
def test_every_variable_of_every_scenario_is_pysds_at_three_steps(
    name: str, scenario: str | None
) -> None:
    model = library_model(name)
    truth, *engines = (
        kind.load(model.document, model.structure) for kind in (Reference, Compiled, Vectorised)
    )
    asked = model.request(scenario)
    for step in STEPS:
        clock = {"TIME STEP": step, "FINAL TIME": 24.0}
        request = Request({**asked.constants, **clock}, asked.hold, asked.initial)
        table = truth.run(request)
        for engine in engines:
            same(engine.run(request), table)
