"""What becomes of a concern: on paper first, then as people in such a service would tell it."""

from __future__ import annotations

import numpy as np
import pytest

from tests.models.library_runs import library_model, stocks
from tests.models.loop_runs import base, change, cut, highest, run

NAME = "sectors/openness"
PUNISHED = {"messengers punished": 0.8}
OPEN = {"open and fair culture": 1.0}
LATE = PUNISHED | OPEN | {"month of opening up": 60}
OTHERS = "share brought out by others"
STEP = 0.0625

# --- on paper ---------------------------------------------------------------------------------


def scandal_on_paper(share: float, multiple: float, months: float = 180) -> float:
    """Scandal, in 2017 = 1, with hidden concerns held at a multiple of those of 2017: (1 - s) k
    + s k S come out, and a report lasts six months. Euler's own closed form."""
    growth, new = (share * multiple - 1) / 6, (1 - share) * multiple / 6
    if growth == 0:
        return 1 + new * months
    settled = -new / growth
    return settled + (1 - settled) * (1 + growth * STEP) ** (months / STEP)


def hidden_held_at(multiple: float) -> dict[str, float]:
    """Leaders act as in 2017: on a picture without bounds they would act without bounds."""
    hidden = multiple * base(NAME, "Hidden Concerns")
    return {"Hidden Concerns": hidden, "attention of leaders": 1.0}


@pytest.mark.parametrize("share", [0.1, 0.4, 0.5])
@pytest.mark.parametrize("part", [0.5, 0.9, 1.0, 1.1, 1.6], ids=lambda part: f"{part} of it")
def test_the_threshold_of_an_outbreak_is_one_over_the_share(share, part):
    multiple = part / share
    made = run(NAME, {OTHERS: share}, hidden_held_at(multiple))
    assert change(made, "Scandal") + 1 == pytest.approx(scandal_on_paper(share, multiple), rel=1e-7)


def test_below_the_threshold_it_settles_and_above_it_feeds_itself():
    """The same said without the formula: half as far above brings half the rate of growth."""

    def rate(multiple: float) -> float:
        scandal = run(NAME, {"FINAL TIME": 900}, hidden_held_at(multiple))["Scandal"]
        return float(np.log(scandal.iloc[-1] / scandal.iloc[-61]) / 60)

    assert rate(2.4) == pytest.approx(0, abs=1e-4)
    assert rate(3) == pytest.approx(0.2 / 6, rel=0.01)
    assert rate(4) == pytest.approx(0.6 / 6, rel=0.01)


def silent_on_paper(strength: float, share: float = 0.4) -> float:
    """Hidden concerns, in 2017 = 1, where nobody speaks: what arises (fewer lessons, more of it)
    equals what comes out and what ends unseen. By halving."""

    def left_over(hidden: float) -> float:
        out = (1 - share) * hidden / (1 - share * hidden)
        arising = (0.05 * out / 0.75) ** (-strength)
        return arising - 0.05 * out - 0.25 * hidden

    low, high = 1.0, 1 / share - 1e-9
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if left_over(middle) > 0 else (low, middle)
    return low


@pytest.mark.parametrize("strength", [0.0, 0.5])
def test_where_nobody_speaks_hidden_concerns_stop_below_the_threshold(strength):
    """A quadratic without lessons: 0.1 h h - 0.68 h + 1 = 0."""
    long = {"FINAL TIME": 2400, "SAVEPER": 60, "strength of lessons": strength}
    made = run(NAME, long, {"speaking up": 0.0})
    on_paper = silent_on_paper(strength)
    assert change(made, "Hidden Concerns", 2400) + 1 == pytest.approx(on_paper, rel=1e-4)
    assert 2 < on_paper < 2.5
    if strength == 0:
        assert on_paper == pytest.approx((0.68 - np.sqrt(0.68**2 - 0.4)) / 0.2)


def test_where_nothing_comes_out_either_only_time_ends_a_concern():
    nothing = {"speaking up": 0.0, "coming out": 0.0, "concerns arising": 4.0}
    made = run(NAME, {"FINAL TIME": 900, "SAVEPER": 60}, nothing)
    assert made["Hidden Concerns"].iloc[-1] == pytest.approx(4 * 12 / 0.25, rel=1e-6)


def test_the_books_at_the_base_obey_littles_law():
    assert base(NAME, "Hidden Concerns") == 4 * 12
    assert base(NAME, "Known Concerns") == pytest.approx(4 * 0.75 * 6)
    assert base(NAME, "Lessons in Use") == pytest.approx(4 * 0.75 * 0.5 * 48)


def test_trust_goes_four_times_as_fast_as_it_comes():
    """Half of the way after ln 2 of the time of each."""
    for called, months in ((0.5, 6), (1.5, 24)):
        safety = run(NAME, hold={"safety called for": called})["Psychological Safety"]
        assert np.interp(months * np.log(2), safety.index, safety) == pytest.approx(
            1 + (called - 1) / 2, rel=0.02
        )


# --- what it shows ----------------------------------------------------------------------------


def test_punishing_messengers_looks_better_and_then_comes_out():
    made = run(NAME, PUNISHED)
    books = made["concerns on the books"]
    assert books[24.0] < 0.9
    assert books.loc[13.0:48.0].max() < 1, "for three years the books look better"
    assert change(made, "Hidden Concerns", 48) > 0.5, "and behind them it grows"
    worst, month = highest(made, "coming out")
    assert worst > 7
    assert 72 < month < 132


