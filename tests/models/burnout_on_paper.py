"""Burnout worked out from its constants, by another way than the model's equations."""

from __future__ import annotations

import functools
from collections.abc import Mapping

import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

import cpdynamics as cp
from tests.models.library_runs import base_run, library_model

SHARES = ("Burnout Share", "Off Sick Share", "well share")


def constant(name: str, model: str = "sectors/burnout") -> float:
    return float(base_run(model)[name].iloc[0])


def alone(scenario: Mapping[str, float] | None = None, **more) -> cp.Run:
    return library_model("sectors/burnout").run(scenario, **more)


def joined(scenario: Mapping[str, float] | None = None, **more) -> cp.Run:
    return library_model("burnout").run(scenario, **more)


def hard_year() -> dict[str, float]:
    return dict(library_model("burnout").scenarios["A hard year"].set)


def hard_half_year() -> dict[str, float]:
    return dict(library_model("burnout").scenarios["A hard half-year"].set)


def worn_out(run: cp.Run) -> bool:
    """Whether most of the scale is behind the staff at the end: the hump lies at half of it."""
    return bool(run["Exhaustion"].iloc[-1] > 0.8)


# Typed again on purpose: DfE 2017 over 153 authorities, and the model's assumptions.
LEAVING, ILL, SICK, RATIO = 2.08 / 186.2, 0.15, 0.031 * 0.8, 3.0
SICK_FOR, COME_BACK_WELL, HEAL = 3.0, 0.6, 24.0
GO = RATIO * LEAVING / (1 + (RATIO - 1) * (ILL + SICK))
FALL = SICK * (1 / SICK_FOR + GO) / ILL
BURN = (ILL * (FALL + 1 / HEAL + GO) - SICK / SICK_FOR * (1 - COME_BACK_WELL)) / (1 - ILL - SICK)


def rest(exhaustion):
    """Recovered in a month: x exp(-(x/x*)^n / n) / T, greatest at x*."""
    best, sharpness = constant("exhaustion of best recovery"), constant("sharpness of the hump")
    failing = np.exp(-((exhaustion / best) ** sharpness) / sharpness)
    return exhaustion * failing / constant("time to recover")


def replaced(exhaustion, ill, sick):
    """Exhaustion that goes out of the door in a month: newcomers are fresher than leavers."""
    leavers = GO * (ill + sick + (1 - ill - sick) / RATIO)
    return leavers * (exhaustion - constant("exhaustion of newcomers"))


def wear(exhaustion, strain=1.0):
    """Worn out in a month: in 2017 as much as goes, and nothing at the end of the scale."""
    base = constant("base exhaustion")
    return (rest(base) + replaced(base, ILL, SICK)) / (1 - base) * (1 - exhaustion) * strain


def settled(exhaustion):
    """Shares of burnt out and off sick where exhaustion stands still: linear in the two."""
    sick_each = FALL / (1 / SICK_FOR + GO)
    burning = BURN * (exhaustion / constant("base exhaustion")) ** 2
    goes = FALL + 1 / HEAL + GO - (1 - COME_BACK_WELL) / SICK_FOR * sick_each
    ill = burning / (goes + burning * (1 + sick_each))
    return ill, ill * sick_each


def net(exhaustion, strain=1.0):
    return wear(exhaustion, strain) - rest(exhaustion) - replaced(exhaustion, *settled(exhaustion))


def equilibria(strain: float = 1.0) -> list[float]:
    grid = np.linspace(0.001, 0.9999, 4000)
    turns = np.flatnonzero(np.diff(np.sign(net(grid, strain))))
    return [brentq(net, grid[at], grid[at + 1], args=(strain,), xtol=1e-13) for at in turns]


def folds() -> tuple[tuple[float, float], tuple[float, float]]:
    """Exhaustion and strain at which the low and the high equilibrium vanish: the greatest and
    then the least strain that the curves can balance between the hump and the end of the scale."""
    between = np.linspace(constant("exhaustion of best recovery"), 0.999, 20_000)
    balanced = (rest(between) + replaced(between, *settled(between))) / wear(between)
    turn = np.argmax(balanced[between < 0.7])
    back = turn + np.argmin(balanced[turn:])
    return tuple((float(between[at]), float(balanced[at])) for at in (turn, back))


@functools.cache
def drawn(size: float, last: float) -> np.ndarray:
    """Exhaustion on paper in each month, under hard months that begin after a year: the three
    balances above, solved by another method (LSODA) than the model's."""

    def rates(time, state):
        x, ill, sick = state
        hard = max(0.0, min(1.0, min(time - 12, 12 + last - time) / 3))
        burning = (1 - ill - sick) * BURN * (x / constant("base exhaustion")) ** 2
        back = sick / SICK_FOR * (1 - COME_BACK_WELL)
        return (
            wear(x, 1 + size * hard) - rest(x) - replaced(x, ill, sick),
            burning + back - ill * (FALL + 1 / HEAL + GO),
            ill * FALL - sick * (1 / SICK_FOR + GO),
        )

    months = np.arange(181.0)
    start = (constant("base exhaustion"), ILL, SICK)
    return solve_ivp(
        rates, (0, 180), start, method="LSODA", t_eval=months, rtol=1e-9, atol=1e-12, max_step=0.5
    ).y[0]
