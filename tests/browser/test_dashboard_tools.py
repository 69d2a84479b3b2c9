"""Undo, redo, replay, pins, charts, tables and what is taken away, as a person with a keyboard."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from cpdynamics.run import Run
from tests.browser.waiting import expect, until

pytestmark = pytest.mark.browser

REPEAT = "repeat referrals"
CUT = "early help cut"
# Where a line ends that is to be seen; what is not visible has no values.
END = """document.querySelector('.js-plotly-plot')._fullData
  .find((one) => one.name === 'NAME' && one.visible === true)?.y.at(-1) ?? null"""
PANELS = """() => [...document.querySelectorAll('.js-plotly-plot .cartesianlayer .subplot')]
  .filter((one) => one.querySelector('.xaxislayer-above text, .xaxislayer-below text')
    && one.querySelector('.js-line'))
  .length"""


@pytest.fixture(autouse=True)
def from_the_base(shown: Any) -> None:
    """Every test starts at the base, with all charts and without pins."""
    page = shown.page
    for _ in range(page.get_by_role("button", name="Unpin").count()):
        count = page.get_by_role("button", name="Unpin").count()
        page.get_by_role("button", name="Unpin").first.click()
        expect(page.get_by_role("button", name="Unpin")).to_have_count(count - 1)
    button(shown, "Reset").click()
    ends_at(shown, 50)
    expect(box(shown)).to_have_value("0.00")


def button(shown: Any, name: str) -> Any:
    return shown.page.get_by_role("button", name=name, exact=True)


def box(shown: Any) -> Any:
    return shown.page.get_by_role("textbox", name=f"{CUT}, typed value")


def ends_at(shown: Any, end: float, name: str = REPEAT) -> None:
    until(shown.page, END.replace("NAME", name), lambda found: abs((found or 0) - end) < 0.05)


def cut(shown: Any, text: str, end: float) -> None:
    """Types a cut, and waits for where the line then ends."""
    box(shown).fill(text)
    box(shown).press("Enter")
    ends_at(shown, end)


# At rest repeat referrals are 200 * s / (1 - s), with s = 0.2 + the cut.
TENTH, FIFTH = 0.3 * 200 / 0.7, 0.4 * 200 / 0.6


def test_a_held_key_is_one_step_back_by_button_and_by_keys(shown: Any) -> None:
    page = shown.page
    cut(shown, "0.1", TENTH)
    handle = page.get_by_role("slider", name=CUT, exact=True)
    handle.focus()
    page.keyboard.down("ArrowRight")
    page.keyboard.down("ArrowRight")  # as a key that is held down
    page.keyboard.up("ArrowRight")
    ends_at(shown, FIFTH)
    button(shown, "Undo").press("Enter")
    ends_at(shown, TENTH)
    expect(box(shown)).to_have_value("0.10")
    expect(button(shown, "Redo")).to_have_attribute("aria-disabled", "false")
    handle.focus()
    page.keyboard.press("Control+z")
    ends_at(shown, 50)
    page.keyboard.press("Control+y")
    page.keyboard.press("Control+Shift+z")
    ends_at(shown, FIFTH)
    expect(box(shown)).to_have_value("0.20")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == CUT
    expect(button(shown, "Redo")).to_have_attribute("aria-disabled", "true")


SEEN = f"""() => {{
  const gd = document.querySelector('.js-plotly-plot');
  const end = () => gd._fullData.find((one) => one.name === '{REPEAT}').y.at(-1);
  globalThis.ends = [end()];
  gd.on('plotly_afterplot', () => end() !== globalThis.ends.at(-1) && globalThis.ends.push(end()));
}}"""


def test_replay_goes_in_steps_and_with_little_motion_in_one(shown: Any) -> None:
    cut(shown, "0.2", FIFTH)
    shown.page.evaluate(SEEN)
    button(shown, "Replay").press("Enter")
    until(
        shown.page,
        "globalThis.ends.length",
        lambda count: count >= 5,
    )
    until(shown.page, "Math.abs(globalThis.ends.at(-1) - 400/3) < 0.1", True, stays=0.3)
    ends = shown.page.evaluate("globalThis.ends")
    between = ends[1:]
    assert between[0] == pytest.approx(50)
    assert between == sorted(between)
    expect(box(shown)).to_have_value("0.20")

    shown.page.emulate_media(reduced_motion="reduce")
    try:
        shown.page.evaluate("globalThis.ends.length = 1")
        button(shown, "Replay").press("Enter")
        until(shown.page, "globalThis.ends.length", 3, stays=0.5)
        assert shown.page.evaluate("globalThis.ends")[1] == pytest.approx(50)
    finally:
        shown.page.emulate_media(reduced_motion="no-preference")


def test_whoever_moves_on_ends_a_replay(shown: Any) -> None:
    cut(shown, "0.2", FIFTH)
    button(shown, "Replay").press("Enter")
    button(shown, "A further 40 % cut").press("Enter")
    shown.until_line(REPEAT, "y.at(-1) > 290")
    expect(box(shown)).to_have_value("0.40")


def test_two_runs_stay_and_can_be_told_apart(shown: Any) -> None:
    page = shown.page
    cut(shown, "0.1", TENTH)
    button(shown, "Pin").press("Enter")
    ends_at(shown, TENTH, f"{REPEAT}, pin 1")
    cut(shown, "0.2", FIFTH)
    button(shown, "Pin").press("Enter")
    ends_at(shown, FIFTH, f"{REPEAT}, pin 2")
    button(shown, "Reset").press("Enter")
    ends_at(shown, 50)
    expect(page.locator(".cpd-pins li")).to_have_count(2)
    expect(page.locator(".cpd-pins li").first).to_contain_text("pin 1: early help cut = 0.1")
    looks = page.evaluate(
        """() => document.querySelector('.js-plotly-plot')._fullData
          .filter((one) => one.name.startsWith('repeat referrals') && one.visible === true)
          .filter((one) => !one.fill || one.fill === 'none').map((one) => one.line.dash)"""
    )
    assert sorted(looks) == ["dash", "dashdot", "longdash", "solid"]
    until(
        page,
        "[...document.querySelectorAll('.annotation-text')]"
        ".filter((one) => one.textContent.startsWith('pin')).length",
        4,
    )
    # A fifth more of 250 closures comes back at once.
    said = re.compile(f"{REPEAT}, pin 2 from 100 to 133.3")
    expect(page.locator(".cpd-figure")).to_have_attribute("aria-label", said)
    page.get_by_role("button", name="Unpin pin 1").press("Enter")
    expect(page.locator(".cpd-pins li")).to_have_count(1)
    ends_at(shown, FIFTH, f"{REPEAT}, pin 1")
    assert page.evaluate("document.activeElement.textContent") == "Pin"


def test_one_chart_or_all(shown: Any) -> None:
    page = shown.page
    choice = page.get_by_role("combobox", name="Charts")
    assert choice.locator("option").all_inner_texts() == [
        "All 2",
        "One: At the front door",
        "One: Open cases",
    ]
    until(page, PANELS, 2)
    choice.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    try:
        until(page, PANELS, 1)
        expect(page.locator(".annotation-text", has_text="Open cases")).to_be_visible()
        expect(page.locator(".annotation-text", has_text="At the front door")).to_have_count(0)
        # A chart that was hidden moved with the others.
        box(shown).fill("0.2")
        box(shown).press("Enter")
        shown.until_line("this run", "Math.abs(y.at(-1) - 8 * 200 / 0.6) < 1")
    finally:
        choice.select_option(index=0)
    until(page, PANELS, 2)
    ends_at(shown, FIFTH)


def test_the_charts_as_tables(shown: Any) -> None:
    page = shown.page
    cut(shown, "0.1", TENTH)
    button(shown, "Pin").press("Enter")
    expect(page.locator(".cpd-pins li")).to_have_count(1)
    cut(shown, "0.2", FIFTH)
    unfold = button(shown, "As a table")
    unfold.press("Enter")
    try:
        expect(unfold).to_have_attribute("aria-expanded", "true")
        table = page.get_by_role("table", name="Open cases (children)")
        expect(table.locator("thead th")).to_have_text(["years", "base", "this run", "pin 1"])
        expect(table.locator("tbody tr")).to_have_count(11)
        last = table.locator("tbody tr").last.locator("th, td")
        expect(last).to_have_text(["10", "2,000", "2,667", "2,286"])
        button(shown, "A further 40 % cut").press("Enter")
        expect(last).to_have_text(["10", "2,000", "3,995", "2,286"])
        axe = pytest.importorskip("axe_core_python.sync_playwright").Axe()
        found = axe.run(page, context={"include": [[".cpd"]]})["violations"]
        assert [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in found] == []
    finally:
        unfold.press("Enter")
    expect(page.get_by_role("table")).to_have_count(0)


def test_a_picture_and_the_numbers_are_taken_away(shown: Any, tmp_path: Path) -> None:
    page = shown.page
    cut(shown, "0.2", FIFTH)
    menu = page.get_by_text("Take away", exact=True)
    menu.press("Enter")
    with page.expect_download() as numbers:
        button(shown, "Numbers (CSV)").press("Enter")
    file = tmp_path / numbers.value.suggested_filename
    numbers.value.save_as(file)
    assert file.name == "tiny.csv"
    run = Run.read_csv(file)
    assert run.scenario.set == {CUT: 0.2}
    assert run[REPEAT].iloc[-1] == pytest.approx(FIFTH, rel=1e-3)
    assert run["closures"].iloc[0] == 250  # in no chart

    with page.expect_download() as picture:
        button(shown, "Picture (PNG)").press("Enter")
    file = tmp_path / picture.value.suggested_filename
    picture.value.save_as(file)
    assert file.name == "tiny.png"
    assert file.read_bytes().startswith(b"\x89PNG")
    shades = page.evaluate(INKS, list(file.read_bytes()))
    assert {"#0072b2", "#d55e00"} <= set(shades)  # both lines of the first chart
    page.keyboard.press("Escape")
    expect(button(shown, "Numbers (CSV)")).to_be_hidden()
    assert page.evaluate("document.activeElement.textContent") == "Take away"


INKS = """async (bytes) => {
  const image = await createImageBitmap(new Blob([new Uint8Array(bytes)]));
  const pen = new OffscreenCanvas(image.width, image.height).getContext('2d');
  pen.drawImage(image, 0, 0);
  const { data } = pen.getImageData(0, 0, image.width, image.height);
  const count = new Map();
  for (let i = 0; i < data.length; i += 4) {
    const hex = '#' + [0, 1, 2].map((k) => data[i + k].toString(16).padStart(2, '0')).join('');
    count.set(hex, (count.get(hex) ?? 0) + 1);
  }
  return [...count].filter(([, pixels]) => pixels > 200).map(([hex]) => hex);
}"""


@pytest.mark.parametrize("size", [(640, 360), (1280, 720)])
def test_at_twice_the_size_nothing_is_lost(shown: Any, size: tuple[int, int]) -> None:
    """A window of 640 pixels is what a page zoomed to 200 % has of one of 1280 (WCAG 1.4.10)."""
    page = shown.page
    page.set_viewport_size({"width": size[0], "height": size[1]})
    try:
        until(page, f"() => ({OUTSIDE})().join()", "", stays=0.5)
        page.get_by_text("Take away", exact=True).press("Enter")
        until(page, f"() => ({OUTSIDE})().join()", "")
        page.keyboard.press("Escape")
    finally:
        page.set_viewport_size({"width": 1280, "height": 720})


# What sticks out of the dashboard to the left or to the right, of all that can be pressed.
OUTSIDE = """() => {
  const edges = document.querySelector('.cpd').getBoundingClientRect();
  return [...document.querySelectorAll('.cpd button, .cpd input, .cpd select, .cpd summary')]
    .filter((one) => one.checkVisibility() && one.getBoundingClientRect().width)
    .filter((one) => one.getBoundingClientRect().left < edges.left - 1
      || one.getBoundingClientRect().right > edges.right + 1)
    .map((one) => one.textContent || one.getAttribute('aria-label') || one.outerHTML);
}"""
