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

# Two scenarios run away more often than they may, and the page says so. They are here with how
# far they may go, so that no third joins them unseen and neither gets worse.
ABOVE = {
    ("blame_bureaucracy", "A tragedy here"): 0.015,
    ("blame_bureaucracy", "A fifth of the staff go"): 0.019,
}


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
def test_without_the_screen_hardly_a_draw_runs_away(name: str, scenario: str) -> None:
    """What the page says of the two: R4 and R5 run through the share of direct time."""
    model = library_model(name)
    share = "direct time share"
    base = float(model.run(outputs=[share])[share].iloc[0])
    drawn = sample(model, dict.fromkeys(ranges(model).inner, "uniform"), n=3_000)
    held = ensemble(model, drawn, scenario=scenario, hold={share: base}, outputs=["acute spend"])
    spend = held.values["acute spend"]
    assert (spend.max(axis=1) > RUNAWAY * spend[:, 0]).mean() < 0.001


@pytest.mark.slow
def test_the_page_and_the_file_hold_what_is_found_today() -> None:
    every = [one for name in LIBRARY for one in loads(name)]
    assert page().count(BEGIN) == page().count(END) == 1
    assert with_section(page(), every) == page(), "cpdynamics draws --write"
    kept = (root() / "draws.csv").read_text(encoding="utf-8")
    assert kept == written(as_table(every)), "cpdynamics draws --write"


def page() -> str:
    return (root() / "README.md").read_text(encoding="utf-8")
