"""The command that fits a model to series of figures."""

from __future__ import annotations

import argparse
import csv
import math
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from cpdynamics import library
from cpdynamics.commands.places import ending_of, written
from cpdynamics.commands.typed import assignments
from cpdynamics.errors import BadValue, MissingFile, clipped
from cpdynamics.fitting import fit as fitted
from cpdynamics.mdl.names import canonical
from cpdynamics.paths import path_from
from cpdynamics.plots import plot_fit, save_html
from cpdynamics.scenario import Scenario
from cpdynamics.tables import Table
from cpdynamics.terminal import paragraph, say, show, working

if TYPE_CHECKING:
    from cpdynamics.fitting import Fit
    from cpdynamics.model import Model

_INTERRUPTED = 130
_MOST_BYTES = 20_000_000
_TIME = "time"


def fit(typed: argparse.Namespace) -> int:
    """Fits constants to figures; shows them, and keeps them in a file that can be gone on with."""
    ending_of(typed.out, (".json",))
    ending_of(typed.picture, (".html",), option="--picture")
    vary = _bounds(typed.vary)
    with working(f"Loading {typed.model}") as now:
        model = library.load(typed.model)
        scenario = model.scenario(typed.scenario) | Scenario(
            assignments(typed.set, "--set"), hold=assignments(typed.hold, "--hold")
        )
        series = _series(model, typed.series)
        now(f"Fitting {model.name} to {len(series)} series")
        found = fitted(
            model,
            series,
            vary,
            errors=assignments(typed.error, "--error") or None,
            loss=typed.loss,
            starts=typed.starts,
            seed=typed.seed,
            until=typed.until,
            scenario=scenario,
            keep=typed.out,
            progress=False,
        )
        found = replace(found, command=_typed(typed))
        if typed.out is not None and not found.interrupted:
            found.save(typed.out)
        intervals = found.intervals(typed.level) if typed.level is not None else None
        if typed.picture is not None:
            save_html(plot_fit(found, title=f"{model.title}, fitted"), typed.picture)
    _show(found, intervals)
    written(None if found.interrupted else typed.out)
    written(typed.picture)
    return _INTERRUPTED if found.interrupted else 0


def _show(found: Fit, intervals: Table | None) -> None:
    show(Table(found.table.reset_index()), f"{found.model}, fitted")
    if intervals is not None:
        say()
        show(Table(intervals.reset_index()), "Intervals by profile likelihood")
    say()
    show(Table(found.statistics.reset_index()), "How near each series comes")
    if len(found.forecasts):
        say()
        show(Table(found.forecasts.reset_index()), "Off by, on figures that were kept back (RMSE)")
    say()
    paragraph(found.words)


def _bounds(texts: list[str]) -> dict[str, tuple[float, float] | None]:
    """Names and bounds from texts such as ``time to help`` and ``time to help=2..20``."""
    found: dict[str, tuple[float, float] | None] = {}
    for text in texts:
        name, equals, span = text.rpartition("=")
        name, bounds = (name if equals else text).strip(), None
        if equals:
            low, dots, high = span.partition("..")
            try:
                bounds = float(low), float(high)
            except ValueError:
                dots = ""
            if not dots or not name:
                raise BadValue(
                    f'--vary got "{clipped(text)}".',
                    'A NAME was expected, or NAME=LOW..HIGH, such as "time to help=2..20".',
                )
        if canonical(name) in map(canonical, found):
            raise BadValue(f'--vary gives "{clipped(name)}" twice.', "", "Leave one of them out.")
        found[name] = bounds
    return found


def _series(model: Model, given: str) -> Mapping[str, pd.Series[float]]:
    """The series of a file: months and variables as the model has them, or a table of figures."""
    path = path_from(given)
    if path.suffix.lower() == ".csv" and (plain := _plain(path)) is not None:
        return plain
    from cpdynamics.figures import read_series

    return read_series(path).fitted_to(model)


def _plain(path: Path) -> dict[str, pd.Series[float]] | None:
    """The series of a table whose first column is the time of the model; None for another one."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise BadValue(f"{clipped(path)} is larger than {_MOST_BYTES:,} bytes.")
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file)
            heads = [head.strip() for head in next(rows, [])]
            if not heads or heads[0].casefold() != _TIME:
                return None
            return _columns(path, heads, rows)
    except FileNotFoundError:
        raise MissingFile(f"There is no file {clipped(path)}.") from None
    except OSError as error:
        raise BadValue(f"{clipped(path)} cannot be read: {error.strerror}.") from None
    except (UnicodeDecodeError, csv.Error):
        return None  # a table of another kind, about which its own reader says more


def _columns(
    path: Path, heads: list[str], rows: Iterator[list[str]]
) -> dict[str, pd.Series[float]]:
    twice = [head for place, head in enumerate(heads) if head in heads[:place]]
    if twice or len(heads) < 2:
        raise BadValue(
            f"{path.name} has "
            + (f'two columns "{clipped(twice[0])}".' if twice else "one column."),
            "A column time was expected, and one for each variable.",
        )
    times: dict[str, list[float]] = {head: [] for head in heads[1:]}
    values: dict[str, list[float]] = {head: [] for head in heads[1:]}
    for number, row in enumerate(rows, 2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(heads):
            raise BadValue(
                f"{path.name}, row {number}, has {len(row)} cells.", f"{len(heads)} were expected."
            )
        time = _number(path, number, heads[0], row[0])
        for head, cell in zip(heads[1:], row[1:], strict=True):
            if cell.strip():  # an empty cell is a gap
                times[head].append(time)
                values[head].append(_number(path, number, head, cell))
    return {head: pd.Series(values[head], index=times[head], dtype=float) for head in heads[1:]}


def _number(path: Path, row: int, head: str, cell: str) -> float:
    try:
        number = float(cell)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise BadValue(
            f'{path.name}, row {row}, column "{clipped(head)}", has "{clipped(cell)}".',
            "A finite number was expected.",
        )
    return number


def _typed(typed: argparse.Namespace) -> str:
    """What was typed, as it can be typed again."""
    words = ["cpdynamics", "fit", typed.model, "--series", typed.series]
    for option in ("vary", "error", "set", "hold"):
        for one in getattr(typed, option):
            words += [f"--{option}", one]
    for option in ("scenario", "loss", "starts", "seed", "until", "level", "out", "picture"):
        value = getattr(typed, option)
        if value is not None:
            words += [f"--{option}", f"{value:g}" if isinstance(value, float) else str(value)]
    return shlex.join(words)
