from __future__ import annotations

import math
import time
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cpdynamics.system.bounds import ANY, Interval
from cpdynamics.system.derivatives import derivative
from cpdynamics.system.evaluating import evaluate
from cpdynamics.system.expressions import (
    Curve,
    Expression,
    Memory,
    Number,
    Opaque,
    Operation,
    walk,
)
from cpdynamics.system.intervals import interval
from cpdynamics.system.polynomials import polynomial
from tests.system.formulas import FORMULAS, X, Y, Z, call

INF = math.inf
BOX = {"x": Interval(0, INF), "y": Interval(-1, 2), "z": Interval(0.5, 2)}
HUMP = Curve((0.0, 0.62, 1.0), (0.0, 3.1, 1.0), X)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (Number(3.0), (3, 3)),
        (call("+", X, Y), (-1, INF)),
        (call("-", Y, Z), (-3, 1.5)),
        (call("*", X, Y), (-INF, INF)),
        (call("*", 0, X), (0, 0)),
        (call("*", call("negative", X), 0), (0, 0)),
        (call("*", call("negative", X), X), (-INF, 0)),
        (call("*", Y, Z), (-2, 4)),
        (call("/", 1, X), (0, INF)),
        (call("/", 1, Y), (-INF, INF)),
        (call("/", 1, Z), (0.5, 2)),
        (call("/", 1, 0), (-INF, INF)),
        (call("^", Y, 2), (0, 4)),
        (call("^", Y, 3), (-1, 8)),
        (call("^", Z, -1), (0.5, 2)),
        (call("^", X, Z), (0, INF)),
        (call("^", X, Y), (0, INF)),
        (call("^", Z, Y), (0.25, 4)),
        (call("^", Y, Z), (-INF, INF)),
        (call("^", Y, 0.5), (0, 2**0.5)),
        (call("min", X, Z), (0, 2)),
        (call("max", 0, Y), (0, 2)),
        (call("max", X, Z), (0.5, INF)),
        (call("abs", Y), (0, 2)),
        (call("exp", X), (1, INF)),
        (call("ln", X), (-INF, INF)),
        (call("ln", call("+", 1, X)), (0, INF)),
        (call("sqrt", X), (0, INF)),
        (call("sin", X), (-1, 1)),
        (call("arctan", X), (0, math.pi / 2)),
        (call("if then else", call(">", Z, 0.4), X, Y), (0, INF)),
        (call("if then else", call(">", Z, 3), X, Y), (-1, 2)),
        (call("if then else", call(">", Z, 1), Z, Y), (-1, 2)),
        (call("xidz", 1, X, 7), (0, 1e6)),
        (call("xidz", 1, Z, 7), (0.5, 2)),
        (call("xidz", 1, 0, 7), (7, 7)),
        (call("zidz", 1, Y), (-1e6, 1e6)),
        (HUMP, (0, 3.1)),
        (Curve((0.0, 1.0), (5.0, 7.0), Z), (6, 7)),
        (Curve((0.0, 1.0, 2.0), (5.0, 7.0, 1.0), Z, between="hold"), (1, 7)),
        (Curve((0.0, 1.0, 2.0), (5.0, 7.0, 1.0), Z, between="ahead"), (1, 7)),
        (Memory("smooth", (("input", Y), ("smooth_time", X), ("initial", Number(9.0)))), (-1, 9)),
        (call("step", 3, X), (0, 3)),
        (call("impulse", Y), (0, INF)),
        (Opaque("data"), (-INF, INF)),
        (call("nobody knows", X), (-INF, INF)),
    ],
)
def test_the_bounds_of_each_operation(
    expression: Expression, expected: tuple[float, float]
) -> None:
    assert interval(expression, BOX) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (call("-", X, X), (0, 0)),
        (call("-", call("+", X, Z), X), (0.5, 2)),
        (call("/", X, call("+", 1, X)), (0, 1)),
        (call("xidz", X, call("+", X, Z), 0), (0, 1)),
        (call("/", call("*", Y, X), call("+", 1, X)), (-1, 2)),
        (call("/", call("-", X, 1), call("+", X, 1)), (-1, 1)),
        (call("/", call("max", 0, call("-", X, Z)), X), (0, 1)),
        (call("-", call("*", X, call("+", 1, X)), call("*", X, X)), (0, INF)),
        (call("-", call("*", 0.5, X, X), call("*", X, X)), (-INF, 0)),
    ],
)
def test_what_is_the_same_cancels_and_a_part_is_no_more_than_its_whole(
    expression: Expression, expected: tuple[float, float]
) -> None:
    assert interval(expression, BOX) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("bounds", "sign"),
    [((0, 0), "0"), ((0, 1), "+"), ((2, INF), "+"), ((-1, 0), "-"), ((-1, 1), "?"), (ANY, "?")],
)
def test_a_sign_allows_for_nothing_at_times(bounds: tuple[float, float], sign: str) -> None:
    assert Interval(*bounds).sign() == sign


