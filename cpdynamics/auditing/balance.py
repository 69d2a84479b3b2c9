"""Checks of the balance sheet: nothing is made or lost between stocks."""

from __future__ import annotations

from collections import Counter

import numpy as np

from cpdynamics.auditing.check import Finding, counted, does_not_apply, failed, listed, passed, some
from cpdynamics.auditing.flows import columns
from cpdynamics.auditing.subject import ROUNDING, Subject
from cpdynamics.mdl.names import canonical
from cpdynamics.scenario import Scenario

_FOLLOWED = 1_000  # time steps; what holds for so many holds for the rest


def conservation(subject: Subject) -> Finding:
    """Whether stocks change through named flows only, and by exactly what flows.

    Flows are followed through the equations, and then through a run: over each time step of
    Euler's method a stock changes by the step times its net flow.
    """
    if not subject.rates:
        return does_not_apply("The model has no stocks.")
    names = subject.system.names
    unnamed = [
        names[stock]
        for stock, parts in subject.rates.items()
        if None in parts and stock not in subject.perceptions
    ]
    if unnamed:
        return listed(
            unnamed,
            "",
            "changed by a calculation",
            "Give each part of the rate a name of its own: INTEG(one flow - another flow, ...).",
        )
    leaking, followed = _leaks(subject)
    if leaking:
        return failed(
            f"{len(leaking)} not moved by the flows alone: {some(leaking)}.",
            "Please report this, with the file: the run does not follow the equations.",
        )
    text = f"{_account(subject)} {counted(followed, 'stock')} followed through a run."
    if beliefs := len(subject.perceptions):
        text += f" {counted(beliefs, 'perception')} left out of the account."
    return passed(text)


def _account(subject: Subject) -> str:
    """How many flows join two stocks and how many cross the boundary."""
    exempt = {canonical(name) for name in subject.model.story.accumulators} | subject.perceptions
    enters: Counter[str] = Counter()
    leaves: Counter[str] = Counter()
    for stock, equations in subject.rates.items():
        if stock not in exempt:
            ways = {(sign, flow.name) for parts in equations if parts for sign, flow in parts}
            enters.update(name for sign, name in ways if sign > 0)
            leaves.update(name for sign, name in ways if sign < 0)
    joining, crossing = enters.keys() & leaves.keys(), enters.keys() ^ leaves.keys()
    text = (
        f"{counted(len(joining), 'flow')} {'joins' if len(joining) == 1 else 'join'} two stocks, "
        f"{len(crossing)} {'crosses' if len(crossing) == 1 else 'cross'} the boundary."
    )
    names = subject.system.names
    double = [names[one] for one, count in (enters | leaves).items() if count > 1]
    return f"{text} Counted in two stocks at once: {some(double)}." if double else text


def _leaks(subject: Subject) -> tuple[list[str], int]:
    """The stocks whose change over a step is not what their flows bring, and how many were seen."""
    scenario = _stepwise(subject)
    held = {canonical(name) for name in scenario.hold}
    run = subject.run(scenario)
    steps = np.diff(run.frame.index.to_numpy())
    even = np.isclose(steps, subject.clock["time step"])  # the last one may be shorter
    leaking, followed = [], 0
    for column, flows in columns(subject.system, subject.rates, run):
        if canonical(column) in held:
            continue
        followed += 1
        stock = run.frame[column].to_numpy()
        brought = np.zeros(len(steps))
        size = np.abs(stock).max()
        for sign, flow in flows:
            part = steps * run.frame[flow].to_numpy()[:-1]
            brought += sign * part
            size = max(size, np.abs(part).max(initial=0.0))
        error = np.abs(np.diff(stock) - brought)[even]
        if error.max(initial=0.0) > ROUNDING * size:
            leaking.append(column)
    return leaking, followed


def _stepwise(subject: Subject) -> Scenario:
    """The first scenario, in which something moves, with every time step saved."""
    scenario = next(iter(subject.model.scenarios.values()), Scenario())
    clock, elements = subject.clock, subject.model.structure.elements
    end = min(clock["final time"], clock["initial time"] + _FOLLOWED * clock["time step"])
    wanted = {"time step": clock["time step"], "saveper": clock["time step"], "final time": end}
    return scenario | {elements[key].name: value for key, value in wanted.items()}
