"""Draws of tiny models whose share of trouble is known in closed form."""

from __future__ import annotations

import numpy as np
import pytest

from cpdynamics.draws import load
from cpdynamics.draws.load import BASE, EVERY, Load, under_load
from cpdynamics.errors import BadValue
from cpdynamics.mdl.document import Document
from cpdynamics.model import Model
from cpdynamics.scenario import Scenario
from cpdynamics.story import Story

RUNS = 1000
CONTROL = """
	.Control
********************************************************~
		Control. |
INITIAL TIME = 0
	~	Month
	~	Start. |
FINAL TIME = 10
	~	Month
	~	End. |
TIME STEP = 0.25
	~	Month
	~	Step. |
SAVEPER = 1
	~	Month
	~	Saved. |
"""
LEVERS = """
********************************************************
	.Tiny Levers
********************************************************~
		Levers. |
"""
CONSTANTS = LEVERS.replace("Levers", "Constants")
# What is left after ten months is 10 + 10 (coming - taken), and spending grows by a factor of
# exp(10 growth).
TUB = """{UTF-8}
Water = INTEG(coming - going, 10)
	~	Child
	~	Stock. |
coming = inflow
	~	Child/Month
	~	Tap. |
going = taken
	~	Child/Month
	~	Drain that does not look at the level. |
Debt = INTEG(- going, 0)
	~	Child [-100,100]
	~	May be negative. |
acute spend = EXP(growth * Time)
	~	GBP/Month
	~	Grows. |
"""
DRAWN = f"""{CONSTANTS}
inflow = 2
	~	Child/Month [0,4]
	~	Drawn. |
growth = 0.05
	~	1/Month [0,0.2]
	~	Drawn. |
published = 3
	~	Child
	~	No range. |
{LEVERS}
taken = 0
	~	Child/Month [0,2]
	~	Lever. |
"""
STORY = Story(
    scenarios={
        "Drain": Scenario({"taken": 2.0}, name="Drain"),
        "Growth": Scenario({"Growth": 0.15}, name="Growth"),
    }
)


def made(equations: str, story: Story = STORY) -> Model:
    return Model(Document.parse(equations + CONTROL), name="tub", story=story)


def loads(model: Model, **more: int) -> dict[str, Load]:
    return {one.scenario: one for one in under_load(model, runs=RUNS, **more)}


@pytest.fixture(scope="module")
def tub() -> dict[str, Load]:
    return loads(made(TUB + DRAWN))


def test_everything_then_the_base_then_each_scenario(tub):
    assert list(tub) == [EVERY, BASE, "Drain", "Growth"]
    assert repr(tub["Growth"]) == (
        "tub, Growth: 1,000 draws, acute spend runs away in 100.0 % of 1,000 draws"
    )
    assert {"inflow", "growth", "taken"} == set(tub[EVERY].sample)
    assert list(tub[BASE].sample) == list(tub["Drain"].sample) == ["inflow", "growth"]
    assert list(tub["Growth"].sample) == ["inflow"]
    assert all(one.without == ("published",) for one in tub.values())


