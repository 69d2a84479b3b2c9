"""When a cut has cost what it saved.

The net saving is what the base spends less what the policy spends, summed since the start of the
run, in constant prices and undiscounted. A cut breaks even when that sum, having been positive,
is back at zero: from then on the cut has cost more than it saved.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cpdynamics.errors import BadValue
from cpdynamics.run import Run, checked_run
from cpdynamics.scenario import finite
from cpdynamics.tables import readable

Outcome = Literal["breaks even", "saves throughout", "costs from the start", "no difference"]

SAVING = "Cumulative Saving"
_NOTHING = 1e-6  # of a pound: less than rounding leaves in a sum of millions


@dataclass(frozen=True)
class BreakEven:
    """When a cut has cost as much as it saved.

    Attributes:
        outcome: "breaks even"; "saves throughout" (never within the run); "costs from the start"
            (the net saving never was positive); "no difference" (it never left zero).
        month: the time of break-even; the time at which the cost began for "costs from the
            start"; None for the others.
        most: the largest net saving on the way, in the saving's units; 0 if there was none.
        at_end: the net saving at the end of the run.
        rising: whether it was still growing then.
        end: the last time of the run.
    """

    outcome: Outcome
    month: float | None
    most: float
    at_end: float
    rising: bool
    end: float

    def __str__(self) -> str:
        if self.outcome == "breaks even":
            return f"has cost more than it saved from month {self.month:.0f}"
        if self.outcome == "costs from the start":
            return f"costs more than it saves from its start in month {self.month:.0f}"
        if self.outcome == "saves throughout":
            most, left = (readable(float(f"{sum_:.3g}")) for sum_ in (self.most, self.at_end))
            saved = f"of a saving of {most} at its height, {left} is left then"
            if most == left:
                saved = f"{left} is saved by then"
            return (
                f"has not cost more than it saved by month {self.end:.0f}: {saved}, "
                f"and it is {'growing' if self.rising else 'shrinking'}"
            )
        return "changes no spending"


def break_even(
    run: Run, base: Run, *, saving: str = SAVING, cost: str = "", after: float | None = None
) -> BreakEven:
    """When a policy's cumulative net saving, once positive, is back at zero.

    Between two saved times the net saving is taken as a straight line. If it dips below zero
    first, that does not count: break-even is the first return to zero after a saving.

    Args:
        run: with the policy.
        base: the same assumptions without it, saved at the same times.
        saving: a stock that sums up what is saved; the base's own sum is taken off.
        cost: a rate of spending to sum up (trapezoids between saved times) in its place.
        after: count from this time on, with the sum at that time as zero; None: from the start.

    Raises:
        UnknownName: a run lacks the variable.
        BadValue: the runs have different times, a value that is not finite, or one is no run.
    """
    run, base = checked_run(run, "break_even"), checked_run(base, "break_even")
    net = _net_saving(run, base, saving=saving, cost=cost)
    if after is not None:
        start = finite(after, "after")
        at_start = float(np.interp(start, net.index, net))
        later = net[net.index > start] - at_start
        net = pd.concat([pd.Series([0.0], index=[start]), later])
    if len(net) < 2:
        raise BadValue(f"There is no saved time after {net.index[-1]:g} to look for break-even.")
    return crossing(np.asarray(net.index, dtype=np.float64), np.asarray(net, dtype=np.float64))


def _net_saving(run: Run, base: Run, *, saving: str, cost: str) -> pd.Series[float]:
    name = cost or saving
    mine, other = run[name], base[name]
    if len(mine) != len(other) or not np.allclose(mine.index, other.index, rtol=0, atol=1e-9):
        raise BadValue(
            "The run and its base are not saved at the same times.",
            "",
            "Run both with the same FINAL TIME and SAVEPER.",
        )
    net = other - mine if cost else mine - other
    if not np.isfinite(net).all():
        raise BadValue(f'"{name}" has a value that is not finite.')
    if cost:
        times, rates = net.index.to_numpy(dtype=float), net.to_numpy(dtype=float)
        parts = np.diff(times) * (rates[1:] + rates[:-1]) / 2
        net = pd.Series(np.concatenate([[0.0], np.cumsum(parts)]), index=net.index)
    return net


def crossing(times: NDArray[np.float64], sums: NDArray[np.float64]) -> BreakEven:
    """When a net saving, once positive, is back at zero.

    Args:
        times: T of them, two at least.
        sums: what has been saved by each, T finite numbers.
    """
    least = max(_NOTHING, 1e-9 * float(np.abs(sums).max()))
    most, at_end, end = max(0.0, float(sums.max())), float(sums[-1]), float(times[-1])
    rising = bool(sums[-1] > sums[-2])

    def found(outcome: Outcome, month: float | None = None) -> BreakEven:
        return BreakEven(outcome, month, most, at_end, rising, end)

    saved, spent = np.flatnonzero(sums > least), np.flatnonzero(sums < -least)
    if not len(saved):
        if not len(spent):
            return found("no difference")
        return found("costs from the start", float(times[max(spent[0] - 1, 0)]))
    back = np.flatnonzero((sums <= least) & (np.arange(len(sums)) > saved[0]))
    if not len(back):
        return found("saves throughout")
    after = int(back[0])
    before = after - 1
    share = min(1.0, sums[before] / (sums[before] - sums[after]))
    return found("breaks even", float(times[before] + share * (times[after] - times[before])))
