"""What kind of behaviour a series shows: growth, goal seeking, overshoot, oscillation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from cpdynamics.errors import BadValue, CpdynamicsError
from cpdynamics.run import Run, checked_run, several
from cpdynamics.tables import Table

Values: TypeAlias = NDArray[np.float64]
Pattern: TypeAlias = Literal["linear", "exponential", "logarithmic"]

_ROUNDING = 1e-9
"""The part of a series' size below which a move is rounding."""

_STILL = 1e-3
"""The part of a variable's size below which ``modes`` takes a move for rest, as the audit does."""

_BEGUN = 1e-6
"""The part of the whole range by which a series has left its first value."""

_LAST_BITS = 1e-14
"""The part of a series' size that a sum leaves when it ought to leave nothing."""

_SEEN = 0.05
"""The part of the whole range that a swing needs before anyone would call it one."""

_DONE = 1e-3
"""The part of the whole range that may be missing when the way has been made."""

_SLIGHT = 0.2
"""The part of the swing beside it below which a first or last of three swings goes untold."""

_BENT = 0.02
"""The part of the whole range by which a stretch bows off its chord before it is no line."""

_AT_ONCE = 0.02
"""The part of the time shown within which a step is made."""

_EVEN = 0.05
"""How far from one the ratio of a swing to the one before is still called steady."""

_BACK = 0.9
"""The part of a rise that is lost again before an overshoot is a collapse."""


@dataclass(frozen=True)
class Phase:
    """A stretch on which neither the slope nor the curvature changes its sign.

    Attributes:
        begins: the time of its start.
        ends: the time of its end.
        direction: "up" or "down".
        pattern: "exponential" where the slope grows, "logarithmic" where it shrinks, else
            "linear", whichever way it goes.
    """

    begins: float
    ends: float
    direction: str
    pattern: Pattern


@dataclass(frozen=True)
class Mode:
    """The behaviour mode of a series.

    Attributes:
        name: "at rest", "linear growth", "exponential growth", "goal seeking growth", "S-shaped
            growth", "growth in two bursts", the same five of decline ("accelerating decline" for
            "exponential growth"), "step", "ramp", "overshoot", "undershoot", "overshoot and
            collapse", "dip and recovery", "reversal", "interrupted growth" or "interrupted
            decline", "oscillation", "damped oscillation", "growing oscillation" or "steady
            oscillation".
        words: what the series does, in a sentence without a subject.
        direction: which way it goes first, "up" or "down"; empty at rest.
        begins: the time up to which nothing moves.
        phases: its atomic patterns in order; none at rest.
    """

    name: str
    words: str
    direction: str = ""
    begins: float = 0.0
    phases: tuple[Phase, ...] = ()


def mode(series: ArrayLike, times: ArrayLike | None = None, *, floor: float = 0.0) -> Mode:
    """The behaviour mode of a series: one name for its whole course.

    The course is cut where it turns, and between turns where it bends the other way, into the
    atomic patterns of Ford (1999, doi:10.1002/(SICI)1099-1727(199921)15:1<3::AID-SDR159>
    3.0.CO;2-P): the signs of slope and curvature. What a person would not make out on a chart is
    no turn and no bend: swings under 5 % of the range, and bows under 2 % of it. So neither the
    units of the series nor those of time matter.

    Args:
        series: N values; a pandas Series brings its own times.
        times: N times, each later than the one before; 0, 1, 2 ... when left out.
        floor: a range that still counts as rest, in the units of the series.

    Raises:
        BadValue: fewer than two values, one that is not finite, or times that do not fit.
    """
    given: Any = series.index if times is None and isinstance(series, pd.Series) else times
    values = _finite(series, "values")
    when = np.arange(len(values), dtype=float) if given is None else _finite(given, "times")
    if len(values) < 2 or len(when) != len(values) or not np.all(np.diff(when) > 0):
        raise BadValue(
            f"{len(values)} values at {len(when)} times came.",
            "Two values at least were expected, and for each a time later than the one before.",
        )
    largest = float(np.max(np.abs(values))) or 1.0
    values, floor = values / largest, floor / largest
    size = float(np.ptp(values))
    if size <= max(floor, _ROUNDING):
        return Mode("at rest", "stays what it is", begins=float(when[-1]))
    away = np.abs(values - values[0]) > max(_BEGUN * size, _LAST_BITS)
    first = max(int(np.argmax(away)) - 1, 0)
    values, when = values[first:], when[first:]
    turns = _turns(values, _SEEN * size)
    phases = tuple(
        phase
        for start, end in pairwise(turns)
        for phase in _phases(values[start : end + 1], when[start : end + 1], size)
    )
    swings = np.diff(values[turns])
    name, words = _named(values, when, swings, phases)
    return Mode(name, words, "up" if swings[0] > 0 else "down", float(when[0]), phases)


