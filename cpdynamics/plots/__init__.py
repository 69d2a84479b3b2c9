"""Finished pictures of runs, readable from the back row."""

from cpdynamics.plots.axes import PERCENT, PURE, Times, axis_range, is_share, unit_label
from cpdynamics.plots.bands import Band
from cpdynamics.plots.dominance import plot_loops
from cpdynamics.plots.figure import panels, picture, plot
from cpdynamics.plots.fits import plot_fit
from cpdynamics.plots.numbers import said
from cpdynamics.plots.page import save_html

__all__ = [
    "PERCENT",
    "PURE",
    "Band",
    "Times",
    "axis_range",
    "is_share",
    "panels",
    "picture",
    "plot",
    "plot_fit",
    "plot_loops",
    "said",
    "save_html",
    "unit_label",
]
