"""Lines as SVG: links with their heads, and pipes; as thick as they matter.

A link is a group of class ``link`` with ``data-cause`` and ``data-effect``. In it a path of class
``line`` has the ``stroke-width``, one of class ``head`` the scale of the arrow head, and the group
the ``opacity``: these three are all that a page has to change when the weight does. ``look`` says
how. Half a pipe is a group of class ``pipe`` with the same attributes, where it ends at a stock.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from cpdynamics.diagrams import arcs
from cpdynamics.diagrams.boxes import Point
from cpdynamics.diagrams.svg import Theme, label, tag, title

THIN, THICK = 1.3, 7.0
PLAIN = 1.4
"""The width of a link in a diagram without weights."""

_FAINT = 0.3
_HEAD = 10.0  # length of an arrow head
_HALF = 4.5
_UNDER = 7.0  # how far below its head's tip a line ends
_WALL, _INSIDE = 7.0, 4.4  # widths of a pipe


@dataclass(frozen=True)
class Look:
    """How a line of some weight looks.

    Attributes:
        width: of the line, in pixels.
        head: the scale of its arrow head.
        opacity: faint for what does nothing.
    """

    width: float
    head: float
    opacity: float


def look(weight: float | None) -> Look:
    """How thick and how faint a line is.

    The width grows with the size of the weight, so that a print in grey tells as much; the colour
    tells its sign.

    Args:
        weight: from -1 to 1; None where no weights are known.
    """
    if weight is None:
        return Look(PLAIN, 1.0, 1.0)
    size = min(abs(weight), 1.0)
    width = THIN + (THICK - THIN) * size
    return Look(width, 1 + (width - THIN) / (THICK - THIN), _FAINT if size == 0 else 1.0)


def link(
    curve: arcs.Curve,
    *,
    colours: Theme,
    said: str,
    polarity: str = "",
    mark: str = "",
    mark_at: Point | None = None,
    weight: float | None = None,
    cause: str = "",
    effect: str = "",
    quiet: bool = False,
    dash: str | None = None,
    behind: str = "",
) -> str:
    """A curved arrow, with the mark beside its head.

    Args:
        curve: points along it, shape (points, 2); what is drawn is the arc of a circle, or the
            points themselves where they lie on none.
        colours: of the picture.
        said: what a pointer is told.
        polarity: ``+`` or ``-`` colours it; a weight other than 0 goes before it.
        mark: what stands beside the head.
        mark_at: where.
        weight: from -1 to 1; None for a diagram without weights.
        cause: canonical name, for ``data-cause``.
        effect: canonical name, for ``data-effect``.
        quiet: grey, as what comes from elsewhere.
        dash: of the line, as SVG writes it.
        behind: more SVG of the same group, drawn first.
    """
    shown = polarity if not weight else "+" if weight > 0 else "-"
    colour = colours.quiet if quiet and weight is None else colours.of(shown)
    ink = colours.quiet if quiet and weight is None else colours.ink_of(shown)
    seen = look(weight)
    tip, angle, stem = _head(curve)
    parts = [title(said), behind]
    parts.append(
        tag(
            "path",
            d=_path(stem),
            class_="line",
            fill="none",
            stroke=colour,
            stroke_width=round(seen.width, 2),
            stroke_dasharray=dash,
        )
    )
    shape = tag(
        "path",
        d=f"M0 0L{-_HEAD:g} {_HALF}L{-_HEAD:g} {-_HALF}Z",
        class_="head",
        transform=f"scale({seen.head:.2f})",
        fill=colour,
    )
    place = f"translate({tip[0]:.1f} {tip[1]:.1f}) rotate({angle:.1f})"
    parts.append(tag("g", shape, transform=place))
    if mark and mark_at is not None:
        mark_shown = label(
            [mark],
            *mark_at,
            class_="mark",
            font_weight="bold",
            fill=ink,
            stroke=colours.paper,
            stroke_width=2.5,
            paint_order="stroke",
        )
        parts.append(mark_shown)
    return tag(
        "g",
        *parts,
        class_="link",
        data_cause=cause or None,
        data_effect=effect or None,
        data_polarity=polarity or None,
        opacity=seen.opacity if weight is not None else None,
    )


def pipe(
    track: arcs.Curve,
    *,
    headed: bool,
    colours: Theme,
    said: str,
    weight: float | None = None,
    cause: str = "",
    effect: str = "",
) -> str:
    """Half a flow, from its valve to its end.

    Args:
        track: the corners of its middle line.
        headed: whether it flows in at the end.
        colours: of the picture.
        said: what a pointer is told.
        weight: from -1 to 1; None for a diagram without weights.
        cause: canonical name of the flow, where the end is a stock.
        effect: canonical name of that stock.
    """
    seen = look(weight)
    colour = colours.ink if not weight else colours.of("+" if weight > 0 else "-")
    tip = track[-1]
    way = tip - track[-2]
    way = way / max(float(np.hypot(*way)), 1e-9)
    stem = np.vstack([track[:-1], tip - 11 * way]) if headed else track
    extra = seen.width - PLAIN if weight is not None else 0.0
    wall = {"fill": "none", "stroke": colour, "stroke_width": round(_WALL + extra, 2)}
    parts = [
        title(said),
        tag("path", d=_polyline(stem), class_="line", **wall),
        tag("path", d=_polyline(stem), fill="none", stroke=colours.paper, stroke_width=_INSIDE),
    ]
    if headed:
        side = np.array([-way[1], way[0]])
        corners = np.array([tip, tip - 12 * way + 9 * side, tip - 12 * way - 9 * side])
        head = _polyline(corners) + "Z"
        look_ = {"fill": colours.paper, "stroke": colour, "stroke_width": 1.3}
        parts.append(tag("path", d=head, **look_))
    return tag(
        "g",
        *parts,
        class_="pipe",
        data_cause=cause or None,
        data_effect=effect or None,
        data_polarity=None if not cause else "+" if headed else "-",
        opacity=seen.opacity if weight is not None else None,
    )


def _head(curve: arcs.Curve) -> tuple[Point, float, arcs.Curve]:
    """The tip of the arrow, which way it points in degrees, and the line without its last bit."""
    tip = curve[-1]
    far = np.hypot(*(curve - tip).T)
    back = curve[int(np.argmax(np.where(far >= _HEAD, np.arange(len(curve)), 0)))]
    angle = math.degrees(math.atan2(tip[1] - back[1], tip[0] - back[0]))
    kept = curve[far > _UNDER]
    stem = kept if len(kept) > 1 else curve[:2]
    return (float(tip[0]), float(tip[1])), angle, stem


def _path(curve: arcs.Curve) -> str:
    """The line as one arc, or as a straight line, where that is what it is."""
    start, middle, end = curve[0], curve[len(curve) // 2], curve[-1]
    chord = float(np.hypot(*(end - start)))
    off = end - start
    across = float(off[0] * (middle - start)[1] - off[1] * (middle - start)[0])
    if _is_straight(curve, start, off, chord):
        return _polyline(np.array([start, end]))
    if abs(across) > 1e-6 and (radius := _radius(start, middle, end)) < 1e6:
        centre = _centre(start, middle, end)
        if float(np.abs(np.hypot(*(curve - centre).T) - radius).max()) < 0.5:
            sweep = int(across < 0)
            large = int(arcs.length(curve) > math.pi * radius)
            ends = f"M{start[0]:.1f} {start[1]:.1f}", f"{end[0]:.1f} {end[1]:.1f}"
            return f"{ends[0]}A{radius:.1f} {radius:.1f} 0 {large} {sweep} {ends[1]}"
    return _polyline(curve)


def _is_straight(curve: arcs.Curve, start: arcs.Curve, off: arcs.Curve, chord: float) -> bool:
    if chord < 1e-6:
        return arcs.length(curve) < 1
    away = np.abs(off[0] * (curve - start)[:, 1] - off[1] * (curve - start)[:, 0]) / chord
    return float(away.max()) < 0.3 and arcs.length(curve) < chord * 1.01


def _centre(a: arcs.Curve, b: arcs.Curve, c: arcs.Curve) -> arcs.Curve:
    """The middle of the circle through three points."""
    p, q = b - a, c - a
    twice = 2 * (p[0] * q[1] - p[1] * q[0])
    pp, qq = float(p @ p), float(q @ q)
    found: arcs.Curve = a + np.array([q[1] * pp - p[1] * qq, p[0] * qq - q[0] * pp]) / twice
    return found


def _radius(a: arcs.Curve, b: arcs.Curve, c: arcs.Curve) -> float:
    return float(np.hypot(*(a - _centre(a, b, c))))


def _polyline(points: arcs.Curve) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
