"""Predict first and the questions, as a student with a keyboard meets them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import tiny
from tests.browser.conftest import show_in_lab, write_notebook
from tests.browser.waiting import expect
from tests.browser.waiting import until as until_is

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)>"
CELL = """\
import ipywidgets
from cpdynamics.classroom import my_answers, predict, question
from cpdynamics.classroom.answers import SITTING
from cpdynamics.model import Model
model = Model.from_path({path!r})
SITTING.predictions.clear()  # JupyterLab keeps the kernel of a notebook that was open before
SITTING.answers.clear()
ipywidgets.VBox([
    predict(model, "Half as many again", "Waiting").widget,
    question("bathtub-number").widget,
    question("care-before").widget,
    my_answers().widget,
])"""
VALUES = """() => [...document.querySelectorAll('.cpp-point')]
  .map((point) => Number(point.getAttribute('aria-valuenow')))"""
LINES = "() => document.querySelectorAll('.cpp-chart polyline[points]:not(.cpp-ink)').length"


@pytest.fixture(scope="session")
def classroom(room: Path) -> str:
    """A notebook with a prediction of a tiny model whose story is hostile, and a question."""
    folder = room / "classroom"
    folder.mkdir()
    path = tiny.write(folder)
    story = path.with_suffix(".toml")
    told = story.read_text("utf-8").replace("More children come.", f"More come. {HOSTILE}")
    story.write_text(told, encoding="utf-8")
    source = CELL.format(path=str(path)).splitlines(keepends=True)
    place = room / "classroom.ipynb"
    write_notebook(place, source)
    # A cell below, to which JupyterLab would go when an arrow key reaches it.
    notebook = json.loads(place.read_text("utf-8"))
    words = {"cell_type": "markdown", "metadata": {}, "source": ["Words"]}
    notebook["cells"].append(words | {"id": "below"})
    place.write_text(json.dumps(notebook), encoding="utf-8")
    return place.name


@pytest.fixture
def seen(
    request: pytest.FixtureRequest, chromium: Any, classroom: str, open_page: Any, front: str
) -> Iterator[Any]:
    """The notebook, live, in the front that a test names."""
    address = request.getfixturevalue(front)
    with open_page(chromium, front) as one:
        if front == "lab":
            show_in_lab(one, address, classroom)
        else:
            one.page.goto(f"{address}/voila/render/{classroom}")
        until_live(one)
        yield one


def until_live(seen: Any) -> None:
    """Waits for the chart, the question and the link, which come one by one."""
    for part in (".cpp-plot", ".cpq fieldset", ".cpa-link[href]"):
        seen.page.locator(part).first.wait_for(state="attached")


def until(seen: Any, holds: str, arg: Any = None) -> None:
    seen.page.wait_for_function(holds, arg=arg)


def until_value(seen: Any, place: int, holds: str) -> None:
    """Waits until a JavaScript test of a point's value (``y``) is true."""
    until(seen, f"(place) => {{ const y = ({VALUES})()[place]; return {holds}; }}", place)


def until_words(seen: Any, text: str) -> None:
    until(seen, "(t) => document.querySelector('.cpp-words').textContent.includes(t)", text)


@pytest.mark.parametrize("front", ["lab", "voila"])
def test_it_is_drawn_revealed_and_tried_again_by_keyboard(seen: Any) -> None:
    page = seen.page
    # Nothing of the run is on the page before somebody asks for it.
    assert page.evaluate(LINES) == 2
    point = page.get_by_role("slider", name="Waiting, month 2", exact=True)
    point.focus()
    assert point.get_attribute("aria-valuetext") == "100 children"
    assert page.evaluate("getComputedStyle(document.activeElement).strokeWidth") == "4px"
    page.keyboard.press("ArrowUp")
    until_value(seen, 0, "y > 100 && y < 110")
    page.keyboard.press("ArrowDown")
    until_value(seen, 0, "y === 100")
    page.keyboard.press("PageUp")
    until_value(seen, 0, "y > 115")
    page.keyboard.press("Home")
    until_value(seen, 0, "y === 0")
    page.keyboard.press("ArrowRight")
    until(seen, "() => document.activeElement.getAttribute('aria-label') === 'Waiting, month 4'")
    page.keyboard.press("End")
    until_value(seen, 1, "y === Number(document.activeElement.getAttribute('aria-valuemax'))")
    page.keyboard.press("ArrowLeft")
    # One stop of the Tab key holds all the points.
    page.keyboard.press("Tab")
    until(seen, "() => document.activeElement.tagName !== 'circle'")
    assert page.evaluate(VALUES)[2:] == [100] * 10

    page.get_by_role("button", name="Start again from a flat line").press("Enter")
    until_value(seen, 0, "y === 100")
    page.get_by_role("button", name="Show the model's run").press("Enter")
    until_words(seen, "You expected that it stays as it was. In the model it rises")
    until(seen, f"() => ({LINES})() === 3")
    until(seen, "() => document.activeElement.textContent === 'Try again'")
    assert page.get_by_role("columnheader", name="the model").count() == 1
    # What has been shown is not drawn any more.
    point.focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("End")
    assert page.evaluate(VALUES)[0] == 100

    page.get_by_role("button", name="Try again").press("Enter")
    until(seen, "() => document.querySelector('.cpp-words').textContent === ''")
    point.focus()
    page.keyboard.press("End")
    until_value(seen, 0, "y > 200")
    until(seen, "() => document.querySelector('.cpp-table').textContent.includes('your first')")
    assert seen.errors == []
    assert seen.outside == []


