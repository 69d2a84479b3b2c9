"""Draws of constants: a row a run, the same for the same seed."""

from __future__ import annotations

import numbers
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cpdynamics.checking import checked_constant, checked_seed, spelt_range
from cpdynamics.engines.ensemble import MOST_NUMBERS
from cpdynamics.ensembles.priors import Drawn, drawn
from cpdynamics.errors import BadValue, came_as, clipped, nearest, tell
from cpdynamics.mdl.names import canonical
from cpdynamics.model import Model, checked_model
from cpdynamics.system.abstract import Structure

METHODS = ("latin", "sobol")
_MOST_SOBOL = 2**30  # points of a sequence with 30 bits


def sample(
    model: Model,
    priors: Mapping[str, Any] | pd.DataFrame | None = None,
    *,
    n: int = 1000,
    seed: int = 1,
    method: str = "latin",
) -> pd.DataFrame:
    """The draws that ``ensemble`` would make: N rows, a column a constant, in the model's order.

    Latin hypercube: McKay, Beckman and Conover (1979), doi:10.1080/00401706.1979.10489755. Sobol's
    points are scrambled: Owen (1998), doi:10.1006/jcom.1998.0487; Owen (2020), arXiv:2008.08051,
    says why their number should be a power of two. Both are SciPy's.

    Args:
        model: from ``load``.
        priors: as for ``ensemble``.
        n: how many rows.
        seed: a whole number from 0; the same seed gives the same draws.
        method: "latin" or "sobol".

    Raises:
        UnknownName: as ``ensemble``.
        BadValue: as ``ensemble``.
    """
    model = checked_model(model, "sample")
    return draws(model, believed(model, priors), n=n, seed=seed, method=method)


def believed(
    model: Model, priors: Mapping[str, Any] | pd.DataFrame | None
) -> Mapping[str, Any] | pd.DataFrame:
    """The priors that were given, or else the story's.

    Args:
        model: whose story it is.
        priors: as for ``ensemble``.

    Raises:
        BadValue: they are no priors, or the story has none.
    """
    if priors is None:
        priors = model.story.uncertain
        if not priors:
            raise BadValue(
                f'The story of "{model.name}" calls no constant uncertain.',
                "",
                'Give priors, such as {"a constant": cp.uniform(low, high)}.',
            )
    if not isinstance(priors, Mapping | pd.DataFrame):
        raise BadValue(
            f"Priors came as {came_as(priors)}.",
            "A dictionary of constants and distributions was expected, or a DataFrame with a "
            "column a constant and a row a run.",
        )
    return priors


def draws(
    model: Model,
    priors: Mapping[str, Any] | pd.DataFrame,
    *,
    n: int,
    seed: int,
    method: str,
) -> pd.DataFrame:
    """The draws, once everything in the priors may be done.

    Args:
        model: whose constants are drawn.
        priors: distributions, or the draws themselves.
        n: how many rows; a DataFrame has its own.
        seed: a whole number from 0.
        method: "latin" or "sobol".

    Raises:
        UnknownName: the model lacks a name.
        BadValue: what ``ensemble`` says.
    """
    if method not in METHODS:
        raise BadValue(
            f'There is no method called "{clipped(method)}".', "", nearest(str(method), METHODS)
        )
    seed = checked_seed(seed)
    if isinstance(priors, pd.DataFrame):
        return _checked(model.structure, priors)
    n = runs_of(priors, n)
    constants = drawn(model.structure, priors)
    if not constants:
        raise BadValue("The priors are empty.", "One constant is the least.")
    return _drawn(constants, n, seed, method)


def runs_of(priors: Mapping[str, Any] | pd.DataFrame, n: int) -> int:
    """How many runs there will be.

    Args:
        priors: a DataFrame has a row a run.
        n: as many otherwise.

    Raises:
        BadValue: it is no whole number above nothing.
    """
    return len(priors) if isinstance(priors, pd.DataFrame) else _whole(n, "n=", 1)


