"""SUM, PROD, VMIN and VMAX of several values, which in PySD 3.14 pass over NaN."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cpdynamics.system.expressions import Expression, Number, Operation

_EMPTY = {"sum": 0.0, "prod": 1.0, "vmin": float("inf"), "vmax": float("-inf")}


def reduced(name: str, terms: list[Expression], *, sure: bool = False) -> Expression:
    """The value of SUM and its like.

    Args:
        name: ``sum``, ``prod``, ``vmin`` or ``vmax``.
        terms: two or more.
        sure: whether no term can be NaN.
    """
    if sure:
        return _JOINED[name](terms)
    found = _JOINED[name]([_or_else(one, _EMPTY[name]) for one in terms])
    if name in ("sum", "prod"):
        return found
    # All of them NaN: neither end has been moved from where it was.
    other = "vmax" if name == "vmin" else "vmin"
    far = _JOINED[other]([_or_else(one, _EMPTY[other]) for one in terms])
    low, high = (found, far) if name == "vmin" else (far, found)
    nothing = Operation(">", (low, high))
    return Operation("if then else", (nothing, Number(float("nan")), found))


def least(terms: list[Expression]) -> Expression:
    """The least value, NaN if any is NaN.

    Args:
        terms: one or more.
    """
    return _halved("min", terms)


def _or_else(value: Expression, instead: float) -> Expression:
    itself = Operation("=", (value, value))
    return Operation("if then else", (itself, value, Number(instead)))


def _halved(name: str, terms: list[Expression]) -> Expression:
    # As a tree with few levels, since whatever reads it goes down them by recursion.
    while len(terms) > 1:
        pairs = zip(terms[::2], terms[1::2], strict=False)
        odd = terms[-1:] if len(terms) % 2 else []
        terms = [Operation(name, pair) for pair in pairs] + odd
    return terms[0]


_JOINED: Mapping[str, Callable[[list[Expression]], Expression]] = {
    "sum": lambda terms: Operation("+", tuple(terms)),
    "prod": lambda terms: Operation("*", tuple(terms)),
    "vmin": lambda terms: _halved("min", terms),
    "vmax": lambda terms: _halved("max", terms),
}
