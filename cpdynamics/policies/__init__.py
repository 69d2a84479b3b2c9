"""Whether a policy pays: the month in which a cut has cost what it saved, and where that holds."""

from cpdynamics.policies.crossing import BreakEven, break_even
from cpdynamics.policies.interaction import TwoByTwo, two_by_two
from cpdynamics.policies.levers import Ranking, exchange, ranking
from cpdynamics.policies.maps import (
    CUT,
    BreakEvenMap,
    break_even_map,
    break_even_map_path,
)
from cpdynamics.policies.odds import OVER, BreakEvenOdds, break_even_odds
from cpdynamics.policies.records import seen

__all__ = [
    "CUT",
    "OVER",
    "BreakEven",
    "BreakEvenMap",
    "BreakEvenOdds",
    "Ranking",
    "TwoByTwo",
    "break_even",
    "break_even_map",
    "break_even_map_path",
    "break_even_odds",
    "exchange",
    "ranking",
    "seen",
    "two_by_two",
]
