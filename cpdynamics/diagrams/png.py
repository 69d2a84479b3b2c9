"""A picture as PNG, without a browser and without a program of the system.

resvg draws it; it brings no letters of its own. Arimo does, whose letters are as wide as Arial's,
so that a name takes the room that was reckoned with, on every machine.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

from cpdynamics.errors import BadValue, CpdynamicsError

LARGEST = 16_000
"""Pixels of a side."""

_KNOWN = {*map(chr, range(0x250)), *"\N{MINUS SIGN}\N{EN DASH}\N{EM DASH}\N{HORIZONTAL ELLIPSIS}"}
_KNOWN |= set("\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}")
_KNOWN |= set("\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}")
"""Letters that Arimo has; for any other the system's fonts have to help."""


def png(svg: str, *, width: int, height: int, paper: str) -> bytes:
    """The picture, as large as fits, in the middle of so many pixels.

    Args:
        svg: a whole picture.
        width: in pixels, from 1.
        height: in pixels, from 1.
        paper: the colour around it.

    Raises:
        BadValue: a size that is none, or is too large.
        CpdynamicsError: no font is to be had, or the SVG cannot be drawn.
    """
    for side in (width, height):
        if not 1 <= side <= LARGEST:
            raise BadValue(
                f"A picture of {width} by {height} pixels was asked for.",
                f"Each side takes from 1 to {LARGEST:,}.",
            )
    _check_letters()
    framed = _framed(svg, width, height)
    return _drawn(framed, paper, others=not set(svg) <= _KNOWN)


@functools.cache
def _fonts() -> tuple[str, ...]:
    """The files of Arimo; none where its package is missing."""
    from importlib.resources import files

    try:
        folder = files("fontpkg_arimo") / "files"
        return tuple(str(file) for file in folder.iterdir() if file.name.endswith(".ttf"))
    except (ModuleNotFoundError, OSError):
        return ()


@functools.cache
def _check_letters() -> None:
    """Without a font, resvg leaves all text out and says nothing."""

    def drawn(inside: str) -> bytes:
        head = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20" font-size="16">'
        return _drawn(f"{head}{inside}</svg>", "#ffffff", others=False)

    if drawn('<text y="16">M</text>') == drawn("<g/>"):
        raise CpdynamicsError(
            "No font was found to draw the names with.",
            "One comes with the package fontpkg-arimo.",
            "Install it: pip install fontpkg-arimo. Or save the picture as .svg.",
        )


def _drawn(svg: str, paper: str, *, others: bool) -> bytes:
    try:
        import resvg_py
    except ImportError:
        raise CpdynamicsError(
            "A PNG cannot be drawn here.",
            "The package resvg_py was expected.",
            "Install it: pip install resvg_py. Or save the picture as .svg.",
        ) from None
    fonts: Sequence[str] = _fonts()
    family = "Arimo" if fonts else "Arial"
    try:
        return bytes(
            resvg_py.svg_to_bytes(
                svg_string=svg,
                background=paper,
                # Reading the system's fonts takes longer than the picture, and differs by system.
                skip_system_fonts=bool(fonts) and not others,
                font_files=list(fonts),
                font_family=family,
                sans_serif_family=family,
            )
        )
    except ValueError as mistake:
        raise CpdynamicsError(f"The picture cannot be drawn as PNG: {mistake}.") from None


def _framed(svg: str, width: int, height: int) -> str:
    """The picture within another of the wanted size."""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
    start = svg.index(">")
    opening = svg[: start + 1]
    for name, size in (("width", width), ("height", height)):
        before, _, rest = opening.partition(f' {name}="')
        opening = f'{before} {name}="{size}"{rest.partition(chr(34))[2]}'
    return f"{head}{opening}{svg[start + 1 :]}</svg>"
