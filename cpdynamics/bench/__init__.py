"""How fast it is on this machine: CPU time, all threads counted, engines and rivals in turns."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

from cpdynamics import library
from cpdynamics.bench import engines, fits, report, rivals, scaling
from cpdynamics.bench.measuring import Measured, Task, measured
from cpdynamics.bench.million import Peak, peak
from cpdynamics.bench.neutral import STEPS
from cpdynamics.bench.scaling import Curve
from cpdynamics.bench.variants import (
    INLINE,
    NAMED,
    RUNS,
    WITHOUT_FIXED,
    neutral_variants,
    story_variants,
)
from cpdynamics.errors import BadValue
from cpdynamics.mdl.document import Document
from cpdynamics.terminal import paragraph, say, show, working
from cpdynamics.writing import write_whole

STORIES = ("austerity", "agency_reliance")
_OURS = (engines.COMPILED, engines.VECTORISED)
_PYSD, _SIMLIN = "one run, PySD", "one run, pysimlin"
# What the project asks of an ensemble of 1,000 on the neutral model, rival -> times.
GOALS = {
    (f"neutral, {NAMED}", _PYSD, engines.COMPILED): 40_000.0,
    (f"neutral, {INLINE}", _PYSD, engines.COMPILED): 6_000.0,
    (f"neutral, {WITHOUT_FIXED}", _SIMLIN, engines.COMPILED): 50.0,
}
_ROUNDS, _SCALING_ROUNDS, _QUICK_ROUNDS = 5, 3, 1
_QUICK_STEPS, _QUICK_RUNS = 416, 200


def command(typed: argparse.Namespace) -> int:
    """What ``cpdynamics bench`` does.

    Args:
        typed: ``model``, ``repeats``, ``quick``, ``scaling``, ``full``, ``fit`` and ``json``.
    """
    if typed.fit:
        with working("Fitting"):
            cost = fits.cost(quick=typed.quick)
        paragraph(cost.sentence())
        return 0
    rounds = typed.repeats or (_QUICK_ROUNDS if typed.quick else _ROUNDS)
    if rounds < 1 or typed.repeats == 0:
        raise BadValue(f"--repeats is {typed.repeats}.", "At least 1 was expected.")
    if typed.full and not typed.scaling:
        raise BadValue("--full was given alone.", "It belongs to --scaling.")
    documents = {name: library.load(name).document for name in _names(typed)}
    found: list[Measured] = []
    curves: list[Curve] = []
    peaks: list[Peak] = []
    with working("Preparing") as now:
        if typed.scaling:
            curves = _curves(documents, quick=typed.quick, full=typed.full, now=now)
            for name in documents:
                now(f"Very many runs of {name}")
                peaks.append(peak(name, _very_many(quick=typed.quick, full=typed.full)))
        else:
            found = measured(_tasks(documents, quick=typed.quick), rounds, now)
    compared = report.compared(found, (_PYSD, _SIMLIN), _OURS, {} if typed.quick else GOALS)
    if found:
        _say_costs(found, rounds)
        _say_ratios(compared, quick=typed.quick)
    if curves:
        _say_curves(curves, peaks)
    for name in rivals.missing():
        say(f"{name} is not installed here and was left out.")
    if typed.json:
        text = report.as_json(
            found, compared, rounds=rounds, missing=rivals.missing(), curves=curves, peaks=peaks
        )
        write_whole(typed.json, text + "\n")
    return 0


def _names(typed: argparse.Namespace) -> Sequence[str]:
    return typed.model or (STORIES[:1] if typed.quick or typed.scaling else STORIES)


def _very_many(*, quick: bool, full: bool) -> int:
    return _QUICK_RUNS if quick else 1_000_000 if full else 100_000


def _tasks(documents: dict[str, Document], *, quick: bool) -> list[Task]:
    steps, runs = (_QUICK_STEPS, _QUICK_RUNS) if quick else (STEPS, RUNS)
    tasks = [engines.importing()]
    for variant in neutral_variants(steps, runs):
        # PySD has no named lookups to wait for in this one.
        tasks += engines.tasks(variant, whole=variant.form == INLINE)
    for name, document in documents.items():
        for variant in story_variants(name, document, runs, steps=_QUICK_STEPS if quick else None):
            tasks += engines.tasks(variant, whole=not variant.form)
    return tasks


def _curves(
    documents: dict[str, Document], *, quick: bool, full: bool, now: Callable[[str], None]
) -> list[Curve]:
    rounds = 1 if quick else _SCALING_ROUNDS
    runs = (*scaling.RUNS, 1_000_000) if full else scaling.RUNS
    most = 3 if quick else None
    stories = [story_variants(name, document)[0] for name, document in documents.items()]
    return [
        *(curve for story in stories for curve in scaling.by_runs(story, runs[:most], rounds, now)),
        *scaling.by_variables(scaling.VARIABLES[:most], rounds, now),
        *scaling.by_steps(scaling.STEPS[:most], rounds, now),
    ]


def _say_costs(found: Sequence[Measured], rounds: int) -> None:
    for model in dict.fromkeys(one.task.model for one in found):
        part = [one for one in found if one.task.model == model]
        title = f"{model or 'The package'}: CPU milliseconds a run, the median of {rounds}\n"
        show(report.costs(part), title)
        say()


def _say_ratios(compared: Sequence[report.Comparison], *, quick: bool) -> None:
    show(report.ratios(compared), "How many times as much a rival costs, by CPU time\n")
    say()
    paragraph(
        "PySD and pysimlin have no ensembles: many runs cost them as many times one run. All get "
        "the same constants and keep the same five variables at the same times. A story has no "
        "lookups of its own, and pysimlin takes a DELAY FIXED for a smooth delay, hence the forms."
    )
    if quick:
        paragraph("With --quick the neutral model is short: its ratios are no results.")


def _say_curves(curves: Sequence[Curve], peaks: Sequence[Peak]) -> None:
    for by in dict.fromkeys(one.by for one in curves):
        part = [one for one in curves if one.by == by]
        show(scaling.table(part), f"CPU milliseconds by the number of {by}\n")
        say()
    paragraph(
        "Exponent: the slope of log cost over log size. At the end: between the two largest sizes. "
        "Beside it what it would be of n log n."
    )
    say()
    for one in peaks:
        held = "" if one.megabytes is None else f" The process held {one.megabytes:,.0f} MB at most"
        before = "" if one.before is None else f", {one.before:,.0f} MB of it before the first run."
        paragraph(
            f"{one.runs:,} runs of {one.model}, reduced as they come: {one.seconds:.3g} s of CPU "
            f"in {one.elapsed:.3g} s, which is {one.seconds * 1e5 / one.runs:.3g} s for 100,000."
            f"{held}{before}"
        )
