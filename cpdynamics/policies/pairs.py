"""Runs with a policy and without it, draw by draw, so that only the policy differs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cpdynamics.ensembles import ensemble
from cpdynamics.errors import BadValue
from cpdynamics.mdl.names import canonical
from cpdynamics.model import Model
from cpdynamics.policies.crossing import BreakEven, crossing
from cpdynamics.scenario import Scenario


def paired(
    model: Model, policy: Scenario, drawn: pd.DataFrame, *, saving: str
) -> list[BreakEven | None]:
    """What a policy does in each draw; None where a run broke off.

    Args:
        model: what to run.
        policy: it has the last word on a constant that it sets itself.
        drawn: a row a draw, a column a constant.
        saving: the stock that sums up what is saved.

    Raises:
        UnknownName: the model lacks a constant or the stock.
        BadValue: a value outside its range, or a policy that moves the saved times.
    """
    left = drawn[[name for name in drawn if canonical(str(name)) not in policy.given]]
    base = ensemble(model, drawn, outputs=[saving], progress=False)
    (before,) = base.values.values()
    if left.shape[1]:
        run = ensemble(model, left, scenario=policy, outputs=[saving], progress=False)
        (after,) = run.values.values()
    else:  # with nothing left to draw the policy does the same in every draw
        after = np.asarray(model.run(policy, outputs=[saving])[saving], dtype=np.float64)[None]
    if after.shape[1] != before.shape[1]:
        raise BadValue(
            "The runs with the policy and those without it are not saved at the same times.",
            "",
            "A policy leaves FINAL TIME and SAVEPER as they are.",
        )
    net = after - before  # a run that broke off is no number throughout
    return [crossing(base.times, one) if np.isfinite(one).all() else None for one in net]
