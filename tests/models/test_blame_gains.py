"""How strong the loops of blame are, each alone, and how much of it one authority could see."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pytest

from tests.models.blame_runs import (
    DIRECT,
    ELSEWHERE,
    HIT,
    PEOPLE,
    STAFF,
    SYSTEM,
    WITHDRAWN,
    base,
    incidents,
    peak,
    run,
)
from tests.models.library_runs import base_run, library_model, relative

# --- gains at rest ----------------------------------------------------------------------------

LONG = 900
SIZE = 1.05


@functools.cache
def _gain(open_: tuple[str, ...], values: tuple[tuple[str, float], ...]) -> float:
    """Elasticity, at rest, of the incidents that follow to the incidents that were: the loop is cut
    at serious incidents and moved there, and all but one way back is held."""
    held: dict[str, Any] = {"serious incidents": SIZE * base("serious incidents")}
    for name in ("effect of control on danger", "Risk Aversion", "direct time share"):
        if name not in open_:
            held[name] = base(name)
    for name in ("Recent Dismissals", "Blame Memory", "rules after incidents", "Procedures"):
        if name not in open_:
            held[name] = base(name)
    times = {"FINAL TIME": LONG, "SAVEPER": LONG, "TIME STEP": 0.25}
    made = library_model("blame_bureaucracy").run(times | dict(values), hold=held)
    known = made["relative danger when known"] * made["Children at High Risk"]
    danger = made["Hidden High Risk"] + known * made["effect of thin visits on escalating"]
    followed = made["effect of control on danger"] * danger
    return float(np.log(followed.iloc[-1] / followed.iloc[0]) / np.log(SIZE))


CONTROL = "effect of control on danger"
FELT = ("Risk Aversion", "direct time share", "Procedures")
WAYS_BACK = {
    "B5": (CONTROL, "Recent Dismissals"),
    "B6": (CONTROL, "rules after incidents", "Procedures"),
    "R4": ("Blame Memory", *FELT),
    "R27": ("Recent Dismissals", *FELT),
}


def gain(loop: str, values: dict[str, float] | None = None) -> float:
    return _gain(WAYS_BACK[loop], tuple(sorted((values or {}).items())))


def test_what_balances_hardly_balances():
    """Removing the culprit answers an incident with a two-hundredth of an incident fewer, adding a
    control with less than that."""
    assert -0.01 < gain("B5") < 0
    assert -0.005 < gain("B6") < 0


@pytest.mark.parametrize("hit", [0.0, 0.2, 1.0])
def test_closed_form_of_removing_the_culprit(hit):
    """Dismissals follow incidents one to one. A share s of danger, of which a share h of dismissals
    hits the cause, over a sum of two equals: s h / 2. At h = 1 it is still a fortieth."""
    assert gain("B5", {HIT: hit}) == pytest.approx(-0.05 * hit / 2, rel=0.02, abs=1e-6)


def test_closed_form_of_adding_a_control():
    """Rules after incidents are a tenth of those made; at rest norm and rules move as one, so that
    those made by rules follow the book: half a rule a sixty-month life for each in force."""
    made, growing = 50 / 60, 0.5 * 50 / 60 / 100
    rules = 1 + 0.1 * (SIZE - 1) * made / (1 / 60 - growing) / 100
    assert gain("B6") == pytest.approx(-0.02 * np.log(rules) / np.log(SIZE), rel=0.02)


def test_within_one_authority_blame_is_weak_and_stronger_than_what_balances():
    """R4 amplifies an incident here by a twenty-fifth, because nine tenths of the news are about
    others: what is strong is what comes from outside. It outweighs the culprit and the control
    together several times over; fear after a dismissal (R27) does so twice as much. With half of
    the news about us R4 is five times as strong."""
    assert 0.02 < gain("R4") < 0.06
    assert gain("R4") > 4 * abs(gain("B5") + gain("B6"))
    assert 1.5 * gain("R4") < gain("R27") < 0.15
    assert gain("R4", {"local share of reports": 0.5}) > 3 * gain("R4")
    assert gain("R4", {"local share of reports": 0}) == pytest.approx(0, abs=1e-6)


def test_a_rule_that_is_worth_something_is_a_control():
    """The other side: at its highest worth B6 is a control, and a thinner book is a more dangerous
    one, for as long as it stays thin. As assumed it is a safer one."""
    worth = {"worth of rules": 0.5}
    assert gain("B6", worth) < 10 * gain("B6") < 0
    dangerous = run(WITHDRAWN | worth)
    assert relative(dangerous, "serious incidents", 24) > 1.05
    assert relative(dangerous, "serious incidents", 60) == pytest.approx(1, abs=0.01)
    assert relative(run(WITHDRAWN), "serious incidents", 36) < 0.98


def test_dismissing_does_next_to_nothing_unless_individuals_are_the_danger_and_are_hit():
    """Both ends of both assumptions. Leaving people be costs more than fear does only where three
    tenths of danger are due to individuals and every dismissal finds one."""
    worst = [peak(run(ELSEWHERE | {PEOPLE: s}), "serious incidents") for s in (0, 0.05, 0.3)]
    assert worst == sorted(worst, reverse=True)
    assert worst[0] - worst[1] < 0.005
    calm = {
        (share, hit): relative(run(SYSTEM | {PEOPLE: share, HIT: hit}), "serious incidents", 180)
        for share, hit in ((0, 1), (0.05, 0.2), (0.05, 1), (0.3, 0.2), (0.3, 1))
    }
    assert list(calm.values()) == sorted(calm.values())
    assert calm[0, 1] < 0.95
    assert calm[0.3, 0.2] < 1
    assert calm[0.3, 1] > 1.05


# --- what could be seen -----------------------------------------------------------------------

SHARE = "local share of reports"
AUTHORITIES = 153


@pytest.mark.parametrize("values", [STAFF, ELSEWHERE, SYSTEM], ids=["staff", "tragedy", "system"])
def test_no_authority_could_ever_detect_its_own_part_of_the_loop(values):
    """About 48 incidents in fifteen years scatter by 7 (Poisson). Whether none or half of the news
    is local changes them by about one: nobody sees that in one record, nor in all 153 of them."""
    scatter = np.sqrt(incidents(base_run("blame_bureaucracy")))
    assert 6.5 < scatter < 7.5
    none, assumed, half = (incidents(run(values | {SHARE: share})) for share in (0, 0.1, 0.5))
    assert 0 < abs(assumed - none) < abs(half - none) < 0.2 * scatter
    # Two standard errors of a difference between two groups of all the authorities.
    assert AUTHORITIES * abs(half - none) < 2 * np.sqrt(2 * AUTHORITIES) * scatter


def test_a_fifth_of_the_staff_is_not_seen_in_one_record_either():
    """Incidents are too rare to steer by: even an effect of a sixth lies within the scatter."""
    more = incidents(run(STAFF)) - incidents(base_run("blame_bureaucracy"))
    assert 4 < more < 2 * np.sqrt(2 * incidents(base_run("blame_bureaucracy")))


# --- money or design --------------------------------------------------------------------------


def test_how_much_an_hour_with_a_family_is_worth_decides():
    """If thin visits leave nothing behind, a tragedy brings more children back than losing a fifth
    of the staff: fear spoils judgement, hours do not count. If they leave much behind it is the
    other way round, by far."""
    blame, money = (
        [peak(run(what | {DIRECT: strength}), "repeat referrals") - 1 for strength in (0, 0.7, 1.5)]
        for what in (ELSEWHERE, STAFF)
    )
    assert blame == sorted(blame)
    assert money == sorted(money)
    assert money[0] < blame[0]
    assert money[1] > blame[1]
    assert money[2] > 2 * blame[2]
