"""What a model file has to pass before it is trusted."""

from cpdynamics.auditing.audit import Audit, audit
from cpdynamics.auditing.checks import Check

__all__ = ["Audit", "Check", "audit"]
