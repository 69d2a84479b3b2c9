"""A model under audit, and what several checks want to know of it: each thing is made once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from cpdynamics.auditing.check import Finding, counted, not_made
from cpdynamics.auditing.flows import Signed, perceptions, rates_of
from cpdynamics.engines.machine import NoCompiler
from cpdynamics.errors import CpdynamicsError
from cpdynamics.mdl.document import Equation
from cpdynamics.mdl.names import CONTROL, canonical
from cpdynamics.model import Model
from cpdynamics.run import Run
from cpdynamics.scenario import Scenario
from cpdynamics.system.graph import Link, links
from cpdynamics.system.lowering import System, lower

ROUNDING = 1e-9
"""Numbers smaller than this part of the largest in the same units are taken as nought."""

MOST_WORK = 300_000_000
"""Values that all the runs of one check may compute: a minute or two with PySD."""

_LOADING = 400  # time steps that take as long as making a run ready
_MOST_STATES = 200  # of a run, for the signs of links


@dataclass(frozen=True)
class Low:
    """How far a stock fell in a run.

    Attributes:
        column: the stock, with its subscript.
        value: the lowest that it came to.
        label: of the run.
    """

    column: str
    value: float
    label: str


class Subject:
    """A model under audit; its base run is made once, when the first check asks for it.

    Attributes:
        model: the model.
        document: its file.
        lows: the stocks that fell below nought, in any run made so far: the lowest of each.
        made: how many runs were made so far.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.document = model.document
        self.lows: dict[str, Low] = {}
        self.made = 0
        self._scenarios: dict[str, Run] = {}

    @cached_property
    def equations(self) -> tuple[Equation, ...]:
        """One equation a variable: subscript ranges are none, and control comes by itself."""
        chosen: dict[str, Equation] = {}
        for equation in self.document.equations:
            if equation.operator not in (":", "<->"):
                chosen.setdefault(canonical(equation.name), equation)
        return tuple(chosen.values())

    @cached_property
    def named(self) -> tuple[Equation, ...]:
        """The variables of the model itself, without those that steer the run."""
        return tuple(one for one in self.equations if canonical(one.name) not in CONTROL)

    @cached_property
    def system(self) -> System:
        """The model's equations, lowered."""
        return lower(self.model.structure)

    @cached_property
    def rates(self) -> Mapping[str, tuple[Signed | None, ...]]:
        """The flows of each stock, by its equations."""
        return rates_of(self.system)

    @cached_property
    def perceptions(self) -> set[str]:
        """The stocks that only follow something else: beliefs, not things."""
        return perceptions(self.system)

    @cached_property
    def base(self) -> Run:
        """The run of the model as it stands, made by PySD itself.

        Raises:
            CpdynamicsError: it broke off.
        """
        return self._looked_at(self.model.run(engine="pysd"))

    @cached_property
    def quick(self) -> str:
        """The name of the quick engine that can run the model.

        Raises:
            Unsupported: PySD alone can.
        """
        for name in ("compiled", "vectorised"):
            try:
                self.model.run(engine=name)
            except NoCompiler:
                continue
            return name
        raise AssertionError("NumPy is always there")

    def scenario(self, name: str) -> Run:
        """The run of a scenario of the story.

        Args:
            name: its name.

        Raises:
            CpdynamicsError: it broke off.
        """
        if name not in self._scenarios:
            self._scenarios[name] = self.run(self.model.scenarios[name])
        return self._scenarios[name]

    @cached_property
    def _engine(self) -> str:
        # By name: a finding says which engine it was, so that no notice is needed.
        try:
            return self.quick
        except CpdynamicsError:
            return "pysd"

    @cached_property
    def visited(self) -> pd.DataFrame | None:
        """States that the model comes to, in the base run and the scenarios; None if it breaks off.

        One row a state, with time as the index.
        """
        try:
            frames = [self.base.frame]
            if not self.too_many(1 + len(self.model.scenarios)):
                frames += [self.scenario(name).frame for name in self.model.scenarios]
        except CpdynamicsError:
            return None
        return pd.concat([one.iloc[:: 1 + len(one) // _MOST_STATES] for one in frames])

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """Which variable moves which, and in which direction."""
        return links(self.system, self.model.structure, visited=self.visited)

    def run(self, scenario: Scenario) -> Run:
        """A run; the stocks that fell below nought in it are kept for the check of that.

        Args:
            scenario: its assumptions.

        Raises:
            CpdynamicsError: it broke off.
        """
        return self._looked_at(self.model.run(scenario, engine=self._engine))

    def _looked_at(self, run: Run) -> Run:
        self.made += 1
        for low in self.below_nought(run):
            known = self.lows.get(low.column)
            if known is None or low.value < known.value:
                self.lows[low.column] = low
        return run

    def goes_well(self, scenario: Scenario) -> bool:
        """Whether nothing breaks or falls below nought in a run that is only looked at for that.

        Args:
            scenario: its assumptions.
        """
        try:
            run = self.model.run(scenario, engine=self._engine)
        except CpdynamicsError:
            return False
        self.made += 1
        return bool(np.isfinite(run.frame.to_numpy()).all()) and not self.below_nought(run)

    def below_nought(self, run: Run) -> list[Low]:
        """The stocks that fall below nought in a run though they stand for things.

        Left out are beliefs, and what has a range that allows it: debts and savings.

        Args:
            run: of this model.
        """
        found = []
        least, allowed = run.frame.to_numpy().min(axis=0), -rounding(run)
        for column, low, floor in zip(run.names, least, allowed, strict=True):
            if low < floor and variable(column) in self._things:
                found.append(Low(column, float(low), run.label))
        return found

    @cached_property
    def _things(self) -> set[str]:
        """The stocks that cannot be less than nothing."""
        return {
            key
            for key, one in self.model.structure.elements.items()
            if one.kind == "stock"
            and key not in self.perceptions
            and (one.range is None or one.range.low is None or one.range.low >= 0)
        }

    @cached_property
    def clock(self) -> Mapping[str, float]:
        """INITIAL TIME, FINAL TIME, TIME STEP and SAVEPER of the base run, canonically named."""
        return {name: float(self.base[name].iloc[0]) for name in CONTROL}

    @cached_property
    def steps(self) -> int:
        """How many time steps the base run takes."""
        clock = self.clock
        return max(1, round((clock["final time"] - clock["initial time"]) / clock["time step"]))

    def too_many(self, runs: int) -> Finding | None:
        """The finding that so many runs compute more than ``MOST_WORK``; None if they do not.

        Args:
            runs: how many as long as the base run; one with half the time step counts double.
        """
        variables = len(self.model.structure.elements)
        if runs * variables * (self.steps + _LOADING) <= MOST_WORK:
            return None
        return not_made(
            f"{counted(runs, 'run')} of {counted(variables, 'variable')} over "
            f"{counted(self.steps, 'time step')} would take too long.",
            "Choose a larger TIME STEP, an earlier FINAL TIME, or fewer levers and scenarios.",
        )

    @cached_property
    def calendar(self) -> set[str]:
        """The variables that follow from time and constants alone, such as a policy's ramp.

        They may move at rest; what they move in the model may not.
        """
        elements = self.model.structure.elements
        alive = {key for key, one in elements.items() if one.kind == "stock" or one.state_uses}
        size = -1
        while size < len(alive):
            size = len(alive)
            alive |= {key for key, one in elements.items() if alive.intersection(one.uses)}
        return elements.keys() - alive

    def kind(self, kind: str) -> set[str]:
        """The canonical names of all variables of one kind."""
        elements = self.model.structure.elements
        return {name for name, element in elements.items() if element.kind == kind}


def rounding(run: Run) -> np.ndarray:
    """For each column of a run, the size below which a number is only rounding.

    A variable that ought to be nought has no size of its own, so the largest one in the same
    units gives the scale.

    Args:
        run: any run.
    """
    return ROUNDING * scales(run)


def scales(run: Run) -> np.ndarray:
    """For each column of a run, the largest number of all that have its units.

    Args:
        run: any run.
    """
    largest = np.abs(run.frame.to_numpy()).max(axis=0)
    units = [unit.casefold() for unit in run.units.values()]
    scale: dict[str, float] = {}
    for unit, size in zip(units, largest, strict=True):
        scale[unit] = max(scale.get(unit, 0.0), float(size))
    return np.array([scale[unit] for unit in units])


def variable(column: object) -> str:
    """The canonical name of the variable that a column belongs to: "Staff[north]" is of Staff."""
    return canonical(str(column).partition("[")[0])
