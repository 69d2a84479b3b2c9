"""Draws of what is believed once figures are seen, and whether they may be relied on."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cpdynamics.checking import checked_seed
from cpdynamics.ensembles import Ensemble, ensemble
from cpdynamics.errors import BadValue, came_as, printable
from cpdynamics.fitting.keeping import model_hash, own_version
from cpdynamics.fitting.varied import shares
from cpdynamics.scenario import Scenario
from cpdynamics.tables import Table, as_text

if TYPE_CHECKING:
    from cpdynamics.fitting.believing import Beliefs

_Numbers = NDArray[np.float64]

RHAT, DRAWS, TIMES = 1.01, 400, 50
"""What is asked of a walk: an R-hat below, as many independent draws, and as many times as long as
a walker takes to forget. The first two are those of Vehtari and others 2021,
doi:10.1214/20-BA1221; the last is that of the authors of emcee, doi:10.1086/670067."""


@dataclass(frozen=True, eq=False, repr=False)
class Posterior:
    """What is believed of constants once figures are seen.

    Attributes:
        model: the model's name.
        scenario: what all runs had in common.
        table: index = constant. Columns: ``mean``, ``sd``, ``low`` and ``high`` (between them nine
            tenths), ``median``, ``rhat``, ``ess`` and ``ess tails`` (independent draws that the
            walk is worth in the middle and at the ends), ``forgets`` (steps after which a walker
            no longer knows where it was), ``units``.
        draws: a row a draw, a column a constant, thinned by what a walker forgets; index =
            ``group`` and ``draw``.
        converged: whether the walk was long enough for the draws to be relied on.
        words: why, or why not, in sentences.
        steps: that were made after the warm-up.
        warm_up: steps that were forgotten.
        asked: steps that were asked for.
        walkers: in all groups together.
        groups: that never looked at one another.
        seed: of the walk.
        version: of cpdynamics.
        model_hash: sha256 of the .mdl.
        question: sha256 of all that was asked.
    """

    model: str
    scenario: Scenario
    table: Table
    draws: pd.DataFrame
    converged: bool
    words: str
    steps: int
    warm_up: int
    asked: int
    walkers: int
    groups: int
    seed: int
    version: str
    model_hash: str
    question: str
    _beliefs: Beliefs = field(kw_only=True)

    @classmethod
    def of(
        cls,
        beliefs: Beliefs,
        odds: _Numbers,
        groups: int,
        *,
        warm_up: int,
        asked: int,
        seed: int,
        question: str,
    ) -> Posterior:
        """The posterior that a walk came to.

        Args:
            beliefs: that it went through.
            odds: S steps by W walkers by P log odds, the warm-up left out.
            groups: of walkers.
            warm_up: steps that were left out.
            asked: steps that were asked for.
            seed: of the walk.
            question: sha256 of all that was asked.
        """
        from emcee.autocorr import integrated_time

        from cpdynamics.fitting.walking import group_of

        steps, walkers, _ = odds.shape
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a walk that is too short, as is told below
            forgets = np.asarray(integrated_time(odds, tol=0, quiet=True), dtype=float)
        forgets = np.where(np.isfinite(forgets), np.maximum(forgets, 1.0), np.inf)
        slowest = float(forgets.max())
        thin = int(min(max(1, np.ceil(slowest / 2)), max(1, steps // 10)))
        values = beliefs.constants(odds[::thin])
        own = group_of(walkers, groups)
        chains = np.stack(
            [values[:, own == group].reshape(-1, values.shape[-1]) for group in range(groups)]
        )
        names = [one.name for one in beliefs.priors]
        table = _table(beliefs, chains, names, forgets)
        said = _judged(table, steps, slowest)
        short = steps < asked
        if short:
            said = [f"It was interrupted after {steps:,} of {asked:,} steps.", *said]
        rows = pd.MultiIndex.from_product(
            [range(groups), range(chains.shape[1])], names=["group", "draw"]
        )
        good = (
            f"The walk has converged: R-hat is at most {table['rhat'].max():.3f}, and it is worth "
            f"{table['ess'].min():,.0f} independent draws or more."
        )
        runs = beliefs.runs
        return cls(
            model=runs.model.name,
            scenario=runs.scenario,
            table=table,
            draws=pd.DataFrame(chains.reshape(-1, len(names)), rows, names),
            converged=not said,
            words=" ".join(["This walk has NOT converged.", *said]) if said else good,
            steps=steps,
            warm_up=warm_up,
            asked=asked,
            walkers=walkers,
            groups=groups,
            seed=seed,
            version=own_version(),
            model_hash=model_hash(runs.model),
            question=question,
            _beliefs=beliefs,
        )

    def sample(self, n: int = 1000, *, seed: int = 0) -> pd.DataFrame:
        """Some of the draws at random, a row each, as ``ensemble`` takes them.

        Args:
            n: how many; a draw may come more than once.
            seed: a whole number from 0.

        Raises:
            BadValue: no such number.
        """
        if isinstance(n, bool) or not isinstance(n, int) or n < 1:
            raise BadValue(f"n= is {came_as(n)}.", "A whole number from 1 was expected.")
        rows = np.random.default_rng(checked_seed(seed)).integers(len(self.draws), size=n)
        return self.draws.iloc[rows].reset_index(drop=True)

    def ensemble(
        self, n: int = 1000, *, seed: int = 0, outputs: Iterable[str] | None = None
    ) -> Ensemble:
        """Runs with some of the draws: what is expected of every month, for ``plot`` and ``fan=``.

        Args:
            n: how many.
            seed: of which they are.
            outputs: as for ``cp.ensemble``; the series that were seen when left out.
        """
        runs = self._beliefs.runs
        return ensemble(
            runs.model,
            self.sample(n, seed=seed),
            scenario=self.scenario,
            outputs=runs.observed.names if outputs is None else outputs,
            progress=False,
        )

    def expected_before(
        self, n: int = 1000, *, seed: int = 0, outputs: Iterable[str] | None = None
    ) -> Ensemble:
        """Runs with draws from the priors: what was expected before any figure was seen.

        Args:
            n: how many.
            seed: of the draws.
            outputs: as for ``ensemble``.
        """
        runs = self._beliefs.runs
        return ensemble(
            runs.model,
            self._from_priors(n, seed),
            scenario=self.scenario,
            outputs=runs.observed.names if outputs is None else outputs,
            progress=False,
        )

    def inference(self, n: int = 1000) -> Any:
        """All of it as arviz.InferenceData.

        Groups: ``posterior`` (chain = group of walkers, thinned), ``log_likelihood`` and
        ``posterior_predictive`` (figures as they might have come, errors included, of all draws),
        ``prior`` and ``prior_predictive`` (the same of draws from the priors), ``observed_data``.

        Args:
            n: draws from the priors.
        """
        arviz = _arviz()
        observed = self._beliefs.runs.observed
        chains = self._chains(self.draws.to_numpy(), self.groups)
        before = self._from_priors(n, self.seed)
        likely, seen = self._figures(self.draws.to_numpy(), self.groups, self.seed)
        _, unseen = self._figures(before.to_numpy(), 1, self.seed + 1)
        figures = {
            f"figure of {one.name}": [f"{t:g}" for t in one.times] for one in observed.series
        }
        return arviz.from_dict(
            posterior=chains,
            log_likelihood=likely,
            posterior_predictive=seen,
            prior=self._chains(before.to_numpy(), 1),
            prior_predictive=unseen,
            observed_data={one.name: one.values for one in observed.series},
            coords=figures,
            dims={one.name: [f"figure of {one.name}"] for one in observed.series},
            attrs={"model": self.model, "seed": self.seed, "converged": int(self.converged)},
        )

    def __repr__(self) -> str:
        return f"{printable(self.words)}\n{as_text(self.table)}"

    def _from_priors(self, n: int, seed: int) -> pd.DataFrame:
        below = np.random.default_rng([seed, 1]).random((n, len(self.table)))
        columns = {
            one.name: one.quantile(below[:, place])
            for place, one in enumerate(self._beliefs.priors)
        }
        return pd.DataFrame(columns)

    def _chains(self, values: _Numbers, chains: int) -> dict[str, _Numbers]:
        return {
            name: values[:, place].reshape(chains, -1)
            for place, name in enumerate(self.table.index)
        }

    def _figures(
        self, values: _Numbers, chains: int, seed: int
    ) -> tuple[dict[str, _Numbers], dict[str, _Numbers]]:
        """Log likelihoods of the figures, and figures as they might have come."""
        runs = self._beliefs.runs
        observed, rng = runs.observed, np.random.default_rng([seed, 2])
        found = runs.figures(shares(runs.constants, values))
        residuals = (found - observed.values) / observed.errors
        size = np.ones((len(values), 1))
        if not observed.known:
            squares = np.sum(residuals[:, observed.used] ** 2, axis=1, keepdims=True)
            size = np.sqrt(squares / rng.chisquare(int(observed.used.sum()), size=size.shape))
        errors = size * observed.errors
        likely = -0.5 * (residuals / size) ** 2 - np.log(errors * np.sqrt(2 * np.pi))
        seen = found + errors * rng.standard_normal(found.shape)
        return tuple(  # type: ignore[return-value]
            {
                one.name: part.reshape(chains, -1, len(one.values))
                for one, part in observed.parts(numbers)
            }
            for numbers in (likely, seen)
        )


def _table(beliefs: Beliefs, chains: _Numbers, names: list[str], forgets: _Numbers) -> Table:
    arviz = _arviz()
    rows = []
    for place, one in enumerate(beliefs.runs.constants):
        draws = chains[:, :, place]
        low, median, high = np.quantile(draws, (0.05, 0.5, 0.95))
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of draws that are all the same
            judged = [
                float(arviz.rhat(draws, method="rank")),
                float(arviz.ess(draws, method="bulk")),
                float(arviz.ess(draws, method="tail")),
            ]
        rows.append(
            (draws.mean(), draws.std(ddof=1), low, median, high, *judged, forgets[place], one.units)
        )
    columns = ["mean", "sd", "low", "median", "high", "rhat", "ess", "ess tails", "forgets"]
    return Table(rows, columns=[*columns, "units"], index=pd.Index(names, name="constant"))


def _judged(table: Table, steps: int, slowest: float) -> list[str]:
    """What speaks against relying on a walk; nothing where nothing does."""
    said = []
    # Written so that a number that is none speaks against it, too.
    apart = [str(name) for name, one in table["rhat"].items() if not one < RHAT]
    if apart:
        said.append(
            f"The groups of walkers disagree on {_listed(apart)} (R-hat up to "
            f"{table['rhat'].max():.3f}; below {RHAT:g} was due)."
        )
    few = table[["ess", "ess tails"]].min(axis=1)
    poor = [str(name) for name, one in few.items() if not one >= DRAWS]
    if poor:
        said.append(
            f"It is worth {few.min():,.0f} independent draws of {_listed(poor)}; {DRAWS} were due."
        )
    if not steps >= TIMES * slowest:
        said.append(
            f"A walker takes {slowest:,.0f} steps to forget where it was, and {steps:,} were made; "
            f"{TIMES} times as many were due."
        )
    return [*said, "Give more steps=."] if said else []


def _listed(names: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _arviz() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of its next version, at every import
        import arviz
    return arviz
