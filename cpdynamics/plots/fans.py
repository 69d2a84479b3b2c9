"""An ensemble as a line with the band behind it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cpdynamics.ensembles import Ensemble
from cpdynamics.errors import BadValue, came_as
from cpdynamics.plots.bands import Band, band_of, quantiles
from cpdynamics.run import Run


def middle(ensemble: Ensemble) -> tuple[Run, int]:
    """The median of every variable at every time, and of how many runs it is.

    It is no run that was made: another run may be in the middle at the next time.

    Args:
        ensemble: with series.

    Raises:
        BadValue: it kept none, or every run broke off.
    """
    values = _series(ensemble)
    whole = int((~ensemble.failed).sum())
    if not whole:
        raise BadValue("Every run of the ensemble broke off.", "", "Its .failures say why.")
    columns = {name: quantiles(numbers, (0.5,))[0] for name, numbers in values.items()}
    frame = pd.DataFrame(columns, index=pd.Index(ensemble.times, name="Time", dtype=float))
    run = Run(
        ensemble.model,
        ensemble.scenario,
        frame,
        ensemble.units,
        ensemble.time_unit,
        ensemble.since,
    )
    return run, whole


def bands_of(ensemble: Ensemble) -> dict[str, Band]:
    """The band of every variable.

    Args:
        ensemble: with series.

    Raises:
        BadValue: it kept none.
    """
    return {name: band_of(ensemble.times, values) for name, values in _series(ensemble).items()}


def checked_fan(given: object) -> Ensemble:
    """The ensemble that was given.

    Args:
        given: what came.

    Raises:
        BadValue: it is none.
    """
    if isinstance(given, Ensemble):
        return given
    raise BadValue(
        f"fan= got {came_as(given)}.", "An Ensemble was expected.", "cp.ensemble() makes one."
    )


def _series(ensemble: Ensemble) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    if ensemble.reductions is not None:
        raise BadValue(
            "The ensemble kept no series, only " + ", ".join(ensemble.reductions) + ".",
            "",
            "Make it without reductions= to draw it.",
        )
    return dict(ensemble.values)
