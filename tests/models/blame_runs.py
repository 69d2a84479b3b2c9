"""Runs of the story blame and bureaucracy that several tests look at."""

from __future__ import annotations

import functools

import numpy as np

import cpdynamics as cp
from tests.models.library_runs import base_run, library_model

NEWS = 24.0  # the month in which a tragedy breaks
ELSEWHERE = {"reports of a national tragedy": 360}
HERE = {"reports of a local tragedy": 360}
SYSTEM = {"system approach": 1.0}
WITHDRAWN = {"recording rules withdrawn": 0.3}
STAFF = {"staff lost": 0.2}
PEOPLE = "share of danger due to individuals"
HIT = "share of dismissals that hit the cause"
WEIGHT = "reports that weigh as an incident"
GONE = {"staff lost": 1.0}
DIRECT = "strength of thin visits"


@functools.cache
def _made(values: tuple, hold: tuple) -> cp.Run:
    return library_model("blame_bureaucracy").run(dict(values), hold=dict(hold))


def run(values: dict, hold: dict | None = None) -> cp.Run:
    return _made(tuple(sorted(values.items())), tuple(sorted((hold or {}).items())))


def base(name: str) -> float:
    return float(base_run("blame_bureaucracy")[name].iloc[0])


def peak(made: cp.Run, name: str) -> float:
    return float(made[name].max() / made[name].iloc[0])


def incidents(made: cp.Run) -> float:
    """Serious incidents in fifteen years."""
    return float(np.trapezoid(made["serious incidents"], made["serious incidents"].index))


def months_up_and_down(made: cp.Run, name: str) -> tuple[float, float]:
    """From the news to half of the peak, and from the peak back to half of it."""
    rise = made[name] - made[name].iloc[0]
    half, top = rise.max() / 2, rise.idxmax()
    up = rise[rise >= half].index[0] - NEWS
    after = rise.loc[top:]
    below = after[after <= half]
    return up, (below.index[0] if len(below) else np.inf) - top
