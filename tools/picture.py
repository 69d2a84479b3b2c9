"""A Vensim sketch as a picture: what a person would see on opening the model.

python tools/picture.py models/sectors/caseload.mdl --out /tmp/caseload.png --view 1 --report
"""

from __future__ import annotations

import argparse
import html
import itertools
import math
import sys
from pathlib import Path

import numpy as np
from sketching import arcs, vensim
from sketching.lettering import LINE, SIZE, refill
from sketching.plan import PAGE, Box

INK, LINK, QUIET = "#1b1b1b", "#2456a6", "#8a8a8a"


def svg(page: vensim.Page) -> str:
    """One view as SVG, in the pixels of the sketch."""
    w, h = extent(page)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" '
        f'font-family="Arial, Liberation Sans, sans-serif" font-size="{SIZE}">',
        f'<rect width="{w}" height="{h}" fill="white"/>',
        f'<text x="14" y="24" fill="{QUIET}">{html.escape(page.name)}</text>',
    ]
    parts += [_pipe(page, arrow) for arrow in page.arrows if arrow.pipe]
    links = [arrow for arrow in page.arrows if not arrow.pipe and not arrow.initial]
    parts += [_link(page, arrow) for arrow in links]
    parts += _marks(page, [arrow for arrow in links if arrow.polarity])
    parts += [_thing(thing) for thing in page.things.values()]
    return "\n".join([*parts, "</svg>", ""])


def extent(page: vensim.Page) -> tuple[int, int]:
    """The width and height that hold everything in the view."""
    boxes = [thing.box for thing in page.things.values()]
    right = max((b.x + b.w for b in boxes), default=0) + 20
    bottom = max((b.y + b.h for b in boxes), default=0) + 20
    return round(max(right, 400)), round(max(bottom, 300))


def png(page: vensim.Page, path: Path) -> None:
    """Write one view as PNG through a headless Chromium."""
    from playwright.sync_api import sync_playwright

    w, h = extent(page)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium")
        tab = browser.new_page(viewport={"width": w, "height": h})
        tab.set_content(f'<body style="margin:0">{svg(page)}</body>')
        tab.screenshot(path=str(path))
        browser.close()


def report(page: vensim.Page) -> list[str]:
    """What a reader would stumble over: overlaps, links through names, things off the page."""
    found = []
    solid = [t.box for t in page.things.values()]
    for a, b in itertools.combinations(solid, 2):
        if {a.kind, b.kind} == {"loop", "comment"} or (a.kind == "valve" and a.key == b.key):
            continue
        if abs(a.x - b.x) < a.w + b.w - 1 and abs(a.y - b.y) < a.h + b.h - 1:
            found.append(f"overlap: {_called(a)} and {_called(b)}")
    curves = []
    for arrow in page.arrows:
        if arrow.initial:
            continue
        start, end = page.things[arrow.source], page.things[arrow.target]
        title = f"{_called(start.box)} -> {_called(end.box)}"
        if arrow.pipe:
            curve = _half(page, arrow)
        else:
            curve = _curve(page, arrow)
            curves.append((title, curve))
            if arcs.length(curve) < 14:
                found.append(f"too short to see: {title}")
        for box in solid:
            if box in (start.box, end.box):
                continue
            if arrow.pipe and box.kind == "valve":
                continue
            inside = arcs.passes(curve, box, margin=-2)
            if inside > 3:
                what = "pipe" if arrow.pipe else "link"
                found.append(f"{what} through {_called(box)}: {title} ({inside:.0f} px)")
    crossed = sum(
        arcs.crossings(a[1], arcs.segments([b[1]])) for a, b in itertools.combinations(curves, 2)
    )
    for box in solid:
        off = box.x - box.w < 0 or box.y - box.h < 0
        if off or box.x + box.w > PAGE[0] or box.y + box.h > PAGE[1]:
            found.append(f"off the page: {_called(box)} at {box.x:.0f},{box.y:.0f}")
    found.append(f"{len(curves)} links, {crossed} crossings, {len(solid)} things")
    return [f"{page.name}: {line}" for line in found]


def _called(box: Box) -> str:
    return f'"{box.key}"' if box.kind not in ("valve", "cloud") else f"a {box.kind}"


def _curve(page: vensim.Page, arrow: vensim.Arrow) -> arcs.Curve:
    start, end = page.things[arrow.source].box, page.things[arrow.target].box
    whole = arcs.arc((start.x, start.y), arrow.through, (end.x, end.y))
    return arcs.clip(whole, start, end)


