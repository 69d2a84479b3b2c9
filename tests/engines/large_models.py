"""Models of any size, for tests of how the work grows."""

from __future__ import annotations

import random

_KINDS = (
    "{} * 0.3 + MAX({}, {})",
    "{} / (2 + ABS({})) - {} * 0.1",
    "TANH({}) + IF THEN ELSE({} > 1, {}, 0.5)",
    "XIDZ({}, {}, 1) * 0.1 + {} * 0.2",
)


def chain(variables: int) -> str:
    """Equations in a row, each read by the next; every tenth is a stock."""
    lines, before = ["k = 3"], "k"
    for number in range(variables):
        name = f"a{number}"
        if number % 10 == 9:
            lines.append(f"{name} = INTEG({before} - {name} / k, {number % 7})")
        else:
            lines.append(f"{name} = {before} * 0.5 + k")
        before = name
    return _text(lines)


def web(variables: int) -> str:
    """Equations that read any others, and stocks, a fifth of all, that any of them reads."""
    chance = random.Random(variables)
    lines = [f"k{number} = 0.{number + 1}" for number in range(9)]
    for number in range(variables):
        if number % 5 == 0:
            one, other = (f"a{chance.randrange(variables)}" for _ in range(2))
            flow = f"{one} * k{number % 9} - a{number} * 0.2 + MIN({other}, 1)"
            lines.append(f"a{number} = INTEG({flow}, {1 + number % 7})")
        else:
            read = (f"a{chance.randrange(number)}" for _ in range(3))
            lines.append(f"a{number} = {chance.choice(_KINDS).format(*read)}")
    return _text(lines)


def _text(lines: list[str]) -> str:
    return "".join(f"{line} ~~|\n" for line in lines)
