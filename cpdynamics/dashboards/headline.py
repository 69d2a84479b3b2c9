"""What a run comes to, in a few words above the pictures."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cpdynamics.dashboards.apart import Apart
from cpdynamics.plots import PERCENT, PURE, Times, is_share, said, unit_label
from cpdynamics.plots.numbers import MINUS
from cpdynamics.tables import readable

if TYPE_CHECKING:
    from cpdynamics.run import Run

_NOTICED = 0.02
"""The least part of the base by which a variable is worth a word on its way."""
_NOTHING = 1e-6
"""The part of the base's size below which a value is what rounding leaves of zero."""


@dataclass(frozen=True)
class Tile:
    """A headline: where a variable ends, and how far that is from the base.

    Attributes:
        name: of the variable.
        value: at the end, in three digits; 0 for what rounding leaves of zero.
        units: in words; empty for a pure number that is no share.
        change: at the end, against the base: in percent of it where that means something, in
            percentage points for a share; and between which ends it lies in nine of ten runs.
        farthest: where it was much farther from the base on its way; empty where it was not.
    """

    name: str
    value: str
    units: str
    change: str
    farthest: str = ""


def headline(
    run: Run, base: Run, names: Sequence[str], spans: Mapping[str, Apart] | None = None
) -> Iterator[Tile]:
    """Where variables end, each beside the base.

    Args:
        run: the run on show.
        base: the run to compare with, at the same times.
        names: the variables.
        spans: how far nine of ten runs end from the base, by variable.
    """
    for name in names:
        series, other = run[name], base[name]
        share = is_share(str(series.name), series.attrs.get("units", ""))
        span = (spans or {}).get(str(series.name))
        size = float(other.abs().max())
        end, before = _whole(float(series.iloc[-1]), size), _whole(float(other.iloc[-1]), size)
        if not math.isfinite(end - before):
            change = "not a finite number"
        elif abs(end - before) <= 5e-4 * abs(before) or end == before:
            change = "as in the base"
        elif share:
            change = _points(end, before)
        elif before:
            change = _percent(end, before)
        else:
            change = f"{said(before)} in the base"
        if span is not None:
            # A base of nothing is no news beside how far the runs lie from it.
            change = f"{change} {span.words}" if before or share else span.words
        value = said(float(f"{(100 if share else 1) * end:.3g}"))
        units = PERCENT if share else pure(series.attrs.get("units", ""))
        yield Tile(str(series.name), value, units, change, _farthest(run, base, name))


def as_html(tiles: Iterable[Tile], end: str) -> str:
    """The row of headlines, each with the same lines, so that what stands below keeps its place.

    Args:
        tiles: what ``headline`` gave.
        end: what ``end_of`` gave.
    """
    shown = "".join(
        f'<div class="cpd-tile"><span>{html.escape(tile.name)}</span>'
        f"<span><b>{html.escape(tile.value)}</b> {html.escape(tile.units)}</span>"
        f"<span>{html.escape(tile.change)}</span>"
        f"<span>{html.escape(tile.farthest)}</span></div>"
        for tile in tiles
    )
    return f'<div class="cpd-tiles"><p>{html.escape(end)}, against the base</p>{shown}</div>'


def end_of(run: Run) -> str:
    """When a run ends, in words, such as "After 15 years"."""
    first, last = float(run.frame.index[0]), float(run.frame.index[-1])
    times = Times(run.time_unit, last - first, "")
    return f"After {readable(float(times.scaled(last - first)))} {times.words}"


def pure(units: str) -> str:
    """Units in words; nothing for a pure number."""
    words = unit_label(units)
    return "" if words == PURE else words


def _farthest(run: Run, base: Run, name: str) -> str:
    """A freeze that has healed looks like nothing at its end; this says what it was like."""
    series, other = run[name], base[name]
    if not series.index.equals(other.index):
        return ""
    apart = (series - other).abs()
    when = float(apart.index[int(apart.argmax())])
    before = _whole(float(other[when]), float(other.abs().max()))
    if apart.max() <= 2 * apart.iloc[-1] or apart.max() <= _NOTICED * abs(before) or not before:
        return ""
    first, last = float(series.index[0]), float(series.index[-1])
    times = Times(run.time_unit, last - first, "")
    place = max(1, math.ceil(float(times.scaled(when - first))))
    share = is_share(str(series.name), series.attrs.get("units", ""))
    far = (_points if share else _percent)(float(series[when]), before)
    return f"{far} in {times.word or 'step'} {place}"


def _whole(value: float, size: float) -> float:
    return 0.0 if abs(value) < _NOTHING * size else value


def _points(value: float, before: float) -> str:
    return f"{100 * (value - before):+.1f} points".replace("-", MINUS)


def _percent(value: float, before: float) -> str:
    percent = round(100 * (value - before) / abs(before), 1)
    # Nobody needs a fourth digit, and every readout has to fit a line.
    text = f"{percent:+,.0f} %" if abs(percent) >= 100 else f"{percent:+.1f} %"
    return text.replace("-", MINUS)
