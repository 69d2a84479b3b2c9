"""The page of the tiny model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import front_door
from tests.browser.offline.alive import LOOPS, live, written


@pytest.fixture(scope="session")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the tiny model; at 0 months open its run breaks off."""
    folder = tmp_path_factory.mktemp("offline")
    story = front_door.UNCERTAIN + front_door.STORY + front_door.LONGER
    mdl = front_door.MDL.replace("Month [1,24,0.5]", "Month [0,24,0.5]")
    return written(folder, "tiny", mdl, LOOPS + story)


@pytest.fixture
def page(chromium: Any, open_page: Any, file: Path) -> Iterator[Any]:
    """The page, alive, and watched: whatever goes wrong in it fails the test."""
    yield from live(chromium, open_page, file)
