"""The normal distribution's upper tail and its inverse for vectors, as LLVM IR.

Both work with what does not underflow, so that they hold as far out as there are numbers.
"""

from __future__ import annotations

import math

from cpdynamics.engines.assembly import Assembly
from cpdynamics.engines.numerics import SELDOM, polynomial

TAIL_ERROR = 2e-15
"""Largest relative error of ``@cp.tail``; its polynomial's own is below 1e-17."""

QUANTILE_ERROR = 2e-15
"""Largest error of ``@cp.quantile``, relative to 1 + x: ten units in the last place, of which
AS 241 takes one and the rounding of L another."""

# (1 + 1.25 x) tail(x) in powers of (x - 5.3) / (x + 5.3), lowest first, for x from 0 to infinity:
# interpolated at 26 of Chebyshev's points in 118 digits; the next term is below 1e-18. The form is
# that of Shepherd and Laframboise, Mathematics of Computation 36 (1981), 249-253,
# doi:10.1090/S0025-5718-1981-0595058-X.
_CENTRE, _SLOPE = 5.3, 1.25
_TAIL = tuple(
    map(
        float.fromhex,
        (
            "0x1.1c5b79dc3fd9cp-1",
            "-0x1.3eebed7645c3ap-4",
            "0x1.e0465b6f66cbbp-7",
            "0x1.b929b24e36205p-6",
            "-0x1.5962d7b85735fp-5",
            "0x1.340ed3bb206c3p-5",
            "-0x1.917d9dab56cd8p-6",
            "0x1.89ee74f209cdcp-7",
            "-0x1.11da51a6ce812p-8",
            "0x1.90569586f1814p-11",
            "0x1.0312fe96b5516p-13",
            "-0x1.0677feffee59bp-13",
            "0x1.7a988b6fbff09p-16",
            "0x1.4379bb8675c83p-17",
            "-0x1.4dc3f62ba5307p-18",
            "-0x1.bffb45315e1f0p-22",
            "0x1.98f24186cc65ep-21",
            "-0x1.b6cda13194915p-26",
            "-0x1.e3ff4a9a8ec70p-24",
            "0x1.6a0f71e71dc0bp-27",
            "0x1.21f8327055b8ep-26",
            "-0x1.0512f5044b69ep-29",
            "-0x1.369c2556c4fa6p-29",
            "0x1.0351189a47b5bp-32",
            "0x1.98524ed9a514cp-33",
            "-0x1.1d80e5d0a02f6p-36",
        ),
    )
)
# Algorithm AS 241: Wichura, Applied Statistics 37 (1988), 477-484, doi:10.2307/2347330. Numerators
# and denominators, lowest power first: near the middle, to r = 5, and to r = 27.
_RATIOS = (
    (
        (
            *(3.3871328727963666080, 133.14166789178437745, 1971.5909503065514427),
            *(13731.693765509461125, 45921.953931549871457, 67265.770927008700853),
            *(33430.575583588128105, 2509.0809287301226727),
        ),
        (
            *(1.0, 42.313330701600911252, 687.18700749205790830, 5394.1960214247511077),
            *(21213.794301586595867, 39307.895800092710610, 28729.085735721942674),
            5226.4952788528545610,
        ),
    ),
    (
        (
            *(1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550),
            *(3.64784832476320460504, 1.27045825245236838258, 0.241780725177450611770),
            *(2.27238449892691845833e-2, 7.74545014278341407640e-4),
        ),
        (
            *(1.0, 2.05319162663775882187, 1.67638483018380384940, 0.689767334985100004550),
            *(0.148103976427480074590, 1.51986665636164571966e-2, 5.47593808499534494600e-4),
            1.05075007164441684324e-9,
        ),
    ),
    (
        (
            *(6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580),
            *(0.296560571828504891230, 2.65321895265761230930e-2, 1.24266094738807843860e-3),
            *(2.71155556874348757815e-5, 2.01033439929228813265e-7),
        ),
        (
            *(1.0, 0.599832206555887937690, 0.136929880922735805310, 1.48753612908506148525e-2),
            *(7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7),
            2.04426310338993978564e-15,
        ),
    ),
)
_FAR = 27.0  # r, the root of -L, as far as AS 241 goes: 38 standard deviations
_ROUNDS = 4


