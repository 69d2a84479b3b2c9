"""The page can be read by everybody, in every window."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import cpdynamics as cp
from cpdynamics.offline import to_html
from tests.browser.offline.alive import (
    BANDED,
    GRAPH,
    REPEAT,
    button,
    live,
    slider,
)

pytestmark = pytest.mark.browser


def test_focus_can_be_seen(page: Any) -> None:
    slider(page).focus()
    page.page.keyboard.press("ArrowLeft")
    style = "getComputedStyle(document.activeElement).outlineStyle"
    assert page.page.evaluate(style) == "solid"


def test_help_says_what_a_slider_means(page: Any) -> None:
    page.page.get_by_text("What is this?").first.click()
    meaning = "Share of early help taken away. <b>DfE</b>, section 251."
    assert page.page.get_by_text(meaning).is_visible()
    assert page.page.get_by_text("From 0.00 to 0.40; the model has 0.00.").is_visible()


def test_a_room_sees_larger_letters_and_escape_leads_back(page: Any) -> None:
    button(page, "Present").click()
    size = f"() => {GRAPH}._fullLayout.font.size"
    assert page.page.evaluate(size) > 17
    assert not button(page, "Undo").is_visible()
    assert slider(page).is_visible()
    page.page.keyboard.press("Escape")
    assert page.page.evaluate(size) == 16
    assert button(page, "Undo").is_visible()


def test_calm_pages_replay_without_the_way(page: Any) -> None:
    page.page.emulate_media(reduced_motion="reduce")
    button(page, "A further 40 % cut").click()
    page.until_line(REPEAT, "y.at(-1) > 250")
    page.page.evaluate(
        f"() => {{ globalThis.ends = new Set(); {GRAPH}.on('plotly_afterplot', () => ends.add("
        f"Math.round({GRAPH}._fullData.find((one) => one.name === '{REPEAT}').y.at(-1)))); }}"
    )
    button(page, "Replay").click()
    page.page.wait_for_timeout(2200)
    assert len(page.page.evaluate("[...ends]")) == 2


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (390, 844)])
def test_everything_fits_and_can_be_read(
    chromium: Any, open_page: Any, file: Path, size: tuple[int, int]
) -> None:
    for page in live(chromium, open_page, file, size=size):
        wide, tall = page.page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
        )
        assert wide <= size[0]
        if size[0] > 1000:
            assert tall <= size[1]
        look = page.page.evaluate(LOOK)
        assert look["smallest"] >= 16
        assert look["overlaps"] == []
        assert look["outside"] == []


LOOK = """() => {
  const sizes = [], outside = [], labels = [], overlaps = [], body = document.body;
  const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement, box = element.getBoundingClientRect();
    if (!node.data.trim() || !box.width || !element.checkVisibility()) continue;
    sizes.push(parseFloat(getComputedStyle(element).fontSize));
    if (box.left < -1 || box.right > innerWidth + 1) outside.push(node.data);
  }
  for (const label of document.querySelectorAll('.annotation-text')) {
    labels.push([label.textContent, label.getBoundingClientRect()]);
  }
  for (const [one, a] of labels) for (const [two, b] of labels) {
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const tall = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (a !== b && wide > 1 && tall > 3) overlaps.push(one + ' / ' + two);
  }
  return { smallest: Math.min(...sizes), outside, overlaps };
}"""


def test_the_picture_keeps_its_size_where_sliders_are_scrolled(page: Any) -> None:
    page.page.evaluate("document.querySelector('.side').style.paddingBottom = '900px'")
    page.page.wait_for_function(f"() => ({BANDED})() === 3")
    before = page.page.evaluate(f"{GRAPH}.clientHeight")
    page.page.evaluate("window.scrollTo(0, 300)")
    slider(page).evaluate("(one) => one.focus({ preventScroll: true })")
    page.page.keyboard.press("ArrowRight")
    page.until_line(REPEAT, "y.at(-1) > 60")
    page.page.keyboard.press("ArrowRight")
    page.until_line(REPEAT, "y.at(-1) > 80")
    assert page.page.evaluate("window.scrollY") > 200
    assert page.page.evaluate(f"{GRAPH}.clientHeight") == before
    assert page.page.locator(".chart").bounding_box()["y"] > 0  # it stays in the window


def test_austerity_stands_on_one_screen(chromium: Any, open_page: Any, tmp_path: Path) -> None:
    file = to_html(cp.load("austerity"), tmp_path / "austerity.html", loops=False)
    assert file.stat().st_size < 6_000_000
    for page in live(chromium, open_page, file):
        assert page.page.evaluate("document.documentElement.scrollHeight") <= 720
        assert "C067" in str(page.page.locator(".help li").all_text_contents())
        run = cp.load("austerity").run("Everything at once")
        button(page, "Everything at once").click()
        end = float(run["Children in Care"].iloc[-1])
        drawn = page.until_line("Children in Care", f"Math.abs(y.at(-1) - {end}) < 1e-6")
        assert drawn == pytest.approx(run["Children in Care"].tolist(), rel=1e-12)


def test_every_control_is_reached_by_tab(page: Any) -> None:
    names = []
    for _ in range(14):
        page.page.keyboard.press("Tab")
        names.append(
            page.page.evaluate(
                "document.activeElement.getAttribute('aria-label')"
                " || document.activeElement.closest('label')?.textContent.trim()"
                " || document.activeElement.textContent.trim()"
            )
        )
    assert names == [
        "Undo", "Redo", "Replay", "Pin", "Take away", "Present", "A further 40 % cut",
        "Longer cases", "Reset", "early help cut, typed value", "early help cut",
        "What is early help cut?", "months open, typed value", "months open",
    ]  # fmt: skip


def test_axe_finds_nothing(page: Any) -> None:
    axe = pytest.importorskip("axe_core_python.sync_playwright").Axe()
    page.page.get_by_text("Which loop is driving?").click()
    button(page, "A further 40 % cut").click()
    for _ in range(2):
        # The policy of the page lets no script in but its own.
        found = json.loads(
            page.page.evaluate(f"async () => {{ {script_of(axe)} return {RUN_AXE}; }}")
        )
        assert found == []
        button(page, "Present").click()


RUN_AXE = """JSON.stringify((await axe.run()).violations.map((rule) =>
  [rule.id, rule.impact, rule.nodes.map((node) => node.html.slice(0, 200))]))"""


def script_of(axe: Any) -> str:
    return str(axe.axe_script)
