"""What can be learnt from counts of rare events: how often a difference shows through chance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cpdynamics.errors import BadValue

Numbers = NDArray[np.float64]
CHANCE = 0.05
"""How often a test may see a difference where there is none."""
RECORDS = 2000


def seen(
    without: Numbers,
    treated: Numbers,
    *,
    authorities: int = 1,
    records: int = RECORDS,
    chance: float = CHANCE,
    seed: int = 1,
) -> Numbers:
    """Of pairs of records, the share in which one has plainly fewer events than the other, by time.

    A record is what so many authorities count between them. Each authority is one of the rows,
    chosen at random, so that two records differ in what happened in them as well as by chance of
    counting (Poisson). "Plainly" is the exact one-sided test of two Poisson counts, of as many
    years each (Przyborowski and Wilenski 1940, Biometrika 31).

    Args:
        without: expected events in each time: a row a history, a column a time.
        treated: the same for those with the policy.
        authorities: how many count together, on either side.
        records: how many pairs.
        chance: of seeing a difference where there is none, at most.
        seed: of the choice and of the counts.

    Raises:
        BadValue: shapes that differ in time, a number below nought, or no authority.
    """
    from scipy.stats import binom

    one, other = np.asarray(without, dtype=float), np.asarray(treated, dtype=float)
    if one.ndim != 2 or other.ndim != 2 or one.shape[1] != other.shape[1]:
        raise BadValue(
            f"The expected events came as {one.shape} and {other.shape}.",
            "A row a history and a column a time were expected, the same times in both.",
        )
    if not (
        np.isfinite(one).all() and np.isfinite(other).all() and min(one.min(), other.min()) >= 0
    ):
        raise BadValue("Expected events are below nought, or no number.")
    if authorities < 1 or records < 1:
        raise BadValue("One authority and one pair of records are the least.")
    rng = np.random.default_rng(seed)
    more, fewer = (_counted(rates, authorities, records, rng) for rates in (one, other))
    shown = binom.cdf(fewer, more + fewer, 0.5) <= chance
    share: Numbers = shown.mean(axis=0)
    return share


def _counted(
    rates: Numbers, authorities: int, records: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Events counted up to each time: a row a record."""
    histories = len(rates)
    chosen = rng.multinomial(authorities, np.full(histories, 1 / histories), size=records)
    return rng.poisson(chosen @ rates).cumsum(axis=1)
