"""Series of figures, checked, that a run is to come near to."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cpdynamics.errors import BadValue, CpdynamicsError, came_as, clipped, unknown_name
from cpdynamics.mdl.names import CONTROL, canonical
from cpdynamics.model import Model
from cpdynamics.scenario import finite
from cpdynamics.system.abstract import Element

Given: TypeAlias = "Mapping[str, pd.Series[float]] | pd.DataFrame | Iterable[pd.Series[float]]"
Errors: TypeAlias = "Mapping[str, float | Iterable[float]]"

_MOST = 100_000  # figures; more are taken for a slip of the pen
_RESULTS = ("stock", "flow", "auxiliary", "data")


@dataclass(frozen=True, eq=False)
class Observed:
    """One series: K figures of one variable.

    Attributes:
        name: of the variable, as in the .mdl.
        times: of the figures, in the model's time, rising.
        values: the figures.
        errors: what a difference is divided by before it counts: the standard error of each
            figure where errors are known, the spread of the series over its weight where not.
        over: how much time a figure is the mean of, up to its own; 0 for the value at its time.
        units: as in the .mdl.
        used: of each figure, whether the fit may see it; the others are kept back for a test.
    """

    name: str
    times: NDArray[np.float64]
    values: NDArray[np.float64]
    errors: NDArray[np.float64]
    over: float
    units: str
    used: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Observations:
    """All series of a fit; the figures of one follow on those of another, M of them.

    Attributes:
        series: one or more.
        known: whether the errors are; otherwise they count beside one another only.
    """

    series: tuple[Observed, ...]
    known: bool

    @property
    def names(self) -> tuple[str, ...]:
        """The variables, as in the .mdl."""
        return tuple(one.name for one in self.series)

    @cached_property
    def values(self) -> NDArray[np.float64]:
        """The M figures."""
        return np.concatenate([one.values for one in self.series])

    @cached_property
    def errors(self) -> NDArray[np.float64]:
        """What each of the M differences is divided by."""
        return np.concatenate([one.errors for one in self.series])

    @cached_property
    def used(self) -> NDArray[np.bool_]:
        """Of each of the M figures, whether the fit may see it."""
        return np.concatenate([one.used for one in self.series])

    def parts(self, numbers: NDArray[np.float64]) -> Iterable[tuple[Observed, NDArray[np.float64]]]:
        """Each series, and its own of M numbers."""
        first = 0
        for one in self.series:
            yield one, numbers[..., first : first + len(one.values)]
            first += len(one.values)


def observations(
    model: Model,
    series: Given,
    *,
    errors: Errors | None = None,
    weights: Mapping[str, float] | None = None,
    until: float | None = None,
) -> Observations:
    """The series, checked against the model.

    Args:
        model: whose variables they are of.
        series: as for ``fit``.
        errors: as for ``fit``.
        weights: as for ``fit``.
        until: the last time of a figure that the fit may see; None for all of them.

    Raises:
        UnknownName: the model lacks one of the variables.
        BadValue: anything else that is wrong; each error says what and where.
    """
    if errors is not None and weights is not None:
        raise BadValue(
            "Both errors= and weights= are given.", "Known errors are weights.", "Give one of them."
        )
    found: dict[str, tuple[Element, pd.Series[float]]] = {}
    for name, one in _named(series):
        element = _element(model, name)
        if canonical(name) in found:
            raise BadValue(f'Two series are called "{element.name}".', "", "Leave one out.")
        found[canonical(name)] = element, _checked(element, one)
    if not found:
        raise BadValue("series= is empty.", "One series is the least.")
    if (many := sum(len(one) for _, one in found.values())) > _MOST:
        raise BadValue(f"The series have {many:,} figures.", f"{_MOST:,} is the most.")
    last = np.inf if until is None else finite(until, "until=")
    if (first := min(float(one.index[0]) for _, one in found.values())) > last:
        raise BadValue(
            f"No figure stands at or before until={last:g}.", f"The first is of time {first:g}."
        )
    sizes = _sizes(found, errors, weights, last)
    checked = []
    for key, (element, one) in found.items():
        times = one.index.to_numpy(dtype=float)
        used = times <= (np.inf if until is None else last + 1e-9 * max(1.0, abs(last)))
        checked.append(
            Observed(
                element.name,
                times,
                np.asarray(one, dtype=np.float64),
                sizes[key],
                _over(element, one),
                _units(model, element, one),
                used,
            )
        )
    return Observations(tuple(checked), errors is not None)


def _named(series: object) -> list[tuple[str, Any]]:
    """Names and what came under them."""
    if isinstance(series, pd.DataFrame):
        # A table has a cell for every time, whether there is a figure or not.
        return [(_text(name), _attributed(series, name)) for name in series]
    if isinstance(series, Mapping):
        return [(_text(name), one) for name, one in series.items()]
    if isinstance(series, pd.Series):
        series = [series]
    if not isinstance(series, Iterable) or isinstance(series, str | bytes):
        raise BadValue(
            f"series= is {came_as(series)}.",
            "A dictionary of variables and their figures was expected, each a pandas Series with "
            "the time as its index.",
        )
    named = []
    for one in series:
        if not isinstance(one, pd.Series):
            raise BadValue(f"One of series= is {came_as(one)}.", "A pandas Series was expected.")
        if one.name is None:
            raise BadValue("One of series= has no name.", "The name of its variable was expected.")
        named.append((_text(one.name), one))
    return named


def _attributed(frame: pd.DataFrame, name: Any) -> Any:
    column = frame[name]
    if not isinstance(column, pd.Series):
        raise BadValue(f'Two series are called "{clipped(name)}".', "", "Leave one out.")
    for key in ("units", "over"):
        said = frame.attrs.get(key)
        if isinstance(said, Mapping) and name in said:
            column.attrs[key] = said[name]
    return column.dropna()


def _text(name: object) -> str:
    if not isinstance(name, str):
        raise BadValue(f"A series is called {came_as(name)}.", "The name of a variable was due.")
    return name


def _element(model: Model, name: str) -> Element:
    elements = model.structure.elements
    results = {
        key: one
        for key, one in elements.items()
        if one.kind in _RESULTS and key not in CONTROL and not one.subscripts
    }
    if canonical(name) in results:
        return results[canonical(name)]
    if canonical(name) in elements:
        element = elements[canonical(name)]
        kind = "subscripted" if element.subscripts else f"a {element.kind}"
        raise BadValue(
            f'There is a series for "{element.name}", which is {kind}.',
            "A stock, a flow or an auxiliary without subscripts was expected.",
        )
    raise unknown_name(
        f"variable in {model.name} for a series",
        name,
        [one.name for one in results.values()],
    )


def _checked(element: Element, series: object) -> pd.Series[float]:
    what = f'the series "{element.name}"'
    if not isinstance(series, pd.Series):
        raise BadValue(
            f'"{element.name}" came as {came_as(series)}.',
            "A pandas Series of figures was expected, with the time as its index.",
        )
    if not len(series):
        raise BadValue(f'The series "{element.name}" is empty.', "One figure is the least.")
    if len(series) > _MOST:
        raise BadValue(f'The series "{element.name}" is too long.', f"{_MOST:,} is the most.")
    if isinstance(series.index, pd.DatetimeIndex | pd.PeriodIndex):
        raise BadValue(
            f'The series "{element.name}" has dates.',
            "Its index has to be the time of the model, a number.",
        )
    times = [finite(_plain(time), f"a time of {what}") for time in series.index]
    values = [
        finite(_plain(value), f"{what} at {time:g}")
        for time, value in zip(times, series, strict=True)
    ]
    made = pd.Series(values, index=times, dtype=float).sort_index()
    if not made.index.is_unique:
        twice = made.index[made.index.duplicated()][0]
        raise BadValue(
            f'The series "{element.name}" has two figures of time {twice:g}.', "", "Leave one out."
        )
    made.attrs = dict(series.attrs)
    return made


def _plain(value: object) -> object:
    return value.item() if isinstance(value, np.generic) else value


def _over(element: Element, series: pd.Series[float]) -> float:
    over = finite(series.attrs.get("over") or 0, f'the time that "{element.name}" is a mean over')
    if over < 0:
        raise BadValue(f'"{element.name}" is a mean over {over:g}.', "0 or more was expected.")
    return over


def _units(model: Model, element: Element, series: pd.Series[float]) -> str:
    """The units of the variable, if they are those of the series."""
    came, due = str(series.attrs.get("units") or ""), element.units
    if not came or not due or canonical(came) == canonical(due):
        return due
    factor = _factor(model, came, due)
    if factor is None or not math.isclose(factor, 1, rel_tol=1e-9):
        way = "" if factor is None else f" (times {factor:.6g})"
        raise BadValue(
            f'The series "{element.name}" is in "{clipped(came)}".',
            f'The model has it in "{due}".',
            f'Convert the figures{way}, and say so in .attrs["units"].',
        )
    return due


def _factor(model: Model, came: str, due: str) -> float | None:
    """What turns one unit into the other; None where they measure different things."""
    from cpdynamics.figures.measures import factor_to, measure
    from cpdynamics.system.unit_text import declared_synonyms, read_units, same_units

    synonyms = declared_synonyms(model.document.settings)
    with contextlib.suppress(CpdynamicsError):
        first, second = read_units(came, synonyms), read_units(due, synonyms)
        if first is not None and second is not None and same_units(first, second):
            return 1.0
    with contextlib.suppress(CpdynamicsError):  # as people write them, such as "children"
        return factor_to(measure(came), measure(due))
    return None


def _sizes(
    found: Mapping[str, tuple[Element, pd.Series[float]]],
    errors: Errors | None,
    weights: Mapping[str, float] | None,
    last: float,
) -> dict[str, NDArray[np.float64]]:
    """What each figure's difference is divided by, series by series."""
    given, what = (errors, "errors=") if errors is not None else (weights or {}, "weights=")
    if not isinstance(given, Mapping):
        raise BadValue(
            f"{what} is {came_as(given)}.", "A dictionary of variables and numbers was expected."
        )
    known = {key: element.name for key, (element, _) in found.items()}
    told: dict[str, Any] = {}
    for name, value in given.items():
        if canonical(_text(name)) not in known:
            raise unknown_name(f"series for {what}", name, known.values())
        told[canonical(name)] = value
    if errors is not None and (missing := [name for key, name in known.items() if key not in told]):
        raise BadValue(
            f'errors= says nothing of "{missing[0]}".',
            "The standard error of every series was expected, or of none.",
        )
    sizes = {}
    for key, (element, series) in found.items():
        if errors is not None:
            sizes[key] = _each(element, series, told[key], what)
            continue
        weight = float(_each(element, series.iloc[:1], told.get(key, 1.0), what)[0])
        seen = series[series.index.to_numpy() <= last]
        spread = float(np.std(seen.to_numpy())) if len(seen) else np.nan
        if not spread > 0:
            many = "one figure" if len(seen) == 1 else "figures that do not differ"
            raise BadValue(
                f'The series "{element.name}" has {many if len(seen) else "no figure"} to fit to.',
                "Without known errors it is measured by its own spread, and it has none.",
                f'Give errors=, such as {{"{element.name}": a standard error}}, for all series.',
            )
        sizes[key] = np.full(len(series), spread / weight)
    return sizes


def _each(element: Element, series: pd.Series[float], given: Any, what: str) -> NDArray[np.float64]:
    """A positive number for each figure, from one for all or one for each."""
    label = f'"{element.name}" in {what}'
    if isinstance(given, Iterable) and not isinstance(given, str | bytes):
        if isinstance(given, pd.Series) and set(given.index) == set(series.index):
            given = given.loc[series.index]
        numbers = [finite(_plain(one), label) for one in given]
        if len(numbers) != len(series):
            raise BadValue(
                f"{label} has {len(numbers)} numbers.", f"The series has {len(series)} figures."
            )
    else:
        numbers = [finite(_plain(given), label)] * len(series)
    if (least := min(numbers)) <= 0:
        raise BadValue(f"{label} is {least:g}.", "A number above 0 was expected.")
    return np.array(numbers)
