"""A stranger's words are shown and never run."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from tests import front_door
from tests.browser.offline.alive import (
    HOSTILE,
    button,
    hostile,
    live,
    slider,
    tile,
    written,
)
from tests.browser.waiting import SECONDS, expect, pause

pytestmark = pytest.mark.browser


def test_a_strangers_words_are_shown_and_never_run(
    chromium: Any, open_page: Any, tmp_path: Path
) -> None:
    file = hostile(tmp_path)
    shouted: list[str] = []
    for page in live(chromium, open_page, file):
        page.page.on("dialog", lambda dialog: (shouted.append(dialog.message), dialog.dismiss()))
        slider(page).press("ArrowRight")
        button(page, HOSTILE).click()
        page.page.get_by_text("Which loop is driving?").click()
        expect(page.page.locator(".cpd-diagram .link").first).to_be_visible()
        expect(page.page.get_by_role("heading", name=HOSTILE, exact=True).first).to_be_visible()
        expect(page.page.locator(".notice")).to_have_text(HOSTILE)
        labels = page.page.locator(".annotation-text", has_text="onerror")
        expect(labels.first).to_be_visible()
        pause(page.page, 0.3)  # an image that is not there says so a moment later
        assert page.page.locator("img, b:not(.head b, .tile b)").count() == 0
        assert shouted == []


def test_a_variable_may_be_called_what_every_object_has(
    chromium: Any, open_page: Any, tmp_path: Path
) -> None:
    mdl, story = front_door.MDL, front_door.UNCERTAIN + front_door.STORY
    for old, new in (("new need", "constructor"), ("repeat referrals", "__proto__")):
        mdl, story = mdl.replace(old, new), story.replace(old, new)
    file = written(tmp_path, "odd", mdl, story)
    for page in live(chromium, open_page, file):
        slider(page).press("ArrowRight")
        page.until_line("__proto__", "y.at(-1) > 60")
        button(page, "A further 40 % cut").click()
        page.until_line("__proto__, nine of ten runs", "y.length > 100")
        expect(tile(page, "constructor")).to_have_count(1)


def test_nothing_but_its_own_script_may_run(page: Any) -> None:
    page.page.evaluate(
        "() => { const one = document.createElement('script'); one.textContent = 'window.bad = 1';"
        " document.body.append(one); const two = document.createElement('div');"
        " two.innerHTML = '<img src=x onerror=\"window.bad = 2\">'; document.body.append(two);"
        " return fetch('https://example.org').catch(() => 0); }"
    )
    end = time.monotonic() + SECONDS
    refused = ("inline script", "inline event handler", "Connecting to")
    while not all(any(one in error for error in page.errors) for one in refused):
        assert time.monotonic() < end, page.errors
        pause(page.page, 0.1)
    assert page.page.evaluate("window.bad") is None
    page.errors.clear()
    page.outside.clear()
