"""The site as a reader meets it: from a disk or a server, on a desk or a phone, with any reader."""

from __future__ import annotations

import functools
import http.server
import json
import shutil
import threading
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from cpdynamics.site.notebook import Places, notebook_page
from tests.browser.offline.alive import LIVE, RUN_AXE
from tests.browser.site.conftest import PAGES
from tests.browser.waiting import expect

pytestmark = pytest.mark.browser

DRAWN = "() => document.querySelectorAll('.chart[data-drawn=yes] .main-svg').length"
# All but what prose cites of other sites, which nobody follows who does not want to.
ADDRESSES = """() => [...document.querySelectorAll('[href], [src]')]
  .filter((one) => !one.matches('.prose a[href^="https://"]'))
  .map((one) => one.href || one.src)"""


def settled(seen: Any) -> Any:
    """The page once all its charts are drawn."""
    wanted = seen.page.locator(".chart").count()
    seen.page.wait_for_function(
        "(n) => document.querySelectorAll('.chart[data-drawn=yes]').length === n", arg=wanted
    )
    return seen


def test_every_way_leads_to_a_file_of_the_site(visit: Any, built: Path) -> None:
    met, waiting = set(), ["index.html"]
    while waiting:
        place = waiting.pop()
        met.add(place)
        if not place.endswith(".html") or place.startswith("stories/"):
            continue
        page = visit(place).page
        for address in page.evaluate(ADDRESSES):
            parts = urlsplit(address)
            assert parts.scheme == "file", (place, address)
            file = Path(unquote(parts.path))
            assert file.is_file(), (place, address)
            inside = file.relative_to(built).as_posix()
            if parts.fragment and not inside.startswith("stories/"):
                text = file.read_text(encoding="utf-8")
                assert f'id="{parts.fragment}"' in text, (place, address)
            if inside not in met and inside not in waiting:
                waiting.append(inside)
    files = {path.relative_to(built).as_posix() for path in built.rglob("*") if path.is_file()}
    apart = {one for one in files - met if not one.endswith((".svg", ".cpdynamics-site"))}
    assert apart == set(), "nothing is there that nobody can find"
    assert set(PAGES) <= met


def test_the_index_shows_each_story_with_its_scenarios(visit: Any) -> None:
    page = visit("index.html").page
    heads = page.locator("h2").all_inner_texts()
    assert heads == ["Five systems", "To begin with", "Notebooks", "The models"]
    card = page.locator("article", has_text="Why do the same children come back?")
    assert card.locator("li", has_text="A fifth of the staff go").count() >= 1
    wide = "(one) => one.complete && one.naturalWidth > 0 && one.alt.length > 20"
    assert card.locator("img").evaluate(wide)


def test_a_scenario_of_the_index_opens_its_story_alive(visit: Any) -> None:
    seen = visit("index.html")
    seen.page.get_by_role("link", name="Four more a month").first.click()
    seen.page.wait_for_function(LIVE)
    chosen = seen.page.get_by_role("button", name="Four more a month")
    expect(chosen).to_have_attribute("aria-pressed", "true")
    high = seen.until_line("this run", "y.at(-1) > 170")[-1]
    moved = seen.page.get_by_role("slider", name="extra referrals", exact=True)
    moved.press("ArrowRight")
    assert seen.until_line("this run", f"y.at(-1) > {high} + 1")


def test_a_notebook_reads_from_top_to_bottom(visit: Any) -> None:
    page = settled(visit("notebooks/00_start_here.html")).page
    assert page.locator("h1").inner_text() == "Start here"
    assert page.evaluate(DRAWN) == 3, "Plotly draws a chart in three layers"
    chart = page.locator(".chart [role=img]")
    assert "Children Waiting" in str(chart.get_attribute("aria-label"))
    code = page.locator("details.code", has_text="as_before = bathtub.run()")
    expect(code.locator("pre")).to_be_hidden()
    code.locator("summary").click()
    expect(code.locator("pre")).to_be_visible()
    # What is to be predicted stays folded until somebody asks for it.
    result = page.get_by_text("60 children wait at the start, 178 after three years.")
    expect(result).to_be_hidden()
    page.get_by_text("Show the result").first.click()
    expect(result).to_be_visible()
    expect(page.locator("td", has_text="children waiting, children in care")).to_be_visible()
    assert "NBVAL" not in "".join(page.locator("pre").all_text_contents())


