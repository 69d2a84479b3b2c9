"""What a residual counts for: its square, or less where it is far off.

The robust ones are those of scipy.optimize.least_squares, after Triggs and others 2000, "Bundle
adjustment", doi:10.1007/3-540-44480-7_21, section 4.3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cpdynamics.errors import BadValue, clipped, nearest

_Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Loss:
    """What a residual r counts for, by z, its square.

    Attributes:
        value: z -> what takes the place of z in the sum.
        slope: z -> the first derivative of that.
        bend: z -> the second.
    """

    value: Callable[[_Numbers], _Numbers]
    slope: Callable[[_Numbers], _Numbers]
    bend: Callable[[_Numbers], _Numbers]

    def cost(self, residuals: _Numbers) -> _Numbers:
        """Half the sum over the last axis, as scipy counts."""
        total: _Numbers = 0.5 * np.sum(self.value(residuals**2), axis=-1)
        return total

    def pull(self, residuals: _Numbers) -> _Numbers:
        """How strongly each residual pulls at the fit: the derivative of half its loss."""
        return residuals * self.slope(residuals**2)

    def give(self, residuals: _Numbers) -> _Numbers:
        """The derivative of ``pull``: 1 for squares, less for what is far off."""
        z = residuals**2
        return self.slope(z) + 2 * z * self.bend(z)


def _huber(z: _Numbers) -> _Numbers:
    return np.where(z <= 1, z, 2 * np.sqrt(np.maximum(z, 1)) - 1)


LOSSES = {
    "linear": Loss(lambda z: z, np.ones_like, np.zeros_like),
    "soft_l1": Loss(
        lambda z: 2 * (np.sqrt(1 + z) - 1),
        lambda z: (1 + z) ** -0.5,
        lambda z: -0.5 * (1 + z) ** -1.5,
    ),
    "huber": Loss(
        _huber,
        lambda z: np.maximum(z, 1) ** -0.5,
        lambda z: np.where(z <= 1, 0.0, -0.5 * np.maximum(z, 1) ** -1.5),
    ),
    "cauchy": Loss(np.log1p, lambda z: 1 / (1 + z), lambda z: -1 / (1 + z) ** 2),
}
"""By the names that scipy gives them."""


def checked_loss(name: object, *, known: bool) -> str:
    """The name of the loss that was asked for.

    Args:
        name: what came.
        known: whether the errors of the figures are known.

    Raises:
        BadValue: there is no such loss, or a robust one is asked for and nobody knows what is far.
    """
    if not isinstance(name, str) or name not in LOSSES:
        raise BadValue(
            f'There is no loss called "{clipped(name)}".', "", nearest(str(name), LOSSES)
        )
    if name != "linear" and not known:
        raise BadValue(
            f'loss="{name}" makes less of figures that are far off.',
            "How far that is follows from their errors, and none are given.",
            'Give errors=, such as {"Children in Care": 5}, or leave loss= out.',
        )
    return name
