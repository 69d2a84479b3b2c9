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
    LOOK,
    REPEAT,
    RUN_AXE,
    WATCH_THE_TILE,
    button,
    live,
    slider,
)
from tests.browser.waiting import expect, pause, until

pytestmark = pytest.mark.browser


def test_focus_can_be_seen(page: Any) -> None:
    slider(page).focus()
    page.page.keyboard.press("ArrowLeft")
    until(page.page, "getComputedStyle(document.activeElement).outlineStyle", "solid")


def test_help_says_what_a_slider_means(page: Any) -> None:
    page.page.get_by_text("What is this?").first.click()
    meaning = "Share of early help taken away. <b>DfE</b>, section 251."
    expect(page.page.get_by_text(meaning)).to_be_visible()
    expect(page.page.get_by_text("From 0.00 to 0.40; the model has 0.00.")).to_be_visible()


def test_a_room_sees_larger_letters_and_escape_leads_back(page: Any) -> None:
    button(page, "Present").click()
    size = f"() => {GRAPH}._fullLayout.font.size"
    until(page.page, size, lambda found: found > 17)
    expect(button(page, "Undo")).to_be_hidden()
    expect(slider(page)).to_be_visible()
    page.page.keyboard.press("Escape")
    until(page.page, size, 16)
    expect(button(page, "Undo")).to_be_visible()


def test_calm_pages_replay_without_the_way(page: Any) -> None:
    page.page.emulate_media(reduced_motion="reduce")
    button(page, "A further 40 % cut").click()
    page.until_line(REPEAT, "y.at(-1) > 250")
    page.page.evaluate(WATCH_THE_TILE)
    button(page, "Replay").click()
    page.page.wait_for_function("() => ends.length === 2")
    pause(page.page, 2)  # the way itself would take no longer
    assert page.page.evaluate("ends") == pytest.approx([50, 300], rel=5e-3)


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (390, 844)])
def test_everything_fits_and_can_be_read(
    chromium: Any, open_page: Any, file: Path, size: tuple[int, int]
) -> None:
    for page in live(chromium, open_page, file, size=size):
        wanted = {"wide": True, "tall": True, "small": [], "outside": [], "overlaps": []}
        until(page.page, LOOK, wanted, stays=0.5)


def test_the_picture_keeps_its_size_where_sliders_are_scrolled(page: Any) -> None:
    page.page.evaluate("document.querySelector('.side').style.paddingBottom = '900px'")
    page.page.wait_for_function(f"() => ({BANDED})() === 3")
    tall = f"{GRAPH}.clientHeight"
    until(page.page, tall, lambda found: found > 0, stays=0.5)
    before = page.page.evaluate(tall)
    page.page.evaluate("window.scrollTo(0, 300)")
    slider(page).evaluate("(one) => one.focus({ preventScroll: true })")
    page.page.keyboard.press("ArrowRight")
    page.until_line(REPEAT, "y.at(-1) > 60")
    page.page.keyboard.press("ArrowRight")
    page.until_line(REPEAT, "y.at(-1) > 80")
    until(page.page, "window.scrollY", lambda found: found > 200)
    until(page.page, tall, before, stays=0.5)
    assert page.page.locator(".chart").bounding_box()["y"] > 0  # it stays in the window


def test_austerity_stands_on_one_screen(chromium: Any, open_page: Any, tmp_path: Path) -> None:
    file = to_html(cp.load("austerity"), tmp_path / "austerity.html", loops=False)
    assert file.stat().st_size < 6_000_000
    for page in live(chromium, open_page, file):
        tall = "document.documentElement.scrollHeight"
        until(page.page, tall, lambda found: found <= 720, stays=0.5)
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
    for presenting in (False, True):
        if presenting:
            button(page, "Present").click()
            expect(button(page, "Present")).to_have_attribute("aria-pressed", "true")
        # The policy of the page lets no script in but its own.
        found = json.loads(
            page.page.evaluate(f"async () => {{ {script_of(axe)} return {RUN_AXE}; }}")
        )
        assert found == []


def script_of(axe: Any) -> str:
    return str(axe.axe_script)
