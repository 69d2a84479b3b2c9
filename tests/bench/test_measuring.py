import time

import pytest

from cpdynamics.bench import measuring
from cpdynamics.bench.measuring import Measured, Task, cpu, measured


def test_the_tasks_take_turns_after_all_are_warm():
    order = []

    def task(name):
        return Task("", name, lambda: order.append(name) or float(len(order)))

    first, second = measured([task("a"), task("b")], 3)
    assert order == ["a", "b"] * 4
    assert first.seconds == [3, 5, 7]
    assert second.seconds == [4, 6, 8]


def test_the_median_is_no_mean():
    assert Measured(Task("", "it", float), [1, 9, 2]).median == 2


@pytest.fixture
def clock(monkeypatch):
    """CPU time that passes when it is told to."""
    now = [0.0]
    monkeypatch.setattr(measuring.time, "process_time", lambda: now[0])

    def work(seconds, calls=None):
        def done():
            now[0] += seconds
            if calls is not None:
                calls.append(seconds)

        return done

    return work


def test_a_cost_is_cpu_seconds_a_run(clock):
    cost = cpu(clock(3.0), runs=1000)
    assert [cost(), cost()] == pytest.approx([0.003, 0.003])


def test_what_is_quick_is_done_often_enough_and_what_is_slow_once(clock):
    quick, slow = [], []
    cost = cpu(clock(0.001, quick))
    cost()
    before = len(quick)
    assert cost() == pytest.approx(0.001)
    assert len(quick) - before == measuring.LEAST / 0.001
    cost = cpu(clock(2.0, slow))
    cost()
    cost()
    assert len(slow) == 2


def test_sleep_costs_nothing_and_work_does():
    sleep = cpu(lambda: time.sleep(0.05))
    sleep()
    assert sleep() < 0.02
    work = cpu(lambda: sum(range(400_000)))
    work()
    assert work() > 0.001
