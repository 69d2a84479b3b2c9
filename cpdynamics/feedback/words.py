"""Which loop dominates when, in a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

DOMINANT = 0.5
"""Mean part of all scores from which a loop dominates; with less it only leads."""

_BRIEF = 0.04
"""Part of the times below which a period is passed over."""

_FEWEST = 3
"""Saved times below which it is passed over however short the run."""

_LONGEST = 6
"""Periods told; of more, the briefest join their neighbours."""

_NO_UNITS = ("", "1", "dmnl", "dimensionless")


class Period(NamedTuple):
    """A stretch of time in which one loop has the largest share.

    Attributes:
        key: the loop's family; empty at rest.
        start: place of its first time.
        stop: place after its last.
    """

    key: str
    start: int
    stop: int

    @property
    def length(self) -> int:
        """How many times it lasts."""
        return self.stop - self.start


def in_words(relative: pd.DataFrame, titles: Mapping[str, str], time_unit: str) -> str:
    """Which loop dominates when, in a sentence; nothing where no loop is ever at work.

    Args:
        relative: index = T times, a column of relative scores for each family.
        titles: column -> what to call it.
        time_unit: such as "Month".
    """
    sizes = relative.abs().to_numpy(dtype=float)
    found = periods(sizes, list(relative.columns))
    if not any(period.key for period in found):
        return ""
    place = {key: number for number, key in enumerate(relative.columns)}
    times = relative.index.to_numpy(dtype=float)
    unit = "time " if time_unit.lower() in _NO_UNITS else f"{time_unit.lower()} "
    told = []
    for number, period in enumerate(found):
        if period.key:
            size = sizes[period.start : period.stop, place[period.key]].mean()
            verb = "dominates" if size >= DOMINANT else "leads"
            what = f"{titles[period.key]} {verb}"
        else:
            what = "no loop is at work"
        last = number == len(found) - 1
        # A period begins with its first time at work; the one before lasts until then.
        until = "" if last else f"{unit}{times[period.stop]:g}"
        told.append(_clause(what, until, first=number == 0))
    text = ", ".join(told)
    return f"{text[0].upper()}{text[1:]}."


def periods(sizes: np.ndarray, keys: Sequence[str]) -> list[Period]:
    """Who has the largest share when, without what is too brief to tell.

    Args:
        sizes: T times by N families, none below 0.
        keys: the families.
    """
    # The first time has no change behind it: it belongs to what follows.
    leads = [keys[int(row.argmax())] if row.any() else "" for row in sizes]
    if len(leads) > 1 and not leads[0]:
        leads[0] = leads[1]
    shortest = max(_FEWEST, int(_BRIEF * len(leads)))
    found = _runs(leads)
    while len(found) > 1:
        brief = min(found, key=lambda one: one.length)
        if brief.length >= shortest and len(found) <= _LONGEST:
            break
        for place, key in _instead(found, brief, sizes, keys):
            leads[place] = key
        found = _runs(leads)
    return found


def _runs(leads: Sequence[str]) -> list[Period]:
    starts = [at for at, key in enumerate(leads) if at == 0 or leads[at - 1] != key]
    return [
        Period(leads[start], start, stop)
        for start, stop in zip(starts, [*starts[1:], len(leads)], strict=True)
    ]


def _instead(
    found: list[Period], brief: Period, sizes: np.ndarray, keys: Sequence[str]
) -> list[tuple[int, str]]:
    """A brief period given to the neighbour that is worth more in it."""
    at = found.index(brief)
    beside = [found[near].key for near in (at - 1, at + 1) if 0 <= near < len(found)]

    def worth(key: str) -> float:
        if not key:
            return -1.0
        return float(sizes[brief.start : brief.stop, list(keys).index(key)].sum())

    best = max(beside, key=worth)
    return [(place, best) for place in range(brief.start, brief.stop)]


def _clause(what: str, until: str, *, first: bool) -> str:
    if first:
        return f"until {until} {what}" if until else f"{what} throughout"
    return f"then {what} until {until}" if until else f"then {what}"
