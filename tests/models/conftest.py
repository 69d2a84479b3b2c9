"""One fixture: each model of the library in turn."""

from __future__ import annotations

import pytest

from cpdynamics.model import Model
from tests.models.library_runs import LIBRARY, library_model


@pytest.fixture(params=LIBRARY)
def model(request: pytest.FixtureRequest) -> Model:
    return library_model(request.param)
