"""Which feedback loop drives behaviour, and when."""

from __future__ import annotations

from cpdynamics.feedback.contributing import Contribution, contribution
from cpdynamics.feedback.cutting import without
from cpdynamics.feedback.finding import loops
from cpdynamics.feedback.patterns import Mode, modes
from cpdynamics.feedback.result import Loops

__all__ = ["Contribution", "Loops", "Mode", "contribution", "loops", "modes", "without"]
