"""The page itself: one file that holds its script, its style, Plotly and the model."""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cpdynamics import dashboards
from cpdynamics.engines.browser import quoted, script
from cpdynamics.model import checked_model
from cpdynamics.offline.looping import driving
from cpdynamics.offline.surveying import survey
from cpdynamics.offline.telling import engines, told
from cpdynamics.paths import path_from
from cpdynamics.plots.script import map_style, plotly_script
from cpdynamics.writing import write_whole

if TYPE_CHECKING:
    from cpdynamics.model import Model

_HERE = Path(__file__).parent
_NOTEBOOK = Path(dashboards.__file__).parent

DECISIONS = ("numbers.js", "controls.js", "history.js", "bands.js", "axes.js", "tiles.js")
"""Scripts that decide and touch no page; the tests hold them together with Python's decisions."""

PICTURE = ("labels.js", "picture.js")
"""Scripts that say where everything of a picture stands, held together with ``plots``."""

_SERVED = ("serving.js",)
_SHOWN = (
    "elements.js",
    "pool.js",
    "runs.js",
    "moving.js",
    "chart.js",
    "rows.js",
    "loops.js",
    "board.js",
    "taking.js",
    "app.js",
)


def to_html(
    model: Model,
    path: str | Path,
    *,
    loops: bool = True,
    progress: Callable[[str], None] | None = None,
) -> Path:
    """The path of a page written whole: the model, its sliders and its charts, alive in one file.

    It needs no network and no server, and opens from a disk or out of a mail. Nothing but its own
    script may run in it.

    Args:
        model: from ``load``.
        path: where to write. A file already there is replaced, never left half-written.
        loops: whether to show what the story's loops do under each scenario; finding out takes
            some seconds a scenario.
        progress: is told what is being worked on.

    Raises:
        Unsupported: the model has what a page cannot run.
        RunFailed: the base breaks off.
        CannotWrite: the place takes no file.
        BadValue: it is no model, or no path.
    """
    model = checked_model(model, "to_html")
    path = path_from(path)
    script(model.structure)  # what it refuses, it refuses before the loops are sought
    driven = driving(model, progress=progress) if loops else {}
    if progress:
        progress(f"Writing {path.name}")
    write_whole(path, page(model, driven))
    return path


def page(model: Model, driven: Mapping[str, Any] | None = None) -> str:
    """The page as text.

    Args:
        model: the model.
        driven: what ``driving`` gave; nothing for no loops.
    """
    data = told(model, survey(model), driven or {})
    programs = [
        script(model.structure, hold=hold, start=start) for hold, start in engines(data["presets"])
    ]
    # By itself, since other threads of the page run it as well.
    engine = f"const models = [\n{','.join(programs)}\n];\n{scripts(_SERVED)}"
    own = scripts((*DECISIONS, *PICTURE, *_SHOWN))
    app = f'(() => {{\n"use strict";\n{_driving()}{own}}})();\n'
    plotly, style = _plotly(), _style()
    policy = _policy([engine, plotly, app], style)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{html.escape(model.title)}</title>\n"
        f'<style id="{map_style()}">{style}</style>\n</head>\n<body>\n'
        f'<div id="page"><h1>{html.escape(model.title)}</h1><p>{html.escape(model.question)}</p>'
        "<noscript><p>This page computes: its script has to be allowed to run.</p></noscript>"
        "</div>\n"
        f'<script type="application/json" id="model">{quoted(data)}</script>\n'
        f'<script id="programs">{engine}</script>\n'
        f"<script>{plotly}</script>\n<script>{app}</script>\n</body>\n</html>\n"
    )


def scripts(names: tuple[str, ...]) -> str:
    """Scripts of this folder, one after the other.

    Args:
        names: of files, in their order.
    """
    return "".join((_HERE / name).read_text(encoding="utf-8") for name in names)


def _driving() -> str:
    """The notebook's script that shows which loop is driving, as part of ours."""
    text = (_NOTEBOOK / "driving.js").read_text(encoding="utf-8")
    return f"const driving = (() => {{\n{text.replace('export default', 'return')}}})();\n"


def _style() -> str:
    return "".join(
        place.read_text(encoding="utf-8") for place in (_NOTEBOOK / "style.css", _HERE / "page.css")
    )


def _policy(scripts: list[str], style: str) -> str:
    """What the page may do: run these scripts, show pictures that it made, and nothing else."""
    allowed = " ".join(map(_hash, scripts))
    # Plotly begins with a <style> that is empty, and fills it by script.
    return (
        f"default-src 'none'; script-src {allowed}; style-src {_hash(style)} {_hash('')}; "
        "img-src data: blob:; worker-src blob:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _plotly() -> str:
    # A page turns every line end into this one before it looks at the hash.
    return plotly_script().decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