def test_a_stock_of_less_than_nothing_is_found(tub):
    # It is below nought where taken > inflow + 1: a triangle of 1/16 of all, LHS around it.
    assert tub[EVERY].negative["Water"] == pytest.approx(RUNS / 16, rel=0.2)
    sample = tub[EVERY].sample
    exact = int((10 + 10 * (sample["inflow"] - sample["taken"]) < 0).sum())
    assert tub[EVERY].negative == {"Water": exact}
    assert tub[BASE].negative == {}
    # With the drain open, where the inflow is below one of four.
    assert tub["Drain"].negative == {"Water": RUNS // 4}
    assert tub["Drain"].faults[0] == "Water is below nought in 250 of 1,000 draws"


def test_runaways_are_counted_against_the_start_of_the_same_run(tub):
    share = 1 - np.log(3) / 10 / 0.2
    assert tub[BASE].share == pytest.approx(share, abs=1.5 / RUNS)
    assert tub["Growth"].share == 1
    assert tub[BASE].watched == "acute spend"
    np.testing.assert_allclose(tub[BASE].growth, np.exp(10 * tub[BASE].sample["growth"]))
    assert tub[BASE].faults == ["acute spend runs away in 45.0 % of 1,000 draws"]
    assert not any("runs away" in fault for fault in tub[EVERY].faults), "levers know no limit"


def test_a_scenario_that_starts_higher_has_not_grown():
    model = made(TUB.replace("= EXP(", "= (1 + taken) * EXP(") + DRAWN)
    found = loads(model)
    np.testing.assert_allclose(found["Drain"].growth, found[BASE].growth)


def test_the_runaways_are_listed_the_furthest_first(tub):
    listed = tub[BASE].runaways()
    assert len(listed) == tub[BASE].runaway.sum()
    assert listed["growth"].is_monotonic_decreasing
    assert listed["growth"].iloc[-1] > 3
    causes = tub[BASE].causes
    assert (causes.index[0], causes["side"].iloc[0], causes["distance"].iloc[0]) == (
        "growth",
        "high",
        1,
    )
    assert not causes.loc["inflow", "sure"]


def test_without_anything_to_watch_nothing_runs_away():
    model = made(TUB.replace("acute spend", "some spend") + DRAWN)
    one = loads(model)[BASE]
    assert (one.watched, one.share, len(one.runaways()), len(one.causes)) == ("", 0, 0, 0)
    other = made(TUB.replace("acute spend", "children in_care") + DRAWN)
    assert loads(other)[BASE].watched == "children in_care"


def test_a_run_that_fails_is_no_negative_stock_and_no_runaway():
    failing = TUB + "root = (inflow - 3) ^ 0.5\n\t~\tDmnl\n\t~\tOf less than nothing. |\n"
    found = loads(made(failing + DRAWN))
    assert len(found[BASE].failures) == RUNS * 3 / 4
    assert found[BASE].faults[0] == (
        "750 of 1,000 draws failed, the first since root has no real value"
    )
    assert found["Drain"].negative == {}
    assert found[BASE].share == pytest.approx((1 - np.log(3) / 2) / 4, abs=0.03)


def test_a_value_that_is_no_number_is_found_in_any_variable():
    # EXP overflows above 709.78; only the first look is at every variable.
    endless = TUB + "huge = EXP(growth * 10000)\n\t~\tDmnl\n\t~\tOverflows. |\n"
    found = loads(made(endless + DRAWN))
    expected = RUNS * (1 - 0.070978 / 0.2)
    assert found[EVERY].endless["huge"] == pytest.approx(expected, abs=1)
    assert f"huge is no number in {found[EVERY].endless['huge']:,} of 1,000 draws" in (
        found[EVERY].faults
    )


def test_stocks_are_followed_step_by_step(tub, monkeypatch):
    assert tub[EVERY].leaking == {}
    assert tub[BASE].leaking is None
    whole = load.rates_of

    def without_the_drain(system):
        rates = whole(system)
        return rates | {"water": tuple((parts[0],) for parts in rates["water"])}

    monkeypatch.setattr(load, "rates_of", without_the_drain)
    found = loads(made(TUB + DRAWN))[EVERY]
    assert found.leaking == {"Water": 100}
    assert "Water is not moved by its flows alone in 100 of 1,000 draws" in found.faults


def test_the_same_seed_gives_the_same_and_another_another():
    model = made(TUB + DRAWN)
    first, again, other = (loads(model, seed=seed)[EVERY] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.growth, again.growth)
    assert not np.array_equal(first.growth, other.growth)


def test_a_model_with_nothing_to_draw_is_refused():
    with pytest.raises(BadValue, match="empty"):
        under_load(
            made(TUB + DRAWN.replace("[0,4]", "").replace("[0,0.2]", "").replace("[0,2]", ""))
        )
    with pytest.raises(BadValue, match="A Model was expected"):
        under_load("austerity")  # type: ignore[arg-type]


def test_it_tells_how_far_it_is():
    told: list[str] = []
    under_load(made(TUB + DRAWN), runs=10, progress=told.append)
    assert told == [f"tub: {name}" for name in (EVERY, BASE, "Drain", "Growth")]
