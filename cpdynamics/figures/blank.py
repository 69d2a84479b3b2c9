"""The table that an authority fills in, made for one model."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from cpdynamics.errors import BadValue
from cpdynamics.figures.entry import Known
from cpdynamics.figures.known import KNOWN
from cpdynamics.figures.measures import measure
from cpdynamics.mdl.names import canonical
from cpdynamics.model import Model, checked_model
from cpdynamics.paths import path_from
from cpdynamics.writing import write_whole

HEADS = ("series", "date", "value", "unit", "definition", "typical authority")
LATEST = 2100


def template(model: Model, path: str | Path, *, year: int = 2017) -> None:
    """Writes the table of figures to fill in for a model, as `read_series` reads it.

    One row a figure that the model can be set by: its name, the day or the year, an empty cell
    for the value, its unit, what it counts, and the value of the typical authority. A row that
    stays empty is passed over; more rows with other dates may be added.

    Args:
        model: whose base values the figures set.
        path: ends in .csv or .xlsx.
        year: the one in which the dates fall.

    Raises:
        BadValue: no model, another ending, no year, or a model that no figure sets.
        CannotWrite: the system refuses.
    """
    model, place = checked_model(model, "template"), path_from(path)
    if place.suffix.lower() not in (".csv", ".xlsx"):
        raise BadValue(f'"{place.name}" came.', "Its name has to end in .csv or .xlsx.")
    if isinstance(year, bool) or not isinstance(year, int) or not 1990 <= year <= LATEST:
        raise BadValue(f"year={year!r} came.", f"1990 to {LATEST} was expected.")
    rows = [_row(model, one, year) for one in KNOWN if _fits(model, one)]
    if not rows:
        raise BadValue(f"No figure of an authority sets anything in {model.name}.")
    if place.suffix.lower() == ".csv":
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows([HEADS, *rows])
        write_whole(place, "\ufeff" + out.getvalue())
        return
    from cpdynamics.figures.excel import book_of

    write_whole(place, book_of({"figures": [HEADS, *rows]}))


def _fits(model: Model, one: Known) -> bool:
    elements = model.structure.elements
    return not one.second and all(canonical(anchor) in elements for anchor in one.anchors)


def _row(model: Model, one: Known, year: int) -> tuple[object, ...]:
    elements = model.structure.elements
    top, _, bottom = one.measure.partition(" over ")
    unit = measure(one.unit)
    own = measure(elements[canonical(top.split(" + ")[0])].units).factor
    if bottom:
        own /= measure(elements[canonical(bottom.split(" + ")[0])].units).factor
    value = one.value(lambda name: float(elements[canonical(name)].value or 0.0))
    typical = float(f"{value * own / unit.factor:.12g}")
    return one.name, f"{one.when} {year}", "", one.unit, one.definition, typical
