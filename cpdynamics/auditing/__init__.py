"""What a model file has to pass before it is trusted."""

from cpdynamics.auditing.check import Check
from cpdynamics.auditing.outcome import Audit, audit
from cpdynamics.auditing.page import as_page

__all__ = ["Audit", "Check", "as_page", "audit"]
