"""Ten thousand draws over the whole ranges, of every model and under every scenario."""

from __future__ import annotations

import functools

import pytest

from cpdynamics.draws import RUNS, Load, as_table, under_load
from cpdynamics.draws.load import BASE, EVERY, MOST, RUNAWAY
from cpdynamics.draws.page import BEGIN, END, with_section, written
from cpdynamics.ensembles import ensemble, sample
from cpdynamics.ensembles.ranges import ranges
from cpdynamics.library import root
from cpdynamics.model import Model
from tests.models.library_runs import LIBRARY, library_model

# Some scenarios run away more often than they may, and the page says so. They are here with how
# far they may go, so that no other joins them unseen and none gets worse.
WHOLE = "child_protection"
ABOVE = {
    ("blame_bureaucracy", "A tragedy here"): 0.015,
    ("blame_bureaucracy", "A fifth of the staff go"): 0.019,
    (WHOLE, "Early help is cut"): 0.032,
    (WHOLE, "Early help is cut and restored"): 0.023,
    (WHOLE, "A fifth of the posts go"): 0.06,
    (WHOLE, "A tragedy here, and somebody to blame"): 0.08,
    (WHOLE, "A tragedy here, and the question what made it likely"): 0.026,
    (WHOLE, "No agency work"): 0.023,
    (WHOLE, "The front door is split off"): 0.045,
    (WHOLE, "A trust takes over"): 0.02,
}
# What the page says that they run through, and how few run away where that is held.
THROUGH = {"blame_bureaucracy": ("direct time share", 0.001), WHOLE: ("relative hours", 0.003)}


@functools.cache
def loads(name: str) -> tuple[Load, ...]:
    return under_load(library_model(name))


@pytest.mark.slow
def test_nothing_breaks_over_the_whole_ranges(model: Model) -> None:
    found = loads(model.name)
    assert [one.scenario for one in found] == [EVERY, BASE, *model.scenarios]
    assert all(len(one.sample) == RUNS == 10_000 for one in found)
    for one in found:
        assert one.failures.empty, f"{one.scenario}: {one.failures}"
        assert one.endless == {}, one.scenario
        assert one.negative == {}, one.scenario
        assert not one.leaking, one.scenario


@pytest.mark.slow
def test_hardly_a_draw_runs_away(model: Model) -> None:
    for one in loads(model.name)[1:]:
        allowed = ABOVE.get((one.model, one.scenario), MOST)
        assert one.share <= allowed, f"{one.scenario}\n{one.runaways()}\n{one.causes.head(5)}"


@pytest.mark.slow
@pytest.mark.parametrize(("name", "scenario"), ABOVE)
def test_what_runs_away_too_often_is_still_there_and_told(name: str, scenario: str) -> None:
    """When it no longer does, it has to go from the list."""
    (one,) = (one for one in loads(name) if one.scenario == scenario)
    assert one.share > MOST
    assert f"- {name}, {scenario}: acute spend runs away in" in page()


@pytest.mark.parametrize(("name", "scenario"), ABOVE)
def test_without_the_way_that_the_page_names_hardly_a_draw_runs_away(
    name: str, scenario: str
) -> None:
    """R4 and R5 go by way of direct time; all that runs away in the whole, by way of hours."""
    model = library_model(name)
    through, few = THROUGH[name]
    base = float(model.run(outputs=[through])[through].iloc[0])
    drawn = sample(model, dict.fromkeys(ranges(model).inner, "uniform"), n=3_000)
    inner = drawn.drop(columns=[one for one in model.scenarios[scenario].set if one in drawn])
    held = ensemble(model, inner, scenario=scenario, hold={through: base}, outputs=["acute spend"])
    spend = held.values["acute spend"]
    assert (spend.max(axis=1) > RUNAWAY * spend[:, 0]).mean() < few


@pytest.mark.slow
def test_the_page_and_the_file_hold_what_is_found_today() -> None:
    every = [one for name in LIBRARY for one in loads(name)]
    assert page().count(BEGIN) == page().count(END) == 1
    assert with_section(page(), every) == page(), "cpdynamics draws --write"
    kept = (root() / "draws.csv").read_text(encoding="utf-8")
    assert kept == written(as_table(every)), "cpdynamics draws --write"


def page() -> str:
    return (root() / "README.md").read_text(encoding="utf-8")
