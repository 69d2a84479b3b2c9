"""What the sources claim, and what the models find when it is tried."""

from cpdynamics.evidence.claims import Claim, claims, rows
from cpdynamics.evidence.page import changed, sentence, summary, turned, write
from cpdynamics.evidence.settling import DRAWS, Settled, settle
from cpdynamics.evidence.table import among, as_table, verdicts

__all__ = [
    "DRAWS",
    "Claim",
    "Settled",
    "among",
    "as_table",
    "changed",
    "claims",
    "rows",
    "sentence",
    "settle",
    "summary",
    "turned",
    "verdicts",
    "write",
]
