"""A scenario in a .toml is refused when the file is read if, and only if, its run would be."""

from __future__ import annotations

from pathlib import Path

import pytest

from cpdynamics.checking import checked_scenario
from cpdynamics.engines.clock import MOST_STEPS
from cpdynamics.errors import BadStory, BadValue, CpdynamicsError
from cpdynamics.mdl.document import Document
from cpdynamics.model import Model
from cpdynamics.scenario import Scenario
from cpdynamics.story import Story

TEXT = """{UTF-8}
Stock = INTEG(flow - Stock / time to leave, first) ~ Child [0,?] ~ |
flow = base * effect(Time) ~ Child/Month ~ |
base = {per month} (20) ~ Child/Month [0,50] ~ |
first = base * 4 ~ Child ~ |
time to leave = 3 ~ Month [1,12] ~ |
each[Area] = 1, 2 ~ Dmnl ~ |
Area: North, South ~ ~ |
effect((0,1),(9,2)) ~ Dmnl ~ |
INITIAL TIME = 0 ~ Month ~ |
FINAL TIME = 4 ~ Month ~ |
TIME STEP = 0.5 ~ Month ~ |
SAVEPER = TIME STEP ~ Month ~ |
"""
GOOD = {
    "a saveper that is a formula": Scenario({"SAVEPER": 1}),
    "a clock": Scenario({"FINAL TIME": 9, "TIME STEP": 0.25}),
    "a constant": Scenario({"Base": 30}),
    "a list of constants": Scenario({"each": 3}),
    "a flow held": Scenario(hold={"flow": 3}),
    "a stock held": Scenario(hold={"stock": 3}),
    "a constant held": Scenario(hold={"base": 3}),
    "a stock started": Scenario(initial={"stock": 3}),
    "the longest run": Scenario({"FINAL TIME": MOST_STEPS * 0.5}),
}
BAD = {
    "the clock held": (Scenario(hold={"TIME STEP": 1}), "TIME STEP.* cannot be held"),
    "the clock started": (Scenario(initial={"FINAL TIME": 3}), "FINAL TIME.* is a constant"),
    "a computed clock started": (Scenario(initial={"SAVEPER": 3}), "SAVEPER.* is a constant"),
    "a constant started": (Scenario(initial={"base": 3}), "Only a stock"),
    "a formula set": (Scenario({"first": 3}), '"first" is an auxiliary: it is computed'),
    "a flow set": (Scenario({"flow": 3}), '"flow" is .*: it is computed'),
    "a stock set": (Scenario({"stock": 3}), '"Stock" is a stock'),
    "a lookup held": (Scenario(hold={"effect": 3}), '"effect" is a lookup'),
    "time set": (Scenario({"Time": 3}), "INITIAL TIME or FINAL TIME"),
    "a range of subscripts": (Scenario({"Area": 3}), "no variable"),
    "out of range": (Scenario({"time to leave": 13}), "1 to 12"),
    "a start out of range": (Scenario(initial={"Stock": -1}), "0 or more"),
    "held and set": (Scenario({"base": 3}, hold={"base": 4}), "given another value"),
    "no step": (Scenario({"TIME STEP": 0}), "TIME STEP is 0"),
    "no saveper": (Scenario({"SAVEPER": -1}), "SAVEPER is -1"),
    "the end before the start": (Scenario({"INITIAL TIME": 5}), r"FINAL TIME \(4\) is before"),
    "too long a run": (Scenario({"FINAL TIME": MOST_STEPS}), "5,000,000 is the most"),
}


def story(scenario: Scenario) -> Story:
    return Story(scenarios={"s": scenario})


@pytest.mark.parametrize("case", GOOD)
def test_what_a_run_accepts_a_story_may_hold(case: str) -> None:
    model = Model.from_document(Document.parse(TEXT), story(GOOD[case]))
    checked_scenario(model.structure, model.scenarios["s"])


@pytest.mark.parametrize("case", BAD)
def test_what_a_run_refuses_a_story_may_not_hold(case: str) -> None:
    scenario, message = BAD[case]
    model = Model.from_document(Document.parse(TEXT))
    with pytest.raises(CpdynamicsError, match=message):
        model.run(scenario)
    with pytest.raises(BadStory, match=f'scenario "s": .*{message}'):
        Model.from_document(model.document, story(scenario))


def test_a_toml_that_sets_the_clock_loads_and_one_that_holds_it_does_not(tmp_path: Path) -> None:
    path = tmp_path / "sv.mdl"
    path.write_text(TEXT)
    toml = path.with_suffix(".toml")
    toml.write_text("[scenarios.a]\nset = {SAVEPER = 1}\n")
    assert len(Model.from_path(path).run("a").frame) == 5
    toml.write_text('[scenarios.a]\nhold = {"TIME STEP" = 1}\n')
    with pytest.raises(BadStory, match=r'sv\.toml, scenario "a": .*TIME STEP'):
        Model.from_path(path)


def test_one_limit_of_steps_is_said_before_the_run() -> None:
    model = Model.from_document(Document.parse(TEXT))
    with pytest.raises(BadValue, match=r"6e\+06 time steps\. 5,000,000 is the most"):
        model.run({"FINAL TIME": 3_000_000})
