"""The dashboard as a person meets it, in JupyterLab and in Voila."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.waiting import expect, until

pytestmark = pytest.mark.browser

KNOWN = json.loads((Path(__file__).parent / "known_violations.json").read_text(encoding="utf-8"))
REPEAT = "repeat referrals"
BAND = "repeat referrals, nine of ten runs"


@pytest.fixture(autouse=True)
def from_the_base(shown: Any) -> None:
    """Every test starts where Reset leads to, with all that the kernel has to say of it."""
    shown.page.get_by_role("button", name="Reset").click()
    shown.until_line(REPEAT, "Math.abs(y.at(-1) - 50) < 1e-6")
    shown.page.wait_for_function(f"() => ({PAINTED})() === 3")
    expect(legend(shown)).to_contain_text("200 runs with 2 uncertain numbers drawn anew")
    expect(box(shown, "early help cut")).to_have_value("0.00")
    expect(box(shown, "months open")).to_have_value("8.0")
    expect(shown.page.locator(".cpd-tile", has_text=REPEAT)).to_contain_text("as in the base")
    expect(shown.page.get_by_role("alert")).to_have_count(0)


def slider(shown: Any, name: str) -> Any:
    return shown.page.get_by_role("slider", name=name, exact=True)


def box(shown: Any, name: str) -> Any:
    return shown.page.get_by_role("textbox", name=f"{name}, typed value")


def test_it_shows_the_run_and_the_baseline(shown: Any) -> None:
    assert len(shown.line("new need")) == 121
    assert shown.line("new need, base") == pytest.approx([200] * 121)
    dashed = "(line) => line.style.strokeDasharray"
    until(shown.page, f"[...document.querySelectorAll('{LINES}')].filter({dashed}).length", 3)
    expect(shown.page.get_by_role("heading", name="Tiny front door")).to_be_visible()


def test_the_keyboard_moves_a_line_and_leaves_the_baseline(shown: Any) -> None:
    handle = slider(shown, "early help cut")
    handle.focus()
    for _ in range(2):
        handle.press("ArrowRight")
    after = shown.until_line(REPEAT, "y.at(-1) > 80")
    # At rest: cases / 8 * (1 - 0.2 - 0.1) = 200, and 0.3 of the closures come back.
    assert after[-1] == pytest.approx(0.3 * 200 / 0.7, rel=1e-3)
    assert shown.line(f"{REPEAT}, base")[-1] == pytest.approx(50)
    expect(box(shown, "early help cut")).to_have_value("0.10")
    said = "0.10, between as 2017 and half of 2010-16"
    expect(handle).to_have_attribute("aria-valuetext", said)
    expect(shown.page.get_by_text("Watch the repeat referrals first.")).to_be_visible()


def test_focus_can_be_seen(shown: Any) -> None:
    slider(shown, "early help cut").focus()
    shown.page.keyboard.press("ArrowLeft")
    until(shown.page, "getComputedStyle(document.activeElement).outlineStyle", "solid")


def test_every_control_is_reached_by_tab(shown: Any) -> None:
    shown.page.get_by_role("button", name="A further 40 % cut").focus()
    names = []
    for _ in range(9):
        shown.page.keyboard.press("Tab")
        names.append(
            shown.page.evaluate(
                "document.activeElement.getAttribute('aria-label')"
                " || document.activeElement.closest('label')?.textContent.trim()"
                " || document.activeElement.textContent.trim()"
            )
        )
    one, other = (
        [name, f"{name}, typed value", f"What is this? {name}"]
        for name in ("early help cut", "months open")
    )
    assert names[:8] == ["Reset", *one, *other, "Show uncertainty"]
    assert names[8].startswith("Nine of ten runs lie in the shaded band: 200 runs")


def test_a_typed_value_counts(shown: Any) -> None:
    box(shown, "early help cut").fill("20 %")
    box(shown, "early help cut").press("Enter")
    after = shown.until_line(REPEAT, "y.at(-1) > 100")
    assert after[-1] == pytest.approx(0.4 * 200 / 0.6, rel=1e-3)
    expect(box(shown, "early help cut")).to_have_value("0.20")
    expect(shown.page.get_by_text("half of 2010-16", exact=True)).to_be_visible()


def test_a_value_between_the_steps_stays_as_typed(shown: Any) -> None:
    box(shown, "early help cut").fill("0.123")
    box(shown, "early help cut").press("Enter")
    after = shown.until_line(REPEAT, "y.at(-1) > 60")
    # What the slider, which stands on a step, may have sent back comes before this answer.
    box(shown, "months open").fill("lots")
    box(shown, "months open").press("Enter")
    expect(shown.page.get_by_role("alert")).to_be_visible()
    assert shown.line(REPEAT) == after
    assert after[-1] == pytest.approx(0.323 * 200 / 0.677, rel=1e-3)
    expect(box(shown, "early help cut")).to_have_value("0.123")


def test_a_typed_word_is_refused_and_the_picture_stays(shown: Any) -> None:
    box(shown, "early help cut").fill("lots")
    box(shown, "early help cut").press("Enter")
    alert = shown.page.get_by_role("alert")
    expect(alert).to_have_text('"lots" is not a number. early help cut stays at 0.00.')
    expect(box(shown, "early help cut")).to_have_value("0.00")
    assert shown.line(REPEAT)[-1] == pytest.approx(50)


def test_a_preset_and_back(shown: Any) -> None:
    button = shown.page.get_by_role("button", name="A further 40 % cut")
    button.click()
    after = shown.until_line(REPEAT, "y.at(-1) > 250")
    assert after[-1] == pytest.approx(0.6 * 200 / 0.4, rel=5e-3)
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(shown.page.get_by_text("Early help loses another 40 %")).to_be_visible()
    shown.page.get_by_role("button", name="Reset").click()
    shown.until_line(REPEAT, "Math.abs(y.at(-1) - 50) < 1e-6")
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(box(shown, "early help cut")).to_have_value("0.00")


def test_a_run_that_fails_says_so_and_keeps_the_picture(shown: Any) -> None:
    before = shown.line(REPEAT)
    box(shown, "months open").fill("0")
    box(shown, "months open").press("Enter")
    alert = shown.page.get_by_role("alert")
    expect(alert).to_contain_text("The last picture is kept.")
    assert shown.line(REPEAT) == before
    shown.page.get_by_role("button", name="Reset").click()
    expect(alert).to_have_count(0)


def test_help_is_text_and_never_markup(shown: Any) -> None:
    summary = shown.page.get_by_text("What is this?").first
    summary.focus()
    summary.press("Enter")
    meaning = shown.page.get_by_text("Share of early help taken away.")
    expect(meaning).to_be_visible()
    expect(meaning).to_have_text("Share of early help taken away. <b>DfE</b>, section 251.")
    summary.press("Enter")
    expect(meaning).to_be_hidden()


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (900, 720)])
def test_nothing_is_cut_off_or_small(shown: Any, size: tuple[int, int]) -> None:
    shown.page.set_viewport_size({"width": size[0], "height": size[1]})
    # So little that the ends of the lines, and their labels, would lie on each other.
    box(shown, "early help cut").fill("0.02")
    box(shown, "early help cut").press("Enter")
    shown.until_line(REPEAT, "y.at(-1) > 54")
    # Of a new width the kernel hears, and draws the labels anew.
    until(shown.page, LOOK, {"small": [], "outside": [], "overlaps": []}, stays=1.0)


LOOK = """() => {
  const board = document.querySelector('.cpd'), edges = board.getBoundingClientRect();
  const plot = board.querySelector('.js-plotly-plot').getBoundingClientRect();
  const small = [], outside = [], labels = [];
  const walker = document.createTreeWalker(board, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement, box = element.getBoundingClientRect();
    if (!node.data.trim() || !box.width || element.closest('style')) continue;
    if (parseFloat(getComputedStyle(element).fontSize) < 16) small.push(node.data);
    if (box.left < edges.left - 1 || box.right > edges.right + 1) outside.push(node.data);
  }
  for (const label of board.querySelectorAll('.annotation-text')) {
    const box = label.getBoundingClientRect();
    labels.push([label.textContent, box]);
    if (box.top < plot.top - 1 || box.bottom > plot.bottom + 1 || box.right > edges.right + 1)
      outside.push(label.textContent);
  }
  const picture = board.querySelector('.main-svg').getBoundingClientRect();
  const place = board.querySelector('.cpd-main').getBoundingClientRect();
  if (Math.abs(picture.width - place.width) > 2) outside.push(`${picture.width} wide`);
  if (Math.abs(picture.height - plot.height) > 2) outside.push(`${picture.height} high`);
  const overlaps = [];
  for (const [one, a] of labels) for (const [two, b] of labels) {
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const tall = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (a !== b && wide > 1 && tall > 3) overlaps.push(one + ' / ' + two);
  }
  return { small, outside, overlaps };
}"""


def test_a_readout_keeps_its_lines_so_that_the_picture_keeps_its_place(shown: Any) -> None:
    look = (
        "[...document.querySelectorAll('.cpd-tile span')]"
        ".map((line) => [line.textContent, line.getBoundingClientRect().height])"
    )
    until(shown.page, look, lambda lines: any(text == "" for text, _ in lines))
    assert min(height for _, height in shown.page.evaluate(look)) > 20


@pytest.mark.parametrize(("width", "beside"), [(800, True), (700, False)])
def test_sliders_stand_beside_the_picture_down_to_800_pixels(
    shown: Any, width: int, beside: bool
) -> None:
    board = shown.page.locator(".cpd")
    board.evaluate(f"(board) => {{ board.style.width = '{width}px'; }}")
    try:
        until(shown.page, PLACED, {"beside": beside, "below": not beside}, stays=0.5)
    finally:
        board.evaluate("(board) => { board.style.width = ''; }")


PLACED = """() => {
  const [side, main] = ['.cpd-side', '.cpd-main'].map((one) =>
    document.querySelector(one).getBoundingClientRect());
  return { beside: side.right < main.left, below: side.top > main.bottom };
}"""


def test_the_picture_follows_every_key(
    shown: Any, record_property: Callable[[str, object], None]
) -> None:
    """How quickly, is told and not judged: about 0.1 s on a machine without other work."""
    slider(shown, "early help cut").focus()
    milliseconds = [shown.page.evaluate(FOLLOW, REPEAT) for _ in range(3)]
    record_property("milliseconds from a key to a line", [round(one) for one in milliseconds])
    shown.until_line(REPEAT, "Math.abs(y.at(-1) - 0.35 * 200 / 0.65) < 0.2")


FOLLOW = """async (name) => {
  const gd = document.querySelector('.js-plotly-plot');
  const end = () => Array.from(gd._fullData.find((one) => one.name === name).y).at(-1);
  const before = end(), begun = performance.now();
  document.activeElement.stepUp(); // as the browser does at a key
  document.activeElement.dispatchEvent(new Event('input', { bubbles: true }));
  while (end() === before) {
    if (performance.now() - begun > 60000) throw new Error('The line stands still.');
    await new Promise(requestAnimationFrame);
  }
  return performance.now() - begun;
}"""


def test_the_band_follows_the_keyboard(shown: Any) -> None:
    # Along the lower edge and back along the upper one, which so begins with its end.
    before = shown.until_line(BAND, "y[121] < 130")
    handle = slider(shown, "early help cut")
    handle.focus()
    for _ in range(4):
        handle.press("ArrowRight")
    after = shown.until_line(BAND, f"y[121] > {2.5 * before[121]}")
    # At rest repeat = need * 0.4/0.6 instead of need * 0.2/0.8, whatever need is.
    assert after[121] / before[121] == pytest.approx((0.4 / 0.6) / 0.25, rel=0.05)
    assert after[120] / before[120] == pytest.approx((0.4 / 0.6) / 0.25, rel=0.05)
    assert len(after) == len(before) == 2 * 121


def legend(shown: Any) -> Any:
    return shown.page.locator(".cpd-legend summary")


def test_the_switch_works_by_keyboard_and_says_what_it_shows(shown: Any) -> None:
    switch = shown.page.get_by_role("checkbox", name="Show uncertainty", exact=True)
    expect(switch).to_be_checked()
    expect(switch).to_have_attribute("aria-describedby", legend(shown).get_attribute("id"))
    expect(legend(shown)).to_contain_text("200 runs with 2 uncertain numbers drawn anew")
    switch.focus()
    try:
        switch.press("Space")
        expect(legend(shown)).to_contain_text("as assumed")
        shown.page.wait_for_function(f"() => ({PAINTED})() === 0")
    finally:
        if not switch.is_checked():
            switch.press("Space")
        shown.page.wait_for_function(f"() => ({PAINTED})() === 3")
    expect(legend(shown)).to_contain_text("200 runs with 2 uncertain numbers drawn anew")


def test_a_list_that_somebody_reads_stays_open_while_its_words_change(shown: Any) -> None:
    listed = shown.page.locator(".cpd-legend li", has_text="months open")
    legend(shown).press("Enter")
    expect(listed).to_have_text("months open: 0 to 24 months")
    try:
        slider(shown, "months open").evaluate(PRESS)  # and the focus stays where it is
        expect(legend(shown)).to_contain_text("1 uncertain number drawn anew")
        expect(listed).to_be_visible()
        expect(listed).to_have_text("months open: as its slider or the scenario sets it")
        expect(legend(shown)).to_be_focused()
        shown.page.get_by_role("button", name="Reset").click()
        expect(legend(shown)).to_contain_text("2 uncertain numbers drawn anew")
        expect(listed).to_be_visible()
        expect(shown.page.get_by_role("button", name="Reset")).to_be_focused()
    finally:
        legend(shown).press("Enter")
        expect(listed).to_be_hidden()


PRESS = """(handle) => {
  handle.stepUp(); // as the browser does at a key
  for (const told of ['input', 'change']) handle.dispatchEvent(new Event(told, { bubbles: true }));
}"""


def test_the_axes_stand_still_while_a_slider_moves(shown: Any) -> None:
    axes = "() => ['yaxis', 'yaxis2'].map((key) => " + GRAPH + "._fullLayout[key].range.join())"
    before = shown.page.evaluate(axes)
    handle = slider(shown, "early help cut")
    handle.focus()
    for _ in range(8):
        handle.press("ArrowRight")
    shown.until_line(REPEAT, "y.at(-1) > 250")
    assert shown.page.evaluate(axes) == before


LINES = ".js-plotly-plot .js-line"
GRAPH = "document.querySelector('.js-plotly-plot')"
PAINTED = """() => [...document.querySelectorAll('.js-plotly-plot .fills .js-fill')]
  .filter((one) => one.getAttribute('d')).length"""


def test_axe_finds_nothing_new(shown: Any) -> None:
    axe = pytest.importorskip("axe_core_python.sync_playwright").Axe()
    # The rest of JupyterLab's page is not ours to mend.
    found = axe.run(shown.page, context={"include": [[".cpd"]]})["violations"]
    counted = {rule["id"]: len(rule["nodes"]) for rule in found}
    assert counted == KNOWN[shown.front], json.dumps(
        {rule["id"]: [node["html"][:200] for node in rule["nodes"]] for rule in found}, indent=1
    )


def test_nothing_leaves_the_machine_and_the_console_is_clean(shown: Any) -> None:
    assert shown.outside == []
    assert shown.errors == []
