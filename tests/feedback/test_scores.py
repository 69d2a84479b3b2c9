"""Link scores: the formula by hand, what must hold for every model, and what cannot be scored."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from cpdynamics import load
from cpdynamics.errors import BadValue, UnknownName, Unsupported
from cpdynamics.feedback import scores
from cpdynamics.feedback.scores import Scored, link_scores
from cpdynamics.library import model_names
from cpdynamics.mdl.document import Document
from cpdynamics.model import Model


def model(*equations: str, end: float = 20, step: float = 0.5) -> Model:
    """A model of these equations, without units."""
    clock = {"FINAL TIME": end, "INITIAL TIME": 0, "TIME STEP": step, "SAVEPER": 1}
    every = [*equations, *(f"{name} = {value}" for name, value in clock.items())]
    return Model.from_document(
        Document.parse("{UTF-8}\n" + "".join(f"{one}\n\t~\tDmnl\n\t~\tx\n\t|\n\n" for one in every))
    )


def score(scored: Scored, cause: str, effect: str) -> NDArray[np.float64]:
    """The scores of one link."""
    found: NDArray[np.float64] = scored.scores[_row(scored, cause, effect)]
    return found


def share(scored: Scored, cause: str, effect: str) -> NDArray[np.float64]:
    """The shares of one link."""
    found: NDArray[np.float64] = scored.shares[_row(scored, cause, effect)]
    return found


def _row(scored: Scored, cause: str, effect: str) -> int:
    return [(one.cause, one.effect) for one in scored.links].index((cause, effect))


def test_three_steps_by_hand() -> None:
    """S = 4, 6, 7.5, 7.5 and A = 1, 3, 5, 7; z = S * A, r = A - S / 2 + 3.

    From time 0 to 1, S goes from 4 to 6 and A from 1 to 3, so z from 4 to 18:
    D_S z = 6 * 1 - 4 = 2, D_A z = 4 * 3 - 4 = 8, D z = 14.
    From 1 to 2, S goes to 7.5 and A to 5, so z to 37.5: D_S z = 7.5 * 3 - 18 = 4.5,
    D_A z = 6 * 5 - 18 = 12, D z = 19.5.
    The net rate of S is fed by `in` = 2, 1.5, 0 (as the levels say).
    """
    levels = model(
        "S= INTEG(in, 4)",
        "A= INTEG(2, 1)",
        "z= S*A",
        "in= WITH LOOKUP(Time, ((0,2),(1,1.5),(2,0),(3,0)))",
        end=3,
        step=1,
    )
    scored = link_scores(levels)
    assert scored.times.tolist() == [0, 1, 2, 3]
    assert scored.values["s"].tolist() == [4, 6, 7.5, 7.5]
    assert score(scored, "s", "z") == pytest.approx([0, 2 / 14, 4.5 / 19.5, 0])
    assert score(scored, "a", "z") == pytest.approx([0, 8 / 14, 12 / 19.5, 1])
    assert share(scored, "s", "z") == pytest.approx([0, 2 / 10, 4.5 / 16.5, 0])
    assert share(scored, "a", "z") == pytest.approx([0, 8 / 10, 12 / 16.5, 1])
    # `in` alone moves the net rate: by -0.5, by -1.5, and then not at all.
    assert score(scored, "in", "s").tolist() == [0, 1, 1, 0]


def test_flows_by_hand() -> None:
    """Corrected for flows: |D inflow / D net| and -|D outflow / D net|.

    S = 10, 10, 13; in = 5, 8, 11 (by 3 a step), out = 0.5 S = 5, 5, 6.5; net = 0, 3, 4.5.
    """
    scored = link_scores(
        model("S= INTEG(in-out, 10)", "in= 5+3*Time", "out= 0.5*S", end=2, step=1),
    )
    assert scored.values["s"].tolist() == [10, 10, 13]
    assert score(scored, "in", "s") == pytest.approx([0, 3 / 3, 3 / 1.5])
    assert score(scored, "out", "s") == pytest.approx([0, 0, -1.5 / 1.5])
    assert share(scored, "in", "s") == pytest.approx([0, 1, 3 / 4.5])
    assert share(scored, "out", "s") == pytest.approx([0, 0, 1.5 / 4.5])
    assert score(scored, "s", "out").tolist() == [0, 0, 1]


LOGISTIC = (
    "P= INTEG(births-deaths, 1)",
    "births= 0.1*P",
    "deaths= 0.1*P*P/100",
)


def test_logistic_growth_hands_over_at_half_the_capacity() -> None:
    """The slopes g and 2 g P / K of births and deaths are equal where P is half of K."""
    scored = link_scores(model(*LOGISTIC, end=100, step=0.125))
    births, deaths = score(scored, "births", "p"), -score(scored, "deaths", "p")
    half = scored.values["p"] / 100
    moving = births > 0
    middle = (half[1:] + half[:-1]) / 2  # the score is that of a step, not of a point
    assert (births[1:] > deaths[1:])[moving[1:] & (middle < 0.5 - 1e-9)].all()
    assert (births[1:] < deaths[1:])[moving[1:] & (middle > 0.5 + 1e-9)].all()
    assert deaths[1:] / births[1:] == pytest.approx(2 * middle, rel=1e-9)


def test_bass_diffusion() -> None:
    """adoption = p N + q N A / M, N = M - A: the market empties, word of mouth spreads."""
    scored = link_scores(
        model(
            "N= INTEG(-adoption, 1000)",
            "A= INTEG(adoption, 0)",
            "adoption= 0.01*N + 0.4*N*A/1000",
            step=0.125,
        )
    )
    n, a = scored.values["n"], scored.values["a"]
    by_mouth, by_market = score(scored, "a", "adoption"), score(scored, "n", "adoption")
    # By hand: D_A = q N dA / M and D_N = (p + q A / M) dN, at the step before.
    ratio = 0.4 * n[:-1] / 1000 / (0.01 + 0.4 * a[:-1] / 1000)
    assert by_mouth[1:] / by_market[1:] == pytest.approx(ratio, rel=1e-9)
    assert (score(scored, "adoption", "n")[1:] == -1).all()
    assert (score(scored, "adoption", "a")[1:] == 1).all()


def test_an_arms_race() -> None:
    """Richardson: x' = k y - a x + g, y' = l x - b y + h. The score is slope * dx / d(rate)."""
    race = model("x= INTEG(0.3*y-0.2*x+1, 5)", "y= INTEG(0.25*x-0.3*y+2, 10)", end=40, step=0.25)
    scored = link_scores(race)
    x, y = scored.values["x"], scored.values["y"]
    rate = np.diff(0.3 * y - 0.2 * x + 1)
    assert score(scored, "y", "x")[1:] == pytest.approx(0.3 * np.abs(np.diff(y) / rate), rel=1e-6)
    assert score(scored, "x", "x")[1:] == pytest.approx(-0.2 * np.abs(np.diff(x) / rate), rel=1e-6)


@pytest.mark.parametrize("name", model_names())
def test_rest_has_no_score(name: str) -> None:
    """A story at rest: nothing but what the calendar of inspections alone moves."""
    scored = link_scores(load(name))
    moved = np.flatnonzero(scored.scores.any(axis=1) | scored.shares.any(axis=1))
    assert {scored.links[row].cause for row in moved} <= {"months since an inspection began"}
    assert np.isfinite(scored.scores).all()
    assert np.isfinite(scored.shares).all()


@pytest.mark.parametrize("name", ["austerity", "cover_up", "turnover"])
def test_a_story_that_moves(name: str) -> None:
    story = load(name)
    scored = link_scores(story, next(iter(story.scenarios)))
    assert np.isfinite(scored.scores).all()
    assert not scored.scores[:, 0].any()
    assert (scored.shares >= 0).all()
    assert (scored.shares <= 1).all()
    assert not ((scored.scores != 0) & (scored.shares == 0)).any()
    every = {(one.cause, one.effect) for one in story.links if one.polarity != "0"}
    assert {(one.cause, one.effect) for one in scored.links} == every
    signs = {"+": 1, "-": -1}
    for link, row in zip(scored.links, scored.scores, strict=True):
        if link.polarity in signs:
            assert (row * signs[link.polarity] >= 0).all(), link


@pytest.mark.parametrize(
    ("a", "b", "c"), [(8.54, 2.88, 3.87), (1.91, 2.43, 6.78), (2.56, 1.53, 8.73)]
)
def test_rest_that_is_only_rounded(
    a: float, b: float, c: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Inflows and outflows are equal on paper; in the machine they differ in the last bit."""
    tanks = model(
        f"a= {a!r}",
        f"b= {b!r}",
        f"c= {c!r}",
        "S= INTEG(in-out, a*b)",
        "in= a+T*c-T*c*1",
        "out= S/b",
        "T= INTEG(into-away, a*c)",
        "into= a*b*3-S*3+a",
        "away= T/c",
        "gap= S/b-a",
        "U= INTEG(gap*3, 0)",
        "felt= gap/1e-6",
        "root= SQRT(ABS(T/c-a))",
        "seen= root*2",
        "V= INTEG((MAX(gap,0)-V)/3, 0)",
        "W= V*2",
        end=30,
    )
    scored = link_scores(tanks)
    assert not scored.scores.any()
    assert not scored.shares.any()
    monkeypatch.setattr(scores, "ROUNDING", 0.0)
    assert link_scores(tanks).scores.any(axis=1).sum() > 10


