"""Other members of the family: the same equations with other figures of their own (Forrester and
Senge 1980). A place known to be bad, and one known to be good, have to be within reach."""

from __future__ import annotations

import functools

import pandas as pd
import pytest

from cpdynamics.library import root
from tests.models.library_runs import library_model

# A twentieth of the authorities have 0.9 % of agency workers or fewer (DfE, 2017 to 2025); a
# turnover of 10 to 12 % a year is called healthy (Casey Family Programs). The vacancies are ours.
STEADY = {
    "base agency social workers": 1.9,
    "base vacancies": 10.0,
    "base leavers": 1.8,
    "base permanent social workers": 213.0,
}
FAILING = {"posts cut": 0.2, "reports of a local tragedy": 360.0, "stakes raised": 1.0}
CLOCKS = ("under way", "months since an inspection began")


@functools.cache
def whole(kind: str) -> pd.DataFrame:
    model = library_model("child_protection")
    design = dict(model.scenarios["Another design"].set)
    given = {"failing": FAILING, "steady": STEADY, "steady, another design": STEADY | design}[kind]
    return model.run(given).to_frame()


def test_a_team_in_crisis_has_thirty_to_fifty_children_a_worker() -> None:
    """Northamptonshire, first response, October 2018; the authority's mean was 18.7."""
    run = library_model("burnout").run("A team in crisis")
    assert 30 <= run["caseload per worker"].iloc[-1] <= 50


def test_an_authority_rated_inadequate() -> None:
    """Fewer posts, a death in the papers and a rating on which much hangs: inadequate within ten
    years, and among the authorities with most agency workers (5th to 95th percentile: 0.9 to
    36.7 %)."""
    run = whole("failing")
    assert run["Rating"].loc[24] == pytest.approx(2.5, abs=0.05)
    assert run["Rating"].loc[120] < 1.1
    assert run["Rating"].loc[108:].max() < 2, "a visit that is shown the figures sees a little more"
    assert 0.2 < run["agency share"].loc[120] < 0.367
    assert 0.2 < 12 * run["turnover fraction"].loc[120] < 0.3
    assert run["caseload per worker"].iloc[-1] > 25


def test_a_steady_authority_is_at_rest_with_figures_of_its_own() -> None:
    run = whole("steady")
    still = run[[name for name in run if not name.endswith(CLOCKS)]]
    still = still.drop(columns=["visit under way"], errors="ignore")
    moved = (still - still.iloc[0]).abs().max() / still.abs().max().clip(lower=1e-6)
    assert moved.drop("Cumulative Saving").max() < 1e-9
    assert run["agency share"].iloc[0] < 0.009
    assert run["vacancy share"].iloc[0] < 0.05
    assert 0.1 < 12 * run["turnover fraction"].iloc[0] < 0.12


def test_a_steady_authority_can_become_a_good_one() -> None:
    run = whole("steady, another design")
    assert run["Rating"].iloc[-1] > 3
    assert run["repeat referral share"].iloc[-1] < 0.17
    assert run["agency share"].max() < 0.01


def test_a_freeze_harms_a_steady_authority_less() -> None:
    """It has fewer posts to lose, and fewer who could leave for an agency."""
    model = library_model("agency_reliance")
    freeze = dict(model.scenarios["A long freeze"].set)
    typical, steady = (model.run(freeze | extra) for extra in ({}, STEADY))
    assert typical["agency share"].max() > 0.36
    assert steady["agency share"].max() < 0.25
    assert steady["Cumulative Saving"].iloc[-1] > typical["Cumulative Saving"].iloc[-1] + 1e6


def test_the_page_tells_of_them() -> None:
    page = (root() / "README.md").read_text(encoding="utf-8")
    (told,) = (line for line in page.splitlines() if line.startswith("| an authority that fails "))
    run = whole("failing")
    for text in (
        f"{run['Rating'].loc[120]:.1f}",
        f"{100 * run['agency share'].loc[120]:.0f} %",
        f"{1200 * run['turnover fraction'].loc[120]:.0f} %",
        f"{run['caseload per worker'].loc[120]:.0f}",
    ):
        assert f" {text} " in told, text
    (told,) = (line for line in page.splitlines() if line.startswith("| a steady authority, "))
    run = whole("steady, another design")
    for text in (
        f"{run['Rating'].loc[120]:.1f}",
        f"{100 * run['agency share'].loc[120]:.1f} %",
        f"{1200 * run['turnover fraction'].loc[120]:.0f} %",
        f"{run['caseload per worker'].loc[120]:.0f}",
    ):
        assert f" {text} " in told, text
