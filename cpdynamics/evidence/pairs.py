"""Runs with an intervention and without it, draw by draw, so that nothing else differs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cpdynamics.checking import checked_request
from cpdynamics.ensembles import ensemble, sample
from cpdynamics.errors import BadValue, RunFailed
from cpdynamics.evidence.interventions import Intervention
from cpdynamics.mdl.names import canonical
from cpdynamics.model import Model
from cpdynamics.scenario import Scenario

Values: TypeAlias = "Mapping[str, NDArray[np.float64]]"
"""Canonical name -> N draws by T times."""

_EQUAL = 1e-12  # of the largest: start values that differ by less are one


class Pairs:
    """A model under the same draws of its uncertain constants, with and without interventions.

    The draws are a Latin hypercube over what the story calls ``uncertain``; a constant that an
    intervention sets keeps its drawn value in the runs without. A held variable is held at so many
    times its value at the start *of the same draw*, so that "raised by a fifth" is true in each of
    them. Where that start is one number in all draws they are run together; where a drawn constant
    moves it, one by one, since an engine holds a stock at the same value in all runs.

    Args:
        model: from ``load``.
        outputs: every variable that will be asked for.
        times: every saved time that will be asked for.
        draws: how many.
        seed: of the draws.
    """

    def __init__(
        self,
        model: Model,
        outputs: Iterable[str],
        times: Iterable[float],
        *,
        draws: int,
        seed: int,
    ) -> None:
        self.model, self.draws, self.seed = model, draws, seed
        names = checked_request(model.structure, Scenario(), outputs).outputs or ()
        self._outputs = {canonical(name): name for name in names}
        self._start = float(model.structure.elements["initial time"].value or 0.0)
        self._times = sorted({self._start, *times})

    @cached_property
    def drawn(self) -> pd.DataFrame:
        """The draws: a row a run, a column a constant."""
        return sample(self.model, n=self.draws, seed=self.seed)

    @cached_property
    def without(self) -> Values:
        """The runs with nothing done."""
        return self._together(Scenario())

    def start(self, name: str) -> NDArray[np.float64]:
        """The value of an output at the start of each of the N draws, with nothing done."""
        return self.without[canonical(name)][:, 0]

    def at(self, values: Values, name: str, time: float) -> NDArray[np.float64]:
        """Of what ``without`` or ``under`` gave, N values of a variable at a time."""
        return values[canonical(name)][:, self._times.index(time)]

    def under(self, done: Intervention) -> Values:
        """The runs with an intervention; NaN in those that broke off.

        Args:
            done: its names are those of the model, and what it holds is among the outputs.

        Raises:
            UnknownName: the model lacks a name.
            BadValue: a value that the model does not allow, or a variable that is 0 at the start,
                so that no multiple moves it.
        """
        if not done:
            return self.without
        levels = {name: self._level(name, factor) for name, factor in done.hold.items()}
        if all(_is_one(level) for level in levels.values()):
            held = {name: float(level[0]) for name, level in levels.items()}
            return self._together(Scenario(done.set, hold=held))
        return self._one_by_one(done, levels)

    def _level(self, name: str, factor: float) -> NDArray[np.float64]:
        start = self.start(name)
        if factor != 1 and not start.any():
            raise BadValue(
                f'"{name}" starts at 0, so that {factor:g} times as much is 0, too.',
                "",
                "Hold another variable, or set the constant that moves it.",
            )
        return factor * start

    def _together(self, scenario: Scenario) -> Values:
        # The story's own priors: the same seed gives the same draws whatever a scenario sets.
        runs = ensemble(
            self.model,
            n=self.draws,
            seed=self.seed,
            scenario=scenario,
            outputs=self._outputs.values(),
            times=self._times,
            progress=False,
        )
        return {canonical(name): values for name, values in runs.values.items()}

    def _one_by_one(self, done: Intervention, levels: Values) -> Values:
        given = {canonical(name) for name in (*done.set, *done.hold)}
        left = self.drawn[[name for name in self.drawn if canonical(str(name)) not in given]]
        found = {key: np.full((self.draws, len(self._times)), np.nan) for key in self._outputs}
        for place, constants in enumerate(left.to_dict("records")):
            scenario = Scenario(
                {**{str(name): value for name, value in constants.items()}, **done.set},
                hold={name: float(level[place]) for name, level in levels.items()},
            )
            try:
                run = self.model.run(scenario, outputs=self._outputs.values())
            except RunFailed:
                continue
            frame = run.frame.loc[self._times]
            for key, name in self._outputs.items():
                found[key][place] = frame[name]
        return found


def _is_one(level: NDArray[np.float64]) -> bool:
    return bool(np.ptp(level) <= _EQUAL * np.max(np.abs(level)))
