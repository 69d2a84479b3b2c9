"""The check that PySD and the quick engine make the same runs."""

from __future__ import annotations

import numpy as np

from cpdynamics.auditing.check import (
    Finding,
    counted,
    does_not_apply,
    failed,
    listed,
    passed,
)
from cpdynamics.auditing.subject import Subject, scales
from cpdynamics.errors import CpdynamicsError, Unsupported
from cpdynamics.run import Run
from cpdynamics.scenario import Scenario

AGREEMENT = 1e-9
"""How far two engines may be apart at any saved time, as a part of the variable's largest value."""

_FLOOR = 1e-12  # of what is typical in the same units: a difference of two large numbers is noise
_MOST_SCENARIOS = 8


def two_engines(subject: Subject) -> Finding:
    """Whether the quick engine, which makes the runs of most checks, makes those that PySD makes.

    Every variable at every saved time, in the base run and under the first scenarios, since a
    model at rest says little.
    """
    model = subject.model
    if model.structure.chance:
        return does_not_apply("The model draws at random, each engine for itself.")
    try:
        engine = subject.quick
    except Unsupported as error:
        return does_not_apply(f"PySD alone runs this model: {error.came}")
    scenarios = {"base": Scenario()} | dict(list(model.scenarios.items())[:_MOST_SCENARIOS])
    if subject.too_many(len(scenarios)):
        scenarios = {"base": Scenario()}
    apart = []
    for name, scenario in scenarios.items():
        try:
            quick = model.run(scenario, engine=engine)
        except CpdynamicsError as error:
            return failed(
                f"Under {name} the {engine} engine breaks off and PySD does not: {error.came}",
                "Please report this model.",
            )
        truth = subject.base if name == "base" else model.run(scenario, engine="pysd")
        apart += [f"{column} (under {name})" for column in _apart(truth, quick)]
    if apart:
        return listed(
            apart,
            "",
            f"not the same in PySD and in the {engine} engine",
            "Please report this model.",
        )
    times = counted(len(subject.base.frame), "saved time")
    return passed(
        f"PySD and the {engine} engine agree on {counted(len(subject.base.names), 'variable')} at "
        f"{times} in {counted(len(scenarios), 'run')}."
    )


def _apart(truth: Run, quick: Run) -> list[str]:
    """The columns in which two runs differ."""
    one, other = truth.frame, quick.frame
    if list(one.columns) != list(other.columns) or len(one) != len(other):
        return ["the columns or the times of the runs"]
    largest = np.abs(one.to_numpy()).max(axis=0)
    floors = _FLOOR * scales(truth)
    with np.errstate(invalid="ignore"):
        close = np.abs(one.to_numpy() - other.to_numpy()) <= AGREEMENT * largest + floors
    same = close | (np.isnan(one.to_numpy()) & np.isnan(other.to_numpy()))
    return [str(column) for column in one.columns[~same.all(axis=0)]]
