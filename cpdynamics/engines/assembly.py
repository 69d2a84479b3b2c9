"""Lines of LLVM's intermediate language, written one instruction at a time."""

from __future__ import annotations

import struct

SCALAR = "double"
"""The type of one number, shared by all lanes."""


class Assembly:
    """A function in the making. Values are known by their names, such as ``%v17``.

    Args:
        lanes: numbers that are computed side by side.
    """

    def __init__(self, lanes: int) -> None:
        self.lanes = lanes
        self.vector = f"<{lanes} x double>"
        self.lines: list[str] = []
        self._count = 0

    def let(self, text: str) -> str:
        """The name of a new value, computed by an instruction."""
        self._count += 1
        name = f"%v{self._count}"
        self.lines.append(f"  {name} = {text}")
        return name

    def do(self, text: str) -> None:
        """Adds an instruction without a value, or a label."""
        self.lines.append(text if text.endswith(":") else f"  {text}")

    def number(self, value: float, kind: str = "") -> str:
        """A literal, in every lane unless the kind is ``SCALAR``."""
        bits = f"0x{struct.unpack('<Q', struct.pack('<d', value))[0]:016X}"
        return bits if kind == SCALAR else f"splat (double {bits})"

    def spread(self, scalar: str) -> str:
        """A vector with one number in every lane."""
        if scalar.startswith("0x"):
            return f"splat (double {scalar})"
        one = self.let(f"insertelement {self.vector} poison, double {scalar}, i32 0")
        zeros = f"<{self.lanes} x i32> zeroinitializer"
        return self.let(f"shufflevector {self.vector} {one}, {self.vector} poison, {zeros}")

    def binary(self, instruction: str, left: str, right: str, kind: str = "") -> str:
        """An instruction of two numbers, such as ``fadd``."""
        return self.let(f"{instruction} {kind or self.vector} {left}, {right}")

    def add(self, left: str, right: str) -> str:
        """The sums of two vectors."""
        return self.binary("fadd", left, right)

    def sub(self, left: str, right: str) -> str:
        """The differences of two vectors."""
        return self.binary("fsub", left, right)

    def mul(self, left: str, right: str) -> str:
        """The products of two vectors."""
        return self.binary("fmul", left, right)

    def div(self, left: str, right: str) -> str:
        """The quotients of two vectors."""
        return self.binary("fdiv", left, right)

    def fma(self, left: str, right: str, more: str) -> str:
        """``left * right + more``, rounded once."""
        return self.call("llvm.fma", left, right, more)

    def call(self, function: str, *arguments: str, kind: str = "") -> str:
        """What one of LLVM's own functions makes of some numbers."""
        kind = kind or self.vector
        suffix = "f64" if kind == SCALAR else f"v{self.lanes}f64"
        return self.let(
            f"call {kind} @{function}.{suffix}({', '.join(f'{kind} {one}' for one in arguments)})"
        )

    def compare(self, test: str, left: str, right: str, kind: str = "") -> str:
        """Whether an ordered or unordered comparison holds, such as ``olt``."""
        return self.let(f"fcmp {test} {kind or self.vector} {left}, {right}")

    def choose(self, test: str, then: str, otherwise: str, kind: str = "") -> str:
        """``then`` where the test holds, ``otherwise`` where it does not."""
        kind = kind or self.vector
        mask = "i1" if kind == SCALAR else f"<{self.lanes} x i1>"
        return self.let(f"select {mask} {test}, {kind} {then}, {kind} {otherwise}")

    def text(self) -> str:
        """All lines."""
        return "\n".join(self.lines) + "\n"
