"""An address that restores a dashboard, and two dashboards on one page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import until_drawn, write_notebook
from tests.browser.waiting import expect, until

pytestmark = pytest.mark.browser

CUT, REPEAT = "early help cut", "repeat referrals"
FIFTH = 0.4 * 200 / 0.6
SHARED = "cpd1/tiny//early%20help%20cut=0.2&pin=cpd1/tiny/A%20further%2040%20%25%20cut&charts=1"
END = """([name, at]) => [...document.querySelectorAll('.js-plotly-plot')][at]?._fullData
  ?.find((one) => one.name === name && one.visible === true)?.y.at(-1) ?? 0"""


@pytest.fixture
def at(chromium: Any, voila: str, open_page: Any) -> Iterator[Callable[[str], Any]]:
    """Opens a page of Voila at an address, once its dashboard is drawn."""
    pages = []

    def show(address: str) -> Any:
        entered = open_page(chromium, "voila")
        seen = entered.__enter__()
        pages.append(entered)
        seen.page.goto(f"{voila}/voila/render/{address}")
        until_drawn(seen)
        return seen

    yield show
    for entered in reversed(pages):
        entered.__exit__(None, None, None)


def ends(seen: Any, name: str, end: float, board: int = 0) -> None:
    """Waits until a line that is to be seen ends there."""
    until(
        seen.page,
        f"() => ({END})(['{name}', {board}])",
        lambda found: found == pytest.approx(end, rel=5e-3),
    )


def test_an_address_brings_back_sliders_pins_and_charts(at: Any) -> None:
    first = at("tiny.ipynb")
    page = first.page
    page.get_by_role("button", name="A further 40 % cut").click()
    ends(first, REPEAT, 0.6 * 200 / 0.4)
    page.get_by_role("button", name="Pin", exact=True).click()
    box = page.get_by_role("textbox", name=f"{CUT}, typed value")
    box.fill("0.2")
    box.press("Enter")
    page.get_by_role("button", name="Reset").click()
    box.fill("0.2")
    box.press("Enter")
    ends(first, REPEAT, FIFTH)
    page.get_by_role("combobox", name="Charts").select_option(index=1)
    until(page, "location.hash", f"#{SHARED}")

    again = at(f"tiny.ipynb#{SHARED}")
    ends(again, REPEAT, FIFTH)
    ends(again, f"{REPEAT}, pin 1", 0.6 * 200 / 0.4)
    expect(again.page.get_by_role("textbox", name=f"{CUT}, typed value")).to_have_value("0.20")
    expect(again.page.get_by_role("combobox", name="Charts")).to_have_value(
        "One: At the front door"
    )
    expect(again.page.locator(".annotation-text", has_text="Open cases")).to_have_count(0)
    # Another address in the same page.
    again.page.evaluate("location.hash = '#cpd1/tiny/'")
    ends(again, REPEAT, 50)
    expect(again.page.locator(".cpd-pins li")).to_have_count(0)
    assert first.errors == again.errors == []


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("cpd1/%3Cimg%20src%3Dx%20onerror%3DglobalThis.run%3D1%3E/", 'The link belongs to "<img'),
        ("cpd1/tiny//early%20help%20cut=9", 'The link sets "early help cut" to what it cannot be.'),
        ("cpd1/tiny/&onload=1", "The link asks for pins or charts that are not there."),
        ("cpd1/tiny/" + "x" * 5000, "The link is too long."),
    ],
)
def test_a_strangers_address_is_refused_in_words(at: Any, code: str, said: str) -> None:
    seen = at(f"tiny.ipynb#{code}")
    alert = seen.page.get_by_role("alert")
    expect(alert).to_contain_text(said)
    expect(alert).to_contain_text("The sliders stay where they are.")
    ends(seen, REPEAT, 50)
    assert seen.page.evaluate("[globalThis.run, document.querySelector('.cpd img')]") == [
        None,
        None,
    ]
    assert seen.errors == []


def test_an_address_within_the_page_is_no_link(at: Any) -> None:
    seen = at("tiny.ipynb#Some-heading")
    ends(seen, REPEAT, 50)
    expect(seen.page.get_by_role("alert")).to_have_count(0)


def test_two_dashboards_on_a_page_do_not_meet(at: Any, room: Path) -> None:
    for kind in ("mdl", "toml"):
        (room / f"twin.{kind}").write_text((room / f"tiny.{kind}").read_text("utf-8"), "utf-8")
    source = [
        "from IPython.display import display\n",
        "from cpdynamics.dashboards import dashboard\n",
        "from cpdynamics.model import Model\n",
        *(
            f"display(dashboard(Model.from_path({str(room / name)!r})))\n"
            for name in ("tiny.mdl", "twin.mdl")
        ),
    ]
    write_notebook(room / "two.ipynb", source)
    seen = at("two.ipynb#cpd1/twin//early%20help%20cut=0.2")
    page = seen.page
    ends(seen, REPEAT, FIFTH, board=1)
    ends(seen, REPEAT, 50, board=0)
    expect(page.get_by_role("alert")).to_have_count(0)
    handle = page.locator(".cpd").first.get_by_role("slider", name=CUT, exact=True)
    handle.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    ends(seen, REPEAT, 0.3 * 200 / 0.7, board=0)
    ends(seen, REPEAT, FIFTH, board=1)
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    ends(seen, REPEAT, 50, board=0)
    ends(seen, REPEAT, FIFTH, board=1)
    until(page, "location.hash", "#cpd1/twin//early%20help%20cut=0.2")
    assert seen.errors == []
