"""A causal loop diagram, written as SVG."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cpdynamics.diagrams import svg
from cpdynamics.diagrams.causal_links import Ring, Way
from cpdynamics.diagrams.causal_sheet import HEIGHT, LEADING, TURN, WIDTH, Lettering, Sheet
from cpdynamics.diagrams.layout import Array
from cpdynamics.diagrams.layout_labels import DELAY, Spot
from cpdynamics.diagrams.lettering import SIZE
from cpdynamics.diagrams.routing import Curve


def drawn(
    made: Sheet,
    *,
    written: Mapping[str, str],
    stocks: Collection[str],
    title: str,
    remark: str,
    weights: Mapping[tuple[str, str], float] | None = None,
    dark: bool = False,
) -> str:
    """The diagram as SVG.

    Args:
        made: everything in its place.
        written: canonical name -> as written.
        stocks: canonical names.
        title: above the diagram.
        remark: below it.
        weights: (cause, effect), canonical -> from -1 to 1; None for all alike.
        dark: on a dark ground.
    """
    theme = svg.theme(dark=dark)
    parts: list[str] = []
    for way, curve, sign in zip(made.skeleton.ways, made.curves, made.signs, strict=True):
        weight = None if weights is None else float(weight_of(way, weights))
        parts.append(_link(way, curve, sign, written, weight, theme))
    for name, lines, spot in zip(made.skeleton.names, made.names, made.spots, strict=True):
        parts.append(_named(written.get(name, name), lines, spot, name in stocks, theme))
    for ring, lines, label in zip(made.skeleton.rings, made.marks, made.labels, strict=True):
        parts.append(_label(ring, lines, label, written, theme))
    parts.append(svg.tag("text", svg.words(title), x=16, y=34, font_size=24, font_weight="bold"))
    parts.append(svg.tag("text", svg.words(remark), x=16, y=HEIGHT - 12, fill=theme.quiet))
    return svg.page(
        parts, frame=(0, 0, WIDTH, HEIGHT), colours=theme, said=title, kind="causal-loops"
    )


@dataclass(frozen=True)
class Look:
    """How a link of some weight looks.

    Attributes:
        width: of its line, in pixels.
        head: from the base of its arrow head to the tip and a fourth more, in pixels.
        opacity: faint for what does next to nothing.
    """

    width: float
    head: float
    opacity: float


def look(weight: float | None) -> Look:
    """How thick and how faint a link is.

    Args:
        weight: from 0 to 1; None where no weights are known.
    """
    width = _PLAIN if weight is None else 1.0 + 7.0 * weight
    faint = 1.0 if weight is None else 0.35 + 0.65 * min(1.0, 4 * weight)
    return Look(width, 11.0 + 1.2 * width, faint)


_PLAIN = 2.2


def weight_of(way: Way, weights: Mapping[tuple[str, str], Any], nothing: Any = 0.0) -> Any:
    """Of a leg, that of its weakest link: no more can pass than there. Of a way, its best leg's.

    Args:
        way: of the diagram.
        weights: (cause, effect), canonical -> from -1 to 1: a number, or an array of them.
        nothing: the weight of a link that is not among them, of the same shape.
    """
    legs = [
        np.min([np.abs(weights.get((one.cause, one.effect), nothing)) for one in leg], axis=0)
        for leg in way.legs
    ]
    return np.minimum(np.max(legs, axis=0), 1.0)


def _link(
    way: Way,
    curve: Curve,
    sign: Array,
    written: Mapping[str, str],
    weight: float | None,
    theme: svg.Theme,
) -> str:
    colour = theme.of(way.polarity)
    seen = look(weight)
    head = seen.head
    tip, way_in = curve.at(1.0)
    neck = tip - way_in * head * 0.8
    across = np.array([-way_in[1], way_in[0]]) * head * 0.42
    a, b, _ = curve.corners
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in (tip, neck + across, neck - across))
    path = f"M{a[0]:.1f} {a[1]:.1f}Q{b[0]:.1f} {b[1]:.1f} {neck[0]:.1f} {neck[1]:.1f}"
    inside = [
        svg.title(_said(way, written)),
        svg.tag("path", d=path, fill="none", stroke=colour, stroke_width=seen.width),
        svg.tag("polygon", points=points, fill=colour),
    ]
    if way.delayed:
        inside.append(_delay(curve, theme))
    shown = {"-": "\u2212"}.get(way.polarity, way.polarity)
    inside.append(
        svg.tag(
            "text",
            svg.words(shown),
            x=float(sign[0]),
            y=float(sign[1]) + 7,
            font_size=22,
            font_weight="bold",
            text_anchor="middle",
            fill=theme.ink_of(way.polarity),
        )
    )
    return svg.tag(
        "g",
        *inside,
        class_="link",
        data_cause=written.get(way.cause, way.cause),
        data_effect=written.get(way.effect, way.effect),
        opacity=None if weight is None else f"{seen.opacity:.2f}",
    )


def _delay(curve: Curve, theme: svg.Theme) -> str:
    """Two strokes across the middle."""
    strokes = []
    for off in (-3.5, 3.5):
        spot, way = curve.at(DELAY + off / max(curve.length, 20.0))
        across = np.array([-way[1], way[0]]) * 9
        (ax, ay), (bx, by) = spot - across, spot + across
        strokes.append(f"M{ax:.1f} {ay:.1f}L{bx:.1f} {by:.1f}")
    return svg.tag("path", d="".join(strokes), stroke=theme.ink, stroke_width=2.2, fill="none")


def _said(way: Way, written: Mapping[str, str]) -> str:
    def call(name: str) -> str:
        return written.get(name, name)

    follows = {
        "+": "more of the one, more of the other",
        "-": "more of the one, less of the other",
        "?": "which way it moves it depends",
    }.get(way.polarity, "it comes to nothing")
    over = "; or ".join(", ".join(map(call, names)) for names in way.passes if names)
    late = " With a delay." if way.delayed else ""
    by = f" By way of {over}." if over else ""
    return f"{call(way.cause)} moves {call(way.effect)}: {follows}.{late}{by}"


def _named(name: str, lettering: Lettering, spot: Array, stock: bool, theme: svg.Theme) -> str:
    x, y = map(float, spot)
    half = lettering.half
    inside = [svg.title(name)]
    if stock:
        inside.append(
            svg.tag(
                "rect",
                x=x - half[0],
                y=y - half[1],
                width=2 * half[0],
                height=2 * half[1],
                rx=4,
                fill="none",
                stroke=theme.ink,
                stroke_width=1.6,
            )
        )
    inside.append(svg.label(lettering.lines, x, y, leading=LEADING, font_size=SIZE))
    return svg.tag("g", *inside, class_="name")


def _label(
    ring: Ring, lettering: Lettering, spot: Spot, written: Mapping[str, str], theme: svg.Theme
) -> str:
    """The id within a turning arrow, and the name under it."""
    x, top = float(spot.centre[0]), float(spot.centre[1]) - lettering.half[1] + 1
    y = top + TURN
    round_ = " > ".join(written.get(name, name) for name in (*ring.names, ring.names[0]))
    kind = {"+": "reinforcing", "-": "balancing"}.get(ring.polarity, "reinforcing or balancing")
    colour = theme.quiet
    lines = lettering.lines
    inside = [
        svg.title(f"{ring.id} {ring.name}, {kind}: {round_}"),
        _turning(x, y, clockwise=spot.clockwise, colour=colour),
        svg.tag(
            "text",
            svg.words(ring.id),
            x=x,
            y=y + 5.5,
            text_anchor="middle",
            font_weight="bold",
            font_size=SIZE,
        ),
        svg.label(
            lines,
            x,
            top + 2 * TURN + 2 + len(lines) * 9,
            font_weight="bold",
            font_size=SIZE,
            fill=theme.ink,
        ),
    ]
    return svg.tag("g", *inside, class_="loop", data_loop=ring.id)


def _turning(x: float, y: float, *, clockwise: bool, colour: str) -> str:
    """An open ring with a head, from the upper right nearly all the way round."""
    hand = 1.0 if clockwise else -1.0
    start, end = np.radians((-50.0, 205.0))

    def at(angle: float, radius: float = TURN) -> tuple[float, float]:
        return x + hand * radius * float(np.cos(angle)), y + radius * float(np.sin(angle))

    (ax, ay), (bx, by) = at(start), at(end)
    sweep = 1 if clockwise else 0
    path = f"M{ax:.1f} {ay:.1f}A{TURN} {TURN} 0 1 {sweep} {bx:.1f} {by:.1f}"
    corners = (at(end + 0.7, TURN - 1), at(end - 0.04, TURN - 6.5), at(end - 0.04, TURN + 6.5))
    points = " ".join(f"{px:.1f},{py:.1f}" for px, py in corners)
    return svg.tag("path", d=path, fill="none", stroke=colour, stroke_width=2.2) + svg.tag(
        "polygon", points=points, fill=colour
    )
