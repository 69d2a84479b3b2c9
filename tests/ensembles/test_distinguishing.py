"""Which constants set some draws apart, against distances known in closed form."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cpdynamics.ensembles.distinguishing import distinguishing, in_words
from cpdynamics.errors import BadValue

N = 4000
DRAWN = np.random.default_rng(5)
SAMPLE = pd.DataFrame(
    {
        "idle": DRAWN.permutation(N) / N,
        "weak": DRAWN.permutation(N) / N,
        "strong": np.arange(N) / N,
    }
)


def test_the_distance_is_that_between_the_two_distributions():
    """Chosen where strong > 1/2: of the chosen none is below it and of the rest all."""
    table = distinguishing(SAMPLE, (SAMPLE["strong"] >= 0.5).to_numpy())
    assert table.index[0] == "strong"
    assert table["distance"].iloc[0] == 1
    assert table["side"].iloc[0] == "high"
    low = distinguishing(SAMPLE, (SAMPLE["strong"] < 0.25).to_numpy())
    assert (low["side"].iloc[0], low["distance"].iloc[0]) == ("low", 1)


def test_a_constant_that_is_part_of_a_sum_is_half_as_far():
    """Of x + 2 y > 3/2 the marginals are triangles; the gap of x is at its middle, of y at 1/2."""
    x, y = SAMPLE["weak"].to_numpy(), SAMPLE["strong"].to_numpy()
    chosen = x + 2 * y > 1.5
    table = distinguishing(SAMPLE, chosen)
    for name, values in (("weak", x), ("strong", y)):
        at = np.linspace(0, 1, 2001)
        gap = [abs((values[chosen] <= t).mean() - (values[~chosen] <= t).mean()) for t in at]
        assert table.loc[name, "distance"] == pytest.approx(max(gap), abs=2e-3)
    assert list(table.index) == ["strong", "weak", "idle"]
    assert list(table["sure"]) == [True, True, False]


def test_a_difference_that_may_be_chance_is_not_named():
    """Of three hundred constants that do nothing the furthest is one in a hundred by itself."""
    rng = np.random.default_rng(3)
    sample = pd.DataFrame({f"c{i}": rng.random(1000) for i in range(300)})
    chosen = np.zeros(1000, dtype=bool)
    chosen[:12] = True
    table = distinguishing(sample, chosen)
    assert table["distance"].iloc[0] > 0.45
    assert in_words(table) == ""
    alone = distinguishing(sample[list(table.index[:1])], chosen)
    assert alone["sure"].all()


def test_the_words_name_the_furthest_first():
    chosen = (SAMPLE["strong"] - 0.3 * SAMPLE["weak"] > 0.5).to_numpy()
    table = distinguishing(SAMPLE, chosen)
    first, second = (f"{distance:.2f}" for distance in table["distance"].head(2))
    assert in_words(table) == f"high strong ({first}), low weak ({second})"
    assert in_words(table, most=1) == f"high strong ({first})"


def test_with_none_or_all_chosen_there_is_nothing_to_tell():
    for chosen in (np.zeros(N, dtype=bool), np.ones(N, dtype=bool)):
        assert distinguishing(SAMPLE, chosen).empty
        assert in_words(distinguishing(SAMPLE, chosen)) == ""


def test_what_is_no_truth_a_draw_is_refused():
    for chosen in (np.ones(N), np.ones(3, dtype=bool)):
        with pytest.raises(BadValue, match="One True or False a draw"):
            distinguishing(SAMPLE, chosen)
