"""What a fit gave: the constants, how sure they are, and how near the run comes to the figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cpdynamics.errors import BadValue, clipped, printable, unknown_name
from cpdynamics.mdl.names import canonical
from cpdynamics.scenario import Scenario
from cpdynamics.tables import Table, as_html, as_text

if TYPE_CHECKING:
    from cpdynamics.fitting.profiles import Interval
    from cpdynamics.fitting.runs import Runs
    from cpdynamics.fitting.searching import Search
    from cpdynamics.model import Model


@dataclass(frozen=True, eq=False, repr=False)
class Fit:
    """Constants of a model, fitted to series of figures.

    ``model.run(fit.scenario)`` is the fitted run.

    Attributes:
        model: the model's name.
        scenario: what all runs had in common, with the estimates set.
        table: index = constant. Columns: ``estimate``, ``error`` (standard error; missing at a
            bound and where no figure tells), ``low`` and ``high`` (the bounds), ``at`` ("low" or
            "high" where the estimate is at a bound, else empty), ``start``, ``units``.
        correlation: of the estimates, constants by constants; missing where there is no error.
        residuals: a row a figure: ``series``, ``time``, ``over``, ``figure``, ``run`` (its
            counterpart), ``difference`` (run less figure), ``error`` (what that is divided by),
            ``residual`` and ``fitted`` (whether the fit saw it).
        statistics: index = series, of the figures that the fit saw: ``figures``, ``rmse``,
            ``mape`` (percent), ``bias``, ``variance``, ``covariance`` (Theil's parts of the mean
            squared difference, which sum to 1), ``r2`` (see ``words`` for what it is worth) and
            ``units``.
        forecasts: index = series, of the figures that were kept back by ``until=``: ``figures``,
            the RMSE of the ``model``, of the ``last value`` and of the ``trend``, and ``best``.
            Empty where none were kept back.
        curves: the fitted run at every saved time: index = time, a column a series.
        words: what to know before the numbers are used, in sentences.
        searches: every search, in the order in which they were made.
        loss: what a residual counts for, as scipy names it.
        known: whether the errors of the figures were given; otherwise each series was measured by
            its own spread.
        until: the last time of a figure that the fit saw; None for all.
        starts: how many searches were asked for.
        seed: of the starts.
        cost: half the sum of what the residuals count for.
        scale: what twice the cost is divided by to be a deviance.
        runs: how many runs it took.
        failed: how many of them broke off.
        version: of cpdynamics.
        model_hash: sha256 of the .mdl.
        question: sha256 of all that the fit was asked.
        command: what was typed.
        time_unit: what one step of the time means, such as "Month".
        since: what time 0 is, such as "April 2017".
    """

    model: str
    scenario: Scenario
    table: Table
    correlation: pd.DataFrame
    residuals: Table
    statistics: Table
    forecasts: Table
    curves: pd.DataFrame
    words: str
    searches: tuple[Search, ...]
    loss: str
    known: bool
    until: float | None
    starts: int
    seed: int
    cost: float
    scale: float
    runs: int
    failed: int
    version: str
    model_hash: str
    question: str
    command: str
    time_unit: str = ""
    since: str = ""
    _made_by: Runs | None = field(default=None, kw_only=True)

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C cut it short, so that fewer searches were made than asked for."""
        return len(self.searches) < self.starts

    @property
    def names(self) -> tuple[str, ...]:
        """The constants, as in the .mdl."""
        return tuple(map(str, self.table.index))

    def interval(self, name: str, level: float = 0.9) -> Interval:
        """Where a constant lies by profile likelihood: ``low``, ``high``, ``open_low``,
        ``open_high``.

        An open end is that of the constant's bounds: the figures would have let it go on. Exact
        for a model that is linear in its constants; see ``cpdynamics.fitting.profiles``.

        Args:
            name: of a constant that was varied.
            level: the share of samples whose interval holds the truth.

        Raises:
            UnknownName: the constant was not varied.
            BadValue: a level that is no share; no figure is left to estimate errors from; or the
                fit was read from a file without its model.
        """
        from cpdynamics.fitting.profiles import profiled, threshold

        place = self._place(name)
        if self._made_by is None:
            raise BadValue(
                "An interval takes runs of the model, and this fit was read from a file.",
                "",
                "Read it with its model: Fit.read(path, model=model).",
            )
        left = int(self.residuals["fitted"].sum()) - len(self.table)
        row = self.table.iloc[place]
        ways = (self.table["estimate"] - self.table["low"]) / (
            self.table["high"] - self.table["low"]
        )
        return profiled(
            self._made_by,
            self._best if self._best is not None else ways.to_numpy(dtype=float),
            place,
            loss=self.loss,
            cost=self.cost,
            scale=self.scale,
            rise=threshold(level, left=left, known=self.known),
            error=float(row["error"] / (row["high"] - row["low"])),
        )

    def intervals(self, level: float = 0.9) -> Table:
        """A table of ``interval`` for every constant: ``estimate``, ``low``, ``high``, ``open``.

        Args:
            level: as for ``interval``.

        Raises:
            BadValue: as ``interval``.
        """
        rows = []
        for name in self.names:
            found = self.interval(name, level)
            ends = [end for end, is_open in zip(("low", "high"), found[2:], strict=True) if is_open]
            rows.append((self.table["estimate"][name], found.low, found.high, " and ".join(ends)))
        columns = ["estimate", "low", "high", "open"]
        return Table(rows, columns=columns, index=pd.Index(self.names, name="constant"))

    def save(self, path: Path | str) -> None:
        """Writes the fit as JSON, losing nothing; all or not at all.

        Args:
            path: where to.

        Raises:
            CannotWrite: the system refuses.
            BadValue: it is no path.
        """
        from cpdynamics.fitting.keeping import write_fit

        write_fit(path, self)

    @classmethod
    def read(cls, path: Path | str, model: Model | None = None) -> Fit:
        """The fit that ``save`` wrote.

        Args:
            path: the file.
            model: the one that was fitted, for ``interval``; all else can do without.

        Raises:
            MissingFile: there is no such file.
            NotAFit: it was not written by ``save``, or is not finished.
            BadValue: the model is another one than was fitted.
        """
        from cpdynamics.fitting.keeping import read_fit

        return read_fit(path, model)

    def spelt(self, name: str) -> str:
        """The name of a series as the .mdl writes it.

        Args:
            name: in any case, with spaces or underscores.

        Raises:
            UnknownName: the fit has no such series; the nearest are offered.
        """
        known = {canonical(str(one)): str(one) for one in self.statistics.index}
        if not isinstance(name, str) or canonical(name) not in known:
            raise unknown_name("series in this fit", clipped(name), known.values())
        return known[canonical(name)]

    def __repr__(self) -> str:
        return f"{printable(self._heading, ' ')}\n{as_text(self.table)}\n{printable(self.words)}"

    def _repr_html_(self) -> str:
        import html

        return as_html(self.table, self._heading) + f"<p>{html.escape(self.words)}</p>"

    @property
    def _heading(self) -> str:
        figures, series = int(self.residuals["fitted"].sum()), len(self.statistics)
        some = "1 series" if series == 1 else f"{series} series"
        return f"{self.model}, fitted to {figures} figures of {clipped(some)}"

    @cached_property
    def _best(self) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]] | None:
        """The end of the best search itself: estimates have gone through a rounding."""
        if not self.searches:
            return None
        return np.array(min(self.searches, key=lambda one: one.cost).end)

    def _place(self, name: str) -> int:
        known = {canonical(one): place for place, one in enumerate(self.names)}
        if not isinstance(name, str) or canonical(name) not in known:
            raise unknown_name("constant that was varied", clipped(name), self.names)
        return known[canonical(name)]
