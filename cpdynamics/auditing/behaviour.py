"""Checks of what the model does when it is left alone."""

from __future__ import annotations

import numpy as np

from cpdynamics.auditing.check import (
    Finding,
    counted,
    does_not_apply,
    failed,
    listed,
    not_made,
    passed,
    some,
)
from cpdynamics.auditing.subject import Subject, rounding, variable
from cpdynamics.errors import CpdynamicsError, Unsupported
from cpdynamics.mdl.names import canonical
from cpdynamics.system.expressions import Memory, Number, walk
from cpdynamics.tables import readable

REST_TOLERANCE = 1e-3
"""How far a variable may move in the base run, as a part of its own largest value."""

_ROUNDING_OF_RATES = 1e-6  # of the largest entry: the square root of what differences round off
_LEADING = 3
_MOST_STATES = 500  # their pairs still fit, and an audit is not worth hours
_MANY = 1_000_000_000


def run(subject: Subject) -> Finding:
    """Whether the base run goes through."""
    frame = subject.base.frame
    broken = [str(name) for name in frame.columns[~np.isfinite(frame.to_numpy()).all(axis=0)]]
    return listed(
        broken,
        f"The base run has {counted(len(frame), 'saved time')}.",
        "not a finite number somewhere",
        "Look for a division by zero or a stock that runs away.",
    )


def scenarios(subject: Subject) -> Finding:
    """Whether every scenario of the story goes through."""
    names = list(subject.model.scenarios)
    if not names:
        return does_not_apply("The story has no scenarios.")
    if finding := subject.too_many(len(names)):
        return finding
    broken = []
    for name in names:
        try:
            frame = subject.scenario(name).frame
        except CpdynamicsError as error:
            broken.append(f"{name}: {error.came}")
            continue
        lost = frame.columns[~np.isfinite(frame.to_numpy()).all(axis=0)]
        broken += [f"{name}: {lost[0]} is not a finite number"] if len(lost) else []
    return listed(
        broken,
        f"{counted(len(names), 'scenario')} of the story {'goes' if len(names) == 1 else 'go'} "
        "through.",
        "breaking off",
        "Change the scenario in the .toml, or limit what divides or grows without bound.",
        longest=160,
    )


def rest(subject: Subject) -> Finding:
    """Whether nothing moves without a disturbance."""
    frame = subject.base.frame
    exempt = {canonical(name) for name in subject.model.story.accumulators} | subject.calendar
    values = frame.to_numpy()
    typical = np.abs(values).max(axis=0)
    moved = np.abs(values - values[0]).max(axis=0)
    # What is only rounding is at rest, and so is nought that stays nought.
    alive = moved > rounding(subject.base)
    share = np.divide(moved, typical, out=np.zeros_like(moved), where=alive)
    restless = sorted(
        (
            (float(part), str(name))
            for part, name in zip(share, frame.columns, strict=True)
            if part > REST_TOLERANCE and variable(name) not in exempt
        ),
        reverse=True,
    )
    return listed(
        [f"{name} ({readable(100 * part)} %)" for part, name in restless],
        f"Nothing moves by more than {100 * REST_TOLERANCE:g} % in the base run.",
        "moving in the base run",
        "Start stocks from formulas of constants, let shocks be none until a person sets them, or "
        "list accumulators in the .toml.",
    )


def stability(subject: Subject) -> Finding:
    """Whether a small push dies away: no eigenvalue of the Jacobian at rest is positive.

    The states that take part in the leading mode are those with the largest participation
    factors (Perez-Arriaga, Verghese and Schweppe 1982, doi:10.1109/TPAS.1982.317524), which do
    not hang on the units of the states as the eigenvector itself does.
    """
    from cpdynamics.engines.reference import Reference

    model = subject.model
    exempt = {canonical(name) for name in model.story.accumulators}
    if (size := _states(subject)) > _MOST_STATES:
        return not_made(f"The model has {size:,} states; {_MOST_STATES:,} are the most.")
    try:
        engine = Reference.load(model.document, model.structure)
        names, matrix = engine.jacobian(model.request())
    except Unsupported as error:
        return not_made(error.came)
    kept = [place for place, name in enumerate(names) if variable(name) not in exempt]
    if not kept:
        return does_not_apply("The model has no states.")
    matrix = matrix[np.ix_(kept, kept)]
    if not np.isfinite(matrix).all():
        return not_made("A rate has no slope where the model starts.")
    values, right = np.linalg.eig(matrix)
    leading = int(values.real.argmax())
    growth = float(values[leading].real)
    parts = np.abs(right[:, leading] * np.linalg.pinv(right)[leading])
    largest = np.argsort(-parts)[:_LEADING]
    states = some([names[kept[place]] for place in largest if parts[place] > 0.1 * parts.max()])
    clock = subject.clock
    # Growth that would be taken for rest over the whole run is none.
    span = max(clock["final time"] - clock["initial time"], clock["time step"])
    allowed = max(REST_TOLERANCE / span, _ROUNDING_OF_RATES * float(np.abs(matrix).max()))
    per = f"per {model.time_unit}" if model.time_unit else "per unit of time"
    if growth > allowed:
        return failed(
            f"A small push grows by {readable(100 * growth)} % {per}, through {states}.",
            "Weaken a reinforcing loop through them, or add the balancing one that is missing.",
        )
    fading = readable(100 * abs(min(growth, 0.0)))
    return passed(f"A small push does not grow. Slowest to fade, by {fading} % {per}: {states}.")


def _states(subject: Subject) -> int:
    """How many states the model has, before anything is made for each pair of them."""
    stocks = subject.kind("stock")
    total = sum(variable(column) in stocks for column in subject.base.names)
    every = (one.expression for each in subject.system.equations.values() for one in each)
    for node in (node for expression in every for node in walk(expression)):
        order = dict(node.parts).get("order") if isinstance(node, Memory) else None
        if isinstance(order, Number):
            total += int(min(order.value, _MANY))
    return total


def no_negative_stock(subject: Subject) -> Finding:
    """Whether every stock stays at nought or above in every run that the audit has made."""
    below = []
    for low in subject.lows.values():
        where = "" if low.label == "base" else f" with {low.label}"
        below.append(f"{low.column} ({readable(low.value)}{where})")
    return listed(
        below,
        f"No stock falls below nought in {counted(subject.made, 'run')}.",
        "below nought",
        "Limit the outflow by what is in the stock; if it may be negative, say so in its range.",
    )
