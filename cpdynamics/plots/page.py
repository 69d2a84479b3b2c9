"""A picture as one page that needs no network."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cpdynamics.paths import path_from
from cpdynamics.writing import write_whole

CONFIG = {
    "responsive": True,
    "displaylogo": False,
    "displayModeBar": False,
    "scrollZoom": False,
}
"""How Plotly behaves in our pages: nothing that a reader could press by mistake."""


def save_html(figure: Any, path: str | Path) -> Path:
    """The path of a page written whole: figure and Plotly in one file that needs no network.

    Args:
        figure: a Plotly figure, from `plot` or elsewhere.
        path: where to write. A file already there is replaced, never left half-written.

    Raises:
        CannotWrite: if the place takes no file.
        BadValue: if it is no path.
    """
    from plotly import graph_objects

    path = path_from(path)
    figure = graph_objects.Figure(figure)
    least, figure.layout.height = figure.layout.height or 600, None
    chart = figure.to_html(
        full_html=False, include_plotlyjs=True, default_height="100%", config=CONFIG
    )
    meta = figure.layout.meta
    said = str(meta["description"]) if isinstance(meta, Mapping) else "A chart."
    heading = re.sub("<[^>]*>", " ", figure.layout.title.text or "Chart")
    page = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{html.escape(html.unescape(heading))}</title>\n"
        "<style>html, body { margin: 0; height: 100%; } "
        f"main {{ height: 100vh; min-height: {least}px; }} main > div {{ height: 100%; }}</style>\n"
        f'</head>\n<body>\n<main role="img" aria-label="{html.escape(said)}">\n{chart}\n'
        "</main>\n</body>\n</html>\n"
    )
    write_whole(path, page)
    return path
