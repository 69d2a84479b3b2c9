"""From runs to a finished picture: which lines stand in which panel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from cpdynamics.errors import BadValue
from cpdynamics.plots.axes import Times, axis_range, unit_label
from cpdynamics.plots.layout import BASELINE, COLOURS, DASHES, WIDTH, Line, Panel, drawn
from cpdynamics.run import Run, checked_run, labelled, several
from cpdynamics.story import Chart

Runs: TypeAlias = "Run | Iterable[Run] | Mapping[str, Run]"
Range: TypeAlias = "tuple[float, float]"

_MOST = 6  # panels that still read well on one page


def plot(
    runs: Runs,
    variables: str | Chart | Iterable[str | Chart] | None = None,
    *,
    baseline: Run | None = None,
    title: str = "",
    ranges: Mapping[str, Range] | None = None,
    from_zero: bool = True,
    height: int | None = None,
    width: int = WIDTH,
) -> Any:
    """A finished Plotly figure: one chart, or one panel for each variable or chart.

    Args:
        runs: a Run, several, or several by name. The names stand at the ends of the lines.
        variables: a name, several (a panel each), or charts of a story (several lines a panel;
            variables of different units get a panel each). Nothing takes up to six that move most.
        baseline: the run to compare with: a dashed grey line in every panel.
        title: stands above the whole picture.
        ranges: the upright axis of a panel, in the variable's units, by the panel's title: fixed
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
) -> dict[str, Any]:
    """The figure of `plot` as plain data and layout, before Plotly checks it.

    Two pictures of the same variables, run names and baseline have the same traces in the same
    order, so that a widget can take over the numbers alone.
    """
    named = _named(runs, baseline)
    first = next(iter(named.values()))
    if first is baseline:  # it is all there is to draw
        baseline = None
    times = Times(first.time_unit, float(first.frame.index[-1] - first.frame.index[0]), first.since)
    sheets = [
        _panel(name, group, named, baseline, times, ranges or {}, from_zero)
        for name, group in panels(variables, first, baseline)
    ]
    return drawn(sheets, times, title, height=height, width=width)


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
) -> Panel:
    together = len(names) > 1
    before = {} if baseline is None else {name: baseline[name] for name in names}
    after = {name: {run: runs[run][name] for run in runs} for name in names}
    units = next(str(series.attrs.get("units", "")) for series in after[names[0]].values())
    drawn_values = [
        *before.values(),
        *(series for part in after.values() for series in part.values()),
    ]
    reach = ranges.get(title) or axis_range(
        np.concatenate([np.asarray(series, dtype=float) for series in drawn_values]),
        from_zero=from_zero,
    )
    seen = (reach[1] - reach[0]) / 500  # less is hidden under the line's own width
    lines: list[Line] = []
    for name, series in before.items():
        word = baseline.label if baseline is not None else ""
        hidden = all(_alike(series, other, seen) for other in after[name].values())
        said = f"{name}, {word}" if together else word
        x = times.scaled(series.index)
        lines.append(Line(said, "" if hidden else word, x, series, BASELINE, "dash"))
    for column, (name, by_run) in enumerate(after.items()):
        first = next(iter(by_run.values()))
        as_one = all(_alike(first, other, seen) for other in by_run.values())
        for row, (run, series) in enumerate(by_run.items()):
            colour = COLOURS[(column if together else row) % len(COLOURS)]
            said = run if not together else name if len(by_run) == 1 else f"{name}, {run}"
            label = said if not (together and as_one) else name if row == 0 else ""
            x = times.scaled(series.index)
            lines.append(Line(said, label, x, series, colour, DASHES[row % len(DASHES)]))
    if len(lines) == 1:
        # The heading says already which line this is.
        lines = [replace(lines[0], name=names[0], label="")]
    return Panel(title, unit_label(units), tuple(lines), reach)


def _alike(first: pd.Series, second: pd.Series, seen: float) -> bool:
    return len(first) == len(second) and bool(np.all(np.abs(np.asarray(first - second)) <= seen))
