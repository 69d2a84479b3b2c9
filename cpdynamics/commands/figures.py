"""The commands for an authority's own figures: the table to fill in, and the model set by it."""

from __future__ import annotations

import argparse
import shlex

from cpdynamics import figures, library
from cpdynamics.commands.places import ending_of, write_text, written
from cpdynamics.terminal import say, show, working


def template(typed: argparse.Namespace) -> int:
    """Writes the table of figures to fill in for a model."""
    ending_of(typed.out, (".csv", ".xlsx"), option="FILE")
    figures.template(library.load(typed.model), typed.out, year=typed.year)
    written(typed.out)
    return 0


def localise(typed: argparse.Namespace) -> int:
    """Rebalances a model to an authority's figures; shows what changed, or writes it."""
    ending = ending_of(typed.out, (".csv", ".xlsx"))
    with working(f"Reading {typed.figures}") as now:
        read = figures.read_series(typed.figures, sheet=typed.sheet, authority=typed.authority)
        model = library.load(typed.model)
        now(f"Rebalancing {model.name}")
        local = figures.localise(model, read, at=typed.at)
    if ending == ".csv":
        write_text(local.changed.to_csv(index=False, lineterminator="\n"), typed.out)
    elif ending == ".xlsx":
        asked = ("sheet", "authority", "at", "scenario")
        options = [(f"--{each}", getattr(typed, each)) for each in asked]
        words = ["cpdynamics", "localise", typed.model, typed.figures]
        words += [word for name, value in options if value for word in (name, value)]
        runs = [local.run(), *([local.run(typed.scenario)] if typed.scenario else [])]
        command = shlex.join([*words, "--out", typed.out])
        figures.workbook(typed.out, local, *runs, command=command)
    else:
        show(local.changed, f"{model.title}, about {local.since}")
        if len(local.conflicts):
            show(local.conflicts, "What cannot hold together")
        if len(local.unused):
            show(local.unused, "Not used")
        say(f"Greatest move of a stock within a year at rest: {local.rest:.1e}")
    if typed.out and len(local.conflicts):
        say(f"Figures that cannot hold together: {len(local.conflicts)}; shown without --out")
    written(typed.out)
    return 0
