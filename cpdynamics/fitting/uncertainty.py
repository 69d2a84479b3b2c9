"""How well the figures tell the constants, by the slopes of the residuals at the fit.

The standard errors are those of a straight line through the fit: the inverse of the curvature of
the sum of squares, after Bates and Watts 1988, "Nonlinear Regression Analysis and Its
Applications", doi:10.1002/9780470316757, chapter 2; with a robust loss times the factor of Huber
1973, "Robust regression", doi:10.1214/aos/1176342503. Directions in which constants may move
together without a figure noticing are singular vectors of the same slopes, after Brun, Reichert and
Kuensch 2001, doi:10.1029/2000WR900350.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cpdynamics.fitting.losses import LOSSES
from cpdynamics.fitting.runs import Runs
from cpdynamics.fitting.searching import near
from cpdynamics.fitting.varied import Varied
from cpdynamics.tables import readable

_Numbers = NDArray[np.float64]

WIDE = 0.15
"""Share of a range: who has a larger standard error is not told by the figures. Of a constant that
may lie anywhere in its range it would be 0.29."""

_NULL = 1e-6  # of the largest singular value: less is rounding
_MEMBER = 0.25  # of the largest part in a direction: less is not named
_ENDLESS = 1e3  # ranges: a standard error beyond is rounding, and nothing is known
_TIED = 0.9  # correlation of two that are told, and worth a word


@dataclass(frozen=True, eq=False)
class Flat:
    """A direction in which constants may move together and the figures hardly notice.

    Attributes:
        names: of those that move.
        moves: how far each moves, in its own units, for a tenth of a range at the most.
        sharp: whether the direction is the only one of its constants, so that ``moves`` is theirs.
    """

    names: tuple[str, ...]
    moves: tuple[float, ...]
    sharp: bool = True


@dataclass(frozen=True, eq=False)
class Uncertainty:
    """How well the figures tell the constants.

    Attributes:
        errors: P standard errors in the constants' units; NaN at a bound, and where no figure
            tells.
        alone: P standard errors, were all other constants known; infinite where no figure moves.
        correlation: P by P; NaN where there is no error.
        flat: the directions that the figures hardly notice.
        scale: what twice the cost is divided by to be a deviance.
    """

    errors: _Numbers
    alone: _Numbers
    correlation: pd.DataFrame
    flat: tuple[Flat, ...]
    scale: float


def factors(residuals: _Numbers, free: int, loss: str, *, known: bool) -> tuple[float, float]:
    """What the inverse curvature is multiplied by, and what twice the cost is divided by.

    Args:
        residuals: U of them at the fit.
        free: how many constants were not held.
        loss: a name of ``LOSSES``.
        known: whether the errors of the figures are.
    """
    if known and loss == "linear":
        return 1.0, 1.0
    rule, left = LOSSES[loss], max(len(residuals) - free, 1)
    pull = float(np.sum(rule.pull(residuals) ** 2)) / left
    # Where most figures are far off nothing gives, and a division by nought says nothing.
    give = max(float(np.mean(rule.give(residuals))), 1e-6)
    return pull / give**2, pull / give


def uncertainty(runs: Runs, way: _Numbers, loss: str) -> Uncertainty:
    """How well the figures tell the constants at a fit.

    Args:
        runs: makes the neighbours.
        way: P shares of the way between the bounds, where the fit is.
        loss: a name of ``LOSSES``.
    """
    constants = runs.constants
    free = [place for place, share in enumerate(way) if 0 < share < 1]
    every = near(runs, way, range(len(constants)))
    spread, scale = factors(every.residuals, len(free), loss, known=runs.observed.known)
    width = np.array([one.high - one.low for one in constants])
    errors = np.full(len(constants), np.nan)
    correlation = np.full((len(constants),) * 2, np.nan)
    noise = np.sqrt(spread) if spread > 0 else 1e-12
    with np.errstate(divide="ignore"):
        alone = noise / np.sqrt(np.sum(every.slopes**2, axis=0))
    # A constant at its bound has no error, and may be there for want of anything that holds it.
    flat = tuple(
        Flat((one.name,), ((one.high - one.low) / 10,))
        for place, one in enumerate(constants)
        if place not in free and alone[place] > WIDE
    )
    if free:
        singular, directions = _directions(every.slopes[:, free] / noise)
        null = singular <= _NULL * max(singular[0], 1e-300)
        told = ~(np.abs(directions[null]) > 1e-3).any(axis=0)
        inverse = np.where(null, 0.0, 1 / np.where(null, 1.0, singular) ** 2)
        covariance = (directions.T * inverse) @ directions
        own, who = np.sqrt(np.diag(covariance)), np.array(free)[told]
        errors[who] = own[told] * width[who]
        inner = np.ix_(who, who)
        with np.errstate(all="ignore"):  # a constant that is known exactly
            correlation[inner] = (covariance / np.outer(own, own))[np.ix_(told, told)]
        loose = null | (singular * WIDE < 1)
        flat += _flats([constants[place] for place in free], directions[loose])
    names = [one.name for one in constants]
    return Uncertainty(errors, alone * width, pd.DataFrame(correlation, names, names), flat, scale)


def _directions(slopes: _Numbers) -> tuple[_Numbers, _Numbers]:
    """Singular values, largest first, and a row a direction, also where figures are few."""
    rows, columns = slopes.shape
    if rows < columns:
        slopes = np.vstack([slopes, np.zeros((columns - rows, columns))])
    _, singular, directions = np.linalg.svd(slopes, full_matrices=False)
    return singular, directions


def _flats(constants: list[Varied], directions: _Numbers) -> tuple[Flat, ...]:
    """The directions in words' reach: those that share a constant are one group."""
    groups: list[tuple[set[int], list[_Numbers]]] = []
    for direction in directions:
        least = _MEMBER * np.abs(direction).max()
        members = {place for place, part in enumerate(direction) if abs(part) >= least}
        along = [direction]
        apart: list[tuple[set[int], list[_Numbers]]] = []
        for group in groups:
            if group[0] & members:
                members, along = members | group[0], along + group[1]
            else:
                apart.append(group)
        groups = [*apart, (members, along)]
    found = []
    for members, along in groups:
        places = sorted(members)
        moves = along[0][places] / np.abs(along[0]).max() / 10
        if moves[0] < 0:
            moves = -moves
        some = [constants[place] for place in places]
        found.append(
            Flat(
                tuple(one.name for one in some),
                tuple(
                    float(move * (one.high - one.low))
                    for move, one in zip(moves, some, strict=True)
                ),
                len(along) == 1,
            )
        )
    return tuple(sorted(found, key=lambda one: one.names))


