"""Our own notebooks as Voila shows them to somebody who has only a link."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser.waiting import expect

pytestmark = pytest.mark.browser

OURS = sorted((Path(__file__).parents[2] / "notebooks").glob("[0-9]*.ipynb"))

ALLOWED = {
    # Plotly's own extension, where it draws a plain figure: it wants to keep a still of the figure
    # in the notebook, and Voila has none. The figure is drawn all the same.
    "r.setData is not a function",
}


@pytest.mark.parametrize("notebook", OURS, ids=[path.stem for path in OURS])
def test_a_notebook_as_a_page(notebook: Path, chromium: Any, voila: str, open_page: Any) -> None:
    with open_page(chromium, "voila") as seen:
        seen.page.set_default_timeout(300_000)  # Voila shows a page when its last cell has run
        seen.page.goto(f"{voila}/voila/render/{notebook.name}")
        seen.page.locator("#rendered_cells").wait_for()
        seen.page.locator(".js-plotly-plot .main-svg").first.wait_for()
        wrong = seen.page.locator("[data-mime-type*=error], .jp-RenderedText pre .ansi-red-fg")
        expect(wrong).to_have_count(0)
        assert seen.outside == []
        assert [error for error in seen.errors if error not in ALLOWED] == []
