"""From runs to a finished picture: which lines stand in which panel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from cpdynamics.ensembles import Ensemble
from cpdynamics.errors import BadValue
from cpdynamics.plots.axes import PERCENT, Times, axis_range, is_share, unit_label
from cpdynamics.plots.bands import NO_BAND, Band
from cpdynamics.plots.colours import BASELINE, COLOURS, DASHES
from cpdynamics.plots.fans import bands_of, checked_fan, middle
from cpdynamics.plots.layout import WIDTH, drawn
from cpdynamics.plots.traces import Line, Panel
from cpdynamics.run import Run, checked_run, labelled, several
from cpdynamics.story import Chart

Runs: TypeAlias = "Run | Iterable[Run] | Mapping[str, Run]"
Range: TypeAlias = "tuple[float, float]"

_MOST = 6  # panels that still read well on one page


def plot(
    runs: Runs | Ensemble,
    variables: str | Chart | Iterable[str | Chart] | None = None,
    *,
    baseline: Run | None = None,
    fan: Ensemble | None = None,
    title: str = "",
    ranges: Mapping[str, Range] | None = None,
    from_zero: bool = True,
    height: int | None = None,
    width: int = WIDTH,
) -> Any:
    """A finished Plotly figure: one chart, or one panel for each variable or chart.

    What calls itself a share, and has no unit, is drawn in percent.

    Args:
        runs: a Run, several, or several by name. The names stand at the ends of the lines. An
            Ensemble is drawn as its median, with the band in which nine of ten runs lie.
        variables: a name, several (a panel each), or charts of a story (several lines a panel;
            variables of different units get a panel each). Nothing takes up to six that move most.
        baseline: the run to compare with: a dashed grey line in every panel.
        fan: an Ensemble around the first run, whose band is drawn behind its lines. An Ensemble
            in place of runs is its own.
        title: stands above the whole picture.
        ranges: the upright axis of a panel, in the units of the .mdl, by the panel's title: fixed
            ranges keep an axis still while a slider moves.
        from_zero: start the upright axis at zero where no value is negative.
        height: of the whole picture in pixels; None takes what the panels need.
        width: in pixels, for which room is set apart beside the panels. The picture itself is as
            wide as its place.

    Raises:
        UnknownName: for a variable that a run does not have.
        BadValue: for no run at all, nothing to draw, or no room to draw it in.
    """
    from plotly import graph_objects  # half a second that `import cpdynamics` need not pay

    note = "" if fan is None else f"Shaded: where nine of ten of {len(checked_fan(fan)):,} runs lie"
    if isinstance(runs, Ensemble):
        fan, (median, count) = runs, middle(runs)
        runs = {"median": median}
        note = f"Lines: the median of {count:,} runs. Shaded: where nine of ten of them lie"
    return graph_objects.Figure(
        picture(
            runs,
            variables,
            baseline=baseline,
            title=title,
            ranges=ranges,
            from_zero=from_zero,
            height=height,
            width=width,
            bands=None if fan is None else bands_of(fan),
            note=note,
        )
    )


def picture(
    runs: Runs,
    variables: str | Chart | Iterable[str | Chart] | None = None,
    *,
    baseline: Run | None = None,
    title: str = "",
    ranges: Mapping[str, Range] | None = None,
    from_zero: bool = True,
    height: int | None = None,
    width: int = WIDTH,
    bands: Mapping[str, Band] | None = None,
    note: str = "",
) -> dict[str, Any]:
    """The figure of `plot` as plain data and layout, before Plotly checks it.

    Two pictures of the same variables, run names and baseline have the same traces in the same
    order, so that a widget can take over the numbers alone. That holds for bands too: each line of
    the first run has one, which is not visible for a variable without an entry.

    Args:
        runs: as in `plot`, and so are the others.
        bands: variable -> the band behind the line of the first run; None for no bands at all.
        note: a line above the panels.
    """
    named = _named(runs, baseline)
    first = next(iter(named.values()))
    if first is baseline:  # it is all there is to draw
        baseline = None
    times = Times(first.time_unit, float(first.frame.index[-1] - first.frame.index[0]), first.since)
    sheets = [
        _panel(name, group, named, baseline, times, ranges or {}, from_zero, bands)
        for name, group in panels(variables, first, baseline)
    ]
    return drawn(sheets, times, title, note=note, height=height, width=width)


def _named(runs: Runs, baseline: Run | None) -> dict[str, Run]:
    if isinstance(runs, Mapping):
        named = {str(name): checked_run(run, "plot") for name, run in runs.items()}
    else:
        each = runs if isinstance(runs, Iterable) else [runs]
        named = labelled(checked_run(run, "plot") for run in each)
    if baseline is not None:
        checked_run(baseline, "plot")
    if not named:
        raise BadValue("There is no run to draw.", "", "Give plot() at least one run.")
    others = {name: run for name, run in named.items() if run is not baseline}
    return others or named


def panels(
    variables: str | Chart | Iterable[str | Chart] | None, run: Run, baseline: Run | None = None
) -> list[tuple[str, list[str]]]:
    """The panels of a picture as (title, variables), each of one unit.

    Args:
        variables: as in `plot`. A chart whose variables differ in units becomes several panels.
        run: any run of the model.
        baseline: the run to compare with, which tells what moves.
    """
    if variables is None or (isinstance(variables, Sequence) and not variables):
        return [(name, [name]) for name in _movers(run, baseline)]
    asked = [variables] if isinstance(variables, Chart) else several(variables, "variables=")
    groups: list[tuple[str, list[str]]] = []
    for item in asked:
        if not isinstance(item, Chart):
            name = run.spelt(item)
            groups.append((name, [name]))
            continue
        by_units: dict[str, list[str]] = {}
        for wanted in item.variables:
            series = run[wanted]
            by_units.setdefault(series.attrs.get("units", ""), []).append(str(series.name))
        if len(by_units) == 1:
            groups.append((item.title, next(iter(by_units.values()))))
        else:
            groups += [(f"{item.title}: {', '.join(names)}", names) for names in by_units.values()]
    return groups


def _movers(run: Run, baseline: Run | None) -> list[str]:
    """Up to six variables that differ most from the baseline, or move most, for their size."""
    frame = run.frame
    before = frame.iloc[[0]].to_numpy() if baseline is None else _aligned(baseline, frame)
    size = np.nanmax(np.abs(np.vstack([frame.to_numpy(), before])), axis=0)
    change = np.nanmax(np.abs(frame.to_numpy() - before), axis=0)
    score = pd.Series(np.where(size > 0, change / np.where(size > 0, size, 1), 0), frame.columns)
    score = score[score > 1e-9].sort_values(ascending=False, kind="stable")[:_MOST]
    if score.empty:
        raise BadValue("Nothing moves in this run.", "", "Name the variables to draw.")
    return [str(name) for name in frame.columns if name in score.index]


def _aligned(baseline: Run, frame: pd.DataFrame) -> Any:
    return baseline.frame.reindex(index=frame.index, columns=frame.columns).to_numpy()


def _panel(
    title: str,
    names: list[str],
    runs: Mapping[str, Run],
    baseline: Run | None,
    times: Times,
    ranges: Mapping[str, Range],
    from_zero: bool,
    bands: Mapping[str, Band] | None,
) -> Panel:
    together = len(names) > 1
    first_run = next(iter(runs.values()))
    units = str(first_run[names[0]].attrs.get("units", ""))
    shares = all(is_share(name, units) for name in names)
    factor = 100 if shares else 1
    behind = {} if bands is None else {name: bands.get(name, NO_BAND) for name in names}
    behind = {name: band.scaled(times.scaled, factor) for name, band in behind.items()}
    before = {} if baseline is None else {name: factor * baseline[name] for name in names}
    after = {name: {run: factor * runs[run][name] for run in runs} for name in names}
    drawn_values = [
        *before.values(),
        *(series for part in after.values() for series in part.values()),
        *(edge for band in behind.values() for edge in (band.low, band.high)),
    ]
    low, high = ranges.get(title, (0.0, 0.0))
    reach = (
        (factor * low, factor * high)
        if title in ranges
        else axis_range(
            np.concatenate([np.asarray(series, dtype=float) for series in drawn_values]),
            from_zero=from_zero,
        )
    )
    seen = (reach[1] - reach[0]) / 500  # less is hidden under the line's own width
    lines: list[Line] = []
    named = _clearest(before, after, seen)
    for name, series in before.items():
        word = baseline.label if baseline is not None else ""
        said = f"{name}, {word}" if together else word
        x = times.scaled(series.index)
        lines.append(Line(said, word if name == named else "", x, series, BASELINE, "dash"))
    for column, (name, by_run) in enumerate(after.items()):
        first = next(iter(by_run.values()))
        as_one = all(_alike(first, other, seen) for other in by_run.values())
        for row, (run, series) in enumerate(by_run.items()):
            colour = COLOURS[(column if together else row) % len(COLOURS)]
            said = run if not together else name if len(by_run) == 1 else f"{name}, {run}"
            label = said if not (together and as_one) else name if row == 0 else ""
            x = times.scaled(series.index)
            dash = DASHES[row % len(DASHES)]
            band = behind.get(name) if row == 0 else None
            lines.append(Line(said, label, x, series, colour, dash, band))
    if len(lines) == 1:
        # The heading says already which line this is.
        lines = [replace(lines[0], name=names[0], label="")]
    return Panel(title, PERCENT if shares else unit_label(units), tuple(lines), reach)


def _clearest(
    before: Mapping[str, pd.Series], after: Mapping[str, Mapping[str, pd.Series]], seen: float
) -> str:
    """The variable whose baseline carries the word for all: that which ends farthest from a run.

    The same word at every dashed line would leave no room for the names. None is named where every
    baseline is hidden.
    """
    gaps = {
        name: max(abs(float(series.iloc[-1] - other.iloc[-1])) for other in after[name].values())
        for name, series in before.items()
        if not all(_alike(series, other, seen) for other in after[name].values())
    }
    return max(gaps, key=lambda name: gaps[name]) if gaps else ""


def _alike(first: pd.Series, second: pd.Series, seen: float) -> bool:
    return len(first) == len(second) and bool(np.all(np.abs(np.asarray(first - second)) <= seen))
