"""What a dashboard decides: all of it without a widget."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from cpdynamics.dashboards.controls import (
    Control,
    State,
    as_buttons,
    at_the_ends,
    charted,
    controls,
    parsed,
)
from cpdynamics.scenario import Scenario

BANDS = ((0.0, "as 2017"), (0.2, "half of 2010-16"), (0.4, "as deep as 2010-16"))
CUT = Control("early help cut", "", 0.0, 0.4, 0.05, 0.0, bands=BANDS, notice="Watch.")
OPEN = Control("months open", "months", 1.0, 24.0, 0.5, 8.0)
START = State.start([CUT, OPEN])


@pytest.mark.parametrize(
    ("names", "fit"),
    [
        ([], True),
        (["A cap on caseloads"] * 6, True),
        (["A cap on caseloads"] * 13, True),  # seven in a row, and Reset as the last
        (["A cap on caseloads"] * 14, False),  # Reset would begin a third
        (["Money"] * 18, True),
        (["A tragedy here, and the question what made it likely"] * 4, True),
        (["A tragedy here, and the question what made it likely"] * 5, False),
    ],
)
def test_scenarios_are_buttons_for_as_long_as_they_fill_two_rows(
    names: list[str], fit: bool
) -> None:
    assert as_buttons(names) is fit


def test_controls_follow_the_story_and_the_mdl(tiny: Any) -> None:
    cut, months = controls(tiny)
    assert (cut.name, cut.units, cut.low, cut.high, cut.step, cut.start) == (
        "early help cut",
        "",
        0.0,
        0.4,
        0.05,
        0.0,
    )
    assert cut.meaning == "Share of early help taken away. <b>DfE</b>, section 251."
    assert (cut.group, months.group) == ("Money", "Work")
    assert cut.bands == BANDS
    assert cut.notice.startswith("Watch the repeat")
    assert (months.units, months.start, months.bands) == ("months", 8.0, ())


def test_without_a_story_every_constant_with_a_range_is_a_control(bare: Any) -> None:
    made = controls(bare)
    assert [one.name for one in made] == ["new need", "months open", "early help cut"]
    assert {one.group for one in made} == {"Front door"}
    # A range without a step is parted into a hundred, rounded down to 1, 2 or 5.
    assert made[0].step == 5


def test_what_is_charted(tiny: Any, bare: Any) -> None:
    assert charted(tiny) == ("new need", "repeat referrals", "Cases")
    assert charted(bare)[0] == "Cases"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.0, "as 2017"),
        (0.1, "between as 2017 and half of 2010-16"),
        (0.2, "half of 2010-16"),
        (0.1 + 0.1, "half of 2010-16"),
        (0.4, "as deep as 2010-16"),
    ],
)
def test_the_band_of_a_value(value: float, words: str) -> None:
    assert CUT.band(value) == words


def test_beyond_the_bands() -> None:
    short = Control("x", "", 0, 10, 1, 5, bands=((3.0, "calm"), (6.0, "rough")))
    assert short.band(1) == "below calm"
    assert short.band(9) == "above rough"
    assert OPEN.band(3) == ""


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.1, "0.10"), (0.1 + 0.2, "0.30"), (0.123, "0.123"), (1 / 3, "0.333333"), (0.4, "0.40")],
)
def test_numbers_show_as_many_decimals_as_a_step(value: float, text: str) -> None:
    assert CUT.text(value) == text


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0.2", 0.2),
        (" 0,2 ", 0.2),
        ("20 %", 0.2),
        ("20%", 0.2),
        ("-3", -3.0),
        ("\N{MINUS SIGN}3", -3.0),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("5,200,000", 5_200_000.0),
        ("5 200", 5200.0),
        ("6,000", 6000.0),
        ("0,500", 0.5),
        ("", None),
        ("lots", None),
        ("nan", None),
        ("inf", None),
        ("1e999", None),
        ("0x10", None),
        ("1_000", None),
        ("1.2.3", None),
        ("٣", None),
        ("1+1", None),
    ],
)
def test_what_somebody_types(text: str, number: float | None) -> None:
    assert parsed(text) == (None if number is None else pytest.approx(number))


def test_moving_a_control_leaves_the_others_and_the_state_before() -> None:
    after = START.set("months open", 9)
    assert after.values == (0.0, 9)
    assert START.values == (0.0, 8.0)
    assert after.scenario() == Scenario({"months open": 9})
    assert after.set("months open", 8).scenario() == Scenario()


def test_a_control_never_leaves_its_range() -> None:
    assert START.set("months open", 99).value("months open") == 24
    assert START.set("months open", -1).value("months open") == 1


def test_the_notice_is_that_of_the_control_moved_last() -> None:
    assert START.notice == ""
    assert START.set("early help cut", 0.1).notice == "Watch."
    assert START.set("early help cut", 0.1).set("months open", 9).notice == ""


def test_a_typed_value_is_taken_exactly() -> None:
    after = START.typed("early help cut", "12.3 %")
    assert after.value("early help cut") == pytest.approx(0.123)
    assert after.message == ""


def test_a_slider_that_stands_on_the_nearest_step_has_not_moved() -> None:
    typed = START.typed("early help cut", "0.123")
    assert CUT.on_step(0.123) == pytest.approx(0.1)
    assert typed.slid("early help cut", 0.1 + 1e-15) is typed
    assert typed.slid("early help cut", 0.15).value("early help cut") == pytest.approx(0.15)


def test_the_last_step_may_be_short() -> None:
    odd = Control("x", "", 0.0, 1.0, 0.3, 0.0)
    assert odd.on_step(1.0) == 1.0
    assert odd.on_step(0.95) == pytest.approx(0.9)


def test_a_word_is_refused_and_said() -> None:
    after = START.typed("early help cut", "lots")
    assert after.values == START.values
    assert after.message == '"lots" is not a number. early help cut stays at 0.00.'
    assert after.typed("early help cut", "0.1").message == ""


def test_a_value_beyond_the_range_becomes_its_end_and_is_said() -> None:
    after = START.typed("early help cut", "90 %")
    assert after.value("early help cut") == 0.4
    assert after.message == "0.9 is beyond the range of early help cut: 0.40 is the highest value."
    assert "lowest" in START.typed("months open", "-5").message
    assert START.typed("early help cut", "0.4").message == ""


def test_a_preset_moves_everything() -> None:
    before = START.set("months open", 12)
    preset = Scenario({"Early_Help  CUT": 0.4}, name="Deep", story="As in 2010.")
    after = before.choose(preset)
    assert after.values == (0.4, 8.0)
    assert after.is_preset
    assert after.notice == "As in 2010."
    moved = after.set("months open", 9)
    assert not moved.is_preset
    assert moved.scenario() == Scenario({"early help cut": 0.4, "months open": 9})


def test_what_a_preset_sets_elsewhere_stays_in_force_until_reset() -> None:
    preset = Scenario({"other": 3.0, "months open": 9}, hold={"need": 250}, initial={"Cases": 1})
    after = START.choose(preset).set("early help cut", 0.1)
    assert after.scenario() == Scenario(
        {"other": 3.0, "months open": 9, "early help cut": 0.1},
        hold={"need": 250},
        initial={"Cases": 1},
    )
    assert after.beyond == "other = 3, need held at 250, Cases starts at 1"
    assert after.reset() == START
    assert not after.reset().scenario()


def test_every_end_of_every_control_is_looked_at_alone() -> None:
    odd = START.set("months open", 9)
    assert [dict(one.set) for one in at_the_ends(odd)] == [
        {"months open": 9},
        {"early help cut": 0.4, "months open": 9},
        {"months open": 1},
        {"months open": 24},
    ][1:]


def test_deciding_needs_no_widgets() -> None:
    code = "import sys, cpdynamics.dashboards.controls; print('ipywidgets' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"
