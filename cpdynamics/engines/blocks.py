"""Blocks of runs, handed to a compiled function by as many threads as there are processors."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from ctypes import c_int64, c_uint64, c_void_p
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cpdynamics.engines.emitter import FUNCTION, Kernel
from cpdynamics.engines.machine import Function, compiled

_ARGUMENTS = (
    *(c_void_p, c_int64, c_void_p, c_void_p, c_void_p, c_int64, c_void_p, c_uint64, c_void_p),
    *(c_void_p, c_int64, c_void_p, c_int64, c_void_p),
)
_PLACES = 256  # in a ring, at first; a power of two
_TOGETHER = 64  # blocks, at most, that a thread takes at a time
_WORTH_A_THREAD = 4  # blocks; fewer are done before a thread has started


@dataclass(frozen=True)
class Work:
    """What a kernel is to run.

    Attributes:
        inputs: for each input a number, or an array of one number a run.
        runs: how many.
        clock: initial time, final time, time step, saveper.
        at: T + 1 times.
        saved: for each 1 where it is stored, 2 where it is only looked at, otherwise 0.
        series: S rows of T + 1 values.
        seed: of all chance.
        numbers: of the runs, for their chance.
    """

    inputs: Sequence[float | NDArray[np.float64]]
    runs: int
    clock: NDArray[np.float64]
    at: NDArray[np.float64]
    saved: NDArray[np.uint8]
    series: NDArray[np.float64]
    seed: int
    numbers: NDArray[np.uint64]


class Runner:
    """A compiled kernel. Threads may share one.

    Args:
        emit: makes the kernel, with or without ``inverses``.
        lanes: of the kernel.
        inverses: whether it is tried with them first; a block whose divisors have none is then
            run without.
        threads: the most that share the work.
    """

    def __init__(
        self,
        emit: Callable[..., Kernel],
        lanes: int,
        *,
        inverses: bool = True,
        threads: int | None = None,
    ) -> None:
        self.kernel, self.lanes = emit(inverses=inverses), lanes
        self._emit, self._inverses, self._lock = emit, inverses, threading.Lock()
        self._threads = threads or os.cpu_count() or 1
        self._functions = {inverses: compiled(self.kernel.text, FUNCTION, _ARGUMENTS)}

    def _function(self, inverses: bool) -> Function:
        with self._lock:
            if inverses not in self._functions:
                text = self._emit(inverses=inverses).text
                self._functions[inverses] = compiled(text, FUNCTION, _ARGUMENTS)
            return self._functions[inverses]

    def run(self, work: Work) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Outputs, as T by V by N numbers, and what became of each of the N runs."""
        blocks = -(-work.runs // self.lanes)
        columns = blocks * self.lanes
        stored = int(np.count_nonzero(work.saved == 1))
        # A row more, for a last time that is looked at and not stored.
        out = np.empty((stored + 1, max(len(self.kernel.outputs), 1), columns))
        became = np.empty(columns, dtype=np.int64)
        together = max(1, min(_TOGETHER, blocks // (4 * self._threads)))
        numbers = np.pad(work.numbers, (0, columns - work.runs), mode="edge")
        waiting = iter(range(0, blocks, together))
        lock = threading.Lock()

        def labour() -> None:
            places, function = _PLACES, self._function(self._inverses)
            rings = np.empty(self.kernel.rings * places * self.lanes)
            inputs = np.empty((len(work.inputs) + 1, together * self.lanes))
            while True:
                with lock:
                    first = next(waiting, None)
                if first is None:
                    return
                self._fill(inputs, work, first * self.lanes)
                for block in range(first, min(first + together, blocks)):
                    across, within = (8 * self.lanes * n for n in (block, block - first))
                    while asked := function(
                        *(inputs.ctypes.data + within, inputs.shape[1], work.clock.ctypes.data),
                        *(work.at.ctypes.data, work.saved.ctypes.data, len(work.at) - 1),
                        *(work.series.ctypes.data, work.seed, numbers.ctypes.data + across),
                        *(out.ctypes.data + across, columns),
                        *(rings.ctypes.data, places - 1, became.ctypes.data + across),
                    ):
                        if asked < 0:
                            function = self._function(False)
                            continue
                        places = 1 << (asked - 1).bit_length()
                        rings = np.empty(self.kernel.rings * places * self.lanes)

        threads = min(self._threads, blocks // _WORTH_A_THREAD)
        if threads < 2:
            labour()
        else:
            with ThreadPoolExecutor(threads) as pool:
                for done in [pool.submit(labour) for _ in range(threads)]:
                    done.result()
        return out[:stored, : len(self.kernel.outputs), : work.runs], became[: work.runs]

    @staticmethod
    def _fill(inputs: NDArray[np.float64], work: Work, first: int) -> None:
        """The inputs of some runs; where there are no more, the last one's again."""
        last = min(first + inputs.shape[1], work.runs)
        for row, value in enumerate(work.inputs):
            if isinstance(value, np.ndarray) and value.ndim:
                inputs[row, : last - first] = value[first:last]
                inputs[row, last - first :] = value[last - 1]
            else:
                inputs[row] = value
