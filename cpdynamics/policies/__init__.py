"""Whether a policy pays: the month in which a cut has cost what it saved, and where that holds."""

from cpdynamics.policies.crossing import BreakEven, break_even
from cpdynamics.policies.maps import (
    CUT,
    BreakEvenMap,
    break_even_map,
    break_even_map_path,
)
from cpdynamics.policies.odds import OVER, BreakEvenOdds, break_even_odds

__all__ = [
    "CUT",
    "OVER",
    "BreakEven",
    "BreakEvenMap",
    "BreakEvenOdds",
    "break_even",
    "break_even_map",
    "break_even_map_path",
    "break_even_odds",
]
