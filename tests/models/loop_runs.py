"""Runs with and without a loop, and what they come to."""

from __future__ import annotations

import functools
from collections.abc import Mapping

import cpdynamics as cp
from tests.models.library_runs import base_run, library_model, relative

Values = Mapping[str, float]


@functools.cache
def _made(name: str, values: tuple, hold: tuple, initial: tuple) -> cp.Run:
    scenario = cp.Scenario(dict(values), hold=dict(hold), initial=dict(initial))
    return library_model(name).run(scenario)


def run(
    name: str,
    values: Values | None = None,
    hold: Values | None = None,
    initial: Values | None = None,
) -> cp.Run:
    """A run of a model of the library, made once."""
    given = (tuple(sorted((one or {}).items())) for one in (values, hold, initial))
    return _made(name, *given)


def base(name: str, variable: str) -> float:
    return float(base_run(name)[variable].iloc[0])


def cut(name: str, values: Values, *variables: str) -> cp.Run:
    """The same with a loop cut: variables of it stay what they were in 2017."""
    return run(name, values, {one: base(name, one) for one in variables})


def change(made: cp.Run, variable: str, month: float = 180) -> float:
    """By what share a variable has moved since the start."""
    return relative(made, variable, month) - 1


def lowest(made: cp.Run, variable: str) -> tuple[float, float]:
    """The change at the lowest, and its month."""
    return change(made, variable, made[variable].idxmin()), float(made[variable].idxmin())


def highest(made: cp.Run, variable: str) -> tuple[float, float]:
    """The change at the highest, and its month."""
    return change(made, variable, made[variable].idxmax()), float(made[variable].idxmax())
