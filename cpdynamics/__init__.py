"""System dynamics of child-protection services: why they fail and how they recover."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cpdynamics.auditing import audit as audit
    from cpdynamics.dashboards import dashboard as dashboard
    from cpdynamics.data import published as published
    from cpdynamics.errors import CpdynamicsError as CpdynamicsError
    from cpdynamics.joining import join as join
    from cpdynamics.library import load as load
    from cpdynamics.library import models as models
    from cpdynamics.model import Model as Model
    from cpdynamics.plots import plot as plot
    from cpdynamics.policies import break_even as break_even
    from cpdynamics.policies import break_even_map as break_even_map
    from cpdynamics.run import Run as Run
    from cpdynamics.scenario import Scenario as Scenario
    from cpdynamics.validity import face_validity as face_validity

__version__ = "0.1.0"

# Each name is fetched from its module on first use, so that "import cpdynamics" costs next to
# nothing and neither PySD nor Plotly is loaded by somebody who does not need it. No name here may
# be that of a module: the module would take its place as soon as it is imported.
_HOMES = {
    "CpdynamicsError": "errors",
    "Model": "model",
    "Run": "run",
    "Scenario": "scenario",
    "audit": "auditing",
    "break_even": "policies",
    "break_even_map": "policies",
    "dashboard": "dashboards",
    "face_validity": "validity",
    "join": "joining",
    "load": "library",
    "models": "library",
    "plot": "plots",
    "published": "data",
}

__all__ = [  # noqa: RUF022 -- the order in which a newcomer meets them
    "models",
    "load",
    "Model",
    "Scenario",
    "Run",
    "plot",
    "dashboard",
    "break_even",
    "break_even_map",
    "published",
    "face_validity",
    "join",
    "audit",
    "CpdynamicsError",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
