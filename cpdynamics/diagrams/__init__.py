"""Pictures of a model's structure, as SVG or PNG, without a program of the system."""

from __future__ import annotations

from cpdynamics.diagrams.causal import causal_diagram
from cpdynamics.diagrams.result import Diagram
from cpdynamics.diagrams.sketched import diagram

__all__ = ["Diagram", "causal_diagram", "diagram"]
