"""Models at random: equations over all functions that an engine of ours supports."""

from __future__ import annotations

from hypothesis import strategies as st

# What every formula may read. Numbers of both signs and of size one, so that a run of a few
# steps stays within the numbers most of the time.
SKELETON = """
Tank = INTEG({0} - Tank * 0.3, {1}) ~~|
Pool = INTEG(Tank * 0.2 - Pool / size, 2) ~~|
size = 3.5 ~~|
small = -0.4 ~~|
table((-2, 1), (0, 0.5), (1, -0.7), (4, 2)) ~~|
first = {2} ~~|
second = {3} ~~|
third = {4} ~~|
"""
_UNARY = ["ABS({})", "EXP(-ABS({}))", "SIN({})", "COS({})", "TANH({})", "ARCTAN({})", "table({})"]
_UNARY += ["SQRT(ABS({}))", "LN(1.5 + ABS({}))", "(-{})", "INTEGER({} * 3)", "GAME({})"]
_BINARY = ["({} + {})", "({} - {})", "({} * {})", "MIN({}, {})", "MAX({}, {})", "ZIDZ({}, {})"]
_BINARY += ["({} / (3 + ABS({})))", "MODULO({}, 0.3 + ABS({}))", "QUANTUM({}, 0.7 + ABS({}))"]
_BINARY += [
    "(ABS({}) ^ (1 / (1 + ABS({}))))",
    "STEP({}, 2 + {})",
    "PULSE({}, ABS({}))",
    "({} / {})",
]
_TESTS = ["{} > {}", "{} <= {}", "({} < {}) :AND: Time > 1", ":NOT: {} >= {}", "{} = {}"]
_MEMORIES = ["SMOOTH({}, {})", "SMOOTH3I({}, {}, 1)", "DELAY1({}, {})", "DELAY3({}, {})"]
_MEMORIES += ["DELAY N({}, size, {}, 2)", "TREND({}, {}, 0.1)", "DELAY FIXED({}, {}, small)"]
_MEMORIES += ["FORECAST({}, {}, 1.5)", "INITIAL({} + {})", "DELAY1I({}, {}, size)"]
_LEAVES = ["Tank", "Pool", "size", "small", "Time", "0.3", "1", "2.5", "-1"]


def _filled(patterns: list[str], *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(
        lambda pattern, *inner: pattern.format(*inner), st.sampled_from(patterns), *parts
    )


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    lag = st.sampled_from(["1.5", "size", "(0.6 + ABS(small))", "0.75", "3"])
    test = _filled(_TESTS, inner, inner)
    return st.one_of(
        _filled(_UNARY, inner),
        _filled(_BINARY, inner, inner),
        _filled(_MEMORIES, inner, lag),
        st.builds("IF THEN ELSE({}, {}, {})".format, test, inner, inner),
        st.builds("XIDZ({}, {}, {})".format, inner, inner, inner),
        st.builds("RAMP({}, 1, {})".format, inner, inner),
    )


def _formulas(*more: str) -> st.SearchStrategy[str]:
    return st.recursive(st.sampled_from([*_LEAVES, *more]), _larger, max_leaves=10)


EQUATIONS: st.SearchStrategy[str] = st.builds(
    SKELETON.format,
    _formulas("first", "third"),
    st.recursive(st.sampled_from(["1.5", "size", "small"]), lambda i: _filled(_UNARY[:6], i)),
    _formulas(),
    _formulas("first"),
    _formulas("first", "second"),
)
"""The equations of one model, without its clock."""