ENDS = st.floats(-3, 3).map(lambda end: round(end, 2))
SIDES = st.tuples(ENDS, ENDS).map(sorted)
SHARES = st.floats(0, 1)


@settings(max_examples=1_500, deadline=None)
@given(FORMULAS, st.tuples(SIDES, SIDES, SIDES), st.tuples(SHARES, SHARES, SHARES))
def test_no_value_leaves_its_bounds(
    formula: Expression, sides: tuple[list[float], ...], shares: tuple[float, ...]
) -> None:
    box = {name: Interval(*side) for name, side in zip("xyz", sides, strict=True)}
    point = {
        name: min(one.low + share * (one.high - one.low), one.high)
        for (name, one), share in zip(box.items(), shares, strict=True)
    }
    # A value built on one that is none, or beyond all floats, is no value of the model's.
    parts = [float(evaluate(part, point)) for part in walk(formula)]
    assume(all(math.isfinite(part) and abs(part) < 1e12 for part in parts))
    value, bounds = parts[0], interval(formula, box)
    # Ties in the formula may round to either side: a comparison then tells nothing.
    assume(not _nearly_tied(formula, point))
    slack = 1e-9 * max(1.0, *map(abs, parts))
    assert bounds.low - slack <= value <= bounds.high + slack


def _nearly_tied(formula: Expression, point: dict[str, float]) -> bool:
    for node in walk(formula):
        if getattr(node, "name", "") in ("<", "<=", ">", ">="):
            left, right = (float(evaluate(one, point)) for one in node.arguments)  # type: ignore[union-attr]
            if left != right and abs(left - right) < 1e-9:
                return True
    return False


@settings(max_examples=500, deadline=None)
@given(FORMULAS, st.tuples(*(st.floats(0.1, 3) for _ in "xyz")))
def test_multiplied_out_a_formula_is_worth_the_same(
    formula: Expression, values: tuple[float, ...]
) -> None:
    point = dict(zip("xyz", values, strict=True))
    terms = polynomial(formula)
    assume(terms is not None)
    with np.errstate(all="ignore"):
        parts = [
            size * np.prod([evaluate(atom, point) ** float(n) for atom, n in monomial])
            for monomial, size in terms.items()
        ]
        value = float(evaluate(formula, point))
    assume(np.all(np.isfinite(parts)) and math.isfinite(value))
    assert value == pytest.approx(float(np.sum(parts)), rel=1e-6, abs=1e-9 * _size(parts))


def _size(parts: list[float]) -> float:
    return max(1.0, *map(abs, parts)) if parts else 1.0


def test_a_product_of_many_sums_is_left_alone() -> None:
    assert polynomial(call("*", *(call("+", X, Y, Z, n) for n in range(12)))) is None


@pytest.mark.parametrize(
    ("expression", "sign"),
    [
        (call("ln", call("/", 0.244, 0.244)), "0"),
        (call("-", 1, 1), "0"),
        (call("-", call("+", 0.1, 0.2), 0.3), "?"),
        (call("-", 0.3, call("+", 0.1, 0.2)), "?"),
        (call("ln", call("/", call("*", 3, 0.1), 0.3)), "?"),
        (call("-", 1, 1 - 1e-9), "+"),
    ],
)
def test_rounding_settles_no_sign_and_claims_no_nought(expression: Expression, sign: str) -> None:
    assert interval(expression, {}).sign() == sign


