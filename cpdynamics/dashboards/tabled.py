"""The charts on show as tables: every run at the end of every year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cpdynamics.plots import PERCENT, PURE, Times, is_share, said, unit_label

if TYPE_CHECKING:
    from cpdynamics.run import Run

_DIGITS = 4


def tables(
    panels: Sequence[tuple[str, Sequence[str]]], runs: Mapping[str, Run]
) -> list[dict[str, Any]]:
    """A table for each chart, as words: ``title``, ``heads`` and ``rows``, whose first is the time.

    Times are those at which the axis of the chart counts: whole years in a long run.

    Args:
        panels: of the charts as (title, variables).
        runs: by what they are called; at least one.
    """
    return [_table(title, names, runs) for title, names in panels]


def _table(title: str, names: Sequence[str], runs: Mapping[str, Run]) -> dict[str, Any]:
    first = next(iter(runs.values()))
    index = first.frame.index.to_numpy(dtype=float)
    times = Times(first.time_unit, float(index[-1] - index[0]), first.since)
    units = str(first[names[0]].attrs.get("units", ""))
    share = all(is_share(name, units) for name in names)
    words = PERCENT if share else unit_label(units)
    places = _whole(times.scaled(index), 1.0 if times.divisor > 1 else times.step)
    together = len(names) > 1
    heads = [f"{name}, {run}" if together else run for name in names for run in runs]
    columns = [
        _column((100 if share else 1) * runs[run][name], index[places])
        for name in names
        for run in runs
    ]
    at = [said(float(time)) for time in times.scaled(index[places])]
    return {
        "title": title if words == PURE else f"{title} ({words})",
        "heads": [times.words, *heads],
        "rows": [list(row) for row in zip(at, *columns, strict=True)],
    }


def _whole(scaled: Any, step: float) -> list[int]:
    """Where the times are whole steps; where none is but the first, the first and the last."""
    parts = np.asarray(scaled, dtype=float) / step
    found = np.flatnonzero(np.abs(parts - np.round(parts)) < 1e-6)
    return [int(place) for place in found] if found.size > 1 else [0, len(parts) - 1]


def _column(series: Any, times: Any) -> list[str]:
    """What stands at those times, in as many digits as a reader can use; empty where nothing."""
    known = series.reindex(times).to_numpy(dtype=float)
    return ["" if np.isnan(value) else said(float(f"{value:.{_DIGITS}g}")) for value in known]
