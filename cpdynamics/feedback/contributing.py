"""What a loop contributes: a run with it beside a run without it."""

from __future__ import annotations

import html
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from cpdynamics.errors import BadValue, Notice
from cpdynamics.feedback.cutting import Cut, cut_of, without
from cpdynamics.model import Model
from cpdynamics.run import Run, several
from cpdynamics.scenario import Held, Scenario
from cpdynamics.tables import Table, as_html, as_text, readable

_SAME = 5e-4
"""The part of the largest value below which a difference is none."""


@dataclass(frozen=True, eq=False, repr=False)
class Contribution:
    """A scenario with a loop and without it.

    Attributes:
        cut: where the loop is cut, and what that opens besides.
        whole: the run of the model as it is.
        opened: the run of the same scenario with the loop cut.
        variables: what is looked at, as in the .mdl.
    """

    cut: Cut
    whole: Run
    opened: Run
    variables: tuple[str, ...]

    @cached_property
    def difference(self) -> pd.DataFrame:
        """What the loop adds: the whole run less the opened one; a row a time, a column each."""
        names = list(self.variables)
        frame = self.whole.frame[names] - self.opened.frame[names]
        frame.attrs["units"] = {name: self.whole.units[name] for name in names}
        return frame

    @property
    def frame(self) -> pd.DataFrame:
        """Both runs for a plot: index = time, columns = (variable, "with" or "without")."""
        parts = {
            (name, word): run.frame[name]
            for name in self.variables
            for word, run in (("with", self.whole), ("without", self.opened))
        }
        return pd.DataFrame(parts, index=self.whole.frame.index)

    def table(self) -> Table:
        """A table of the variables at the end, and where the loop tells most.

        Columns: ``name``, ``with``, ``without``, ``difference`` (what the loop adds), ``percent``
        (how far the end without it lies from the end with it; missing where that is 0), ``most``
        (the largest difference on the way), ``at`` (its time) and ``units``.
        """
        rows = []
        for name in self.variables:
            apart = self.difference[name]
            most = int(np.argmax(np.abs(apart.to_numpy())))
            rows.append(
                {
                    "name": name,
                    "with": self._end(self.whole, name),
                    "without": self._end(self.opened, name),
                    "difference": float(apart.iloc[-1]),
                    "percent": self._percent(name),
                    "most": float(apart.iloc[most]),
                    "at": float(apart.index[most]),
                    "units": self.whole.units[name],
                }
            )
        return Table(rows)

    def words(self) -> str:
        """What would be otherwise at the end, in a sentence; what else was cut, in another."""
        apart: list[str] = []
        same: list[str] = []
        for name in self.variables:
            (apart if self._differs(name) else same).append(name)
        when = self._after
        if not apart:
            return f"Without {self.cut.label} {_listed(same)} would {when} be the same.{self._also}"
        told = [f"{name} {when if not place else ''}" for place, name in enumerate(apart)]
        parts = [
            f"{' '.join(words.split())} {'would be ' if not place else ''}{self._change(name)}"
            for place, (words, name) in enumerate(zip(told, apart, strict=True))
        ]
        rest = f"; {_listed(same)} would be the same" if same else ""
        return f"Without {self.cut.label} {_listed(parts)}{rest}.{self._also}"

    def __repr__(self) -> str:
        return f"{self.words()}\n{as_text(self.table())}"

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(self.words())}</p>{as_html(self.table())}"

    @property
    def _also(self) -> str:
        verb = "is" if len(self.cut.also) == 1 else "are"
        return f" {_listed(self.cut.also)} {verb} cut along with it." if self.cut.also else ""

    @property
    def _after(self) -> str:
        times = self.whole.frame.index
        span, unit = float(times[-1] - times[0]), self.whole.time_unit.strip().casefold()
        if unit in ("month", "months") and span > 36:
            span, unit = span / 12, "year"
        word = unit.removesuffix("s")
        if not word:
            return f"at time {readable(float(times[-1]))}"
        return f"after {readable(span)} {word}{'' if span == 1 else 's'}"

    def _end(self, run: Run, name: str) -> float:
        return float(run.frame[name].iloc[-1])

    def _differs(self, name: str) -> bool:
        size = max(float(run.frame[name].abs().max()) for run in (self.whole, self.opened))
        return bool(abs(self.difference[name].iloc[-1]) > _SAME * size)

    def _percent(self, name: str) -> float:
        base = self._end(self.whole, name)
        return 100 * (self._end(self.opened, name) - base) / abs(base) if base else float("nan")

    def _change(self, name: str) -> str:
        """How far the end without the loop lies from the end with it, in words."""
        base, end = self._end(self.whole, name), self._end(self.opened, name)
        word = "lower" if end < base else "higher"
        # Against next to nothing, or across zero, a percentage says nothing.
        if base * end <= 0 or not 0.01 < end / base < 3:
            return f"{_rounded(end)} {self.whole.units[name]} instead of {_rounded(base)}"
        return f"{_rounded(abs(self._percent(name)))} % {word}"


def contribution(
    model: Model,
    loop: str,
    scenario: Scenario | Mapping[str, float] | str | None = None,
    *,
    variables: Iterable[str] | None = None,
    hold: Mapping[str, Held] | None = None,
    initial: Mapping[str, float] | None = None,
    seed: int = 0,
) -> Contribution:
    """What a named loop does in a scenario: one run with it, one without, and their difference.

    At rest no loop does anything: give a scenario that moves the model.

    Args:
        model: with loops in its story.
        loop: as for ``without``.
        scenario: as for ``Model.run``.
        variables: what to look at; the story's headline when left out, and its first chart where
            it has no headline.
        hold: as for ``Model.run``.
        initial: as for ``Model.run``.
        seed: as for ``Model.run``.

    Raises:
        UnknownName: the model lacks the loop, the scenario or a variable.
        BadValue: no single link opens the loop, or there is nothing to look at.
        RunFailed: one of the runs broke off.
    """
    cut = cut_of(model, loop)
    whole = model.run(scenario, hold=hold, initial=initial, seed=seed)
    if variables is None:
        charts = model.story.charts
        wanted = model.story.headline or (charts[0].variables if charts else ())
    else:
        wanted = tuple(several(variables, "variables="))
    if not wanted:
        raise BadValue(
            f"{model.title} has no headline, so there is nothing to look at.",
            "",
            f'Name what you want: contribution(model, "{cut.id}", variables=["..."]).',
        )
    names = tuple(dict.fromkeys(whole.spelt(name) for name in wanted))
    with warnings.catch_warnings():
        # What else was cut is part of the result.
        warnings.simplefilter("ignore", Notice)
        apart = without(model, loop)
    opened = apart.run(scenario, hold=hold, initial=initial, seed=seed)
    return Contribution(cut, whole, opened, names)


def _rounded(value: float) -> str:
    return readable(float(f"{value:.2g}")) if value else "0"


def _listed(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
