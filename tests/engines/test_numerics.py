from __future__ import annotations

import ctypes
from collections.abc import Callable
from decimal import Decimal, localcontext

import numpy as np
import pytest

from cpdynamics.engines import numerics
from cpdynamics.engines.machine import compiled
from cpdynamics.engines.numerics import EXP_ERROR, LOG_ERROR, POW_ERROR, functions

Apply = Callable[..., np.ndarray]
SPECIAL = np.array(
    [
        *(0.0, 1.0, -1.0, 2.0, -2.0, 3.0, -3.0, 0.5, -0.5, 1 / 3, -8.0, 1e-20, 1e300),
        *(745.2, -745.2, 709.9, 5e-324, 1e-310, -1e-310, 2.2250738585072014e-308),
        *(1.7976931348623157e308, -1.7e308, np.inf, -np.inf, np.nan),
        *(2.0**53 + 1, -(2.0**53) + 1, 1 - 2**-53, 1 + 2**-52),
    ]
)


def made(name: str, lanes: int = 4) -> Apply:
    """One of the functions, applied to arrays."""
    count = 2 if name == "pow" else 1
    vector = f"<{lanes} x double>"
    loads = "".join(
        f"  %p{a} = getelementptr double, ptr %a{a}, i64 %i\n"
        f"  %x{a} = load {vector}, ptr %p{a}, align 8\n"
        for a in range(count)
    )
    given = ", ".join(f"{vector} %x{a}" for a in range(count))
    text = f"""{functions(lanes)}
define i64 @apply(ptr %a0, ptr %a1, ptr %out, i64 %n) {{
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %j, %loop ]
{loads}  %r = call {vector} @cp.{name}({given})
  %to = getelementptr double, ptr %out, i64 %i
  store {vector} %r, ptr %to, align 8
  %j = add i64 %i, {lanes}
  %more = icmp ult i64 %j, %n
  br i1 %more, label %loop, label %exit
exit:
  ret i64 0
}}
"""
    function = compiled(text, "apply", [ctypes.c_void_p] * 3 + [ctypes.c_int64])

    def apply(*arguments: np.ndarray) -> np.ndarray:
        size = len(arguments[0])
        room = -(-size // lanes) * lanes
        padded = [np.concatenate([one, np.ones(room - size)]) for one in arguments]
        out = np.empty(room)
        function(padded[0].ctypes.data, padded[-1].ctypes.data, out.ctypes.data, room)
        return out[:size]

    return apply


def largest_error(found: np.ndarray, exact: Callable[..., Decimal], *at: np.ndarray) -> float:
    """The largest relative error where the exact result is a normal number."""
    worst = Decimal(0)
    with localcontext() as context:
        context.prec = 40
        for one, *numbers in zip(found.tolist(), *(each.tolist() for each in at), strict=True):
            truth = exact(*map(Decimal, numbers))
            if Decimal("2.3e-308") < abs(truth) < Decimal("1.79e308"):
                worst = max(worst, abs((Decimal(one) - truth) / truth))
    return float(worst)


def power(base: Decimal, exponent: Decimal) -> Decimal:
    return (exponent * base.ln()).exp()


RNG = np.random.default_rng(4)
EXP_POINTS = {
    "all that is finite": RNG.uniform(-708.3, 709.7, 6000),
    "dense": np.linspace(-1.04, 1.04, 8001),
    "beside zero": RNG.normal(size=500) * 1e-9,
    "beside the edges of a reduction": (np.arange(-900, 900) + 0.5) * np.log(2.0),
}
LOG_POINTS = {
    "all that is normal": np.exp(RNG.uniform(-708, 709, 6000)),
    "dense": np.linspace(0.49, 2.05, 8001),
    "beside one": 1 + RNG.normal(size=2000) * 1e-8,
    "beside the roots of two": np.sqrt(2.0) ** np.arange(-11, 12, 2) * (1 + 1e-16),
    "below normal": np.array([5e-324, 1e-310, 2.2e-308, 1.234e-315]),
}
POW_POINTS = {
    "numbers of a model": (RNG.uniform(0.01, 20, 4000), RNG.uniform(-6, 6, 4000)),
    "large powers": (RNG.uniform(0.5, 2, 4000), RNG.uniform(-1000, 1000, 4000)),
    "large bases": (np.exp(RNG.uniform(-300, 300, 4000)), RNG.uniform(-2.3, 2.3, 4000)),
    "beside one": (1 + RNG.normal(size=1000) * 1e-9, RNG.uniform(-1e11, 1e11, 1000)),
}


@pytest.mark.parametrize("where", EXP_POINTS)
def test_the_error_of_exp_is_within_its_bound(where: str) -> None:
    points = EXP_POINTS[where]
    assert largest_error(made("exp")(points), Decimal.exp, points) <= EXP_ERROR


@pytest.mark.parametrize("where", LOG_POINTS)
def test_the_error_of_log_is_within_its_bound(where: str) -> None:
    points = LOG_POINTS[where]
    assert largest_error(made("log")(points), Decimal.ln, points) <= LOG_ERROR


@pytest.mark.parametrize("where", POW_POINTS)
def test_the_error_of_pow_is_within_its_bound(where: str) -> None:
    bases, exponents = POW_POINTS[where]
    assert largest_error(made("pow")(bases, exponents), power, bases, exponents) <= POW_ERROR


def test_the_polynomials_are_as_near_as_they_say() -> None:
    worst_exp = worst_log = Decimal(0)
    with localcontext() as context:
        context.prec = 40
        half = Decimal(2).ln() / 2
        for step in range(-1000, 1001):
            r = half * step / 1000
            q = sum(Decimal(term) * r**n if n else Decimal(term) for n, term in exp_terms())
            worst_exp = max(worst_exp, abs((1 + r + r * r * q) / r.exp() - 1))
        end = 3 - Decimal(8).sqrt()
        for step in range(1, 1001):
            s = end * step / 1000
            p = sum(Decimal(term) * s ** (2 * n + 3) for n, term in enumerate(numerics._LOG))
            worst_log = max(worst_log, abs((2 * s + p) / ((1 + s) / (1 - s)).ln() - 1))
    assert worst_exp < Decimal("5.2e-18")
    assert worst_log < Decimal("2.9e-19")


def exp_terms() -> list[tuple[int, float]]:
    return list(enumerate(numerics._EXP))


def same(found: np.ndarray, truth: np.ndarray, error: float) -> None:
    # A number below the normal ones may be rounded twice: by one step of them.
    np.testing.assert_allclose(found, truth, rtol=2 * error, atol=5e-324)


@pytest.mark.parametrize(("name", "error"), [("exp", EXP_ERROR), ("log", LOG_ERROR)])
def test_special_numbers_are_answered_as_numpy_does(name: str, error: float) -> None:
    with np.errstate(all="ignore"):
        same(made(name)(SPECIAL), getattr(np, name)(SPECIAL), error)


def test_special_powers_are_answered_as_numpy_does() -> None:
    bases, exponents = (one.ravel() for one in np.meshgrid(SPECIAL, SPECIAL))
    with np.errstate(all="ignore"):
        same(made("pow")(bases, exponents), np.power(bases, exponents), POW_ERROR)


def test_exp_is_right_below_the_normal_numbers() -> None:
    points = np.linspace(-745.2, -708.3, 4001)
    np.testing.assert_allclose(made("exp")(points), np.exp(points), rtol=3e-16, atol=5e-324)


@pytest.mark.parametrize("name", ["exp", "log", "pow"])
def test_the_bits_do_not_depend_on_the_lanes(name: str) -> None:
    # Rare numbers among the others, so that a wide vector takes the rare way with usual ones.
    points = np.concatenate([RNG.uniform(0.01, 30, 400), SPECIAL, RNG.uniform(0.01, 30, 400)])
    given = (points, points[::-1].copy()) if name == "pow" else (points,)
    bits = [made(name, lanes)(*given).view(np.int64) for lanes in (1, 2, 4, 8)]
    for other in bits[1:]:
        np.testing.assert_array_equal(other, bits[0])
