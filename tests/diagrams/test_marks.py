"""Polarities stand beside their heads, clear of names, of each other and of other links."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from cpdynamics.diagrams import arcs
from cpdynamics.diagrams.boxes import Box
from cpdynamics.diagrams.marks import places


def spokes(count: int) -> tuple[list[arcs.Curve], list[Box]]:
    hub = Box("sum", "auxiliary", 0, 0, 20, 10)
    ends = [
        Box(f"v{i}", "auxiliary", 220 * math.cos(a), 110 * math.sin(a), 20, 10)
        for i, a in enumerate(np.linspace(0, math.pi, count))
    ]
    curves = [arcs.clip(arcs.arc(e.centre, (e.x / 2, e.y / 2), (0, 0)), e, hub) for e in ends]
    return curves, [hub, *ends]


def test_marks_are_apart_and_on_no_name() -> None:
    curves, boxes = spokes(8)
    found = places(curves, boxes)
    assert min(math.dist(a, b) for a, b in itertools.combinations(found, 2)) > 12
    for x, y in found:
        assert not any(abs(x - b.x) < b.w and abs(y - b.y) < b.h for b in boxes)
    for (x, y), curve in zip(found, curves, strict=True):
        assert np.hypot(*(curve - (x, y)).T).min() == pytest.approx(9, abs=1.5)


def test_a_mark_keeps_off_a_pipe() -> None:
    curve = arcs.arc((0, 0), (100, 0), (200, 0))
    pipe = np.column_stack((np.linspace(150, 210, 60), np.full(60, -9.0)))
    (free,), (moved,) = places([curve], []), places([curve], [], [pipe])
    above = np.column_stack((pipe[:, 0], -pipe[:, 1]))
    assert np.hypot(*(pipe - moved).T).min() > 7
    (other,) = places([curve], [], [above])
    assert {math.copysign(1, other[1]), math.copysign(1, moved[1])} == {1, -1}
    assert free in (moved, other)


def test_a_mark_may_stand_farther_from_a_thick_link() -> None:
    curve = arcs.arc((0, 0), (100, 0), (200, 0))
    ((_, y),) = places([curve], [], beside=14)
    assert abs(y) == pytest.approx(14)


def test_thousands_have_their_marks_at_once() -> None:
    curves, boxes = spokes(2_000)
    assert len(places(curves, boxes)) == 2_000
