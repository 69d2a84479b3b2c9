"""The words above the pictures."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from cpdynamics.dashboards.headline import end_of, headline
from cpdynamics.run import Run
from cpdynamics.scenario import Scenario


def test_headlines_say_how_far_from_the_base(tiny: Any) -> None:
    base, cut = tiny.run(), tiny.run({"early help cut": 0.2})
    need, repeat = headline(cut, base, ["new need", "repeat referrals"])
    assert (need.name, need.value, need.units) == ("new need", "200", "children per month")
    assert need.change == "as in the base"
    assert (repeat.value, repeat.change) == ("133", "+166.7 % from the base")
    (less,) = headline(base, cut, ["repeat referrals"])
    assert less.change == "\N{MINUS SIGN}62.5 % from the base"


def test_when_a_run_ends(tiny: Any) -> None:
    assert end_of(tiny.run()) == "After 10 years"


def staff(values: list[float]) -> Run:
    frame = pd.DataFrame({"staff": values}, index=np.arange(0.0, 12.0 * len(values), 12.0))
    return Run("service", Scenario(), frame, {"staff": "FTE"}, "Month")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([100, 100, 60, 90, 100, 100], "\N{MINUS SIGN}40.0 % in year 2"),
        ([100, 100, 130, 110, 108, 108], "+30.0 % in year 2"),
        ([100, 95, 90, 85, 80, 80], ""),  # it ends where it is farthest
        ([100, 101, 101, 100, 100, 100], ""),  # nobody would notice
    ],
)
def test_what_has_healed_by_the_end_is_not_forgotten(values: list[float], said: str) -> None:
    (tile,) = headline(staff(values), staff([100] * 6), ["staff"])
    assert tile.farthest == said


def test_other_times_are_not_compared() -> None:
    (tile,) = headline(staff([100, 60, 100]), staff([100, 100]), ["staff"])
    assert tile.farthest == ""


@pytest.mark.parametrize("end", [np.nan, np.inf])
def test_what_is_no_number_has_no_percent(end: float) -> None:
    (tile,) = headline(staff([100, 100, end]), staff([100] * 3), ["staff"])
    assert tile.change == "not a finite number"
