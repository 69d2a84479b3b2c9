"""Only the newest request counts."""

from __future__ import annotations

import threading
import time

from cpdynamics.dashboards.latest import Latest


class Gate:
    """Work that waits until it is let through, so that a test decides what is under way."""

    def __init__(self) -> None:
        self.done: list[int] = []
        self.errors: list[Exception] = []
        self.begun = threading.Semaphore(0)
        self.let = threading.Semaphore(0)
        self.latest: Latest[int] = Latest(self.work, self.errors.append)

    def work(self, request: int) -> None:
        self.begun.release()
        assert self.let.acquire(timeout=60)
        if request < 0:
            raise ValueError(request)
        self.done.append(request)


def test_a_slow_run_never_queues() -> None:
    gate = Gate()
    gate.latest.ask(1)
    assert gate.begun.acquire(timeout=60)
    for request in range(2, 50):
        gate.latest.ask(request)
    gate.let.release(50)
    assert gate.latest.wait(60)
    assert gate.done == [1, 49]


def test_waiting_ends_when_nothing_is_left() -> None:
    gate = Gate()
    assert gate.latest.wait(0.1)
    gate.latest.ask(1)
    assert not gate.latest.wait(0.1)
    gate.let.release()
    assert gate.latest.wait(60)


def test_an_error_is_handed_on_and_the_next_request_is_worked_on() -> None:
    gate = Gate()
    gate.let.release(3)
    gate.latest.ask(-1)
    assert gate.latest.wait(60)
    gate.latest.ask(2)
    assert gate.latest.wait(60)
    assert gate.done == [2]
    assert [error.args for error in gate.errors] == [(-1,)]


def test_an_error_while_saying_so_does_not_stop_the_next_request() -> None:
    done: list[int] = []

    def work(request: int) -> None:
        if request < 0:
            raise ValueError(request)
        done.append(request)

    def failed(error: Exception) -> None:
        raise RuntimeError("the page is gone") from error

    latest = Latest(work, failed)
    latest.ask(-1)
    assert latest.wait(60)
    latest.ask(2)
    assert latest.wait(60)
    assert done == [2]


def test_an_error_does_not_lose_what_came_meanwhile() -> None:
    gate = Gate()
    gate.latest.ask(-1)
    assert gate.begun.acquire(timeout=60)
    gate.latest.ask(2)
    gate.let.release(2)
    assert gate.latest.wait(60)
    assert gate.done == [2]


def test_with_a_rest_only_the_last_of_a_flurry_is_worked_on() -> None:
    done: list[tuple[int, float]] = []
    latest: Latest[int] = Latest(
        lambda request: done.append((request, time.monotonic())), print, rest=1.0
    )
    for request in range(6):
        latest.ask(request)
        last = time.monotonic()
        time.sleep(0.05)
    assert latest.wait(60)
    assert [request for request, _ in done] == [5]
    assert done[0][1] - last >= 1.0
    latest.ask(7)
    assert latest.wait(60)
    assert [request for request, _ in done] == [5, 7]
