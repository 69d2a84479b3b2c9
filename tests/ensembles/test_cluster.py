from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from cpdynamics.ensembles import Ensemble, ensemble, streaming
from cpdynamics.errors import Unsupported
from cpdynamics.library import load
from tests.ensembles.small_models import BREAKING, made

AUSTERITY = load("austerity")
ASKED: dict[str, Any] = {
    "n": 3000,
    "scenario": "A further 40 % cut",
    "outputs": ["Children in Care", "repeat referrals"],
}


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    from distributed import Client, LocalCluster

    with (
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            silence_logs=50,
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


def same(one: Ensemble, other: Ensemble) -> None:
    assert one.names == other.names
    for name in one.names:
        np.testing.assert_array_equal(one.values[name], other.values[name])
    assert one.failures.equals(other.failures)
    np.testing.assert_array_equal(one.times, other.times)


def pids(client: Any) -> list[int]:
    """The processes of the workers; a worker that is gone, and not yet missed, counts as none."""
    said = client.run(os.getpid, on_error="return").values()
    return [one for one in said if isinstance(one, int)]


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_cluster_gives_the_same_bits(client: Any) -> None:
    same(ensemble(AUSTERITY, **ASKED, client=client), ensemble(AUSTERITY, **ASKED))
    model, asked = made(BREAKING), {"priors": {"divisor": "uniform"}, "n": 200, "outputs": "wave"}
    there = ensemble(model, **asked, reductions=["mean"], client=client)  # type: ignore[arg-type]
    same(there, ensemble(model, **asked, reductions=["mean"]))  # type: ignore[arg-type]
    assert len(there.failures) > 50


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot send this signal")
def test_a_worker_that_is_killed_half_way_is_made_up_for(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = ensemble(AUSTERITY, **ASKED)
    put, killed, first = streaming.Kept.put, list[int](), pids(client)[0]

    def kill(self: streaming.Kept, chunk: streaming.Chunk) -> None:
        put(self, chunk)
        if not killed and chunk.first > 0:
            killed.append(first)
            os.kill(first, signal.SIGKILL)

    monkeypatch.setattr(streaming.Kept, "put", kill)
    monkeypatch.setattr(streaming, "_MOST", 64)
    there = ensemble(AUSTERITY, **ASKED, client=client)
    assert killed
    same(there, here)
    until(lambda: len(now := pids(client)) == 2 and first not in now)  # another has its place


def test_control_c_cancels_what_waits(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    put = streaming.Kept.put

    def pressed(self: streaming.Kept, chunk: streaming.Chunk) -> None:
        if self.done:
            raise KeyboardInterrupt
        put(self, chunk)

    monkeypatch.setattr(streaming.Kept, "put", pressed)
    monkeypatch.setattr(streaming, "_MOST", 64)
    with pytest.warns(UserWarning, match="Interrupted"):
        runs = ensemble(AUSTERITY, **ASKED, client=client)
    assert runs.interrupted
    assert len(runs) == 64

    def at_rest() -> bool:
        waiting = any(state.status == "pending" for state in client.futures.values())
        return not waiting and not any(client.processing().values())

    until(at_rest)  # the scheduler hears of it a moment later


def test_an_error_of_ours_comes_back_as_it_is(client: Any) -> None:
    with pytest.raises(Unsupported, match="stages"):
        ensemble(
            made("x = DELAY N(1, 4, 1, stages) ~~| stages = 3 ~ Dmnl [1,5] ~ |"),
            {"stages": "uniform"},
            n=5,
            engine="compiled",
            client=client,
        )
