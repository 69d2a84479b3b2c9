"""The pictures of a story that stand still: one for a card, one for paper, one for each slide."""

from __future__ import annotations

from string import ascii_uppercase
from typing import TYPE_CHECKING, Any

from cpdynamics.diagrams.lettering import SIZE, refill
from cpdynamics.plots import panels, picture
from cpdynamics.plots.colours import COLOURS
from cpdynamics.site.still import drawing, still, text

if TYPE_CHECKING:
    from cpdynamics.run import Run
    from cpdynamics.site.subject import Subject

SLIDE = (960, 540)
"""Pixels of a slide as it is drawn; at 1920 by 1080 its letters are twice as tall."""

KEYS = ascii_uppercase
MOST = len(COLOURS)
"""Scenarios that can be told apart in one picture."""

_CARD = (340, 230)
_PAPER = (760, 440)
_LOWEST = 150  # pixels that a row of panels needs
_EDGE = 10
_HEAD, _TOLD = 26, 20  # heights of the letters above a slide's charts


def card(subject: Subject) -> tuple[str, str]:
    """An SVG of one headline under the first scenario beside the base, and what it shows in words.

    The scenario's name is not in it: on a card it would leave the line no room.

    Args:
        subject: the story.
    """
    wide, tall = _CARD
    first = next((run for _, run in subject.presets.values()), None)
    shown = {"": subject.base if first is None else first}
    names = [subject.headline[0] if first is None else _most_moved(subject, first)]
    drawn = picture(shown, names, baseline=subject.base, width=wide, height=tall)
    return _whole(drawn, wide, tall)


def for_paper(subject: Subject) -> tuple[str, str]:
    """An SVG of the headlines: the base, and a letter for each of the first scenarios.

    Args:
        subject: the story.
    """
    wide, tall = _PAPER
    names = list(subject.headline)
    rows = -(-len(names) // 2)
    tall = max(tall if rows > 1 else tall // 2, rows * _LOWEST)
    runs = dict(zip(KEYS, (run for _, run in subject.presets.values()), strict=False))
    shown = {key: runs[key] for key in list(runs)[:MOST]} or {"": subject.base}
    drawn = picture(shown, names, baseline=subject.base, width=wide, height=tall)
    return _whole(drawn, wide, tall)


def slide(subject: Subject, name: str = "") -> str:
    """An SVG of all charts under one scenario beside the base, with what it is about above.

    Args:
        subject: the story.
        name: of the scenario; the base when left out.
    """
    wide, tall = SLIDE
    model = subject.model
    if name:
        scenario, run = subject.presets[name]
        head, told = f"{model.title or model.name}: {name}", scenario.story
    else:
        run, head, told = subject.base, f"{model.title or model.name}: as it is", model.question
    room = wide - 2 * _EDGE
    heads = refill(head, within=room * SIZE / _HEAD)
    lines = refill(told, within=room * SIZE / _TOLD)
    above = 1.25 * _HEAD * len(heads)
    top = round(above + 1.25 * _TOLD * len(lines) + 14)
    drawn = picture(
        {name or "base": run},
        subject.charts,
        baseline=subject.base,
        ranges=subject.ranges,
        width=wide,
        height=max(tall - top, _LOWEST * -(-len(panels(subject.charts, run)) // 2)),
    )
    inside = (
        text(heads, _EDGE, 1.2 * _HEAD, size=_HEAD, bold=True)
        + text(lines, _EDGE, above + 1.2 * _TOLD, size=_TOLD)
        + still(drawn, width=wide, left=0, top=top)
    )
    return drawing(inside, width=wide, height=tall, said=f"{head}. {told}")


def _most_moved(subject: Subject, run: Run) -> str:
    """The headline that a run moves farthest for its size."""

    def moved(variable: str) -> float:
        before = subject.base[variable]
        size = max(float(before.abs().max()), float(run[variable].abs().max())) or 1.0
        return float((run[variable] - before).abs().max()) / size

    # What begins at nothing has moved all the way as soon as it moves: it says little.
    begun = [one for one in subject.headline if float(subject.base[one].abs().max())]
    return max(begun or subject.headline, key=moved)


def _whole(drawn: dict[str, Any], wide: int, tall: int) -> tuple[str, str]:
    said = str(drawn["layout"]["meta"]["description"])
    return drawing(still(drawn, width=wide), width=wide, height=tall, said=said), said
