"""Which constants set some of the draws apart from the others.

Regional sensitivity analysis: the draws are split by what became of them, and a constant matters
as far as its distributions in the two parts lie apart, by the distance of Kolmogorov and Smirnov.
After Spear and Hornberger 1980, "Eutrophication in Peel Inlet, II", Water Research 14.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cpdynamics.errors import BadValue

CHANCE = 0.01
"""How likely it may be that a difference is chance, over all constants together."""


def distinguishing(sample: pd.DataFrame, chosen: NDArray[np.bool_]) -> pd.DataFrame:
    """A table of the constants, those that set the chosen draws apart the most first.

    Index: the constants. Columns: ``distance`` (from 0, the same among the chosen as among the
    rest, to 1, where the two do not overlap), ``side`` (whether it is "high" or "low" among the
    chosen) and ``sure`` (the difference is no chance, by Bonferroni's rule over all constants).

    Args:
        sample: a row a draw, a column a constant.
        chosen: of each row, whether it is one of those in question.

    Raises:
        BadValue: there is not one truth a row.
    """
    from scipy.stats import ks_2samp

    chosen = np.asarray(chosen)
    if chosen.shape != (len(sample),) or chosen.dtype != bool:
        raise BadValue(
            f"{len(sample)} draws came with {chosen.shape} of {chosen.dtype}.",
            "One True or False a draw was expected.",
        )
    rows = []
    for name in sample.columns if 0 < chosen.sum() < len(chosen) else ():
        values = sample[name].to_numpy(dtype=float)
        # The exact law of ten thousand draws takes a second a constant and says the same.
        test = ks_2samp(values[chosen], values[~chosen], method="asymp")
        # Where the chosen lie lower, more of them are below any value.
        side = "low" if test.statistic_sign > 0 else "high"
        sure = test.pvalue * len(sample.columns) < CHANCE
        rows.append((name, float(test.statistic), side, bool(sure)))
    rows.sort(key=lambda row: -row[1])
    table = pd.DataFrame(rows, columns=["constant", "distance", "side", "sure"])
    return table.set_index("constant")


def in_words(table: pd.DataFrame, most: int = 3) -> str:
    """The first constants of the table whose difference is no chance; empty when there is none.

    Args:
        table: what ``distinguishing`` gave.
        most: how many to name.
    """
    sure = table[table["sure"].astype(bool)].head(most)
    return ", ".join(
        f"{side} {name} ({distance:.2f})"
        for name, distance, side in zip(sure.index, sure["distance"], sure["side"], strict=True)
    )
