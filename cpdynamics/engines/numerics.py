"""exp, log and pow for vectors, as LLVM IR, with known errors.

A call of the C library for every lane costs twice as much. Each function gives the same bits
whatever the number of lanes: every rounding is written down, and every fused operation.

Method: Cody and Waite's reduction of the argument; polynomials by Remez's algorithm; the logarithm
by atanh, in two numbers where pow needs it (Muller and others, Handbook of Floating-Point
Arithmetic, 2nd ed. 2018, chapters 10 and 11, doi:10.1007/978-3-319-76526-6).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence

from cpdynamics.engines.assembly import Assembly

EXP_ERROR = 2.3e-16
"""Largest relative error of exp where the result is a normal number: about one unit in the last
place, from the rounding of the last three operations; the polynomial's own is below 5.2e-18."""

LOG_ERROR = 1.7e-16
"""Largest relative error of log of a normal number; the polynomial's own is below 2.9e-19."""

POW_ERROR = 4e-15
"""Largest relative error of pow where the result is a normal number: that of log in two numbers,
5e-18 from the four roundings of its cubic term, times 745, and that of exp."""

# exp(r) = 1 + r + r^2 * (these, lowest power first), for |r| <= log(2) / 2.
_EXP = tuple(
    map(
        float.fromhex,
        (
            "0x1.0000000000009p-1",
            "0x1.55555555554fcp-3",
            "0x1.5555555550b7fp-5",
            "0x1.11111111278ccp-7",
            "0x1.6c16c1839f866p-10",
            "0x1.a01a012a62690p-13",
            "0x1.a0199b4ed30f3p-16",
            "0x1.71df26d8e7689p-19",
            "0x1.28ac6bfa7755bp-22",
            "0x1.ad7b170f60695p-26",
        ),
    )
)
# log((1 + s) / (1 - s)) = 2 s + s^3 * (these in powers of s^2), for |s| <= 3 - sqrt(8).
_LOG = tuple(
    map(
        float.fromhex,
        (
            "0x1.5555555555555p-1",
            "0x1.9999999999dfap-2",
            "0x1.249249242b875p-2",
            "0x1.c71c7258bd3ddp-3",
            "0x1.745cde45d77ffp-3",
            "0x1.3b20a9489503fp-3",
            "0x1.0f5cf3d2214eep-3",
            "0x1.0f61ca5f19c19p-3",
        ),
    )
)
# log(2) in two numbers. The first has 32 bits, so that a whole number times it is exact.
_LN2 = float.fromhex("0x1.62e42feep-1")
_LN2_REST = float.fromhex("0x1.a39ef35793c76p-33")
_LOG2_E = float.fromhex("0x1.71547652b82fep+0")
WHOLE = 1.5 * 2.0**52
"""Added and taken away again, it rounds to a whole number, whose bits the sum ends in."""
_INFINITE = float("inf")
_NORMAL = 708.0  # exp of it, and of its negative, are normal numbers
SELDOM = '!{!"branch_weights", i32 1000000, i32 1}'
"""Weights of a branch whose second way is hardly ever taken."""


def functions(lanes: int, *, prefix: str = "cp") -> str:
    """The text of ``@cp.exp(x)``, ``@cp.log(x)`` and ``@cp.pow(x, y)`` for vectors.

    They answer 0, infinity and NaN as C99 asks, but for the sign of a zero that pow is given,
    which does not count. Each is put where it is called, without what only rare numbers need: a
    vector with such a number in it goes through a second function, which has the same steps for
    the others.

    Args:
        lanes: numbers in a vector.
        prefix: begins their names.
    """
    vector = f"<{lanes} x double>"
    declared = [
        f"declare {vector} @llvm.{name}.v{lanes}f64({', '.join([vector] * count)})"
        for name, count in (("fma", 3), ("fabs", 1), ("trunc", 1))
    ]
    mask = f"<{lanes} x i1>"
    declared.append(f"declare i1 @llvm.vector.reduce.and.v{lanes}i1({mask})")
    parts = ["\n".join(declared)]
    for name, arguments, body, plain in (
        ("exp", ("%x",), _exp_body, _plain_exp),
        ("log", ("%x",), _log_body, _plain_log),
        ("pow", ("%x", "%y"), _pow_body, _plain_pow),
    ):
        parts.append(two_ways(lanes, f"{prefix}.{name}", arguments, body, plain))
    return "\n".join(parts)


