"""How far a run may go: the bounds of its clock."""

from __future__ import annotations

from cpdynamics.errors import BadValue

MOST_STEPS = 5_000_000
"""A run of more steps than this is taken for a slip of the pen in TIME STEP."""


def check_clock(
    start: float | None, end: float | None, step: float | None, saveper: float | None
) -> None:
    """Nothing, when a run with this clock moves, and arrives.

    Args:
        start: INITIAL TIME; None, as for the others, where it is not known before the run.
        end: FINAL TIME.
        step: TIME STEP.
        saveper: SAVEPER.

    Raises:
        BadValue: which of them is wrong, and what it may be.
    """
    for name, value in (("TIME STEP", step), ("SAVEPER", saveper)):
        if value is not None and not value > 0:
            raise BadValue(f"{name} is {value:g}.", "It has to be more than 0.")
    if start is None or end is None:
        return
    if end < start:
        raise BadValue(f"FINAL TIME ({end:g}) is before INITIAL TIME ({start:g}).")
    if step is not None and not (steps := (end - start) / step) <= MOST_STEPS:
        raise BadValue(
            f"The run would take {steps:.3g} time steps.",
            f"{MOST_STEPS:,} is the most.",
            "Choose a larger TIME STEP or an earlier FINAL TIME.",
        )
    if step is not None and (start + step == start or end - step == end):
        raise BadValue(
            f"TIME STEP ({step:g}) is too small to move a time from {start:g} to {end:g}.",
            "Numbers of that size have not the digits for it.",
            "Count time from nearer by.",
        )
