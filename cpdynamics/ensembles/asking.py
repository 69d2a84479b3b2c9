"""What is to be kept of every run, checked and counted before anything is run."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from cpdynamics.checking import checked_request
from cpdynamics.engines.times import times as times_of
from cpdynamics.ensembles.reductions import REDUCTIONS
from cpdynamics.ensembles.streaming import Task, refuse_too_many
from cpdynamics.errors import BadValue, Unsupported, clipped, nearest
from cpdynamics.mdl.names import CLOCK, CONTROL, canonical
from cpdynamics.model import Model
from cpdynamics.run import several
from cpdynamics.scenario import Scenario, finite

_RESULTS = ("stock", "flow", "auxiliary", "data")
_SOME_TIMES = 1000  # where the .mdl computes its clock


def asked(
    model: Model,
    scenario: Scenario,
    *,
    seed: int,
    outputs: Iterable[str] | None,
    times: Iterable[float] | None,
    reductions: Iterable[str] | None,
) -> Task:
    """What every run is to do.

    Args:
        model: whose runs they are.
        scenario: what they have in common, checked.
        seed: of functions of chance.
        outputs: as for ``ensemble``.
        times: as for ``ensemble``.
        reductions: as for ``ensemble``.

    Raises:
        UnknownName: the model lacks an output.
        BadValue: what is no output, no time or no reduction.
    """
    request = checked_request(model.structure, scenario, _outputs(model, outputs))
    return Task(
        replace(request, seed=seed),
        None if times is None else _numbers(times),
        None if reductions is None else _reductions(reductions),
    )


def stored(model: Model, task: Task, runs: int) -> int:
    """How many numbers an engine stores of each run, about, if all that is kept can be held.

    Args:
        model: whose runs they are.
        task: what each of them is to do.
        runs: how many there will be.

    Raises:
        BadValue: too many numbers would be kept.
    """
    times, columns = _times(model, task), _columns(model, task.request.outputs or ())
    rows = times or 1 if task.reductions is None else len(task.reductions)
    refuse_too_many(runs * columns * rows)
    return columns * (times or _SOME_TIMES)


def _outputs(model: Model, outputs: Iterable[str] | None) -> list[str]:
    if outputs is not None:
        return several(outputs, "outputs=")
    elements = model.structure.elements.items()
    return [one.name for key, one in elements if one.kind in _RESULTS and key not in CONTROL]


def _numbers(times: object) -> tuple[float, ...]:
    found = list(times) if isinstance(times, Iterable) else [times]
    if not found:
        raise BadValue("times= is empty.", "One time is the least.", "Leave it out.")
    return tuple(finite(one, "times=") for one in found)


def _reductions(reductions: Iterable[str]) -> tuple[str, ...]:
    names = several(reductions, "reductions=")
    for name in names:
        if not isinstance(name, str) or name not in REDUCTIONS:
            raise BadValue(
                f'There is no reduction called "{clipped(name)}".',
                "",
                nearest(str(name), REDUCTIONS),
            )
    if not names:
        raise BadValue("reductions= is empty.", "One is the least.", "Leave it out.")
    return tuple(dict.fromkeys(names))


def _columns(model: Model, outputs: Iterable[str]) -> int:
    """How many series the outputs are: a subscripted one is as many as it has elements."""
    shapes = model.structure.shapes
    try:
        return sum(shapes.of(canonical(name)).size if shapes.any else 1 for name in outputs)
    except Unsupported:  # left to PySD, whose runs are counted when the first of them comes
        return 1


def _times(model: Model, task: Task) -> int | None:
    """How many times are kept; None where the .mdl computes its clock."""
    if task.times is not None:
        return len(task.times)
    clock = {canonical(name): value for name, value in task.request.constants.items()}
    found: list[float] = []
    for name in CLOCK:
        element = model.structure.elements.get(name)
        value = clock.get(name, element.value if element else None)
        if value is None or not math.isfinite(value):
            return None
        found.append(value)
    return len(times_of(*found).labels)
