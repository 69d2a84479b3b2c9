"""Which base value each figure of an authority sets, in the model's units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from cpdynamics.errors import BadFigures, BadValue, clipped, nearest
from cpdynamics.figures.entry import Known
from cpdynamics.figures.known import KNOWN, known
from cpdynamics.figures.measures import Measure, factor_to, measure
from cpdynamics.figures.moments import day_at, moment
from cpdynamics.figures.result import Figures
from cpdynamics.mdl.names import canonical

if TYPE_CHECKING:
    from cpdynamics.model import Model

FARTHEST = 12.0
"""Months that a figure may be away from the day that is asked for."""


@dataclass(frozen=True)
class Given:
    """One figure at one day, ready to be set.

    Attributes:
        name: of the figure.
        entry: what it is made of.
        value: in the units of the model.
        month: where it stands, since 1 April 2017.
        source: the file and the row.
        as_given: the value and its unit, for a person.
    """

    name: str
    entry: Known
    value: float
    month: float
    source: str
    as_given: str

    @property
    def said(self) -> str:
        """The figure, its value, its day and its source, for a person."""
        return f"{self.name}: {self.as_given}, {day_at(self.month)} ({self.source})"


def given_figures(
    model: Model, figures: Figures, at: float | str | None
) -> tuple[list[Given], float, dict[str, str]]:
    """What can be set, the month that all of it stands near, and what is not used and why.

    Args:
        model: whose base values they are to set.
        figures: as read.
        at: a month, a day as text, or None for the latest.

    Raises:
        BadFigures: figures in other units than the model's, all of them at once; or none that sets
            anything.
        BadValue: ``at`` is no day.
    """
    unused: dict[str, str] = {}
    entries: dict[str, Known] = {}
    for name in figures:
        entry = known(name) or _of_constant(model, name)
        why = _unfit(model, name, entry)
        if entry is None or why:
            unused[name] = why
        else:
            entries[name] = entry
    if not entries:
        raise BadFigures(
            f"None of the {len(figures)} figures sets a base value of {model.name}.",
            " ".join(f'"{clipped(name, 40)}": {why}.' for name, why in list(unused.items())[:6]),
            f"`cpdynamics template {model.name} figures.csv` writes those that do.",
        )
    wanted = _wanted(at, [figures[name] for name in entries])
    found: list[Given] = []
    wrong: list[str] = []
    for name, entry in entries.items():
        series = figures[name]
        try:
            factor = factor_to(_read(series), _measure_of(model, entry))
        except BadValue as error:
            wrong.append(f'"{clipped(name, 40)}": {error}')
            continue
        month = min(map(float, series.index), key=lambda one: (abs(one - wanted), -one))
        if abs(month - wanted) > FARTHEST:
            unused[name] = (
                f"its nearest value is of {day_at(month)}, {abs(month - wanted):.0f} months from"
                f" {day_at(wanted)}"
            )
            continue
        value = float(series.loc[month])
        units = series.attrs.get("units", "")
        found.append(
            Given(
                name,
                entry,
                value * factor,
                month,
                str(series.attrs.get("source") or figures.source or "given"),
                f"{value:.6g} {units}".strip(),
            )
        )
    if wrong:
        refused = BadFigures(
            f"{len(wrong)} of the figures are in units that {model.name} does not count in.",
            " ".join(wrong[:50]),
        )
        refused.problems = tuple(wrong[:50])
        raise refused
    return found, wanted, unused


def _read(series: pd.Series[float]) -> Measure:
    return measure(str(series.attrs.get("units", "")))


def _wanted(at: float | str | None, several: list[pd.Series[float]]) -> float:
    if at is None:
        return max(float(one.index[-1]) for one in several)
    if isinstance(at, str):
        return moment(at).month
    if isinstance(at, bool) or not isinstance(at, int | float):
        raise BadValue(f"at={at!r} came.", "A month since 1 April 2017 or a day was expected.")
    return float(at)


def _of_constant(model: Model, name: str) -> Known | None:
    """A figure that is called as a constant of the model outside its levers."""
    element = model.structure.elements.get(canonical(name))
    if element is None or element.kind != "constant" or element.value is None:
        return None
    if model.document[element.name].group.endswith(("Levers", "Control")):
        return None
    return Known(element.name, element.name, element.units, "", "", (element.name,))


def _unfit(model: Model, name: str, entry: Known | None) -> str:
    elements = model.structure.elements
    if entry is None:
        if canonical(name) in elements:
            return f"{elements[canonical(name)].name} follows from other figures in {model.name}"
        there = [one.name for one in KNOWN if _unfit(model, one.name, one) == ""]
        near = nearest(name, there) if there else ""
        return f"nothing in {model.name} is set by it. {near}".rstrip(". ")
    missing = [one for one in entry.anchors if canonical(one) not in elements]
    if missing:
        return f"{model.name} has no {missing[0]}"
    return ""


def _measure_of(model: Model, entry: Known) -> Measure:
    """The unit of a figure by the model's own units of its anchors."""
    parts = [part.split(" + ")[0] for part in entry.measure.split(" over ")]
    several = [measure(model.structure.elements[canonical(part)].units) for part in parts]
    if len(several) == 1:
        return several[0]
    top, bottom = several
    text = f"{top.text} / {bottom.text}"
    return Measure(text, text, top.factor / bottom.factor, top.units / bottom.units)


def anchors_of(model: Model, extra: Mapping[str, object]) -> list[str]:
    """The base values of a model that a figure could set: canonical names, in a fixed order.

    Args:
        model: any.
        extra: canonical names of others that are to count as well.
    """
    every = [canonical(one) for entry in KNOWN for one in entry.anchors]
    elements = model.structure.elements
    return [
        one
        for one in dict.fromkeys((*every, *extra))
        if one in elements and elements[one].kind == "constant"
    ]
