"""Figures as they were read: a series each, with what it is measured in and where it stood."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd

from cpdynamics.errors import BadValue, came_as, unknown_name
from cpdynamics.figures.moments import day_at
from cpdynamics.mdl.names import canonical
from cpdynamics.tables import Table, as_html, as_text

if TYPE_CHECKING:
    from cpdynamics.model import Model


@dataclass(frozen=True, eq=False, repr=False)
class Figures(Mapping[str, "pd.Series[float]"]):
    """Figures of an authority: name -> a Series over months since 1 April 2017.

    A count at 31 March 2018 stands at month 12. Every value is a number; where a file has none,
    the month is in ``marks`` alone. ``.attrs`` of each series:

    - ``units``: as in the file; a rate is counted by the month;
    - ``source``: the file and the rows;
    - ``over``: the months that a value is the monthly average over, ending at the index; 0 for a
      count on the day;
    - ``marks``: month -> "as read", "suppressed", "left empty", "provisional" and so on;
    - ``note``: what was done to the values, such as a yearly total made a monthly average.

    Names are looked up whatever their case and underscores.

    Attributes:
        series: name -> its values.
        source: the file.
        left_out: name -> why there is no series of it.
    """

    series: Mapping[str, pd.Series[float]]
    source: str = ""
    left_out: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        spelt: dict[str, str] = {}
        for name, one in self.series.items():
            if not isinstance(name, str) or not isinstance(one, pd.Series):
                raise BadValue(f"Figures hold {came_as(name)}: {came_as(one)}.", "Series by name.")
            if spelt.setdefault(canonical(name), name) != name:
                raise BadValue(f'Two figures are called "{name}".')
        object.__setattr__(self, "series", MappingProxyType(dict(self.series)))
        object.__setattr__(self, "left_out", MappingProxyType(dict(self.left_out)))
        object.__setattr__(self, "_spelt", MappingProxyType(spelt))

    # A Mapping compares its values, and whether two Series are the same is no yes or no.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def __getitem__(self, name: str) -> pd.Series[float]:
        spelt: Mapping[str, str] = self.__dict__["_spelt"]
        if not isinstance(name, str) or canonical(name) not in spelt:
            raise unknown_name("figure", str(name), self.series)
        return self.series[spelt[canonical(name)]].copy()

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and canonical(name) in self.__dict__["_spelt"]

    def __iter__(self) -> Iterator[str]:
        return iter(self.series)

    def __len__(self) -> int:
        return len(self.series)

    def __or__(self, other: object) -> Figures:
        """Both together, from two files; a figure that both have is refused."""
        if not isinstance(other, Figures):
            return NotImplemented
        for name in other:
            if name in self:
                raise BadValue(
                    f"Both {self.source or 'the first'} and {other.source or 'the second'} have"
                    f' "{name}".',
                    "",
                    "Take one of them with take() first.",
                )
        sources = "; ".join(dict.fromkeys(filter(None, (self.source, other.source))))
        return Figures(
            {**self.series, **other.series}, sources, {**self.left_out, **other.left_out}
        )

    def take(self, *names: str) -> Figures:
        """These figures alone.

        Args:
            names: of figures.

        Raises:
            UnknownName: there is no figure of that name; the nearest are offered.
        """
        chosen = {str(one.name): one for one in (self[name] for name in names)}
        return Figures(chosen, self.source)

    def renamed(self, names: Mapping[str, str]) -> Figures:
        """The same figures, some by another name.

        Args:
            names: the name in the file -> the new one.

        Raises:
            UnknownName: there is no figure of that name; the nearest are offered.
            BadValue: two figures would have one name.
        """
        new = {canonical(str(self[old].name)): str(to) for old, to in names.items()}
        series: dict[str, pd.Series[float]] = {}
        for name, one in self.series.items():
            called = new.get(canonical(name), name)
            if called in series:
                raise BadValue(f'Two figures would be called "{called}".')
            series[called] = one.rename(called)
        return Figures(series, self.source, self.left_out)

    def fitted_to(
        self, model: Model, *, names: Mapping[str, str] | None = None, leave_out: bool = False
    ) -> Figures:
        """The figures by the names and in the units of a model's variables.

        A figure belongs to the variable of its name, or to the one that the template names for it
        (`template` writes one). Percent become shares, years and quarters months; a total over a
        period becomes a monthly average where the variable is a flow. A column of open data that is
        known only as numbers is taken as what the variable counts, and its ``note`` says so.

        Args:
            model: whose variables they are to be.
            names: figure -> variable, where they are called otherwise.
            leave_out: whether figures that fit no variable are left out, and listed in
                ``left_out``, in place of being refused.

        Raises:
            BadFigures: figures that fit no variable, or are in other units; all of them at once.
            UnknownName: ``names`` has a figure or a variable that is not there.
        """
        from cpdynamics.figures.matching import fitted

        return fitted(self, model, names or {}, leave_out=leave_out)

    def table(self) -> Table:
        """One row a figure: ``figure``, ``values``, ``first``, ``last`` (days), ``latest`` (value),
        ``units``, ``over`` (months), ``source``."""
        return Table(
            [
                {
                    "figure": name,
                    "values": len(one),
                    "first": day_at(float(one.index[0])),
                    "last": day_at(float(one.index[-1])),
                    "latest": float(one.iloc[-1]),
                    "units": one.attrs.get("units", ""),
                    "over": float(one.attrs.get("over", 0)),
                    "source": one.attrs.get("source", ""),
                }
                for name, one in self.series.items()
            ],
            columns=["figure", "values", "first", "last", "latest", "units", "over", "source"],
        )

    def __repr__(self) -> str:
        return f"{len(self)} figures from {self.source or 'memory'}\n{as_text(self.table())}"

    def _repr_html_(self) -> str:
        return as_html(self.table(), f"{len(self)} figures from {self.source or 'memory'}")

    def __reduce__(self) -> tuple[object, ...]:
        # A MappingProxyType cannot be pickled, and figures are handed to other processes.
        return Figures, (dict(self.series), self.source, dict(self.left_out))


def series_of(
    name: str,
    points: Iterable[tuple[float, float]],
    *,
    units: str,
    source: str,
    over: float = 0.0,
    marks: Mapping[float, str] | None = None,
    note: str = "",
) -> pd.Series[float]:
    """A series of figures, with what `Figures` promises in ``.attrs``.

    Args:
        name: of the figure.
        points: months since 1 April 2017 and values.
        units: as text.
        source: the file and the rows.
        over: months that a value is the average over; 0 for a count on a day.
        marks: month -> what is said of it; "as read" where left out.
        note: what was done to the values.
    """
    known = sorted(points)
    index = pd.Index([month for month, _ in known], name="month", dtype=float)
    series = pd.Series([value for _, value in known], index=index, name=name, dtype=float)
    series.attrs = {
        "units": units,
        "source": source,
        "over": over,
        "marks": dict(sorted((marks or {month: "as read" for month, _ in known}).items())),
        "note": note,
    }
    return series
