"""Checks that run the model again: with half the time step, and at the ends of its levers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cpdynamics.auditing.check import Finding, counted, does_not_apply, listed
from cpdynamics.auditing.flows import columns
from cpdynamics.auditing.subject import Subject, rounding, variable
from cpdynamics.errors import CpdynamicsError, clipped
from cpdynamics.mdl.names import CONTROL, canonical
from cpdynamics.run import Run
from cpdynamics.scenario import Scenario
from cpdynamics.tables import readable

OF_RANGE, OF_TYPICAL = 1e-2, 1e-4
"""How far a halved time step may move a value: a part of its range, or of its typical size."""

_LONGER = 4  # times the time step, for a first look at each end


def time_step(subject: Subject) -> Finding:
    """Whether half the time step gives the same, in the base run and in every scenario."""
    if subject.model.structure.chance:
        return does_not_apply("The model draws at random, so that another step is another draw.")
    scenarios = subject.model.scenarios
    if finding := subject.too_many(3 * (1 + len(scenarios))):
        return finding
    worst: dict[str, tuple[float, str]] = {}
    for coarse in (subject.base, *map(subject.scenario, scenarios)):
        for name, share in _moved(subject, coarse):
            if share > worst.get(name, (1.0, ""))[0]:
                worst[name] = (share, coarse.label)
    ordered = sorted(worst.items(), key=lambda one: -one[1][0])
    runs = f" and {counted(len(scenarios), 'scenario')}" if scenarios else ""
    return listed(
        [f"{name} ({readable(share)} times too much, {label})" for name, (share, label) in ordered],
        f"Half of it changes no saved value by more than {100 * OF_RANGE:g} % of its range, in the "
        f"base run{runs}.",
        "changing with the time step",
        "Halve TIME STEP in the .mdl until nothing changes; look for a delay shorter than 4 steps.",
        longest=160,
    )


def extremes(subject: Subject) -> Finding:
    """Whether the model runs with each lever and each slider at either end of its range."""
    levers, what = _levers(subject)
    ends = [(name, end) for name in levers for end in _ends(subject, name)]
    if not ends:
        return does_not_apply("No constant has a range with an end to go to.")
    if finding := subject.too_many(len(ends)):
        return finding
    broken = [trouble for name, end in ends if (trouble := _trouble(subject, name, end))]
    return listed(
        broken,
        f"The model runs with each {what} at either end of its range: {counted(len(ends), 'run')}.",
        "breaking the run",
        "Limit what divides or grows without bound, or narrow the range in the .mdl.",
    )


def _trouble(subject: Subject, name: str, end: float) -> str:
    """What breaks in the run with one constant at one end of its range; empty if nothing does.

    Most ends break nothing. So each is tried with a longer time step first, which empties a stock
    too far more easily than a short one, and run in full only where that finds anything.
    """
    step = subject.model.structure.elements["time step"].name
    if subject.goes_well(Scenario({name: end, step: _LONGER * subject.clock["time step"]})):
        return ""
    try:
        made = subject.run(Scenario({name: end})).frame
    except CpdynamicsError as error:
        return f"{name} = {end:g}: {clipped(error.came)}"
    lost = made.columns[~np.isfinite(made.to_numpy()).all(axis=0)]
    return f"{name} = {end:g}: {lost[0]} is not a finite number" if len(lost) else ""


def _moved(subject: Subject, coarse: Run) -> Iterator[tuple[str, float]]:
    """Each variable that half the step moves too far, and how many times too far."""
    elements = subject.model.structure.elements
    step = float(coarse["time step"].iloc[0])
    fine = subject.run(coarse.scenario | {elements["time step"].name: step / 2})
    # It has saved more often where SAVEPER = TIME STEP.
    met = np.searchsorted(fine.frame.index, coarse.frame.index - step / 4)
    met = np.minimum(met, len(fine.frame) - 1)
    before = coarse.frame.to_numpy()
    error = np.abs(fine.frame[list(coarse.names)].to_numpy()[met] - before).max(axis=0)
    span = before.max(axis=0) - before.min(axis=0)
    allowed = np.maximum(OF_RANGE * span, OF_TYPICAL * np.abs(before).max(axis=0))
    allowed = np.maximum(allowed, rounding(coarse))
    for place in map(int, np.flatnonzero(error > allowed)):
        name, key = coarse.names[place], variable(coarse.names[place])
        if key in CONTROL or "time step" in elements[key].uses:
            continue  # it is measured in time steps
        limit = max(allowed[place], OF_RANGE * _served(subject, coarse, place))
        if error[place] > limit:
            yield name, float(error[place] / limit) if limit else np.inf


def _served(subject: Subject, run: Run, place: int) -> float:
    """The range of the net rate of the stocks that a one-way flow moves; 0 for any other variable.

    A flow that stands still at times is one of a pair, such as building and losing: while it just
    stops or starts its own size says little. Judged is what both together do to the stock.
    """
    series = run.frame.iloc[:, place]
    if not (series == 0).any():
        return 0.0
    ranges = [0.0]
    for _, flows in columns(subject.system, subject.rates, run):
        if run.names[place] in (name for _, name in flows):
            signs, each = zip(*flows, strict=True)
            ranges.append(float(np.ptp(run.frame[list(each)].to_numpy() @ np.array(signs))))
    return max(ranges)


def _levers(subject: Subject) -> tuple[list[str], str]:
    """What a person moves: the levers and the sliders; all constants where there are neither."""
    constants = subject.kind("constant")
    free = [one for one in subject.named if canonical(one.name) in constants]
    sliders = {canonical(slider.variable) for slider in subject.model.story.sliders}
    moved = [
        one.name
        for one in free
        if one.group.casefold().endswith("levers") or canonical(one.name) in sliders
    ]
    if moved:
        return moved, "lever and slider"
    return [one.name for one in free], "constant"


def _ends(subject: Subject, name: str) -> list[float]:
    """The ends of a constant's range at which it does not stand already."""
    element = subject.model.structure.elements[canonical(name)]
    if element.range is None or element.value is None:
        return []
    ends = dict.fromkeys(one for one in (element.range.low, element.range.high) if one is not None)
    return [one for one in ends if one != element.value]
