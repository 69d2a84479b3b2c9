"""The page about the models, ``models/README.md``, for a reader without a repository."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import unquote

from cpdynamics.library import root
from cpdynamics.site.look import page
from cpdynamics.site.reading import Read, read


def models_page(keep: Callable[[bytes, str], str], notebooks: Mapping[str, str]) -> str:
    """The page; without the README where the package came without it, which no wheel does.

    Args:
        keep: takes a picture and its name, gives its address.
        notebooks: file of each that is a page -> its address.
    """
    file = root() / "README.md"
    made = Read("<p>The page about the models is not there.</p>")
    if file.is_file():
        made = read(
            file.read_text(encoding="utf-8"),
            link=lambda address: _place(file.parent, address, keep, notebooks),
            picture=lambda address: _place(file.parent, address, keep, {}),
        )
    return page("The models", f'<div class="prose">\n{_with_contents(made)}</div>\n')


def _place(
    folder: Path, address: str, keep: Callable[[bytes, str], str], notebooks: Mapping[str, str]
) -> str | None:
    """The address in the site of what the README leads to; None for what the site does not hold."""
    path, _, part = address.partition("#")
    if not path:
        return f"#{part}"
    if Path(path).name in notebooks:
        return notebooks[Path(path).name]
    file = (folder / unquote(path)).resolve()
    # A picture beside the models, of the same checkout: nothing else of the disk is copied.
    inside = folder.resolve().parent in file.parents
    if inside and file.suffix in (".svg", ".png") and file.is_file():
        return keep(file.read_bytes(), file.name)
    return None


def _with_contents(made: Read) -> str:
    items = "".join(
        f'<li><a href="#{html.escape(name)}">{html.escape(words)}</a></li>\n'
        for level, words, name in made.headings
        if level == 2
    )
    if not items:
        return made.html
    listed = f'<nav aria-label="On this page"><ul class="contents">\n{items}</ul></nav>\n'
    head, close, rest = made.html.partition("</h1>\n")
    return f"{head}{close}{listed}{rest}" if close else listed + made.html