@pytest.mark.parametrize("front", ["voila"])
def test_a_pointer_draws_and_the_points_follow(seen: Any) -> None:
    page = seen.page
    chart = page.locator(".cpp-chart svg")
    chart.scroll_into_view_if_needed()
    plot = page.locator(".cpp-plot").bounding_box()
    page.mouse.move(plot["x"] + 2, plot["y"] + plot["height"] / 2)
    page.mouse.down()
    for step in range(1, 21):
        page.mouse.move(
            plot["x"] + 2 + (plot["width"] - 4) * step / 20,
            plot["y"] + plot["height"] * (0.5 - 0.4 * step / 20),
        )
    assert page.locator(".cpp-ink").get_attribute("points")
    page.mouse.up()
    until_value(seen, 11, "y > 100")
    until(seen, "() => !document.querySelector('.cpp-ink').getAttribute('points')")
    values = page.evaluate(VALUES)
    high = float(page.locator(".cpp-point").first.get_attribute("aria-valuemax"))
    wanted = [high * (0.5 + 0.4 * place / 12) for place in range(1, 13)]
    assert values == pytest.approx(wanted, abs=0.02 * high)


@pytest.mark.parametrize("front", ["lab", "voila"])
def test_what_somebody_did_is_saved_and_brought_back_after_a_fresh_start(
    seen: Any, chromium: Any, classroom: str, open_page: Any, voila: str, tmp_path: Path
) -> None:
    page = seen.page
    page.get_by_role("slider", name="Waiting, month 2", exact=True).press("End")
    until_value(seen, 0, "y > 100")
    page.get_by_role("button", name="Show the model's run").press("Enter")
    until_words(seen, "At the end")
    words = page.locator(".cpp-words").inner_text()
    box = page.get_by_role("textbox", name="How many children wait after three years?")
    box.fill("90")
    box.press("Enter")
    page.get_by_text("Many people expect a rise that soon stops").wait_for()
    page.get_by_role("group", name="At the end of which month were most").get_by_label(
        "Month 5"
    ).press("Space")
    page.get_by_role("button", name="Check: At the end of which month").press("Enter")
    page.get_by_text("It seems natural that most are there when most arrive").wait_for()
    page.get_by_text("1 prediction and 2 answers").wait_for()
    with page.expect_download() as waited:
        page.get_by_role("link", name="Download my answers").press("Enter")
    saved = tmp_path / "my-answers.json"
    waited.value.save_as(saved)
    kept = json.loads(saved.read_text("utf-8"))
    assert kept["answers"]["bathtub-number/at-the-end"] == {"first": 90.0, "last": 90.0, "tries": 1}

    with open_page(chromium, "voila") as fresh:
        fresh.page.goto(f"{voila}/voila/render/{classroom}")
        until_live(fresh)
        chooser = fresh.page.get_by_label("Bring answers back")
        bad = tmp_path / "bad.json"
        bad.write_text(f'{{"{HOSTILE}": 1}}', encoding="utf-8")
        chooser.set_input_files(bad)
        fresh.page.get_by_text('"bad.json" holds no answers.').wait_for()
        assert fresh.page.locator(".cpp-words").inner_text() == ""
        chooser.set_input_files(saved)
        fresh.page.get_by_text("Brought back: 1 prediction and 2 answers.").wait_for()
        until_words(fresh, "At the end")
        until_is(fresh.page, "() => document.querySelector('.cpp-words').innerText", words)
        until_is(fresh.page, VALUES, lambda found: found[0] > 100)
        fresh.page.get_by_text("Many people expect a rise that soon stops").wait_for()
        again = fresh.page.get_by_role("group", name="At the end of which month were most")
        expect(again.get_by_label("Month 5")).to_be_checked()
        assert fresh.errors == []


@pytest.mark.parametrize("front", ["voila"])
def test_hostile_words_are_words_and_all_can_be_read_from_the_back_row(seen: Any) -> None:
    page = seen.page
    page.get_by_text(HOSTILE).wait_for()
    assert page.locator("img[src='x']").count() == 0
    page.get_by_role("button", name="Show the model's run").press("Enter")
    until_words(seen, "In the model it rises")
    for width, height in ((1280, 720), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        until_is(page, LOOK, lambda found: found["smallest"] >= 16 and found["outside"] == [])
    axe = pytest.importorskip("axe_core_python.sync_playwright").Axe()
    violations = axe.run(page, context={"include": [[".cpd-classroom"]]})["violations"]
    assert [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in violations] == []


LOOK = """() => {
  const sizes = [], outside = [];
  for (const part of document.querySelectorAll('.cpd-classroom')) {
    const edges = part.getBoundingClientRect();
    const walk = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
    for (let node; (node = walk.nextNode()); ) {
      const element = node.parentElement, box = element.getBoundingClientRect();
      if (!node.data.trim() || !box.width || element.closest('style')) continue;
      sizes.push(parseFloat(getComputedStyle(element).fontSize));
      if (box.left < edges.left - 1 || box.right > edges.right + 1) outside.push(node.data);
    }
  }
  return { smallest: Math.min(...sizes), outside };
}"""
