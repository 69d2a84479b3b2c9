"""The smallest change that lets base values balance, what is known least giving way first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from cpdynamics.figures.balance import Balance

Steps: TypeAlias = NDArray[np.float64]
"""Logarithms of what values are multiplied by."""

MARGIN = 0.02
"""What is left of a quantity that would have turned, as a share of the typical authority's."""

SHORTEST = 2 / 256
"""The shortest time, in the model's unit, that a local authority may imply: with two steps of
1/256 in it, which a run can still afford."""

NOT_GIVEN, ASSUMED, GIVEN = 1.0, 1e2, 1e4
"""What it costs to move a base value that nobody gave, an assumption within its range, and a
figure of the authority. A sum of such costs, unlike one of squares, leaves what is dear where it
is as long as something cheaper can move."""

_ROUNDS = 60
_STEP = 1e-6
_WIDEST, _NARROWEST = 1.0, 1e-7
_HARDLY = 1e-3
_FAR = 50.0
_LONG = 3.0
_NOISE = 1e-9


def holds(balance: Balance, point: Mapping[str, float], reference: Mapping[str, float]) -> bool:
    """Whether the equations balance at a point.

    Args:
        balance: of the model.
        point: base values and others that are set.
        reference: where it is known to balance.
    """
    _, room = balance.room([point], reference)
    if room.min(initial=np.inf) < -_NOISE:
        return False
    # What is not a number is no time, and not greater than the shortest.
    return bool((balance.times([point]) >= SHORTEST).all())


def repaired(
    balance: Balance,
    point: Mapping[str, float],
    reference: Mapping[str, float],
    costs: Mapping[str, float],
    limits: Mapping[str, tuple[float, float]],
    tied: Mapping[str, str],
) -> dict[str, float] | None:
    """The nearest point at which the equations balance; None where the reference is none either.

    Minimises the sum of costs times relative changes (of logarithms) by successive linear
    programs within a trust region (Griffith and Stewart 1961, doi:10.1287/mnsc.7.4.379). A
    linear program ends in a corner, so that few values move and the others stay to the last
    digit. Every round begins and ends at a point that balances, the first on the way from the
    reference to the point, so that whatever comes back was verified.

    Args:
        balance: of the model.
        point: where the equations do not balance.
        reference: where they do.
        costs: what may move -> what moving it costs; a nought stays where it is.
        limits: of those, the lowest and the highest value.
        tied: count -> the count that it is a given share of; it moves with it at no cost.
    """
    names = [name for name in costs if point[name] > 0 and reference[name] > 0]
    start = np.array([point[name] for name in names])
    tie = np.array([[float(tied.get(one) == other) for other in names] for one in names])
    apart = np.eye(len(names)) - tie.reshape(len(names), -1)
    together = np.linalg.inv(apart)
    way = apart @ np.log([reference[name] / point[name] for name in names])
    prices = np.array([costs[name] for name in names])
    ends = [limits.get(name, (0.0, np.inf)) for name in names]
    with np.errstate(divide="ignore"):
        low, high = np.clip(np.log(np.array(ends).reshape(-1, 2).T / start), -_FAR, _FAR)

    def at(steps: Steps) -> list[dict[str, float]]:
        moved = start * np.exp(np.clip(np.atleast_2d(steps) @ together.T, -_FAR, _FAR))
        return [{**point, **dict(zip(names, map(float, row), strict=True))} for row in moved]

    def room(steps: Steps) -> Steps:
        shares, times = balance.margins(at(steps), reference)
        with np.errstate(all="ignore"):
            every = np.vstack([shares, np.clip(np.log(times / SHORTEST), -_FAR, _LONG)])
        return np.asarray(np.clip(np.nan_to_num(every, nan=-_FAR), -_FAR, _FAR))

    first, last = room(np.vstack([np.zeros_like(way), way])).T
    # What had less than the margin, and was possible, is not asked for more than it had.
    asked = np.minimum(np.where(first >= 0, np.minimum(first, MARGIN), MARGIN), last)
    enough = np.where(asked > 0, asked / 2, asked - _NOISE)

    def good(steps: Steps, least: Steps = enough) -> bool:
        inside = bool(((steps >= low - _NOISE) & (steps <= high + _NOISE)).all())
        if not inside or not (room(steps)[:, 0] >= least).all():
            return False
        return holds(balance, at(steps)[0], reference)

    if not good(way):
        return None
    steps = _nearest(lambda share: good(share * way, asked)) * way
    width = _WIDEST
    for _ in range(_ROUNDS):
        values = room(np.vstack([steps, steps + _STEP * np.eye(len(steps))]))
        slopes = (values[:, 1:] - values[:, :1]) / _STEP
        wanted = _corner(steps, (values[:, 0] - asked, slopes), prices, (low, high), width)
        gain = prices @ (np.abs(steps) - np.abs(wanted))
        if gain <= 1e-10 * (prices @ np.abs(steps)):
            break
        while not good(wanted) and width > _NARROWEST:
            width /= 2
            wanted = steps + (wanted - steps) / 2
        if width <= _NARROWEST:
            break
        width = min(_WIDEST, 2 * width)
        steps = wanted
    return at(_still(steps, prices, good))[0]


