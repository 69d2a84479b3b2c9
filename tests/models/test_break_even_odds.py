"""How often the cuts cost more than they save, and that the page tells what is found today."""

from __future__ import annotations

import functools

import pytest

from cpdynamics.library import root
from cpdynamics.policies import BreakEvenOdds, break_even_map, break_even_odds
from tests.models.library_runs import library_model

EARLY_HELP, POSTS = "A further 40 % cut", "A fifth of the posts go"


@functools.cache
def odds(policy: str, over: str) -> BreakEvenOdds:
    return break_even_odds(library_model("austerity"), policy, over=over)  # type: ignore[arg-type]


def percent(policy: str, over: str, by: float = 180) -> str:
    return f"{100 * odds(policy, over).share(by):.0f} %"


def deciding(policy: str, over: str, most: int) -> list[str]:
    return list(odds(policy, over).deciding.index[:most])


def paragraph() -> str:
    page = (root() / "README.md").read_text(encoding="utf-8")
    (found,) = (one for one in page.splitlines() if one.startswith("**Where and when does it"))
    return found


def test_the_page_tells_how_often_the_cut_of_early_help_costs_more():
    nine, every = (percent(EARLY_HELP, over) for over in ("uncertain", "ranges"))
    ten_years = percent(EARLY_HELP, "uncertain", by=120)
    assert odds(EARLY_HELP, "uncertain").share(60) < 0.001
    said = f"in {nine} of draws within fifteen years, {ten_years} within ten, and hardly any within"
    assert said in paragraph()
    assert f"it is {every} within fifteen years" in paragraph()
    for over in ("uncertain", "ranges"):
        assert deciding(EARLY_HELP, over, 2) == ["early help strength", "worsening fraction"]
    assert deciding(EARLY_HELP, "uncertain", 3)[-1] == "cost of a child in care"


def test_the_page_tells_how_often_the_cut_of_posts_costs_more():
    nine, every = (percent(POSTS, over) for over in ("uncertain", "ranges"))
    assert f"{nine} over the nine, {every} over all" in paragraph()
    for over in ("uncertain", "ranges"):
        assert 105 < odds(POSTS, over).months.median() < 120, "half within nine to ten years"
    assert deciding(POSTS, "uncertain", 1) == ["worsening fraction"]
    assert deciding(POSTS, "ranges", 1) == ["drift of plans"]
    assert "drift of plans" not in library_model("austerity").story.uncertain


def test_the_page_tells_what_the_map_leaves_out():
    months = break_even_map(library_model("austerity"), EARLY_HELP).months
    assert f"The map shows less, {100 * months.notna().mean().mean():.0f} %," in paragraph()


@pytest.mark.parametrize("over", ["uncertain", "ranges"])
def test_the_constants_are_as_many_as_the_page_says(over):
    words = {"uncertain": "the nine constants", "ranges": "all 62 strengths"}
    numbers = {"uncertain": 9, "ranges": 62}
    assert words[over] in paragraph()
    assert odds(POSTS, over).sample.shape[1] == numbers[over]


def test_no_draw_of_the_two_cuts_breaks_off():
    for policy in (EARLY_HELP, POSTS):
        for over in ("uncertain", "ranges"):
            assert odds(policy, over).outcomes.notna().all()
