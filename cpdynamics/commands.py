"""What the commands do: each takes what was typed and gives back its exit code."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pandas as pd

from cpdynamics import library
from cpdynamics.errors import BadValue
from cpdynamics.mdl.names import canonical
from cpdynamics.plots import plot, save_html
from cpdynamics.run import Run, labelled
from cpdynamics.scenario import Scenario
from cpdynamics.terminal import paragraph, say, show, working, write
from cpdynamics.writing import write_whole

if TYPE_CHECKING:
    from cpdynamics.model import Model
    from cpdynamics.story import Chart


def models(typed: argparse.Namespace) -> int:
    """Lists the library."""
    show(library.models())
    return 0


def run(typed: argparse.Namespace) -> int:
    """Runs a model under one scenario; shows the result or writes it."""
    ending = _ending(typed.out)
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
    _written(typed.out)
    return 0


def compare(typed: argparse.Namespace) -> int:
    """Compares runs with another at one time."""
    ending = _ending(typed.out)
    at: Literal["final"] | float = "final" if typed.at is None else typed.at
    with working(f"Loading {typed.model}") as now:
        model = library.load(typed.model)
        names = typed.var or _headline(model)
        made: list[Run] = []
        for one in [_asked(model, text) for text in (typed.against, *typed.runs)]:
            now(f"Running {model.name}: {one.label}")
            if not isinstance(one, Run):
                one = model.run(one, engine=typed.engine, outputs=names)
            made.append(one)
    base, *others = made
    runs = labelled(others)
    tables = {label: run.compare(base, at=at, names=names) for label, run in runs.items()}
    if ending == ".csv":
        long = pd.concat(tables, names=["scenario", "name"]).reset_index()
        _write_text(long.to_csv(index=False, lineterminator="\n"), typed.out)
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
    _written(typed.out)
    return 0


def check(typed: argparse.Namespace) -> int:
    """Checks model files; 1 when one of them fails."""
    from cpdynamics.auditing import as_page, audit

    for file in typed.files:
        library.locate(file)  # a slip of the finger is no finding
    audits = []
    for file in typed.files:
        with working(f"Checking {file}") as now:
            audits.append(audit(file, progress=partial(_checking, now, file)))
    for one in audits:
        say(repr(one))
        say()
    if typed.html:
        write_whole(typed.html, as_page(audits))
        _written(typed.html)
    return 1 if any(one.failed for one in audits) else 0


def _checking(now: Callable[[str], None], file: str, check: str) -> None:
    now(f"Checking {file}: {check}")


def compose(typed: argparse.Namespace) -> int:
    """Joins the sectors into the stories; with --check only says which story is stale."""
    from cpdynamics.joining import compose_all

    with working("Joining the sectors"):
        stale = compose_all(check=typed.check)
    if not stale:
        say("Every story is the fresh join of its sectors.")
        return 0
    for name in stale:
        say(f"{name} is not the fresh join of its sectors." if typed.check else f"Joined {name}.")
    if typed.check:
        say("Run `cpdynamics compose` to join again.")
    return 1 if typed.check else 0


def break_even(typed: argparse.Namespace) -> int:
    """Says when a cut has cost more than it saved, and with --draws how often over draws.

    With --write keeps the map beside the model.
    """
    from cpdynamics.policies import OVER, break_even_map, break_even_map_path, break_even_odds

    with working(f"Loading {typed.model}") as now:
        model = library.load(typed.model)
        found = break_even_map(model, typed.scenario, anew=typed.write, progress=now)
        path = break_even_map_path(model, typed.scenario) if typed.write else None
        if typed.write:
            if path is None:
                raise BadValue(f"{model.name} has no file to keep a map beside.")
            found.to_csv(path)
        odds = [
            break_even_odds(model, typed.scenario, over=over, n=typed.draws, progress=now)
            for over in (OVER if typed.draws is not None else ())
        ]
    for sentence in (found.sentence(), *(one.sentence() for one in odds)):
        paragraph(sentence)
    _written(None if path is None else str(path))
    return 0


def face_validity(typed: argparse.Namespace) -> int:
    """Shows the models beside published figures; 1 when one is off and that was not to be."""
    from cpdynamics import validity

    if typed.write and typed.model:
        raise BadValue(
            f"--write came with {typed.model}.",
            "The tables in models/README.md are those of every model.",
            "Leave the model out.",
        )
    with working("Holding the models against published figures"):
        table = validity.face_validity(typed.model)
    for given, rows in validity.base_and_replays(table).items():
        title = f"Given {given}" if given else "At the base"
        left_out = ["given", "note", "model" if given else "unchanged"]
        shown = rows.assign(model=rows["model"].str.removeprefix("sectors/"))
        shown = shown.drop(columns=left_out).round({"percent": 1, "unchanged": 1})
        show(shown, f"{title}: {validity.score(rows)}")
        say()
    failed = table[table["passes"].eq(False)]
    for series, several in failed.groupby("series", sort=False):
        paragraph(f"{series}: {' '.join(dict.fromkeys(several['note']))}")
    if typed.write:
        _written(validity.write_section(table))
    return 1 if typed.strict and len(failed) else 0


def draws(typed: argparse.Namespace) -> int:
    """Shows what breaks over the whole ranges; 1 when something does and that was not to be."""
    from cpdynamics.draws import as_table, faults, under_load, write

    if typed.write and typed.models:
        raise BadValue("--write keeps the whole library.", "", "Leave the models out.")
    with working("Loading the models") as now:
        models = [library.load(name) for name in typed.models or library.model_names()]
        loads = [
            one for model in models for one in under_load(model, runs=typed.runs, progress=now)
        ]
    for name, table in as_table(loads).groupby("model", sort=False):
        shown = table.drop(columns=["model", "constants", "without", "runs", "watched"])
        show(shown.set_index("scenario"), f"{name}: {typed.runs:,} draws at a time")
        say()
    if typed.models:
        for one in {one.model: one for one in loads if one.without}.values():
            paragraph(f"Not drawn in {one.model}, without a range: {', '.join(one.without)}.")
    found = faults(loads)
    for fault in found:
        paragraph(fault)
    for path in write(loads) if typed.write else ():
        _written(path)
    return 1 if typed.strict and found else 0


def evidence(typed: argparse.Namespace) -> int:
    """Shows what came of the claims; 1 when a verdict has changed and that was not to be."""
    from cpdynamics import evidence as tried

    if typed.write and (typed.model or typed.claim):
        raise BadValue("--write keeps every verdict.", "", "Leave --model and --claim out.")
    with working("Reading the claims") as now:
        name = None if typed.model is None else library.locate(typed.model)[0]
        chosen = tried.among(tried.claims(), model=name, claim=typed.claim)
        settled = tried.settle(chosen, progress=now)
    shown = tried.as_table(settled).drop(columns=["effect variable", "month", "source", "note"])
    show(shown, tried.summary(settled))
    say()
    for one in settled if typed.claim else tried.turned(settled):
        paragraph(tried.sentence(one).replace("`", "").replace("**", ""))
    found = tried.changed(settled, tried.rows())
    for path in tried.write(settled) if typed.write else ():
        _written(path)
    if typed.write:
        return 0
    for sentence in found:
        paragraph(sentence)
    return 1 if typed.strict and found else 0


def assignments(texts: Iterable[str], option: str) -> dict[str, float]:
    """Names and numbers from texts such as ``early help cut=0.2``.

    Args:
        texts: one assignment each. The last ``=`` counts, since a quoted name may hold one.
        option: where they were typed, for the error.

    Raises:
        BadValue: a text has no ``=``, no number after it, or a name comes twice.
    """
    found: dict[str, float] = {}
    for text in texts:
        name, equals, number = (part.strip() for part in text.rpartition("="))
        if not equals or not name:
            raise BadValue(
                f'{option} got "{text}".', 'It has to be NAME=VALUE, such as "early help cut=0.2".'
            )
        try:
            value = float(number)
        except ValueError:
            raise BadValue(
                f'{option} got "{number}" for "{name}".',
                "A number was expected, with a point and without units, such as 0.2.",
            ) from None
        if canonical(name) in map(canonical, found):
            raise BadValue(f'{option} gives "{name}" twice.', "", "Leave one of them out.")
        found[name] = value
    return found


def _asked(model: Model, text: str) -> Run | Scenario:
    """What a RUN on the command line means: a name first, then a file, then assignments."""
    if canonical(text) == "base":
        return Scenario()
    if canonical(text) not in map(canonical, model.scenarios):
        if text.lower().endswith(".csv"):
            return Run.read_csv(text)
        if "=" in text:
            return Scenario(assignments(text.split(","), "RUN"))
    return model.scenario(text)


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


def _ending(out: str | None) -> str:
    """``.csv``, ``.html``, or nothing for a table on the screen; refused before anything runs."""
    if out is None:
        return ""
    if out == "-":
        return ".csv"
    ending = Path(out).suffix.lower()
    if ending not in (".csv", ".html"):
        raise BadValue(f"--out is {out}.", "Its name has to end in .csv or .html, or be -.")
    return ending


def _write_csv(result: Run, out: str) -> None:
    if out != "-":
        result.to_csv(out)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run.csv"
        result.to_csv(path)
        write(path.read_bytes())


def _write_text(text: str, out: str) -> None:
    if out == "-":
        write(text.encode("utf-8"))
    else:
        write_whole(out, text)


def _written(out: str | None) -> None:
    if out not in (None, "-"):
        say(f"Wrote {out}")