def test_a_branch_not_taken_does_not_drown_the_other() -> None:
    """Rounding goes by the size of what MIN gives, not of what it leaves."""
    scored = link_scores(
        model(
            "S= INTEG(0.001, 1)",
            "T= INTEG(1, 0)",
            "room= MIN(1, 1e15*(T+1)-1e14)",
            "y= S*room",
        )
    )
    assert (score(scored, "s", "y")[1:] == 1).all()


WHOLE = st.integers(1, 9)


@st.composite
def linear(draw: st.DrawFn) -> tuple[Model, int]:
    """Some stocks, each with a linear rate of them all, and auxiliaries that add them up."""
    count = draw(st.integers(2, 4))
    names = [f"s{number}" for number in range(count)]
    equations = []
    for name in names:
        terms = [f"{draw(st.integers(-9, 9))}/100*{other}" for other in names]
        equations.append(f"{name}= INTEG({'+'.join(terms)}, {draw(WHOLE)})")
    equations.append("a= " + "-".join(f"{draw(WHOLE)}*{name}" for name in names))
    equations.append(f"b= a+{draw(WHOLE)}*s0")
    return model(*equations, end=5), count


@settings(max_examples=15, deadline=None)
@given(linear())
def test_signed_partial_changes_add_up(made: tuple[Model, int]) -> None:
    """For a linear equation exactly; score * |D z| * sign(D x) is the partial change."""
    scored = link_scores(made[0])
    values = {name: np.asarray(one) for name, one in scored.values.items()}
    effects = {one.effect for one in scored.links}
    assert {"a", "b"} <= effects
    for effect in effects:
        rows = [row for row, one in enumerate(scored.links) if one.effect == effect]
        change = np.diff(values[effect])
        if effect not in "ab":
            change = np.diff(change)  # the net rate moves
        total = np.zeros(len(change))
        for row in rows:
            sign = np.sign(np.diff(values[scored.links[row].cause]))[: len(change)]
            total += scored.scores[row, 1 : len(change) + 1] * np.abs(change) * sign
        size = max(1.0, np.abs(values[effect]).max())
        assert total == pytest.approx(change, abs=1e-11 * size)


