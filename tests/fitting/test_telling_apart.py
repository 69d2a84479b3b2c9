"""Which constants the figures cannot tell apart, in words, and only those."""

from __future__ import annotations

import numpy as np
import pytest

from cpdynamics.fitting import fit
from tests.fitting.services import PAIR, made, seen

TIMES = [float(time) for time in range(0, 25, 2)]


def fitted(vary, names=("Trust",), equations=PAIR, seed=1):
    model = made(equations)
    figures = seen(model, {}, list(names), TIMES, errors=0.2, seed=seed)
    return fit(model, figures, vary, errors=dict.fromkeys(names, 0.2))


def test_a_pair_of_which_only_the_product_shows_is_named_with_its_trade():
    found = fitted(["visits", "effect", "time to forget"])
    assert 'cannot tell "visits" and "effect" apart' in found.words
    assert '"time to forget"' not in found.words
    assert found.table["error"].isna().tolist() == [True, True, False]
    # One up, the other down, along the product: d(visits)/visits = -d(effect)/effect.
    sentence = found.words.partition("apart: ")[2].partition(" leaves")[0]
    up, down = (float(part.rpartition(" ")[2]) for part in sentence.split(" with "))
    assert " up by " in sentence.split(" with ")[0]
    assert " down by " in sentence.split(" with ")[1]
    estimate = found.table["estimate"]
    assert up / estimate["visits"] == pytest.approx(down / estimate["effect"], rel=1e-2)


def test_the_same_pair_is_told_apart_where_a_series_shows_one_of_them():
    found = fitted(["visits", "effect", "time to forget"], ("Trust", "told twice"))
    assert "cannot tell" not in found.words
    assert "say little" not in found.words
    assert found.table["error"].notna().all()


def test_a_model_without_such_a_pair_has_none():
    found = fitted(["visits", "time to forget"])
    assert "cannot tell" not in found.words
    assert np.abs(found.correlation.loc["visits", "time to forget"]) < 1


def test_three_of_which_one_product_shows_are_one_group():
    equations = PAIR.replace("visits * effect", "visits * effect * reach") + (
        "reach = 1 ~ Dmnl [0.2,2] ~ |\n"
    )
    found = fitted(["visits", "effect", "reach"], equations=equations)
    assert 'cannot tell "visits", "effect" and "reach" apart' in found.words
    assert "in more than one way" in found.words


def test_a_constant_that_no_figure_feels_is_said_to_be_one():
    equations = PAIR + "idle = 1 ~ Dmnl [0,5] ~ |\nelsewhere = idle * Trust ~ Trust ~ |\n"
    found = fitted(["visits", "idle"], equations=equations)
    assert 'say nothing of "idle"' in found.words
    assert 'nothing of "visits"' not in found.words
    assert found.table["error"].isna().tolist() == [False, True]
    assert found.correlation.loc["visits", "idle"] != found.correlation.loc["visits", "idle"]


def test_a_constant_at_a_bound_for_want_of_what_holds_it_is_said_to_be_one():
    equations = PAIR + "faint = 1 ~ Dmnl [0,5] ~ |\nshown = Trust + 0.02 * faint ~ Trust ~ |\n"
    found = fitted(["time to forget", "faint"], ("Trust", "shown"), equations=equations)
    assert found.table["at"]["faint"] == "low"
    assert 'say little of "faint"' in found.words
    assert 'little of "time to forget"' not in found.words


def test_a_constant_that_figures_hardly_feel_is_given_with_where_it_may_lie():
    equations = PAIR + "faint = 1 ~ Dmnl [0,5] ~ |\nshown = Trust + 0.05 * faint ~ Trust ~ |\n"
    found = fitted(["time to forget", "faint"], ("Trust", "shown"), equations=equations, seed=2)
    assert found.table["at"]["faint"] == ""
    assert 'say little of "faint"' in found.words
    assert "of a range from 0 to 5" in found.words
    assert 'little of "time to forget"' not in found.words


def test_two_that_are_told_yet_tied_are_given_with_their_correlation():
    equations = PAIR + "lift = 1 ~ Trust [-100,100] ~ |\nshown = Trust + lift ~ Trust ~ |\n"
    model = made(equations)
    late = [18.0, 20.0, 22.0, 24.0]  # when hardly anything moves any more
    figures = seen(model, {}, ["shown"], late, errors=0.01)
    found = fit(model, figures, ["visits", "lift"], errors={"shown": 0.01})
    tie = found.correlation.loc["visits", "lift"]
    assert tie < -0.9
    assert "cannot tell" not in found.words
    assert f"the other falls (correlation {tie:.2f})" in found.words


def test_what_moves_by_rounding_alone_tells_nothing():
    equations = """
Level = INTEG(1, 1) ~ Child ~ |
shown = 100 + 30 * (Level * one * 0.1 * 3 - Level * one * 0.3 + shown too) ~ Child ~ |
shown too = Level * two * 0.7 * 0.1 - Level * two * 0.07 ~ Child ~ |
one = 2 ~ Dmnl [0,5] ~ |
two = 2 ~ Dmnl [0,5] ~ |
"""
    model = made(equations)
    assert 0 < np.ptp(model.run({"one": 5.0})["shown"]) < 1e-10
    figures = seen(model, {}, ["shown"], TIMES, errors=3.0)
    found = fit(model, figures, ["one", "two"], errors={"shown": 3.0})
    for name in ("one", "two"):
        assert f'say nothing of "{name}"' in found.words
    assert found.table["error"].isna().all()
    np.testing.assert_allclose(found.table["estimate"], found.table["start"], rtol=1e-9)
