"""Every library model and scenario in Firefox, whose exponents and powers are not Chromium's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cpdynamics.engines.browser import script
from tests.browser.firefox.bidi import Firefox
from tests.engines.agreeing import same
from tests.engines.in_a_page import ask, page_text
from tests.models.library_runs import LIBRARY, library_model

pytestmark = [pytest.mark.browser, pytest.mark.slow]


class InFirefox:
    """Asks models in a page that a file holds, under a policy that lets no other script run."""

    def __init__(self, firefox: Firefox, folder: Path) -> None:
        self._firefox, self._file = firefox, folder / "page.html"

    def answers(self, text: str) -> list[dict[str, Any]]:
        self._file.write_text(page_text(text), encoding="utf-8", newline="")
        with self._firefox.opened(self._file.as_uri()) as tab:
            found: list[dict[str, Any]] = tab.evaluate("globalThis.answers")
        assert (tab.outside, tab.errors) == ([], [])
        return found


@pytest.mark.parametrize("name", LIBRARY)
def test_every_variable_of_every_scenario_is_the_compiled_engines(
    name: str, firefox: Firefox, tmp_path: Path
) -> None:
    model = library_model(name)
    requests = [model.request(scenario) for scenario in (None, *model.scenarios)]
    questions = [(0, {"set": list(map(list, one.constants.items()))}) for one in requests]
    found = ask(InFirefox(firefox, tmp_path), [script(model.structure)], questions)
    for one, request in zip(found, requests, strict=True):
        same(one, model.engine("compiled").run(request))