def test_what_is_left_over_is_the_interaction() -> None:
    """z = S * A: D z - D_S z - D_A z = D S * D A."""
    scored = link_scores(model("S= INTEG(1+0.1*S, 2)", "A= INTEG(2, 1)", "z= S*A"))
    s, a, z = (scored.values[name] for name in "saz")
    partial = [score(scored, name, "z")[1:] * np.diff(z) for name in "sa"]
    assert np.diff(z) - sum(partial) == pytest.approx(np.diff(s) * np.diff(a), rel=1e-9)


@settings(max_examples=15, deadline=None)
@given(st.floats(1e-6, 1e6), st.floats(1e-6, 1e6))
def test_units_do_not_matter(stock: float, flow: float) -> None:
    """P counted in thousands, births in dozens: each variable in units of its own."""
    plain = link_scores(model(*LOGISTIC, end=60))
    other = link_scores(
        model(
            f"P= INTEG(births*{stock!r}/{flow!r}-deaths*{stock!r}, {stock!r})",
            f"births= 0.1*P/{stock!r}*{flow!r}",
            f"deaths= 0.1*(P/{stock!r})*(P/{stock!r})/100",
            end=60,
        )
    )
    for cause, effect in [("births", "p"), ("deaths", "p"), ("p", "births"), ("p", "deaths")]:
        assert score(other, cause, effect) == pytest.approx(
            score(plain, cause, effect), rel=1e-6, abs=1e-9
        )
        assert share(other, cause, effect) == pytest.approx(share(plain, cause, effect), rel=1e-6)


def _loop(scored: Scored, *names: str) -> NDArray[np.float64]:
    around = [*names, names[0]]
    product = np.ones(len(scored.times))
    for cause, effect in pairwise(around):
        product = product * score(scored, cause, effect)
    return product


