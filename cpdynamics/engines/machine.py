"""From LLVM's intermediate language to code that this computer runs."""

from __future__ import annotations

import ctypes
import functools
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cpdynamics.errors import Unsupported, clipped
from cpdynamics.system.store import entry

_LOCK = threading.Lock()
_LARGE = 400_000
"""Characters of a module from which on registers are given out quickly rather than well.

LLVM's better way takes more than proportionally longer: seconds for some thousands of variables, of
which a quick one takes a sixth. The code is slower, for many runs of such a model several times.
"""


class NoCompiler(Unsupported):
    """llvmlite cannot be imported here, so that no model can be compiled, whatever is in it."""


@dataclass(frozen=True)
class Processor:
    """What code is made for.

    Attributes:
        name: of the processor, as LLVM calls it.
        features: its instructions, as LLVM lists them.
        lanes: numbers that it computes side by side.
    """

    name: str
    features: str
    lanes: int

    @property
    def many(self) -> int:
        """Lanes where there are runs enough: with twice as many registers to hold them, two
        vectors at a time fill the gaps in which one would wait (a tenth, measured on Zen 5)."""
        return 16 if self.lanes == 8 else self.lanes

    @property
    def inverses(self) -> bool:
        """Whether an inverse, corrected, is quicker than a division. Zen 5 divides so quickly that
        it is not (measured: a twentieth slower)."""
        return not self.name.startswith("znver")


class Function:
    """A compiled function. Calling it lets other Python threads run meanwhile.

    Args:
        address: of the code.
        kinds: ctypes of the arguments; the result is a 64-bit whole number.
        keep: what owns the code.
    """

    def __init__(self, address: int, kinds: Sequence[Any], keep: object) -> None:
        self._call: Callable[..., int] = ctypes.CFUNCTYPE(ctypes.c_int64, *kinds)(address)
        self._keep = keep

    def __call__(self, *arguments: Any) -> int:
        """The function's result."""
        return self._call(*arguments)


@functools.cache
def processor() -> Processor:
    """This computer's.

    Raises:
        NoCompiler: llvmlite cannot be imported here.
    """
    binding = _llvm()
    features = binding.get_host_cpu_features()
    lanes = 1
    if binding.get_process_triple().startswith(("aarch64", "arm64")):
        lanes = 2  # all of them have NEON; LLVM does not list it for each
    if features.get("avx2") and features.get("fma"):
        lanes = 4
    if features.get("avx512f"):
        lanes = 8
    listed = features.flatten()
    if lanes == 8:
        listed += ",-prefer-256-bit"  # some processors are said to prefer halves of their vectors
    return Processor(binding.get_host_cpu_name(), listed, lanes)


def compiled(text: str, name: str, kinds: Sequence[Any]) -> Function:
    """A function of a module of LLVM IR, compiled now or found in the cache.

    Args:
        text: the module.
        name: of the function.
        kinds: ctypes of its arguments; it returns an i64.

    Raises:
        NoCompiler: llvmlite cannot be imported here.
        CannotWrite: neither the cache nor a temporary folder can be written.
    """
    binding = _llvm()
    host = processor()
    what = (binding.llvm_version_info, binding.get_process_triple(), host.name, host.features)
    material = repr(what).encode() + b"\0" + text.encode()

    def build(folder: Path) -> None:
        folder.joinpath("code.o").write_bytes(_object(text))

    place = entry("machine", material, build) / "code.o"
    try:
        code = place.read_bytes()
    except OSError:  # swept away meanwhile
        code = _object(text)
    with _LOCK:
        engine = binding.create_mcjit_compiler(binding.parse_assembly(""), _target(1))
        engine.add_object_file(binding.ObjectFileRef.from_data(code))
        engine.finalize_object()
        return Function(engine.get_function_address(name), kinds, engine)


def _object(text: str) -> bytes:
    binding = _llvm()
    with _LOCK:
        target = _target(1 if len(text) < _LARGE else 0)
        module = binding.parse_assembly(text)
        # The emitter has already shared and hoisted: the passes of level 2 take two thirds of the
        # time and gain nothing.
        passes = binding.create_pass_builder(
            target, binding.create_pipeline_tuning_options(speed_level=0)
        )
        passes.getModulePassManager().run(module, passes)
        code: bytes = target.emit_object(module)
        return code


def _target(level: int) -> Any:
    """What makes code for this processor, with LLVM's level of care."""
    binding, host = _llvm(), processor()
    return binding.Target.from_default_triple().create_target_machine(
        cpu=host.name, features=host.features, opt=level, jit=True, codemodel="small", reloc="pic"
    )


@functools.cache
def _llvm() -> Any:
    try:
        from llvmlite import binding
    except (ImportError, OSError) as error:  # OSError: its library is there and cannot be loaded
        raise NoCompiler(
            f"The compiled engine cannot start: {clipped(error)}.",
            "It needs llvmlite.",
            'Install llvmlite, or ask for engine="vectorised" or engine="pysd".',
        ) from error
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    return binding
