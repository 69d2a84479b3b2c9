"""A sitting of one's own for every test, and a tiny model to predict."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cpdynamics.classroom.answers import SITTING, Sitting
from cpdynamics.model import Model
from tests import tiny


@pytest.fixture
def sitting() -> Iterator[Sitting]:
    """The sitting of this Python, emptied; nothing of it is left afterwards."""
    _empty()
    yield SITTING
    _empty()


def _empty() -> None:
    SITTING.predictions.clear()
    SITTING.answers.clear()
    SITTING.name = Sitting().name


@pytest.fixture
def waiting(tmp_path: Path) -> Model:
    """A queue that fills to half as much again."""
    return Model.from_path(tiny.write(tmp_path))
