"""The number that a model answers, from a run: never typed beside the question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cpdynamics.classroom.questions import Number, Worked
from cpdynamics.errors import BadValue, clipped
from cpdynamics.library import load

if TYPE_CHECKING:
    from cpdynamics.run import Run


def worked(number: Number) -> Worked:
    """What a run of the model answers.

    Args:
        number: what is asked for.

    Raises:
        UnknownName: there is no such model, scenario or variable.
        BadValue: the run does not go as far, or the base is zero where percent are asked for.
        RunFailed: the run breaks off.
    """
    model = load(number.model)
    base = model.run(outputs=[number.variable])
    run = model.run(number.scenario or None, outputs=[number.variable])
    name = run.names[0]
    start = float(run[name].iloc[0])
    there, before = _measured(run, number), _measured(base, number)
    if number.measure == "change":
        return Worked(there - before, start, before)
    if number.measure == "percent":
        if not before:
            raise BadValue(f'The base of "{clipped(name)}" is 0, so there is no percent of it.')
        return Worked(100 * (there - before) / abs(before), start, before)
    return Worked(there, start, before)


def _measured(run: Run, number: Number) -> float:
    series = run[run.names[0]]
    times = series.index.to_numpy(dtype=float)
    values = series.to_numpy(dtype=float)
    if number.measure.endswith("highest"):
        place = int(values.argmax())
    elif number.measure.endswith("lowest"):
        place = int(values.argmin())
    else:
        at = times[-1] if number.at is None else number.at
        if not times[0] <= at <= times[-1]:
            raise BadValue(
                f"at={at:g} was asked for.", f"The run goes from {times[0]:g} to {times[-1]:g}."
            )
        return float(np.interp(at, times, values))
    return float(times[place] if number.measure.startswith("month of") else values[place])
