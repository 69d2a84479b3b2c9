"""What becomes of a dashboard in JupyterLab whose kernel is gone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.conftest import show_in_lab, until_drawn
from tests.browser.waiting import expect

pytestmark = pytest.mark.browser

GONE = (
    "The kernel of this dashboard has ended, so nothing on it moves any more. Run its cell again."
)


def test_a_dead_dashboard_says_so_and_its_cell_brings_it_back(
    chromium: Any, lab: str, open_page: Any
) -> None:
    with open_page(chromium, "lab") as seen:
        show_in_lab(seen, lab, "tiny.ipynb")
        until_drawn(seen)
        page = seen.page
        expect(page.locator(".cpd [role=alert]")).to_have_count(0)
        page.get_by_role("menuitem", name="Kernel", exact=True).click()
        page.get_by_text("Restart Kernel…", exact=True).click()
        page.get_by_role("button", name="Confirm Kernel Restart").click()
        expect(page.locator(".cpd [role=alert]")).to_have_text(GONE)
        page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
        page.locator(".jp-CodeCell .cm-content").first.click()
        page.keyboard.press("Control+Enter")
        expect(page.locator(".cpd [role=alert]")).to_have_count(0)
        until_drawn(seen)
        page.get_by_role("slider", name="early help cut", exact=True).focus()
        page.keyboard.press("ArrowRight")
        seen.until_line("repeat referrals", "y.at(-1) > 60")