def _drawn(constants: list[Drawn], n: int, seed: int, method: str) -> pd.DataFrame:
    if (held := n * len(constants)) > MOST_NUMBERS:
        raise BadValue(
            f"n={n:,} draws of {len(constants)} constants are {held:.3g} numbers.",
            f"{MOST_NUMBERS:.0e} is the most at once.",
            "Ask for fewer runs, or make several ensembles, each with a seed of its own.",
        )
    values = np.ascontiguousarray(_shares(n, len(constants), seed, method).T)
    # Neither end: a distribution without one would give infinity there.
    np.clip(values, 2.0**-53, 1 - 2.0**-53, out=values)
    for row, one in enumerate(constants):
        values[row] = one.quantile(values[row])
    return _framed(values, [one.name for one in constants])


def _shares(n: int, constants: int, seed: int, method: str) -> NDArray[np.float64]:
    """N by C numbers from 0 to 1, evenly spread."""
    from scipy.stats import qmc

    if method == "latin":
        return np.asarray(qmc.LatinHypercube(constants, seed=seed).random(n))
    if n > _MOST_SOBOL or constants > qmc.Sobol.MAXDIM:
        raise BadValue(
            f"Sobol's points were asked for {n:,} runs and {constants:,} constants.",
            f"There are {_MOST_SOBOL:,} of them, for {qmc.Sobol.MAXDIM:,} constants at most.",
            'method="latin" has no such limit.',
        )
    if n & (n - 1):
        less = 1 << (n.bit_length() - 1)
        tell(
            f"{n:,} of Sobol's points are less evenly spread than a power of two of them: "
            f"n={less:,} or n={2 * less:,}."
        )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The balance properties of Sobol", UserWarning)
        return np.asarray(qmc.Sobol(constants, seed=seed).random(n))


def _checked(structure: Structure, frame: pd.DataFrame) -> pd.DataFrame:
    """Draws of the user's own, named as in the .mdl and numbered from 0."""
    if frame.empty:
        raise BadValue(
            f"The DataFrame of draws has {len(frame)} rows and {frame.shape[1]} columns.",
            "One run and one constant are the least.",
        )
    values = np.empty((frame.shape[1], len(frame)))
    found: dict[str, str] = {}
    for place, name in enumerate(frame.columns):
        if not isinstance(name, str):
            raise BadValue(
                f"A column of the DataFrame is called {came_as(name)}.",
                "The name of a constant was expected.",
            )
        element = checked_constant(structure, name)
        if canonical(name) in found:
            raise BadValue(
                f'Two columns of the DataFrame are "{element.name}".', "", "Leave one out."
            )
        found[canonical(name)] = element.name
        column = frame.iloc[:, place]
        if column.dtype.kind not in "iuf":
            raise BadValue(
                f'The column "{element.name}" is of type {column.dtype}.',
                "A number a run was expected.",
                "Where it holds numbers only, .astype(float) makes it so.",
            )
        values[place] = column.to_numpy(dtype=float, na_value=np.nan)
        wrong = ~np.isfinite(values[place])
        if wrong.any():
            row = int(np.argmax(wrong))
            raise BadValue(
                f'The column "{element.name}" has {values[place, row]} in row {frame.index[row]}.',
                "A finite number was expected.",
            )
        if (allowed := element.range) is not None:
            low = -np.inf if allowed.low is None else allowed.low
            high = np.inf if allowed.high is None else allowed.high
            slack = 1e-9 * np.maximum(np.abs(values[place]), 1e-300)
            wrong = (values[place] < low - slack) | (values[place] > high + slack)
            if wrong.any():
                row = int(np.argmax(wrong))
                raise BadValue(
                    f'The column "{element.name}" has {values[place, row]:g} in row '
                    f"{frame.index[row]}.",
                    f"The .mdl allows {spelt_range(allowed)}.",
                )
    return _framed(values, list(found.values()))


def _framed(values: NDArray[np.float64], names: list[str]) -> pd.DataFrame:
    index = pd.RangeIndex(values.shape[1], name="run")
    return pd.DataFrame(values.T, index, pd.Index(names), copy=False)


def _whole(value: object, what: str, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, numbers.Integral) or value < least:
        raise BadValue(f"{what} is {came_as(value)}.", f"A whole number from {least} was expected.")
    return int(value)
