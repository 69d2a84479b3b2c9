"""Markdown as HTML for our pages: safe, without a style of its own, its links led somewhere."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Placed = Callable[[str], str | None]
"""Takes an address as it is written, gives the one from the page; None for none."""

_OUTSIDE = ("https://", "http://", "mailto:")
_COMMENT = re.compile(r"\s*<!--.*?-->\s*", re.DOTALL)


@dataclass
class Read:
    """A text of Markdown as HTML.

    Attributes:
        html: of the whole.
        headings: (level, words, id) of each heading, in order.
    """

    html: str
    headings: list[tuple[int, str, str]] = field(default_factory=list)


def read(text: str, *, link: Placed, picture: Placed, known: dict[str, int] | None = None) -> Read:
    """A text of Markdown as HTML; HTML in it is shown as text, comments are left out.

    Args:
        text: Markdown, with tables.
        link: where a link leads; words whose link leads nowhere stay without one.
        picture: the same of pictures; one that is nowhere is told in words.
        known: ids of headings that stand on the page already, each with its number; grows.
    """
    import mistune  # comes with the notebooks' extra

    made = Read("")
    renderer = _renderer(made, link, picture, {} if known is None else known)
    markdown = mistune.create_markdown(renderer=renderer, plugins=["table", "strikethrough"])
    # The plugin would give cells a style of their own, which the page's policy refuses.
    renderer.register("table", _table)
    renderer.register("table_cell", _cell)
    made.html = str(markdown(text))
    return made


def outside(address: str) -> bool:
    """Whether an address leads to another site."""
    return address.lower().startswith(_OUTSIDE)


def _renderer(made: Read, link: Placed, picture: Placed, known: dict[str, int]) -> Any:
    import mistune

    class Renderer(mistune.HTMLRenderer):
        def heading(self, text: str, level: int, **attrs: Any) -> str:
            words = html.unescape(re.sub("<[^>]*>", "", text))
            name = _name(words, known)
            made.headings.append((level, words, name))
            return f'<h{level} id="{html.escape(name)}">{text}</h{level}>\n'

        def link(self, text: str, url: str, title: str | None = None) -> str:
            place = url if outside(url) else link(html.unescape(url))
            if place is None:
                return text
            return f'<a href="{html.escape(place)}">{text}</a>'

        def image(self, text: str, url: str, title: str | None = None) -> str:
            words = html.unescape(re.sub("<[^>]*>", "", text))
            place = picture(html.unescape(url))
            if place is None:
                return f"<em>{html.escape(words)}</em>"
            return f'<img src="{html.escape(place)}" alt="{html.escape(words)}" loading="lazy">'

        def paragraph(self, text: str) -> str:
            # A picture that stands alone may be wider than prose.
            alone = re.fullmatch(r"(<a [^>]*>)?<img [^>]*>(</a>)?", text.strip())
            return f"<figure>{text}</figure>\n" if alone else f"<p>{text}</p>\n"

        def block_html(self, html: str) -> str:
            rest = _COMMENT.sub("", html).strip()
            return f"<p>{self.text(rest)}</p>\n" if rest else ""

        def inline_html(self, html: str) -> str:
            return str(self.text(_COMMENT.sub("", html)))

    return Renderer(escape=True)


def _name(words: str, known: dict[str, int]) -> str:
    """The id of a heading, as GitHub makes it, so that links written for it lead here, too."""
    name = re.sub(r"[^\w\- ]", "", words.strip().lower()).replace(" ", "-") or "part"
    known[name] = known.get(name, -1) + 1
    return f"{name}-{known[name]}" if known[name] else name


def _table(renderer: Any, text: str) -> str:
    room = '<div class="wide" tabindex="0" role="group" aria-label="Table">'
    return f"{room}<table>\n{text}</table></div>\n"


def _cell(renderer: Any, text: str, align: str | None = None, head: bool = False) -> str:
    name = "th" if head else "td"
    side = f' class="{align}"' if align else ""
    scope = ' scope="col"' if head else ""
    return f"<{name}{scope}{side}>{text}</{name}>\n"