def test_opening_up_looks_worse_first():
    made = run(NAME, OPEN)
    worse, month = highest(made, "Known Concerns")
    assert worse > 0.05
    assert 24 < month < 60
    assert made["Known Concerns"].loc[13.0:84.0].min() > base(NAME, "Known Concerns")
    assert made["Hidden Concerns"].loc[12.0:].is_monotonic_decreasing
    assert change(made, "Hidden Concerns") < -0.3


def test_opening_up_late_looks_much_worse_and_ends_as_well():
    late, early = run(NAME, LATE), run(NAME, OPEN)
    assert highest(late, "Known Concerns")[0] > 4 * highest(early, "Known Concerns")[0]
    assert late["Hidden Concerns"].iloc[-1] == pytest.approx(
        early["Hidden Concerns"].iloc[-1], rel=0.01
    )


@pytest.mark.parametrize("share", [0.1, 0.2])
def test_without_enough_others_there_is_no_outbreak(share):
    """The other side: one by one, and more stays hidden. An outbreak rises and falls; what is none
    comes to a level and stays there."""
    one_by_one, outbreak = run(NAME, PUNISHED | {OTHERS: share}), run(NAME, PUNISHED)
    assert change(one_by_one, "Scandal") > 0.95 * highest(one_by_one, "Scandal")[0]
    assert change(outbreak, "Scandal") < 0.85 * highest(outbreak, "Scandal")[0]
    assert highest(outbreak, "Scandal")[1] < 120
    assert change(one_by_one, "Hidden Concerns") > change(outbreak, "Hidden Concerns") + 0.3


def test_if_people_speak_whatever_happens_to_the_last_one_nothing_follows():
    """The other side of the strength of safety: no silence, no hump."""
    for values in (PUNISHED, OPEN):
        made = run(NAME, values | {"strength of safety": 0})
        assert abs(change(made, "Hidden Concerns")) < 0.3 * abs(
            change(run(NAME, values), "Hidden Concerns")
        )


# --- loops ------------------------------------------------------------------------------------


def test_r29_others_come_forward_makes_the_outbreak():
    """With it cut nothing breaks out, and half as much again stays hidden."""
    closed, opened = run(NAME, PUNISHED), cut(NAME, PUNISHED, "Scandal")
    assert highest(closed, "coming out")[0] > 3 * highest(opened, "coming out")[0]
    assert change(opened, "Hidden Concerns") > change(closed, "Hidden Concerns") + 0.5


def test_r9_a_scandal_silences_and_the_silence_makes_the_next():
    """Where leaders do not look for the leak, fewer fall silent and less comes out later."""
    closed, opened = run(NAME, PUNISHED), run(NAME, PUNISHED | {"strength of scandal": 0})
    for stock in ("Hidden Concerns", "Scandal"):
        assert change(closed, stock) > change(opened, stock) + 0.05, stock
    assert change(closed, "Psychological Safety") < change(opened, "Psychological Safety") - 0.05


def test_r10_leaders_who_see_nothing_hear_less():
    """Before anything comes out: a calm picture makes itself calmer. With distance as in 2017 the
    picture is less calm and less is hidden."""
    closed, opened = run(NAME, PUNISHED), cut(NAME, PUNISHED, "distance of leaders")
    assert change(closed, "Leaders Picture", 48) < change(opened, "Leaders Picture", 48) - 0.02
    assert change(closed, "Hidden Concerns", 48) > change(opened, "Hidden Concerns", 48) + 0.02


def test_r20_something_comes_of_speaking_and_so_more_people_speak():
    closed, opened = run(NAME, OPEN), cut(NAME, OPEN, "attention of leaders")
    assert change(closed, "Psychological Safety") > change(opened, "Psychological Safety") + 0.02
    assert change(closed, "Hidden Concerns") < change(opened, "Hidden Concerns")


def test_b8_lessons_from_what_is_known_make_fewer_concerns():
    """Both ways: an open service has fewer to speak of in the end, a silent one more."""
    for values, way in ((OPEN, -1), (PUNISHED, 1)):
        closed, opened = run(NAME, values), cut(NAME, values, "Lessons in Use")
        for stock in ("Hidden Concerns", "Known Concerns"):
            assert way * change(closed, stock) > way * change(opened, stock), stock


# --- extremes ---------------------------------------------------------------------------------

EXTREMES = {
    "nobody dares, ever": {"messengers punished": 1, "policy starts": 0, "policy takes": 1},
    "everybody dares": OPEN | {"month of opening up": 0, "policy takes": 1},
    "both": {"messengers punished": 1, "open and fair culture": 1},
    "a flood of concerns": {"base concerns arising": 20},
}
WORLD = {
    "ten times the incidents": {"serious incidents": 2.65},
    "no incidents": {"serious incidents": 0.0},
    "most pressure, most blame": {"workload pressure": 10.0, "public blame": 5.0},
    "leaders come and go": {"Leadership Stability": 0.1},
}


@pytest.mark.parametrize("world", WORLD)
@pytest.mark.parametrize("lever", EXTREMES)
def test_no_negative_stock_and_no_gap(lever, world):
    made = run(NAME, EXTREMES[lever], WORLD[world])
    assert np.isfinite(made.to_frame().to_numpy()).all()
    for stock in stocks(library_model(NAME)):
        assert made[stock].min() >= 0, stock
    assert 0.1 <= made["Psychological Safety"].min() <= made["Psychological Safety"].max() <= 2


def test_where_nobody_dares_hardly_anybody_speaks():
    made = run(NAME, EXTREMES["nobody dares, ever"])
    assert made["speaking up"].iloc[60] < 0.25 * made["speaking up"].iloc[0]
    assert made["Hidden Concerns"].iloc[-1] > 2 * made["Hidden Concerns"].iloc[0]
