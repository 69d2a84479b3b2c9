"""What is shown and handed out where nothing works: pictures, a PDF, and the page's own print."""

from __future__ import annotations

import re
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.browser.offline.alive import LIVE
from tests.browser.waiting import expect

pytestmark = pytest.mark.browser

LANDSCAPE = (1047, 718)  # pixels of A4 within the margins of a page's print


def pages_of(pdf: Path) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes()))


def test_every_scenario_has_a_picture_to_show(built: Path) -> None:
    folder = built / "handouts" / "caseload"
    files = sorted(folder.glob("*.png"))
    assert [file.name for file in files][:2] == [
        "00-as-it-is.png",
        "01-a-fifth-of-the-staff-go.png",
    ]
    assert len(files) == 5
    for file in files:
        data = file.read_bytes()
        assert data.startswith(b"\x89PNG\r\n\x1a\n")
        assert struct.unpack(">II", data[16:24]) == (1920, 1080)
        assert len(data) > 50_000, "it is not empty"


@pytest.mark.parametrize(
    ("key", "title", "most"),
    [
        ("caseload", b"Caseload: Why do the same children come back?", 2),
        ("teaching-bathtub", b"Bathtub: Why does the queue not go away", 1),
    ],
)
def test_the_handout_is_one_or_two_sheets_of_a4(
    built: Path, key: str, title: bytes, most: int
) -> None:
    pdf = built / "handouts" / key / f"{key}-handout.pdf"
    data = pdf.read_bytes()
    assert data.startswith(b"%PDF")
    assert title in data
    assert 1 <= pages_of(pdf) <= most
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", data)
    assert box is not None
    assert [round(float(side)) for side in box.groups()] == [595, 842]


def test_the_handout_says_it_all(visit: Any) -> None:
    page = visit("handouts/caseload.html").page
    assert page.locator("h1").inner_text() == "Caseload"
    rows = page.locator("tbody tr")
    assert rows.count() == 5
    first = rows.nth(1).inner_text()
    assert "A fifth of the staff go" in first
    assert re.search(r"\+24\.\d %", first), "the tile of repeat referrals"
    assert page.locator("figure img").count() == 2, "the charts and the loops"
    assert page.locator(".ask li").count() == 6
    for image in page.locator("figure img").all():
        image.evaluate("(one) => one.decode()")
    page.emulate_media(media="print")
    expect(page.locator("nav")).to_be_hidden()


def test_all_of_it_is_in_one_file(built: Path) -> None:
    folder = built / "handouts" / "caseload"
    with zipfile.ZipFile(folder / "caseload-pack.zip") as packed:
        assert packed.testzip() is None
        assert set(packed.namelist()) == {
            file.name for file in folder.iterdir() if file.suffix in (".png", ".pdf")
        }


def test_the_print_of_a_live_page_cuts_no_picture_in_two(visit: Any, built: Path) -> None:
    seen = visit("stories/caseload.html", size=LANDSCAPE)
    page = seen.page
    page.wait_for_function(LIVE)
    page.get_by_role("button", name="A fifth of the staff go").click()
    seen.until_line("repeat referrals", "y.at(-1) > 90")
    pdf = built.parent / "own.pdf"
    page.pdf(path=str(pdf), prefer_css_page_size=True)
    assert pages_of(pdf) == 2, "the picture on one sheet, what is set on the other"
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.wait_for_function(
        "(tall) => document.querySelector('.chart').getBoundingClientRect().bottom <= tall",
        arg=LANDSCAPE[1],
    )
