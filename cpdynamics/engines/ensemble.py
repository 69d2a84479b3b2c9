"""What many runs gave, and which of them broke off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Failure:
    """Why a run broke off.

    Attributes:
        variable: as written in the .mdl.
        time: when.
        why: what it does there, as the end of a sentence that begins with the variable.
    """

    variable: str
    time: float
    why: str

    def __str__(self) -> str:
        return f'"{self.variable}" {self.why} at time {self.time:g}.'


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
