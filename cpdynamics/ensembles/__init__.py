"""Many runs with constants drawn from what is believed of them."""

from cpdynamics.ensembles.making import ensemble
from cpdynamics.ensembles.priors import triangular, uniform
from cpdynamics.ensembles.result import Ensemble
from cpdynamics.ensembles.sampling import sample

__all__ = ["Ensemble", "ensemble", "sample", "triangular", "uniform"]
