"""Sliders and charts of a model on one page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cpdynamics.errors import MissingFile

if TYPE_CHECKING:
    from cpdynamics.dashboards.view import Dashboard
    from cpdynamics.model import Model


def dashboard(model: Model) -> Dashboard:
    """The dashboard of a model; the last line of a notebook's cell shows it.

    A dashboard of the same model that was made before is closed.

    Args:
        model: the model.

    Raises:
        MissingFile: ipywidgets or anywidget is not installed.
        BadValue: it is no model.
    """
    from cpdynamics.model import checked_model

    model = checked_model(model, "dashboard")
    try:
        from cpdynamics.dashboards.view import Dashboard
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("ipywidgets", "anywidget", "traitlets"):
            raise
        raise MissingFile(
            f"The dashboard needs {error.name}, which is not installed.",
            "",
            'Run: pip install "cpdynamics[notebooks]".',
        ) from None
    return Dashboard(model)