def functions(lanes: int) -> str:
    """The text of ``@cp.tail(x)`` and ``@cp.quantile(L)`` for vectors.

    ``numerics`` goes before, and llvm.sqrt has to be declared.

    With P(x) for the probability of more than x: ``tail(x) = P(x) exp(x x / 2)`` for x from 0 up,
    and ``log(P(quantile(L))) = L`` for L from -1e18 up to log(1/2).

    Args:
        lanes: numbers in a vector.
    """
    vector, mask = f"<{lanes} x double>", f"<{lanes} x i1>"
    parts = []
    code = Assembly(lanes)
    tail = _tail(code, "%x")
    parts.append(_function(vector, "tail", code, f"ret {vector} {tail}"))
    code = Assembly(lanes)
    far = _far(code, "%x")
    parts.append(_function(vector, "quantile.far", code, f"ret {vector} {far}", "cold"))
    code = Assembly(lanes)
    near, root = _near(code, "%x")
    usual = code.compare("ole", root, code.number(_FAR))
    end = (
        f"%all = call i1 @llvm.vector.reduce.and.v{lanes}i1({mask} {usual})\n"
        f"  br i1 %all, label %done, label %rare, !prof {SELDOM}\n"
        f"rare:\n  %far = call {vector} @cp.quantile.far({vector} %x)\n"
        f"  %both = select {mask} {usual}, {vector} {near}, {vector} %far\n  br label %done\n"
        f"done:\n  %result = phi {vector} [ {near}, %entry ], [ %both, %rare ]\n"
        f"  ret {vector} %result"
    )
    parts.append(_function(vector, "quantile", code, end))
    return "".join(parts)


def _function(vector: str, name: str, code: Assembly, end: str, how: str = "") -> str:
    return (
        f"define internal {vector} @cp.{name}({vector} %x) noinline nounwind {how} {{\n"
        f"entry:\n{code.text()}  {end}\n}}\n"
    )


def _tail(code: Assembly, x: str) -> str:
    most = code.number(1e30)
    x = code.choose(code.compare("ogt", x, most), most, x)  # infinity has no place on the curve
    centre, one = code.number(_CENTRE), code.number(1.0)
    place = code.div(code.sub(x, centre), code.add(x, centre))
    curve = polynomial(code, _TAIL, place, code.mul(place, place))
    return code.div(curve, code.fma(x, code.number(_SLOPE), one))


def _near(code: Assembly, log: str) -> tuple[str, str]:
    """The quantile, and the root of -L, by which one sees whether it is right."""
    half, zero = code.number(0.5), code.number(0.0)
    q = code.sub(half, code.let(f"call {code.vector} @cp.exp({code.vector} {log})"))
    root = code.call("llvm.sqrt", code.sub(zero, log))
    middle = code.compare("olt", q, code.number(0.425))
    square = code.mul(q, q)
    places = (
        code.sub(code.number(0.180625), square),
        code.sub(root, code.number(1.6)),
        code.sub(root, code.number(5.0)),
    )
    values = []
    for place, (above, below) in zip(places, _RATIOS, strict=True):
        twice = code.mul(place, place)
        top, bottom = (polynomial(code, terms, place, twice) for terms in (above, below))
        values.append((top, bottom))
    values[0] = code.mul(values[0][0], q), values[0][1]
    close = code.compare("ole", root, code.number(5.0))
    top, bottom = (
        code.choose(middle, first, code.choose(close, second, third))
        for first, second, third in zip(*values, strict=True)
    )
    return code.div(top, bottom), root


def _far(code: Assembly, log: str) -> str:
    """x x = 2 (log(tail(x)) - L), each round of which divides the error by x x."""
    two = code.number(2.0)
    twice = code.mul(code.number(-2.0), log)
    first = code.mul(code.number(2 * math.pi), twice)
    square = code.sub(twice, code.let(f"call {code.vector} @cp.log({code.vector} {first})"))
    for _ in range(_ROUNDS):
        tail = _tail(code, code.call("llvm.sqrt", square))
        tail = code.let(f"call {code.vector} @cp.log({code.vector} {tail})")
        square = code.fma(two, tail, twice)
    return code.call("llvm.sqrt", square)
