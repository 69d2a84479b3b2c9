"""What is believed of constants once figures are seen: priors, likelihood and walkers together."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cpdynamics.checking import checked_scenario, checked_seed
from cpdynamics.ensembles.priors import Drawn, drawn
from cpdynamics.ensembles.progress import bar
from cpdynamics.errors import BadValue, Unsupported, came_as, tell
from cpdynamics.figures.result import Figures
from cpdynamics.fitting.beliefs import Posterior
from cpdynamics.fitting.making import asked_of
from cpdynamics.fitting.observed import Errors, Given, observations
from cpdynamics.fitting.runs import PENALTY, Runs
from cpdynamics.fitting.varied import Varied, shares
from cpdynamics.fitting.walked import kept_walk, read_walk
from cpdynamics.mdl.names import canonical
from cpdynamics.model import Model, checked_model
from cpdynamics.scenario import Held, Scenario

if TYPE_CHECKING:
    from cpdynamics.fitting.walking import Walk

_Numbers = NDArray[np.float64]

_EDGE = 2.0**-53  # of a distribution: as far as it is followed
_SCREENED = 16  # points of a hypercube for each walker that begins at one of the best
_BLOCK = 50  # steps between two times that the walk is kept


@dataclass(frozen=True, eq=False)
class Beliefs:
    """How likely constants are, given priors and figures.

    Walkers go through log odds of the shares of the priors below them: any number is allowed
    there, whatever the ends of a range.

    Attributes:
        runs: makes the runs.
        priors: P constants that are drawn.
    """

    runs: Runs
    priors: tuple[Drawn, ...]

    def constants(self, odds: _Numbers) -> _Numbers:
        """N by P values, from as many log odds."""
        below = np.clip(1 / (1 + np.exp(-np.clip(odds, -700, 700))), _EDGE, 1 - _EDGE)
        columns = [one.quantile(below[..., place]) for place, one in enumerate(self.priors)]
        return np.stack(columns, axis=-1)

    def density(self, odds: _Numbers) -> _Numbers:
        """N logarithms of how likely log odds are, up to a constant; minus infinity where no run
        comes of them."""
        residuals = self.runs.residuals(shares(self.runs.constants, self.constants(odds)))
        squares = np.sum(residuals**2, axis=1)
        broken = (np.abs(residuals) >= PENALTY).all(axis=1)
        # Of log odds z, whose shares are even, the density is that of the logistic distribution.
        spread = -np.sum(np.abs(odds) + 2 * np.log1p(np.exp(-np.abs(odds))), axis=1)
        return np.where(broken, -np.inf, self.likelihood(squares) + spread)

    def likelihood(self, squares: _Numbers) -> _Numbers:
        """The logarithm of the likelihood, from N sums of squared residuals.

        Where errors are not known their common size is integrated out, with a prior that is even
        in its logarithm (Gelman and others 2013, "Bayesian Data Analysis", section 14.2).
        """
        if self.runs.observed.known:
            return -0.5 * squares
        figures = int(self.runs.observed.used.sum())
        return -0.5 * figures * np.log(np.maximum(squares, 1e-300))


def posterior(
    model: Model,
    series: Given,
    priors: Mapping[str, Any] | None = None,
    *,
    errors: Errors | None = None,
    walkers: int = 64,
    groups: int = 4,
    warm_up: int = 500,
    steps: int = 2000,
    seed: int = 0,
    until: float | None = None,
    scenario: Scenario | Mapping[str, float] | str | None = None,
    hold: Mapping[str, Held] | None = None,
    keep: Path | str | None = None,
    engine: str | None = None,
    client: Any = None,
    progress: bool | None = None,
) -> Posterior:
    """What is believed of constants once figures are seen, as draws, and whether to rely on them.

    Walkers in groups that never look at one another (emcee; see ``fitting.walking``): half of all
    walkers are one ensemble of runs. The same seed gives the same draws to the bit. Ctrl-C keeps
    the steps that are done, if there are more than of the warm-up.

    Args:
        model: from ``load``.
        series: as for ``fit``.
        priors: as for ``ensemble``; None for what the story calls ``uncertain``.
        errors: as for ``fit``. When left out, each series is measured by its own spread, and the
            common size of the errors is integrated out.
        walkers: in all groups together, a multiple of twice the groups; in each at least twice as
            many as constants.
        groups: that are held against each other; two or more.
        warm_up: steps at the beginning that are forgotten.
        steps: steps after them.
        seed: a whole number from 0.
        until: as for ``fit``.
        scenario: as for ``fit``.
        hold: as for ``fit``.
        keep: a file (.npz), written anew after every fifty steps. Where it holds some of the same
            walk already, it goes on from there; so it does when more steps are asked for.
        engine: as for ``fit``.
        client: as for ``fit``.
        progress: as for ``fit``.

    Raises:
        UnknownName: a name that the model lacks; the nearest are offered.
        BadValue: figures, priors or numbers that make no posterior; each error says which.
        RunFailed: the run with every prior in its middle breaks off.
        Unsupported: the engine cannot run a construct of the model.
    """
    model = checked_model(model, "posterior")
    _check_installed()
    seed = checked_seed(seed)
    extra = Scenario(hold={} if hold is None else hold)
    shared = checked_scenario(model.structure, model.scenario(scenario) | extra)
    if isinstance(series, Figures):
        series = series.fitted_to(model)
    believed = _priors(model, priors, shared)
    observed = observations(model, series, errors=errors, until=until)
    _check(len(believed), walkers, groups, warm_up, steps)
    constants = tuple(_constant(model, one) for one in believed)
    runs = Runs(model, constants, observed, scenario=shared, engine=engine, client=client)
    beliefs = Beliefs(runs, believed)
    # Not the number of steps: who needs more of them goes on from those that are made.
    asked = [asked_of(runs), _spelt(believed), walkers, groups, seed]
    question = hashlib.sha256(json.dumps(asked).encode()).hexdigest()
    walk = _walked(beliefs, walkers, groups, warm_up + steps, seed, keep, question, progress)
    if len(walk.steps) <= warm_up:
        raise KeyboardInterrupt
    return Posterior.of(
        beliefs, walk.steps[warm_up:], groups, warm_up=warm_up, asked=steps, seed=seed,
        question=question,
    )  # fmt: skip


def _check_installed() -> None:
    """Nothing, where the packages are there that only a posterior needs."""
    for name in ("emcee", "arviz"):
        try:
            there = importlib.util.find_spec(name) is not None
        except ValueError:  # somebody has put something else in its place
            there = False
        if not there:
            raise Unsupported(
                f"posterior() needs {name}, which is not installed.", "", f"pip install {name}"
            )


def _priors(model: Model, priors: Mapping[str, Any] | None, shared: Scenario) -> tuple[Drawn, ...]:
    given = model.story.uncertain if priors is None else priors
    if not isinstance(given, Mapping):
        raise BadValue(
            f"Priors came as {came_as(given)}.",
            "A dictionary of constants and distributions was expected.",
        )
    if priors is None:
        given = {key: one for key, one in given.items() if canonical(key) not in shared.given}
    if not given:
        raise BadValue(
            f'There are no priors, and the story of "{model.name}" calls nothing uncertain.',
            "",
            'Give some, such as {"a constant": cp.uniform(low, high)}.',
        )
    found = tuple(drawn(model.structure, given))
    for one in found:
        if canonical(one.name) in shared.given:
            raise BadValue(
                f'"{one.name}" has a prior, and the scenario gives it a value as well.',
                "",
                "Leave one of the two out.",
            )
    return found


def _constant(model: Model, one: Drawn) -> Varied:
    low, middle, high = one.quantile(np.array([_EDGE, 0.5, 1 - _EDGE]))
    units = model.structure.elements[canonical(one.name)].units
    return Varied(one.name, float(low), float(high), float(middle), units)


def _spelt(priors: tuple[Drawn, ...]) -> list[Any]:
    """What tells priors apart in a question: some of their quantiles."""
    at = np.linspace(0.05, 0.95, 19)
    return [[one.name, one.quantile(at).tolist()] for one in priors]


def _check(constants: int, walkers: int, groups: int, warm_up: int, steps: int) -> None:
    whole = {"walkers": walkers, "groups": groups, "warm_up": warm_up, "steps": steps}
    for name, (value, least) in zip(
        whole, zip(whole.values(), (4, 2, 0, 10), strict=True), strict=True
    ):
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise BadValue(
                f"{name}= is {came_as(value)}.", f"A whole number from {least} was expected."
            )
    if walkers % (2 * groups) or walkers // groups < 2 * constants:
        each = math.ceil(max(constants, walkers / groups / 2)) * 2
        raise BadValue(
            f"walkers= is {walkers}, in {groups} groups, for {constants} constants.",
            "A multiple of twice the groups was expected, in each at least two a constant.",
            f"walkers={each * groups} would do.",
        )


def _walked(
    beliefs: Beliefs,
    walkers: int,
    groups: int,
    steps: int,
    seed: int,
    keep: Path | str | None,
    question: str,
    progress: bool | None,
) -> Walk:
    """The walk, with what is done already taken up."""
    from cpdynamics.fitting.walking import Walk

    begin = _begun(beliefs, walkers, groups, seed)
    walk = Walk(begin, beliefs.density, groups=groups, seed=seed)
    if keep is not None and (kept := read_walk(keep, question, begin.shape)):
        walk.restored(kept, steps)
    with bar(steps * walkers, progress) as told:
        told(len(walk.steps) * walkers)
        try:
            while (left := steps - len(walk.steps)) > 0:
                walk.go(min(_BLOCK, left))
                if keep is not None:
                    kept_walk(keep, question, walk.kept())
                told(min(_BLOCK, left) * walkers)
        except KeyboardInterrupt:
            if not len(walk.steps):
                raise
            tell(f"Interrupted: {len(walk.steps):,} of {steps:,} steps are done.")
    return walk


def _begun(beliefs: Beliefs, walkers: int, groups: int, seed: int) -> _Numbers:
    """Where the walkers begin: those of each group at the best of a hypercube of its own."""
    from scipy.stats import qmc

    from cpdynamics.fitting.walking import group_of

    many = walkers // groups
    points = [
        qmc.LatinHypercube(len(beliefs.priors), seed=np.random.default_rng([seed, group])).random(
            _SCREENED * many
        )
        for group in range(groups)
    ]
    odds = np.log(np.clip(points, _EDGE, 1 - _EDGE)) - np.log1p(-np.clip(points, _EDGE, 1 - _EDGE))
    densities = beliefs.density(odds.reshape(-1, odds.shape[-1])).reshape(groups, -1)
    if not (np.isfinite(densities).sum(axis=1) >= many).all():
        raise BadValue(
            "Hardly any draw from the priors gives a run that does not break off.",
            "",
            "Give narrower priors.",
        )
    begin = np.empty((walkers, odds.shape[-1]))
    own = group_of(walkers, groups)
    for group in range(groups):
        best = np.argsort(-densities[group], kind="stable")[:many]
        begin[own == group] = odds[group][best]
    return begin
