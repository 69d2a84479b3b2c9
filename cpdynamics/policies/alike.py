"""The same draws under several scenarios, so that only the scenarios differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cpdynamics.ensembles import ensemble, sample
from cpdynamics.errors import BadValue
from cpdynamics.model import Model
from cpdynamics.scenario import Scenario

Numbers = NDArray[np.float64]


def alike(
    model: Model,
    scenarios: Sequence[Scenario],
    *,
    outputs: Iterable[str],
    times: Iterable[float],
    n: int,
    seed: int,
    priors: Mapping[str, Any] | None = None,
) -> tuple[pd.DataFrame, dict[str, Numbers]]:
    """The draws, and of each output an array: scenarios by draws by times.

    A constant that a scenario sets keeps that value in all draws of that scenario. A draw whose
    run broke off under one of them is left out of all.

    Args:
        model: what to run.
        scenarios: at least one.
        outputs: the variables to keep.
        times: the saved times to keep.
        n: how many draws.
        seed: of the draws.
        priors: as for ``ensemble``; what the story calls uncertain when left out.

    Raises:
        UnknownName: the model lacks an output.
        BadValue: there is nothing to draw, a time that is not saved, or every draw broke off.
    """
    names, months = list(outputs), list(times)
    drawn = sample(model, priors, n=n, seed=seed)
    runs = [
        ensemble(
            model, priors, n=n, seed=seed, scenario=one, outputs=names, times=months, progress=False
        )
        for one in scenarios
    ]
    whole = ~np.any([run.failed for run in runs], axis=0)
    if not whole.any():
        raise BadValue(f'Every draw of "{model.name}" broke off under one of the scenarios.')
    values = {name: np.stack([run.values[name][whole] for run in runs]) for name in runs[0].names}
    return drawn[whole], values


def logs(values: Numbers, name: str) -> Numbers:
    """The natural logarithm of an outcome, whose differences are those of a ratio.

    Args:
        values: of the outcome.
        name: of the outcome, for the message.

    Raises:
        BadValue: a value that is not above nought.
    """
    if not (values > 0).all():
        raise BadValue(
            f'"{name}" is not above nought in every draw.',
            "Effects are ratios here.",
            "Take an outcome that is always positive, or differences of .values.",
        )
    return np.log(values)
