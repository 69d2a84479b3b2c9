"""A notebook as a page: prose, folded code, live charts, and a link in place of a dashboard."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cpdynamics.engines.browser import quoted
from cpdynamics.site.asking import code_of, loaded, source, story_of
from cpdynamics.site.cleaning import cleaned
from cpdynamics.site.look import page
from cpdynamics.site.reading import Placed, read

_PLOTLY = "application/vnd.plotly.v1+json"
_WIDGET = "application/vnd.jupyter.widget-view+json"
_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")  # of a terminal
_NOTE = re.compile(r"^# NBVAL_\w+\s*\n?", re.MULTILINE)  # to our tests

_ABOUT = (
    '<p class="quiet">A notebook as a page: what its boxes gave stands below them, and the code is '
    "folded away. To change something, open it in JupyterLab (<code>cpdynamics lab</code>).</p>\n"
)
_MOVES = (
    '<p class="quiet">Here the notebook has something to move, to draw or to answer, in '
    "JupyterLab.</p>\n"
)


@dataclass(frozen=True)
class Places:
    """Where a notebook's page leads, as addresses from it.

    Attributes:
        stories: model -> its live page, and what it is called.
        link: where a link in its prose leads.
        keep: takes an SVG or a PNG and its ending, gives its address.
    """

    stories: Mapping[str, tuple[str, str]]
    link: Placed
    keep: Callable[[bytes, str], str]


def title_of(notebook: Mapping[str, Any]) -> str:
    """The first heading of a notebook; empty where it has none.

    Args:
        notebook: as JSON has it.
    """
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown" and (
            found := re.search(r"^#\s+(.+)$", source(cell), re.MULTILINE)
        ):
            return re.sub(r"[*_`]", "", found[1]).strip()
    return ""


def notebook_page(notebook: dict[str, Any], places: Places) -> str:
    """The page of a notebook whose cells were run.

    Args:
        notebook: as JSON has it, with outputs.
        places: where it leads.
    """
    models = loaded(code_of(notebook))
    parts: list[str] = []
    known: dict[str, int] = {}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            prose = read(source(cell), link=places.link, picture=lambda _: None, known=known)
            parts.append(prose.html)
            if len(parts) == 1:
                parts.append(_ABOUT)
        elif cell["cell_type"] == "code":
            parts.append(_code(cell, models, places))
    body = "".join(parts)
    return page(
        title_of(notebook) or "Notebook",
        f'<div class="prose">\n{body}</div>\n',
        up="../",
        charts='class="chart"' in body,
    )


def _code(cell: Mapping[str, Any], models: dict[str, str], places: Places) -> str:
    text = _NOTE.sub("", source(dict(cell))).strip()
    folded = (
        '<details class="code"><summary>Python</summary>'
        f'<pre tabindex="0"><code>{html.escape(text)}</code></pre></details>\n'
    )
    story = story_of(source(dict(cell)), models)
    if story is not None:
        return folded + _live(story, places)
    shown = "".join(_output(one, places) for one in _joined(cell.get("outputs", [])))
    if not shown:
        return folded
    if cell.get("metadata", {}).get("jupyter", {}).get("outputs_hidden"):
        # Its reader is asked to predict first.
        shown = f'<details class="folded"><summary>Show the result</summary>{shown}</details>'
    return f'{folded}<div class="result">{shown}</div>\n'


def _live(story: str, places: Places) -> str:
    if story not in places.stories:
        return _MOVES
    address, title = places.stories[story]
    return (
        f'<p class="live"><a class="button" href="{html.escape(address)}">'
        f"Move the sliders: {html.escape(title)}</a></p>\n"
    )


def _joined(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The outputs with what was printed in pieces in one; what went to stderr is left out."""
    made: list[dict[str, Any]] = []
    for one in outputs:
        if one["output_type"] == "stream":
            if one.get("name") == "stderr":
                continue
            if made and made[-1]["output_type"] == "stream":
                made[-1] = {**one, "text": _whole(made[-1]["text"]) + _whole(one["text"])}
                continue
        made.append(one)
    return made


def _output(one: Mapping[str, Any], places: Places) -> str:
    if one["output_type"] == "stream":
        return _printed(_whole(one["text"]))
    data = one.get("data", {})
    if _PLOTLY in data:
        return _chart(data[_PLOTLY])
    if "image/svg+xml" in data:
        svg = _whole(data["image/svg+xml"])
        return _picture(places.keep(svg.encode("utf-8"), ".svg"), svg)
    if "image/png" in data:
        return _picture(places.keep(base64.b64decode(_whole(data["image/png"])), ".png"), "")
    if _WIDGET in data:
        return _MOVES
    if "text/html" in data:
        inside = cleaned(_whole(data["text/html"]))
        return f'<div class="wide" tabindex="0" role="group" aria-label="Result">{inside}</div>\n'
    return _printed(_whole(data.get("text/plain", "")))


def _chart(figure: Mapping[str, Any]) -> str:
    layout = figure.get("layout", {})
    meta = layout.get("meta")
    said = str(meta.get("description", "")) if isinstance(meta, Mapping) else ""
    drawn = {"data": figure.get("data", []), "layout": layout}
    height = layout.get("height") or 450
    room = next(size for size in _ROOMS if size >= height or size == _ROOMS[-1])
    return (
        f'<div class="chart" data-room="{room}" tabindex="0" role="group" aria-label="Chart">'
        f'<p class="said">{html.escape(said or "A chart.")}</p>'
        f'<script type="application/json">{quoted(drawn)}</script></div>\n'
    )


_ROOMS = (300, 450, 600, 750, 900, 1200)
"""Heights that the style keeps free, so that the page does not jump while charts are drawn."""


def _picture(address: str, svg: str) -> str:
    found = re.search(r'aria-label="([^"]*)"', svg)
    said = html.unescape(found[1]) if found else "A picture."
    place = html.escape(address)
    return f'<figure><a href="{place}"><img src="{place}" alt="{html.escape(said)}"></a></figure>\n'


def _printed(text: str) -> str:
    text = _COLOURS.sub("", text).rstrip()
    return f'<pre tabindex="0">{html.escape(text)}</pre>\n' if text else ""


def _whole(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)
