"""The commands that hold models against something, and that write what came of it."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial

from cpdynamics import library
from cpdynamics.commands.places import written
from cpdynamics.errors import BadValue
from cpdynamics.terminal import paragraph, say, show, working
from cpdynamics.writing import write_whole


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
        written(typed.html)
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
    written(None if path is None else str(path))
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
        written(validity.write_section(table))
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
        written(path)
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
        written(path)
    if typed.write:
        return 0
    for sentence in found:
        paragraph(sentence)
    return 1 if typed.strict and found else 0
