"""Every library model and scenario, read out of a page from file:// under a strict policy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from cpdynamics.engines.browser import script
from tests.engines.agreeing import same
from tests.engines.in_a_page import Pages, ask, pages, program_text  # noqa: F401
from tests.models.library_runs import LIBRARY, library_model

pytestmark = pytest.mark.browser

CASES = [(name, chosen) for name in LIBRARY for chosen in (None, *library_model(name).scenarios)]
AGAINST_PYSD = [("austerity", "A further 40 % cut"), ("child_protection", None), ("burnout", None)]


@pytest.fixture(scope="module")
def answers(pages: Pages) -> dict[Any, pd.DataFrame]:  # noqa: F811
    """Every variable of every case, from one page with all models."""
    scripts = [script(library_model(name).structure) for name in LIBRARY]
    questions = []
    for name, chosen in CASES:
        request = library_model(name).request(chosen)
        assert not request.hold
        assert not request.initial
        table = {one.name: one for one in library_model(name).structure.elements.values()}
        constants = [[one, request.constants[one]] for one in request.constants]
        assert all(one in table for one, _ in constants)
        questions.append((LIBRARY.index(name), {"set": constants}))
    found = ask(pages, scripts, questions)
    return dict(zip(CASES, found, strict=True))


@pytest.mark.parametrize(("name", "scenario"), CASES)
def test_every_variable_of_every_scenario_is_the_compiled_engines(
    name: str, scenario: str | None, answers: Any
) -> None:
    model = library_model(name)
    same(answers[name, scenario], model.engine("compiled").run(model.request(scenario)))


@pytest.mark.parametrize(("name", "scenario"), AGAINST_PYSD)
def test_every_variable_is_pysds(name: str, scenario: str | None, answers: Any) -> None:
    model = library_model(name)
    same(answers[name, scenario], model.engine("pysd").run(model.request(scenario)))


def test_the_scenarios_differ_from_the_base(answers: Any) -> None:
    moved = [
        not answers[name, scenario].equals(answers[name, None])
        for name, scenario in CASES
        if scenario is not None
    ]
    assert len(moved) > 40
    assert all(moved)


def test_a_run_of_austerity_takes_milliseconds(
    pages: Pages,  # noqa: F811
    record_property: Callable[[str, object], None],
) -> None:
    """About two; the bound is for a machine with other work."""
    timing = """
      const took = [];
      for (let turn = 0; turn < 60; turn += 1) {
        const begun = performance.now();
        models[0].run();
        took.push(performance.now() - begun);
      }
      globalThis.took = took.slice(30).sort((a, b) => a - b)[10];
    """
    text = program_text([script(library_model("austerity").structure)], timing)
    milliseconds = pages.value(text, "globalThis.took")
    record_property("milliseconds for a run of austerity", round(milliseconds, 1))
    assert milliseconds < 100


def test_the_policy_of_the_page_lets_no_text_become_code(
    pages: Pages,  # noqa: F811
) -> None:
    trying = """
      globalThis.said = [() => eval("1"), () => new Function("return 1")()].map((one) => {
        try { return String(one()); } catch (error) { return error.name; }
      });
    """
    assert pages.value(program_text([], trying), "globalThis.said") == ["EvalError", "EvalError"]
