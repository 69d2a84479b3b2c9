"""What many runs gave, and which of them broke off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cpdynamics.engines.failure import Failure
from cpdynamics.errors import BadValue

MOST_NUMBERS = 500_000_000
"""Four gigabytes; more is taken for a slip of the pen."""


@dataclass(frozen=True)
class Ensemble:
    """Many runs of one model.

    Attributes:
        times: the T saved times.
        values: name as written -> N runs by T times; NaN throughout in a run that failed.
        failed: of each run, whether PySD would have broken it off.
        failures: number of a run that failed -> why.
    """

    times: NDArray[np.float64]
    values: Mapping[str, NDArray[np.float64]]
    failed: NDArray[np.bool_]
    failures: Mapping[int, Failure]


def refuse_too_many(times: int, outputs: int, runs: int) -> None:
    """Nothing, when the numbers that were asked for can be held.

    Raises:
        BadValue: there are too many.
    """
    if (numbers := times * outputs * runs) > MOST_NUMBERS:
        raise BadValue(
            f"The runs would give {numbers:.3g} numbers.",
            f"{MOST_NUMBERS:.0e} is the most at once.",
            "Ask for fewer outputs, times or runs.",
        )
