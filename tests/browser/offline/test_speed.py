"""How quick the page is: told and not judged, since a machine may have other work."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import cpdynamics as cp
from cpdynamics.offline import to_html
from tests.browser.offline.alive import BANDED, GRAPH, live, slider

pytestmark = pytest.mark.browser

WATCH = f"""() => {{
  globalThis.painted = [];
  let begun = 0;
  document.addEventListener('keydown', () => (begun = performance.now()), true);
  new MutationObserver(() => {{
    if (!begun) return; // the band, which follows the line
    const key = begun;
    begun = 0;
    requestAnimationFrame(() => setTimeout(() => painted.push(performance.now() - key)));
  }}).observe({GRAPH}, {{ subtree: true, attributes: true, attributeFilter: ['d'] }});
}}"""


def test_it_follows_every_key(
    chromium: Any, open_page: Any, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    file = to_html(cp.load("austerity"), tmp_path / "austerity.html", loops=False)
    for page in live(chromium, open_page, file):
        opened = page.page.evaluate("performance.getEntriesByName('live')[0].startTime")
        panels = page.page.wait_for_function(BANDED).json_value()
        page.page.evaluate(WATCH)
        handle = slider(page)
        handle.focus()
        for count in range(1, 10):
            page.page.keyboard.press("ArrowRight")
            page.page.wait_for_function(f"() => painted.length === {count}")
            page.page.wait_for_function(f"() => ({BANDED})() === {panels}")
        milliseconds = page.page.evaluate("painted")
    record_property("milliseconds to a live chart", round(opened))
    record_property("milliseconds from a key to a line", round(statistics.median(milliseconds)))
    assert len(milliseconds) == 9