def in_words(
    found: Uncertainty, constants: tuple[Varied, ...], estimates: _Numbers
) -> tuple[str, ...]:
    """Sentences on what the figures cannot tell; none where they tell everything.

    Args:
        found: from ``uncertainty``.
        constants: P of them.
        estimates: P values.
    """
    said = []
    by_name = {one.name: place for place, one in enumerate(constants)}
    for flat in found.flat:
        if len(flat.names) == 1:
            said.append(_little(flat.names[0], found, constants, estimates, by_name))
            continue
        quoted = [f'"{name}"' for name in flat.names]
        text = f"The figures cannot tell {', '.join(quoted[:-1])} and {quoted[-1]} apart: "
        if flat.sharp:
            moves = [
                f"{'up' if move > 0 else 'down'} by {readable(abs(move))}" for move in flat.moves
            ]
            pairs = [f"{name} {move}" for name, move in zip(quoted, moves, strict=True)]
            text += " with ".join(pairs) + " leaves the fit nearly as it is. "
        else:
            text += "they may move together in more than one way and leave the fit nearly as it is."
        said.append(
            text.strip() + " Hold all but one of them, or bring a series that moves with one alone."
        )
    ties = found.correlation.to_numpy(dtype=float)
    together = [set(flat.names) for flat in found.flat]
    for row, first in enumerate(constants):
        for column, second in enumerate(constants[row + 1 :], row + 1):
            tie = ties[row, column]
            if abs(tie) >= _TIED and not any({first.name, second.name} <= one for one in together):
                way = "rises" if tie > 0 else "falls"
                said.append(
                    f'"{first.name}" and "{second.name}" are tied: where one is taken higher, the '
                    f"other {way} (correlation {tie:.2f})."
                )
    return tuple(said)


def _little(
    name: str,
    found: Uncertainty,
    constants: tuple[Varied, ...],
    estimates: _Numbers,
    by_name: dict[str, int],
) -> str:
    place = by_name[name]
    one = constants[place]
    error = found.errors[place] if np.isfinite(found.errors[place]) else found.alone[place]
    if not error < _ENDLESS * (one.high - one.low):
        return f'The figures say nothing of "{name}": they stay as they are whatever it is.'
    low = max(one.low, estimates[place] - error)
    high = min(one.high, estimates[place] + error)
    return (
        f'The figures say little of "{name}": give or take a standard error it lies from '
        f"{readable(low)} to {readable(high)}, of a range from {readable(one.low)} to "
        f"{readable(one.high)}."
    )