def _corner(
    steps: Steps,
    straight: tuple[Steps, Steps],
    prices: Steps,
    bounds: tuple[Steps, Steps],
    width: float,
) -> Steps:
    """The cheapest steps near others at which everything has room, if it all went in lines."""
    from scipy.optimize import linprog

    room, slopes = straight
    low = np.maximum(bounds[0], steps - width)
    high = np.minimum(bounds[1], steps + width)
    # Steps up and steps down are counted apart: both are nought where nothing moves.
    up, down = np.clip(low, 0, None), np.clip(-high, 0, None)
    answer = linprog(
        np.concatenate([prices, prices]),
        A_ub=np.hstack([-slopes, slopes]),
        b_ub=room - slopes @ steps,
        bounds=[
            *zip(up, np.clip(high, 0, None), strict=True),
            *zip(down, np.clip(-low, 0, None), strict=True),
        ],
        method="highs",
    )
    if answer.x is None or not answer.success:
        return steps
    found = answer.x[: len(steps)] - answer.x[len(steps) :]
    return np.where(np.abs(found) < _NOISE, 0.0, found)


def _still(steps: Steps, prices: Steps, good: Callable[[Steps], bool]) -> Steps:
    """The same steps without those, the dearest first, that need not be taken."""
    for number in np.argsort(-prices * np.maximum(np.abs(steps), _NOISE), kind="stable"):
        if steps[number] != 0 and (prices[number] == GIVEN or abs(steps[number]) < _HARDLY):
            less = steps.copy()
            less[number] = 0.0
            if good(less):
                steps = less
    return steps


def _nearest(good: Callable[[float], bool]) -> float:
    """The smallest share of the way found by halves at which something holds; all of it at worst.

    What comes back was tried, or is the end of the way.
    """
    low, high = 0.0, 1.0
    for _ in range(12):
        middle = (low + high) / 2
        low, high = (low, middle) if good(middle) else (middle, high)
    return high


def broken(
    balance: Balance, point: Mapping[str, float], reference: Mapping[str, float]
) -> list[str]:
    """The quantities that cannot be what they come to, without those that only follow from them.

    Args:
        balance: of the model.
        point: where the equations do not balance.
        reference: where they do.
    """
    labels, room = balance.room([point], reference)
    wrong = [label for label, share in zip(labels, room[:, 0], strict=True) if share < -_NOISE]
    if not wrong:
        times = balance.times([point])[:, 0]
        several = zip(balance.time_labels, times, strict=True)
        wrong = [label for label, time in several if not time >= SHORTEST]
    return balance.roots(wrong) if wrong else []


def finer_step(balance: Balance, point: Mapping[str, float], step: float) -> float:
    """A time step that takes at least two for the shortest time; the given one if that does.

    Args:
        balance: of the model.
        point: a point that balances.
        step: the model's own.
    """
    shortest = float(balance.times([point]).min(initial=np.inf))
    while step > shortest / 2 and step > SHORTEST / 2:
        step /= 2
    return step


def assumptions(balance: Balance, labels: Sequence[str]) -> dict[str, tuple[float, float]]:
    """The constants with a range that some quantities hang on, and their ranges.

    Args:
        balance: of the model.
        labels: of the quantities.
    """
    found = {}
    for label in labels:
        for name in sorted(balance.ancestors(label)):
            allowed = balance.elements[name].range
            if allowed is not None and allowed.low is not None and allowed.high is not None:
                found[name] = (float(allowed.low), float(allowed.high))
    return found
