"""Every model of the library passes every check that `cpdynamics check` makes."""

from __future__ import annotations

import pytest

from cpdynamics.auditing import audit
from tests.models.library_runs import LIBRARY, library_model


@pytest.mark.parametrize("name", LIBRARY)
def test_every_check_passes(name):
    outcome = audit(library_model(name))
    assert outcome.passed, outcome
