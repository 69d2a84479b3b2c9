"""Runs with and without: the same draws, and a held variable at a multiple of its own start."""

from __future__ import annotations

import numpy as np
import pytest

from cpdynamics.errors import BadValue
from cpdynamics.evidence.interventions import intervention
from cpdynamics.evidence.pairs import Pairs
from tests.evidence import trying

NAMES = ("Level", "inflow", "outflow", "pressure", "either", "nil", "breaks", "tilt", "push")


def pairs(draws: int = 40) -> Pairs:
    return Pairs(trying.model(), NAMES, [12.0, 24.0], draws=draws, seed=1)


def test_without_stands_at_rest_and_has_the_draws():
    made = pairs()
    assert made.start("Level") == pytest.approx(made.drawn["arrivals"] * made.drawn["stay"])
    assert made.at(made.without, "level", 24) == pytest.approx(made.start("Level"))
    assert made.start("tilt") == pytest.approx(made.drawn["tilt"])
    assert np.ptp(made.drawn["tilt"]) > 0.9


def test_the_draws_are_the_same_with_and_without():
    made = pairs()
    tilt = made.drawn["tilt"].to_numpy()
    under = made.under(intervention("push=2", ""))
    assert made.at(under, "either", 12) == pytest.approx(10 + (tilt - 0.5) * 2)
    assert made.at(made.without, "either", 12) == pytest.approx(10 + (tilt - 0.5))


def test_an_uncertain_constant_that_is_set_leaves_the_other_draws_alone():
    made = pairs()
    under = made.under(intervention("stay=2", ""))
    # Same start in all draws of stay, but arrivals as drawn.
    assert under["level"][:, 0] == pytest.approx(2 * made.drawn["arrivals"])


@pytest.mark.parametrize("name", ["Level", "outflow", "pressure"])
def test_a_held_variable_is_so_many_times_its_own_start_in_every_draw(name):
    made = pairs()
    under = made.under(intervention("", f"{name}*1.2"))
    for time in (0, 12, 24):
        assert made.at(under, name, time) == pytest.approx(1.2 * made.start(name))


def test_all_the_rest_of_a_draw_that_is_held_on_its_own_is_its_own():
    """A stock has a start of its own in each draw; an engine holds it at one number in all."""
    made = pairs()
    under = made.under(intervention("push=2", "Level*1.5"))
    arrivals = made.drawn["arrivals"].to_numpy()
    assert made.at(under, "outflow", 24) == pytest.approx(1.5 * arrivals)
    assert made.at(under, "inflow", 24) == pytest.approx(2 * arrivals)


def test_a_run_that_breaks_off_is_no_number():
    made = pairs()
    broken = intervention("edge=2.5", "")
    assert np.isnan(made.at(made.under(broken), "Level", 12)).all()
    assert np.isnan(made.at(made.under(intervention("edge=2.5", "Level*2")), "Level", 12)).all()


def test_a_multiple_of_nothing_is_refused():
    with pytest.raises(BadValue, match='"nil" starts at 0'):
        pairs().under(intervention("", "nil*1.2"))
    pairs().under(intervention("push=2", "nil*1"))


def test_nothing_done_changes_nothing():
    made = pairs()
    assert made.under(intervention("", "")) is made.without
