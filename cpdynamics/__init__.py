"""System dynamics of child-protection services: why they fail and how they recover."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cpdynamics.auditing import audit as audit
    from cpdynamics.classroom import bring_back as bring_back
    from cpdynamics.classroom import learned as learned
    from cpdynamics.classroom import my_answers as my_answers
    from cpdynamics.classroom import predict as predict
    from cpdynamics.classroom import question as question
    from cpdynamics.classroom import save_answers as save_answers
    from cpdynamics.cockpit import Flight as Flight
    from cpdynamics.cockpit import flight as flight
    from cpdynamics.dashboards import dashboard as dashboard
    from cpdynamics.data import published as published
    from cpdynamics.diagrams import causal_diagram as causal_diagram
    from cpdynamics.diagrams import diagram as diagram
    from cpdynamics.ensembles import Ensemble as Ensemble
    from cpdynamics.ensembles import ensemble as ensemble
    from cpdynamics.ensembles import sample as sample
    from cpdynamics.ensembles import triangular as triangular
    from cpdynamics.ensembles import uniform as uniform
    from cpdynamics.errors import CpdynamicsError as CpdynamicsError
    from cpdynamics.errors import Notice as Notice
    from cpdynamics.evidence import verdicts as verdicts
    from cpdynamics.feedback import Loops as Loops
    from cpdynamics.feedback import contribution as contribution
    from cpdynamics.feedback import loops as loops
    from cpdynamics.feedback import modes as modes
    from cpdynamics.feedback import without as without
    from cpdynamics.figures import Figures as Figures
    from cpdynamics.figures import Local as Local
    from cpdynamics.figures import localise as localise
    from cpdynamics.figures import read_series as read_series
    from cpdynamics.figures import template as template
    from cpdynamics.figures import workbook as workbook
    from cpdynamics.fitting import Fit as Fit
    from cpdynamics.fitting import Posterior as Posterior
    from cpdynamics.fitting import fit as fit
    from cpdynamics.fitting import posterior as posterior
    from cpdynamics.joining import join as join
    from cpdynamics.library import load as load
    from cpdynamics.library import models as models
    from cpdynamics.model import Model as Model
    from cpdynamics.offline import to_html as to_html
    from cpdynamics.plots import plot as plot
    from cpdynamics.plots import plot_fit as plot_fit
    from cpdynamics.plots import plot_loops as plot_loops
    from cpdynamics.policies import break_even as break_even
    from cpdynamics.policies import break_even_map as break_even_map
    from cpdynamics.policies import break_even_odds as break_even_odds
    from cpdynamics.policies import ranking as ranking
    from cpdynamics.policies import two_by_two as two_by_two
    from cpdynamics.run import Run as Run
    from cpdynamics.scenario import Scenario as Scenario
    from cpdynamics.validity import face_validity as face_validity

__version__ = "0.1.0"

# Each name is fetched from its module on first use, so that "import cpdynamics" costs next to
# nothing and neither PySD nor Plotly is loaded by somebody who does not need it. No name here may
# be that of a module: the module would take its place as soon as it is imported.
_HOMES = {
    "audit": "auditing",
    "break_even": "policies",
    "break_even_map": "policies",
    "break_even_odds": "policies",
    "bring_back": "classroom",
    "causal_diagram": "diagrams",
    "contribution": "feedback",
    "CpdynamicsError": "errors",
    "dashboard": "dashboards",
    "diagram": "diagrams",
    "Ensemble": "ensembles",
    "ensemble": "ensembles",
    "face_validity": "validity",
    "Figures": "figures",
    "fit": "fitting",
    "Fit": "fitting",
    "Flight": "cockpit",
    "flight": "cockpit",
    "join": "joining",
    "learned": "classroom",
    "load": "library",
    "Local": "figures",
    "localise": "figures",
    "Loops": "feedback",
    "loops": "feedback",
    "Model": "model",
    "models": "library",
    "modes": "feedback",
    "my_answers": "classroom",
    "Notice": "errors",
    "plot": "plots",
    "plot_fit": "plots",
    "plot_loops": "plots",
    "posterior": "fitting",
    "Posterior": "fitting",
    "predict": "classroom",
    "published": "data",
    "question": "classroom",
    "ranking": "policies",
    "read_series": "figures",
    "Run": "run",
    "sample": "ensembles",
    "save_answers": "classroom",
    "Scenario": "scenario",
    "template": "figures",
    "to_html": "offline",
    "triangular": "ensembles",
    "two_by_two": "policies",
    "uniform": "ensembles",
    "verdicts": "evidence",
    "without": "feedback",
    "workbook": "figures",
}

__all__ = [  # noqa: RUF022 -- the order in which a newcomer meets them
    "models",
    "load",
    "Model",
    "Scenario",
    "Run",
    "plot",
    "dashboard",
    "predict",
    "question",
    "my_answers",
    "save_answers",
    "bring_back",
    "learned",
    "flight",
    "Flight",
    "to_html",
    "loops",
    "Loops",
    "plot_loops",
    "without",
    "contribution",
    "modes",
    "diagram",
    "causal_diagram",
    "ensemble",
    "Ensemble",
    "sample",
    "uniform",
    "triangular",
    "break_even",
    "break_even_map",
    "break_even_odds",
    "two_by_two",
    "ranking",
    "published",
    "read_series",
    "Figures",
    "template",
    "localise",
    "Local",
    "workbook",
    "fit",
    "Fit",
    "plot_fit",
    "posterior",
    "Posterior",
    "face_validity",
    "verdicts",
    "join",
    "audit",
    "CpdynamicsError",
    "Notice",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
