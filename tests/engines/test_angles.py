from __future__ import annotations

import ctypes
from collections.abc import Callable
from decimal import Decimal, localcontext
from functools import cache

import numpy as np
import pytest

from cpdynamics.engines import angles, numerics
from cpdynamics.engines.angles import ANGLE_ERROR, FAR
from cpdynamics.engines.machine import compiled

Apply = Callable[[np.ndarray], np.ndarray]
PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899")
RNG = np.random.default_rng(7)


def made(name: str, lanes: int = 4) -> Apply:
    """sin or cos, applied to arrays."""
    vector = f"<{lanes} x double>"
    text = f"""{numerics.functions(lanes)}
{angles.functions(lanes)}
define i64 @apply(ptr %a, ptr %out, i64 %n) {{
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %j, %loop ]
  %p = getelementptr double, ptr %a, i64 %i
  %x = load {vector}, ptr %p, align 8
  %r = call {vector} @cp.{name}({vector} %x)
  %to = getelementptr double, ptr %out, i64 %i
  store {vector} %r, ptr %to, align 8
  %j = add i64 %i, {lanes}
  %more = icmp ult i64 %j, %n
  br i1 %more, label %loop, label %exit
exit:
  ret i64 0
}}
"""
    function = compiled(text, "apply", [ctypes.c_void_p] * 2 + [ctypes.c_int64])

    def apply(given: np.ndarray) -> np.ndarray:
        room = -(-len(given) // lanes) * lanes
        padded = np.concatenate([given, np.ones(room - len(given))])
        out = np.empty(room)
        function(padded.ctypes.data, out.ctypes.data, room)
        return out[: len(given)]

    return apply


def exact(name: str, angle: Decimal) -> Decimal:
    """sin or cos by its Taylor series, near the next multiple of half a turn."""
    if name == "cos":
        angle += PI / 2  # so that nothing is lost beside the zeros of the cosine
    turns = (angle / PI).to_integral_value()
    r = angle - turns * PI
    total, term, n = r, r, 1
    while abs(term) > Decimal("1e-45"):
        term *= -r * r / (2 * n * (2 * n + 1))
        total, n = total + term, n + 1
    return -total if turns % 2 else total


@cache
def largest_error(name: str, where: str) -> float:
    """The largest relative error at some points."""
    worst = Decimal(0)
    found = made(name)(POINTS[where])
    with localcontext() as context:
        context.prec = 60
        for one, at in zip(found.tolist(), POINTS[where].tolist(), strict=True):
            truth = exact(name, Decimal(at))
            if truth:
                worst = max(worst, abs((Decimal(one) - truth) / truth))
    return float(worst)


HALVES = np.arange(-400, 401) * (np.pi / 2)
POINTS = {
    "one turn": np.linspace(-6.3, 6.3, 4001),
    "a model's times": RNG.uniform(-1e5, 1e5, 3000),
    "as far as it goes": RNG.uniform(-1, 1, 2000) * FAR,
    "beside zero": RNG.normal(size=300) * 10.0 ** RNG.uniform(-18, -1, 300),
    "beside the zeros": np.concatenate([np.nextafter(HALVES, e) for e in (-1e9, 1e9)] + [HALVES]),
    # Continued fractions of pi: no multiples of a quarter turn come nearer to whole numbers.
    "nearly whole turns": np.array([11, 22, 33, 355, 710, 52174, 103993, 104348, 208341, 312689.0]),
    "beside the edges of a reduction": (HALVES[1:] + HALVES[:-1]) / 2,
}


@pytest.mark.parametrize("name", ["sin", "cos"])
@pytest.mark.parametrize("where", POINTS)
def test_the_error_is_within_its_bound(name: str, where: str) -> None:
    assert largest_error(name, where) <= ANGLE_ERROR


def test_the_polynomial_is_as_near_as_it_says() -> None:
    worst = Decimal(0)
    with localcontext() as context:
        context.prec = 40
        for step in range(1, 1001):
            r = PI / 2 * step / 1000
            series = sum(Decimal(term) * r ** (2 * n) for n, term in enumerate(angles._SIN))
            worst = max(worst, abs((r + r**3 * series) / exact("sin", r) - 1))
    assert worst < Decimal("3e-19")


@pytest.mark.parametrize("name", ["sin", "cos"])
def test_special_numbers_are_answered_as_numpy_does(name: str) -> None:
    points = np.array([0.0, -0.0, 5e-324, -1e-310, np.inf, -np.inf, np.nan, 1e300, -FAR, FAR])
    with np.errstate(invalid="ignore"):
        truth = getattr(np, name)(points)
    found = made(name)(points)
    np.testing.assert_allclose(found, truth, rtol=4e-16, atol=0)
    np.testing.assert_array_equal(np.signbit(found[:4]), np.signbit(truth[:4]))


@pytest.mark.parametrize("name", ["sin", "cos"])
def test_the_bits_do_not_depend_on_the_lanes(name: str) -> None:
    # Far angles among near ones, so that a wide vector takes the rare way with usual ones.
    odd = np.array([np.nan, np.inf, 1e10, -3e12, 1e300, FAR, 0.0, -0.0])
    points = np.concatenate([RNG.uniform(-1e6, 1e6, 301), odd, RNG.uniform(-9, 9, 200)])
    bits = [made(name, lanes)(points).view(np.int64) for lanes in (1, 2, 4, 8, 16)]
    for other in bits[1:]:
        np.testing.assert_array_equal(other, bits[0])
