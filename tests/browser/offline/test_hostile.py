"""A stranger's words are shown and never run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests import front_door
from tests.browser.offline.alive import (
    button,
    live,
    slider,
    written,
)

pytestmark = pytest.mark.browser


HOSTILE = '</script><img src=x onerror=alert(1)>%{x} "quoted" & <b>bold</b>'


def test_a_strangers_words_are_shown_and_never_run(
    chromium: Any, open_page: Any, tmp_path: Path
) -> None:
    name = HOSTILE.replace('"', "'")
    mdl = (
        front_door.MDL.replace("repeat referrals", f'"{name}"')
        .replace("Those who come back.", HOSTILE)
        .replace("Share of early help taken away.", HOSTILE)
    )
    toml = json.dumps(HOSTILE)
    through = json.dumps(["closures", name, "Cases"])
    story = (
        f"loops = {{ R1 = {{ name = {toml}, through = {through} }} }}\n"
        f"title = {toml}\nquestion = {toml}\nsince = {toml}\n[[charts]]\ntitle = {toml}\n"
        f'variables = [{json.dumps(name)}, "new need"]\n[[sliders]]\nvariable = "early help cut"\n'
        f"group = {toml}\nbands = [[0.0, {toml}]]\nnotice = {toml}\n"
        f'[scenarios.{toml}]\nset = {{ "early help cut" = 0.4 }}\nstory = {toml}\n'
    )
    file = written(tmp_path, "odd", mdl, story)
    shouted: list[str] = []
    for page in live(chromium, open_page, file):
        page.page.on("dialog", lambda dialog: (shouted.append(dialog.message), dialog.dismiss()))
        slider(page).press("ArrowRight")
        button(page, HOSTILE).click()
        page.page.get_by_text("Which loop is driving?").click()
        assert page.page.locator(".cpd-diagram .link").count() > 0
        page.page.wait_for_timeout(300)
        assert page.page.get_by_role("heading", name=HOSTILE, exact=True).first.is_visible()
        assert page.page.locator(".notice").inner_text() == HOSTILE
        assert page.page.locator("img, b:not(.head b, .tile b)").count() == 0
        labels = page.page.locator(".annotation-text").all_text_contents()
        assert any("onerror" in label for label in labels)
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
        assert page.page.locator(".tile", has_text="constructor").count() == 1


def test_nothing_but_its_own_script_may_run(page: Any) -> None:
    page.page.evaluate(
        "() => { const one = document.createElement('script'); one.textContent = 'window.bad = 1';"
        " document.body.append(one); const two = document.createElement('div');"
        " two.innerHTML = '<img src=x onerror=\"window.bad = 2\">'; document.body.append(two);"
        " return fetch('https://example.org').catch(() => 0); }"
    )
    page.page.wait_for_timeout(200)
    assert page.page.evaluate("window.bad") is None
    assert any("Content Security Policy" in error for error in page.errors)
    page.errors.clear()
    page.outside.clear()
