"""A story with more scenarios than two rows of buttons hold, as a person meets it in Voila."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.waiting import expect, pause, until

pytestmark = pytest.mark.browser

REPEAT = "repeat referrals"
MANY = "".join(
    f"""
[scenarios."Early help loses {percent} % more"]
set = {{ "early help cut" = {percent / 100} }}
story = "The cut is {percent} %."
"""
    for percent in range(1, 31)
)


@pytest.fixture
def many(room: Path, chromium: Any, voila: str, open_page: Any) -> Iterator[Any]:
    """The dashboard of a story with more scenarios than two rows of buttons hold."""
    (room / "many.mdl").write_text((room / "tiny.mdl").read_text("utf-8"), encoding="utf-8")
    (room / "many.toml").write_text((room / "tiny.toml").read_text("utf-8") + MANY, "utf-8")
    notebook = (room / "tiny.ipynb").read_text("utf-8").replace("tiny.mdl", "many.mdl")
    (room / "many.ipynb").write_text(notebook, encoding="utf-8")
    with open_page(chromium, "voila") as seen:
        seen.page.goto(f"{voila}/voila/render/many.ipynb")
        seen.page.locator(".cpd [role=slider][aria-label]").first.wait_for()
        seen.until_line(REPEAT, "Math.abs(y.at(-1) - 50) < 1e-6")
        yield seen


def test_one_of_many_scenarios_is_chosen_by_keyboard(many: Any) -> None:
    page = many.page
    select = page.get_by_role("combobox", name="Choose a scenario", exact=True)
    expect(page.locator(".cpd-presets button")).to_have_text(["Reset"])
    select.focus()
    until(page, "getComputedStyle(document.activeElement).outlineStyle", "solid")
    page.keyboard.press("ArrowDown")
    after = many.until_line(REPEAT, "y.at(-1) > 250")
    assert after[-1] == pytest.approx(0.6 * 200 / 0.4, rel=5e-3)
    page.keyboard.press("End")
    after = many.until_line(REPEAT, "y.at(-1) < 210")
    assert after[-1] == pytest.approx(0.5 * 200 / 0.5, rel=1e-3)
    expect(page.locator(".cpd-notice")).to_have_text("The cut is 30 %.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    many.until_line(REPEAT, "Math.abs(y.at(-1) - 50) < 1e-6")
    expect(select.locator("option:checked")).to_have_text("none")
    axe = pytest.importorskip("axe_core_python.sync_playwright").Axe()
    found = axe.run(page, context={"include": [[".cpd"]]})["violations"]
    assert [rule["id"] for rule in found] == []
    assert many.errors == []


def test_the_list_is_large_enough_and_leaves_the_charts_on_the_first_screen(many: Any) -> None:
    page = many.page
    select = page.locator(".cpd-presets select")
    expect(page.get_by_role("combobox", name="Choose a scenario", exact=True)).to_be_visible()
    for part in (select, page.locator(".cpd-presets label")):
        assert part.evaluate("(one) => parseFloat(getComputedStyle(one).fontSize)") >= 16
        box, room = part.bounding_box(), part.evaluate("(one) => one.scrollWidth - one.clientWidth")
        assert box["x"] + box["width"] < 1280
        assert room <= 0  # nothing of its words is cut off
    pause(page, 4.5)  # the picture is fitted to its place for the last time
    end = "document.querySelector('.cpd-figure').getBoundingClientRect().bottom"
    until(page, end, lambda found: found < 720, stays=0.5)
