"""All dashboards behind one address, in a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cpdynamics.presenting import TEMPLATE, write_notebooks, write_template
from cpdynamics.serving import served
from tests.browser.waiting import expect

pytestmark = pytest.mark.browser


def test_the_index_opens_a_dashboard(chromium: Any, open_page: Any, tmp_path: Path) -> None:
    rooms, templates = tmp_path / "rooms", tmp_path / "templates"
    rooms.mkdir()
    shown = write_notebooks(rooms)
    write_template(templates, shown)
    server = served(rooms, log=tmp_path / "log", template=TEMPLATE, templates=templates)
    with server as room, open_page(chromium, "voila") as seen:
        page = seen.page
        page.goto(room.address)
        expect(page.get_by_role("link")).to_have_count(len(shown))
        axe = pytest.importorskip("axe_core_python.sync_playwright").Axe()
        grave = [one for one in axe.run(page)["violations"] if one["impact"] in GRAVE]
        assert grave == []
        last = page.get_by_role("link", name="Bathtub")
        for _ in shown:
            page.keyboard.press("Tab")
        expect(last).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Bathtub")).to_be_visible()
        page.wait_for_selector(".js-plotly-plot .main-svg")
        assert seen.outside == []


GRAVE = ("serious", "critical")
