"""Whether a claim is one link of the model, and which way that link goes."""

from __future__ import annotations

from collections.abc import Iterable

from cpdynamics.mdl.names import canonical
from cpdynamics.system.graph import Link, Polarity

_SIGN: dict[Polarity, int] = {"+": 1, "-": -1}


def polarity(links: Iterable[Link], cause: str, effect: str, between: Iterable[str]) -> Polarity:
    """Which way an effect goes when its cause rises, by all ways of one or two links.

    Args:
        links: of the model.
        cause: in any spelling.
        effect: in any spelling.
        between: canonical names that a way may run through: a stock would make it a chain.

    Returns:
        "+" or "-" where every way says the same; "?" where one of them turns, they differ, or
        there is none.
    """
    cause, effect = canonical(cause), canonical(effect)
    through = set(between) - {cause, effect}
    known = {(one.cause, one.effect): one.polarity for one in links}
    ways: list[tuple[Polarity, ...]] = [(known[cause, effect],)] if (cause, effect) in known else []
    ways += [
        (known[cause, name], known[name, effect])
        for name in through
        if (cause, name) in known and (name, effect) in known
    ]
    signs = {_product(way) for way in ways if "0" not in way}
    if signs == {1}:
        return "+"
    return "-" if signs == {-1} else "?"


def _product(way: tuple[Polarity, ...]) -> int:
    sign = 1
    for one in way:
        sign *= _SIGN.get(one, 0)
    return sign