def two_ways(
    lanes: int,
    name: str,
    arguments: Sequence[str],
    anywhere: Callable[[Assembly], str],
    usual: Callable[[Assembly], tuple[str, str]],
) -> str:
    """The text of ``@name``, put where it is called, and of ``@name.any``, called by it.

    Args:
        lanes: numbers in a vector.
        name: of the function.
        arguments: names of its arguments.
        anywhere: writes what answers for all numbers.
        usual: writes what answers for most; the result, and a mask of where it is right.
    """
    vector, mask = f"<{lanes} x double>", f"<{lanes} x i1>"
    given = ", ".join(f"{vector} {argument}" for argument in arguments)
    code = Assembly(lanes)
    result = anywhere(code)
    rare = (
        f"define internal {vector} @{name}.any({given}) noinline nounwind cold {{\n"
        f"{code.text()}  ret {vector} {result}\n}}\n"
    )
    code = Assembly(lanes)
    result, right = usual(code)
    return rare + (
        f"define internal {vector} @{name}({given}) alwaysinline nounwind {{\n"
        f"entry:\n{code.text()}"
        f"  %all = call i1 @llvm.vector.reduce.and.v{lanes}i1({mask} {right})\n"
        f"  br i1 %all, label %done, label %rare, !prof {SELDOM}\n"
        f"rare:\n  %any = call {vector} @{name}.any({given})\n  br label %done\n"
        f"done:\n  %result = phi {vector} [ {result}, %entry ], [ %any, %rare ]\n"
        f"  ret {vector} %result\n}}"
    )


def _exp_body(code: Assembly) -> str:
    return _exp(code, "%x")


def _plain_exp(code: Assembly) -> tuple[str, str]:
    """exp(x), and where it is right: where it is a normal number."""
    p, exponent = _exp_parts(code, "%x")
    usual = code.compare("olt", code.call("llvm.fabs", "%x"), code.number(_NORMAL))
    return _scaled(code, p, exponent), usual


def _exp(code: Assembly, x: str, more: str = "") -> str:
    """exp(x), or exp(x + more), where more is tiny."""
    # Beyond these it is 0 or infinity; NaN fails both tests and stays.
    high, low = code.number(710.0), code.number(-746.0)
    x = code.choose(code.compare("ogt", x, high), high, x)
    x = code.choose(code.compare("olt", x, low), low, x)
    p, exponent = _exp_parts(code, x, more)
    # 2^k in two factors, since k may be beyond the exponents of a normal number.
    whole = f"<{code.lanes} x i64>"
    half = code.let(f"ashr {whole} {exponent}, splat (i64 1)")
    rest = code.let(f"sub {whole} {exponent}, {half}")
    for part in (half, rest):
        p = code.mul(p, _scaled(code, code.number(1.0), part))
    return p


def _exp_parts(code: Assembly, x: str, more: str = "") -> tuple[str, str]:
    """p between sqrt(1/2) and sqrt(2), and k, an i64, with exp(x + more) = 2^k p."""
    shifted = code.fma(x, code.number(_LOG2_E), code.number(WHOLE))
    k = code.sub(shifted, code.number(WHOLE))
    r = code.fma(k, code.number(-_LN2), x)
    r = code.fma(k, code.number(-_LN2_REST), r)
    r = code.add(r, more) if more else r
    square = code.mul(r, r)
    q = polynomial(code, _EXP, r, square)
    p = code.add(code.number(1.0), code.fma(square, q, r))
    whole = f"<{code.lanes} x i64>"
    bits = code.let(f"bitcast {code.vector} {shifted} to {whole}")
    return p, code.let(f"sub {whole} {bits}, splat (i64 {_bits(WHOLE)})")


def _scaled(code: Assembly, p: str, exponent: str) -> str:
    """2^k p, by an addition to the exponent: where p and the result are normal numbers."""
    whole = f"<{code.lanes} x i64>"
    bits = code.let(f"bitcast {code.vector} {p} to {whole}")
    moved = code.let(f"shl {whole} {exponent}, splat (i64 52)")
    total = code.let(f"add {whole} {bits}, {moved}")
    return code.let(f"bitcast {whole} {total} to {code.vector}")


def _log_body(code: Assembly) -> str:
    tiny = code.compare("olt", "%x", code.number(2.0**-1022))
    high, low = _log(code, "%x", tiny)
    return _log_ends(code, "%x", code.add(high, low))


def _plain_log(code: Assembly) -> tuple[str, str]:
    """log(x), and where it is right: for a normal positive number."""
    high, low = _log(code, "%x")
    return code.add(high, low), _normal(code, "%x")


def _normal(code: Assembly, x: str) -> str:
    at_least = code.compare("oge", x, code.number(2.0**-1022))
    below = code.compare("olt", x, code.number(_INFINITE))
    return code.let(f"and <{code.lanes} x i1> {at_least}, {below}")


def _log_ends(code: Assembly, x: str, result: str) -> str:
    """The logarithm of what is no positive number: 0, infinity, NaN and all below 0."""
    zero, infinite = code.number(0.0), code.number(_INFINITE)
    result = code.choose(code.compare("oeq", x, infinite), infinite, result)
    result = code.choose(code.compare("oeq", x, zero), code.number(-_INFINITE), result)
    # Unordered: for NaN as well.
    return code.choose(code.compare("ult", x, zero), code.number(float("nan")), result)