@settings(max_examples=15, deadline=None)
@given(st.floats(0.05, 0.95))
def test_a_flow_in_two_parts_has_the_same_loops(part: float) -> None:
    """The correction of 2023: how a net rate is divided into flows is a matter of drawing."""
    whole = link_scores(model(*LOGISTIC, end=60))
    net = link_scores(model("P= INTEG(net, 1)", "net= 0.1*P-0.1*P*P/100", end=60))
    parts = link_scores(
        model(
            "P= INTEG(early+late-deaths, 1)",
            f"early= {part!r}*0.1*P",
            f"late= (1-{part!r})*0.1*P",
            "deaths= 0.1*P*P/100",
            end=60,
        )
    )
    births = _loop(parts, "p", "early") + _loop(parts, "p", "late")
    assert births == pytest.approx(_loop(whole, "p", "births"), rel=1e-7)
    assert _loop(parts, "p", "deaths") == pytest.approx(_loop(whole, "p", "deaths"), rel=1e-7)
    both = _loop(whole, "p", "births") + _loop(whole, "p", "deaths")
    assert both == pytest.approx(_loop(net, "p", "net"), rel=1e-6)


def test_levels_of_smooths_and_delays_are_variables() -> None:
    """SMOOTH3 by hand is three stocks; the scores are the same."""
    short = link_scores(model("S= INTEG(1-y/5, 3)", "y= SMOOTH3(S, 4)"))
    long = link_scores(
        model(
            "S= INTEG(1-y/5, 3)",
            "one= INTEG((S-one)*3/4, 3)",
            "two= INTEG((one-two)*3/4, 3)",
            "y= INTEG((two-y)*3/4, 3)",
        )
    )
    level = "y (smooth {} of 3)".format
    for number, (cause, effect) in enumerate(pairwise(["s", "one", "two", "y"]), start=1):
        before = level(number - 1) if number > 1 else "s"
        ours = score(short, before, level(number))
        assert ours == pytest.approx(score(long, cause, effect), rel=1e-9)
    assert (score(short, level(3), "y")[4:] == 1).all()
    own = [one for one in short.links if one.cause == level(2)]
    assert [(one.effect, one.polarity, one.delayed) for one in own] == [
        (level(2), "-", True),
        (level(3), "+", True),
    ]


def test_a_fixed_delay_is_scored_when_it_comes_out() -> None:
    """Six steps after S * A moved: the score of then, and nothing before."""
    scored = link_scores(
        model("S= INTEG(1, 3)", "A= INTEG(2, 1)", "z= S*A", "y= DELAY FIXED(S*A, 3, 0)")
    )
    entered = score(scored, "s", "z")
    left = score(scored, "s", "y (delay fixed)")
    assert not left[:7].any()
    assert left[7:] == pytest.approx(entered[1:-6])
    assert (score(scored, "y (delay fixed)", "y")[7:] == 1).all()


def test_a_sample_is_scored_a_step_late() -> None:
    """While it samples it is what S was; then it stands still."""
    scored = link_scores(
        model(
            "S= INTEG(1-x, 3)",
            "x= S/9",
            "y= SAMPLE IF TRUE(Time<5, x, 0)",
            "Seen= INTEG(y-S/9, 0)",
        )
    )
    sample = "y (sample)"
    assert score(scored, "x", sample)[:12].tolist() == [0, 0, *[1] * 9, 0]
    assert (score(scored, "x", "y")[1:10] == 1).all()
    assert not score(scored, "y", "seen")[11:].any()


def test_chance_has_a_share_but_no_link() -> None:
    noisy = model("S= INTEG(r, 3)", "r= RANDOM UNIFORM(-1, 1, 0) - S/5")
    scored = link_scores(noisy, seed=4)
    part = share(scored, "s", "r")
    # By hand: what is no S is chance.
    drawn = np.diff(scored.values["r"] + scored.values["s"] / 5)
    moved = np.diff(scored.values["s"]) / -5
    assert part[1:] == pytest.approx(np.abs(moved) / (np.abs(moved) + np.abs(drawn)), rel=1e-9)
    assert {one.cause for one in scored.links} == {"s", "r"}
    assert not np.array_equal(part, share(link_scores(noisy, seed=5), "s", "r"))


