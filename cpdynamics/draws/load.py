"""The models under load: what becomes of them over the whole ranges of their constants.

A model may be well behaved at the values of its file and nowhere else. So every constant with a
range in the .mdl is drawn over all of it, in two ways. With *every constant*, levers and the
sector's border included, nothing may break: no run that fails, no value that is no number, no
stock of less than nothing, no child that is made or lost between stocks. And under each
*scenario*, with all other levers and the border at rest, what is spent on children in danger may
not run away in more than one draw in a hundred. Those that do are told apart from the others
(``ensembles.distinguishing``); nothing is done to them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cpdynamics.auditing.flows import rates_of
from cpdynamics.ensembles import Ensemble, ensemble, sample
from cpdynamics.ensembles.distinguishing import distinguishing
from cpdynamics.ensembles.ranges import ranges
from cpdynamics.mdl.names import canonical
from cpdynamics.model import Model, checked_model
from cpdynamics.scenario import Scenario
from cpdynamics.system.lowering import lower

RUNS = 10_000
RUNAWAY = 3.0
"""Times its value at the start of the same run: what is above has run away."""
MOST = 0.01
"""The share of draws that may run away under a scenario."""

EVERY, BASE = "every constant", "base"
_WATCHED = ("acute spend", "Children in Care", "open cases")
_ROUNDING = 1e-9  # of the largest value of a stock in any run
_FOLLOWED, _STEPS = 100, 1_000  # runs and time steps over which flows are added up


@dataclass(frozen=True, eq=False, repr=False)
class Load:
    """What became of a model over draws of its constants.

    Attributes:
        model: the model's name.
        scenario: the scenario's; ``EVERY`` or ``BASE``.
        sample: the draws: a row a run, a column a constant.
        without: the constants that were not drawn since they have no range.
        failures: a table of the runs that broke off: ``run``, ``variable``, ``time``, ``why``.
        endless: variable -> in how many runs it is not finite at some saved time. Every variable
            is looked at for ``EVERY``; stocks and what is watched otherwise.
        negative: stock -> in how many runs it is less than nothing, unless its range allows that.
        leaking: stock -> in how many runs it is not moved by its flows alone; None where that was
            not looked at.
        watched: the variable that may run away; empty where the model has none to watch.
        growth: of each run, the greatest value of that over the one at the start.
    """

    model: str
    scenario: str
    sample: pd.DataFrame
    without: tuple[str, ...]
    failures: pd.DataFrame
    endless: Mapping[str, int]
    negative: Mapping[str, int]
    leaking: Mapping[str, int] | None
    watched: str
    growth: NDArray[np.float64]

    @property
    def runaway(self) -> NDArray[np.bool_]:
        """Of each run, whether it ran away."""
        return self.growth > RUNAWAY

    @property
    def share(self) -> float:
        """Of the runs that ran away, from 0 to 1."""
        return float(self.runaway.mean()) if self.watched else 0.0

    def runaways(self) -> pd.DataFrame:
        """The draws that ran away, with how many times they grew, the furthest first."""
        found = self.sample[self.runaway] if self.watched else self.sample.head(0)
        found = found.assign(growth=self.growth[found.index] if self.watched else [])
        return found.sort_values("growth", ascending=False)

    @cached_property
    def causes(self) -> pd.DataFrame:
        """The constants that set the runaways apart; see ``distinguishing``."""
        chosen = self.runaway if self.watched else np.zeros(len(self.sample), dtype=bool)
        return distinguishing(self.sample, chosen)

    def __repr__(self) -> str:
        told = "; ".join(self.faults) or "nothing broke"
        return f"{self.model}, {self.scenario}: {len(self.sample):,} draws, {told}"

    @property
    def faults(self) -> list[str]:
        """What may not be, in words; empty where all is well."""
        if self.scenario == EVERY or self.share <= MOST:
            return self.broken
        often = (
            f"{self.watched} runs away in {100 * self.share:.1f} % of {len(self.sample):,} draws"
        )
        return [*self.broken, often]

    @property
    def broken(self) -> list[str]:
        """The faults that no draw may have."""
        runs = f"{len(self.sample):,} draws"
        found = []
        if len(self.failures):
            first = self.failures.iloc[0]
            why = f"{first['variable']} {first['why']}".strip()
            found.append(f"{len(self.failures):,} of {runs} failed, the first since {why}")
        for what, counts in (
            ("no number", self.endless),
            ("below nought", self.negative),
            ("not moved by its flows alone", self.leaking or {}),
        ):
            found += [f"{name} is {what} in {count:,} of {runs}" for name, count in counts.items()]
        return found


def under_load(
    model: Model,
    *,
    runs: int = RUNS,
    seed: int = 1,
    progress: Callable[[str], None] | None = None,
) -> tuple[Load, ...]:
    """What becomes of a model over the full ranges: every constant, the base, each scenario.

    Latin-hypercube draws; the same under each scenario, less what that sets itself.

    Args:
        model: from ``load``.
        runs: how many each time.
        seed: of the draws.
        progress: told in words how far it is.

    Raises:
        BadValue: it is no model, or has no constant with a range.
    """
    model = checked_model(model, "under_load")
    tell = progress or (lambda said: None)
    known = ranges(model)
    tell(f"{model.name}: {EVERY}")
    found = [_everything(model, sample(model, _uniform(known.every), n=runs, seed=seed))]
    if known.inner:
        drawn = sample(model, _uniform(known.inner), n=runs, seed=seed)
        for name, scenario in {BASE: Scenario(), **model.scenarios}.items():
            tell(f"{model.name}: {name}")
            left = [one for one in drawn if canonical(str(one)) not in scenario.given]
            found.append(_under(model, name, scenario, drawn[left]))
    return tuple(found)


def _uniform(constants: Mapping[str, tuple[float, float]]) -> dict[str, str]:
    # A range whose two ends are one has nothing to draw.
    return {name: "uniform" for name, (low, high) in constants.items() if low < high}


def _everything(model: Model, drawn: pd.DataFrame) -> Load:
    """Every variable is looked at, and for some runs every step."""
    done = ensemble(model, drawn, reductions=("min", "max"), progress=False)
    return _load(model, EVERY, drawn, done, _start(model, Scenario(), drawn), _leaks(model, drawn))


def _under(model: Model, name: str, scenario: Scenario, drawn: pd.DataFrame) -> Load:
    watched = _watched(model)
    outputs = dict.fromkeys((*_stocks(model), *([watched] if watched else ())))
    done = ensemble(
        model, drawn, scenario=scenario, outputs=outputs, reductions=("min", "max"), progress=False
    )
    return _load(model, name, drawn, done, _start(model, scenario, drawn), None)


def _load(
    model: Model,
    name: str,
    drawn: pd.DataFrame,
    done: Ensemble,
    start: NDArray[np.float64],
    leaking: Mapping[str, int] | None,
) -> Load:
    watched, well = _watched(model), ~done.failed
    endless, negative = {}, {}
    things = {canonical(stock) for stock in _things(model)}
    for variable, values in done.values.items():
        if count := int((~np.isfinite(values[well])).any(axis=1).sum()):
            endless[variable] = count
        if canonical(variable.partition("[")[0]) in things and well.any():
            floor = -_ROUNDING * float(np.nanmax(np.abs(values[well])))
            if count := int((values[well, 0] < floor).sum()):
                negative[variable] = count
    growth = np.full(len(drawn), np.nan)
    if watched:
        with np.errstate(divide="ignore", invalid="ignore"):  # from nothing at the start
            growth = done.values[watched][:, 1] / start
    return Load(
        model=model.name,
        scenario=name,
        sample=drawn,
        without=ranges(model).without,
        failures=done.failures,
        endless=endless,
        negative=negative,
        leaking=leaking,
        watched=watched,
        growth=growth,
    )


def _stocks(model: Model) -> list[str]:
    return [one.name for one in model.structure.elements.values() if one.kind == "stock"]


def _things(model: Model) -> list[str]:
    """The stocks that cannot be less than nothing: no range of theirs goes below nought."""
    elements = (model.structure.elements[canonical(name)] for name in _stocks(model))
    return [
        one.name
        for one in elements
        if one.range is None or one.range.low is None or one.range.low >= 0
    ]


def _watched(model: Model) -> str:
    elements = model.structure.elements
    there = (elements[canonical(name)].name for name in _WATCHED if canonical(name) in elements)
    return next(there, "")


def _start(model: Model, scenario: Scenario, drawn: pd.DataFrame) -> NDArray[np.float64]:
    """What is watched, at the start of each run."""
    if not (watched := _watched(model)):
        return np.empty(0)
    begins = {"FINAL TIME": _clock(model, "initial time")}
    at_once = ensemble(model, drawn, scenario=scenario | begins, outputs=[watched], progress=False)
    return at_once.values[watched][:, 0]


def _clock(model: Model, name: str) -> float:
    value = model.structure.elements[name].value
    return float("nan") if value is None else value


def _leaks(model: Model, drawn: pd.DataFrame) -> dict[str, int]:
    """In how many of the first runs a stock is not moved by its flows alone, step by step."""
    step, start, end = (_clock(model, one) for one in ("time step", "initial time", "final time"))
    if not np.isfinite([step, start, end]).all():  # .Control computes it from other constants
        return {}
    every_step = {"FINAL TIME": min(end, start + _STEPS * step), "SAVEPER": step}
    system = lower(model.structure)
    flows = {stock: parts[0] for stock, parts in rates_of(system).items() if len(parts) == 1}
    done = ensemble(model, drawn.head(_FOLLOWED), scenario=every_step, progress=False)
    values = {canonical(name): array[~done.failed] for name, array in done.values.items()}
    found = {}
    for stock, parts in flows.items():
        if parts is None or not values.keys() >= {stock, *(flow.name for _, flow in parts)}:
            continue
        level = values[stock]
        brought, size = np.zeros(level[:, 1:].shape), np.abs(level).max(axis=1)
        for sign, flow in parts:
            part = np.diff(done.times) * values[flow.name][:, :-1]
            brought += sign * part
            size = np.maximum(size, np.abs(part).max(axis=1))
        error = np.abs(np.diff(level, axis=1) - brought).max(axis=1)
        if count := int((error > _ROUNDING * size).sum()):
            found[system.names[stock]] = count
    return found
