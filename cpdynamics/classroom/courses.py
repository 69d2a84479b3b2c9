"""What a curve does, as far as somebody can see it on a chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cpdynamics.feedback.patterns import Mode, mode

Values = NDArray[np.float64]

SEEN = 0.02
"""The part of the axis below which nobody makes out a difference."""

_SHAPED = 6
"""How many times as much a curve has to move before its shape can be made out."""

_BEGUN = (0.05, 0.1)
"""The two parts of its way through which a line leads back to where a curve begins."""


@dataclass(frozen=True)
class Turn:
    """A place where a curve turns round.

    Attributes:
        when: its time.
        value: the curve's value there.
        is_top: whether it is higher than what is on either side.
    """

    when: float
    value: float
    is_top: bool


@dataclass(frozen=True)
class Course:
    """What a curve does.

    Attributes:
        start: its first value.
        end: its last value.
        begins: the time at which it begins to move; None where it rests.
        turns: where it turns by more than somebody can overlook, in order.
        words: what it does, in a sentence without a subject; only "rises" or "falls" where its
            shape cannot be made out.
        is_shaped: whether its shape can be made out.
    """

    start: float
    end: float
    begins: float | None
    turns: tuple[Turn, ...]
    words: str
    is_shaped: bool

    @property
    def change(self) -> float:
        """From the first value to the last."""
        return self.end - self.start

    @property
    def rests(self) -> bool:
        """Whether nothing moves that somebody could see."""
        return self.begins is None

    @property
    def first_way(self) -> str:
        """Where it goes first: "rise", "fall", or nothing where it rests."""
        if self.begins is None:
            return ""
        goes_up = self.turns[0].is_top if self.turns else self.change > 0
        return "rise" if goes_up else "fall"


def course(times: Values, values: Values, height: float) -> Course:
    """What a curve does on an axis of that height.

    Args:
        times: N times, at least two.
        values: N values, all finite.
        height: of the axis, in the units of the values.

    Raises:
        BadValue: as ``cpdynamics.modes``.
    """
    seen = SEEN * height
    found = mode(values, times, floor=seen)
    start, end = float(values[0]), float(values[-1])
    if found.name == "at rest":
        return Course(start, end, None, (), "stays as it was", False)
    turns = _seen_turns(_turns(found, times, values), start, end, seen)
    is_shaped = float(np.ptp(values)) >= _SHAPED * seen
    exact = is_shaped and len(turns) == len(_turns(found, times, values))
    words = found.words if exact else _plain(start, end, turns)
    return Course(start, end, _begins(times, values), turns, words, exact)


def _turns(found: Mode, times: Values, values: Values) -> list[Turn]:
    return [
        Turn(one.ends, float(np.interp(one.ends, times, values)), one.direction == "up")
        for one, following in pairwise(found.phases)
        if one.direction != following.direction
    ]


def _seen_turns(turns: Sequence[Turn], start: float, end: float, seen: float) -> tuple[Turn, ...]:
    """The turns that are left when every swing that nobody makes out is passed over."""
    left = list(turns)
    while left:
        values = [start, *(turn.value for turn in left), end]
        swings = [abs(b - a) for a, b in pairwise(values)]
        least = min(range(len(swings)), key=swings.__getitem__)
        if swings[least] >= seen:
            break
        # A swing at either end goes with one turn, one in the middle with both.
        del left[max(least - 1, 0) : least + 1]
    return tuple(left)


def _begins(times: Values, values: Values) -> float:
    """Where a curve begins: the line through its first twentieth and its first tenth leads there.

    A threshold alone would call every slow rise a late one.
    """
    away = np.abs(values - values[0])
    first, second = (_passes(times, away, part * float(away.max())) for part in _BEGUN)
    return max(float(times[0]), first - _BEGUN[0] * (second - first) / (_BEGUN[1] - _BEGUN[0]))


def _passes(times: Values, away: Values, least: float) -> float:
    """When something that starts at zero first comes to a value above it."""
    place = int(np.argmax(away >= least))
    before, here = float(away[place - 1]), float(away[place])
    part = (least - before) / (here - before)
    return float(times[place - 1] + part * (times[place] - times[place - 1]))


def _plain(start: float, end: float, turns: Sequence[Turn]) -> str:
    """What a curve does, without its shape."""
    if not turns:
        return "rises" if end > start else "falls"
    words = ["rises" if turn.is_top else "falls" for turn in turns]
    return ", then ".join([*words, "falls" if turns[-1].is_top else "rises"])
