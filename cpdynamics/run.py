"""One result: every variable at every saved time, with what it was made from."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from cpdynamics.errors import BadValue, NotARun, came_as, clipped, printable, unknown_name
from cpdynamics.mdl.names import canonical
from cpdynamics.saving import read_run, write_run
from cpdynamics.scenario import Scenario, finite
from cpdynamics.tables import Table, as_html, as_text, readable

if TYPE_CHECKING:
    from typing import Self

_TIME = "Time"


@dataclass(frozen=True, eq=False, repr=False)
class Run:
    """What a model did under a scenario.

    ``run["repeat referrals"]`` is a pandas Series over time whose ``.attrs["units"]`` says in
    what it is measured; case and underscores of the name do not matter.

    Attributes:
        model: the model's name.
        scenario: the assumptions of the run.
        frame: index = time, one column a variable, named as in the .mdl. Shared, so not to be
            changed; ``to_frame()`` gives a copy.
        units: variable -> its units, as in the .mdl.
        time_unit: what one step of the index means, such as "Month".
        since: what time 0 is, such as "April 2017"; empty when the model does not say.
    """

    model: str
    scenario: Scenario
    frame: pd.DataFrame
    units: Mapping[str, str] = field(default_factory=dict)
    time_unit: str = ""
    since: str = ""

    def __post_init__(self) -> None:
        frame = self.frame.astype(float)
        # As lists: pandas takes long to step through an index.
        frame.index = pd.Index(list(map(float, frame.index.tolist())), name=_TIME, dtype=float)
        frame.columns = pd.Index(list(map(str, frame.columns.tolist())))
        if not len(frame):
            raise BadValue(f'A run of "{self.model}" has no saved time.')
        object.__setattr__(self, "frame", frame)
        object.__setattr__(self, "units", {name: self.units.get(name, "") for name in self.names})
        if len(self._spelling) < len(self.names):
            raise BadValue(f'A run of "{self.model}" has two variables of one name.')

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The variables of the run, as in the .mdl."""
        return tuple(self.frame.columns.tolist())

    @property
    def label(self) -> str:
        """What to write beside a line: the scenario's name, its assumptions, or "base"."""
        return self.scenario.label

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and canonical(name) in self._spelling

    def __getitem__(self, name: str) -> pd.Series[float]:
        column = self.spelt(name)
        series = self.frame[column].copy()
        series.attrs["units"] = self.units[column]
        return series

    def spelt(self, name: str) -> str:
        """The name as the .mdl writes it.

        Args:
            name: in any case, with spaces or underscores.

        Raises:
            UnknownName: the run has no such variable; the nearest are offered.
        """
        if not isinstance(name, str):
            raise BadValue(f"A variable was asked for by {clipped(name)}.", "Names are text.")
        try:
            return self._spelling[canonical(name)]
        except KeyError:
            raise unknown_name("variable in this run", name, self.names) from None

    def to_frame(self) -> pd.DataFrame:
        """A copy of the numbers: index = time, one column a variable; units in ``.attrs``."""
        frame = self.frame.copy()
        frame.attrs["units"] = dict(self.units)
        return frame

    def compare(
        self,
        other: Run,
        at: Literal["final"] | float = "final",
        names: Iterable[str] | None = None,
    ) -> Table:
        """A table of this run against another at one time: index = variable.

        Columns: ``base`` (the other run), ``run`` (this one), ``difference`` (run - base),
        ``percent`` (of the base's size; missing where the base is 0) and ``units``.

        Args:
            other: the run to measure against, mostly the base.
            at: "final", or a saved time in the model's time unit.
            names: the variables wanted; all that both runs have when left out.

        Raises:
            UnknownName: one of the runs lacks a variable asked for.
            BadValue: one of the runs has no such saved time, or they end at different times.
        """
        other = checked_run(other, "compare")
        if names is None:
            wanted = [name for name in self.names if name in other]
        else:
            wanted = [self.spelt(name) for name in several(names, "names=")]
        there = [other.spelt(name) for name in wanted]
        here_at, there_at = self._row(at), other._row(at)
        if at == "final" and not _same(here_at, there_at):
            raise BadValue(
                f"One run ends at {here_at:g} and the other at {there_at:g}.",
                "",
                f"Give a time that both have saved, such as at={min(here_at, there_at):g}.",
            )
        run = self.frame.loc[here_at, wanted].to_numpy(dtype=float)
        base = other.frame.loc[there_at, there].to_numpy(dtype=float)
        difference = run - base
        percent = np.full(len(base), np.nan)
        np.divide(100 * difference, np.abs(base), out=percent, where=base != 0)
        table = Table(
            {
                "base": base,
                "run": run,
                "difference": difference,
                "percent": percent,
                "units": [self.units[name] for name in wanted],
            },
            index=pd.Index(wanted, name="name"),
        )
        table.attrs.update(at=here_at, time_unit=self.time_unit, base=other.label, run=self.label)
        return table

    def to_csv(self, path: Path | str) -> None:
        """Writes the run, losing nothing; a file already there is replaced only when all went well.

        Lines that start with ``#`` say where the numbers come from; then comes an ordinary table.

        Args:
            path: where to.

        Raises:
            CannotWrite: there is no such folder, no right to write, or no room.
            BadValue: it is no path.
        """
        write_run(
            path,
            model=self.model,
            scenario=self.scenario,
            frame=self.frame,
            units=self.units,
            time_unit=self.time_unit,
            since=self.since,
        )

    @classmethod
    def read_csv(cls, path: Path | str) -> Self:
        """The run that ``to_csv`` wrote.

        Args:
            path: the file.

        Raises:
            MissingFile: there is no such file.
            NotARun: it was not written by ``to_csv``, or was changed since.
            BadValue: it is no path.
        """
        fields = read_run(path)
        try:
            return cls(**fields)
        except BadValue as error:
            raise NotARun(f"{path}: {error.came}", error.expected, error.remedy) from None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Run):
            return NotImplemented
        return (
            (self.model, self.scenario, self.units, self.time_unit, self.since)
            == (other.model, other.scenario, other.units, other.time_unit, other.since)
        ) and self.frame.equals(other.frame)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{self._heading}\n{as_text(self._summary)}"

    def _repr_html_(self) -> str:
        return as_html(self._summary, self._heading)

    @property
    def _heading(self) -> str:
        times = self.frame.index
        unit = f" {self.time_unit}" if self.time_unit else ""
        return printable(
            f"{self.model}, {self.label}: {readable(times[0])} to {readable(times[-1])}{unit}, "
            f"{len(times)} saved times, {len(self.names)} variables",
            " ",
        )

    @property
    def _summary(self) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "name": list(self.names),
                "start": self.frame.iloc[0].to_numpy(),
                "end": self.frame.iloc[-1].to_numpy(),
                "lowest": self.frame.min().to_numpy(),
                "highest": self.frame.max().to_numpy(),
                "units": list(self.units.values()),
            }
        )

    @cached_property
    def _spelling(self) -> dict[str, str]:
        return {canonical(name): name for name in self.names}

    def _row(self, at: Literal["final"] | float) -> float:
        """The saved time meant by ``at``."""
        times = self.frame.index.to_numpy(dtype=float)
        if isinstance(at, str):
            if at != "final":
                raise BadValue(
                    f'at= is the text "{clipped(at)}".', '"final" or a saved time was expected.'
                )
            return float(times[-1])
        wanted = finite(at, "at=")
        nearest = float(times[np.argmin(np.abs(times - wanted))])
        if not _same(nearest, wanted):
            raise BadValue(
                f"Nothing was saved at {wanted:g}.",
                f"This run goes from {times[0]:g} to {times[-1]:g}.",
                f"The nearest saved time is {nearest:g}.",
            )
        return nearest


