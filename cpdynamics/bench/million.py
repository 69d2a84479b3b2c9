"""What a great many runs cost in time and in memory, found in a process of its own."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
import time
from dataclasses import dataclass

from cpdynamics import library
from cpdynamics.bench.variants import ends, story_variants
from cpdynamics.errors import RunFailed, clipped
from cpdynamics.mdl.names import canonical

_MOST_SECONDS = 3600
_SOME = 100  # enough for the lanes of many
_REDUCTIONS = ("final", "max", "mean")


@dataclass(frozen=True)
class Peak:
    """What a great many runs cost.

    Attributes:
        model: that was run.
        runs: how many.
        seconds: of CPU, draws and reductions among them.
        elapsed: seconds on the clock.
        megabytes: the most that the process held; None where the system does not tell.
        before: what it held before the first run.
    """

    model: str
    runs: int
    seconds: float
    elapsed: float
    megabytes: float | None
    before: float | None


def peak(model: str, runs: int) -> Peak:
    """What so many runs of a model cost, reduced as they come: a fresh process tells.

    Args:
        model: a name or a path, as ``library.load`` takes it.
        runs: how many.

    Raises:
        RunFailed: the process broke off, with the last that it said.
    """
    said = subprocess.run(
        [sys.executable, "-m", "cpdynamics.bench.million", model, str(runs)],
        capture_output=True,
        check=False,
        text=True,
        timeout=_MOST_SECONDS,
    )
    if said.returncode:
        last = (said.stderr.strip().splitlines() or [f"exit code {said.returncode}"])[-1]
        raise RunFailed(f"{runs:,} runs of {model} broke off: {clipped(last)}.")
    return Peak(**json.loads(said.stdout))


def _here(model: str, runs: int) -> Peak:
    from cpdynamics.ensembles import ensemble, uniform

    loaded = library.load(model)
    variant = story_variants(model, loaded.document, 2)[0]
    elements = variant.structure.elements
    priors = {name: uniform(*ends(elements[canonical(name)])) for name in variant.draws}
    # Some runs first, so that what is imported and compiled is not taken for a cost of many.
    made = functools.partial(
        ensemble, outputs=variant.outputs, reductions=_REDUCTIONS, progress=False
    )
    made(loaded, priors, n=_SOME)
    before = _megabytes()
    cpu, clock = time.process_time(), time.perf_counter()
    made(loaded, priors, n=runs)
    return Peak(
        model,
        runs,
        time.process_time() - cpu,
        time.perf_counter() - clock,
        _megabytes(),
        before,
    )


def _megabytes() -> float | None:
    """The most that this process has held so far."""
    try:
        import resource
    except ImportError:  # Windows has none
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most * (1 if sys.platform == "darwin" else 1024) / 1e6


if __name__ == "__main__":
    print(json.dumps(vars(_here(sys.argv[1], int(sys.argv[2])))))  # noqa: T201
