"""A page that was written, opened from a disk, without a network, and watched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cpdynamics.model import Model
from cpdynamics.offline import to_html

REPEAT = "repeat referrals"
BAND = "repeat referrals, nine of ten runs"
LIVE = "() => performance.getEntriesByName('live').length > 0"
BANDED = """() => [...document.querySelectorAll('.js-plotly-plot .fills .js-fill')]
  .filter((one) => one.getAttribute('d')).length"""
GRAPH = "document.querySelector('.js-plotly-plot')"

# Before the tables of the story, as TOML wants it.
LOOPS = """
loops = { R1 = { name = "Failure demand", through = ["closures", "repeat referrals", "Cases"] } }
"""


def written(folder: Path, name: str, mdl: str, story: str) -> Path:
    (folder / f"{name}.mdl").write_text(mdl, encoding="utf-8")
    (folder / f"{name}.toml").write_text(story, encoding="utf-8")
    return to_html(Model.from_path(folder / f"{name}.mdl"), folder / f"{name}.html")


def live(chromium: Any, open_page: Any, file: Path, code: str = "", **more: Any) -> Iterator[Any]:
    with open_page(chromium, "offline", **more) as seen:
        seen.page.context.set_offline(True)
        seen.page.goto(file.as_uri() + code)
        seen.page.wait_for_function(LIVE)
        yield seen
        assert seen.outside == []
        assert seen.errors == []


def slider(page: Any, name: str = "early help cut") -> Any:
    return page.page.get_by_role("slider", name=name, exact=True)


def box(page: Any, name: str = "early help cut") -> Any:
    return page.page.get_by_role("textbox", name=f"{name}, typed value")


def button(page: Any, name: str) -> Any:
    return page.page.get_by_role("button", name=name, exact=True)


def tile(page: Any, name: str) -> str:
    return str(page.page.locator(".tile", has_text=name).inner_text())
