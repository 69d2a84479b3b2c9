"""Which charts are on show, and a picture of some put in the places of a picture of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

Places: TypeAlias = "tuple[int, ...]"

_SIZES = ((4, "Four"), (2, "Two"), (1, "One"))
_HIDDEN = [0.0, 0.001]  # where an axis that is not on show catches no pointer


def choices(titles: Sequence[str]) -> list[tuple[str, Places]]:
    """What a person may choose from: all charts, or some of them, each in words.

    Args:
        titles: of the charts, in their order.
    """
    count = len(titles)
    every = tuple(range(count))
    made: list[tuple[str, Places]] = [(f"All {count}" if count > 1 else "One", every)]
    for size, word in _SIZES:
        if size >= count:
            continue
        for first in range(0, count, size):
            some = every[first : first + size]
            if len(some) == size:
                named = ", ".join(titles[place] for place in some)
                made.append((f"{word}: {named}", some))
    return made


def key_of(place: int) -> str:
    """The number of a chart's axes as Plotly has it: nothing for the first, then "2"."""
    return "" if place == 0 else str(place + 1)


def in_their_places(
    drawn: Mapping[str, Any], shown: Places, sizes: Sequence[int]
) -> dict[str, Any]:
    """A picture of all charts in which only some are visible, from a picture of those.

    A page knows only the lines that were there from the start, each tied to its axes.

    Args:
        drawn: what ``picture`` gave for the charts on show.
        shown: their places among all.
        sizes: how many traces each of all charts has.
    """
    axes = {key_of(at): key_of(place) for at, place in enumerate(shown)}
    traces = iter(drawn["data"])
    data: list[dict[str, Any]] = []
    for place, size in enumerate(sizes):
        if place in shown:
            key = key_of(place)
            moved = {"xaxis": f"x{key}", "yaxis": f"y{key}"}
            data += [next(traces) | moved for _ in range(size)]
        else:
            data += [{"visible": False}] * size
    layout: dict[str, Any] = {}
    for key, part in drawn["layout"].items():
        kind, found, number = key.partition("axis")
        if found:
            part = {**part, "anchor": _other(kind) + axes[number], "visible": True}
            key = f"{kind}axis{axes[number]}"
        layout[key] = part
    for place in set(range(len(sizes))) - set(shown):
        for kind in "xy":
            layout[f"{kind}axis{key_of(place)}"] = {"visible": False, "domain": _HIDDEN}
    layout["annotations"] = [_moved(one, axes) for one in drawn["layout"]["annotations"]]
    return {"data": data, "layout": layout}


def _other(kind: str) -> str:
    return "y" if kind == "x" else "x"


def _moved(annotation: Mapping[str, Any], axes: Mapping[str, str]) -> dict[str, Any]:
    moved = dict(annotation)
    for ref in ("xref", "yref"):
        if moved[ref] != "paper":
            moved[ref] = moved[ref][0] + axes[moved[ref][1:]]
    return moved
