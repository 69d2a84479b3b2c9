"""What a run is asked for, in the words of the .mdl."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd


@dataclass(frozen=True)
class Request:
    """One run to be made. Every engine answers the same request with the same numbers.

    Names are those of the .mdl; case, underscores and spaces do not matter. An engine trusts
    its caller about ranges and kinds (``Model`` checks them) but refuses a name it lacks.

    Attributes:
        constants: constant -> value; INITIAL TIME, FINAL TIME, TIME STEP and SAVEPER included.
        hold: variable -> value, or series over time (linear between its points, clamped at its
            ends). A held variable takes that value wherever it is used and in the result.
        initial: stock -> value at the initial time.
        outputs: the variables to return, or None for every one.
        seed: of the RANDOM functions, from 0 to 2**64 - 1. PySD, and so every engine, pays no
            heed to the seeds that the .mdl gives them.
        first_run: number of the first run, or of the only one. The same seed and the same number
            give the same chance, whatever else is asked; a run of another number has another.
    """

    constants: Mapping[str, float] = field(default_factory=dict)
    hold: Mapping[str, float | pd.Series[float]] = field(default_factory=dict)
    initial: Mapping[str, float] = field(default_factory=dict)
    outputs: tuple[str, ...] | None = None
    seed: int = 0
    first_run: int = 0
