"""Every check, in the order in which they are made, and what each needs."""

from __future__ import annotations

from collections.abc import Callable

from cpdynamics.auditing import agreement, balance, behaviour, readers, structure, text, trials
from cpdynamics.auditing.check import Finding
from cpdynamics.auditing.subject import Subject

CHECKS: tuple[tuple[str, Callable[[Subject], Finding], tuple[str, ...]], ...] = (
    ("parse", text.parse, ()),
    ("units", text.units, ()),
    ("units balance", structure.units_balance, ("parse",)),
    ("comments", text.comments, ()),
    ("sources", text.sources, ("parse",)),
    ("ranges", text.ranges, ("parse",)),
    ("values", text.values, ("parse",)),
    ("groups", text.groups, ()),
    ("sketch", text.sketch, ()),
    ("boundary", text.boundary, ("parse",)),
    ("accumulators", text.accumulators, ("parse",)),
    ("run", behaviour.run, ("parse",)),
    ("two engines", agreement.two_engines, ("run",)),
    ("scenarios", behaviour.scenarios, ("run",)),
    ("rest", behaviour.rest, ("run",)),
    ("stability", behaviour.stability, ("rest",)),
    ("time step", trials.time_step, ("run", "scenarios")),
    ("extremes", trials.extremes, ("run",)),
    ("conservation", balance.conservation, ("run",)),
    ("no negative stock", behaviour.no_negative_stock, ("run",)),
    ("polarity", structure.polarity, ("parse",)),
    ("loops", structure.loops, ("parse",)),
    ("two readers", readers.two_readers, ("run",)),
)
"""Name, check, and the names of the checks that have to pass before it can be made."""
