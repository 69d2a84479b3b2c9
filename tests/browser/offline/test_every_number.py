"""What a person takes away from the page of a story: every saved value is the notebook's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import cpdynamics as cp
from cpdynamics.offline import to_html
from tests.browser.offline.alive import button, live
from tests.engines.agreeing import same
from tests.models.library_runs import LIBRARY, library_model

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STORIES = [name for name in LIBRARY if "/" not in name]


def choose(page: Any, preset: str) -> None:
    """A story of many scenarios has a list in place of buttons."""
    several = page.page.get_by_label("Choose a scenario")
    if several.count():
        several.select_option(label=preset)
    else:
        button(page, preset).click()


@pytest.mark.parametrize("name", STORIES)
def test_every_saved_value_of_every_preset(
    name: str, chromium: Any, open_page: Any, tmp_path: Path
) -> None:
    model = library_model(name)
    file = to_html(model, tmp_path / f"{name}.html", loops=False)
    for page in live(chromium, open_page, file):
        for preset in (None, *model.scenarios):
            if preset is not None:
                choose(page, preset)
            page.page.get_by_text("Take away").click()
            with page.page.expect_download() as taken:
                button(page, "Numbers (CSV)").click()
            page.page.get_by_text("Take away").click()  # the menu lies over the presets
            taken.value.save_as(tmp_path / "taken.csv")
            run = cp.Run.read_csv(tmp_path / "taken.csv")
            truth = model.engine("compiled").run(model.request(preset))
            same(run.frame, truth[list(run.frame.columns)])
            assert set(run.frame.columns) == set(truth.columns)
