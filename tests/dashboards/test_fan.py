"""Many runs around a scenario, without a widget."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cpdynamics.dashboards.fan import Fan, Many, legend, listed
from cpdynamics.model import Model
from cpdynamics.scenario import Scenario

NAMES = ("new need", "repeat referrals", "Cases")


@pytest.fixture
def fan(unsure: Model) -> Fan:
    return Fan(unsure, NAMES)


def test_the_same_draws_come_back_at_every_move(fan: Fan) -> None:
    """So that a picture changes by what a person did, and never by chance."""
    first = fan.around(Scenario())
    fan.around(Scenario({"early help cut": 0.3}))
    again = fan.around(Scenario())
    assert first is not None
    assert again is not None
    assert first.runs == 200
    for name in NAMES:
        assert np.array_equal(first.values[name], again.values[name])


def test_a_run_of_the_fan_is_the_models_own_run(fan: Fan, unsure: Model) -> None:
    many = fan.around(Scenario({"early help cut": 0.2}))
    assert many is not None
    row = {str(name): float(value) for name, value in fan.draws.iloc[7].items()}
    alone = Model.run(unsure, {**row, "early help cut": 0.2}, engine="pysd")
    assert many.values["Cases"][7] == pytest.approx(alone["Cases"].to_numpy(), rel=1e-9)


def test_what_a_person_sets_is_not_drawn(fan: Fan) -> None:
    many = fan.around(Scenario({"New_Need": 100}))
    assert many is not None
    assert many.drawn == ("months open",)
    assert set(many.values["new need"].ravel()) == {100.0}
    held = fan.around(Scenario(hold={"new need": 250}))
    assert held is not None
    assert held.drawn == ("months open",)
    assert fan.around(Scenario({"new need": 100, "months open": 9})) is None


def test_the_base_beside_a_scenario_has_its_draws_and_the_models_own_value(fan: Fan) -> None:
    scenario = Scenario({"new need": 300, "early help cut": 0.2})
    base = fan.beside(scenario)
    assert base is not None
    assert base.drawn == ("months open",)
    assert set(base.values["new need"].ravel()) == {200.0}
    assert fan.beside(Scenario({"new need": 500})) is base  # made once
    other = fan.beside(Scenario({"early help cut": 0.2}))
    assert other is not None
    assert other.drawn == ("new need", "months open")


def test_a_change_is_that_of_each_run_from_its_own_base(fan: Fan) -> None:
    """repeat = closures * (0.2 + cut): at rest need * 0.2/0.8 and need * 0.4/0.6."""
    scenario = Scenario({"early help cut": 0.2, "months open": 3})
    many, base = fan.around(scenario), fan.beside(scenario)
    assert many is not None
    assert base is not None
    # The draws of new need spread the ends by far more than a hundredfold.
    ends = many.values["repeat referrals"][:, -1]
    assert ends.max() > 10 * ends.min()
    found = many.apart(base)["repeat referrals"]
    expected = 100 * ((0.4 / 0.6) / (0.2 / 0.8) - 1)
    assert (found.low, found.high) == pytest.approx((expected, expected), rel=0.01)
    assert "new need" not in many.apart(base)


def test_one_slow_fan_is_the_machines_doing(fan: Fan) -> None:
    assert fan.seconds == math.inf
    for seconds, least in ((9.0, 9.0), (0.1, 0.1), (9.0, 0.1), (8.0, 0.1), (9.0, 8.0)):
        fan._took.append(seconds)
        assert fan.seconds == least


def test_the_band_in_words() -> None:
    values = {"x": np.zeros((200, 3))}
    many = Many(("a", "b"), np.arange(3.0), values)
    assert legend(many) == (
        "Nine of ten runs lie in the shaded band: 200 runs with 2 uncertain numbers drawn anew"
    )
    lost = Many(("a",), np.arange(3.0), values, failed=3)
    assert legend(lost).endswith("with 1 uncertain number drawn anew; 3 broke off")


def test_what_is_drawn_is_listed_and_a_strangers_name_is_text(fan: Fan, unsure: Model) -> None:
    shown = listed(unsure, fan, fan.around(Scenario({"new need": 100})))
    assert "<li>new need: as its slider or the scenario sets it</li>" in shown
    assert "<li>months open: 1 to 24 months</li>" in shown
    fan.draws = fan.draws.rename(columns={"months open": "Months_Open"})
    assert "<li>Months_Open: as" in listed(unsure, fan, None)
