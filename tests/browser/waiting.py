"""Waiting for what a kernel or a script answers, however slow the machine is."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import SECONDS

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect
expect.set_options(timeout=1000 * SECONDS)


def until(page: Any, expression: str, wanted: Any, *, stays: float = 0.0) -> None:
    """Waits until a JavaScript expression has a value; fails with the value that it has instead.

    Args:
        page: of Playwright.
        expression: a function or an expression.
        wanted: the value, or a function that says whether it is the one.
        stays: seconds of the page's own clock that it has to stay so, looked at every tenth; for
            what is right before an answer comes, and has to be right after it.
    """
    right: Callable[[Any], bool] = wanted if callable(wanted) else lambda found: found == wanted
    end, held = time.monotonic() + SECONDS, 0
    while held <= 10 * stays:
        found = page.evaluate(expression)
        held = held + 1 if right(found) else 0
        if not held:
            assert time.monotonic() < end, found
        if held <= 10 * stays:
            pause(page, 0.1)


def pause(page: Any, seconds: float) -> None:
    """Lets every timer of the page that is due by then have its turn.

    Args:
        page: of Playwright.
        seconds: of the page's own clock.
    """
    page.evaluate(f"() => new Promise((done) => setTimeout(done, {1000 * seconds}))")
