"""What was measured, as tables, as ratios and as a file."""

from __future__ import annotations

import datetime
import json
import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pandas as pd

from cpdynamics.bench.measuring import Measured
from cpdynamics.bench.million import Peak
from cpdynamics.bench.scaling import Curve

_PACKAGES = ("cpdynamics", "pysd", "pysimlin", "llvmlite", "numpy", "pandas", "scipy", "xarray")


@dataclass(frozen=True)
class Comparison:
    """How many times as much a rival costs as an engine of ours on the same work.

    Attributes:
        model: what both ran.
        rival: what was measured of the rival.
        ours: what was measured of the engine.
        times: the rival's seconds over ours, one a round.
        goal: of the project; None where there is none.
    """

    model: str
    rival: str
    ours: str
    times: Sequence[float]
    goal: float | None = None

    @property
    def median(self) -> float:
        """Of the rounds."""
        return statistics.median(self.times)


def compared(
    found: Sequence[Measured],
    rivals: Sequence[str],
    ours: Sequence[str],
    goals: Mapping[tuple[str, str, str], float],
) -> list[Comparison]:
    """Each rival against each engine of ours wherever both ran the same model.

    The two costs of one round are divided, which were measured within the same minute.

    Args:
        found: all measurements.
        rivals: what was measured of them.
        ours: what was measured of our engines.
        goals: model, rival and engine -> goal.
    """
    of = {(one.task.model, one.task.what): one for one in found}
    models = dict.fromkeys(one.task.model for one in found)
    return [
        Comparison(
            model,
            rival,
            our,
            [
                slow / quick
                for slow, quick in zip(
                    of[model, rival].seconds, of[model, our].seconds, strict=True
                )
            ],
            goals.get((model, rival, our)),
        )
        for model in models
        for rival in rivals
        for our in ours
        if (model, rival) in of and (model, our) in of
    ]


def costs(found: Sequence[Measured]) -> pd.DataFrame:
    """A table in CPU milliseconds: ``median``, ``fastest``, ``slowest``, ``goal``; index = what.

    Args:
        found: measurements on one model.
    """
    return pd.DataFrame(
        {
            "median": [1000 * one.median for one in found],
            "fastest": [1000 * min(one.seconds) for one in found],
            "slowest": [1000 * max(one.seconds) for one in found],
            "goal": [None if one.task.goal is None else 1000 * one.task.goal for one in found],
        },
        index=pd.Index([one.task.what for one in found], name="what", dtype=object),
    )


def ratios(compared: Sequence[Comparison]) -> pd.DataFrame:
    """A table: ``rival``, ``ours``, ``times`` (median), ``least``, ``most``, ``goal``; index = on.

    Args:
        compared: what `compared` made.
    """
    return pd.DataFrame(
        {
            "rival": [one.rival for one in compared],
            "against": [one.ours for one in compared],
            "times": [one.median for one in compared],
            "least": [min(one.times) for one in compared],
            "most": [max(one.times) for one in compared],
            "goal": [one.goal for one in compared],
        },
        index=pd.Index([one.model for one in compared], name="on", dtype=object),
    )


def machine() -> dict[str, Any]:
    """What was measured on: processor, how many, system, Python, load of the last minute."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {
        "processor": _processor(),
        "processors": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "load": load,
    }


def versions() -> dict[str, str | None]:
    """Package -> its version; None where it is not installed."""
    found: dict[str, str | None] = {}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = None
    return found


def as_json(
    found: Sequence[Measured],
    compared: Sequence[Comparison],
    *,
    rounds: int,
    missing: Sequence[str],
    curves: Sequence[Curve] = (),
    peaks: Sequence[Peak] = (),
) -> str:
    """Everything as JSON; seconds are CPU seconds a run.

    Args:
        found: measurements.
        compared: ratios of them.
        rounds: how many there were.
        missing: rivals that are not installed.
        curves: how cost grows.
        peaks: what a great many runs took.
    """
    return json.dumps(
        {
            "when": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            "machine": machine(),
            "versions": versions(),
            "rounds": rounds,
            "missing": list(missing),
            "seconds": [
                {
                    "model": one.task.model,
                    "what": one.task.what,
                    "median": one.median,
                    "fastest": min(one.seconds),
                    "slowest": max(one.seconds),
                    "goal": one.task.goal,
                }
                for one in found
            ],
            "ratios": [
                {
                    "model": one.model,
                    "rival": one.rival,
                    "ours": one.ours,
                    "median": one.median,
                    "least": min(one.times),
                    "most": max(one.times),
                    "goal": one.goal,
                }
                for one in compared
            ],
            "scaling": [
                {
                    "what": one.what,
                    "by": one.by,
                    "sizes": list(one.sizes),
                    "seconds": list(one.seconds),
                    "exponent": one.exponent,
                    "at the end": one.at_the_end,
                    "n log n": one.n_log_n,
                }
                for one in curves
            ],
            "many runs": [vars(one) for one in peaks],
        },
        indent=1,
        allow_nan=False,
    )


def _processor() -> str:
    # Linux tells Python no more than the instruction set; this file has the name.
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
