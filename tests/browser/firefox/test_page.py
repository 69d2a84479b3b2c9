"""The page that a file holds, in Firefox: alive, moved by keyboard, with Python's numbers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import cpdynamics as cp
from cpdynamics.dashboards.fan import Fan
from cpdynamics.model import Model
from cpdynamics.offline import to_html
from tests.browser.firefox.bidi import Firefox, Tab
from tests.browser.firefox.conftest import alive
from tests.browser.offline.alive import (
    BAND,
    BANDED,
    HOSTILE,
    LOOK,
    REPEAT,
    RUN_AXE,
    WATCH_THE_TILE,
    hostile,
)

pytestmark = pytest.mark.browser

CUT, OPEN, PRESET = "early help cut", "months open", "A further 40 % cut"
NAME = """document.activeElement.getAttribute('aria-label')
  || document.activeElement.closest('label')?.textContent.trim()
  || document.activeElement.textContent.trim()"""


def at(value: float, near: float = 1e-6) -> Callable[[list[float]], bool]:
    return lambda line: abs(line[-1] - value) < near


def shows(page: Tab, selector: str, words: str) -> None:
    """Waits until an element has these words in it."""
    text = f"[...document.querySelectorAll({json.dumps(selector)})].map((one) => one.innerText)"
    page.until(text, lambda found: any(words in one for one in found))


def value(page: Tab, control: str, wanted: str) -> None:
    """Waits until this stands in the box of a control."""
    box = f"""document.querySelector('[aria-label="{control}, typed value"]').value"""
    page.until(box, wanted)


def test_it_opens_alive_without_a_network(
    page: Tab, record_property: Callable[[str, object], None]
) -> None:
    opened = page.evaluate("performance.getEntriesByName('live')[0].startTime")
    record_property("milliseconds to a live chart in Firefox", round(opened))
    assert page.evaluate("navigator.userAgent").partition("Firefox/")[2]
    assert page.evaluate("navigator.onLine") is False
    assert page.evaluate("document.title") == "Tiny front door"
    assert page.line("new need") == pytest.approx([200] * 121)
    assert page.line("new need, base") == pytest.approx([200] * 121)
    shows(page, ".tile", "as in the base")


def test_the_keyboard_moves_the_line_and_the_tile(page: Tab) -> None:
    handle = page.focus("slider", CUT)
    page.until("getComputedStyle(document.activeElement).outlineStyle", "solid")
    page.press("ArrowRight", "ArrowRight")
    after = page.until_line(REPEAT, at(0.3 * 200 / 0.7, 0.1))
    # At rest: cases / 8 * (1 - 0.2 - 0.1) = 200, and 0.3 of the closures come back.
    assert after[-1] == pytest.approx(0.3 * 200 / 0.7, rel=1e-3)
    assert page.line(f"{REPEAT}, base")[-1] == pytest.approx(50)
    value(page, CUT, "0.10")
    said = page.of(handle, "(one) => one.getAttribute('aria-valuetext')")
    assert said == "0.10, between as 2017 and half of 2010-16"
    shows(page, ".notice", "Watch the repeat referrals first.")
    shows(page, ".tile", "85.7")
    shows(page, ".spoken", "repeat referrals 85.7 children per month +71.4 %")


def test_every_control_is_reached_by_tab(page: Tab) -> None:
    names = []
    for _ in range(14):
        page.press("Tab")
        names.append(page.evaluate(NAME))
    assert names == [
        "Undo", "Redo", "Replay", "Pin", "Take away", "Present", PRESET,
        "Longer cases", "Reset", f"{CUT}, typed value", CUT,
        f"What is {CUT}?", f"{OPEN}, typed value", OPEN,
    ]  # fmt: skip


def test_undo_redo_replay_and_pin(page: Tab) -> None:
    undo = page.find("button", "Undo")
    assert page.of(undo, "(one) => one.getAttribute('aria-disabled')") == "true"
    page.focus("button", PRESET)
    page.press("Enter")
    page.until_line(REPEAT, lambda line: line[-1] > 250)
    page.press("Control+z")
    page.until_line(REPEAT, at(50))
    page.focus("button", "Redo")
    page.press("Space")
    page.until_line(REPEAT, lambda line: line[-1] > 250)
    page.evaluate(f"({WATCH_THE_TILE})()")
    page.click("button", "Replay")
    page.until("ends.some((end) => end > 100 && end < 200)", True)
    page.until_line(REPEAT, lambda line: line[-1] > 250)
    page.click("button", "Pin")
    page.click("button", "Undo")
    page.until_line(REPEAT, at(50))
    value(page, CUT, "0.00")
    assert page.until_line(f"{REPEAT}, pinned", lambda line: True)[-1] > 250


def test_a_held_key_and_a_drag_are_one_step_each(page: Tab) -> None:
    handle = page.focus("slider", CUT)
    page.hold("ArrowRight", 4)
    page.until_line(REPEAT, at(0.4 * 200 / 0.6, 0.2))
    page.drag(handle, 0.2 / 0.4, 0.75)
    page.until_line(REPEAT, at(0.5 * 200 / 0.5, 1.0))
    page.click("button", "Undo")
    value(page, CUT, "0.20")
    page.click("button", "Undo")
    value(page, CUT, "0.00")
    undo = page.find("button", "Undo")
    assert page.of(undo, "(one) => one.getAttribute('aria-disabled')") == "true"


def test_a_typed_value_counts_and_a_word_is_refused(page: Tab) -> None:
    page.focus("textbox", f"{CUT}, typed value")
    page.write("20 %")
    page.until_line(REPEAT, at(0.4 * 200 / 0.6, 0.2))
    page.write("<b>lots</b>")
    shows(page, "[role=alert]", '"<b>lots</b>" is not a number. early help cut stays at 0.20.')
    value(page, CUT, "0.20")
    page.focus("textbox", f"{OPEN}, typed value")
    page.write("0")
    shows(page, "[role=alert]", '"closures" divides by zero at time 0. ')
    assert page.line(REPEAT)[-1] == pytest.approx(0.4 * 200 / 0.6, rel=1e-3)


def test_every_number_is_that_of_the_model(page: Tab, file: Path) -> None:
    model = Model.from_path(file.with_suffix(".mdl"))
    assert len(model.scenarios) == 2
    for name in model.scenarios:
        page.click("button", name)
        run = model.run(name)
        for variable in ("new need", REPEAT):
            drawn = page.until_line(variable, at(float(run[variable].iloc[-1])))
            assert drawn == pytest.approx(run[variable].tolist(), rel=1e-12)


def test_the_band_is_that_of_the_notebook_and_goes_and_comes(page: Tab, file: Path) -> None:
    model = Model.from_path(file.with_suffix(".mdl"))
    fan = Fan(model, ("new need", REPEAT, "Cases"))
    for scenario in (cp.Scenario(), model.scenarios[PRESET]):
        if scenario:
            page.click("button", PRESET)
        many = fan.around(scenario)
        assert many is not None
        band = many.bands([REPEAT])[REPEAT]
        wanted = [*band.low, *band.high[::-1]]
        drawn = page.until_line(BAND, at(wanted[-1]))
        assert drawn == pytest.approx(wanted, rel=1e-9)
    page.focus("checkbox", "Show uncertainty")
    for panels, words in ((0, "as assumed"), (3, "200 runs with 2 uncertain numbers drawn anew")):
        page.press("Space")
        page.until(f"({BANDED})()", panels)
        shows(page, "#legend", words)


def test_a_link_brings_everything_back(page: Tab, firefox: Firefox, file: Path) -> None:
    page.click("button", "Longer cases")
    page.focus("textbox", f"{CUT}, typed value")
    page.write("0.123")
    after = page.until_line(REPEAT, lambda line: line[-1] > 100)
    page.evaluate("document.querySelector('.menu summary').focus()")
    page.press("Enter")
    link = page.until("document.querySelector('.menu input').value", bool)
    code = link.partition("#")[2]
    assert code == "cpd1/tiny/Longer%20cases/early%20help%20cut=0.123"
    for again in alive(firefox, file, f"#{code}"):
        assert again.until_line(REPEAT, lambda line: line[-1] > 100) == after
        value(again, CUT, "0.123")
        value(again, OPEN, "9.0")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("#cpd1/tiny/%3Cimg%20src=x%20onerror=alert(1)%3E/", '"<img src=x onerror=alert(1)>"'),
        ("#cpd1/tiny//__proto__=1", "which cannot be moved here"),
        ("#cpd1/tiny/%E0%A4%A/", "damaged"),
    ],
)
def test_a_hostile_link_is_refused_and_named(
    firefox: Firefox, file: Path, code: str, said: str
) -> None:
    for page in alive(firefox, file, code):
        shows(page, "[role=alert]", said)
        shows(page, "[role=alert]", "The sliders stay where they are.")
        assert page.line(REPEAT)[-1] == pytest.approx(50)


def test_a_strangers_words_are_shown_and_never_run(firefox: Firefox, tmp_path: Path) -> None:
    for page in alive(firefox, hostile(tmp_path)):
        page.focus("slider", CUT)
        page.press("ArrowRight")
        page.click("button", HOSTILE)
        page.evaluate("document.querySelector('.cpd-driving summary').click()")
        page.until("document.querySelectorAll('.cpd-diagram .link').length", bool)
        shows(page, "h1", HOSTILE)
        shows(page, ".notice", HOSTILE)
        labels = "[...document.querySelectorAll('.annotation-text')].map((one) => one.textContent)"
        page.until(labels, lambda found: any("onerror" in one for one in found))
        page.pause(0.3)
        assert page.evaluate("document.querySelectorAll('img').length") == 0
        assert page.evaluate("document.querySelectorAll('b:not(.head b, .tile b)').length") == 0


def test_nothing_but_its_own_script_may_run(page: Tab) -> None:
    page.evaluate(
        "(() => { const one = document.createElement('script'); one.textContent = 'window.bad = 1';"
        " document.body.append(one); const two = document.createElement('div');"
        " two.innerHTML = '<img src=x onerror=\"window.bad = 2\">'; document.body.append(two);"
        " return fetch('https://example.org').catch(() => 0); })()"
    )
    for refused in ("script-src-elem", "script-src-attr", "connect-src"):
        page.until_told(refused)
    assert page.evaluate("window.bad ?? null") is None
    page.errors.clear()
    page.outside.clear()


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (390, 844)])
def test_everything_fits_and_can_be_read(
    firefox: Firefox, file: Path, size: tuple[int, int]
) -> None:
    for page in alive(firefox, file, size=size):
        wanted = {"wide": True, "tall": True, "small": [], "outside": [], "overlaps": []}
        page.until(f"({LOOK})()", wanted, stays=0.5)


def test_a_room_sees_larger_letters_and_escape_leads_back(page: Tab) -> None:
    size = "document.querySelector('.js-plotly-plot')._fullLayout.font.size"
    page.click("button", "Present")
    page.until(size, lambda found: found > 17)
    page.press("Escape")
    page.until(size, 16)


def test_which_loop_drives_is_asked_by_keyboard(page: Tab) -> None:
    page.evaluate("document.querySelector('.cpd-driving summary').focus()")
    page.press("Enter")
    shows(page, ".cpd-driving", "At rest: no loop is at work.")
    page.click("button", PRESET)
    shows(page, ".cpd-driving", "R1 Failure demand")
    page.focus("slider", "Month on show")
    thick = "[...document.querySelectorAll('.cpd-diagram g.link path')]"
    thick = f"Math.max(...{thick}.map((path) => Number(path.getAttribute('stroke-width'))))"
    page.press("End")
    late = page.until(thick, lambda found: found > 1)
    page.press("Home")
    page.until(thick, lambda found: found < late)


def test_axe_finds_nothing(page: Tab) -> None:
    axe = pytest.importorskip("axe_core_python.sync_playwright").Axe()
    page.evaluate("document.querySelector('.cpd-driving summary').click()")
    page.click("button", PRESET)
    page.until_line(REPEAT, lambda line: line[-1] > 250)
    for presenting in (False, True):
        if presenting:
            page.click("button", "Present")
        # The policy of the page lets no script in but its own.
        found = page.evaluate(f"(async () => {{ {axe.axe_script}; return {RUN_AXE}; }})()")
        assert json.loads(found) == []


def test_numbers_picture_and_paper_are_taken_away(page: Tab, file: Path, tmp_path: Path) -> None:
    page.click("button", "Longer cases")
    page.focus("slider", CUT)
    page.press("ArrowRight")
    page.until_line("new need", at(250))
    page.evaluate("document.querySelector('.menu summary').click()")
    page.click("button", "Numbers (CSV)")
    run = cp.Run.read_csv(page.taken("tiny.csv", b"\n"))
    again = Model.from_path(file.with_suffix(".mdl")).run(run.scenario)
    assert dict(run.scenario.hold) == {"new need": 250.0}
    assert run.frame.to_numpy() == pytest.approx(again.frame.to_numpy(), rel=1e-12)
    page.click("button", "Picture (PNG)")
    picture = page.taken("tiny.png", b"IEND\xaeB`\x82").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) > 10_000
    assert page.printed().startswith(b"%PDF")
    shows_handout = "document.querySelector('.handout').textContent"
    assert "early help cut0.05" in page.evaluate(shows_handout)


def test_a_story_of_the_library(firefox: Firefox, tmp_path: Path) -> None:
    model = cp.load("austerity")
    for page in alive(firefox, to_html(model, tmp_path / "austerity.html", loops=False)):
        page.until("document.documentElement.scrollHeight", lambda found: found <= 720, stays=0.5)
        for name in model.scenarios:
            run = model.run(name)
            page.click("button", name)
            drawn = page.until_line("Children in Care", at(float(run["Children in Care"].iloc[-1])))
            assert drawn == pytest.approx(run["Children in Care"].tolist(), rel=1e-12)
