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
            leave.wait(10)

    def then() -> None:
        with quiet():
            second.set()

    one = threading.Thread(target=first_in)
    one.start()
    assert inside.wait(10)
    other = threading.Thread(target=then)
    other.start()
    assert not second.wait(0.1)
    leave.set()
    assert second.wait(10)
    one.join()
    other.join()


def test_all_is_as_before_afterwards_and_a_thread_may_enter_twice() -> None:
    filters, bytecode = list(warnings.filters), sys.dont_write_bytecode

    def fails() -> None:
        with quiet(), quiet():
            assert sys.dont_write_bytecode
            raise ValueError("x")

    with pytest.raises(ValueError, match="x"):
        fails()
    assert list(warnings.filters) == filters
    assert sys.dont_write_bytecode == bytecode
