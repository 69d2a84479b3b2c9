"""What a page needs to draw the chart for a prediction, as plain data."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cpdynamics.classroom.drawing import Prediction, axis_for, flat, grid
from cpdynamics.dashboards.headline import pure
from cpdynamics.errors import BadValue, CpdynamicsError, clipped
from cpdynamics.mdl.names import canonical
from cpdynamics.plots import PERCENT, is_share, said
from cpdynamics.plots.colours import BASELINE, COLOURS, ink
from cpdynamics.plots.numbers import MINUS
from cpdynamics.scenario import Scenario, finite

if TYPE_CHECKING:
    from cpdynamics.model import Model
    from cpdynamics.run import Run

_MOST_PLACES = 600  # of a line: more than a screen has pixels for is of no use
_NOTHING = 1e-6  # of the axis
_MONEY = "£"
_MILLION = 1e6
_X_TICKS = 9
_Y_TICKS = 7
_FEWEST = 4


@dataclass(frozen=True)
class Sheet:
    """A variable under a scenario, ready to be predicted.

    Attributes:
        blank: the flat line.
        base: the run without the scenario.
        run: the run under it, not to be shown before it is asked for.
        unit: what time is counted in, in the singular and lower case.
        units: of the variable in words; empty for a pure number.
        scale: what a value is multiplied by to be read: 100 for a share, which is in percent, and
            a millionth where millions are told.
        since: what time 0 is; may be empty.
    """

    blank: Prediction
    base: Run
    run: Run
    unit: str
    units: str
    scale: float
    since: str

    def spelt(self, value: float) -> str:
        """A value in three digits, with its units; what rounding leaves of zero is zero."""
        if abs(value) < _NOTHING * (self.blank.high - self.blank.low):
            value = 0.0
        text = said(float(f"{self.scale * value:.3g}"))
        if not self.units.startswith(_MONEY):
            return f"{text} {self.units}".strip()
        sign, plain = (MINUS, text[1:]) if text.startswith(MINUS) else ("", text)
        return f"{sign}{_MONEY}{plain}{self.units.removeprefix(_MONEY)}"

    def chart(self, ask: str) -> dict[str, Any]:
        """What is there before the run is shown, nothing of the run among it.

        Args:
            ask: the sentence above the chart.
        """
        blank = self.blank
        times = (blank.begins, *blank.months)
        return {
            "variable": blank.variable,
            "ask": ask,
            "units": self.units,
            "scale": self.scale,
            "unit": self.unit,
            "since": self.since,
            "begins": blank.begins,
            "start": blank.start,
            "months": list(blank.months),
            "low": blank.low,
            "high": blank.high,
            "step": (blank.high - blank.low) / 60,
            "xTicks": _ticks(times[0], times[-1], _X_TICKS, self.unit),
            "yTicks": _ticks(blank.low, blank.high, _Y_TICKS, ""),
            "base": self.line(self.base),
            "baseAt": self.at_months(self.base),
            "colours": {
                "you": COLOURS[0],
                "model": COLOURS[1],
                "base": BASELINE,
                "modelInk": ink(COLOURS[1]),
                "baseInk": ink(BASELINE),
            },
        }

    def line(self, run: Run) -> list[list[float]]:
        """A run's (time, value) in the stretch that is drawn.

        Args:
            run: the base or the run.
        """
        series = run[self.blank.variable]
        first, last = self.blank.begins, self.blank.months[-1]
        times = np.union1d(series.index.to_numpy(dtype=float), [first, last])
        times = times[(times >= first) & (times <= last)]
        stride = max(1, math.ceil(len(times) / _MOST_PLACES))
        kept = np.union1d(times[::stride], times[-1:])
        values = np.interp(kept, series.index.to_numpy(dtype=float), series.to_numpy(dtype=float))
        return [[float(t), float(v)] for t, v in zip(kept, values, strict=True)]

    def at_months(self, run: Run) -> list[float]:
        """A run's values where the drawing begins and at each of its points.

        Args:
            run: the base or the run.
        """
        series = run[self.blank.variable]
        times = (self.blank.begins, *self.blank.months)
        values: list[float] = np.interp(
            times, series.index.to_numpy(dtype=float), series.to_numpy(dtype=float)
        ).tolist()
        return values


def sheet(
    model: Model,
    scenario: Scenario,
    variable: str,
    *,
    months: float | None = None,
    every: float | None = None,
    axis: tuple[float, float] | None = None,
) -> Sheet:
    """The sheet on which somebody draws what they expect.

    Args:
        model: the model.
        scenario: what is changed in it.
        variable: what is to be drawn.
        months: the last time to draw; None for the end of the run.
        every: the distance of two points; None for a round one.
        axis: the low and high end of the upright axis; None for one that holds every scenario of
            the story.

    Raises:
        UnknownName: the model has no such variable.
        BadValue: the run does not fit the axis, or does not go as far as is to be drawn.
        RunFailed: the run breaks off.
    """
    base = model.run(outputs=[variable])
    run = model.run(scenario, outputs=[variable])
    if len(base.names) != 1:
        raise BadValue(
            f'"{clipped(variable)}" has {len(base.names)} columns.',
            "One line can be drawn at a time.",
        )
    name = base.names[0]
    first, end = float(run.frame.index[0]), float(run.frame.index[-1])
    last = end if months is None else finite(months, "months=")
    if not first < last <= end:
        raise BadValue(
            f"months={last:g} was asked for.", f"The run goes from {first:g} to {end:g}."
        )
    element = model.structure.elements.get(canonical(name))
    is_stock = element is not None and element.kind == "stock"
    # What a stock holds on the first day is known to everybody; how a flow answers is not.
    start = float((run if is_stock else base)[name].iloc[0])
    units = base.units[name]
    share = is_share(name, units)
    shown = [one[name].to_numpy(dtype=float) for one in (base, run)]
    if axis is None:
        for other in model.scenarios.values():
            try:
                shown.append(model.run(other, outputs=[name])[name].to_numpy(dtype=float))
            except CpdynamicsError:  # what breaks off elsewhere is no reason to show nothing here
                continue
        whole = np.concatenate(shown)
        money = "GBP" in units
        axis = axis_for(start, whole, never_below_zero=not money and bool(np.all(whole >= 0)))
        if share and whole.max() <= 1:
            axis = (axis[0], min(axis[1], 1.0))
    blank = flat(
        model.name,
        scenario.label,
        name,
        begins=first,
        start=start,
        months=grid(first, last, every),
        axis=axis,
    )
    ran = run[name].to_numpy(dtype=float)
    if not np.all(np.isfinite(ran)) or ran.min() < blank.low or ran.max() > blank.high:
        raise BadValue(
            f"The run of {clipped(name)} goes from {ran.min():g} to {ran.max():g}.",
            f"The axis goes from {blank.low:g} to {blank.high:g}.",
            "Give a wider axis=.",
        )
    unit = (model.time_unit or "time").strip().casefold().removesuffix("s")
    scale, read = _read(units, share, max(abs(blank.low), abs(blank.high)))
    return Sheet(blank, base, run, unit, read, scale, model.story.since)


def _read(units: str, share: bool, height: float) -> tuple[float, str]:
    """What values are multiplied by to be read, and their units then."""
    if share:
        return 100.0, PERCENT
    if height < _MILLION:
        return 1.0, pure(units)
    words = pure(units)
    read = f"{_MONEY} million{words[1:]}" if words.startswith(_MONEY) else f"million {words}"
    return 1 / _MILLION, read.strip()


def _ticks(low: float, high: float, most: int, unit: str) -> list[float]:
    """Round numbers from one end to the other, both ends among them where they are round."""
    span = high - low
    if unit == "month" and span >= 4:
        steps: tuple[float, ...] = (1, 2, 3, 6, 12, 24, 36, 60, 120, 240, 600, 1200)
    else:
        size = 10.0 ** math.floor(math.log10(span / most))
        steps = tuple(part * size for part in (1, 2, 2.5, 5, 10, 20))
    few = [one for one in steps if span / one <= most]
    # One at the very end reads best, if that leaves enough of them.
    whole = [one for one in few if span % one == 0 and span / one >= _FEWEST]
    step = next(iter([*whole, *few]), span)
    begin = math.ceil(low / step - 1e-9)
    count = math.floor(high / step + 1e-9)
    return [place * step for place in range(begin, count + 1)]
