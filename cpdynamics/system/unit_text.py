"""Units as text: ``GBP/(Child*Month)`` to a product of powers, and back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from cpdynamics.errors import BadValue, clipped
from cpdynamics.mdl.names import canonical

if TYPE_CHECKING:
    from pint.util import UnitsContainer

_PURE = frozenset(("1", "dmnl", "dimensionless", "fraction"))
_TOKENS = re.compile(r"\*\*|[*/^()]|[^*/^()]+")
_WORD = re.compile(r"[^*/^()]+")
_POWER = re.compile(r"[+-]?\d{1,2}(?:\.\d{1,6})?")
_SYNONYMS = re.compile(r"^22:([^\r\n]*)", re.MULTILINE)
_LONGEST, _BRACKETS = 500, 20
_NOUGHT = 1e-9  # exponents come from floats: (x ^ 3) ^ (1 / 3)


def read_units(text: str, synonyms: Mapping[str, str] | None = None) -> UnitsContainer | None:
    """The units as a product of powers of words; None for an empty text, which says nothing.

    Only pint's algebra is used, never its parser nor its units: a word is whatever the file says,
    capitals, underscores and runs of spaces aside. 1, Dmnl, Dimensionless and Fraction are no unit.
    Person and People are two unless they are declared to be one, as in Vensim
    (https://vensim.com/documentation/ref_units_equiv.html).

    Args:
        text: such as ``Child/Month``, ``GBP/(FTE*Month)``, ``Square Meter``, ``Month^2``, ``%``.
        synonyms: word -> the word that stands for it, as `declared_synonyms` returns them.

    Raises:
        BadValue: a text that is no product of powers.
    """
    if not text.strip():
        return None
    if len(text) > _LONGEST or text.count("(") > _BRACKETS:
        raise _unreadable(text)
    return _Reading(text, synonyms or {}).whole()


def declared_synonyms(settings: str) -> dict[str, str]:
    """Each word that Vensim's settings say is another's synonym -> the word that stands for all.

    Args:
        settings: the block at the end of a .mdl; its lines ``22:Month,Months`` are read.
    """
    found: dict[str, str] = {}
    for line in _SYNONYMS.findall(settings):
        words = [canonical(word) for word in line.split(",") if word.strip()]
        pure = [word for word in words if word in _PURE]
        known = [found[word] for word in words if word in found]
        if words:
            found |= dict.fromkeys(words, (*pure, *known, *words)[0])
    return found


def units_text(units: UnitsContainer, spelling: Mapping[str, str] | None = None) -> str:
    """The units as Vensim writes them: ``Dmnl``, ``1/month``, ``gbp/(child*month)``.

    Args:
        units: as `read_units` returns them.
        spelling: word -> how the file writes it.
    """
    shown = spelling or {}
    powers = [(shown.get(word, word), power) for word, power in _powers(units)]
    above = [_raised(word, power) for word, power in powers if power > _NOUGHT]
    below = [_raised(word, -power) for word, power in powers if power < -_NOUGHT]
    if not below:
        return "*".join(above) or "Dmnl"
    under = "*".join(below)
    return f"{'*'.join(above) or '1'}/{f'({under})' if len(below) > 1 else under}"


def same_units(one: UnitsContainer, other: UnitsContainer) -> bool:
    """Whether two units are equal, rounding of their powers aside."""
    return all(abs(power) <= _NOUGHT for _, power in _powers(one / other))


def unit_words(text: str) -> dict[str, str]:
    """Each unit in a text, by the word that `read_units` knows it by -> as it is written."""
    return {canonical(word): " ".join(word.split()) for word in _WORD.findall(text) if word.strip()}


class _Reading:
    """product = factor (* or / factor)...; factor = word or (product), raised to a power or not."""

    def __init__(self, text: str, synonyms: Mapping[str, str]) -> None:
        self.text, self.synonyms = text, synonyms
        tokens = (token.strip() for token in _TOKENS.findall(text))
        self.waiting = [token for token in tokens if token][::-1]

    def whole(self) -> UnitsContainer:
        units = self.product()
        if self.waiting:
            raise _unreadable(self.text)
        return units

    def product(self) -> UnitsContainer:
        units = self.factor()
        while self.waiting and self.waiting[-1] in ("*", "/"):
            sign, factor = self.waiting.pop(), self.factor()
            units = units * factor if sign == "*" else units / factor
        return units

    def factor(self) -> UnitsContainer:
        part = self.waiting.pop() if self.waiting else ""
        if part == "(":
            units = self.product()
            if not self.waiting or self.waiting.pop() != ")":
                raise _unreadable(self.text)
        elif _WORD.fullmatch(part):
            units = self.word(part)
        else:
            raise _unreadable(self.text)
        if self.waiting and self.waiting[-1] in ("^", "**"):
            self.waiting.pop()
            units = units ** self.power()
        return units

    def word(self, part: str) -> UnitsContainer:
        from pint.util import UnitsContainer

        word = canonical(part)
        word = self.synonyms.get(word, word)
        return UnitsContainer() if word in _PURE else UnitsContainer({word: 1})

    def power(self) -> float:
        bracket = self.waiting[-1:] == ["("]
        parts = [self.waiting.pop() for _ in range(3 if bracket else 1) if self.waiting]
        number = "".join(parts).strip("()") if bracket and parts[-1] == ")" else "".join(parts)
        if not _POWER.fullmatch(number):
            raise _unreadable(self.text)
        return float(number)


def _powers(units: UnitsContainer) -> list[tuple[str, float]]:
    return sorted((word, cast("float", power)) for word, power in units.items())


def _raised(word: str, power: float) -> str:
    return word if abs(power - 1) <= _NOUGHT else f"{word}^{power:g}"


def _unreadable(text: str) -> BadValue:
    return BadValue(
        f'"{clipped(text)}" is no unit.',
        "Units are words with * and /, such as Child/Month or GBP/(Child*Month).",
    )
