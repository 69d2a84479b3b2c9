"""Units as people write them, turned into those of a model."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from cpdynamics.errors import BadValue, clipped
from cpdynamics.system.unit_text import read_units, same_units, units_text

if TYPE_CHECKING:
    from pint.util import UnitsContainer

MONTHS_A_DAY = 12 / 365.25
WORKING_DAYS_A_MONTH = 21
"""As the models count them: 33 working days are 1.571 months."""


def _each(words: str, factor: float, meaning: str) -> dict[str, tuple[float, str]]:
    return {word.replace("_", " "): (factor, meaning) for word in words.split()}


_WORDS: Mapping[str, tuple[float, str]] = {
    **_each("child children case cases referral referrals plan plans episode episodes", 1, "child"),
    **_each("fte ftes wte full-time_equivalent full-time_equivalents", 1, "fte"),
    **_each("incident incidents notification notifications", 1, "incident"),
    **_each("gbp £ pound pounds", 1, "gbp"),
    **_each("£k £000 £000s", 1e3, "gbp"),
    **_each("£m £million", 1e6, "gbp"),
    **_each("£bn £billion", 1e9, "gbp"),
    **_each("year years yr annum", 12, "month"),
    **_each("quarter quarters", 3, "month"),
    **_each("month months", 1, "month"),
    **_each("week weeks", 7 * MONTHS_A_DAY, "month"),
    **_each("day days", MONTHS_A_DAY, "month"),
    **_each("working_day working_days", 1 / WORKING_DAYS_A_MONTH, "month"),
    **_each("hour hours", 1, "hour"),
    **_each("% percent pct percentage", 0.01, ""),
    **_each("share proportion ratio", 1, ""),
    **_each("number", 1, "number"),
    **_each("thousand", 1e3, ""),
    **_each("million", 1e6, ""),
    **_each("billion", 1e9, ""),
}
_HEADS = frozenset(
    ("people", "person", "persons", "headcount", "heads", "head", "staff", "worker", "workers")
)
_FAMILIES = frozenset(["family", "families", "household", "households"])
_BY_POPULATION = re.compile(r"per\s*10,?000|/\s*10,?000")
_SPELT = (
    (re.compile(r"\bper\s*cent\b"), "%"),
    (re.compile(r"^%\s+of\s+[^/]*?(?=\s*(?:/|\bper\b|\ba\b|$))"), "%"),
    (re.compile(r"\bp\.?\s?a\.?$|\b(?:per annum|yearly|annually)\b"), "/year"),
    (re.compile(r"\s+(?:per|an?|each)\s+(?=[a-z])"), "/"),
    (re.compile(r"\b(thousand|million|billion)\s+(?=[a-z£])"), r"\1*"),
    (re.compile(r"\s*/\s*/?\s*"), "/"),
)


@dataclass(frozen=True)
class Measure:
    """A unit as it was written, in the few units that the models count in.

    Attributes:
        text: as it was written.
        spelt: the same with signs in place of words, such as "fte/year" for "FTE a year".
        factor: what a number in it is multiplied by, to be in ``units``.
        units: a product of powers of child, fte, month, gbp, incident, hour, or unknown words.
    """

    text: str
    spelt: str
    factor: float
    units: UnitsContainer

    @property
    def a_month(self) -> float:
        """How many months the time is that it counts by: 12 for children a year, 0 for none."""
        if self._power("month") != -1:
            return 0.0
        for word in re.findall(r"[a-z ]+", self.spelt.rpartition("/")[2]):
            if word.strip() in _WORDS:
                return _WORDS[word.strip()][0]
        return 1.0

    @property
    def share(self) -> bool:
        """Whether it has no units at all: a share, in percent or not."""
        return not len(self.units)

    def _power(self, word: str) -> float:
        return cast("float", self.units.get(word, 0))


def measure(text: str) -> Measure:
    """The unit that a text stands for.

    Args:
        text: such as "children/year", "% of days", "FTE", "GBP million a year", "Child/Month".

    Raises:
        BadValue: heads or families where children or FTE are counted, a rate by population, or
            no unit at all.
    """
    from pint.util import UnitsContainer

    plain = " ".join(text.replace("_", " ").lower().split())
    if _BY_POPULATION.search(plain):
        raise BadValue(
            f'"{clipped(text)}" is a rate by population.',
            "The models count the children of one authority.",
            "Give the number itself.",
        )
    for pattern, instead in _SPELT:
        plain = pattern.sub(instead, plain)
    plain = plain.strip("/ ")
    read = read_units(plain)
    if read is None:
        raise BadValue("The unit is missing.", 'Such as "children", "FTE/year" or "%".')
    factor, units = 1.0, UnitsContainer()
    for word, power in read.items():
        if word in _HEADS:
            raise BadValue(
                f'"{clipped(text)}" counts heads.',
                "The models count staff in full-time equivalents, and children as children.",
                'Give FTE, or write "children" if children are meant.',
            )
        if word in _FAMILIES:
            raise BadValue(
                f'"{clipped(text)}" counts families.',
                "The models count children, as the DfE does.",
                "Give the number of children.",
            )
        if word not in _WORDS:
            raise BadValue(
                f'"{clipped(word)}" is no unit that the models know.',
                "Such as children, cases, FTE, GBP, incidents, %, working days, and /year or"
                " /month.",
            )
        times, meaning = _WORDS[word]
        factor *= times ** cast("float", power)
        if meaning:
            units = units * UnitsContainer({meaning: 1}) ** power
    return Measure(" ".join(text.split()), plain, factor, units)


def factor_to(given: Measure, wanted: Measure) -> float:
    """What a number in one unit is multiplied by, to be in another.

    Args:
        given: of the figure.
        wanted: of the model's variable.

    Raises:
        BadValue: they measure different things.
    """
    if not same_units(given.units, wanted.units):
        raise BadValue(
            f'"{clipped(given.text)}" ({units_text(given.units)}) came.',
            f"{wanted.text} was expected.",
        )
    return given.factor / wanted.factor


def monthly(given: Measure) -> str:
    """The unit of a rate once it is counted by the month: "children/year" -> "children/month".

    Args:
        given: a rate.
    """
    top = given.spelt.rpartition("/")[0].strip() or "1"
    return {"fte": "FTE", "gbp": "GBP"}.get(top, top) + "/month"
