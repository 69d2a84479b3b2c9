"""Which loop is driving, as a person with a keyboard finds out in Voila."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

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


def words(seen: Any) -> str:
    return str(seen.page.locator(".cpd-driver").inner_text())


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
    assert not page.locator(".cpd-driver").is_visible()
    summary.focus()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    until_words(burnout, "At rest: no loop is at work.")
    assert not page.locator(".cpd-months").is_visible()
    page.locator(".cpd-diagram svg").wait_for()
    places = page.locator(".cpd-diagram svg").inner_html()
    assert set(page.evaluate(WIDTHS)) == {1}

    page.get_by_role("button", name="A hard year").press("Enter")
    until_words(burnout, "Until month 13 all is at rest, then R23 Too tired to rest dominates")
    assert page.locator(".cpd-loop").count() == 6
    hard = words(burnout)
    page.get_by_role("button", name="A team in crisis").press("Enter")
    page.wait_for_function(
        "(hard) => document.querySelector('.cpd-driver').textContent !== hard", arg=hard
    )
    until_words(burnout, "Until month 13 all is at rest, then B13 Rest dominates")

    summary.focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Play"
    page.keyboard.press("Tab")
    slider = page.get_by_role("slider", name="Month on show")
    assert slider.evaluate("(one) => one === document.activeElement")
    page.keyboard.press("Home")
    assert set(page.evaluate(WIDTHS)) == {1}
    assert slider.get_attribute("aria-valuetext") == "Month 0: no loop is at work"
    for _ in range(24):
        page.keyboard.press("ArrowRight")
    early = page.evaluate(WIDTHS)
    assert max(early) > 4
    assert slider.get_attribute("aria-valuetext") == "Month 24: B13 Rest is foremost"
    page.keyboard.press("End")
    assert page.evaluate(WIDTHS) != early
    # Only what a weight changes has changed.
    page.keyboard.press("Home")
    assert page.locator(".cpd-diagram svg").inner_html().count("<text") == places.count("<text")
    assert burnout.errors == []
    assert burnout.outside == []


def test_it_plays_and_can_be_read_from_the_back_row(burnout: Any) -> None:
    page = burnout.page
    page.get_by_role("button", name="A hard year").press("Enter")
    page.get_by_text("Which loop is driving?", exact=True).press("Enter")
    page.locator(".cpd-diagram svg").wait_for()
    page.get_by_role("slider", name="Month on show").press("Home")
    page.get_by_role("button", name="Play", exact=True).press("Enter")
    page.wait_for_function("() => Number(document.querySelector('.cpd-months input').value) > 5")
    page.get_by_role("button", name="Pause", exact=True).press("Enter")
    stopped = page.locator(".cpd-now").inner_text()
    page.wait_for_timeout(400)
    assert page.locator(".cpd-now").inner_text() == stopped

    for width, height in ((1280, 720), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(500)
        found = page.evaluate(LOOK)
        assert found["smallest"] >= 16
        assert found["outside"] == []

    axe = pytest.importorskip("axe_core_python.sync_playwright").Axe()
    violations = axe.run(page, context={"include": [[".cpd-driving"]]})["violations"]
    assert [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in violations] == []


LOOK = """() => {
  const part = document.querySelector('.cpd-driving');
  const edges = document.querySelector('.cpd').getBoundingClientRect();
  const sizes = [], outside = [];
  const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement, box = element.getBoundingClientRect();
    if (!node.data.trim() || !box.width || element.closest('title')) continue;
    const svg = element.closest('.cpd-diagram svg');
    const zoom = svg ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;
    sizes.push(zoom * parseFloat(getComputedStyle(element).fontSize));
    if (box.left < edges.left || box.right > edges.right) outside.push(node.data);
  }
  return { smallest: Math.min(...sizes), outside };
}"""