def _half(page: vensim.Page, arrow: vensim.Arrow) -> arcs.Curve:
    valve, end = page.things[arrow.source].box, page.things[arrow.target].box
    return _track(valve, arrow.through, end)


def _track(valve: Box, corner: tuple[float, float], end: Box) -> arcs.Curve:
    """The middle line of half a pipe, from the valve to the edge of its stock or cloud."""
    x, y = valve.x, valve.y
    side, edge = end.x - np.sign(end.x - x) * end.w, end.y - np.sign(end.y - y) * end.h
    if abs(end.y - y) < end.h:
        points = [(x, y), (side, y)]
    elif abs(end.x - x) < end.w:
        points = [(x, y), (x, edge)]
    elif abs(corner[1] - y) < 3:
        points = [(x, y), (corner[0], y), (corner[0], edge)]
    else:
        points = [(x, y), (x, corner[1]), (side, corner[1])]
    dense = [np.linspace(a, b, 30, endpoint=False) for a, b in itertools.pairwise(points)]
    return np.vstack([*dense, np.array([points[-1]])])


def _pipe(page: vensim.Page, arrow: vensim.Arrow) -> str:
    track = _half(page, arrow)
    head = ""
    if arrow.headed:
        tip = track[-1]
        way = tip - track[-3]
        way = way / np.hypot(*way)
        side = np.array([-way[1], way[0]])
        base = tip - 12 * way
        corners = [tip, base + 9 * side, base - 9 * side]
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
        head = f'<polygon points="{points}" fill="white" stroke="{INK}" stroke-width="1.3"/>'
        track = np.vstack([track[:-1][np.hypot(*(track[:-1] - tip).T) > 11], base])
    path = " L".join(f"{x:.1f},{y:.1f}" for x, y in track)
    outer = f'<path d="M{path}" fill="none" stroke="{INK}" stroke-width="7"/>'
    return outer + f'<path d="M{path}" fill="none" stroke="white" stroke-width="4.4"/>' + head


def _link(page: vensim.Page, arrow: vensim.Arrow) -> str:
    curve = _curve(page, arrow)
    quiet = page.things[arrow.source].shadow
    color = QUIET if quiet else LINK
    tip = curve[-1]
    back = curve[max(0, len(curve) - 1 - int(len(curve) * 9 / max(arcs.length(curve), 10)) - 1)]
    way = tip - back
    way = way / max(np.hypot(*way), 1e-9)
    side = np.array([-way[1], way[0]])
    base = tip - 9 * way
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in (tip, base + 3.8 * side, base - 3.8 * side))
    path = " L".join(f"{x:.1f},{y:.1f}" for x, y in curve)
    out = f'<path d="M{path}" fill="none" stroke="{color}" stroke-width="1.3"/>'
    out += f'<polygon points="{points}" fill="{color}"/>'
    return out


def _marks(page: vensim.Page, links: list[vensim.Arrow]) -> list[str]:
    """The polarities, each beside its arrow head where no name and no other mark stands."""
    curves = [_curve(page, link) for link in links]
    rows = [(t.box.x, t.box.y, t.box.w, t.box.h) for t in page.things.values()]
    names = np.array(rows).reshape(-1, 4)
    pieces = [arcs.segments([curve]) for curve in curves]
    pipes = arcs.segments([_half(page, arrow) for arrow in page.arrows if arrow.pipe])
    placed: list[tuple[float, float]] = []
    parts = []
    for i, (link, curve) in enumerate(zip(links, curves, strict=True)):
        others = np.concatenate([pipes, *pieces[:i], *pieces[i + 1 :]]).mean(axis=1)
        spots = _spots(curve)

        def trouble(spot: tuple[float, float], others: arcs.Curve = others) -> float:
            over = (np.abs(names[:, :2] - spot) < names[:, 2:] + 5).all(axis=1).sum()
            near = sum(math.dist(spot, mark) < 13 for mark in placed)
            crossed = (np.hypot(*(others - spot).T) < 7).any()
            return 3.0 * float(over) + 3.0 * near + float(crossed)

        x, y = min(spots, key=trouble)  # the first of the best: nearest to the head
        placed.append((x, y))
        color = QUIET if page.things[link.source].shadow else LINK
        parts.append(
            f'<text x="{x:.1f}" y="{y + 5:.1f}" text-anchor="middle" font-weight="bold" '
            f'fill="{color}">{link.polarity}</text>'
        )
    return parts


