"""A finished diagram, as a notebook shows it and as a file holds it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from cpdynamics.errors import BadValue, clipped
from cpdynamics.paths import path_from
from cpdynamics.writing import write_whole


@dataclass(frozen=True)
class Diagram:
    """A picture of a model's structure.

    Attributes:
        svg: the picture; text is text, and each element tells what it is when pointed at.
        words: what it shows, in a sentence.
        width: in the picture's own pixels.
        height: the same.
        paper: the colour of its ground.
        notes: what could not be shown as asked, in sentences.
    """

    svg: str = field(repr=False)
    words: str
    width: float
    height: float
    paper: str = "#ffffff"
    notes: tuple[str, ...] = ()

    def png(self, *, width: int | None = None, height: int | None = None) -> bytes:
        """The picture as PNG.

        Args:
            width: in pixels; what the height asks for, or twice the picture's own, when left out.
            height: in pixels; as the width. With both, the picture stands in the middle.

        Raises:
            BadValue: a size that is none, or is too large.
            CpdynamicsError: no font is to be had.
        """
        from cpdynamics.diagrams.png import LARGEST, png

        if width is None and height is None:
            zoom = min(2.0, LARGEST / max(self.width, self.height))
        elif width is None:
            zoom = (height or 0) / self.height
        else:
            zoom = width / self.width
        wide = round(self.width * zoom) if width is None else width
        high = round(self.height * zoom) if height is None else height
        return png(self.svg, width=wide, height=high, paper=self.paper)

    def save(self, path: str | Path) -> None:
        """Writes the picture to a file, whole or not at all.

        Args:
            path: ends in .svg or .png.

        Raises:
            BadValue: another ending.
            CannotWrite: the system refuses.
        """
        place = path_from(path)
        ending = place.suffix.lower()
        if ending not in (".svg", ".png"):
            raise BadValue(
                f'"{clipped(place.name)}" does not say which kind of picture it is to be.',
                "An ending .svg or .png was expected.",
            )
        write_whole(place, self.svg if ending == ".svg" else self.png())

    def _repr_svg_(self) -> str:
        return self.svg

    def _repr_html_(self) -> str:
        # JupyterLab shows SVG as an image, in which nothing answers the pointer.
        style = "max-width:100%;height:auto"
        return self.svg.replace("<svg ", f'<svg style="{style}" ', 1)
