"""The page of the tiny model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.offline.alive import live, tiny


@pytest.fixture(scope="session")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny(tmp_path_factory.mktemp("offline"))


@pytest.fixture
def page(chromium: Any, open_page: Any, file: Path) -> Iterator[Any]:
    """The page, alive, and watched: whatever goes wrong in it fails the test."""
    yield from live(chromium, open_page, file)
