"""The band around the run, and which loop drives it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import cpdynamics as cp
from cpdynamics.dashboards.fan import Fan
from cpdynamics.dashboards.headline import headline
from cpdynamics.model import Model
from tests.browser.offline.alive import (
    BAND,
    BANDED,
    LIVE,
    REPEAT,
    button,
    slider,
    tile,
)
from tests.browser.waiting import expect, until

pytestmark = pytest.mark.browser


def test_the_band_is_that_of_the_notebook(page: Any, file: Path) -> None:
    model = Model.from_path(file.with_suffix(".mdl"))
    fan = Fan(model, ("new need", REPEAT, "Cases"))
    for name, scenario in {"": cp.Scenario(), **model.scenarios}.items():
        if name:
            button(page, name).click()
        many = fan.around(scenario)
        if many is None:  # "Longer cases" sets both of what is uncertain
            expect(page.page.get_by_text("Every uncertain number is set")).to_be_visible()
            continue
        band = many.bands([REPEAT])[REPEAT]
        wanted = [*band.low, *band.high[::-1]]
        run, base = model.run(scenario), model.run()
        beside = fan.beside(scenario) if name else None
        spans = many.apart(beside, run.units) if beside else {}
        change = next(headline(run, base, [REPEAT], spans)).change
        expect(tile(page, REPEAT).get_by_text(change, exact=True)).to_be_visible()
        assert name == "" or "(" in change
        near = f"Math.abs(y[121] - {wanted[121]}) < 1e-6"
        assert page.until_line(BAND, near) == pytest.approx(wanted, rel=1e-9)
    legend = page.page.locator("#legend")
    switch = page.page.get_by_role("checkbox", name="Show uncertainty", exact=True)
    button(page, "Reset").click()
    page.page.wait_for_function(f"() => ({BANDED})() === 3")
    expect(legend).to_contain_text("200 runs with 2 uncertain numbers drawn anew")
    switch.press("Space")
    page.page.wait_for_function(f"() => ({BANDED})() === 0")
    expect(legend).to_contain_text("as assumed")
    switch.press("Space")
    page.page.wait_for_function(f"() => ({BANDED})() === 3")
    expect(legend).to_contain_text("200 runs with 2 uncertain numbers drawn anew")


@pytest.mark.parametrize(
    ("machine", "threads"),
    [
        ("Object.defineProperty(navigator, 'hardwareConcurrency', { value: 9 })", 4),
        ("Object.defineProperty(navigator, 'hardwareConcurrency', { value: 1 })", 0),
        ("globalThis.Worker = class { constructor() { throw new Error('no threads here'); } }", 0),
        ("globalThis.Blob = class extends Blob { constructor() { super(['throw 1']); } }", 1),
    ],
)
def test_the_band_is_the_same_however_many_threads_there_are(
    chromium: Any, open_page: Any, file: Path, page: Any, machine: str, threads: int
) -> None:
    button(page, "A further 40 % cut").click()
    wanted = page.until_line(BAND, "y[121] > 400")
    with open_page(chromium, "offline") as seen:
        seen.page.add_init_script(machine)
        started: list[Any] = []
        seen.page.on("worker", lambda thread: started.append(thread))
        seen.page.goto(file.as_uri())
        seen.page.wait_for_function(LIVE)
        button(seen, "A further 40 % cut").click()
        assert seen.until_line(BAND, "y[121] > 400") == wanted
        if "Blob" not in machine:  # a thread that falls over counts as one for a moment
            assert len(started) == threads


def test_which_loop_drives_a_scenario_is_shown_with_it(page: Any) -> None:
    loops = page.page.locator(".cpd-driving")
    loops.get_by_text("Which loop is driving?").click()
    expect(loops.get_by_text("At rest: no loop is at work.")).to_be_visible()
    until(page.page, BELOW, True, stays=0.5)
    expect(slider(page)).to_be_visible()
    button(page, "A further 40 % cut").click()
    expect(loops.get_by_text("R1 Failure demand", exact=True)).to_be_visible()
    month = loops.get_by_role("slider", name="Month on show")
    thick = "(one) => Math.max(...[...one.querySelectorAll('g.link path')]"
    thick += ".map((path) => Number(path.getAttribute('stroke-width'))))"
    month.press("End")
    late = loops.evaluate(thick)
    month.press("Home")
    assert loops.evaluate(thick) < late
    slider(page).press("ArrowLeft")
    expect(loops.get_by_text("The loops were looked for under the scenarios")).to_be_visible()
    expect(month).to_be_hidden()
    assert loops.evaluate(thick) == 1
    button(page, "Reset").click()
    expect(loops.get_by_text("At rest: no loop is at work.")).to_be_visible()


# A diagram needs the whole width.
BELOW = """() => {
  const [chart, below] = ['.chart', '.cpd-driving'].map((one) =>
    document.querySelector(one).getBoundingClientRect());
  return below.top >= chart.bottom && below.width > 1200;
}"""