CLAMPED = call("/", call("-", X, Y), Z)


@pytest.mark.parametrize(
    ("condition", "then", "otherwise", "expected"),
    [
        (call(">", 0, call("min", 1, CLAMPED)), 0, call("-", X, Y), (0, INF)),
        (call(">", 0, call("min", 1, CLAMPED)), 0, call("-", Y, X), (-INF, 0)),
        (call("<", 1, CLAMPED), 1, CLAMPED, (-4, 1)),
        (call(">=", Y, 0), Y, 0, (0, 2)),
        (call(">", X, 5), 0, X, (0, 5)),
        (call("and", call(">", Y, 0), call("<", Y, 1)), Y, 0, (0, 1)),
        (call("or", call("<", Y, 0), call(">", Y, 1)), 0, Y, (0, 1)),
        (call("not", call("<", Y, 0)), Y, 0, (0, 2)),
        (call(">", call("*", Y, Z), 0), Y, 0, (0, 2)),
        (call("<", call("max", X, Y), 1), X, 0, (0, 1)),
        # Of a product with a factor that may be nought the other factor is not known.
        (call(">=", call("*", X, Y), 0), Y, 0, (-1, 2)),
    ],
)
def test_a_branch_counts_only_where_its_condition_lets_it(
    condition: Expression,
    then: Expression | float,
    otherwise: Expression | float,
    expected: tuple[float, float],
) -> None:
    choice = call("if then else", condition, then, otherwise)
    assert interval(choice, BOX) == pytest.approx(expected)


def test_two_draws_are_two_numbers_and_the_past_is_not_the_present() -> None:
    draw = call("random uniform", -1, 1)
    assert interval(call("if then else", call(">", draw, 0), draw, 0), BOX) == (-1, 1)
    late = Memory("smooth", (("input", Y), ("smooth_time", X), ("initial", Number(0.0))))
    assert interval(call("if then else", call(">", Y, 0), late, 0), BOX) == (-1, 2)


@settings(max_examples=700, deadline=None)
@given(FORMULAS, FORMULAS, st.tuples(*(ENDS for _ in "xyz")), st.tuples(SHARES, SHARES, SHARES))
def test_no_slope_of_a_clamp_leaves_its_bounds(
    one: Expression, other: Expression, corner: tuple[float, ...], shares: tuple[float, ...]
) -> None:
    box = {name: Interval(low, low + 1) for name, low in zip("xyz", corner, strict=True)}
    point = {name: low + share for name, low, share in zip("xyz", corner, shares, strict=True)}
    slope = derivative(call("max", 0, call("min", one, call("-", one, other))), "x")
    parts = [float(evaluate(part, point)) for part in walk(slope)]
    assume(all(math.isfinite(part) and abs(part) < 1e12 for part in parts))
    assume(not _nearly_tied(slope, point))
    slack = 1e-9 * max(1.0, *map(abs, parts))
    bounds = interval(slope, box)
    assert bounds.low - slack <= parts[0] <= bounds.high + slack


@pytest.mark.parametrize(
    "deeper",
    [
        lambda inner: call("xidz", 1, inner, 0),
        lambda inner: call("+", X, call("/", 1, inner)),
        lambda inner: call("/", call("*", inner, Y), Z),
        lambda inner: call("if then else", call(">", inner, 1), X, Y),
    ],
    ids=["guarded", "sums", "quotients", "conditions"],
)
def test_each_part_is_looked_at_once_however_deep(deeper: Callable[..., Operation]) -> None:
    formula = call("+", X, Y)
    for _ in range(60):
        formula = deeper(formula)
    before = time.process_time()
    interval(formula, BOX)
    assert time.process_time() - before < 60  # each twice would be 2**60 looks
