from __future__ import annotations

import pytest

from cpdynamics.auditing import balance
from cpdynamics.auditing.subject import Subject
from cpdynamics.engines.compiled import Compiled
from cpdynamics.engines.request import Request
from cpdynamics.scenario import Scenario
from cpdynamics.story import Story
from tests.auditing.good import STOCK, bare, subject

CHAIN = """A = INTEG(coming - passing, 5)
B = INTEG(passing - leaving, 5)
Counted = INTEG(passing, 0)
Seen = INTEG((B - Seen) / 3, 5)
coming = 1
passing = A / 5
leaving = B / 5"""


def test_flows_between_stocks_and_across_the_boundary_are_counted():
    story = Story(accumulators=("Counted",))
    found = balance.conservation(bare(CHAIN, story=story))
    assert (found.verdict, found.text) == (
        "passed",
        "1 flow joins two stocks, 2 cross the boundary. 3 stocks followed through a run. "
        "1 perception left out of the account.",
    )
    found = balance.conservation(bare(CHAIN))
    assert "Counted in two stocks at once: passing." in found.text


@pytest.mark.parametrize("rate", ["coming - Waiting * fraction", "coming - leaving + 5", "Time"])
def test_a_stock_that_changes_by_a_calculation_is_found(rate):
    found = balance.conservation(subject((STOCK, f"{rate}, new need / fraction")))
    assert (found.verdict, found.text) == ("failed", "1 changed by a calculation: Waiting.")
    assert found.remedy


def test_a_model_without_stocks_has_nothing_to_conserve():
    assert balance.conservation(bare("x = Time")).verdict == "does not apply"


def test_a_held_stock_need_not_follow_its_flows():
    story = Story(scenarios={"held": Scenario(hold={"A": 9})})
    found = balance.conservation(bare(CHAIN, story=story))
    assert found.verdict == "passed"
    assert "2 stocks followed" in found.text


def test_a_run_that_loses_somebody_is_found(monkeypatch):
    """No file can do this: the engine keeps the books. So one of its books is falsified."""
    true = Compiled.run

    def thieving(self: Compiled, request: Request | None = None):
        frame = true(self, request)
        frame["Waiting"] *= 1 - 1e-6 * (frame.index > 3)
        return frame

    monkeypatch.setattr(Compiled, "run", thieving)
    found = balance.conservation(subject())
    assert (found.verdict, found.text) == ("failed", "1 not moved by the flows alone: Waiting.")


def test_every_step_is_followed_up_to_a_limit():
    model: Subject = bare(CHAIN, final=1000, step=0.25)
    scenario = balance._stepwise(model)
    assert scenario.set["FINAL TIME"] == 250
    assert balance.conservation(model).verdict == "passed"
