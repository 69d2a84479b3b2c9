"""A story on paper: its question, what every scenario does, its loops, and what to ask."""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import TYPE_CHECKING

from cpdynamics.dashboards.headline import Tile, end_of, headline
from cpdynamics.site.look import page
from cpdynamics.site.pictures import KEYS, MOST

if TYPE_CHECKING:
    from cpdynamics.site.subject import Subject

_STORIES = 8
"""Scenarios up to which each is told in words, too: more would not go on two sheets."""


def handout(subject: Subject, *, chart: tuple[str, str], loops: tuple[str, str] | None) -> str:
    """The page; it prints on A4.

    Args:
        subject: the story.
        chart: the address of the picture for paper, and what it shows.
        loops: the same of the loops' diagram; None where there is none.
    """
    model = subject.model
    title = model.title or model.name
    parts = [
        f"<h1>{_text(title)}</h1>\n",
        f'<p class="question">{_text(model.question)}</p>\n',
        _figure(*chart),
        _table(subject),
    ]
    if loops is not None:
        parts += ["<h2>What feeds on itself, and what holds against it</h2>\n", _figure(*loops)]
    parts.append(_asked(subject))
    parts.append(
        '<p class="screen-only"><a href="../stories/'
        f'{subject.key}.html">The live page, with its sliders</a></p>\n'
    )
    return page(f"{title}: {model.question}", "".join(parts), up="../", paper=True)


def _table(subject: Subject) -> str:
    """Where every scenario ends: the tiles of all of them."""
    presets = subject.presets
    many = len(presets) > _STORIES
    base = list(headline(subject.base, subject.base, subject.headline))
    heads = "".join(map(_head, base))
    rows = [_row("", "as it is", "", map(_value, base))]
    for place, (name, (scenario, run)) in enumerate(presets.items()):
        key = KEYS[place] if place < MOST else ""
        tiles = headline(run, subject.base, subject.headline)
        cells = map(_in_a_line if many else _whole, tiles)
        rows.append(_row(key, name, "" if many else scenario.story, cells))
    left_out = (
        f'<p class="quiet">The picture shows the first {MOST} of {len(presets)} scenarios.</p>\n'
        if len(presets) > MOST
        else ""
    )
    return (
        f'{left_out}<div class="wide" tabindex="0" role="group" aria-label="Where it ends">'
        f"<table>\n<caption>{_text(end_of(subject.base))}, against the base</caption>\n"
        f'<thead><tr><th scope="col">scenario</th>{heads}</tr></thead>\n'
        f"<tbody>\n{''.join(rows)}</tbody>\n</table></div>\n"
    )


def _head(tile: Tile) -> str:
    units = f'<span class="told">{_text(tile.units)}</span>' if tile.units else ""
    return f'<th scope="col">{_text(tile.name)}{units}</th>'


def _row(key: str, name: str, told: str, cells: Iterable[str]) -> str:
    letter = f'<span class="letter key-{key.lower()}">{key}</span> ' if key else ""
    story = f'<span class="told">{_text(told)}</span>' if told else ""
    values = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr><th scope="row">{letter}{_text(name)}{story}</th>{values}</tr>\n'


def _value(tile: Tile) -> str:
    return _text(tile.value)


def _whole(tile: Tile) -> str:
    said = [one for one in (tile.change, tile.farthest) if one]
    return _value(tile) + "".join(f'<span class="change">{_text(one)}</span>' for one in said)


def _in_a_line(tile: Tile) -> str:
    # Many scenarios leave a line each; what a number was in the base stands in the first of them.
    moved = f" ({tile.change})" if "%" in tile.change or "points" in tile.change else ""
    return _text(tile.value + moved)


def _asked(subject: Subject) -> str:
    sliders = [one for one in subject.model.story.sliders if one.notice]
    if not sliders:
        return ""
    items = "".join(
        f"<li><b>{_text(one.variable)}.</b> {_text(one.notice)}</li>\n" for one in sliders
    )
    return f'<h2>What to move, and what to ask</h2>\n<ul class="ask">\n{items}</ul>\n'


def _figure(address: str, said: str) -> str:
    return f'<figure><img src="{_text(address)}" alt="{_text(said)}"></figure>\n'


def _text(text: str) -> str:
    return html.escape(" ".join(text.split()))
