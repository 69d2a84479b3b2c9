"""The same chunks on the workers of a dask.distributed cluster, for more than one machine.

In a terminal Ctrl-C reaches the workers of a LocalCluster, too, which is dask's own affair: what
is done is kept, but that cluster is of no more use.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from typing import Any

from cpdynamics.ensembles.streaming import Chunk, Constants, Task, part
from cpdynamics.errors import BadValue, came_as
from cpdynamics.model import Model

_AHEAD = 4  # chunks that wait for each thread of the cluster, so that none of them idles


def there(
    client: Any,
    model: Model,
    engine: str,
    task: Task,
    constants: Constants,
    between: list[tuple[int, int]],
) -> Generator[Chunk]:
    """The chunks, in order. Those of a worker that is lost are run again by another.

    Args:
        client: a dask.distributed Client.
        model: goes to a worker once, and keeps its engine there.
        engine: the name of the one that makes the runs.
        task: what every run is to do.
        constants: name -> N values.
        between: where chunks begin and end.

    Raises:
        BadValue: it is no such Client, or one that has to be awaited.
    """
    if not (hasattr(client, "submit") and hasattr(client, "nthreads")):
        raise BadValue(
            f"client= is {came_as(client)}.",
            "A Client of dask.distributed was expected.",
            "Leave it out to run here.",
        )
    if client.asynchronous:
        raise BadValue(
            "client= is one that has to be awaited.", "", "Use Client(asynchronous=False)."
        )
    return _there(client, model, engine, task, constants, between)


def _there(
    client: Any,
    model: Model,
    engine: str,
    task: Task,
    constants: Constants,
    between: list[tuple[int, int]],
) -> Generator[Chunk]:
    # As the result of a task, not as scattered data: it is made again when its worker is lost.
    sent = client.submit(_itself, model, pure=False)
    spans = iter(between)
    waiting: deque[Any] = deque()
    try:
        while True:
            ahead = _AHEAD * max(1, sum(client.nthreads().values()))
            while len(waiting) < ahead and (span := next(spans, None)) is not None:
                some = part(constants, *span)
                waiting.append(client.submit(_chunk, sent, engine, task, span[0], some, pure=False))
            if not waiting:
                return
            yield waiting[0].result()
            waiting.popleft()
    finally:
        client.cancel(list(waiting))


def _itself(model: Model) -> Model:
    return model


def _chunk(model: Model, engine: str, task: Task, first: int, constants: Constants) -> Chunk:
    return task.chunk(model.engine(engine), first, constants)
