from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from cpdynamics.engines import machine
from cpdynamics.engines.compiled import Compiled
from cpdynamics.engines.emitter import Kernel, emit
from cpdynamics.engines.vectorised import Vectorised
from cpdynamics.errors import CpdynamicsError
from cpdynamics.system import dependencies, lowering
from cpdynamics.system.program import Program, program
from tests.engines.agreeing import agree, same, small, steps
from tests.engines.large_models import chain, web


def made(equations: str) -> tuple[Program, Kernel]:
    _, structure = small(equations)
    ready = program(structure)
    return ready, emit(ready, 4, outputs=list(ready.names)[:10])


@pytest.mark.parametrize("kind", [chain, web])
def test_four_times_the_variables_are_four_times_the_instructions(
    kind: Callable[[int], str],
) -> None:
    small_one, large_one = (made(kind(count)) for count in (200, 800))
    lines = [kernel.text.count("\n") for _, kernel in (small_one, large_one)]
    assert lines[1] < 4.2 * lines[0]
    assert len(large_one[0].step) + len(large_one[0].states) >= 800


def within(nested: str, levels: int) -> str:
    formula = "Time"
    for _ in range(levels):
        formula = nested.format(formula)
    return f"x = {formula} ~~|"


@pytest.mark.parametrize("nested", ["FORECAST({}, 2, 1)", "TREND({}, 2, 1)", "SMOOTH3({}, 2)"])
def test_memories_within_one_another_are_read_once(
    nested: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    collect, lowered = dependencies._collect, lowering._Reading._lowered

    def counted(*arguments: object) -> None:
        calls.append(1)
        assert len(calls) < 5000, "each level is read several times over"
        collect(*arguments)

    def lowering_counted(reading: object, node: object) -> object:
        calls.append(1)
        return lowered(reading, node)

    monkeypatch.setattr(dependencies, "_collect", counted)
    monkeypatch.setattr(lowering._Reading, "_lowered", lowering_counted)
    counts = []
    for levels in (5, 10):
        calls.clear()
        _, structure = small(within(nested, levels))
        lowering.lower(structure)
        counts.append(len(calls))
    assert counts[1] < 2.5 * counts[0]


def test_a_smooth_that_starts_at_its_input_has_one_state_within() -> None:
    _, structure = small(within("SMOOTH({}, 2)", 6))
    assert len(program(structure).states) == 6
    agree(*small(within("SMOOTH3({}, 2)", 3)), *steps())


@pytest.mark.parametrize("engine", [Compiled, Vectorised])
def test_a_formula_that_doubles_with_every_level_is_refused(engine: type) -> None:
    with pytest.raises(CpdynamicsError, match="repeats itself too often"):
        engine.load(*small(within("SMOOTH3({}, 2)", 25)))


def test_code_for_a_large_model_is_made_quickly_and_has_the_same_bits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    levels: list[int] = []
    target = machine._target
    monkeypatch.setattr(machine, "_target", lambda level: levels.append(level) or target(level))
    _, structure = small(web(60), step="0.25")
    made = []
    for large in (10**9, 0):
        monkeypatch.setenv("CPDYNAMICS_CACHE", str(tmp_path / str(large)))
        monkeypatch.setattr(machine, "_LARGE", large)
        made.append(Compiled(structure, lanes=4).ensemble({"k1": np.linspace(0, 1, 9)}))
        levels.append(-1)
    assert levels == [1, 1, -1, 0, 1, -1]
    for name, values in made[0].values.items():
        np.testing.assert_array_equal(values, made[1].values[name])


@pytest.mark.slow
@pytest.mark.parametrize("kind", [chain, web])
def test_the_time_from_equations_to_code_grows_little_faster_than_the_model(
    kind: Callable[[int], str],
) -> None:
    taken = {}
    for count in (1000, 4000):
        _, structure = small(kind(count))
        taken[count] = statistics.median(_seconds(structure) for _ in range(3))
    # n log n would be 4.8; a square 16.
    assert taken[4000] < 10 * taken[1000], taken


def _seconds(structure: object) -> float:
    gc.collect()
    gc.disable()
    try:
        start = time.process_time()
        machine._object(emit(program(structure), 4, outputs=["a1"]).text)
        return time.process_time() - start
    finally:
        gc.enable()


def test_a_large_model_is_that_of_the_second_opinion() -> None:
    document, structure = small(web(600), step="0.25")
    same(Compiled.load(document, structure).run(), Vectorised.load(document, structure).run())
