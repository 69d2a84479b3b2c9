"""The models under load: ten thousand draws over the whole ranges of their constants."""

from cpdynamics.draws.load import RUNS, Load, under_load
from cpdynamics.draws.page import as_table, faults, write

__all__ = ["RUNS", "Load", "as_table", "faults", "under_load", "write"]
