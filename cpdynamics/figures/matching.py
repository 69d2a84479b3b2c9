"""Figures by the names and in the units of a model's variables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from cpdynamics.errors import BadFigures, BadValue, clipped, nearest, unknown_name
from cpdynamics.figures.known import known
from cpdynamics.figures.measures import Measure, factor_to, measure
from cpdynamics.figures.result import Figures
from cpdynamics.mdl.names import canonical

if TYPE_CHECKING:
    from cpdynamics.model import Model
    from cpdynamics.system.abstract import Element

_TIMELY = ("stock", "flow", "auxiliary")


def fitted(figures: Figures, model: Model, names: Mapping[str, str], *, leave_out: bool) -> Figures:
    """What ``Figures.fitted_to`` gives.

    Args:
        figures: as read.
        model: whose variables they are to be.
        names: figure -> variable, where they are called otherwise.
        leave_out: whether what fits no variable is left out.

    Raises:
        BadFigures: figures that fit no variable, or are in other units; all of them at once.
        UnknownName: ``names`` has a figure or a variable that is not there.
    """
    elements = model.structure.elements
    there = [each.name for each in elements.values() if each.kind in _TIMELY]
    called = {canonical(str(figures[old].name)): new for old, new in names.items()}
    for new in called.values():
        if canonical(new) not in elements:
            raise unknown_name(f"variable in {model.name}", new, there)
    series: dict[str, pd.Series[float]] = {}
    wrong: list[str] = []
    left_out = dict(figures.left_out)
    for name in figures:
        element = _variable(model, name, called)
        if element is None:
            why = f"{model.name} has no such variable. {nearest(name, there)}"
            if leave_out:
                left_out[name] = why
            else:
                wrong.append(f'"{clipped(name, 40)}": {why}')
            continue
        if element.name in series:
            wrong.append(f'"{clipped(name, 40)}": {element.name} has a figure already.')
            continue
        try:
            series[element.name] = _converted(figures[name], element)
        except BadValue as error:
            wrong.append(f'"{clipped(name, 40)}": {error}')
    if wrong:
        refused = BadFigures(
            f"{'1 figure does' if len(wrong) == 1 else f'{len(wrong)} figures do'} not fit"
            f" {model.name}.",
            " ".join(wrong[:50]),
            "fitted_to(model, leave_out=True) leaves out what the model has no variable for.",
        )
        refused.problems = tuple(wrong[:50])
        raise refused
    return Figures(series, figures.source, left_out)


def _variable(model: Model, name: str, called: Mapping[str, str]) -> Element | None:
    elements = model.structure.elements
    wanted = called.get(canonical(name), name)
    entry = known(name)
    for one in (wanted, entry.variable if entry and wanted == name else ""):
        element = elements.get(canonical(one)) if one else None
        if element is not None and element.kind in _TIMELY:
            return element
    return None


def _counted(text: str, wanted: Measure) -> str:
    """What a bare number counts for this variable: "Child" of "Child/Month"; "" for no count.

    Open data say of most columns only that they are numbers.
    """
    top = text.rpartition("/")[0] if wanted.a_month else text
    return top if top and [*measure(top).units] in (["child"], ["fte"], ["incident"]) else ""


def _converted(series: pd.Series[float], element: Element) -> pd.Series[float]:
    text, over = str(series.attrs.get("units", "")), float(series.attrs.get("over", 0))
    note = str(series.attrs.get("note", ""))
    wanted = measure(element.units)
    if text == "number" and (counted := _counted(element.units, wanted)):
        text, note = counted, f"{note}; taken as {counted}".removeprefix("; ")
    given = measure(text)
    try:
        factor = factor_to(given, wanted)
    except BadValue:
        # A total over a period, for a flow: its average by the month.
        total = measure(f"{text}/month") if over and not given.a_month else given
        factor = factor_to(total, wanted) / over if over else factor_to(given, wanted)
        note = f"a total over {over:g} months, as a monthly average"
    found = (series * factor).rename(element.name)
    flow = bool(wanted.a_month)
    found.attrs = {
        **series.attrs,
        "units": element.units,
        "over": over if flow or wanted.share else 0.0,
        "note": note,
    }
    return found
