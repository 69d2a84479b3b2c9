"""The words above the pictures."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from cpdynamics.dashboards.apart import Apart
from cpdynamics.dashboards.headline import as_html, end_of, headline
from cpdynamics.run import Run
from cpdynamics.scenario import Scenario


def test_headlines_say_how_far_from_the_base(tiny: Any) -> None:
    base, cut = tiny.run(), tiny.run({"early help cut": 0.2})
    need, repeat = headline(cut, base, ["new need", "repeat referrals"])
    assert (need.name, need.value, need.units) == ("new need", "200", "children per month")
    assert need.change == "as in the base"
    assert (repeat.value, repeat.change) == ("133", "+167 %")
    (less,) = headline(base, cut, ["repeat referrals"])
    assert less.change == "\N{MINUS SIGN}62.5 %"


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


@pytest.mark.parametrize(
    ("end", "before", "value", "change"),
    [
        (3.38e-11, 100, "0", "\N{MINUS SIGN}100 %"),
        (3.38e-11, 2e-11, "0", "as in the base"),
        (40, -2e-11, "40", "0 in the base"),
        (0.0002, 100, "0.0002", "\N{MINUS SIGN}100 %"),
    ],
)
def test_what_rounding_leaves_of_zero_is_zero(
    end: float, before: float, value: str, change: str
) -> None:
    (tile,) = headline(staff([100, 100, end]), staff([100, 100, before]), ["staff"])
    assert (tile.value, tile.change) == (value, change)


def test_a_truly_tiny_variable_is_not_zero() -> None:
    (tile,) = headline(staff([2e-11, 3e-11]), staff([2e-11, 2e-11]), ["staff"])
    assert (tile.value, tile.change) == ("3e-11", "+50.0 %")


def test_a_large_change_has_no_more_digits_than_it_needs() -> None:
    (tile,) = headline(staff([100, 1523.4]), staff([100, 100]), ["staff"])
    assert tile.change == "+1,423 %"


def test_every_headline_has_the_same_lines_and_names_are_text() -> None:
    healed = headline(staff([100, 60, 100]), staff([100] * 3), ["staff"])
    plain = headline(staff([100] * 3), staff([100] * 3), ["staff"])
    shown, same = as_html(healed, "After <2> years"), as_html(plain, "")
    assert "in month 12" in shown
    assert "in month" not in same
    assert shown.count("<span>") == same.count("<span>") == 4
    assert "After &lt;2&gt; years, against the base" in shown


def test_a_share_is_told_in_percent_and_its_change_in_points() -> None:
    """Half as many again of 10 % is 15 %: "+50 %" beside it would be taken for 60."""

    def of(values: list[float]) -> Run:
        frame = pd.DataFrame({"absence share": values}, index=[0.0, 12.0, 24.0])
        return Run("service", Scenario(), frame, {"absence share": "Dmnl"}, "Month")

    spans = {"absence share": Apart(2.0, 9.0)}
    (tile,) = headline(of([0.1, 0.3, 0.15]), of([0.1] * 3), ["absence share"], spans)
    assert (tile.value, tile.units) == ("15", "%")
    assert tile.change == "+5.0 points (2 to 9)"
    assert tile.farthest == "+20.0 points in month 12"


@pytest.mark.parametrize(
    ("end", "before", "span", "change"),
    [
        (113, 100, Apart(4, 25), "+13.0 % (4 to 25)"),
        (100, 100, Apart(-1, 3), "as in the base (\N{MINUS SIGN}1 to 3)"),
        (4e6, 0, Apart(-2e6, 9e6, percent=False), "(\N{MINUS SIGN}2 to 9 million)"),
    ],
)
def test_a_change_has_the_ends_of_nine_of_ten_runs_beside_it(
    end: float, before: float, span: Apart, change: str
) -> None:
    (tile,) = headline(staff([100, end]), staff([100, before]), ["Staff"], {"staff": span})
    assert tile.change == change


def test_a_value_below_zero_has_a_true_minus_sign() -> None:
    (tile,) = headline(staff([100, -5]), staff([100, 50]), ["staff"])
    assert tile.value == "\N{MINUS SIGN}5"
