"""Uniform numbers that depend on nothing but the seed, the run, the stream and the time step.

Philox4x32-10 of Salmon, Moraes, Dror and Shaw, Parallel random numbers: as easy as 1, 2, 3,
SC '11, doi:10.1145/2063384.2063405: ten rounds that turn a counter of 128 bits and a key of 64 into
128 bits, which pass every test of TestU01's BigCrush. Here the key is the seed, and the counter is
made of the time step (32 bits), the run's number (32) and the stream (52). So no two draws share a
counter, there is nothing to be carried from one to the next, and any of them may be made on its
own, in any order and on any processor.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cpdynamics.engines.assembly import Assembly

MOST_RUNS = 2**32
"""Numbers of runs: 0 to one less than this."""

MOST_SEEDS = 2**64
"""Seeds: 0 to one less than this."""

_FACTORS = 0xD2511F53, 0xCD9E8D57
_WEYL = 0x9E3779B9, 0xBB67AE85  # added to the key after each round
_ROUNDS = 10
_LOW = 0xFFFFFFFF


@dataclass(frozen=True)
class Draws:
    """The chance of some runs at one time.

    Attributes:
        seed: of all of them.
        runs: their numbers.
        step: 0 for the start, one more than the number of the time otherwise.
    """

    seed: int
    runs: NDArray[np.uint64]
    step: int = 0

    def at(self, time: int) -> Draws:
        """The chance of the same runs at the time of that number."""
        return replace(self, step=time + 1)

    def uniform(self, stream: float) -> NDArray[np.float64]:
        """A number above 0 and below 1 for each run: an odd multiple of 2 to the power -53.

        Args:
            stream: number of the call that draws.
        """
        number = int(stream)
        counter = (self.step, self.runs, number & _LOW, number >> 32)
        first, second, *_ = philox(counter, (self.seed & _LOW, self.seed >> 32))
        bits = (first << np.uint64(32) | second) >> np.uint64(12)
        return (bits.astype(np.float64) + 0.5) * 2.0**-52


def philox(
    counter: tuple[int | NDArray[np.uint64], ...], key: tuple[int, int]
) -> list[NDArray[np.uint64]]:
    """Four words of 32 bits for each counter.

    Args:
        counter: four words of 32 bits, or arrays of them, of one shape.
        key: two words of 32 bits.
    """
    one, two, three, four = (np.asarray(word, dtype=np.uint64) for word in counter)
    shift, low = np.uint64(32), np.uint64(_LOW)
    for turn in range(_ROUNDS):
        first, second = (np.uint64(k + turn * w & _LOW) for k, w in zip(key, _WEYL, strict=True))
        left, right = one * np.uint64(_FACTORS[0]), three * np.uint64(_FACTORS[1])
        one, two, three, four = (
            right >> shift ^ two ^ first,
            right & low,
            left >> shift ^ four ^ second,
            left & low,
        )
    return [one, two, three, four]


def function(lanes: int) -> str:
    """The text of ``@cp.draw(runs, seed, stream, step)``, which is ``Draws.uniform`` in LLVM IR.

    Args:
        lanes: runs side by side.
    """
    code, whole = Assembly(lanes), f"<{lanes} x i64>"

    def spread(scalar: str) -> str:
        one = code.let(f"insertelement {whole} poison, i64 {scalar}, i32 0")
        zeros = f"<{lanes} x i32> zeroinitializer"
        return code.let(f"shufflevector {whole} {one}, {whole} poison, {zeros}")

    def low(word: str, kind: str = whole) -> str:
        mask = _LOW if kind == "i64" else f"splat (i64 {_LOW})"
        return code.let(f"and {kind} {word}, {mask}")

    def mixed(product: str, word: str, key: str) -> str:
        high = code.let(f"lshr {whole} {product}, splat (i64 32)")
        return code.let(f"xor {whole} {code.let(f'xor {whole} {high}, {word}')}, {spread(key)}")

    keys = [low("%seed", "i64"), code.let("lshr i64 %seed, 32")]
    one, two = spread("%step"), "%runs"
    three, four = spread(low("%stream", "i64")), spread(code.let("lshr i64 %stream, 32"))
    for _ in range(_ROUNDS):
        left = code.let(f"mul {whole} {one}, splat (i64 {_FACTORS[0]})")
        right = code.let(f"mul {whole} {three}, splat (i64 {_FACTORS[1]})")
        one, two, three, four = (
            mixed(right, two, keys[0]),
            low(right),
            mixed(left, four, keys[1]),
            low(left),
        )
        keys = [
            low(code.let(f"add i64 {key}, {weyl}"), "i64")
            for key, weyl in zip(keys, _WEYL, strict=True)
        ]
    high = code.let(f"shl {whole} {one}, splat (i64 32)")
    bits = code.let(f"lshr {whole} {code.let(f'or {whole} {high}, {two}')}, splat (i64 12)")
    # As the fraction of a number from 1 to 2; what is taken away is exact.
    bits = code.let(f"or {whole} {bits}, splat (i64 {0x3FF << 52})")
    value = code.let(f"bitcast {whole} {bits} to {code.vector}")
    value = code.sub(value, code.number(1 - 2.0**-53))
    return (
        f"define internal {code.vector} "
        f"@cp.draw({whole} %runs, i64 %seed, i64 %stream, i64 %step) noinline nounwind {{\n"
        f"{code.text()}  ret {code.vector} {value}\n}}\n"
    )
