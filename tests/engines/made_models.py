"""Models at random: equations over all functions that an engine of ours supports."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from hypothesis import strategies as st

# What stands in a formula, by its holes: {x} is another formula, {test} is true or false, {lag} is
# a time that does not move, {still} a constant. Numbers of both signs and of size one, so that a
# run of a few steps stays within the numbers most of the time.
_LEAF = "{leaf}"
_FORMULAS = [
    *("ABS({x})", "EXP(-ABS({x}))", "SIN({x})", "COS({x})", "TAN({x} / 9)", "TANH({x})"),
    *("SINH({x} / 9)", "COSH({x} / 9)", "ARCTAN({x})", "ARCSIN(TANH({x}))", "ARCCOS({x} / 9)"),
    *("SQRT(ABS({x}))", "LN(1.5 + ABS({x}))", "LOG(1.2 + ABS({x}), 3)", "(-{x})", "GAME({x})"),
    *("INTEGER({x} * 3)", "table({x})", "WITH LOOKUP({x}, ((-1, 2), (0.5, -1), (2, 0)))"),
    *("({x} + {x})", "({x} - {x})", "({x} * {x})", "({x} / {x})", "({x} / (3 + ABS({x})))"),
    *("MIN({x}, {x})", "MAX({x}, {x})", "MODULO({x}, {x})", "QUANTUM({x}, 0.7 + ABS({x}))"),
    *("(ABS({x}) ^ (1 / (1 + ABS({x}))))", "POWER(0.5 + ABS({x}), TANH({x}))", "({x} ^ {x})"),
    *("ZIDZ({x}, {x})", "XIDZ({x}, {x}, {x})", "IF THEN ELSE({test}, {x}, {x})"),
    *("STEP({x}, 2 + {x})", "PULSE({x}, ABS({x}))", "RAMP({x}, 1, {x})"),
    *("PULSE TRAIN({x}, 0.4, 1, 5)", "INITIAL({x})", "ACTIVE INITIAL({x}, {x})"),
    *("SMOOTH({x}, {lag})", "SMOOTH3({x}, {lag})", "SMOOTHI({x}, {lag}, 2)"),
    *("SMOOTH3I({x}, {lag}, {still})", "SMOOTH3({x}, 0.6 + ABS({x}))"),
    *("SMOOTH N({x}, {lag}, 1, levels)", "SMOOTH N({x}, {lag}, {still}, 5)"),
    *("DELAY1({x}, {lag})", "DELAY3({x}, {lag})", "DELAY1I({x}, {lag}, {still})"),
    *("DELAY3I({x}, {lag}, -1)", "DELAY3({x}, 0.6 + ABS({x}))"),
    *("DELAY N({x}, {lag}, 2, levels)", "DELAY N({x}, {lag}, {still}, 4)"),
    *("TREND({x}, {lag}, 0.1)", "FORECAST({x}, {lag}, 1.5)", "FORECAST({x}, 0.6 + ABS({x}), 2)"),
    *("DELAY FIXED({x}, {lag}, {still})", "DELAY FIXED({x}, {lag}, Tank)"),
    "SAMPLE IF TRUE({test}, {x}, {still})",
]
_TESTS = [
    *("{x} > {x}", "{x} <= {x}", "{x} = {x}", "{x} <> {x}", "{x} >= {x} :OR: Time > 4"),
    *("({x} < {x}) :AND: Time > 1", ":NOT: ({x} < {x} :AND: Tank > 1) :OR: Pool < 0"),
]
_STARTS = ["SIN({x})", "ABS({x})", "({x} * {x})", "({x} - {x})", "SQRT(ABS({x}))"]
_STILL = ["size", "small", "1.5", "-1", "0.7"]
_LAGS = ["size", "lag", "1.5", "(0.6 + ABS(small))", "0.75", "3", "0.2"]
_LEAVES = ["Tank", "Pool", "Time", "size", "small", "lag", "0.3", "1", "2.5", "-1", "0", "4"]

# The first is what a counterexample shrinks to.
_FORMULA = st.sampled_from([*[_LEAF] * 30, *_FORMULAS])
_FILLERS = {"test": _TESTS, "lag": _LAGS, "still": _STILL}
_START = st.sampled_from(["{still}", *_STARTS])
_HOLE = re.compile(r"\{(\w+)\}")


def _written(draw: st.DrawFn, patterns: st.SearchStrategy[str], leaves: Sequence[str]) -> str:
    """One formula over some names."""

    def filled(pattern: str, depth: int) -> str:
        fill: Callable[[re.Match[str]], str] = lambda hole: made(hole[1], depth)  # noqa: E731
        return _HOLE.sub(fill, pattern)

    def made(hole: str, depth: int) -> str:
        if hole == "leaf" or (hole == "x" and depth == 0):
            return draw(st.sampled_from(leaves))
        pattern = draw(patterns if hole == "x" else st.sampled_from(_FILLERS[hole]))
        return filled(pattern, depth - 1)

    return made("x", 4)


@st.composite
def _models(draw: st.DrawFn) -> str:
    auxiliaries = ["aux a", "aux b", "aux c", "aux d"][: draw(st.integers(1, 4))]
    stocks = ["Tank", "Pool", "Well", "Lake"][: draw(st.integers(2, 4))]
    points = draw(st.lists(st.integers(-3, 5), min_size=2, max_size=5, unique=True))
    lines = [
        f"size = {draw(st.sampled_from(['3.5', '1', '0.8']))}",
        f"small = {draw(st.sampled_from(['-0.4', '0.01', '0']))}",
        f"lag = {draw(st.sampled_from(['2.5', '1.05', '0.125']))}",
        f"levels = {draw(st.integers(1, 4))}",
        f"table({', '.join(f'({x}, {x % 3 - 0.7:g})' for x in sorted(points))})",
    ]
    # An auxiliary reads those before it; a stock reads any.
    for place, name in enumerate(auxiliaries):
        known = [*_LEAVES, *auxiliaries[:place], *stocks]
        lines.append(f"{name} = {_written(draw, _FORMULA, known)}")
    for name in stocks:
        flow = _written(draw, _FORMULA, [*_LEAVES, *auxiliaries, *stocks])
        lines.append(f"{name} = INTEG({flow} - {name} * 0.3, {_written(draw, _START, _STILL)})")
    # Read at every step, an auxiliary may stand in a DELAY FIXED or in a SAMPLE IF TRUE.
    lines.append(f"Sum = INTEG({' + '.join(auxiliaries)}, 0)")
    if draw(st.booleans()):
        lines.reverse()
    return "".join(f"{line} ~~|\n" for line in lines)


EQUATIONS: st.SearchStrategy[str] = _models()
"""The equations of one model, without its clock; its constants may be changed by ``CHANGES``."""

CHANGES: st.SearchStrategy[dict[str, float]] = st.fixed_dictionaries(
    {},
    optional={
        "size": st.sampled_from([3.5, 0.6, 7.0]),
        "small": st.sampled_from([0.0, -2.0, 0.3]),
        "lag": st.sampled_from([0.3, 1.0, 5.5]),
        "levels": st.sampled_from([1.0, 3.0]),
    },
)
"""Constants of a made model, and other values for them."""
