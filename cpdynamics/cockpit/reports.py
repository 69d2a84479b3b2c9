"""What a director sees: late, through the filters of the model, and what is so."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cpdynamics.cockpit.decisions import Plan, Report
from cpdynamics.plots import said

if TYPE_CHECKING:
    from cpdynamics.run import Run

_DIGITS = 3
_NEAR = 0.25  # of the way between two words: what is nearer to one is called by it
_ROUNDING = 6  # decimals of a distance; what rounding leaves decides nothing
_REPORTS = 1  # so that counts and events are drawn apart


@dataclass(frozen=True)
class Reading:
    """A figure as it lies on the desk.

    Attributes:
        report: what it is.
        value: the figure, in the report's own unit.
        counted: the time that it is of.
        now: the time at which it is read.
    """

    report: Report
    value: float
    counted: float
    now: float

    @property
    def text(self) -> str:
        """The figure as it is read, with its unit; the word where only a word is published."""
        return in_words(self.report, self.value)

    @property
    def age(self) -> float:
        """How old it is, in the model's time unit."""
        return self.now - self.counted


def in_words(report: Report, value: float) -> str:
    """A figure of a report as a person reads it.

    Args:
        report: of which it is.
        value: in the report's unit.
    """
    if report.words:
        return _worded(report.words, value)
    if report.count and value == round(value):
        return f"{value:g} {report.unit}".strip()
    if not math.isfinite(value):
        return "no figure"
    small = abs(value) < 0.5e-2
    return f"{said(0.0 if small else float(f'{value:.{_DIGITS}g}'))} {report.unit}".strip()


def _worded(words: tuple[tuple[float, str], ...], value: float) -> str:
    below = [one for one in words if one[0] <= value] or [words[0]]
    above = [one for one in words if one[0] >= value] or [words[-1]]
    low, high = below[-1], above[0]
    near = _NEAR * (high[0] - low[0])
    if value - low[0] <= near:
        return low[1]
    return high[1] if high[0] - value <= near else f"between {low[1]} and {high[1]}"


def seen(plan: Plan, report: Report, run: Run, seed: int, now: float) -> Reading:
    """What a report says at a time, from nothing that is later than that.

    Args:
        plan: of the flight.
        report: one of its reports.
        run: the flight's, at least until then.
        seed: of the flight.
        now: when it is read.
    """
    counted = counted_at(plan, report, now)
    value = _value(report.seen, run, counted) * report.scale
    if report.count:
        expected = _over_a_period(plan, report.seen, run, now) * report.scale
        value = float(_drawn(plan, report, expected, seed, now))
        counted = now
    elif report.words:
        # Half-way between two words the better one is published, as it was of the base.
        marks = sorted((mark for mark, _ in report.words), reverse=True)
        value = min(marks, key=lambda mark: round(abs(mark - value), _ROUNDING))
    return Reading(report, value, counted, now)


def so(plan: Plan, report: Report, run: Run, now: float) -> float:
    """What is so at a time, in the report's unit. Nothing late, nothing filtered, nothing drawn.

    Args:
        plan: of the flight.
        report: one of its reports.
        run: the flight's, at least until then.
        now: the time.
    """
    if report.count:
        return _over_a_period(plan, report.truth, run, now) * report.scale
    return _value(report.truth, run, now) * report.scale


def counted_at(plan: Plan, report: Report, now: float) -> float:
    """The time that the latest published figure is of; the start for one from before it.

    Args:
        plan: of the flight.
        report: one of its reports.
        now: when it is read.
    """
    if not report.every:
        return now
    latest = now - report.delay - plan.start - report.first
    counted = plan.start + report.first + report.every * math.floor(latest / report.every + 1e-9)
    # A model starts where its past has led it: an older figure is that of the start.
    return max(plan.start, counted)


def _value(names: tuple[str, ...], run: Run, time: float) -> float:
    """The sum of variables at the last saved time that is no later."""
    times = run.frame.index.to_numpy(dtype=float)
    place = max(0, int(np.searchsorted(times, time + 1e-9, side="right")) - 1)
    return math.fsum(float(run.frame[run.spelt(name)].iloc[place]) for name in names)


def _over_a_period(plan: Plan, names: tuple[str, ...], run: Run, now: float) -> float:
    """What a rate brought over the last period, by trapezia over the saved times.

    At the start, when none has passed: what it brings in one at the rate of the start.
    """
    first = now - plan.every
    if first < plan.start - 1e-9:
        return _value(names, run, plan.start) * plan.every
    times = run.frame.index.to_numpy(dtype=float)
    inside = (times > first - 1e-9) & (times < now + 1e-9)
    rates = sum(run.frame[run.spelt(name)].to_numpy(dtype=float)[inside] for name in names)
    return float(np.trapezoid(rates, times[inside])) if inside.sum() > 1 else 0.0


def _drawn(plan: Plan, report: Report, expected: float, seed: int, now: float) -> int:
    """A number of rare events. A luckier half-year stays one, whatever was decided."""
    from scipy.stats import poisson

    if not (math.isfinite(expected) and expected > 0):
        return 0
    number = max(0, math.floor((now - plan.start) / plan.every + 1e-9))
    place = plan.reports.index(report)
    chance = np.random.default_rng([seed, _REPORTS, place, number]).random()
    return int(poisson.ppf(chance, expected))
