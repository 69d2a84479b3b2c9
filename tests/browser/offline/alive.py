"""A page that was written, opened from a disk, without a network, and watched."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cpdynamics.model import Model
from cpdynamics.offline import to_html
from tests import front_door

REPEAT = "repeat referrals"
BAND = "repeat referrals, nine of ten runs"
LIVE = "() => performance.getEntriesByName('live').length > 0"
BANDED = """() => [...document.querySelectorAll('.js-plotly-plot .fills .js-fill')]
  .filter((one) => one.getAttribute('d')).length"""
GRAPH = "document.querySelector('.js-plotly-plot')"

# Notes every value that the tile of the repeat referrals shows from now on.
WATCH_THE_TILE = """() => {
  globalThis.ends = [];
  const tiles = [...document.querySelectorAll('.tile')];
  const cell = tiles.find((one) => one.textContent.includes('repeat referrals')).querySelector('b');
  const watcher = new MutationObserver(() => ends.push(Number(cell.textContent)));
  watcher.observe(cell, { childList: true });
}"""

LOOK = """() => {
  const small = [], outside = [], labels = [], overlaps = [], body = document.body;
  const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement, box = element.getBoundingClientRect();
    if (!node.data.trim() || !box.width || !element.checkVisibility()) continue;
    if (parseFloat(getComputedStyle(element).fontSize) < 16) small.push(node.data);
    if (box.left < -1 || box.right > innerWidth + 1) outside.push(node.data);
  }
  for (const label of document.querySelectorAll('.annotation-text')) {
    labels.push([label.textContent, label.getBoundingClientRect()]);
  }
  for (const [one, a] of labels) for (const [two, b] of labels) {
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const tall = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (a !== b && wide > 1 && tall > 3) overlaps.push(one + ' / ' + two);
  }
  const { scrollWidth, scrollHeight } = document.documentElement;
  const tall = innerWidth < 1000 || scrollHeight <= innerHeight; // on a phone one scrolls
  return { wide: scrollWidth <= innerWidth, tall, small, outside, overlaps };
}"""

RUN_AXE = """JSON.stringify((await axe.run()).violations.map((rule) =>
  [rule.id, rule.impact, rule.nodes.map((node) => node.html.slice(0, 200))]))"""

HOSTILE = '</script><img src=x onerror=alert(1)>%{x} "quoted" & <b>bold</b>'

# Before the tables of the story, as TOML wants it.
LOOPS = """
loops = { R1 = { name = "Failure demand", through = ["closures", "repeat referrals", "Cases"] } }
"""


def written(folder: Path, name: str, mdl: str, story: str) -> Path:
    (folder / f"{name}.mdl").write_text(mdl, encoding="utf-8")
    (folder / f"{name}.toml").write_text(story, encoding="utf-8")
    return to_html(Model.from_path(folder / f"{name}.mdl"), folder / f"{name}.html")


def tiny(folder: Path) -> Path:
    """The page of the tiny model; at 0 months open its run breaks off."""
    story = front_door.UNCERTAIN + front_door.STORY + front_door.LONGER
    mdl = front_door.MDL.replace("Month [1,24,0.5]", "Month [0,24,0.5]")
    return written(folder, "tiny", mdl, LOOPS + story)


def hostile(folder: Path) -> Path:
    """A page of a model all of whose words are a stranger's."""
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
    return written(folder, "odd", mdl, story)


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


def tile(page: Any, name: str) -> Any:
    return page.page.locator(".tile", has_text=name)
