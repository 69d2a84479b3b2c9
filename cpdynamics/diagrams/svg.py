"""SVG as text: every word and every attribute escaped, and a page in light or dark.

A diagram may come from anybody's file, so nothing of it reaches the picture but through ``text``
and ``tag``.
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass

from cpdynamics.errors import printable
from cpdynamics.plots.colours import COLOURS, ink

FONTS = "Arial, Arimo, 'Liberation Sans', Helvetica, sans-serif"
SIZE = 16
"""Height of the letters; a sketch counts in the same pixels, of which 12 points are 16."""


@dataclass(frozen=True)
class Theme:
    """The colours of a picture, which any colour vision can tell apart.

    Attributes:
        paper: the ground.
        ink: names and boxes.
        quiet: what belongs elsewhere or is only a remark.
        rises: a link whose effect follows its cause.
        falls: a link whose effect goes the other way.
        rises_ink: of the mark beside such a link, dark or bright enough for text.
        falls_ink: the same for the other.
    """

    paper: str
    ink: str
    quiet: str
    rises: str
    falls: str
    rises_ink: str
    falls_ink: str

    def of(self, polarity: str) -> str:
        """The colour of a link: that of its polarity, or the quiet one where it has none."""
        return {"+": self.rises, "-": self.falls}.get(polarity, self.quiet)

    def ink_of(self, polarity: str) -> str:
        """The colour of the mark beside a link."""
        return {"+": self.rises_ink, "-": self.falls_ink}.get(polarity, self.quiet)


_BLUE, _VERMILION, _ORANGE, _SKY = (COLOURS[i] for i in (0, 1, 4, 5))
LIGHT = Theme("#ffffff", "#1b1b1b", "#6a6a6a", _BLUE, _VERMILION, ink(_BLUE), ink(_VERMILION))
DARK = Theme("#14171a", "#f2f2f2", "#a9a9a9", _SKY, _ORANGE, _SKY, _ORANGE)


def theme(*, dark: bool) -> Theme:
    """The colours for a dark or a light ground."""
    return DARK if dark else LIGHT


def tag(name: str, *inside: str, **attributes: object) -> str:
    """One element. An attribute that is None is left out; ``_`` in its name becomes ``-``.

    Args:
        name: of the element.
        inside: what is SVG already.
        attributes: values as they are; they are escaped here. ``class_`` is ``class``.
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{''.join(inside)}</{name}>" if inside else f"<{name}{written}/>"


def words(said: str) -> str:
    """Text made safe to stand in SVG; what no XML may hold becomes a space."""
    return html.escape(printable(said, " "))


def title(said: str) -> str:
    """What a browser shows while the pointer rests on the element that holds it.

    Args:
        said: not escaped; line ends are kept.
    """
    return tag("title", "\n".join(words(line) for line in said.splitlines()))


def label(lines: Iterable[str], x: float, y: float, *, leading: float = 18, **more: object) -> str:
    """Lines of text centred on a place, one below the other.

    Args:
        lines: not escaped.
        x: of the middle.
        y: of the middle.
        leading: from line to line.
        more: attributes, such as ``fill`` and ``font_weight``.
    """
    lines = list(lines)
    top = y - (len(lines) - 1) * leading / 2 + 5.5
    rows = (
        tag("tspan", words(line), x=x, y=top + number * leading)
        for number, line in enumerate(lines)
    )
    return tag("text", *rows, text_anchor="middle", **more)


def page(
    inside: Iterable[str],
    *,
    frame: tuple[float, float, float, float],
    colours: Theme,
    said: str,
    kind: str,
) -> str:
    """A whole picture, which grows and shrinks with its place.

    Args:
        inside: elements.
        frame: left, top, width and height of what is shown.
        colours: of the ground and of the letters.
        said: what it shows, for whoever cannot see it.
        kind: its class, such as "stocks-and-flows".
    """
    left, top, width, height = frame
    ground = tag("rect", x=left, y=top, width=width, height=height, fill=colours.paper)
    return tag(
        "svg",
        ground,
        "\n",
        *(f"{part}\n" for part in inside),
        xmlns="http://www.w3.org/2000/svg",
        class_=f"cpdynamics {kind}",
        viewBox=f"{left:g} {top:g} {width:g} {height:g}",
        width=width,
        height=height,
        role="img",
        aria_label=said,
        font_family=FONTS,
        font_size=SIZE,
        fill=colours.ink,
    )


def _value(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return words(str(value))
