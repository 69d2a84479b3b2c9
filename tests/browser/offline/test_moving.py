"""A person moves something, and the page follows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from cpdynamics.model import Model
from tests.browser.offline.alive import (
    GRAPH,
    REPEAT,
    WATCH_THE_TILE,
    box,
    button,
    slider,
    tile,
)
from tests.browser.waiting import expect, until

pytestmark = pytest.mark.browser


def test_it_opens_with_the_run_and_the_baseline(page: Any) -> None:
    expect(page.page).to_have_title("Tiny front door")
    assert len(page.line("new need")) == 121
    assert page.line("new need, base") == pytest.approx([200] * 121)
    expect(tile(page, REPEAT)).to_contain_text("as in the base")
    expect(page.page.get_by_text("What comes back when help is cut?")).to_be_visible()


def test_the_keyboard_moves_the_line_and_the_tile(page: Any) -> None:
    handle = slider(page)
    handle.focus()
    for _ in range(2):
        handle.press("ArrowRight")
    after = page.until_line(REPEAT, "y.at(-1) > 80")
    # At rest: cases / 8 * (1 - 0.2 - 0.1) = 200, and 0.3 of the closures come back.
    assert after[-1] == pytest.approx(0.3 * 200 / 0.7, rel=1e-3)
    assert page.line(f"{REPEAT}, base")[-1] == pytest.approx(50)
    expect(box(page)).to_have_value("0.10")
    said = "0.10, between as 2017 and half of 2010-16"
    expect(handle).to_have_attribute("aria-valuetext", said)
    expect(page.page.get_by_text("Watch the repeat referrals first.")).to_be_visible()
    expect(tile(page, REPEAT)).to_contain_text("85.7")
    expect(tile(page, REPEAT)).to_contain_text("+71.")


def test_every_number_is_that_of_the_model(page: Any, file: Path) -> None:
    model = Model.from_path(file.with_suffix(".mdl"))
    for name in model.scenarios:
        button(page, name).click()
        run = model.run(name)
        for variable in ("new need", REPEAT):
            end = float(run[variable].iloc[-1])
            drawn = page.until_line(variable, f"Math.abs(y.at(-1) - {end}) < 1e-6")
            assert drawn == pytest.approx(run[variable].tolist(), rel=1e-12)


def test_a_screen_reader_is_told_the_outcome_once_the_slider_rests(page: Any) -> None:
    told = page.page.locator(".spoken")
    expect(told).to_have_text("")
    slider(page).press("ArrowRight")
    slider(page).press("ArrowRight")
    expect(told).to_contain_text("repeat referrals 85.7 children per month +71.4 %")
    expect(told).to_have_attribute("role", "status")


def test_a_preset_holds_what_no_slider_shows_and_says_so(page: Any) -> None:
    button(page, "Longer cases").click()
    page.until_line("new need", "y.at(-1) === 250")
    notice = page.page.locator(".notice")
    expect(notice).to_have_text(
        "Cases stay open for nine months. Also in force: new need held at 250."
    )
    expect(button(page, "Longer cases")).to_have_attribute("aria-pressed", "true")
    slider(page).press("ArrowRight")
    expect(button(page, "Longer cases")).to_have_attribute("aria-pressed", "false")
    page.until_line(REPEAT, "y.at(-1) > 80")
    assert page.line("new need")[-1] == 250
    button(page, "Reset").click()
    page.until_line("new need", "y.at(-1) === 200")


def test_a_typed_value_counts_and_a_word_is_refused(page: Any) -> None:
    box(page).fill("20 %")
    box(page).press("Enter")
    after = page.until_line(REPEAT, "y.at(-1) > 100")
    assert after[-1] == pytest.approx(0.4 * 200 / 0.6, rel=1e-3)
    expect(page.page.get_by_text("half of 2010-16", exact=True)).to_be_visible()
    box(page).fill("<b>lots</b>")
    box(page).press("Enter")
    alert = page.page.get_by_role("alert").first
    expect(alert).to_have_text('"<b>lots</b>" is not a number. early help cut stays at 0.20.')
    expect(box(page)).to_have_value("0.20")


def test_undo_redo_and_replay(page: Any) -> None:
    expect(button(page, "Undo")).to_have_attribute("aria-disabled", "true")
    button(page, "A further 40 % cut").click()
    page.until_line(REPEAT, "y.at(-1) > 250")
    page.page.keyboard.press("Control+z")
    page.until_line(REPEAT, "Math.abs(y.at(-1) - 50) < 1e-6")
    button(page, "Redo").click()
    page.until_line(REPEAT, "y.at(-1) > 250")
    page.page.evaluate(WATCH_THE_TILE)
    button(page, "Replay").click()
    page.page.wait_for_function("() => ends.some((end) => end > 100 && end < 200)")
    page.until_line(REPEAT, "y.at(-1) > 250")
    button(page, "Undo").click()
    page.until_line(REPEAT, "Math.abs(y.at(-1) - 50) < 1e-6")
    expect(box(page)).to_have_value("0.00")


def test_one_drag_is_one_step_back(page: Any) -> None:
    drag(page, 0.0, 0.2, 0.4)
    first = page.until_line(REPEAT, "y.at(-1) > 90")
    drag(page, 0.4, 0.6, 0.8)
    page.until_line(REPEAT, "y.at(-1) > 150")
    button(page, "Undo").click()
    assert page.until_line(REPEAT, "y.at(-1) < 150") == first
    button(page, "Undo").click()
    page.until_line(REPEAT, "Math.abs(y.at(-1) - 50) < 1e-6")
    expect(button(page, "Undo")).to_have_attribute("aria-disabled", "true")


def test_a_key_that_is_held_down_is_one_step_back(page: Any) -> None:
    slider(page).focus()
    for _ in range(4):
        page.page.keyboard.down("ArrowRight")
    page.page.keyboard.up("ArrowRight")
    page.until_line(REPEAT, "y.at(-1) > 120")
    page.page.keyboard.press("ArrowRight")
    button(page, "Undo").click()
    expect(box(page)).to_have_value("0.20")
    button(page, "Undo").click()
    expect(box(page)).to_have_value("0.00")


def drag(page: Any, *shares: float) -> None:
    place, thumb = slider(page).bounding_box(), 16
    middle = place["y"] + place["height"] / 2
    for share in shares:
        x = place["x"] + thumb / 2 + share * (place["width"] - thumb)
        page.page.mouse.move(x, middle)
        page.page.mouse.down()  # does nothing while it is down
    page.page.mouse.up()


def test_a_pinned_run_stays(page: Any) -> None:
    button(page, "A further 40 % cut").click()
    button(page, "Pin").click()
    button(page, "Reset").click()
    page.until_line(REPEAT, "Math.abs(y.at(-1) - 50) < 1e-6")
    assert page.until_line(f"{REPEAT}, pinned", "y.length")[-1] > 250
    words = "[...document.querySelectorAll('.annotation-text')].map((one) => one.textContent)"
    until(page.page, words, lambda found: "pinned" in found)
    button(page, "Pin").click()
    page.page.wait_for_function(f"() => {GRAPH}.querySelectorAll('.lines > .js-line').length === 6")


def test_a_run_that_breaks_off_says_so_and_keeps_the_picture(page: Any) -> None:
    box(page, "months open").fill("0")
    box(page, "months open").press("Enter")
    alert = page.page.get_by_role("alert").filter(has_text="divides by zero")
    said = r'^"closures" divides by zero at time 0\. .*The last picture is kept\.$'
    expect(alert).to_have_text(re.compile(said))
    assert page.line(REPEAT)[-1] == pytest.approx(50)
    box(page, "months open").fill("8")
    box(page, "months open").press("Enter")
    expect(alert).to_be_hidden()
