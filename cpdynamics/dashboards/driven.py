"""Which loop drives a run, as numbers and words that the page shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cpdynamics.diagrams.causal_drawing import look, weight_of
from cpdynamics.diagrams.svg import LIGHT
from cpdynamics.feedback.words import periods

if TYPE_CHECKING:
    import pandas as pd

    from cpdynamics.diagrams.causal import LaidOut
    from cpdynamics.diagrams.causal_sheet import Sheet
    from cpdynamics.feedback.result import FoundLoop, Loops

ROWS = 6
DRAWN = 8
LEVELS = 100
"""Steps of thickness, with none at all beside them."""

_TIMES = 400  # more than a strip has room for
_AIR = 4.0
_SIGN = 8.0
_LETTERS = {"+": "R", "-": "B"}
_LEGEND = {
    "grip": "The higher a band, the firmer the loop's grip on every stock on its way: "
    "it brings that much of what moves them. Full height is {full:.0f} %.",
    "relative": "The higher a band, the larger the loop's share of what all loops do together. "
    "Full height is {full:.0f} %.",
}
_REST_OF_IT = " On the right stands the most that it reaches. R reinforces, B balances."
_NO_LOOPS = "This model has no feedback loop."
_UNNAMED = "The story of this model names no loops, so they are called by their stocks."


def told(loops: Loops, order: Iterable[str]) -> dict[str, Any]:
    """What the page says of the loops of a run: the sentence and a band for each.

    Args:
        loops: of a run.
        order: ids in which the bands stand, so that they keep their places from run to run.
    """
    places = times_shown(loops)
    sizes = _sizes(loops).iloc[places]
    unnamed = bool(loops.loops) and not any(one.id for one in loops.loops)
    shown = _rows(loops, sizes, list(order))
    most = max((float(sizes[one.key].max()) for one in shown), default=0.0)
    full = min(1.0, np.ceil(10 * most - 1e-9) / 10) or 1.0
    unit = loops.time_unit if loops.time_unit.lower() not in ("", "1", "dmnl") else "Time"
    times = [f"{time:g}" for time in sizes.index]
    together = sizes[[one.key for one in shown]].sum(axis=1).to_numpy()
    return {
        "words": loops.words() if loops.loops else _NO_LOOPS,
        "note": _UNNAMED if unnamed else "",
        "legend": _LEGEND[loops.measure].format(full=100 * full) + _REST_OF_IT,
        "unit": unit.capitalize(),
        "times": times,
        "start": int(together.argmax()) if shown else 0,
        "rows": [_row(one, sizes[one.key], full, unit.lower()) for one in shown],
    }


def times_shown(loops: Loops) -> NDArray[np.intp]:
    """Places of the saved times that the page shows: all, or every so-manieth of very many."""
    count = len(loops.relative.index)
    return np.unique(np.linspace(0, count - 1, min(count, _TIMES)).round().astype(np.intp))


def chosen(surveyed: Sequence[Loops]) -> list[FoundLoop]:
    """The named loops that lead longest and do most, each by its strongest member, in that order.

    Args:
        surveyed: the loops of several runs of one model.
    """
    worth: dict[str, float] = {}
    best: dict[str, tuple[float, FoundLoop]] = {}
    for loops in surveyed:
        sizes = _sizes(loops)
        mean, leads = sizes.mean(), _leads(loops, sizes)
        for key in dict.fromkeys(one.key for one in loops.loops if one.id):
            size = float(mean[key])
            worth[key] = worth.get(key, 0.0) + size + leads.get(key, 0.0)
            if key not in best or size > best[key][0]:
                best[key] = size, loops.strongest(key)
    order = sorted(worth, key=lambda key: -worth[key])
    return [best[key][1] for key in order[:DRAWN]]


def thickness(laid: LaidOut, loops: Loops) -> NDArray[np.uint8]:
    """How thick each link of a diagram is at each time shown, from 0 to ``LEVELS``.

    A link of the diagram is as thick as the best of the ways that it stands for, and such a way
    as its weakest link: what ``LaidOut.diagram`` makes of ``Loops.weights``.

    Args:
        laid: the diagram, with L links.
        loops: of a run.
    """
    places = times_shown(loops)
    weights, still = loops.weights_over(places), np.zeros(len(places))
    ways = [weight_of(way, weights, still) for way in laid.sheet.skeleton.ways]
    found = np.array(ways).reshape(len(ways), len(places))
    levels: NDArray[np.uint8] = np.round(LEVELS * found).astype(np.uint8)
    return levels


def looks() -> list[tuple[float, float, float]]:
    """For each level: the width of a line, the scale of its head against level 0, its opacity."""
    least = look(0.0).head
    seen = [look(level / LEVELS) for level in range(LEVELS + 1)]
    return [
        (round(one.width, 2), round(one.head / least, 3), round(one.opacity, 3)) for one in seen
    ]


def caption(laid: LaidOut, named: int) -> str:
    """What stands below the diagram.

    Args:
        laid: the diagram.
        named: how many loops the story names.
    """
    shown = len(laid.sheet.skeleton.rings)
    which = ", those most at work in the base and the scenarios" if shown < named else ""
    return (
        f"{shown} of the {named} loops that the story names{which}. "
        f"{len(laid.sheet.skeleton.passed)} variables between these are passed over. "
        "A box is a stock, || a delay."
    )


def frame(sheet: Sheet) -> tuple[float, float, float, float]:
    """Left, top, width and height of what is drawn, without title and remark.

    Args:
        sheet: everything in its place.
    """
    halves = np.array([one.half for one in (*sheet.names, *sheet.marks)])
    centres = np.vstack([sheet.spots, np.array([one.centre for one in sheet.labels])])
    along = [curve.at(share)[0] for curve in sheet.curves for share in np.linspace(0, 1, 9)]
    low = np.vstack([centres - halves, sheet.signs - _SIGN, along]).min(axis=0) - _AIR
    high = np.vstack([centres + halves, sheet.signs + _SIGN, along]).max(axis=0) + _AIR
    left, top, right, bottom = (round(float(one)) for one in (*low, *high))
    return left, top, right - left, bottom - top


def _sizes(loops: Loops) -> pd.DataFrame:
    return loops.grip if loops.measure == "grip" else loops.relative.abs()


def _rows(loops: Loops, sizes: pd.DataFrame, order: list[str]) -> list[FoundLoop]:
    """The strongest loop of each family that has a band."""
    named = [one.key for one in loops.loops if one.id]
    keys = list(dict.fromkeys(named or [one.key for one in loops.loops]))
    mean, leads = sizes[keys].mean(), _leads(loops, sizes)
    # What the sentence tells of comes first: a loop may lead for a while and do little else.
    first = sorted(keys, key=lambda key: (-leads.get(key, 0.0), -mean[key]))
    most = [key for key in first[:ROWS] if mean[key] > 0]
    place = {key: number for number, key in enumerate(order)}
    most.sort(key=lambda key: place.get(key, len(place)))
    return [loops.strongest(key) for key in most]


def _leads(loops: Loops, sizes: pd.DataFrame) -> dict[str, float]:
    """Family -> the part of the times at which the sentence has it lead."""
    found: dict[str, float] = {}
    for part in {one.part for one in loops.loops}:
        keys = list(dict.fromkeys(one.key for one in loops.loops if one.part == part))
        for period in periods(sizes[keys].to_numpy(dtype=float), keys):
            found[period.key] = found.get(period.key, 0.0) + period.length / len(sizes)
    return found


def _row(one: FoundLoop, sizes: pd.Series[float], full: float, unit: str) -> dict[str, Any]:
    letter = _LETTERS.get(one.polarity, "?")
    peak = int(sizes.to_numpy().argmax())
    return {
        "title": f"{one.id} {one.name}" if one.id else f"{letter}: {one.name}",
        "colour": LIGHT.of(one.polarity),
        "heights": np.round(100 * sizes.to_numpy() / full).astype(int).tolist(),
        "most": f"{100 * sizes.iloc[peak]:.0f} % at {unit} {sizes.index[peak]:g}",
    }
