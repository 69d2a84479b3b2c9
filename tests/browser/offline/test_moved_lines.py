"""While a slider moves, the page moves the lines itself: to where Plotly would draw them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.offline.alive import BANDED, GRAPH, REPEAT, button, slider

pytestmark = pytest.mark.browser

# The corners of each line, and of each word of the picture, in pixels.
PLACES = f"""() => {{
  const boxes = (what) => [...{GRAPH}.querySelectorAll(what)].map((one) => {{
    const {{ left, right, top, bottom }} = one.getBoundingClientRect();
    return [left, right, top, bottom];
  }});
  return [...boxes('.js-line'), ...boxes('.js-fill'), ...boxes('.annotation-text')];
}}"""
# What has Plotly draw all anew: another axis, or a line that comes or goes.
FRAME = f"""() => [
  ...['yaxis', 'yaxis2'].map((key) => {GRAPH}.layout[key].range.join()),
  ...{GRAPH}.data.map((one) => one.visible),
  ...{GRAPH}.layout.annotations.map((one) => one.text),
].join(' ')"""
# How often Plotly draws, and what stands where at the moment before it does.
WATCH = f"""() => {{
  globalThis.drawn = 0;
  const react = Plotly.react;
  Plotly.react = (...all) => {{
    globalThis.moved = [({FRAME})(), ({PLACES})()];
    (globalThis.before ??= []).push(moved);
    drawn += 1;
    return react(...all);
  }};
}}"""


def at_rest(page: Any) -> None:
    """Waits until the band is there and Plotly has drawn everything."""
    page.page.wait_for_function(f"() => ({BANDED})() === 3")
    page.page.wait_for_function(
        "() => new Promise((done) => { const before = globalThis.drawn;"
        " setTimeout(() => done(globalThis.drawn === before), 600); })"
    )


def moved_and_drawn(page: Any, keys: list[str]) -> tuple[Any, Any] | None:
    """All places before and after Plotly drew for the last time; None in another frame."""
    for key in keys:
        page.page.keyboard.press(key)
    at_rest(page)
    frame, moved = page.page.evaluate("moved")
    drawn = page.page.evaluate(PLACES)
    return (moved, drawn) if frame == page.page.evaluate(FRAME) else None


def test_a_moved_line_stands_where_plotly_draws_it(page: Any) -> None:
    page.page.evaluate(WATCH)
    slider(page).focus()
    at_rest(page)
    before = page.page.evaluate(PLACES)
    compared = 0
    for keys in ("R", "R", "RRR", "LL", "L", "LL"):
        found = moved_and_drawn(page, ["ArrowRight" if key == "R" else "ArrowLeft" for key in keys])
        if found is None:
            continue
        moved, drawn = found
        assert drawn != before
        assert len(moved) == len(drawn) > 8
        for mine, plotlys in zip(moved, drawn, strict=True):
            assert mine == pytest.approx(plotlys, abs=1.1)  # Plotly sets words to whole pixels
        before, compared = drawn, compared + 1
    assert compared >= 3


def test_what_moved_away_and_back_stands_as_before(page: Any) -> None:
    page.page.evaluate(WATCH)
    handle = slider(page)
    handle.focus()
    handle.press("ArrowRight")
    at_rest(page)
    before = page.page.evaluate(PLACES)
    page.page.keyboard.press("ArrowRight")
    page.page.keyboard.press("ArrowLeft")
    at_rest(page)
    for now, then in zip(page.page.evaluate(PLACES), before, strict=True):
        assert now == pytest.approx(then, abs=0.05)
    assert page.page.locator(".annotation[transform]").count() == 0


def test_plotly_knows_the_line_once_the_hand_rests(page: Any) -> None:
    base = page.until_line(REPEAT, "y.length > 2")
    slider(page).focus()
    for _ in range(4):
        page.page.keyboard.press("ArrowRight")
    after = page.until_line(REPEAT, f"y.at(-1) > {1.01 * base[-1]}")
    assert len(after) == len(base)


def test_an_axis_that_somebody_dragged_stays_true(page: Any) -> None:
    page.page.evaluate(WATCH)
    slider(page).focus()
    page.page.keyboard.press("ArrowRight")
    at_rest(page)
    page.page.evaluate(f"Plotly.relayout({GRAPH}, {{ 'yaxis.range': [0, 1000] }})")
    count, places = page.page.evaluate("drawn"), page.page.evaluate(PLACES)
    page.page.keyboard.press("ArrowRight")
    at_rest(page)
    # No line was moved along an axis that is not the one on show: Plotly drew at once.
    for then, dragged in zip(page.page.evaluate(f"before[{count}][1]"), places, strict=True):
        assert then == pytest.approx(dragged, abs=0.01)
    assert page.page.evaluate(f"{GRAPH}.layout.yaxis.range[1]") < 1000


def test_a_pinned_run_joins_the_picture(page: Any) -> None:
    slider(page).focus()
    page.page.keyboard.press("ArrowRight")
    button(page, "Pin").click()
    page.page.wait_for_function(
        f"() => {GRAPH}.data.some((one) => one.visible === true && one.name.includes('pinned'))"
    )
