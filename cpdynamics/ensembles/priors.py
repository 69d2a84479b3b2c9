"""What is believed of a constant before anything is run: a distribution over its range."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cpdynamics.checking import checked_constant, spelt_range
from cpdynamics.errors import BadValue, came_as, clipped, nearest
from cpdynamics.mdl.equation import Range
from cpdynamics.mdl.names import canonical
from cpdynamics.scenario import finite
from cpdynamics.story import DISTRIBUTIONS
from cpdynamics.system.abstract import Element, Structure

Numbers: TypeAlias = "NDArray[np.float64]"
Quantile: TypeAlias = Callable[[Numbers], Numbers]

_WRITE_RANGE = (
    "Write one in the .mdl behind the units, such as Month [1,24,1], or give cp.uniform(low, high)."
)
_LEAST = 1e-9  # of a distribution: what has to lie within the range


@dataclass(frozen=True)
class Uniform:
    """Every value from ``low`` to ``high`` is as likely as any other."""

    low: float
    high: float

    def support(self) -> tuple[float, float]:
        """The least and the greatest value."""
        return self.low, self.high

    def ppf(self, shares: Numbers) -> Numbers:
        """The values below which these shares of all draws lie."""
        return self.low + shares * (self.high - self.low)


@dataclass(frozen=True)
class Triangular:
    """The likelihood rises in a line from ``low`` to ``mode``, and falls in one to ``high``."""

    low: float
    mode: float
    high: float

    def support(self) -> tuple[float, float]:
        """The least and the greatest value."""
        return self.low, self.high

    def ppf(self, shares: Numbers) -> Numbers:
        """The values below which these shares of all draws lie."""
        width, left, right = self.high - self.low, self.mode - self.low, self.high - self.mode
        rising = self.low + np.sqrt(shares * width * left)
        falling = self.high - np.sqrt((1 - shares) * width * right)
        return np.where(shares * width < left, rising, falling)


@dataclass(frozen=True)
class Drawn:
    """A constant that is drawn.

    Attributes:
        name: as in the .mdl.
        quantile: shares -> the values below which these shares of all draws lie.
    """

    name: str
    quantile: Quantile


def uniform(low: float, high: float) -> Uniform:
    """The distribution in which every value from ``low`` to ``high`` is as likely.

    Args:
        low: in the units of the constant.
        high: above ``low``. (SciPy's own ``uniform`` takes the width here.)

    Raises:
        BadValue: they are no finite numbers in this order.
    """
    return Uniform(*_rising("uniform", low, high))


def triangular(low: float, mode: float, high: float) -> Triangular:
    """The distribution that rises in a line from ``low`` to ``mode`` and falls to ``high``.

    Args:
        low: in the units of the constant.
        mode: the likeliest value; an end is allowed.
        high: above ``low``.

    Raises:
        BadValue: they are no finite numbers in this order.
    """
    low, high = _rising("triangular", low, high)
    mode = finite(mode, "the mode of a triangular distribution")
    if not low <= mode <= high:
        raise BadValue(
            f"The mode of a triangular distribution is {mode:g}.",
            f"It lies between the ends, {low:g} and {high:g}.",
        )
    return Triangular(low, mode, high)


def drawn(structure: Structure, priors: Mapping[str, Any]) -> list[Drawn]:
    """The constants that are drawn, in the order of the .mdl.

    In this order, since the same seed is to give the same draws however a dictionary is written.

    Args:
        structure: the model.
        priors: constant -> a distribution, or a word for its shape.

    Raises:
        UnknownName: the model lacks one of the names.
        BadValue: what is no constant, is named twice, or is drawn from beyond its range.
    """
    found: dict[str, Drawn] = {}
    for name, prior in priors.items():
        if not isinstance(name, str):
            raise BadValue(f"A prior is given for {came_as(name)}.", "Names are text.")
        element = checked_constant(structure, name)
        if canonical(name) in found:
            raise BadValue(f'"{element.name}" is given two priors.', "", "Leave one out.")
        found[canonical(name)] = Drawn(element.name, _quantile(element, prior))
    return [found[key] for key in structure.elements if key in found]


def _rising(shape: str, low: float, high: float) -> tuple[float, float]:
    low, high = (finite(end, f"an end of a {shape} distribution") for end in (low, high))
    if not low < high:
        raise BadValue(
            f"A {shape} distribution goes from {low:g} to {high:g}.",
            "The second end has to be above the first.",
        )
    return low, high


def _quantile(element: Element, prior: Any) -> Quantile:
    if isinstance(prior, str):
        prior = _over_the_range(element, prior)
    inverse: Quantile | None = getattr(prior, "ppf", None) or getattr(prior, "icdf", None)
    if inverse is None:
        remedy = (
            f'A value that is the same in every run goes into scenario={{"{element.name}": ...}}.'
            if isinstance(prior, int | float)
            else ""
        )
        raise BadValue(
            f'The prior of "{element.name}" is {came_as(prior)}.',
            'A distribution was expected: "uniform", "triangular", cp.uniform(low, high), or one '
            "of scipy.stats with its numbers.",
            remedy,
        )
    low, high = _ends(element.name, prior)
    allowed = element.range or Range(None, None)
    least = -math.inf if allowed.low is None else allowed.low
    most = math.inf if allowed.high is None else allowed.high
    shares = (0.0, 1.0)
    if math.isfinite(low) and math.isfinite(high):
        slack = 1e-9 * max(abs(low), abs(high))
        if low < least - slack or high > most + slack:
            raise BadValue(
                f'"{element.name}" would be drawn from {low:g} to {high:g}.',
                f"The .mdl allows {spelt_range(allowed)}.",
                "Choose a distribution inside, or widen the range in the .mdl.",
            )
    elif low < least or high > most:
        shares = _within(element.name, prior, least, most)
    return _cut(element.name, inverse, shares, (least, most))


def _over_the_range(element: Element, word: str) -> Uniform | Triangular:
    if word not in DISTRIBUTIONS:
        raise BadValue(
            f'The prior of "{element.name}" is "{clipped(word)}".', "", nearest(word, DISTRIBUTIONS)
        )
    allowed = element.range
    if allowed is None or allowed.low is None or allowed.high is None:
        raise BadValue(
            f'"{element.name}" is to be {word} over its range, and has none with two ends.',
            "",
            _WRITE_RANGE,
        )
    if word == "uniform":
        return uniform(allowed.low, allowed.high)
    if element.value is None or not allowed.low <= element.value <= allowed.high:
        raise BadValue(
            f'"{element.name}" has no value within its range that could be the mode.',
            f"The .mdl allows {spelt_range(allowed)}.",
            "Give cp.triangular(low, mode, high).",
        )
    return triangular(allowed.low, element.value, allowed.high)


def _ends(name: str, prior: Any) -> tuple[float, float]:
    """Of what a distribution may give; infinite where it has none."""
    try:
        low, high = (float(end) for end in prior.support())
    except (AttributeError, TypeError, ValueError):
        low = high = math.nan
    if math.isnan(low) or math.isnan(high):
        raise BadValue(
            f'The prior of "{name}" does not say from where to where it goes.',
            "A distribution of one number was expected, with its own numbers set.",
            "Such as scipy.stats.norm(loc=2, scale=0.5).",
        )
    return low, high


def _within(name: str, prior: Any, least: float, most: float) -> tuple[float, float]:
    """The shares of a distribution below a range, and below its upper end."""
    # The number below, since the end itself may be drawn where only whole numbers are.
    low = float(prior.cdf(np.nextafter(least, -math.inf))) if math.isfinite(least) else 0.0
    high = float(prior.cdf(most)) if math.isfinite(most) else 1.0
    if not high - low > _LEAST:
        raise BadValue(
            f'The prior of "{name}" lies outside of what the .mdl allows, '
            f"{spelt_range(Range(least, most))}.",
            "",
            "Choose a distribution inside, or widen the range in the .mdl.",
        )
    return low, high


def _cut(
    name: str, inverse: Quantile, shares: tuple[float, float], ends: tuple[float, float]
) -> Quantile:
    def quantile(given: Numbers) -> Numbers:
        below, above = shares
        values = np.asarray(inverse(below + given * (above - below)), dtype=float)
        np.clip(values, *ends, out=values)
        if not np.isfinite(values).all():
            raise BadValue(f'The prior of "{name}" gives numbers that are not finite.')
        return values

    return quantile
