"""A site of two small stories and one notebook, built once, opened without a network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cpdynamics.site import write_site

PAGES = (
    "index.html",
    "models.html",
    "handouts/caseload.html",
    "handouts/teaching-bathtub.html",
    "notebooks/00_start_here.html",
)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, chromium: Any) -> Path:
    """The folder; only notebooks that need no other story are in it."""
    del chromium  # it says why where there is none, which the pack needs as well
    folder = tmp_path_factory.mktemp("site") / "site"
    return write_site(folder, stories=["caseload", "teaching/bathtub"], pack=True)


@pytest.fixture
def visit(chromium: Any, open_page: Any, built: Path) -> Iterator[Any]:
    """Opens a page of the site, ``visit("index.html")``; what goes wrong in it fails the test."""
    opened = []

    def go(place: str, **more: Any) -> Any:
        context = open_page(chromium, place, **more)
        seen = context.__enter__()
        opened.append((context, seen))
        seen.page.context.set_offline(True)
        seen.page.goto((built / place).as_uri())
        return seen

    yield go
    for context, seen in opened:
        context.__exit__(None, None, None)
        assert (seen.front, seen.outside, seen.errors) == (seen.front, [], [])
