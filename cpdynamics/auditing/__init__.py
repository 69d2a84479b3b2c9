"""What a model file has to pass before it is trusted."""

from cpdynamics.auditing.checks import Check
from cpdynamics.auditing.outcome import Audit, audit

__all__ = ["Audit", "Check", "audit"]