def checked_run(given: object, caller: str) -> Run:
    """The run that was given.

    Args:
        given: what came.
        caller: the function that it was given to, for the error.

    Raises:
        BadValue: it is no run.
    """
    if isinstance(given, Run):
        return given
    raise BadValue(
        f"{caller}() got {came_as(given)}.",
        "A Run was expected.",
        "model.run() makes one.",
    )


def several(names: object, what: str) -> list[Any]:
    """The names that were given, one or several.

    Args:
        names: a name, or any collection of names.
        what: what they were given as, for the error.

    Raises:
        BadValue: it is neither.
    """
    if isinstance(names, str):
        return [names]
    if isinstance(names, Iterable):
        return list(names)
    raise BadValue(f"{what} got {came_as(names)}.", "A name or a list of names was expected.")


def labelled(runs: Iterable[Run]) -> dict[str, Run]:
    """Label -> run, in order. A label that comes again gets a number, so that no run is lost.

    Args:
        runs: any runs.
    """
    named: dict[str, Run] = {}
    for run in runs:
        numbered = (f"{run.label} ({number})" for number in itertools.count(2))
        labels = itertools.chain([run.label], numbered)
        named[next(label for label in labels if label not in named)] = run
    return named


def _same(first: float, second: float) -> bool:
    # Saved times are sums of time steps, and so not always round.
    return abs(first - second) <= 1e-6 * max(1.0, abs(first), abs(second))
