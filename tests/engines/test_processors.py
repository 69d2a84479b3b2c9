from __future__ import annotations

import platform
from pathlib import Path

import numpy as np
import pytest

from cpdynamics.engines import machine
from cpdynamics.engines.compiled import Compiled
from cpdynamics.engines.emitter import emit
from cpdynamics.engines.machine import Processor
from cpdynamics.system.program import program
from tests.engines.agreeing import small
from tests.engines.test_compiled import EVERYTHING, LAGS

X86 = platform.machine().lower() in ("x86_64", "amd64")
PLAIN = [Processor("x86-64", "", 1), Processor("x86-64", "", 2), Processor("haswell", "", 4)]


@pytest.mark.parametrize("level", [0, 1])
@pytest.mark.parametrize(
    ("triple", "cpu", "lanes"),
    [
        ("aarch64-unknown-linux-gnu", "generic", 2),
        ("aarch64-apple-darwin", "apple-m1", 2),
        ("x86_64-unknown-linux-gnu", "x86-64", 1),
        ("x86_64-unknown-linux-gnu", "x86-64", 2),
        ("x86_64-pc-windows-msvc", "haswell", 4),
        ("x86_64-unknown-linux-gnu", "x86-64-v4", 8),
        ("x86_64-unknown-linux-gnu", "x86-64-v4", 16),
    ],
)
def test_code_is_made_for_other_processors(triple: str, cpu: str, lanes: int, level: int) -> None:
    binding = machine._llvm()
    binding.initialize_all_targets()
    binding.initialize_all_asmprinters()
    _, structure = small(EVERYTHING, step="0.1")
    ready = program(structure)
    module = binding.parse_assembly(emit(ready, lanes, outputs=list(ready.names)).text)
    module.triple = triple
    module.verify()
    target = binding.Target.from_triple(triple).create_target_machine(
        cpu=cpu, opt=level, jit=True, codemodel="small", reloc="pic"
    )
    assert len(target.emit_object(module)) > 4000


@pytest.mark.parametrize("other", PLAIN if X86 else [], ids=lambda one: f"{one.name}-{one.lanes}")
def test_an_older_processor_gives_the_same_bits(
    other: Processor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, structure = small(EVERYTHING, step="0.1")
    here = Compiled(structure).ensemble({"lag": LAGS})
    monkeypatch.setenv("CPDYNAMICS_CACHE", str(tmp_path))
    monkeypatch.setattr(machine, "processor", lambda: other)
    there = Compiled(structure, lanes=other.lanes).ensemble({"lag": LAGS})
    assert not there.failed.any()
    for name, values in here.values.items():
        np.testing.assert_array_equal(values, there.values[name])


@pytest.mark.parametrize(
    ("triple", "features", "lanes"),
    [
        ("aarch64-unknown-linux-gnu", {"neon": True}, 2),
        ("arm64-apple-darwin", {}, 2),
        ("x86_64-unknown-linux-gnu", {"sse2": True}, 1),
        ("x86_64-unknown-linux-gnu", {"avx2": True}, 1),
        ("x86_64-unknown-linux-gnu", {"avx2": True, "fma": True}, 4),
        ("x86_64-unknown-linux-gnu", {"avx2": True, "fma": True, "avx512f": True}, 8),
    ],
)
def test_lanes_are_those_that_a_processor_computes_side_by_side(
    triple: str, features: dict[str, bool], lanes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    binding = machine._llvm()
    listed = type(binding.get_host_cpu_features())(features)
    monkeypatch.setattr(binding, "get_host_cpu_features", lambda: listed)
    monkeypatch.setattr(binding, "get_process_triple", lambda: triple)
    assert machine.processor.__wrapped__().lanes == lanes