def test_a_cause_that_alone_leads_out_of_the_numbers() -> None:
    """z = 1 / (A - S), both moving: A - S is 0 if only S moves. So S is what A leaves to be made:
    D_S z = z now - f(S before, A now) = 1 - 1 / 2."""
    scored = link_scores(model("S= INTEG(1, 0)", "A= INTEG(1+Time, 1)", "z= 1/(A-S)", step=1))
    assert scored.values["s"][:3].tolist() == [0, 1, 2]
    assert scored.values["a"][:3].tolist() == [1, 2, 4]
    assert share(scored, "s", "z")[1] == pytest.approx(0.5 / (0.5 + 0.5))
    assert np.isfinite(scored.scores).all()


def test_arrays_are_scored_by_their_elements() -> None:
    ranges = "R: a,b"
    scored = link_scores(model(ranges, "x[R]= 1,2", "S[R]= INTEG(1-S[R]/x[R]/5, 3)"))
    assert score(scored, "s[a]", "s[a]")[1] == -1
    assert [(one.cause, one.effect, one.polarity) for one in scored.links] == [
        ("s[a]", "s[a]", "-"),
        ("s[b]", "s[b]", "-"),
    ]


def test_what_is_held_has_no_causes() -> None:
    held = model("S= INTEG(1-y/5, 3)", "y= S*2", "z= y+S")
    scored = link_scores(held, hold={"y": 4.0})
    assert [(one.cause, one.effect) for one in scored.links] == [("s", "z")]
    assert (score(scored, "s", "z")[1:] == 1).all()
    falling = link_scores(held, hold={"y": pd.Series([8.0, 4.0], [0, 20])})
    # y falls by 0.1 a step; S moves by 0.5 * (1 - y / 5).
    moved = np.abs(np.diff(falling.values["s"]))
    assert share(falling, "s", "z")[1:] == pytest.approx(moved / (moved + 0.1))


def test_a_run_of_no_step() -> None:
    scored = link_scores(model("S= INTEG(1-S/5, 3)"), {"FINAL TIME": 0})
    assert scored.scores.tolist() == [[0.0]]


def test_refusals() -> None:
    with pytest.raises(BadValue, match=r"link_scores\(\) got"):
        link_scores("austerity")  # type: ignore[arg-type]
    tank = model("S= INTEG(1-S/5, 3)", "y= DELAY FIXED(S, 3+RANDOM UNIFORM(0,1,0), 3)")
    with pytest.raises(Unsupported, match='"y" is a DELAY FIXED'):
        link_scores(tank)
    with pytest.raises(UnknownName):
        link_scores(tank, {"nothing": 1})


def test_a_formula_that_is_too_long() -> None:
    names = [f"s{number}" for number in range(500)]
    stocks = [f"{name}= INTEG(0.1, 1)" for name in names]
    with pytest.raises(Unsupported, match='"total" is too long a formula'):
        link_scores(model(*stocks, f"total= {'+'.join(names)}", end=2))


def test_a_program_is_taken_apart_once(monkeypatch: pytest.MonkeyPatch) -> None:
    one = model(*LOGISTIC)
    first = link_scores(one)
    monkeypatch.setattr(scores, "Partial", None)
    second = link_scores(one, initial={"P": 2})
    assert second.links is first.links
    with pytest.raises(TypeError):
        link_scores(one, hold={"births": 1})  # another program


@pytest.mark.parametrize("kind", ["austerity", "caseload", "delayed"])
@pytest.mark.parametrize("times", [(0.0, 1.0, 30.0, 31.0, 90.5), (7.0,), (0.0,), (180.0, 12.0)])
def test_scores_at_some_times_are_those_of_all(kind: str, times: tuple[float, ...]) -> None:
    delayed = model(
        "level = INTEG(inflow - outflow, 10)",
        "inflow = DELAY FIXED(10 + STEP(5, 3), 2, 10) + SAMPLE IF TRUE(Time > 6, level / 20, 0.5)",
        "outflow = SMOOTH(level, 3) / 2 + RANDOM UNIFORM(0, 1, 1)",
    )
    chosen = delayed if kind == "delayed" else load(kind)
    scenario = next(iter(chosen.scenarios), None)
    whole, some = link_scores(chosen, scenario), link_scores(chosen, scenario, times=times)
    at = np.isin(whole.times, some.times)
    assert some.links == whole.links
    assert len(some.times) == len({min(one, whole.times[-1]) for one in times})
    np.testing.assert_array_equal(some.scores, whole.scores[:, at])
    np.testing.assert_array_equal(some.shares, whole.shares[:, at])
    for name, values in some.values.items():
        np.testing.assert_array_equal(values, whole.values[name][at])
