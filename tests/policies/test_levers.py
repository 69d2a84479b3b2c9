"""Levers ranked and exchanged, against shares known in closed form."""

from __future__ import annotations

import numpy as np
import pytest

from cpdynamics.errors import BadValue, UnknownName
from cpdynamics.policies.levers import Ranking, exchange, ranking
from cpdynamics.scenario import Scenario

from .test_interaction import DESIGN, MDL, POSTS, made

DOSES = (0.25, 0.5, 0.75, 1.0)
WORSE = Scenario({"posts": 0.0, "design": 0.0, "worth of design": 0.4}, name="Nothing")


@pytest.fixture(scope="module")
def ranked() -> Ranking:
    half = Scenario({"design": 0.5}, name="Half a design")
    return ranking(made(), [half, DESIGN, POSTS], "harm", at=4, n=400)


def test_the_first_is_what_does_most_at_the_models_own_values():
    levers = [DESIGN, POSTS]
    likes = made(MDL.replace("worth of posts = 0.5", "worth of posts = 0.6"))
    ranked = ranking(likes, levers, "harm", at=4, n=50)
    assert list(ranked.own.index) == list(ranked.changes) == ["Posts", "Design"]
    np.testing.assert_allclose(ranked.own, np.expm1([-0.6, -0.5]))


def test_how_often_the_order_reverses(ranked):
    table = ranked.table()
    # Half a design is worth 0.2 to 0.3, posts 0.2 to 0.8: it does more in 0.05 / 0.6 of the draws.
    assert list(table.index) == ["Design", "Posts", "Half a design"]
    assert table.loc["Posts", "against the next"] == pytest.approx(1 / 12, abs=0.03)
    assert np.isnan(table["against the next"].iloc[-1])
    ahead = ranked.ahead()
    assert ahead.loc["Half a design", "Posts"] == table.loc["Posts", "against the next"]
    assert ahead.loc["Design", "Half a design"] == 1
    assert ahead.loc["Half a design", "Design"] == ahead.loc["Posts", "Posts"] == 0
    assert table.loc["Posts", "middle"] == pytest.approx(np.expm1(-0.5), abs=2e-3)
    assert (table["the wrong way"] == 0).all()


def test_a_lever_that_harms_in_some_draws_says_so():
    harms = made(MDL.replace("- worth of posts * posts", "- (worth of posts - 0.35) * posts"))
    table = ranking(harms, [POSTS], "harm", at=4, n=400).table()
    assert table.loc["Posts", "the wrong way"] == pytest.approx(0.25, abs=1e-9)


def test_the_exchange_is_the_dose_that_does_the_same(ranked):
    rate = exchange(made(), ranked, "posts", DOSES)
    assert rate.loc["Posts", ["own", "low", "middle", "high", "beyond"]].tolist() == [1, 1, 1, 1, 0]
    # A line through the doses lies a little beside the curve.
    assert rate.loc["Half a design", "own"] == pytest.approx(0.5, abs=0.01)
    # Design does more than all posts in half of the draws.
    assert rate.loc["Design", "beyond"] == ranked.ahead().loc["Design", "Posts"]
    assert rate.loc["Design", "high"] == np.inf


def test_a_lever_that_takes_nothing_away_is_worth_nothing():
    ranked = ranking(made(), [WORSE, POSTS], "harm", at=4, n=50)
    assert exchange(made(), ranked, "posts", DOSES).loc["Nothing"].tolist() == [0, 0, 0, 0, 0]


def test_what_cannot_be_asked_is_refused(ranked):
    with pytest.raises(BadValue, match="labels of their own"):
        ranking(made(), [POSTS, POSTS], "harm", at=4)
    with pytest.raises(BadValue, match="labels of their own"):
        ranking(made(), [], "harm", at=4)
    with pytest.raises(BadValue, match="not above nought"):
        ranking(made(), [POSTS], "purse", at=4, n=10)
    for doses in ((), (0.5, 0.25), (0.0, 1.0)):
        with pytest.raises(BadValue, match="rise"):
            exchange(made(), ranked, "posts", doses)
    with pytest.raises(UnknownName, match="posts"):
        exchange(made(), ranked, "post", DOSES)
    with pytest.raises(BadValue, match="A Model was expected"):
        ranking("tiny", [POSTS], "harm", at=4)  # type: ignore[arg-type]