def modes(run: Run, names: Iterable[str] | None = None) -> Table:
    """A table of the behaviour mode of the variables of a run.

    Columns: ``name``, ``mode``, ``begins`` (the time up to which it rests) and ``words``. A
    variable that moves by less than 0.1 % of its size is at rest; one that is no finite number at
    some time has no mode, and its words say so.

    Args:
        run: as a model made it.
        names: the variables; all when left out.

    Raises:
        UnknownName: the run has no such variable.
        BadValue: it has only one saved time, or no run came.
    """
    checked_run(run, "modes")
    wanted = run.names if names is None else [run.spelt(name) for name in several(names, "names=")]
    if len(run.frame) < 2:
        raise BadValue("The run has one saved time.", "Two are the least that show a behaviour.")
    times = run.frame.index.to_numpy(dtype=float)
    rows = []
    for name in wanted:
        values = run.frame[name].to_numpy(dtype=float)
        try:
            found = mode(values, times, floor=_STILL * float(np.max(np.abs(values))))
        except CpdynamicsError:
            found = Mode("", "is not a finite number at every time", begins=float("nan"))
        rows.append(
            {"name": name, "mode": found.name, "begins": found.begins, "words": found.words}
        )
    return Table(rows, columns=["name", "mode", "begins", "words"])


def _named(
    values: Values, when: Values, swings: Values, phases: tuple[Phase, ...]
) -> tuple[str, str]:
    """The name of a course, and what it does."""
    sizes = np.abs(swings)
    if len(swings) == 1:
        return _one_way(values, when, phases)
    up = swings[0] > 0
    if len(swings) == 2:
        return _turned(up, sizes[1] / sizes[0])
    if len(swings) == 3:
        if sizes[1] >= sizes[0] / 2 and sizes[2] < _SLIGHT * sizes[1]:
            return _turned(up, sizes[1] / sizes[0])
        if sizes[2] >= sizes[1] / 2 and sizes[0] < _SLIGHT * sizes[1]:
            return _turned(not up, sizes[2] / sizes[1])
        if sizes[1] >= max(sizes[0], sizes[2]) / 2:
            return "oscillation", "swings to and fro, too briefly to say whether it settles"
        if sizes[2] <= sizes[1]:
            return _overshot(up)
        word = "growth" if up else "decline"
        return f"interrupted {word}", f"{_verb(up)}, turns back for a while and {_verb(up)} again"
    # The first and the last swing are cut off by the start and the end, and tell no size.
    whole = sizes[1:-1] if len(sizes) > 3 else sizes[1:]
    ratio = float(np.exp(np.polyfit(np.arange(len(whole)), np.log(whole), 1)[0]))
    if len(whole) == 2:
        ratio = float(whole[1] / whole[0])
    around = ""
    if abs(values[-1] - values[0]) > np.ptp(values) / 2:
        around = " about a level that rises" if values[-1] > values[0] else " about one that falls"
    if ratio > 1 + _EVEN:
        return "growing oscillation", f"swings ever wider{around}"
    if ratio < 1 - _EVEN:
        return "damped oscillation", f"swings ever less{around}"
    return "steady oscillation", f"swings to and fro{around}"


def _one_way(values: Values, when: Values, phases: tuple[Phase, ...]) -> tuple[str, str]:
    """What never turns."""
    up = bool(values[-1] > values[0])
    word, verb = ("growth" if up else "decline"), _verb(up)
    if len(values) > 3 and (plain := _to_a_level(values, when)):
        moves = f"steps {'up' if up else 'down'}" if plain == "step" else f"{verb} evenly"
        return plain, f"{moves}, then stays"
    told = {
        ("linear",): (f"linear {word}", f"{verb} evenly"),
        ("exponential",): (
            "exponential growth" if up else "accelerating decline",
            f"{verb} ever faster",
        ),
        ("logarithmic",): (f"goal seeking {word}", f"{verb} ever more slowly"),
        ("exponential", "logarithmic"): (
            f"S-shaped {word}",
            f"{verb} ever faster, then ever more slowly",
        ),
        ("logarithmic", "exponential"): (
            f"{word} in two bursts",
            f"{verb} ever more slowly, then faster again",
        ),
    }
    return told[tuple(phase.pattern for phase in phases)]