def test_a_notebook_leads_to_the_story_that_it_is_about(visit: Any) -> None:
    seen = settled(visit("notebooks/00_start_here.html"))
    seen.page.get_by_role("link", name="Move the sliders: Bathtub").click()
    seen.page.wait_for_function(LIVE)
    expect(seen.page.get_by_role("slider", name="extra referrals", exact=True)).to_be_visible()


def test_the_page_about_the_models_has_its_headings_and_its_pictures(visit: Any) -> None:
    page = visit("models.html").page
    assert page.locator("h1").inner_text() == "The models"
    heads = page.locator("h2").all_inner_texts()
    assert {"One typical authority, 2017", "Caseload", "Under load"} <= set(heads)
    assert len(page.locator("nav .contents li").all()) == len(heads)
    images = page.locator("figure img")
    assert images.count() >= 10
    for image in images.all():
        image.scroll_into_view_if_needed()
        image.evaluate("(one) => one.decode()")
        assert image.evaluate("(one) => one.naturalWidth") >= 1000
    body = page.locator("body").inner_text()
    assert "<!--" not in body
    assert "face validity: begin" not in body
    assert page.locator("td", has_text="646,120").count() == 1


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (390, 844)])
def test_nothing_is_cut_off_and_letters_are_large_enough(visit: Any, size: tuple[int, int]) -> None:
    for place in PAGES:
        page = settled(visit(place, size=size)).page
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], place
        small = page.evaluate(SMALL)
        assert small == [], place


SMALL = """() => {
  const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || !element.checkVisibility() || element.closest('script')) continue;
    if (parseFloat(getComputedStyle(element).fontSize) < 16) found.push(node.data.slice(0, 60));
  }
  return found;
}"""


@pytest.mark.parametrize("place", PAGES)
def test_axe_finds_nothing(visit: Any, place: str) -> None:
    axe = pytest.importorskip("axe_core_python.sync_playwright").Axe()
    page = settled(visit(place)).page
    for summary in page.locator("summary").all():
        summary.click()
    found = page.evaluate(f"async () => {{ {axe.axe_script} return {RUN_AXE}; }}")
    assert json.loads(found) == []


def test_it_works_from_a_server_as_well(chromium: Any, open_page: Any, built: Path) -> None:
    handler = functools.partial(Quiet, directory=str(built))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            with open_page(chromium, "server") as seen:
                front = f"http://127.0.0.1:{server.server_port}"
                seen.page.goto(f"{front}/index.html")
                seen.page.get_by_role("link", name="00 Start here").click()
                settled(seen)
                assert seen.page.evaluate(DRAWN) == 3
                assert (seen.outside, seen.errors) == ([], [])
        finally:
            server.shutdown()


def test_words_of_a_chart_may_be_bold_and_nothing_else(
    chromium: Any, open_page: Any, built: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(built, tmp_path / "site", ignore=shutil.ignore_patterns("stories"))
    words = '<b>low</b> <i>and</i> <span style="color:red">high</span>'
    figure = {"data": [{"y": [1, 2]}], "layout": {"title": {"text": words}, "height": 400}}
    output = {"output_type": "display_data", "data": {"application/vnd.plotly.v1+json": figure}}
    cell = {"cell_type": "code", "source": "f()", "outputs": [output], "metadata": {}}
    page = notebook_page({"cells": [cell]}, Places({}, lambda one: None, lambda data, end: end))
    (folder / "notebooks" / "bold.html").write_text(page, encoding="utf-8")
    with open_page(chromium, "bold") as seen:
        seen.page.goto((folder / "notebooks" / "bold.html").as_uri())
        settled(seen)
        title = seen.page.locator(".gtitle tspan")
        looks = title.evaluate_all(
            "(all) => all.map((one) => { const look = getComputedStyle(one);"
            " return [one.textContent, look.fontWeight, look.fontStyle, look.fill]; })"
        )
        plain = looks[-1][3]
        assert ["low", "700", "normal", plain] in looks
        assert ["and", "400", "italic", plain] in looks
        assert seen.outside == []
        assert len(seen.errors) == 1, "the colour, and it alone, is refused"


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *words: Any) -> None:
        """Nothing: nobody reads it."""
