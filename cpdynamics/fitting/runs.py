"""The runs that a fit asks for: many sets of constants in, residuals out."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cpdynamics.ensembles import Ensemble, ensemble
from cpdynamics.ensembles.asking import asked
from cpdynamics.ensembles.streaming import Chunk, Constants, Kept, here, spans
from cpdynamics.errors import BadValue, RunFailed
from cpdynamics.fitting.losses import LOSSES
from cpdynamics.fitting.observed import Observations
from cpdynamics.fitting.reading import Reading
from cpdynamics.fitting.varied import Varied, values
from cpdynamics.model import Model
from cpdynamics.scenario import Scenario

PENALTY = 1e6
"""What each residual of a run that broke off counts as, and the most that one may be."""


@dataclass
class Tally:
    """How many runs there were.

    Attributes:
        made: all of them.
        failed: those that broke off.
        why: what the first of these came to; empty where there is none.
    """

    made: int = 0
    failed: int = 0
    why: str = ""

    def add(self, runs: int, failed: int, why: str) -> None:
        """Counts some more."""
        self.made += runs
        self.failed += failed
        self.why = self.why or why


class Runs:
    """The runs of a fit. Every call is one ensemble, of which only what is needed is computed.

    Args:
        model: that is fitted.
        constants: P of them, which differ from run to run.
        observed: M figures.
        scenario: what all runs have in common, checked.
        loss: a name of ``LOSSES``.
        seed: of functions of chance.
        engine: as for ``Model.run``.
        client: as for ``ensemble``.

    Attributes:
        tally: counts the runs, those within ``counted`` aside.

    Raises:
        BadValue: a figure outside the run, or a model that has chance in it.
        RunFailed: the start of the first search breaks off, so that nothing is known of the run.
    """

    def __init__(
        self,
        model: Model,
        constants: tuple[Varied, ...],
        observed: Observations,
        *,
        scenario: Scenario,
        loss: str = "linear",
        seed: int = 0,
        engine: str | None = None,
        client: Any = None,
    ) -> None:
        self.model, self.constants, self.observed = model, constants, observed
        self.scenario, self.loss, self.seed = scenario, LOSSES[loss], seed
        self._client = client
        self.tally = Tally()
        first = self.whole(np.array([[one.start for one in constants]] * 2), engine)
        self.reading = Reading(observed, first.times)
        # What has been checked once need not be checked in each of some hundred ensembles.
        self._engine = model.engine(first.engine)
        self._called = first.engine
        self._task = asked(
            model,
            scenario,
            seed=seed,
            outputs=observed.names,
            times=self.reading.times,
            reductions=None,
        )
        for name in observed.names:
            one, other = first.values[name]
            if not np.array_equal(one, other, equal_nan=True):
                raise BadValue(
                    f'"{name}" is another each time that {model.name} runs: chance is at work.',
                    "A fit needs the same run from the same constants.",
                    "Hold what draws, such as hold={name: its mean}.",
                )

    @contextlib.contextmanager
    def counted(self) -> Iterator[Tally]:
        """A tally of the runs that are made within, which count nowhere else."""
        outer, self.tally = self.tally, Tally()
        try:
            yield self.tally
        finally:
            self.tally = outer

    @property
    def wanted(self) -> NDArray[np.float64]:
        """The figures that the fit may see."""
        return self.observed.values[self.observed.used]

    def whole(self, numbers: NDArray[np.float64], engine: str | None = None) -> Ensemble:
        """The runs with all saved times.

        Args:
            numbers: N by P values of the constants.
            engine: as for ``Model.run``.

        Raises:
            RunFailed: every run broke off.
        """
        made = ensemble(
            self.model,
            pd.DataFrame(numbers, columns=[one.name for one in self.constants]),
            seed=self.seed,
            scenario=self.scenario,
            outputs=self.observed.names,
            engine=engine,
            progress=False,
        )
        if made.failed.all():
            raise _broken(_said(made.failures.iloc[0].to_dict()))
        return made

    def figures(self, ways: NDArray[np.float64]) -> NDArray[np.float64]:
        """N by M counterparts of the figures; NaN throughout where a run broke off.

        Args:
            ways: N by P shares of the way between the bounds of each constant.
        """
        numbers = values(self.constants, ways)
        columns = np.ascontiguousarray(numbers.T)
        constants = {one.name: row for one, row in zip(self.constants, columns, strict=True)}
        kept = Kept(len(numbers))
        for chunk in self._chunks(constants):
            kept.put(chunk)
        why = _said(dict(asdict(kept.lost[0]))) if kept.lost else ""
        self.tally.add(len(numbers), len(kept.lost), why)
        if not kept.values:  # PySD, of which every run broke off
            return np.full((len(numbers), len(self.observed.values)), np.nan)
        return self.reading.of({name: series.T for name, series in kept.values.items()})

    def residuals(self, ways: NDArray[np.float64]) -> NDArray[np.float64]:
        """N by U residuals of the figures that the fit may see: differences over errors.

        They are finite: a run that broke off or explodes is ``PENALTY`` away throughout.

        Args:
            ways: as for ``figures``.
        """
        used = self.observed.used
        with np.errstate(all="ignore"):
            found = (self.figures(ways)[:, used] - self.wanted) / self.observed.errors[used]
        # One that explodes half-way has to lose against one that does not, on every figure.
        found[~np.isfinite(found).all(axis=1)] = PENALTY
        return np.clip(found, -PENALTY, PENALTY)

    def _chunks(self, constants: Constants) -> Generator[Chunk]:
        runs = len(next(iter(constants.values())))
        stored = len(self.reading.times) * len(self.observed.series)
        between = spans(self._engine, runs, stored)
        if self._client is None:
            return here(self._task, self._engine, constants, between)
        from cpdynamics.ensembles.cluster import there

        return there(self._client, self.model, self._called, self._task, constants, between)


def _said(lost: Mapping[Any, Any]) -> str:
    """Why a run broke off, as the end of a sentence."""
    what = f'"{lost["variable"]}" {lost["why"]}' if lost["variable"] else str(lost["why"])
    return what + (f" at time {lost['time']:g}" if np.isfinite(lost["time"]) else "")


def _broken(why: str) -> RunFailed:
    return RunFailed(
        f"The run with the constants at their start broke off: {why}.",
        "",
        "Give another start=, or narrower bounds in vary=.",
    )
