"""Draws of what is believed once figures are seen: right where the answer is known, and honest."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chisquare, norm, t

import cpdynamics.fitting.walking as walking
from cpdynamics.ensembles import triangular
from cpdynamics.errors import BadValue, NotAFit, Notice, UnknownName
from cpdynamics.fitting import posterior
from tests.fitting.services import BREAKING, DECAY, LINE, PAIR, made, seen, waiting

TIMES = np.arange(0.0, 25.0, 4.0)
FIGURES = pd.Series([101.0, 108.5, 117.2, 122.9, 133.8, 139.1, 148.6], TIMES)
EVEN = {"gain": "uniform", "start": "uniform"}
SHORT = {"walkers": 16, "groups": 2, "warm_up": 20, "steps": 60}


@pytest.fixture(scope="module")
def line():
    return made(LINE)


def exact(error: float | None):
    """Means, and the distribution of gain and start with even priors, by the normal equations."""
    design = np.column_stack([TIMES, np.ones(len(TIMES))])
    inverse = np.linalg.inv(design.T @ design)
    means = inverse @ design.T @ FIGURES.to_numpy()
    left = FIGURES.to_numpy() - design @ means
    size = np.sqrt(np.diag(inverse))
    if error is not None:
        return [norm(mean, one * error) for mean, one in zip(means, size, strict=True)]
    # The common size of the errors integrated out, with n degrees less two constants.
    freedom = len(TIMES) - 2
    spread = np.sqrt(left @ left / freedom)
    return [t(freedom, mean, one * spread) for mean, one in zip(means, size, strict=True)]


@pytest.mark.parametrize("error", [1.5, None])
def test_a_straight_line_has_the_posterior_of_the_normal_equations(line, error):
    errors = None if error is None else {"Level": error}
    found = posterior(
        line, {"Level": FIGURES}, EVEN, errors=errors, walkers=32, warm_up=200, steps=1000
    )
    for name, due in zip(("gain", "start"), exact(error), strict=True):
        row = found.table.loc[name]
        assert row["mean"] == pytest.approx(due.mean(), abs=0.15 * due.std())
        assert row["sd"] == pytest.approx(due.std(), rel=0.15)
        assert due.cdf(row["low"]) == pytest.approx(0.05, abs=0.025)
        assert due.cdf(row["high"]) == pytest.approx(0.95, abs=0.025)
    assert found.table["rhat"].max() < 1.03


def test_a_prior_that_is_sure_counts_as_a_figure_would(line):
    # Of two normal beliefs in one number the precisions add up; a start of 100 is known here.
    figures = {"Level": pd.Series([124.0], [12.0])}  # a gain of 2, give or take half
    priors = {"gain": norm(3, 0.5)}
    found = posterior(
        line, figures, priors, errors={"Level": 6.0}, walkers=16, groups=2, warm_up=150, steps=1000
    )
    assert found.table["mean"]["gain"] == pytest.approx(2.5, abs=0.06)
    assert found.table["sd"]["gain"] == pytest.approx(0.5 / 2**0.5, rel=0.12)


def test_without_much_to_see_the_prior_comes_back(line):
    figures = {"Level": pd.Series([100.0], [0.0])}  # where gain does nothing yet
    found = posterior(
        line,
        figures,
        {"gain": triangular(0, 2, 10)},
        errors={"Level": 1.0},
        walkers=32,
        groups=2,
        warm_up=150,
        steps=600,
    )
    below = [0.1, 0.5, 0.9]
    due = triangular(0, 2, 10).ppf(np.array(below))
    np.testing.assert_allclose(found.draws["gain"].quantile(below), due, atol=0.35)


@pytest.mark.slow
def test_ranks_are_uniform_on_a_model_of_two_constants():
    """Simulation-based calibration: Talts and others 2018, arXiv:1804.06788."""
    model = made(DECAY)
    rng = np.random.default_rng(5)
    times, bins, replicates = np.array([0.0, 4.0, 8.0, 16.0]), 5, 100
    ranks = np.empty((replicates, 2))
    for replicate in range(replicates):
        fraction, start = rng.uniform(0.02, 0.2), rng.uniform(50, 150)
        figures = waiting(times, fraction, start) + 10 * rng.standard_normal(4)
        found = posterior(
            model,
            {"Waiting": pd.Series(figures, times)},
            {"fraction": _between(0.02, 0.2), "start": _between(50, 150)},
            errors={"Waiting": 10.0},
            walkers=32,
            groups=2,
            warm_up=60,
            steps=60,
            seed=replicate,
        )
        ranks[replicate] = (found.draws[["fraction", "start"]] < [fraction, start]).mean()
    for column in ranks.T:
        counts = np.histogram(column, bins, (0, 1))[0]
        assert chisquare(counts).pvalue > 1e-3


def _between(low: float, high: float):
    from cpdynamics.ensembles import uniform

    return uniform(low, high)


def test_a_walk_that_is_too_short_is_not_called_converged(line):
    found = posterior(line, {"Level": FIGURES}, EVEN, errors={"Level": 1.5}, **SHORT)
    assert not found.converged
    assert "has NOT converged" in found.words
    assert "times as many were due" in found.words
    assert "NOT converged" in repr(found)


def test_a_walk_that_is_long_enough_is_called_converged(line):
    found = posterior(
        line, {"Level": FIGURES}, "gain" and {"gain": "uniform"}, errors={"Level": 1.5},
        walkers=16, groups=2, warm_up=200, steps=2500,
    )  # fmt: skip
    assert found.converged, found.words
    assert found.words.startswith("The walk has converged: R-hat is at most 1.0")


def test_groups_that_stay_at_different_places_are_not_called_converged():
    """Two ways to the same figures, and nothing that leads from one to the other."""
    model = made("Level = INTEG(0, push * push) ~ Child ~ |\npush = 1 ~ Dmnl [-10,10] ~ |\n")
    figures = {"Level": pd.Series([49.0, 49.0, 49.0], [0.0, 1.0, 2.0])}
    words = []
    for seed in range(4):
        found = posterior(
            model, figures, {"push": "uniform"}, errors={"Level": 0.01},
            walkers=16, groups=4, warm_up=100, steps=400, seed=seed,
        )  # fmt: skip
        words.append(found.words)
    assert all("NOT converged" in one for one in words)
    assert any("groups of walkers disagree" in one for one in words)


def test_walkers_leap_within_their_own_group():
    move = walking.Apart(3)
    groups = walking.group_of(24, 3)
    assert np.bincount(groups).tolist() == [8, 8, 8]
    # Each walker stands at the number of its group, so that a leap between groups would show.
    halves = [groups[np.arange(24) % 2 == half][:, None].astype(float) for half in (0, 1)]
    proposed, _ = move.get_proposal(halves[0], [halves[1]], np.random.RandomState(1))
    np.testing.assert_allclose(proposed, halves[0])


def test_the_same_seed_gives_the_same_bits_and_stopping_does_not_matter(
    line, tmp_path, monkeypatch
):
    asked = {"series": {"Level": FIGURES}, "priors": EVEN, "errors": {"Level": 1.5}}
    asked |= SHORT | {"steps": 130}
    whole = posterior(line, **asked)
    plain, made_blocks = walking.Walk.go, []

    def stopping(self, steps):
        if len(made_blocks) == 2:
            raise KeyboardInterrupt
        made_blocks.append(steps)
        plain(self, steps)

    place = tmp_path / "walk.npz"
    with monkeypatch.context() as patch:
        patch.setattr(walking.Walk, "go", stopping)
        with pytest.warns(Notice, match="100 of 150 steps are done"):
            part = posterior(line, **asked, keep=place)
    assert part.steps == 80
    assert "interrupted after 80 of 130 steps" in part.words
    gone_on = posterior(line, **asked, keep=place)
    pd.testing.assert_frame_equal(gone_on.draws, whole.draws, check_exact=True)
    pd.testing.assert_frame_equal(gone_on.table, whole.table, check_exact=True)
    assert gone_on.words == whole.words
    fewer = posterior(line, **(asked | {"steps": 60}), keep=place)
    pd.testing.assert_frame_equal(
        fewer.draws, posterior(line, **(asked | {"steps": 60})).draws, check_exact=True
    )
    more = {"steps": 170}
    pd.testing.assert_frame_equal(
        posterior(line, **(asked | more), keep=place).draws,
        posterior(line, **(asked | more)).draws,
        check_exact=True,
    )
    other = posterior(line, **(asked | {"seed": 1}))
    assert not other.draws.equals(whole.draws)
    with pytest.raises(BadValue, match="another walk"):
        posterior(line, **(asked | {"seed": 1}), keep=place)


def test_a_file_that_is_no_walk_is_left_alone(line, tmp_path):
    place = tmp_path / "walk.npz"
    asked = {"series": {"Level": FIGURES}, "priors": EVEN, "errors": {"Level": 1.5}, **SHORT}
    place.write_bytes(b"mine")
    with pytest.raises(NotAFit):
        posterior(line, **asked, keep=place)
    assert place.read_bytes() == b"mine"
    np.savez_compressed(place, steps=np.zeros(3))
    with pytest.raises(NotAFit, match="packed"):
        posterior(line, **asked, keep=place)
    place.unlink()
    posterior(line, **asked, keep=place)
    with np.load(place) as file:
        parts = dict(file)
    for name, wrong in (
        ("steps", parts["steps"][:, :3]),
        ("steps", parts["steps"] * np.nan),
        ("words", parts["words"][:5]),
        ("place", np.array([9999, 0])),
        ("densities", np.array(["a"])),
    ):
        np.savez(place, **(parts | {name: wrong}))
        with pytest.raises(NotAFit):
            posterior(line, **asked, keep=place)


def test_draws_go_on_into_an_ensemble_and_into_arviz(line):
    series = FIGURES.copy()
    found = posterior(line, {"Level": series}, EVEN, errors={"Level": 1.5}, **SHORT)
    after, before = found.ensemble(200), found.expected_before(200)
    assert after.names == before.names == ("Level",)
    width = [np.ptp(one.band("Level", (0.05, 0.95)).loc[24.0]) for one in (after, before)]
    assert width[0] < 0.1 * width[1]
    assert found.sample(5, seed=1).equals(found.sample(5, seed=1))
    assert not found.sample(5, seed=1).equals(found.sample(5, seed=2))
    data = found.inference(50)
    assert set(data.groups()) == {
        "posterior", "log_likelihood", "posterior_predictive", "prior", "prior_predictive",
        "observed_data",
    }  # fmt: skip
    draws = data.posterior["gain"].to_numpy()
    np.testing.assert_array_equal(draws.ravel(), found.draws["gain"])
    level = found.draws["start"].to_numpy() + 24 * found.draws["gain"].to_numpy()
    likely = data.log_likelihood["Level"].to_numpy()[..., -1].ravel()
    np.testing.assert_allclose(likely, norm(level, 1.5).logpdf(FIGURES.iloc[-1]), rtol=1e-6)
    apart = data.posterior_predictive["Level"].to_numpy()[..., -1].ravel() - level
    assert apart.std() == pytest.approx(1.5, rel=0.2)
    assert data.attrs["converged"] == 0


def test_runs_that_break_off_are_never_believed():
    figures = {"Level": pd.Series([10.0, 50.0, 90.0], [0.0, 12.0, 24.0])}
    found = posterior(
        made(BREAKING), figures, {"divisor": norm(2.0, 3.0)}, errors={"Level": 5.0}, **SHORT
    )
    assert found.draws["divisor"].min() > 0
    assert np.isfinite(found.draws.to_numpy()).all()


def test_a_pair_that_only_shows_as_a_product_stays_wide():
    model = made(PAIR)
    figures = seen(model, {}, ["Trust"], [6.0, 12.0, 24.0], errors=0.2)
    found = posterior(
        model, figures, {"visits": "uniform", "effect": "uniform"}, errors={"Trust": 0.2}, **SHORT
    )
    product = found.draws["visits"] * found.draws["effect"]
    assert product.std() / product.mean() < 0.05
    assert found.draws["visits"].std() > 0.5


def test_what_the_story_calls_uncertain_is_what_is_drawn():
    from cpdynamics.library import load

    model = load("caseload")
    figures = seen(model, {"staff lost": 0.2}, ["repeat referrals"], [24.0, 48.0, 96.0])
    found = posterior(
        model, figures, errors={"repeat referrals": 2.0}, walkers=28, groups=2, warm_up=0, steps=10,
        scenario={"staff lost": 0.2, "cutting corners": 0.5},
    )  # fmt: skip
    assert set(found.table.index) == set(model.story.uncertain) - {"cutting corners"}


@pytest.mark.parametrize("name", ["emcee", "arviz"])
def test_what_is_not_installed_is_named(line, monkeypatch, name):
    from importlib import util

    from cpdynamics.errors import Unsupported

    plain = util.find_spec
    monkeypatch.setattr(util, "find_spec", lambda one: None if one == name else plain(one))
    with pytest.raises(Unsupported, match=f"needs {name}"):
        posterior(line, {"Level": FIGURES}, EVEN)


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"priors": {}}, BadValue, "There are no priors"),
        ({"priors": ["gain"]}, BadValue, "Priors came as a list"),
        ({"priors": {"gian": "uniform"}}, UnknownName, '"gain"'),
        ({"priors": {"gain": 3}}, BadValue, "A distribution was expected"),
        ({"scenario": {"gain": 3}}, BadValue, "has a prior, and the scenario"),
        ({"walkers": 6}, BadValue, "walkers=8 would do"),
        ({"walkers": 10, "groups": 2}, BadValue, "walkers=12 would do"),
        ({"groups": 1}, BadValue, "groups= is 1"),
        ({"steps": 1}, BadValue, "steps= is 1"),
        ({"warm_up": -1}, BadValue, "warm_up= is -1"),
        ({"seed": -1}, BadValue, "seed= is -1"),
        ({"series": {"Lvl": FIGURES}}, UnknownName, '"Level"'),
    ],
)
def test_what_is_asked_wrongly_is_one_clear_error(line, change, error, said):
    asked = {"series": {"Level": FIGURES}, "priors": EVEN, "errors": {"Level": 1.0}, **SHORT}
    with pytest.raises(error, match=said):
        posterior(line, **(asked | change))
