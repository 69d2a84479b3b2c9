"""The last change once more, and whoever moves on."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from cpdynamics.dashboards import replaying
from cpdynamics.dashboards.replaying import Replay

FRAMES = [(0.0,), (0.1,), (0.2,), (0.3,)]


@pytest.fixture(autouse=True)
def quick(monkeypatch: Any) -> None:
    monkeypatch.setattr(replaying, "FRAME", 0.001)


def test_every_picture_is_shown_once_and_in_order() -> None:
    seen: list[Any] = []
    replay = Replay(seen.append, lambda: seen.append("done"))
    replay.start(FRAMES)
    assert replay.wait(60)
    assert seen == [*FRAMES, "done"]


def test_little_motion_is_the_two_ends() -> None:
    seen: list[Any] = []
    replay = Replay(seen.append, lambda: seen.append("done"))
    replay.start(FRAMES, calm=True)
    assert replay.wait(60)
    assert seen == [FRAMES[0], FRAMES[-1], "done"]


def test_nothing_to_show_shows_nothing() -> None:
    seen: list[Any] = []
    replay = Replay(seen.append, lambda: seen.append("done"))
    replay.start([])
    assert replay.wait(60)
    assert seen == []


def test_whoever_moves_on_sees_no_picture_more() -> None:
    seen: list[Any] = []
    first, go_on = threading.Event(), threading.Event()

    def show(values: Any) -> None:
        seen.append(values)
        first.set()
        assert go_on.wait(60)

    replay = Replay(show, lambda: seen.append("done"))
    replay.start(FRAMES)
    assert first.wait(60)
    replay.stop()
    go_on.set()
    assert replay.wait(60)
    assert seen == [FRAMES[0]]


def test_a_second_replay_ends_the_first() -> None:
    seen: list[Any] = []
    replay = Replay(seen.append, lambda: seen.append("done"))
    replay.start(FRAMES * 1000)
    replay.start([(7.0,), (8.0,)])
    assert replay.wait(60)
    time.sleep(0.05)
    assert seen[-3:] == [(7.0,), (8.0,), "done"]
    assert seen.count("done") == 1
