"""Sectors joined by name into one story, or refused with the reason."""

from __future__ import annotations

from cpdynamics.joining.merging import join
from cpdynamics.joining.stories import compose, compose_all, composed

__all__ = ["compose", "compose_all", "composed", "join"]
