from __future__ import annotations

import sys
import threading
import warnings

import pytest

from cpdynamics.system.quiet import quiet


def test_one_thread_at_a_time() -> None:
    inside, leave, second = threading.Event(), threading.Event(), threading.Event()

    def first_in() -> None:
        with quiet():
            inside.set()
            leave.wait(60)

    def then() -> None:
        with quiet():
            second.set()

    one = threading.Thread(target=first_in)
    one.start()
    assert inside.wait(60)
    other = threading.Thread(target=then)
    other.start()
    assert not second.wait(0.1)
    leave.set()
    assert second.wait(60)
    one.join()
    other.join()


@pytest.fixture(autouse=True)
def filter_in_place() -> None:
    """Pytest gives each test a list of filters of its own; ours goes into it once."""
    with quiet():
        pass


def test_all_is_as_before_afterwards_and_a_thread_may_enter_twice() -> None:
    filters, bytecode = list(warnings.filters), sys.dont_write_bytecode
    depth = sys.getrecursionlimit()

    def fails() -> None:
        with quiet(), quiet():
            assert sys.dont_write_bytecode
            assert sys.getrecursionlimit() > depth
            raise ValueError("x")

    with pytest.raises(ValueError, match="x"):
        fails()
    assert list(warnings.filters) == filters
    assert sys.dont_write_bytecode == bytecode
    assert sys.getrecursionlimit() == depth
    with pytest.warns(UserWarning, match="heard"):
        warnings.warn("heard", stacklevel=1)


def test_no_warning_gets_out_whatever_the_filters_say() -> None:
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("error")
        with quiet():
            warnings.warn("x", stacklevel=1)
            with quiet():
                pass
            warnings.warn("x", DeprecationWarning, stacklevel=1)
    assert heard == []


class InQuiet(threading.Thread):
    """A thread that is in ``quiet`` from `enter` to `leave`."""

    def __init__(self) -> None:
        super().__init__()
        self._inside, self._free = threading.Event(), threading.Event()

    def run(self) -> None:
        with quiet():
            self._inside.set()
            self._free.wait(60)

    def enter(self) -> None:
        self.start()
        assert self._inside.wait(60)

    def leave(self) -> None:
        self._free.set()
        self.join()


def test_a_thread_that_saves_the_filters_meanwhile_puts_them_back_as_they_were() -> None:
    before = list(warnings.filters)
    other = InQuiet()
    other.enter()
    with warnings.catch_warnings():
        other.leave()
    assert list(warnings.filters) == before
    other = InQuiet()
    with warnings.catch_warnings():
        other.enter()
    other.leave()
    assert list(warnings.filters) == before


def test_other_threads_are_warned_as_ever() -> None:
    other = InQuiet()
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        other.enter()  # after that its own filter comes first
        warnings.warn("heard", stacklevel=1)
        other.leave()
    assert [str(one.message) for one in heard] == ["heard"]


def test_a_limit_that_another_sets_meanwhile_is_left_alone() -> None:
    depth = sys.getrecursionlimit()
    try:
        with quiet():
            sys.setrecursionlimit(7_000)
        assert sys.getrecursionlimit() == 7_000
        with quiet():
            assert sys.getrecursionlimit() == 7_000, "a higher limit is kept"
        assert sys.getrecursionlimit() == 7_000
    finally:
        sys.setrecursionlimit(depth)