def _log(code: Assembly, x: str, tiny: str = "") -> tuple[str, str]:
    """log(x) as the sum of two numbers, for a positive finite x, normal but where it is tiny."""
    one, whole = code.number(1.0), f"<{code.lanes} x i64>"
    if tiny:
        x = code.choose(tiny, code.mul(x, code.number(2.0**54)), x)
    # x = 2^e * m with m from sqrt(1/2) to sqrt(2): the exponent counted from sqrt(1/2).
    bits = code.let(f"bitcast {code.vector} {x} to {whole}")
    root = _bits(0.5**0.5)
    from_root = code.let(f"sub {whole} {bits}, splat (i64 {root})")
    e = code.let(f"ashr {whole} {from_root}, splat (i64 52)")
    kept = code.let(f"and {whole} {from_root}, splat (i64 {2**52 - 1})")
    mantissa = code.let(f"add {whole} {kept}, splat (i64 {root})")
    m = code.let(f"bitcast {whole} {mantissa} to {code.vector}")
    # A small whole number as a double, without an instruction that only AVX-512 has.
    placed = code.let(f"add {whole} {e}, splat (i64 {_bits(WHOLE)})")
    e = code.sub(code.let(f"bitcast {whole} {placed} to {code.vector}"), code.number(WHOLE))
    if tiny:
        e = code.choose(tiny, code.sub(e, code.number(54.0)), e)
    # s = f / (m + 1) in two numbers; f is exact.
    f = code.sub(m, one)
    g = code.add(m, one)
    g_rest = code.sub(m, code.sub(g, one))
    inverse = code.div(one, g)
    s = code.mul(f, inverse)
    negative = code.let(f"fneg {code.vector} {s}")
    left = code.fma(negative, g_rest, code.fma(negative, g, f))
    s_rest = code.mul(left, inverse)
    square = code.mul(s, s)
    series = polynomial(code, _LOG, square, code.mul(square, square))
    cubic = code.mul(code.mul(square, s), series)
    # e * log(2) is exact, and larger than 2 s or zero: what the sum loses is known.
    first = code.mul(e, code.number(_LN2))
    second = code.add(s, s)
    high = code.add(first, second)
    low = code.add(code.sub(first, high), second)
    more = code.fma(e, code.number(_LN2_REST), code.add(cubic, code.add(s_rest, s_rest)))
    low = code.add(low, more)
    total = code.add(high, low)
    return total, code.add(code.sub(high, total), low)


def _pow_body(code: Assembly) -> str:
    zero, one = code.number(0.0), code.number(1.0)
    size = code.call("llvm.fabs", "%x")
    tiny = code.compare("olt", size, code.number(2.0**-1022))
    high, low = _log(code, size, tiny)
    power, rest = _times(code, "%y", _log_ends(code, size, high), low)
    # Where exp is 0 or infinite, the rest would be NaN.
    within = code.compare("olt", code.call("llvm.fabs", power), code.number(1000.0))
    result = _exp(code, power, code.choose(within, rest, zero))
    result = code.choose(code.compare("oeq", size, one), one, result)
    # A negative number: no real power unless y is whole; negative if y is odd.
    half = code.mul("%y", code.number(0.5))
    even = code.compare("oeq", code.call("llvm.trunc", half), half)
    entire = code.compare("oeq", code.call("llvm.trunc", "%y"), "%y")
    turned = code.choose(even, result, code.let(f"fneg {code.vector} {result}"))
    endless = code.compare("oeq", size, code.number(_INFINITE))
    otherwise = code.choose(endless, result, code.number(float("nan")))
    turned = code.choose(entire, turned, otherwise)
    result = code.choose(code.compare("olt", "%x", zero), turned, result)
    # Whatever the other is, NaN included.
    result = code.choose(code.compare("oeq", "%x", one), one, result)
    return code.choose(code.compare("oeq", "%y", zero), one, result)


def _plain_pow(code: Assembly) -> tuple[str, str]:
    """x^y, and where it is right: a normal positive number to a power that is one."""
    high, low = _log(code, "%x")
    power, rest = _times(code, "%y", high, low)
    p, exponent = _exp_parts(code, power, rest)
    within = code.compare("olt", code.call("llvm.fabs", power), code.number(_NORMAL))
    usual = code.let(f"and <{code.lanes} x i1> {within}, {_normal(code, '%x')}")
    return _scaled(code, p, exponent), usual


def _times(code: Assembly, y: str, high: str, low: str) -> tuple[str, str]:
    """y (high + low) as the sum of two numbers."""
    power = code.mul(y, high)
    negative = code.let(f"fneg {code.vector} {power}")
    return power, code.fma(y, low, code.fma(y, high, negative))


def polynomial(code: Assembly, terms: tuple[float, ...], x: str, square: str) -> str:
    """A polynomial by Estrin's scheme: pairs of terms, then pairs of pairs."""
    level = [code.number(term) for term in terms]
    power = x
    while len(level) > 1:
        pairs = [
            code.fma(high, power, low) for low, high in zip(level[::2], level[1::2], strict=False)
        ]
        level = pairs + ([level[-1]] if len(level) % 2 else [])
        power = square if power == x else code.mul(power, power)
    return level[0]


def _bits(value: float) -> int:
    return int(struct.unpack("<q", struct.pack("<d", value))[0])
