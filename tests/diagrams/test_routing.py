"""Curved links: from name to name, round what is in the way."""

from __future__ import annotations

import numpy as np

from cpdynamics.diagrams.layout import within
from cpdynamics.diagrams.routing import outward, routed, strain

PAGE = (0.0, 0.0, 1000.0, 800.0)


def curves(spots, links, *, wishes=None, blocks=None, sizes=(40.0, 15.0), **more):
    spots = np.array(spots, dtype=float)
    links = np.array(links)
    wishes = np.zeros(len(links)) if wishes is None else np.array(wishes)
    halves = np.tile(sizes, (len(spots), 1))
    return routed(spots, halves, links, wishes=wishes, page=PAGE, blocks=blocks, **more)


def test_a_link_with_nothing_in_its_way_runs_straight_from_name_to_name():
    (only,) = curves([(200, 400), (600, 400)], [(0, 1)])
    assert only.bend == 0
    assert np.allclose(only.points[:, 1], 400)
    assert 240 < only.points[0, 0] < 252
    assert 548 < only.points[-1, 0] <= 560


def test_a_link_goes_round_a_name_between_its_own():
    spots = [(200, 400), (600, 400), (400, 400)]
    (only,) = curves(spots, [(0, 1)])
    assert not within(only.points, np.array(spots[2]), np.array([40.0, 15.0])).any()


def test_a_link_goes_round_a_label():
    blocks = np.array([[400.0, 400.0, 30.0, 30.0]])
    (only,) = curves([(200, 400), (600, 400)], [(0, 1)], blocks=blocks)
    assert not within(only.points, blocks[0, :2], blocks[0, 2:]).any()


def test_there_and_back_are_two_lines():
    there, back = curves([(200, 400), (600, 400)], [(0, 1), (1, 0)])
    middle = np.abs(there.at(0.5)[0] - back.at(0.5)[0])
    assert middle.max() > 15


def test_the_wish_of_a_loop_bends_its_links_outward():
    spots = np.array([(500.0, 150.0), (800.0, 600.0), (200.0, 600.0)])
    links = np.array([(0, 1), (1, 2), (2, 0)])
    made = curves(spots, links, wishes=outward(spots, links, (np.arange(3),)))
    centre = spots.mean(axis=0)
    for curve, (a, b) in zip(made, links, strict=True):
        chord = (spots[a] + spots[b]) / 2
        assert np.hypot(*(curve.at(0.5)[0] - centre)) > np.hypot(*(chord - centre)) + 10


def test_the_ends_and_the_direction_of_a_curve():
    (only,) = curves([(200, 400), (600, 400)], [(0, 1)], wishes=[0.4])
    start, way = only.at(0.0)
    assert np.allclose(start, only.corners[0])
    assert np.isclose(np.hypot(*way), 1.0)
    assert np.allclose(only.at(1.0)[0], only.corners[2])


def test_only_those_links_change_that_may():
    spots = [(200, 400), (600, 400), (400, 100), (400, 700)]
    before = curves(spots, [(0, 1), (2, 3)])
    spots[1] = (700, 300)
    after = curves(spots, [(0, 1), (2, 3)], start=before, only=[0])
    assert after[1] is before[1]
    assert after[0].points[-1, 0] > before[0].points[-1, 0]


def test_lines_that_cross_are_a_strain():
    wishes = np.zeros(2)
    cross = curves([(200, 200), (800, 600), (200, 600), (800, 200)], [(0, 1), (2, 3)])
    apart = curves([(200, 200), (800, 200), (200, 600), (800, 600)], [(0, 1), (2, 3)])
    assert strain(cross, wishes) > strain(apart, wishes) + 50


def test_no_links_are_no_curves():
    assert (
        routed(
            np.zeros((1, 2)),
            np.ones((1, 2)),
            np.empty((0, 2), dtype=int),
            wishes=np.zeros(0),
            page=PAGE,
        )
        == []
    )
