"""What the sources claim, and what the models find when it is tried."""

from cpdynamics.evidence.claims import Claim, claims
from cpdynamics.evidence.page import as_table, by_verdict, changed, kept, write
from cpdynamics.evidence.settling import DRAWS, Settled, settle
from cpdynamics.evidence.table import verdicts

__all__ = [
    "DRAWS",
    "Claim",
    "Settled",
    "as_table",
    "by_verdict",
    "changed",
    "claims",
    "kept",
    "settle",
    "verdicts",
    "write",
]
