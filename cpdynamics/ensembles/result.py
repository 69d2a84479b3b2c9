"""What an ensemble gave: many runs, the draws they were made from, and which broke off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cpdynamics.errors import BadValue, clipped, printable, unknown_name
from cpdynamics.mdl.names import canonical
from cpdynamics.scenario import Scenario, finite
from cpdynamics.tables import Table

if TYPE_CHECKING:
    import xarray

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
_DIMENSIONS = ("run", "time", "reduction")


@dataclass(frozen=True, eq=False, repr=False)
class Ensemble:
    """Many runs of one model, which differ in constants that were drawn.

    ``runs["Children in Care"]`` is an xarray.DataArray with dims ``("run", "time")``, or
    ``("run", "reduction")`` where series were not kept; case and underscores of the name do not
    matter. A run that broke off is NaN throughout and stands in ``failures``.

    Attributes:
        model: the model's name.
        scenario: the assumptions that all runs share.
        sample: the draws: a row a run, a column a constant.
        values: name as in the .mdl -> array, N runs by T times or R reductions.
        times: the T times that were kept, or that the reductions are over.
        reductions: what was kept instead of series; None where series were.
        failures: a table of the runs that broke off: ``run``, ``variable``, ``time``, ``why``.
        units: name -> its units, as in the .mdl.
        descriptions: name -> its meaning, as in the .mdl.
        asked: how many runs were asked for.
        seed: of the draws.
        method: "latin", "sobol", or "given" for a DataFrame.
        engine: that made the runs.
        time_unit: what one step of the time means, such as "Month".
        since: what time 0 is, such as "April 2017".
    """

    model: str
    scenario: Scenario
    sample: pd.DataFrame
    values: Mapping[str, NDArray[np.float64]]
    times: NDArray[np.float64]
    reductions: tuple[str, ...] | None
    failures: Table
    units: Mapping[str, str]
    descriptions: Mapping[str, str]
    asked: int
    seed: int
    method: str
    engine: str
    time_unit: str = ""
    since: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The outputs, as in the .mdl."""
        return tuple(self.values)

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C cut it short, so that there are fewer runs than were asked for."""
        return len(self) < self.asked

    @cached_property
    def failed(self) -> NDArray[np.bool_]:
        """Of each of the N runs, whether it broke off."""
        failed = np.zeros(len(self), dtype=bool)
        failed[self.failures["run"].to_numpy(dtype=int)] = True
        return failed

    @cached_property
    def dataset(self) -> xarray.Dataset:
        """All of it: a variable an output, the draws as coordinates along ``run``."""
        import xarray

        rows = self._rows
        coordinates = {"run": np.arange(len(self)), str(rows.name): rows.to_numpy()}
        taken = {*_DIMENSIONS, *self.names}
        drawn = {
            name: xarray.Variable("run", self.sample[name].to_numpy(), self._said(name))
            for name in map(str, self.sample)
            if name not in taken
        }
        variables = {
            _apart(name): xarray.Variable(("run", rows.name), values, self._said(name))
            for name, values in self.values.items()
        }
        told = {
            "model": self.model,
            "scenario": self.scenario.label,
            "seed": self.seed,
            "method": self.method,
            "engine": self.engine,
            "failed": int(self.failed.sum()),
            "interrupted": int(self.interrupted),  # a number, since NetCDF knows no truth
        }
        dataset = xarray.Dataset(variables, {**coordinates, **drawn}, told)
        if rows.name == "time":
            dataset["time"].attrs["units"] = self.time_unit
        return dataset

    def band(self, name: str, levels: Iterable[float] = LEVELS) -> pd.DataFrame:
        """Quantiles over the runs: index the time (or the reduction), a column a level.

        Linear between the two nearest runs (Hyndman and Fan 1996, type 7,
        doi:10.1080/00031305.1996.10473566). Runs that broke off are left out; ``.attrs`` has
        their number as ``failed``, that of the others as ``runs``, and the ``units``.

        Args:
            name: of an output.
            levels: from 0 to 1.

        Raises:
            UnknownName: the ensemble did not keep it.
            BadValue: a level outside.
        """
        name = self._called(name)
        shares = [finite(level, "a level of a band") for level in levels]
        for share in shares:
            if not 0 <= share <= 1:
                raise BadValue(f"A level of a band is {share:g}.", "From 0 to 1 was expected.")
        values = self.values[name][~self.failed]
        quantiles = np.full((len(shares), values.shape[1]), np.nan)
        if len(values) and shares:
            with np.errstate(invalid="ignore"):  # between infinities
                quantiles = np.quantile(values, shares, axis=0)
        band = pd.DataFrame(quantiles.T, self._rows, pd.Index(shares, name="level"))
        band.attrs.update(
            units=self.units.get(name, ""), runs=len(values), failed=int(self.failed.sum())
        )
        return band

    def __len__(self) -> int:
        return len(self.sample)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and canonical(name) in self._spelling

    def __getitem__(self, name: str) -> xarray.DataArray:
        found = self.dataset[_apart(self._called(name))]
        return found.rename(self._called(name))

    def __repr__(self) -> str:
        kept = (
            f"{len(self.times)} times from {self.times[0]:g} to {self.times[-1]:g}"
            if self.reductions is None
            else ", ".join(self.reductions)
        )
        runs = f"{len(self):,} runs" + (f" of {self.asked:,}" if self.interrupted else "")
        lines = [f"{self.model}, {self.scenario.label}: {runs} ({self.method}, seed {self.seed})"]
        lines += [f"drawn: {', '.join(map(str, self.sample))}", f"kept: {kept}"]
        lines += [f"outputs: {clipped(', '.join(self.names), 400)}"]
        if len(self.failures):
            lines += [f"{len(self.failures):,} broke off; .failures says why"]
        return "\n".join(printable(line, " ") for line in lines)

    @property
    def _rows(self) -> pd.Index[float] | pd.Index[str]:
        if self.reductions is None:
            return pd.Index(self.times, name="time", dtype=float)
        return pd.Index(self.reductions, name="reduction")

    @cached_property
    def _spelling(self) -> dict[str, str]:
        return {canonical(name): name for name in self.values}

    def _called(self, name: str) -> str:
        if not isinstance(name, str) or canonical(name) not in self._spelling:
            raise unknown_name("output in this ensemble", clipped(name), self.names)
        return self._spelling[canonical(name)]

    def _said(self, name: str) -> dict[str, str]:
        return {
            "units": self.units.get(name, ""),
            "description": self.descriptions.get(name, ""),
        }


def _apart(name: str) -> str:
    """What a variable is called in a Dataset, where the names of dimensions are taken."""
    return f"{name}_" if name in _DIMENSIONS else name