def _spots(curve: arcs.Curve) -> list[tuple[float, float]]:
    """Where a mark may stand: along the last part of a link, first on its outer side."""
    tip = curve[-1]
    middle = curve[len(curve) // 2] - (curve[0] + tip) / 2
    found = []
    for back in (13.0, 22.0, 31.0, 42.0, 55.0):
        at = int(np.argmin(np.abs(np.hypot(*(curve - tip).T) - back)))
        way = curve[min(at + 1, len(curve) - 1)] - curve[max(at - 1, 0)]
        way = way / max(np.hypot(*way), 1e-9)
        side = np.array([-way[1], way[0]])
        outward = side if float(middle @ side) >= 0 else -side
        found += [curve[at] + 9 * outward, curve[at] - 9 * outward]
    return [(float(x), float(y)) for x, y in found]


def _thing(thing: vensim.Thing) -> str:
    b = thing.box
    if b.kind == "cloud":
        lobes = ((-6, 1, 6), (0, -4, 7), (6, 1, 6), (0, 4, 6))
        shapes = [f'<circle cx="{b.x + x}" cy="{b.y + y}" r="{r}"/>' for x, y, r in lobes]
        both = "".join(shapes)
        outline = f'<g fill="{INK}" stroke="{INK}" stroke-width="2.4">{both}</g>'
        return outline + f'<g fill="white">{both}</g>'
    if b.kind == "valve":
        w, h = 8, 8
        if b.w > b.h:
            shape = [(-w, -h), (-w, h), (w, -h), (w, h)]
        else:
            shape = [(-w, -h), (w, -h), (-w, h), (w, h)]
        points = " ".join(f"{b.x + x},{b.y + y}" for x, y in shape)
        return f'<polygon points="{points}" fill="white" stroke="{INK}" stroke-width="1.4"/>'
    if b.kind == "loop":
        return _loop(thing)
    name = f"<{b.key}>" if b.kind == "shadow" else b.key
    color = QUIET if b.kind in ("shadow", "comment") else INK
    out = ""
    if b.kind == "stock":
        out = (
            f'<rect x="{b.x - b.w}" y="{b.y - b.h}" width="{2 * b.w}" height="{2 * b.h}" '
            f'fill="white" stroke="{INK}" stroke-width="1.6"/>'
        )
    room = 2 * b.w - (12 if b.kind == "stock" else 0)
    lines = refill(name, within=room) if b.kind != "comment" else [name]
    top = b.y - (len(lines) - 1) * LINE / 2 + 5.5
    slant = ' font-style="italic"' if b.kind == "comment" else ""
    for i, line in enumerate(lines):
        y = top + i * LINE
        out += (
            f'<text x="{b.x}" y="{y}" text-anchor="middle" fill="{color}"{slant}>'
            f"{html.escape(line)}</text>"
        )
    return out


def _loop(thing: vensim.Thing) -> str:
    b = thing.box
    turn = 1 if thing.shape == 4 else -1
    r = 16
    angles = np.radians(np.linspace(-140, 130, 30)) * turn + (0 if turn > 0 else np.pi)
    points = np.column_stack((b.x + r * np.cos(angles), b.y + r * np.sin(angles)))
    path = " L".join(f"{x:.1f},{y:.1f}" for x, y in points)
    way = points[-1] - points[-3]
    way /= np.hypot(*way)
    side = np.array([-way[1], way[0]])
    tip = points[-1] + 7 * way
    corners = (tip, points[-1] + 4.5 * side, points[-1] - 4.5 * side)
    head = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
    return (
        f'<path d="M{path}" fill="none" stroke="{QUIET}" stroke-width="1.6"/>'
        f'<polygon points="{head}" fill="{QUIET}"/>'
        f'<text x="{b.x}" y="{b.y + 5.5}" text-anchor="middle" font-weight="bold" '
        f'fill="{INK}">{html.escape(b.key)}</text>'
    )


def draw(text: str, out: Path | None, *, reported: bool) -> None:
    """Write every view of a model's text as a picture and print what is wrong with it."""
    pages = vensim.read(text)
    for number, page in enumerate(pages, start=1):
        if out is not None:
            path = out if len(pages) == 1 else out.with_stem(f"{out.stem}_{number}")
            if path.suffix == ".svg":
                path.write_text(svg(page), encoding="utf-8")
            else:
                png(page, path)
            print(f"wrote {path}")
        if reported:
            print(*report(page), sep="\n")


def main(arguments: list[str] | None = None) -> int:
    """Draw the views of one model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--out", type=Path, help="a .png or .svg; _1, _2 ... for several views")
    parser.add_argument("--report", action="store_true", help="print overlaps and the like")
    given = parser.parse_args(arguments)
    draw(given.model.read_text(encoding="utf-8"), given.out, reported=given.report)
    return 0


if __name__ == "__main__":
    sys.exit(main())
