"""What a person brings to the page and takes away: links, numbers, pictures, paper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cpdynamics as cp
from cpdynamics.model import Model
from tests.browser.offline.alive import (
    GRAPH,
    REPEAT,
    box,
    button,
    live,
    slider,
)
from tests.browser.waiting import expect, until

pytestmark = pytest.mark.browser


def test_a_link_brings_everything_back(
    page: Any, chromium: Any, open_page: Any, file: Path
) -> None:
    button(page, "Longer cases").click()
    box(page).fill("0.123")
    box(page).press("Enter")
    after = page.until_line(REPEAT, "y.at(-1) > 100")
    page.page.get_by_text("Take away").click()
    link = page.page.wait_for_function("() => document.querySelector('.menu input').value")
    code = link.json_value().partition("#")[2]
    assert code == "cpd1/tiny/Longer%20cases/early%20help%20cut=0.123"
    for again in live(chromium, open_page, file, f"#{code}"):
        assert again.until_line(REPEAT, "y.at(-1) > 100") == after
        expect(box(again)).to_have_value("0.123")
        expect(box(again, "months open")).to_have_value("9.0")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("#cpd1/tiny/<img src=x onerror=alert(1)>", "which is no scenario here"),
        ("#cpd1/tiny/%3Cimg%20src=x%20onerror=alert(1)%3E/", '"<img src=x onerror=alert(1)>"'),
        ("#cpd1/tiny//early%20help%20cut=9", "to what it cannot be"),
        ("#cpd1/tiny//__proto__=1", "which cannot be moved here"),
        ("#javascript:alert(1)", "none of this kind of page"),
        ("#cpd1/tiny/%E0%A4%A/", "damaged"),
        ("#" + "x" * 5000, "too long"),
    ],
)
def test_a_hostile_link_is_refused_and_named(
    chromium: Any, open_page: Any, file: Path, code: str, said: str
) -> None:
    for page in live(chromium, open_page, file, code):
        alert = page.page.get_by_role("alert").first
        expect(alert).to_contain_text(said)
        expect(alert).to_contain_text("The sliders stay where they are.")
        assert page.line(REPEAT)[-1] == pytest.approx(50)


def test_the_numbers_and_the_picture_are_taken_away(page: Any, file: Path, tmp_path: Path) -> None:
    button(page, "Longer cases").click()
    slider(page).press("ArrowRight")
    page.until_line("new need", "y.at(-1) === 250")
    page.page.get_by_text("Take away").click()
    with page.page.expect_download() as taken:
        button(page, "Numbers (CSV)").click()
    taken.value.save_as(tmp_path / "tiny.csv")
    run = cp.Run.read_csv(tmp_path / "tiny.csv")
    model = Model.from_path(file.with_suffix(".mdl"))
    again = model.run(run.scenario)
    assert dict(run.scenario.hold) == {"new need": 250.0}
    assert run.scenario.set["months open"] == 9
    again.to_csv(tmp_path / "again.csv")
    page_lines, lines = (
        (tmp_path / name).read_text(encoding="utf-8").splitlines()
        for name in ("tiny.csv", "again.csv")
    )
    heads = 7  # what is told of the run, and the names above the columns
    assert page_lines[:heads] == lines[:heads]
    times = [[line.split(",")[0] for line in each[heads:]] for each in (page_lines, lines)]
    assert times[0] == times[1]
    assert np.allclose(run.frame, again.frame, rtol=1e-12)
    with page.page.expect_download() as taken:
        button(page, "Picture (PNG)").click()
    taken.value.save_as(tmp_path / "tiny.png")
    assert (tmp_path / "tiny.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "tiny.png").stat().st_size > 10_000


def test_paper_shows_what_is_set(page: Any) -> None:
    button(page, "A further 40 % cut").click()
    page.until_line(REPEAT, "y.at(-1) > 250")
    page.page.emulate_media(media="print")
    page.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    handout = page.page.locator(".handout")
    expect(handout).to_contain_text("Scenario: A further 40 % cut")
    expect(handout).to_contain_text("as deep as 2010-16")
    expect(slider(page)).to_be_hidden()
    until(page.page, f"{GRAPH}.querySelector('.main-svg').clientWidth", 1000)


def test_what_is_printed_while_somebody_presents_has_its_tiles(page: Any) -> None:
    tiles = page.page.locator(".tiles")
    button(page, "Present").click()
    expect(tiles).to_be_hidden()
    page.page.emulate_media(media="print")
    page.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(tiles).to_be_visible()
    page.page.emulate_media(media="screen")
    page.page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(tiles).to_be_hidden()
