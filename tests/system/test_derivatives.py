from __future__ import annotations

import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cpdynamics.system.derivatives import derivative
from cpdynamics.system.evaluating import evaluate
from cpdynamics.system.expressions import (
    Curve,
    Expression,
    Memory,
    Number,
    Opaque,
    Operation,
    Variable,
    walk,
    written,
)
from tests.system.formulas import FORMULAS, X, Y, Z, call

HUMP = Curve((0.0, 0.62, 1.0), (0.0, 3.1, 1.0), X)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (Number(3.0), "0"),
        (Y, "0"),
        (X, "1"),
        (call("+", X, Y, 2), "1"),
        (call("-", Y, X), "-1"),
        (call("*", 3, X), "3"),
        (call("*", X, Y, Z), "y * z"),
        (call("*", 0, X), "0"),
        (call("/", X, Y), "1 / y"),
        (call("/", Y, X), "-y / x ^ 2"),
        (call("^", X, 2), "2 * x"),
        (call("negative", X), "-1"),
        (call("exp", call("*", 2, X)), "2 * EXP(2 * x)"),
        (call("ln", X), "1 / x"),
        (call("max", 0, X), "IF THEN ELSE(0 > x, 0, 1)"),
        (call("max", Y, Z), "0"),
        (call("min", X, X), "1"),
        (call("if then else", call(">", Y, 1), X, Z), "IF THEN ELSE(y > 1, 1, 0)"),
        (call("zidz", X, Y), "IF THEN ELSE(ABS(y) < 1e-06, 0, 1 / y)"),
        (call("xidz", X, Y, X), "IF THEN ELSE(ABS(y) < 1e-06, 1, 1 / y)"),
        (call("integer", X), "IMPULSE(x)"),
    ],
)
def test_it_is_written_as_plainly_as_by_hand(expression: Expression, expected: str) -> None:
    assert written(derivative(expression, "x")) == expected


def test_a_curve_has_the_slope_of_each_piece_and_is_level_beyond_its_ends() -> None:
    slope = derivative(HUMP, "x")
    at = [-1.0, 0.3, 0.61, 0.63, 0.99, 1.5]
    expected = [0.0, 5.0, 5.0, -2.1 / 0.38, -2.1 / 0.38, 0.0]
    assert [float(evaluate(slope, {"x": x})) for x in at] == pytest.approx(expected)


def test_a_level_curve_moves_nothing() -> None:
    assert derivative(Curve((0.0, 1.0), (2.0, 2.0), X), "x") == Number(0.0)


def test_a_jump_counts_in_the_direction_in_which_it_goes() -> None:
    falls = call("if then else", call(">", X, 1), 2, 5)
    assert written(derivative(falls, "x")) == "-3 * IMPULSE(x - 1)"
    assert written(derivative(call("step", 2, X), "x")) == "-(2 * IMPULSE(time - x))"


def test_what_is_remembered_counts_by_what_goes_in() -> None:
    stock = Memory("integ", (("flow", call("-", Y, call("/", X, 4))), ("initial", X)))
    assert written(derivative(stock, "x")) == "-0.25"
    smooth = Memory("smooth", (("input", X), ("smooth_time", Y), ("initial", Z)))
    assert derivative(smooth, "x") == Number(1.0)
    assert derivative(smooth, "z") == Number(0.0)
    assert isinstance(derivative(smooth, "y"), Opaque)


@pytest.mark.parametrize("what", [Opaque("data", (X,)), call("modulo", X, 3), call("nobody", X)])
def test_what_nobody_knows_has_an_unknown_slope(what: Expression) -> None:
    assert isinstance(derivative(what, "x"), Opaque)
    assert derivative(what, "y") == Number(0.0)


NAMED = [
    *(call(name, X) for name in ("exp", "ln", "sqrt", "sin", "cos", "tan", "arcsin", "arccos")),
    *(call(name, X) for name in ("arctan", "sinh", "cosh", "tanh", "abs", "negative")),
    *(call(name, X, Y) for name in ("log", "power", "^", "/", "zidz", "min", "max")),
    *(call(name, Y, X) for name in ("log", "power", "^", "/", "zidz", "min", "max", "ramp")),
    call("ramp", X, 0.2),
    call("ramp", 2, 0.2, X),
    call("xidz", Y, X, Z),
    HUMP,
]


@pytest.mark.parametrize("expression", NAMED, ids=written)
@pytest.mark.parametrize("x", [0.3, 0.7])
def test_every_rule_agrees_with_differences(expression: Expression, x: float) -> None:
    point = {"x": x, "y": 1.7, "z": 0.4, "time": 5.0}
    assert float(evaluate(derivative(expression, "x"), point)) == pytest.approx(
        _difference(expression, point, 1e-6), rel=1e-6, abs=1e-8
    )


def _difference(
    expression: Expression, point: dict[str, float], step: float, *, sides: int = 2
) -> float:
    """Over both sides of the point, or over one: the step's own."""
    above = evaluate(expression, point | {"x": point["x"] + step})
    below = evaluate(expression, point | {"x": point["x"] - (step if sides == 2 else 0)})
    return (float(above) - float(below)) / (step * sides)


@settings(max_examples=400, deadline=None)
@given(FORMULAS, *(st.floats(0.1, 2.5) for _ in "xyz"))
def test_any_formula_agrees_with_differences(
    formula: Expression, x: float, y: float, z: float
) -> None:
    point = {"x": x, "y": y, "z": z}
    slope = derivative(formula, "x")
    assume(Variable("x") in set(walk(formula)))
    fine = _difference(formula, point, 1e-6)
    sides = [_difference(formula, point, step, sides=1) for step in (-1e-5, 1e-5)]
    size = max((abs(float(evaluate(one, point))) for one in walk(formula)), default=0.0)
    # On a kink, and where rounding drowns it, a difference says nothing of the slope.
    assume(all(map(math.isfinite, (*sides, fine, size))) and size < 1e4 and abs(fine) < 1e4)
    assume(abs(sides[0] - sides[1]) <= 1e-3 * (1 + abs(fine)))
    value = float(evaluate(slope, point))
    # 0 ^ x * LN(0) has no value, though 0 ^ x has a slope.
    assume(math.isfinite(value))
    assert value == pytest.approx(fine, rel=2e-3, abs=2e-3)


def test_its_size_stays_within_the_square_of_the_formula() -> None:
    formula: Expression = X
    for _ in range(60):
        formula = Operation("/", (Operation("*", (formula, X)), call("+", X, 1)))
    before, after = (sum(1 for _ in walk(one)) for one in (formula, derivative(formula, "x")))
    assert before < after < before**2
