"""A real Firefox, and the page of the tiny model in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.firefox.bidi import Firefox, Tab
from tests.browser.offline.alive import tiny


@pytest.fixture(scope="session")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    """A headless Firefox, or a skip that says why there is none."""
    pytest.importorskip("websocket", reason="websocket-client is not installed")
    path = next(filter(None, map(shutil.which, ("firefox-esr", "firefox"))), None)
    if path is None:
        pytest.skip("there is no Firefox on this machine")
    browser = Firefox(path, tmp_path_factory.mktemp("firefox"))
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny(tmp_path_factory.mktemp("offline"))


@pytest.fixture
def page(firefox: Firefox, file: Path) -> Iterator[Tab]:
    """The page, alive, and watched: whatever goes wrong in it fails the test."""
    yield from alive(firefox, file)


def alive(
    firefox: Firefox, file: Path, code: str = "", size: tuple[int, int] = (1280, 720)
) -> Iterator[Tab]:
    with firefox.opened(file.as_uri() + code, size) as tab:
        tab.until("performance.getEntriesByName('live').length", 1)
        yield tab
        tab.pause(0)  # what it has told by now is heard
        assert tab.outside == []
        assert tab.errors == []
        assert tab.shouted == []
