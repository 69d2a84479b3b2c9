from __future__ import annotations

import ctypes
from collections.abc import Callable
from decimal import Decimal, localcontext

import numpy as np
import pytest
from scipy import special

from cpdynamics.engines import normal, numerics
from cpdynamics.engines.machine import compiled
from cpdynamics.engines.normal import QUANTILE_ERROR, TAIL_ERROR
from tests.engines.exact import exact_tail

LANES = 4


def made(name: str) -> Callable[[np.ndarray], np.ndarray]:
    """One of the functions, applied to an array."""
    vector = f"<{LANES} x double>"
    text = f"""declare {vector} @llvm.sqrt.v{LANES}f64({vector})
{numerics.functions(LANES)}{normal.functions(LANES)}
define i64 @apply(ptr %from, ptr %out, i64 %n) {{
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %j, %loop ]
  %p = getelementptr double, ptr %from, i64 %i
  %x = load {vector}, ptr %p, align 8
  %r = call {vector} @cp.{name}({vector} %x)
  %to = getelementptr double, ptr %out, i64 %i
  store {vector} %r, ptr %to, align 8
  %j = add i64 %i, {LANES}
  %more = icmp ult i64 %j, %n
  br i1 %more, label %loop, label %exit
exit:
  ret i64 0
}}
"""
    function = compiled(text, "apply", [ctypes.c_void_p] * 2 + [ctypes.c_int64])

    def apply(numbers: np.ndarray) -> np.ndarray:
        room = -(-len(numbers) // LANES) * LANES
        padded = np.concatenate([numbers, np.zeros(room - len(numbers))])
        out = np.empty(room)
        function(padded.ctypes.data, out.ctypes.data, room)
        return out[: len(numbers)]

    return apply


def test_the_tail_is_as_near_as_it_says() -> None:
    x = np.concatenate([[0.0, 5e-324, 1e-9], np.random.default_rng(1).uniform(0, 40, 400)])
    x = np.concatenate([x, np.geomspace(40, 1e12, 40)])
    found = made("tail")(x)
    with localcontext() as context:
        context.prec = 70
        worst = max(
            abs(Decimal(one) / exact_tail(at) - 1)
            for one, at in zip(found.tolist(), x.tolist(), strict=True)
        )
    assert worst < TAIL_ERROR
    assert made("tail")(np.array([np.inf]))[0] < 1e-30


def test_a_quantile_is_as_near_as_it_says_however_far_out() -> None:
    x = np.concatenate(
        [[1e-17, 1e-9], np.linspace(0, 60, 3001), np.geomspace(60, 1e9, 500), [0.3186, 6.0]]
    )
    quantile, logs = made("quantile"), special.log_ndtr(-x)
    # A unit in the last place of L moves the quantile by so much.
    spread = np.spacing(np.abs(logs)) / (np.exp(-x * x / 2 - logs) / np.sqrt(2 * np.pi))
    assert np.all(np.abs(quantile(logs) - x) <= QUANTILE_ERROR * (1 + x) + spread)


@pytest.mark.parametrize("name", ["tail", "quantile"])
def test_a_number_is_the_same_whatever_stands_beside_it(name: str) -> None:
    function = made(name)
    near, far = (1.0, 50.0) if name == "tail" else (-2.0, -900.0)
    mixed = function(np.array([near, far, near, far]))
    np.testing.assert_array_equal(mixed[::2], function(np.full(4, near))[::2])
    np.testing.assert_array_equal(mixed[1::2], function(np.full(4, far))[::2])
