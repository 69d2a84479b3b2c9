"""The commands that run models: the library, one run, several beside one another."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pandas as pd

from cpdynamics import library
from cpdynamics.commands.places import ending_of, write_text, written
from cpdynamics.commands.typed import asked, assignments
from cpdynamics.plots import plot, save_html
from cpdynamics.run import Run, labelled
from cpdynamics.scenario import Scenario
from cpdynamics.terminal import show, working, write

if TYPE_CHECKING:
    from cpdynamics.model import Model
    from cpdynamics.story import Chart


def models(typed: argparse.Namespace) -> int:
    """Lists the library."""
    show(library.models())
    return 0


def run(typed: argparse.Namespace) -> int:
    """Runs a model under one scenario; shows the result or writes it."""
    ending = ending_of(typed.out)
    with working(f"Loading {typed.model}") as now:
        model = library.load(typed.model)
        scenario = model.scenario(typed.scenario) | Scenario(
            assignments(typed.set, "--set"),
            hold=assignments(typed.hold, "--hold"),
            initial=assignments(typed.initial, "--initial"),
        )
        now(f"Running {model.name}: {scenario.label}")
        # A CSV holds everything unless told otherwise; a screen and a chart have less room.
        names = typed.var or (None if ending == ".csv" else _headline(model))
        made = partial(model.run, engine=typed.engine, outputs=names, seed=typed.seed)
        result = made(scenario)
        drawn = ending == ".html" and scenario
        base = made() if drawn else None
    if ending == ".csv":
        _write_csv(result, typed.out)
    elif ending == ".html":
        title = f"{model.title}: {result.label}"
        save_html(plot(result, _panels(model, typed.var), baseline=base, title=title), typed.out)
    else:
        _show_run(model, result)
    written(typed.out)
    return 0


def compare(typed: argparse.Namespace) -> int:
    """Compares runs with another at one time."""
    ending = ending_of(typed.out)
    at: Literal["final"] | float = "final" if typed.at is None else typed.at
    with working(f"Loading {typed.model}") as now:
        model = library.load(typed.model)
        names = typed.var or _headline(model)
        made: list[Run] = []
        for one in [asked(model, text) for text in (typed.against, *typed.runs)]:
            now(f"Running {model.name}: {one.label}")
            if not isinstance(one, Run):
                one = model.run(one, engine=typed.engine, outputs=names)
            made.append(one)
    base, *others = made
    runs = labelled(others)
    tables = {label: run.compare(base, at=at, names=names) for label, run in runs.items()}
    if ending == ".csv":
        long = pd.concat(tables, names=["scenario", "name"]).reset_index()
        write_text(long.to_csv(index=False, lineterminator="\n"), typed.out)
    elif ending == ".html":
        title = f"{model.title}: against {base.label}"
        save_html(plot(runs, _panels(model, typed.var), baseline=base, title=title), typed.out)
    else:
        first = next(iter(tables.values()))
        columns, heads = [first["units"], first["base"]], ["units", base.label]
        for label, table in tables.items():
            columns += [table["run"], table["percent"]]
            heads += [label, "%"]
        show(
            pd.concat(columns, axis="columns").set_axis(heads, axis="columns"),
            f"{model.title} at {first.attrs['at']:g} {model.time_unit}",
        )
    written(typed.out)
    return 0


def _headline(model: Model) -> list[str]:
    """The variables that a person wants to see first: those of the charts, or the stocks."""
    charted = dict.fromkeys(name for chart in model.story.charts for name in chart.variables)
    if charted:
        return list(charted)
    table = model.variables
    return [str(name) for name in table.loc[table["kind"] == "stock", "name"]]


def _panels(model: Model, names: list[str] | None) -> Sequence[str | Chart] | None:
    """What a picture shows: the names typed, else the story's charts, else what moves most."""
    return names or model.story.charts or None


def _show_run(model: Model, result: Run) -> None:
    times = result.frame.index
    table = pd.DataFrame(
        {
            "units": [result.units[name] for name in result.names],
            f"at {times[0]:g}": result.frame.iloc[0],
            f"at {times[-1]:g}": result.frame.iloc[-1],
            "lowest": result.frame.min(),
            "highest": result.frame.max(),
        },
        index=pd.Index(result.names, name="name", dtype=object),
    )
    show(table, f"{model.title or model.name}, {result.label} (time in {result.time_unit})")


def _write_csv(result: Run, out: str) -> None:
    if out != "-":
        result.to_csv(out)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run.csv"
        result.to_csv(path)
        write(path.read_bytes())
