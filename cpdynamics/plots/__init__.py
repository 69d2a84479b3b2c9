"""Finished pictures of runs, readable from the back row."""

from cpdynamics.plots.axes import PURE, Times, axis_range, unit_label
from cpdynamics.plots.figure import panels, picture, plot
from cpdynamics.plots.page import save_html

__all__ = ["PURE", "Times", "axis_range", "panels", "picture", "plot", "save_html", "unit_label"]
