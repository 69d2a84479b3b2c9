"""The seat as a person meets it in Voila: flown by keyboard, kept, resumed, looked back on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import write_notebook
from tests.browser.waiting import expect
from tests.cockpit import flying

pytestmark = pytest.mark.browser

SLOW = 60_000  # a kernel has to start, and to prepare a model


@pytest.fixture(scope="module")
def seats(room: Path) -> Path:
    """The room, with a notebook of a small flight and one of the shipped one."""
    flying.model(room, name="door")
    small = f"Model.from_path({str(room / 'door.mdl')!r})"
    for name, model in (("seat", small), ("director", "cp.load('child_protection')")):
        source = [
            "import cpdynamics as cp\n",
            "from cpdynamics.cockpit import flight\n",
            "from cpdynamics.model import Model\n",
            f"seat = flight({model}, seed=3).seat()\n",
            "seat",
        ]
        write_notebook(room / f"{name}.ipynb", source)
    return room


def test_a_flight_is_flown_by_keyboard_kept_and_looked_back_on(
    seats: Path, voila: str, chromium: Any, open_page: Any, tmp_path: Path
) -> None:
    with open_page(chromium, "voila") as seen:
        page = seen.page
        page.goto(f"{voila}/voila/render/seat.ipynb")
        expect(page.get_by_role("heading", name="Month 0: spring 2017")).to_be_visible(timeout=SLOW)

        # Tab reaches the first group, an arrow chooses in it, Tab leaves it.
        first = page.get_by_role("group", name="How wide is the door?")
        page.keyboard.press("Tab")
        for _ in range(20):
            if page.evaluate("document.activeElement.type") == "radio":
                break
            page.keyboard.press("Tab")
        expect(first.get_by_role("radio", name="as it was")).to_be_focused()
        page.keyboard.press("ArrowDown")
        expect(first.get_by_role("radio", name="wider")).to_be_checked()
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid"
        assert violations(page) == []
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="Go on half a year")).to_be_focused()
        page.keyboard.press("Enter")

        # Whoever reads by ear is at the top of the new half-year.
        heading = page.get_by_role("heading", name="Month 6: autumn 2017")
        expect(heading).to_be_focused()
        expect(first.get_by_role("radio", name="wider")).to_be_checked()
        expect(page.get_by_text("half a year ago: 100").first).to_be_visible()

        with page.expect_download() as kept:
            page.get_by_role("button", name="Save this flight").press("Enter")
        mine = tmp_path / kept.value.suggested_filename
        kept.value.save_as(mine)
        assert mine.name == "flight-door-1.json"
        assert json.loads(mine.read_text(encoding="utf-8"))["decided"] == [{"rise": 0.5}]

        page.get_by_role("button", name="Go on half a year").press("Enter")
        expect(page.get_by_role("heading", name="Month 12: spring 2018")).to_be_visible()

        theirs = tmp_path / "theirs.json"
        theirs.write_text('{"seed": "<img src=x onerror=alert(1)>"}', encoding="utf-8")
        page.get_by_label("Resume a saved one").set_input_files(theirs)
        expect(page.get_by_role("alert").filter(has_text="is no saved flight")).to_be_visible()
        expect(page.get_by_role("heading", name="Month 12: spring 2018")).to_be_visible()
        page.get_by_label("Resume a saved one").set_input_files(mine)
        expect(page.get_by_role("heading", name="Month 6: autumn 2017")).to_be_visible()

        page.get_by_role("button", name="Hand over and look back").press("Enter")
        expect(page.get_by_role("heading", name="What you saw, and what was so")).to_be_visible(
            timeout=SLOW
        )
        drawn = "document.querySelectorAll('.cpf-debrief .js-plotly-plot .js-line').length === 8"
        page.wait_for_function(drawn, timeout=SLOW)
        expect(page.get_by_role("cell", name="nothing decided").first).to_be_visible()
        expect(page.get_by_role("button", name="Go on half a year")).to_have_count(0)
        expect(page.locator(".cpf-debrief [role=img][aria-label]")).to_have_count(1)
        assert violations(page) == []
        page.get_by_role("button", name="Fly again, in the same news").press("Enter")
        expect(page.get_by_role("heading", name="Month 0: spring 2017")).to_be_focused()
        expect(page.locator(".cpf-debrief *")).to_have_count(0)
        assert not seen.outside
        assert not seen.errors


def test_the_shipped_half_year_fits_a_small_screen_in_letters_that_can_be_read(
    seats: Path, voila: str, chromium: Any, open_page: Any
) -> None:
    with open_page(chromium, "voila") as seen:
        page = seen.page
        page.goto(f"{voila}/voila/render/director.ipynb")
        expect(page.get_by_role("heading", name="Month 0: spring 2017")).to_be_visible(timeout=SLOW)
        expect(page.get_by_role("group")).to_have_count(7)
        for number in range(1, 5):
            page.get_by_role("button", name="Go on half a year").press("Enter")
            heading = page.get_by_role("heading", name=f"Month {6 * number}:")
            expect(heading).to_be_visible(timeout=SLOW)
        expect(page.get_by_text("A child has died in this authority.")).to_be_visible()
        bottom = page.evaluate("document.querySelector('.cpf').getBoundingClientRect().bottom")
        assert bottom <= 720
        sizes = page.evaluate(SIZES)
        assert min(sizes) >= 16
        assert not seen.errors


SIZES = """
[...document.querySelectorAll('.cpf *')]
  .filter((one) => [...one.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()))
  .map((one) => parseFloat(getComputedStyle(one).fontSize))
"""


def violations(page: Any) -> list[str]:
    """What axe-core finds that keeps somebody out."""
    axe = pytest.importorskip("axe_core_python.sync_playwright").Axe()
    found = axe.run(page, context={"include": [[".cpd"]]})["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:200]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
