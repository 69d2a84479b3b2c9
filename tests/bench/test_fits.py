"""What ``cpdynamics bench --fit`` tells."""

from __future__ import annotations

from typing import Any

from cpdynamics.bench.fits import Cost
from cpdynamics.cli import main


def test_a_quick_round_tells_what_a_fit_took(capsys: Any) -> None:
    assert main(["bench", "--fit", "--quick"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "A fit of 2 constants of turnover to 2 series" in said
    assert "goal" not in said
    assert "extrapolated from 1." in said


def test_the_ratio_is_that_of_the_first_time_and_the_goal_is_told() -> None:
    said = Cost(8, 8, 500, first=0.5, again=0.1, pysd=100.0, sliced=5).sentence()
    assert "500 runs: 0.5 s of CPU the first time (goal: 2), 0.1 s again" in said
    assert "100 s, which is 200 times as much" in said
