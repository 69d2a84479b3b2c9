"""sin and cos for vectors, as LLVM IR, with a known error and the same bits for any lanes.

Method: Cody and Waite's reduction to half a turn, pi in three numbers; one odd polynomial by
Remez's algorithm (Muller and others, Handbook of Floating-Point Arithmetic, 2nd ed. 2018,
chapters 10 and 11, doi:10.1007/978-3-319-76526-6).
"""

from __future__ import annotations

import math

from cpdynamics.engines.assembly import Assembly
from cpdynamics.engines.numerics import WHOLE, polynomial, two_ways

ANGLE_ERROR = 3e-16
"""Largest relative error of sin and cos of an angle below ``FAR``: three roundings of the cubic
term, which is 0.57 at most, and two of sums; the polynomial's own is below 3e-19."""

FAR = 2.0**30
"""An angle of this size or larger, and no number, is left to the C library, lane by lane."""

# sin(r) = r + r^3 * (these in powers of r^2), for |r| <= pi / 2.
_SIN = tuple(
    map(
        float.fromhex,
        (
            "-0x1.5555555555555p-3",
            "0x1.11111111110c8p-7",
            "-0x1.a01a01a014d6ep-13",
            "0x1.71de3a52a09f3p-19",
            "-0x1.ae6454d465ac8p-26",
            "0x1.6123cd01c4b98p-33",
            "-0x1.ae438282d05afp-41",
            "0x1.883265ba203f6p-49",
        ),
    )
)
# pi as the sum of three numbers; half of it is the sum of their halves.
_PI = tuple(
    map(
        float.fromhex,
        ("0x1.921fb54442d18p+1", "0x1.1a62633145c07p-53", "-0x1.f1976b7ed8fbcp-109"),
    )
)


def functions(lanes: int) -> str:
    """The text of ``@cp.sin(x)`` and ``@cp.cos(x)`` for vectors; ``numerics`` goes before.

    Args:
        lanes: numbers in a vector.
    """
    return "\n".join(_function(name, lanes) for name in ("sin", "cos"))


def _function(name: str, lanes: int) -> str:
    near = _sine if name == "sin" else _cosine

    def anywhere(code: Assembly) -> str:
        result, usual = near(code)
        far = "poison"
        for lane in range(lanes):
            one = code.let(f"extractelement {code.vector} %x, i32 {lane}")
            one = code.let(f"call double @{name}(double {one})")
            far = code.let(f"insertelement {code.vector} {far}, double {one}, i32 {lane}")
        return code.choose(usual, result, far)

    declared = f"declare double @{name}(double) nounwind memory(none)\n"
    return declared + two_ways(lanes, f"cp.{name}", ("%x",), anywhere, near)


def _sine(code: Assembly) -> tuple[str, str]:
    """sin(x), and where it is right: x = k pi + r, so that it is sin(r), negative if k is odd."""
    shifted = code.fma("%x", code.number(1 / math.pi), code.number(WHOLE))
    k = code.sub(shifted, code.number(WHOLE))
    result = _turned(code, _reduced(code, k, _PI), shifted)
    # -0 stays what it is.
    zero = code.compare("oeq", "%x", code.number(0.0))
    return code.choose(zero, "%x", result), _near(code)


def _cosine(code: Assembly) -> tuple[str, str]:
    """cos(x), and where it is right: x = (k + 1/2) pi + r, so that it is -sin(r), or sin(r)."""
    odd = code.number(WHOLE + 1)  # turns the sign where k is even
    shifted = code.add(code.fma("%x", code.number(1 / math.pi), code.number(-0.5)), odd)
    halves = code.fma(code.sub(shifted, odd), code.number(2.0), code.number(1.0))
    result = _reduced(code, halves, tuple(part / 2 for part in _PI))
    return _turned(code, result, shifted), _near(code)


def _near(code: Assembly) -> str:
    return code.compare("olt", code.call("llvm.fabs", "%x"), code.number(FAR))


def _reduced(code: Assembly, k: str, turn: tuple[float, ...]) -> str:
    """sin(r) for r = x - k turn, which is at most pi / 2."""
    back = code.let(f"fneg {code.vector} {k}")
    first, second, third = map(code.number, turn)
    # Exact: both are multiples of 2^-52 where x is 1 or more, and their difference is below 2.
    near = code.fma(back, first, "%x")
    more = code.mul(back, second)
    lost = code.fma(back, second, code.let(f"fneg {code.vector} {more}"))
    r = code.add(near, more)
    rest = code.add(code.sub(near, r), more)
    rest = code.add(rest, code.fma(back, third, lost))
    square = code.mul(r, r)
    series = polynomial(code, _SIN, square, code.mul(square, square))
    # cos(r), roughly, for what r has lost.
    slope = code.fma(square, code.number(-4 / math.pi**2), code.number(1.0))
    return code.add(r, code.fma(code.mul(r, square), series, code.mul(rest, slope)))


def _turned(code: Assembly, value: str, shifted: str) -> str:
    """The value, negative where the whole number in ``shifted`` is odd."""
    whole = f"<{code.lanes} x i64>"
    odd = code.let(f"bitcast {code.vector} {shifted} to {whole}")
    sign = code.let(f"shl {whole} {odd}, splat (i64 63)")
    bits = code.let(f"bitcast {code.vector} {value} to {whole}")
    return code.let(f"bitcast {whole} {code.let(f'xor {whole} {bits}, {sign}')} to {code.vector}")
