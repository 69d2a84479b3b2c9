"""HTML that a notebook's output holds, with nothing in it but tables and text."""

from __future__ import annotations

import html
from html.parser import HTMLParser

_KEPT = frozenset(
    ("table", "thead", "tbody", "tfoot", "tr", "th", "td", "caption", "p", "div", "span", "b",
     "strong", "i", "em", "u", "s", "small", "sub", "sup", "code", "pre", "ul", "ol", "li", "dl",
     "dt", "dd", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote")
)  # fmt: skip
_ALONE = frozenset(("br", "hr"))
_SILENT = frozenset(("script", "style", "template", "title", "svg", "math", "iframe", "object"))
_ATTRIBUTES = frozenset(("colspan", "rowspan", "scope"))


def cleaned(text: str) -> str:
    """The HTML without scripts, styles, links, pictures and forms; every tag is closed.

    Args:
        text: anybody's.
    """
    cleaner = _Cleaner()
    cleaner.feed(text)
    cleaner.close()
    return cleaner.whole()


class _Cleaner(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._open: list[str] = []
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._silent or tag in _SILENT:
            self._silent.append(tag)
            return
        if tag not in _KEPT:
            return
        given = dict(attrs)
        kept = [(key, value) for key, value in given.items() if value and key in _ATTRIBUTES]
        if "text-align:right" in (given.get("style") or "").replace(" ", ""):
            kept.append(("class", "right"))
        written = "".join(f' {key}="{html.escape(value)}"' for key, value in kept)
        self._parts.append(f"<{tag}{written}>")
        if tag not in _ALONE:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _SILENT:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if self._silent:
            if tag in self._silent:
                while self._silent.pop() != tag:
                    pass
            return
        if tag in self._open:
            while True:
                last = self._open.pop()
                self._parts.append(f"</{last}>")
                if last == tag:
                    return

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._parts.append(html.escape(data))

    def whole(self) -> str:
        while self._open:
            self._parts.append(f"</{self._open.pop()}>")
        return "".join(self._parts)
