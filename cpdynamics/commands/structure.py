"""The commands that show how a model is built: its loops and its stocks and flows."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cpdynamics import diagrams, feedback, library
from cpdynamics.commands.places import ending_of, write_text, written
from cpdynamics.commands.typed import asked
from cpdynamics.errors import BadValue
from cpdynamics.plots import plot_loops, save_html
from cpdynamics.run import Run
from cpdynamics.tables import Table
from cpdynamics.terminal import paragraph, say, show, working

if TYPE_CHECKING:
    from cpdynamics.diagrams import Diagram
    from cpdynamics.feedback.result import FoundLoop, Loops
    from cpdynamics.model import Model

_PICTURES = (".svg", ".png")


def loops(typed: argparse.Namespace) -> int:
    """Which loops drive a run, and when; with --picture as a causal loop diagram, too."""
    ending = ending_of(typed.out, (".csv", ".json", ".html"))
    ending_of(typed.picture, _PICTURES, option="--picture")
    if typed.most < 1:
        raise BadValue(f"--most is {typed.most}.", "At least one loop was expected.")
    if typed.at is not None and typed.picture is None:
        raise BadValue(
            f"Time {typed.at:g} came without --picture.",
            "It says when the links of the picture are weighed.",
            "Add --picture loops.svg.",
        )
    with working(f"Loading {typed.model}") as now:
        model = library.load(typed.model)
        wanted = asked(model, typed.run)
        now(f"Looking for the loops of {model.name}: {wanted.label}")
        run, scenario = (wanted, None) if isinstance(wanted, Run) else (None, wanted)
        found = feedback.loops(model, run, scenario=scenario, seed=typed.seed)
        title = f"{model.title}: {wanted.label}"
        chart = None
        if ending == ".html":
            chart = plot_loops(found, most=min(typed.most, 6), title=title)
        if typed.picture is not None:
            now(f"Drawing the loops of {model.name}")
            _drawn(model, found, wanted.label, typed).save(typed.picture)
    if ending == ".csv":
        write_text(found.table().to_csv(index=False, lineterminator="\n"), typed.out)
    elif ending == ".json":
        write_text(_as_json(found, wanted.label), typed.out)
    elif chart is not None:
        save_html(chart, typed.out)
    else:
        _show(model, found, wanted.label, typed)
    written(typed.out)
    if typed.out != "-":
        written(typed.picture)
    return 0


def diagram(typed: argparse.Namespace) -> int:
    """Draws the stocks and flows of a model from its own sketch."""
    ending_of(typed.out, _PICTURES)
    with working(f"Drawing {typed.model}"):
        made = diagrams.diagram(library.load(typed.model), view=typed.view, dark=typed.dark)
        made.save(typed.out)
    written(typed.out)
    return 0


def _drawn(model: Model, found: Loops, label: str, typed: argparse.Namespace) -> Diagram:
    """The causal loop diagram of the loops that lead, with their weights at one time if asked."""
    times = found.grip.index
    if typed.at is not None and not times[0] <= typed.at <= times[-1]:
        raise BadValue(
            f"The picture is to be of time {typed.at:g}.",
            f"The run goes from {times[0]:g} to {times[-1]:g} {model.time_unit}.",
        )
    return diagrams.causal_diagram(
        model,
        _leading(found, typed.at),
        weights=None if typed.at is None else found.weights(typed.at),
        most=typed.most,
        note="" if typed.at is None else f"{label}, {model.time_unit.lower()} {typed.at:g}",
        dark=typed.dark,
    )


def _leading(found: Loops, at: float | None) -> Sequence[FoundLoop]:
    """The strongest loop of each family at work, the most important first."""
    sizes = (found.grip if found.measure == "grip" else found.relative).abs()
    if at is None:
        worth = sizes.mean()
    else:
        times = sizes.index.to_numpy(dtype=float)
        worth = sizes.iloc[int(abs(times - at).argmin())]
    worth = worth.sort_values(ascending=False, kind="stable")
    # At rest none is at work: then each is worth a look.
    chosen = worth.index[worth > 0] if worth.any() else worth.index
    return [found.strongest(key, at) for key in chosen]


def _show(model: Model, found: Loops, label: str, typed: argparse.Namespace) -> None:
    if not found.loops:
        paragraph(f"{model.title} has no feedback loop.")
        return
    paragraph(found.words())
    say()
    table, measure = found.table(), found.measure
    head = {"grip": "grip, %", "relative": "share, %"}[measure]
    column = "share" if measure == "relative" else measure
    shown = Table(table[["id", "name", "kind", "loops"]].head(typed.most))
    shown[head] = (100 * table[column]).round(1)
    shown["peak, %"] = (100 * table["peak"]).round(1)
    shown[f"at {model.time_unit}"] = table["at"]
    show(shown, f"{model.title}, {label}")
    more = len(table) - len(shown)
    if more > 0:
        say(f"{more} more: --most {len(table)}, or --out loops.csv")
    if found.left_out:
        paragraph(found.left_out)
    if not (found.each.any() or found.scenario) and model.scenarios:
        first = next(iter(model.scenarios))
        paragraph(f'A scenario moves it: cpdynamics loops {typed.model} "{first}"')


def _as_json(found: Loops, label: str) -> str:
    said = {
        "model": found.model,
        "scenario": label,
        "time_unit": found.time_unit,
        "measure": found.measure,
        "words": found.words(),
        "left_out": found.left_out,
        "loops": json.loads(found.table().to_json(orient="records")),
    }
    return json.dumps(said, indent=1, ensure_ascii=False) + "\n"
