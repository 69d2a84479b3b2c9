"""Why a run breaks off, in words that every engine of ours shares."""

from __future__ import annotations

from dataclasses import dataclass

from cpdynamics.errors import BadValue, RunFailed

DIVIDES_BY_ZERO = "divides by zero"
NO_REAL_VALUE = "has no real value"
NO_INTEGER = "takes the whole part of what is no finite number"
NOT_FINITE = "is no finite number"
TOO_SHORT = "has a delay time of less than one TIME STEP"
NO_CHANCE = "draws from an empty or endless range, or with a negative spread,"
NO_LENGTH = "has a delay time that is no finite number"

WHY = {
    "zero": DIVIDES_BY_ZERO,
    "power": NO_REAL_VALUE,
    "finite": NO_INTEGER,
    "length": NO_LENGTH,
    "chance": NO_CHANCE,
    "check": TOO_SHORT,
}
"""Why a run broke off at a site of each kind."""

_REMEDIES = {
    DIVIDES_BY_ZERO: "ZIDZ(a, b) and XIDZ(a, b, x) say what a/0 is to be.",
    NO_REAL_VALUE: "A negative number to a fractional power? MAX(0, ...) would prevent it.",
    NO_CHANCE: "A RANDOM function wants its least below its most, and a spread of 0 or more.",
    TOO_SHORT: "Choose a longer delay or a shorter TIME STEP.",
}
_OTHERWISE = "Look for a loop that explodes; a shorter TIME STEP may do."


@dataclass(frozen=True)
class Failure:
    """Why a run broke off.

    Attributes:
        variable: as written in the .mdl.
        time: when.
        why: what it does there, as the end of a sentence that begins with the variable.
    """

    variable: str
    time: float
    why: str

    def __str__(self) -> str:
        return f'"{self.variable}" {self.why} at time {self.time:g}.'

    def error(self) -> BadValue | RunFailed:
        """What to raise where this was the only run; the kinds are those of PySD's engine."""
        kind = BadValue if self.why == TOO_SHORT else RunFailed
        return kind(str(self), "", _REMEDIES.get(self.why, _OTHERWISE))