def _to_a_level(values: Values, when: Values) -> str:
    """Whether all of the way is made at once, or evenly, with rest after it."""
    way = (values - values[0]) / (values[-1] - values[0])
    done = int(np.argmax(way >= 1 - _DONE))
    if done == len(values) - 1 or np.any(np.abs(way[done:] - 1) > _DONE):
        return ""
    begun = max(int(np.argmax(way > _DONE)) - 1, 0)
    if done == begun + 1 or when[done] - when[begun] <= _AT_ONCE * (when[-1] - when[0]):
        return "step"
    stretch, then = way[: done + 1], when[: done + 1]
    bow = max(_bow(stretch, then, 1.0), -_bow(stretch, then, -1.0))
    return "ramp" if bow <= _BENT else ""


def _turned(up: bool, back: float) -> tuple[str, str]:
    """What turns once; `back` is the second way as a part of the first."""
    if back < _BACK:
        return _overshot(up)
    if back > 1 / _BACK**2:
        beyond = "falls below" if up else "rises above"
        return "reversal", f"{_verb(up)} at first, then {beyond} where it began"
    if up:
        return "overshoot and collapse", "rises, then falls back to about where it began"
    return "dip and recovery", "falls, then rises back to about where it began"


def _overshot(up: bool) -> tuple[str, str]:
    if up:
        return "overshoot", "rises too far, then comes part of the way back"
    return "undershoot", "falls too far, then comes part of the way back"


def _verb(up: bool) -> str:
    return "rises" if up else "falls"


def _turns(values: Values, least: float) -> list[int]:
    """The places where the course turns by more than the least, its start and end among them."""
    turns, high, low = [0], 0, 0
    rising: bool | None = None
    for place, value in enumerate(values.tolist()):
        high = place if value > values[high] else high
        low = place if value < values[low] else low
        if rising is not True and value - values[low] > least:
            turns += [low] if rising is False else []
            rising, high = True, place
        elif rising is not False and values[high] - value > least:
            turns += [high] if rising is True else []
            rising, low = False, place
        if rising is True:
            low = high
        elif rising is False:
            high = low
    return [*turns, len(values) - 1]


def _phases(values: Values, when: Values, size: float) -> list[Phase]:
    """The one or two stretches of one curvature between two turns."""
    up = bool(values[-1] > values[0])
    rising = values if up else -values
    direction = "up" if up else "down"
    first, last = float(when[0]), float(when[-1])
    steps = np.diff(rising) / np.diff(when)
    best: tuple[float, int, tuple[Pattern, Pattern]] | None = None
    splits: list[tuple[int, tuple[Pattern, Pattern]]] = [
        (int(np.argmax(steps)), ("exponential", "logarithmic")),
        (int(np.argmin(steps)), ("logarithmic", "exponential")),
    ]
    for step, patterns in splits:
        signs = [1.0 if pattern == "logarithmic" else -1.0 for pattern in patterns]
        # The step that is steepest or flattest belongs to either side.
        before = signs[0] * _bow(rising[: step + 2], when[: step + 2], signs[0])
        after = signs[1] * _bow(rising[step:], when[step:], signs[1])
        if min(before, after) > _BENT * size and (best is None or before + after > best[0]):
            best = (before + after, step + 1, patterns)
    if best:
        middle = float(when[best[1]])
        return [
            Phase(first, middle, direction, best[2][0]),
            Phase(middle, last, direction, best[2][1]),
        ]
    over, under = _bow(rising, when, 1.0), -_bow(rising, when, -1.0)
    if max(over, under) <= _BENT * (rising[-1] - rising[0]):
        return [Phase(first, last, direction, "linear")]
    return [Phase(first, last, direction, "logarithmic" if over > under else "exponential")]


def _bow(values: Values, when: Values, sign: float) -> float:
    """How far a stretch bows off its chord, farthest to the side of the sign."""
    part = (when - when[0]) / (when[-1] - when[0])
    off = values - values[0] - part * (values[-1] - values[0])
    return float(off[np.argmax(sign * off)])


def _finite(given: Any, what: str) -> Values:
    try:
        numbers = np.asarray(given, dtype=float)
    except (TypeError, ValueError):
        numbers = np.array([np.nan])
    if numbers.ndim != 1 or not np.all(np.isfinite(numbers)):
        raise BadValue(f"The {what} are not all finite numbers in a row.", "", "Look for NaN.")
    return numbers
