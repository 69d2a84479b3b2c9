"""A fit: the figures, the constants, the searches and what came of them, tied together."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cpdynamics.checking import checked_scenario, checked_seed
from cpdynamics.ensembles.progress import bar
from cpdynamics.errors import BadValue, came_as, tell
from cpdynamics.figures.result import Figures
from cpdynamics.fitting.keeping import model_hash, read_begun, write_begun, write_fit
from cpdynamics.fitting.losses import checked_loss
from cpdynamics.fitting.observed import Errors, Given, Observations, observations
from cpdynamics.fitting.result import Fit
from cpdynamics.fitting.runs import PENALTY, Runs
from cpdynamics.fitting.searching import Search, searched
from cpdynamics.fitting.telling import result
from cpdynamics.fitting.varied import Varied, Vary, shares, varied
from cpdynamics.model import Model, checked_model
from cpdynamics.scenario import Held, Scenario

_MOST_STARTS = 10_000
_SCREENED = 16  # points of the hypercube for each search that begins at the best of them


def fit(
    model: Model,
    series: Given,
    vary: Vary,
    *,
    start: Mapping[str, float] | None = None,
    errors: Errors | None = None,
    weights: Mapping[str, float] | None = None,
    loss: str = "linear",
    starts: int = 1,
    seed: int = 0,
    until: float | None = None,
    scenario: Scenario | Mapping[str, float] | str | None = None,
    hold: Mapping[str, Held] | None = None,
    keep: Path | str | None = None,
    engine: str | None = None,
    client: Any = None,
    progress: bool | None = None,
) -> Fit:
    """The constants with which a model comes nearest to series of figures, and how sure they are.

    Least squares within bounds, by SciPy's trust region through lmfit; the slopes come from
    ensembles. The same seed gives the same fit to the bit. Ctrl-C keeps the searches that are done.

    Args:
        model: from ``load``.
        series: variable -> a pandas Series of figures, index = time of the model (months from
            April 2017 in the library's models). Or a list of named Series, or a DataFrame, a
            column a variable, whose empty cells are gaps. ``.attrs["units"]``, where it is there,
            has to be the variable's; ``.attrs["over"]`` says over how much time, up to its own, a
            figure is a mean (0 or missing: it is the value at its time). A total over twelve months
            is twelve times a mean over 12. ``cp.read_series`` reads an authority's own, and
            ``fitting.at_months`` makes them of published series.
        vary: names of the constants, within their ranges in the .mdl; or name -> (low, high).
        start: constant -> where the first search begins; the value in the .mdl when left out.
        errors: variable -> standard error of its figures, one for all or one each, in its units.
            When left out each series is measured by its own spread, and how large errors are
            follows from how far off the fit remains.
        weights: variable -> how much more than 1 its differences count, where errors are not known.
        loss: "linear" for squares; "soft_l1", "huber" or "cauchy" make less of figures that are
            more than their error away.
        starts: how many searches. The first begins at ``start``, the others at the best of sixteen
            times as many points of a Latin hypercube.
        seed: of that hypercube, a whole number from 0.
        until: the last time of a figure that the fit may see. Later ones are kept back, and the
            model is held against the last value and the trend on them.
        scenario: as for ``Model.run``, the same in all runs.
        hold: as for ``Model.run``.
        keep: a file, written anew after each search. Where it holds some of the same fit already,
            those searches are not made again; the finished fit takes their place.
        engine: as for ``Model.run``.
        client: a dask.distributed Client whose workers make the runs; this process when left out.
        progress: whether a bar is shown; when left out, where somebody is there to see it and it
            takes more than a second.

    Raises:
        UnknownName: a name that the model lacks; the nearest are offered.
        BadValue: figures, bounds or numbers that make no fit; each error says which.
        RunFailed: the run breaks off at the very start.
        Unsupported: the engine cannot run a construct of the model.
    """
    model = checked_model(model, "fit")
    seed, starts = checked_seed(seed), _checked_starts(starts)
    extra = Scenario(hold={} if hold is None else hold)
    shared = checked_scenario(model.structure, model.scenario(scenario) | extra)
    if isinstance(series, Figures):  # by the authority's names, and in its units
        series = series.fitted_to(model)
    constants = varied(model, vary, start, shared)
    observed = observations(model, series, errors=errors, weights=weights, until=until)
    loss = checked_loss(loss, known=observed.known)
    _refuse_too_few(observed, constants)
    runs = Runs(
        model, constants, observed, scenario=shared, loss=loss, engine=engine, client=client
    )
    asked = [asked_of(runs), loss, starts, seed]
    question = hashlib.sha256(json.dumps(asked).encode()).hexdigest()
    done = [] if keep is None else read_begun(keep, question)
    searches = _searches(runs, loss, starts, seed, done, keep, question, progress)
    command = _command(model, constants, shared, loss, starts, seed, until)
    made = result(runs, loss, searches, starts, seed, until, question, command)
    if keep is not None and not made.interrupted:
        write_fit(keep, made)
    return made


def _searches(
    runs: Runs,
    loss: str,
    starts: int,
    seed: int,
    done: list[Search],
    keep: Path | str | None,
    question: str,
    progress: bool | None,
) -> list[Search]:
    """The searches, those that are done already first."""
    begins = _begins(runs, starts, seed)
    searches = done[: len(begins)]
    with bar(len(begins), progress) as told:
        told(len(searches))
        try:
            for begin in begins[len(searches) :]:
                searches.append(searched(runs, begin, loss))
                if keep is not None:
                    write_begun(keep, question, searches, starts)
                told(1)
        except KeyboardInterrupt:
            if not searches:
                raise
            go_on = "" if keep is None else " The same fit with the same keep= goes on from there."
            tell(f"Interrupted: {len(searches)} of {starts} searches are done and kept.{go_on}")
    return searches


def _begins(runs: Runs, starts: int, seed: int) -> list[NDArray[np.float64]]:
    """Where the searches begin: the first at the start, the others at the best points of a cube.

    Latin hypercube: McKay, Beckman and Conover 1979, doi:10.1080/00401706.1979.10489755.
    """
    first = shares(runs.constants, np.array([one.start for one in runs.constants]))
    if starts == 1:
        return [first]
    from scipy.stats import qmc

    points = qmc.LatinHypercube(len(first), seed=seed).random(_SCREENED * (starts - 1))
    residuals = runs.residuals(points)
    costs = runs.loss.cost(residuals)
    costs[(np.abs(residuals) >= PENALTY).all(axis=1)] = np.inf
    best = np.argsort(costs, kind="stable")[: starts - 1]
    # Where almost everything breaks off, points that do are still as many starts as were asked.
    return [first, *points[best]]


def _refuse_too_few(observed: Observations, constants: tuple[Varied, ...]) -> None:
    figures, many = int(observed.used.sum()), len(constants)
    least = many if observed.known else many + 1
    if figures < least:
        some = "1 figure" if figures == 1 else f"{figures} figures"
        more = "" if observed.known else ", and one more to tell how large the errors are"
        raise BadValue(
            f"There {'is' if figures == 1 else 'are'} {some} to fit {many} "
            f"{'constant' if many == 1 else 'constants'} to.",
            f"At least as many figures as constants were expected{more}.",
            "Vary fewer, or bring more figures.",
        )


def _checked_starts(starts: object) -> int:
    whole = isinstance(starts, int | np.integer) and not isinstance(starts, bool)
    if not whole or not 1 <= int(starts) <= _MOST_STARTS:  # type: ignore[call-overload]
        raise BadValue(
            f"starts= is {came_as(starts)}.", f"A whole number from 1 to {_MOST_STARTS:,} was due."
        )
    return int(starts)  # type: ignore[call-overload, no-any-return]


def asked_of(runs: Runs) -> list[Any]:
    """What runs hang on, as plain data: the model, the constants, the figures, the scenario.

    Args:
        runs: of a fit or a posterior.
    """
    scenario = runs.scenario
    held = {
        name: list(value.items()) if isinstance(value, pd.Series) else value
        for name, value in scenario.hold.items()
    }
    figures = [
        [one.name, one.over]
        + [part.tolist() for part in (one.times, one.values, one.errors, one.used)]
        for one in runs.observed.series
    ]
    return [
        model_hash(runs.model),
        [(one.name, one.low, one.high, one.start) for one in runs.constants],
        figures,
        runs.observed.known,
        [dict(scenario.set), held, dict(scenario.initial)],
    ]


def _command(
    model: Model,
    constants: Iterable[Varied],
    shared: Scenario,
    loss: str,
    starts: int,
    seed: int,
    until: float | None,
) -> str:
    """The fit as a line of Python, the figures aside."""
    bounds = {one.name: (one.low, one.high) for one in constants}
    words = [f"cp.load({model.name!r})", "series", f"vary={bounds!r}"]
    words += [f"loss={loss!r}"] * (loss != "linear") + [f"starts={starts}", f"seed={seed}"]
    words += [] if until is None else [f"until={until:g}"]
    words += [f"scenario={shared.name or dict(shared.set)!r}"] * bool(shared)
    return f"cp.fit({', '.join(words)})"
