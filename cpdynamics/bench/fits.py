"""What a fit costs: eight constants to eight series, and the same work through PySD on a slice."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cpdynamics import library
from cpdynamics.fitting import Fit, fit
from cpdynamics.model import Model

GOAL = 2.0
"""CPU seconds for a fit of eight constants to eight series."""

MODEL = "turnover"

_CONSTANTS = {
    "weight of workload": 0.8,
    "strength of exhaustion": 2.4,
    "worsening fraction": 0.012,
    "strength of thin visits": 1.0,
    "cutting corners": 0.6,
    "rationing": 0.4,
    "drift of plans": 0.35,
    "return fraction": 0.15,
}
_SERIES = (
    "permanent social workers",
    "turnover fraction",
    "Children at High Risk",
    "Children in Care",
    "repeat referrals",
    "Referrals Waiting",
    "absence share",
    "hours per child",
)
_SHOCK = {"hiring frozen": 1.0, "freeze lasts": 24.0}


@dataclass(frozen=True)
class Cost:
    """What a fit cost.

    Attributes:
        constants: how many were fitted.
        series: to how many series.
        runs: that it took.
        first: seconds of CPU, of what is compiled and loaded once too.
        again: of CPU, the second time.
        pysd: of CPU that as many runs would take through PySD, from a slice of them.
        sliced: how many runs that slice had.
    """

    constants: int
    series: int
    runs: int
    first: float
    again: float
    pysd: float
    sliced: int

    def sentence(self) -> str:
        """The cost in words."""
        verdict = "" if self.constants < len(_CONSTANTS) else f" (goal: {GOAL:g})"
        return (
            f"A fit of {self.constants} constants of {MODEL} to {self.series} series, "
            f"{self.runs:,} runs: {self.first:.2g} s of CPU the first time{verdict}, "
            f"{self.again:.2g} s again. As many runs through PySD: {self.pysd:,.0f} s, which is "
            f"{self.pysd / self.first:,.0f} times as much, extrapolated from {self.sliced}."
        )


def cost(*, quick: bool = False) -> Cost:
    """What a fit costs on this machine.

    Args:
        quick: two constants and two series, to see that it works.
    """
    model = library.load(MODEL)
    count = 2 if quick else len(_CONSTANTS)
    fitted, sliced = _fitted(model, count), 1 if quick else 5
    first, found = _timed(fitted)
    again, _ = _timed(fitted)
    pysd = _by_pysd(model, sliced) * found.runs
    return Cost(count, count, found.runs, first, again, pysd, sliced)


def _timed(work: Callable[[], Fit]) -> tuple[float, Fit]:
    begun = time.process_time()
    found = work()
    return time.process_time() - begun, found


def _fitted(model: Model, count: int) -> Callable[[], Fit]:
    """The fit, to be called: yearly figures of a known run, with noise of half a per cent."""
    names = _SERIES[-count:]
    run = model.run(_CONSTANTS | _SHOCK, outputs=names)
    rng = np.random.default_rng(1)
    series, errors = {}, {}
    for name in names:
        exact = run[name].loc[12::12]
        errors[name] = 0.005 * float(exact.abs().mean())
        series[name] = exact + errors[name] * rng.standard_normal(len(exact))
    vary = list(_CONSTANTS)[-count:]
    given = {name: value for name, value in _CONSTANTS.items() if name not in vary} | _SHOCK
    return lambda: fit(model, series, vary, errors=errors, scenario=given, progress=False)


def _by_pysd(model: Model, runs: int) -> float:
    """CPU seconds of one run through PySD."""
    engine = model.engine("pysd")
    request = model.request(_CONSTANTS | _SHOCK, outputs=_SERIES)
    engine.run(request)  # what is loaded once is not a cost of each run
    begun = time.process_time()
    for _ in range(runs):
        engine.run(request)
    return (time.process_time() - begun) / runs
