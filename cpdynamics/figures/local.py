"""A model at the figures of one authority."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cpdynamics.scenario import Held, Scenario
from cpdynamics.tables import Table, as_html, as_text

if TYPE_CHECKING:
    import pandas as pd

    from cpdynamics.figures.result import Figures
    from cpdynamics.model import Model
    from cpdynamics.run import Run


@dataclass(frozen=True, eq=False, repr=False)
class Local:
    """The typical authority rebalanced to local figures; the equations stay where they are.

    Attributes:
        model: the model; it is not changed.
        scenario: the constants that make it the local authority.
        changed: a table of every constant that differs: ``constant``, ``units``, ``typical``,
            ``local``, ``percent`` (change), ``kind`` ("given", "in proportion", "gave way" or
            "stand-in") and ``why`` (the figure with its source, or the rule).
        conflicts: a table of what cannot hold together: ``what``, ``figure``, ``given``,
            ``holds`` (what the model has instead), ``units``, ``percent`` (apart) and ``done``.
        unused: a table of the figures that set nothing: ``figure`` and ``why``.
        figures: what was given.
        month: the month since 1 April 2017 that the figures stand near; month 0 of the local model
            is then.
        since: the same as a day.
        size: how many times as large as the typical authority.
        rest: the greatest move of any stock over 12 months without a disturbance, as a share of
            its size.
    """

    model: Model
    scenario: Scenario
    changed: Table
    conflicts: Table
    unused: Table
    figures: Figures
    month: float
    since: str
    size: float
    rest: float

    def run(
        self,
        scenario: Scenario | Mapping[str, float] | str | None = None,
        *,
        hold: Mapping[str, Held] | None = None,
    ) -> Run:
        """What the model does in this authority.

        Args:
            scenario: as for ``Model.run``, on top of the local constants.
            hold: as for ``Model.run``.

        Raises:
            UnknownName: as ``Model.run``.
            BadValue: as ``Model.run``.
        """
        return self.model.run(self.of(scenario), hold=hold)

    def of(self, scenario: Scenario | Mapping[str, float] | str | None) -> Scenario:
        """A scenario of the model, in this authority.

        Args:
            scenario: the name of one, constants and values, or a Scenario.

        Raises:
            UnknownName: the story has no scenario of that name.
        """
        return self.scenario | self.model.scenario(scenario)

    def sheets(self) -> dict[str, pd.DataFrame]:
        """The tables for a workbook, by the name of their sheet."""
        return {
            "Changed": self.changed,
            "Cannot hold": self.conflicts,
            "Not used": self.unused,
            "Figures": self.figures.table(),
        }

    def _said(self) -> str:
        size = "" if abs(self.size - 1) < 5e-4 else f", {self.size:.3g} times the typical size"
        kept = f"greatest move in a year at rest {self.rest:.1e}"
        return (
            f"{self.model.title} at local figures of about {self.since}{size}: "
            f"{len(self.changed)} constants differ, {len(self.conflicts)} conflicts, "
            f"{len(self.unused)} figures not used, {kept}."
        )

    def __repr__(self) -> str:
        parts = [self._said(), as_text(self.changed)]
        if len(self.conflicts):
            parts += ["What cannot hold together:", as_text(self.conflicts)]
        if len(self.unused):
            parts += ["Not used:", as_text(self.unused)]
        return "\n".join(parts)

    def _repr_html_(self) -> str:
        parts = [as_html(self.changed, self._said())]
        if len(self.conflicts):
            parts.append(as_html(self.conflicts, "What cannot hold together"))
        if len(self.unused):
            parts.append(as_html(self.unused, "Not used"))
        return "".join(parts)
