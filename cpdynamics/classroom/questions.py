"""Questions as data: text, choices that explain themselves, and numbers that a model answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from cpdynamics.classroom.flows import Asks, Flows
from cpdynamics.errors import BadValue, clipped, unknown_name
from cpdynamics.plots import said

UNTOLD = "It cannot be told from this chart"
"""How the choice is written that a chart does not show the answer."""

_LONGEST_NUMBER = 40
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Choice:
    """One answer to choose.

    Attributes:
        text: the answer.
        why: why somebody would choose it, and what is so.
        right: whether it fits what the chart, the model or the evidence says.
        by: the way of thinking that leads there, such as "correlation"; may be empty.
    """

    text: str
    why: str
    right: bool = False
    by: str = ""


@dataclass(frozen=True)
class Region:
    """Wrong numbers of one kind.

    Attributes:
        up_to: the highest of them, as a multiple of the right answer; None for all the rest.
        why: why somebody would answer so, and what is so.
    """

    up_to: float | None
    why: str


@dataclass(frozen=True)
class Number:
    """A number that a run of a model answers.

    Attributes:
        model: a name that ``load`` knows.
        variable: of the model.
        scenario: a name of the story, constants and their values, or empty for the base.
        measure: "value", "change" from the base, "percent" of the base, "highest", "lowest",
            "month of highest" or "month of lowest".
        at: the time for the first three; None for the end.
        unit: what to write behind the box.
        tolerance: the part of the right answer that may be missed.
        right: what to say where it is not.
        regions: of other answers, from low to high.
    """

    model: str
    variable: str
    scenario: str | Mapping[str, float] = ""
    measure: str = "value"
    at: float | None = None
    unit: str = ""
    tolerance: float = 0.1
    right: str = ""
    regions: tuple[Region, ...] = ()


@dataclass(frozen=True)
class Part:
    """One thing that is asked: with choices, or for a number.

    Attributes:
        key: unlike all others of the question.
        text: what is asked.
        choices: to choose from; none where a number is asked for.
        number: what a model answers; None where there are choices.
        asks: what is asked of two flows; empty for none.
    """

    key: str
    text: str
    choices: tuple[Choice, ...] = ()
    number: Number | None = None
    asks: Asks | None = None


@dataclass(frozen=True)
class Question:
    """One or more things that are asked about one text.

    Attributes:
        key: unlike that of all other questions.
        text: paragraphs, an empty line between them.
        parts: what is asked.
        title: a heading; may be empty.
        source: where the question comes from; may be empty.
        pair: what a form before and a form after have in common; may be empty.
        form: "before" or "after" where there is a pair.
        flows: a chart to read; None for none.
    """

    key: str
    text: str
    parts: tuple[Part, ...]
    title: str = ""
    source: str = ""
    pair: str = ""
    form: str = ""
    flows: Flows | None = None

    def part(self, key: str = "") -> Part:
        """The part of that key; the only one where there is one.

        Args:
            key: of the part.

        Raises:
            UnknownName: there is no such part.
        """
        if not key and len(self.parts) == 1:
            return self.parts[0]
        for part in self.parts:
            if part.key == key:
                return part
        raise unknown_name(f'part of "{self.key}"', key, [part.key for part in self.parts])


@dataclass(frozen=True)
class Explained:
    """What a check says.

    Attributes:
        given: the answer as it is kept: a choice's text, or a number.
        why: the explanation.
        right: whether the answer fits.
    """

    given: str | float
    why: str
    right: bool


@dataclass(frozen=True)
class Worked:
    """What a model answers.

    Attributes:
        answer: the right number.
        start: the variable at the start of the run.
        base: the same measure of the base.
    """

    answer: float
    start: float
    base: float = field(default=float("nan"))


def chosen(part: Part, given: object) -> Choice:
    """The choice that was given by its text, or by its number from 1.

    Args:
        part: with choices.
        given: what came.

    Raises:
        BadValue: it is neither.
        UnknownName: there is no such choice.
    """
    if isinstance(given, int) and not isinstance(given, bool):
        if 1 <= given <= len(part.choices):
            return part.choices[given - 1]
        raise BadValue(f"Choice {given} was given.", f"There are {len(part.choices)}.")
    if not isinstance(given, str):
        raise BadValue(f"The choice {clipped(given)} was given.", "Its text was expected.")
    for choice in part.choices:
        if choice.text == given:
            return choice
    raise unknown_name("choice", given, [choice.text for choice in part.choices])


def read_number(given: object) -> float:
    """The number that somebody typed: "1,200", "12 %" and "£ 3.5" are numbers, too.

    Args:
        given: text, or a number.

    Raises:
        BadValue: it is none.
    """
    text = str(given) if isinstance(given, str | int | float) else ""
    plain = text.replace("\N{MINUS SIGN}", "-").strip().strip("%£").strip()
    if len(text) > _LONGEST_NUMBER or isinstance(given, bool):
        plain = ""
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", plain, re.ASCII):
        plain = plain.replace(",", "")
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,2})?", plain, re.ASCII | re.IGNORECASE):
        raise BadValue(f'"{clipped(text, 40)}" is no number.', "", "Write one such as 120 or 3.5.")
    return float(plain)


def weighed(number: Number, given: float, worked: Worked) -> Explained:
    """What to say to a number.

    Args:
        number: what is asked for.
        given: what was answered.
        worked: what the model answers.

    Raises:
        BadValue: the model answers zero, of which nothing is a multiple.
    """
    if not worked.answer:
        raise BadValue(
            f'The model answers 0 for "{clipped(number.variable)}".', "", "Ask for another measure."
        )
    ratio = given / worked.answer
    if abs(ratio - 1) <= number.tolerance + _ROUNDING:
        return Explained(given, _filled(number.right, given, worked), right=True)
    region = next(one for one in number.regions if one.up_to is None or ratio <= one.up_to)
    return Explained(given, _filled(region.why, given, worked), right=False)


def _filled(why: str, given: float, worked: Worked) -> str:
    words = {
        "{answer}": worked.answer,
        "{given}": given,
        "{start}": worked.start,
        "{base}": worked.base,
    }
    # Never str.format: a file of somebody else's could reach into objects with it.
    pattern = "|".join(map(re.escape, words))
    return re.sub(pattern, lambda found: said(float(f"{words[found[0]]:.3g}")), why)


Questions: TypeAlias = Mapping[str, Question]
