"""A short way from the text of a .mdl to an engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cpdynamics.engines.reference import Reference
from cpdynamics.mdl.document import Document
from cpdynamics.system.abstract import parse

CONTROL = """
INITIAL TIME = 0 ~ Month ~ |
FINAL TIME = 10 ~ Month ~ |
TIME STEP = 0.5 ~ Month ~ |
SAVEPER = 1 ~ Month ~ |
"""


@pytest.fixture
def engine(tmp_path: Path) -> Callable[..., Reference]:
    """The engine for some equations, which are written to a file with .Control added."""

    def made(equations: str, control: str = CONTROL, allow: Path | None = None) -> Reference:
        path = tmp_path / "model.mdl"
        path.write_text("{UTF-8}\n" + equations + control, encoding="utf-8", newline="")
        document = Document.read(path)
        return Reference.load(document, parse(document), allow=allow)

    return made
