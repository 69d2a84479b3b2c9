"""From searches to a fit: tables, and what to know before they are used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cpdynamics.errors import RunFailed
from cpdynamics.fitting.agreement import CAVEAT, agreement, forecast
from cpdynamics.fitting.keeping import model_hash, own_version
from cpdynamics.fitting.observed import Observations
from cpdynamics.fitting.result import Fit
from cpdynamics.fitting.runs import PENALTY, Runs
from cpdynamics.fitting.searching import Search
from cpdynamics.fitting.uncertainty import Uncertainty, in_words, uncertainty
from cpdynamics.fitting.varied import Varied, values
from cpdynamics.scenario import Scenario
from cpdynamics.tables import Table

_Numbers = NDArray[np.float64]

_SAME_COST, _SAME_PLACE = 1e-4, 1e-2  # of a cost, and of a range: two searches that met
_SOME, _UNEVEN = 3, 3.0  # figures of a series, and times as far off, that are worth a word
_FAR = 3.0  # errors: further off than chance explains, in one figure of four hundred


def result(
    runs: Runs,
    loss: str,
    searches: Sequence[Search],
    starts: int,
    seed: int,
    until: float | None,
    question: str,
    command: str,
) -> Fit:
    """The fit that searches came to.

    Args:
        runs: that they asked for.
        loss: a name of ``LOSSES``.
        searches: one or more.
        starts: how many were asked for.
        seed: of their starts.
        until: the last time of a figure that they saw.
        question: sha256 of all that was asked.
        command: what was typed.

    Raises:
        RunFailed: no search found a run that does not break off.
    """
    best = min(searches, key=lambda one: one.cost)
    way = np.array(best.end)
    counterparts = runs.figures(way[None])[0]
    why = next((one.why for one in searches if one.why), "all run away")
    if best.cost >= PENALTY or not np.isfinite(counterparts).all():
        raise RunFailed(
            f"No search found a run that does not break off: {why}.",
            "",
            "Choose narrower bounds in vary=, or another start=.",
        )
    known = uncertainty(runs, way, loss)
    estimates = values(runs.constants, way)
    curves = runs.whole(np.array([estimates] * 2))
    shared = runs.scenario
    names = [one.name for one in runs.constants]
    statistics = _statistics(runs.observed, counterparts)
    forecasts = _forecasts(runs.observed, counterparts)
    made = sum(one.runs for one in searches) + runs.tally.made
    failed = sum(one.failed for one in searches) + runs.tally.failed
    sentences = [
        *_of_searches(searches, starts),
        *_of_bounds(runs.constants, way),
        *in_words(known, runs.constants, estimates),
        *_of_errors(runs, loss, counterparts, best, len(names)),
        *_of_failures(runs, searches, made, failed),
        *_of_forecasts(forecasts, until),
        CAVEAT,
    ]
    return Fit(
        model=runs.model.name,
        scenario=Scenario(
            {**shared.set, **dict(zip(names, map(float, estimates), strict=True))},
            name=f"{shared.name} + fitted" if shared.name else "fitted",
            story=f"{shared.story} Fitted to {', '.join(runs.observed.names)}.".strip(),
            hold=shared.hold,
            initial=shared.initial,
        ),
        table=_table(runs.constants, way, estimates, known),
        correlation=known.correlation,
        residuals=_residuals(runs.observed, counterparts),
        statistics=statistics,
        forecasts=forecasts,
        curves=pd.DataFrame(
            {name: curves.values[name][0] for name in runs.observed.names},
            index=pd.Index(curves.times, name="Time", dtype=float),
        ),
        words=" ".join(sentences),
        searches=tuple(searches),
        loss=loss,
        known=runs.observed.known,
        until=until,
        starts=starts,
        seed=seed,
        cost=best.cost,
        scale=known.scale,
        runs=made,
        failed=failed,
        version=own_version(),
        model_hash=model_hash(runs.model),
        question=question,
        command=command,
        time_unit=runs.model.time_unit,
        since=runs.model.story.since,
        _made_by=runs,
    )


def _table(
    constants: Sequence[Varied], way: _Numbers, estimates: _Numbers, known: Uncertainty
) -> Table:
    rows = [
        (
            float(estimate),
            float(error),
            one.low,
            one.high,
            "low" if share <= 0 else "high" if share >= 1 else "",
            one.start,
            one.units,
        )
        for one, share, estimate, error in zip(constants, way, estimates, known.errors, strict=True)
    ]
    columns = ["estimate", "error", "low", "high", "at", "start", "units"]
    index = pd.Index([one.name for one in constants], name="constant")
    return Table(rows, columns=columns, index=index)


def _residuals(observed: Observations, counterparts: _Numbers) -> Table:
    rows = []
    for one, run in observed.parts(counterparts):
        apart = run - one.values
        for place, time in enumerate(one.times):
            rows.append(
                (
                    one.name,
                    float(time),
                    one.over,
                    float(one.values[place]),
                    float(run[place]),
                    float(apart[place]),
                    float(one.errors[place]),
                    float(apart[place] / one.errors[place]),
                    bool(one.used[place]),
                )
            )
    columns = ["series", "time", "over", "figure", "run", "difference", "error", "residual"]
    return Table(rows, columns=[*columns, "fitted"])


def _statistics(observed: Observations, counterparts: _Numbers) -> Table:
    rows = []
    for one, run in observed.parts(counterparts):
        if one.used.any():
            found = astuple(agreement(one.values[one.used], run[one.used]))
        else:
            found = (0, *[np.nan] * 6)
        rows.append((*found, one.units))
    columns = ["figures", "rmse", "mape", "bias", "variance", "covariance", "r2", "units"]
    return Table(rows, columns=columns, index=pd.Index(observed.names, name="series"))


def _forecasts(observed: Observations, counterparts: _Numbers) -> Table:
    rows, names = [], []
    for one, run in observed.parts(counterparts):
        if found := forecast(one.times, one.values, run, one.used):
            rows.append((found.figures, found.model, found.last, found.trend, found.best))
            names.append(one.name)
    columns = ["figures", "model", "last value", "trend", "best"]
    kinds = {"figures": int, "model": float, "last value": float, "trend": float, "best": str}
    index = pd.Index(names, name="series", dtype=str)
    return Table(pd.DataFrame(rows, index, columns).astype(kinds))


def _of_searches(searches: Sequence[Search], starts: int) -> list[str]:
    if len(searches) == 1:
        return [] if starts > 1 else ["One search was made: another start may lead elsewhere."]
    best = min(searches, key=lambda one: one.cost)
    met = sum(
        one.cost <= best.cost * (1 + _SAME_COST) + 1e-12
        and float(np.abs(np.subtract(one.end, best.end)).max()) <= _SAME_PLACE
        for one in searches
    )
    return [f"{met} of {len(searches)} searches came to the same place."]


def _of_bounds(constants: Sequence[Varied], way: _Numbers) -> list[str]:
    said = []
    for one, share in zip(constants, way, strict=True):
        if share <= 0 or share >= 1:
            end = f"lower bound, {one.low:g}" if share <= 0 else f"upper bound, {one.high:g}"
            said.append(f'"{one.name}" is at its {end}: it has no standard error there.')
    return said


def _of_errors(
    runs: Runs, loss: str, counterparts: _Numbers, best: Search, constants: int
) -> list[str]:
    observed = runs.observed
    if not observed.known:
        return [
            "The errors of the figures are not known: each series was measured by its own spread, "
            "and how large errors are was judged by how far off the fit remains.",
            *_of_uneven(observed, counterparts),
        ]
    used = observed.used
    left = int(used.sum()) - constants
    if loss != "linear" or left < 1:
        return []
    from scipy.stats import chi2

    deviance = 2 * best.cost
    if deviance > chi2.ppf(0.99, left):
        far = np.abs((counterparts - observed.values) / observed.errors)[used] > _FAR
        return [
            f"The figures are further from the run than their errors explain (chi squared "
            f"{deviance:.4g} with {left} degrees of freedom, {int(far.sum())} figures more than "
            f"{_FAR:g} errors away): standard errors and intervals are too narrow."
        ]
    return []


def _of_uneven(observed: Observations, counterparts: _Numbers) -> list[str]:
    """Whether one size of errors for all series is a poor account of them."""
    far = {
        one.name: float(np.sqrt(np.mean(((run - one.values) / one.errors)[one.used] ** 2)))
        for one, run in observed.parts(counterparts)
        if one.used.sum() >= _SOME
    }
    if len(far) < 2:
        return []
    most, least = max(far, key=lambda name: far[name]), min(far, key=lambda name: far[name])
    if far[most] <= _UNEVEN * far[least]:
        return []
    return [
        f'For its spread, the fit is much further off in "{most}" than in "{least}", while one '
        "size of errors was judged for all series together: standard errors and intervals are too "
        "wide for what the nearer series tell, and too narrow for the others. Give errors=."
    ]


def _of_failures(runs: Runs, searches: Sequence[Search], made: int, failed: int) -> list[str]:
    if not failed:
        return []
    why = runs.tally.why or next((one.why for one in searches if one.why), "")
    return [
        f"{failed:,} of {made:,} runs broke off, the first since {why}; the searches kept away "
        "from there."
    ]


def _of_forecasts(forecasts: Table, until: float | None) -> list[str]:
    if until is None:
        return [
            "No figures were kept back, so that nothing is said of how the model forecasts: until= "
            "keeps some."
        ]
    won = int((forecasts["best"] == "model").sum())
    return [
        f"On the figures after {until:g}, which the fit has not seen, the model is nearer than "
        f"both the last value and the trend in {won} of {len(forecasts)} series."
    ]
