"""A whole dashboard as one line, and a stranger's line."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cpdynamics.dashboards.controls import Control, State
from cpdynamics.dashboards.history import History
from cpdynamics.dashboards.links import Link, link_of, read_link
from cpdynamics.errors import BadValue
from cpdynamics.scenario import Scenario

CUT = Control("early help & = cut", "", 0.0, 0.4, 0.05, 0.0)
CONTROLS = (CUT,)
DEEP = Scenario({CUT.name: 0.4}, name="A further 40 % & more", story="Less.")
SCENARIOS = {DEEP.name: DEEP}
START = State.start(CONTROLS)


def read(link: str) -> Link:
    return read_link(link, "tiny & co", CONTROLS, SCENARIOS, choices=3)


def test_without_pins_it_is_the_code_of_a_page() -> None:
    assert link_of("tiny & co", History(START)) == "cpd1/tiny%20%26%20co/"
    assert read("#cpd1/tiny%20%26%20co/") == Link(START)


@given(st.lists(st.floats(0.0, 0.4), max_size=2, unique=True), st.booleans(), st.integers(0, 2))
@example([0.25, 1e-11], False, 0)
def test_it_brings_back_all_that_is_shown(pins: list[float], deep: bool, charts: int) -> None:
    past = History(START)
    for value in pins:
        past = past.went(past.now.set(CUT.name, value)).pin()
    past = past.went(past.now.choose(DEEP) if deep else past.now.reset())
    found = read(link_of("tiny & co", past, charts))
    assert found.now.preset == past.now.preset
    assert found.charts == charts
    # What nobody could tell from the start is left out of a link.
    assert [one.values for one in found.pinned] == [
        pytest.approx(one.values, abs=1e-8) for one in past.pinned
    ]


OWN = "cpd1/tiny%20%26%20co/"


@pytest.mark.parametrize(
    ("link", "said"),
    [
        (f"{OWN}&", "pins or charts that are not there"),
        (f"{OWN}&charts=3", "pins or charts"),
        (f"{OWN}&charts=-1", "pins or charts"),
        (f"{OWN}&charts=٢", "pins or charts"),
        (f"{OWN}&pin={OWN}&pin={OWN}&pin={OWN}", "pins or charts"),
        (f"{OWN}&pin=cpd1/other/", '"other", another model'),
        (f"{OWN}&pin={OWN}/x=1", "cannot be moved"),
        (f"{OWN}&onload=alert(1)", "pins or charts"),
        ("cpd1/<script>/", "another model"),
        (OWN + "&" * 100_000, "pins or charts"),
    ],
)
def test_a_wrong_link_is_refused_in_words(link: str, said: str) -> None:
    with pytest.raises(BadValue, match="The link") as raised:
        read(link)
    assert said in raised.value.came
    assert len(raised.value.came) < 120
