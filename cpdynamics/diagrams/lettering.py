"""How much room a name takes, in pixels, and where its lines break."""

from __future__ import annotations

SIZE = 16
LINE = 18
_FEW = 10  # words whose every division into lines is tried

# Advance widths of Arial and its metric twins, in thousandths of the size.
_NARROW = {**dict.fromkeys("ijl'", 222), **dict.fromkeys(" fIt,./!", 278)}
_MIDDLE = {**dict.fromkeys("r()-", 333), **dict.fromkeys("ckszJvxy", 500)}
_WIDE = {"m": 833, "M": 833, "w": 722, "W": 944, "%": 889, **dict.fromkeys("<>+=", 584)}
_CAPITALS = {**dict.fromkeys("ABEKPSVXY", 667), **dict.fromkeys("CDHNRU", 722)}
_CAPITALS |= {**dict.fromkeys("FTZ", 611), **dict.fromkeys("GOQ", 778)}
_WIDTHS = {**_NARROW, **_MIDDLE, **_WIDE, **_CAPITALS}


def width(text: str, *, size: float = SIZE) -> float:
    """The width of one line of text in pixels."""
    return sum(_WIDTHS.get(letter, 556) for letter in text) * size / 1000


def wrap(text: str, *, within: float) -> list[str]:
    """The lines of a label, as few as fit the width and as even as possible."""
    words = text.split()
    if len(words) > _FEW:
        return refill(text, within=within)
    for count in range(1, len(words) + 1):
        lines = _even(words, count)
        if max(width(line) for line in lines) <= within:
            return lines
    return words


def refill(text: str, *, within: float) -> list[str]:
    """The lines as Vensim breaks them: each filled up to the width of its box."""
    lines: list[str] = []
    room = 0.0
    for word in text.split():
        needed = width(word)
        if lines and needed + width(" ") <= room + 1e-6:
            lines[-1] += " " + word
            room -= needed + width(" ")
        else:
            lines.append(word)
            room = within - needed
    return lines


def _even(words: list[str], count: int) -> list[str]:
    """The split into so many lines whose longest line is shortest."""
    if count == 1:
        return [" ".join(words)]
    best: list[str] = []
    for first in range(1, len(words) - count + 2):
        lines = [" ".join(words[:first]), *_even(words[first:], count - 1)]
        if not best or max(map(width, lines)) < max(map(width, best)):
            best = lines
    return best
