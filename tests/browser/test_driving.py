"""Which loop is driving, as a person with a keyboard finds out in Voila."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.waiting import expect, pause, until

pytestmark = pytest.mark.browser

WIDTHS = """() => [...document.querySelectorAll('.cpd-diagram g.link')]
  .map((link) => Number(link.querySelector('path').getAttribute('stroke-width')))"""


@pytest.fixture
def burnout(room: Path, chromium: Any, voila: str, open_page: Any) -> Iterator[Any]:
    """The dashboard of a story with named loops."""
    library = Path(__file__).parents[2] / "models"
    notebook = (room / "tiny.ipynb").read_text("utf-8")
    notebook = notebook.replace(str(room / "tiny.mdl"), str(library / "burnout.mdl"))
    (room / "burnout.ipynb").write_text(notebook, encoding="utf-8")
    with open_page(chromium, "voila") as seen:
        seen.page.goto(f"{voila}/voila/render/burnout.ipynb")
        seen.page.locator(".cpd [role=slider][aria-label]").first.wait_for()
        yield seen


def until_words(seen: Any, begin: str) -> None:
    """Waits for the sentence of the run on show."""
    seen.page.wait_for_function(
        "(begin) => document.querySelector('.cpd-driver').textContent.startsWith(begin)"
        " && document.querySelector('.cpd-told').getAttribute('aria-busy') === 'false'",
        arg=begin,
    )


def test_it_is_asked_and_moved_by_keyboard(burnout: Any) -> None:
    page = burnout.page
    summary = page.get_by_text("Which loop is driving?", exact=True)
    expect(page.locator(".cpd-driver")).to_be_hidden()
    summary.focus()
    until(page, "getComputedStyle(document.activeElement).outlineStyle", "solid")
    page.keyboard.press("Enter")
    until_words(burnout, "At rest: no loop is at work.")
    expect(page.locator(".cpd-months")).to_be_hidden()
    expect(page.locator(".cpd-diagram svg")).to_be_visible()
    places = page.locator(".cpd-diagram svg").inner_html()
    until(page, WIDTHS, lambda widths: set(widths) == {1})

    page.get_by_role("button", name="A hard year").press("Enter")
    until_words(burnout, "Until month 13 no loop is at work, then R23 Too tired to rest dominates")
    expect(page.locator(".cpd-loop")).to_have_count(6)
    page.get_by_role("button", name="A team in crisis").press("Enter")
    until_words(burnout, "Until month 13 no loop is at work, then B13 Rest dominates")

    summary.focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    slider = page.get_by_role("slider", name="Month on show")
    expect(slider).to_be_focused()
    page.keyboard.press("Home")
    until(page, WIDTHS, lambda widths: set(widths) == {1})
    expect(slider).to_have_attribute("aria-valuetext", "Month 0: no loop is at work")
    for _ in range(24):
        page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "Month 24: B13 Rest is foremost")
    until(page, WIDTHS, lambda widths: max(widths) > 4)
    early = page.evaluate(WIDTHS)
    page.keyboard.press("End")
    until(page, WIDTHS, lambda widths: widths != early)
    # Only what a weight changes has changed.
    page.keyboard.press("Home")
    assert page.locator(".cpd-diagram svg").inner_html().count("<text") == places.count("<text")
    assert burnout.errors == []
    assert burnout.outside == []


def test_it_plays_and_can_be_read_from_the_back_row(burnout: Any) -> None:
    page = burnout.page
    page.get_by_role("button", name="A hard year").press("Enter")
    page.get_by_text("Which loop is driving?", exact=True).press("Enter")
    expect(page.locator(".cpd-diagram svg")).to_be_visible()
    page.get_by_role("slider", name="Month on show").press("Home")
    page.get_by_role("button", name="Play", exact=True).press("Enter")
    page.wait_for_function("() => Number(document.querySelector('.cpd-months input').value) > 5")
    page.get_by_role("button", name="Pause", exact=True).press("Enter")
    stopped = page.locator(".cpd-now").inner_text()
    pause(page, 0.5)
    assert page.locator(".cpd-now").inner_text() == stopped

    for width, height in ((1280, 720), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        until(page, LOOK, {"small": [], "outside": []}, stays=0.5)

    axe = pytest.importorskip("axe_core_python.sync_playwright").Axe()
    violations = axe.run(page, context={"include": [[".cpd-driving"]]})["violations"]
    assert [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in violations] == []


LOOK = """() => {
  const part = document.querySelector('.cpd-driving');
  const edges = document.querySelector('.cpd').getBoundingClientRect();
  const small = [], outside = [];
  const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement, box = element.getBoundingClientRect();
    if (!node.data.trim() || !box.width || element.closest('title')) continue;
    const svg = element.closest('.cpd-diagram svg');
    const zoom = svg ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;
    if (zoom * parseFloat(getComputedStyle(element).fontSize) < 16) small.push(node.data);
    if (box.left < edges.left || box.right > edges.right) outside.push(node.data);
  }
  return { small, outside };
}"""
