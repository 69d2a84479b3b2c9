"""An authority's own figures: read, matched to a model, and put in place of the typical ones."""

from cpdynamics.figures.blank import template
from cpdynamics.figures.excel import workbook
from cpdynamics.figures.local import Local
from cpdynamics.figures.localising import localise
from cpdynamics.figures.reading import read_series
from cpdynamics.figures.result import Figures

__all__ = ["Figures", "Local", "localise", "read_series", "template", "workbook"]
