"""The fan around a run: many runs with the uncertain constants drawn anew, at every move."""

from __future__ import annotations

import html
import math
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cpdynamics.dashboards.apart import Apart, apart
from cpdynamics.dashboards.headline import pure
from cpdynamics.ensembles import sample
from cpdynamics.errors import Unsupported
from cpdynamics.mdl.equation import Range
from cpdynamics.mdl.names import canonical
from cpdynamics.plots import Band, is_share, said
from cpdynamics.plots.bands import band_of
from cpdynamics.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

    from cpdynamics.engines.compiled import Compiled
    from cpdynamics.engines.vectorised import Vectorised
    from cpdynamics.model import Model

RUNS = 200
QUICK = 0.05
"""Seconds that a fan may take and still be drawn with its line, which waits for it so long."""

UNASKED = 0.3
"""Seconds that a fan may take and still be shown before anybody asks for it."""

NO_LEGEND = "Each line is the run with the numbers as assumed"
"""What stands beside the switch while no band is on show."""

ALL_SET = "Every uncertain number is set, so that nothing is left to draw"
"""What stands there where the scenario leaves no band."""


@dataclass(frozen=True)
class Many:
    """N runs around one scenario.

    Attributes:
        drawn: the constants that differ between the runs.
        times: the T saved times.
        values: variable -> N runs by T times, NaN throughout in a run that broke off.
        failed: how many broke off.
        seconds: what they took.
    """

    drawn: tuple[str, ...]
    times: NDArray[np.float64]
    values: Mapping[str, NDArray[np.float64]]
    failed: int = 0
    seconds: float = 0.0

    @property
    def runs(self) -> int:
        """How many there are, with those that broke off."""
        return len(next(iter(self.values.values()), ()))

    def apart(self, base: Many, units: Mapping[str, str] | None = None) -> dict[str, Apart]:
        """How far the runs end from the base, by variable, where they do.

        Args:
            base: the base with the same draws.
            units: of variables, as in the .mdl.
        """
        found = {
            name: apart(
                values[:, -1],
                base.values[name][:, -1],
                share=is_share(name, (units or {}).get(name, "")),
            )
            for name, values in self.values.items()
        }
        return {name: one for name, one in found.items() if one is not None}

    def bands(self, names: Sequence[str]) -> dict[str, Band]:
        """The band of each variable.

        Args:
            names: as in the .mdl.
        """
        return {name: band_of(self.times, self.values[name]) for name in names}


class Fan:
    """Makes many runs of a model around any scenario, with the same draws each time.

    What changes from one move to the next is then the scenario's doing, and never that of chance.

    Args:
        model: a model whose story calls constants uncertain.
        outputs: the variables to keep.
        runs: how many.
        seed: of the draws.

    Raises:
        Unsupported: no engine that makes many runs at once can run the model.
        BadValue: an uncertain constant cannot be drawn.
    """

    def __init__(
        self, model: Model, outputs: Sequence[str], *, runs: int = RUNS, seed: int = 1
    ) -> None:
        self.draws: pd.DataFrame = sample(model, n=runs, seed=seed)
        self._model, self._outputs = model, tuple(outputs)
        self._engine = _engine(model)
        self._took: deque[float] = deque(maxlen=3)
        self._before: tuple[frozenset[str], Many] | None = None

    @property
    def seconds(self) -> float:
        """What a fan takes; the least of the last few, since a slow one is the machine's doing."""
        return min(self._took, default=math.inf)

    def around(self, scenario: Scenario) -> Many | None:
        """The runs around a scenario; None where it sets all that is uncertain.

        A constant that the scenario sets is not drawn: whoever moves its slider asks what follows
        if it is known.

        Args:
            scenario: what all runs have in common.
        """
        draws = {
            str(name): column.to_numpy(dtype=float)
            for name, column in self.draws.items()
            if canonical(str(name)) not in scenario.given
        }
        if not draws:
            return None
        begun = time.perf_counter()
        made = self._engine.ensemble(
            draws, request=self._model.request(scenario), outputs=self._outputs
        )
        seconds = time.perf_counter() - begun
        self._took.append(seconds)
        return Many(tuple(draws), made.times, made.values, int(made.failed.sum()), seconds)

    def beside(self, scenario: Scenario) -> Many | None:
        """The base under the draws that ``around`` uses for a scenario, run for run.

        An uncertain constant that the scenario sets stands where the model has it.

        Args:
            scenario: the scenario to be compared with the base.
        """
        elements = self._model.structure.elements
        fixed = {
            str(name): elements[canonical(str(name))].value
            for name in self.draws
            if canonical(str(name)) in scenario.given
        }
        key = frozenset(fixed)
        if self._before is None or self._before[0] != key:
            base = self.around(Scenario({k: v for k, v in fixed.items() if v is not None}))
            if base is None:
                return None
            self._before = key, base
        return self._before[1]


def legend(many: Many) -> str:
    """The band in a sentence.

    Args:
        many: the runs that it was drawn from.
    """
    count = len(many.drawn)
    numbers = "1 uncertain number" if count == 1 else f"{count} uncertain numbers"
    lost = f"; {many.failed} broke off" if many.failed else ""
    return (
        f"Nine of ten runs lie in the shaded band: {many.runs} runs with {numbers} drawn anew{lost}"
    )


def listed(model: Model, fan: Fan, many: Many | None) -> str:
    """What is drawn from where to where, as HTML.

    Args:
        model: the model.
        fan: its fan.
        many: the runs on show; None where nothing is drawn.
    """
    drawn = () if many is None else many.drawn
    rows = []
    for name in map(str, fan.draws):
        element = model.structure.elements[canonical(name)]
        ends = element.range or Range(None, None)
        reach = f"{said(ends.low)} to {said(ends.high)} {pure(element.units)}".strip()
        words = reach if name in drawn else "as its slider or the scenario sets it"
        rows.append(f"<li>{html.escape(name)}: {html.escape(words)}</li>")
    return (
        "<p>In each run every number of this list is drawn anew from its range; the draws stay "
        "the same while a slider moves. The line is the run with the numbers as assumed, and need "
        "not lie in the middle. The axes are made for the lines: where a band is much wider, its "
        f"panel says that the band goes on beyond the picture.</p><ul>{''.join(rows)}</ul>"
    )


def _engine(model: Model) -> Compiled | Vectorised:
    try:
        return model.engine("compiled")  # type: ignore[return-value]
    except Unsupported:
        return model.engine("vectorised")  # type: ignore[return-value]
