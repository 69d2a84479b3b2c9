"""How every page around the stories looks, and what it may do: show, and draw its own charts."""

from __future__ import annotations

import base64
import hashlib
import html
from pathlib import Path

from cpdynamics.plots.script import map_style

_HERE = Path(__file__).parent


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


# Plotly begins with a <style> that is empty, and fills it by script. Words that a chart has in bold
# or in italics get exactly these styles, and no others are allowed.
_PLOTLY_STYLES = " ".join(
    [_hash(""), "'unsafe-hashes'", _hash("font-weight:bold"), _hash("font-style:italic")]
)

STYLE, CHARTS, PLOTLY = "site.css", "charts.js", "plotly.min.js"
"""Files beside the index."""


def page(title: str, body: str, *, up: str = "", charts: bool = False, paper: bool = False) -> str:
    """A whole page.

    Args:
        title: of the window and of the print.
        body: HTML, already safe.
        up: what leads from the page to the folder of the index, such as "../".
        charts: whether Plotly draws in it.
        paper: whether it is made to be printed; then the way to the other pages is not on it.
    """
    scripts = "script-src 'self'; " if charts else ""
    style = f"style-src 'self' {_PLOTLY_STYLES}; " if charts else "style-src 'self'; "
    policy = (
        f"default-src 'none'; {scripts}{style}img-src 'self'; base-uri 'none'; form-action 'none'"
    )
    drawn = (
        f'<style id="{map_style()}"></style>\n'
        f'<script src="{up}{PLOTLY}" defer></script>\n<script src="{up}{CHARTS}" defer></script>\n'
        if charts
        else ""
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{html.escape(title)}</title>\n"
        f'<link rel="stylesheet" href="{up}{STYLE}">\n{drawn}</head>\n'
        f'<body class="{"paper" if paper else "screen"}">\n{_ways(up)}'
        f"<main>\n{body}</main>\n</body>\n</html>\n"
    )


def _ways(up: str) -> str:
    return (
        '<nav class="ways" aria-label="Pages">\n'
        f'<a href="{up}index.html">Stories</a>\n'
        f'<a href="{up}index.html#notebooks">Notebooks</a>\n'
        f'<a href="{up}models.html">The models</a>\n</nav>\n'
    )


def style() -> str:
    """The style of all pages."""
    return (_HERE / STYLE).read_text(encoding="utf-8")


def charts() -> str:
    """The script that has Plotly draw what a page holds."""
    return (_HERE / CHARTS).read_text(encoding="utf-8")
