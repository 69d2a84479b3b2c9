"""Constants of a model, fitted to series of figures."""

from cpdynamics.fitting.beliefs import Posterior
from cpdynamics.fitting.believing import posterior
from cpdynamics.fitting.making import fit
from cpdynamics.fitting.profiles import Interval
from cpdynamics.fitting.result import Fit
from cpdynamics.fitting.series import at_months

__all__ = ["Fit", "Interval", "Posterior", "at_months", "fit", "posterior"]
