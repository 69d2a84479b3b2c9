"""Whether a policy pays: the month in which a cut has cost what it saved, and where that holds."""

from cpdynamics.policies.crossing import BreakEven, break_even
from cpdynamics.policies.maps import (
    CUT,
    BreakEvenMap,
    break_even_map,
    break_even_map_path,
)

__all__ = [
    "CUT",
    "BreakEven",
    "BreakEvenMap",
    "break_even",
    "break_even_map",
    "break_even_map_path",
]
