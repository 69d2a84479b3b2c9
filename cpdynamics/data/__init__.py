"""Published figures: what England counts, with its source, its unit and what is counted."""

from cpdynamics.data.series import published, spread

__all__ = ["published", "spread"]
