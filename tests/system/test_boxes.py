from __future__ import annotations

import math

import pytest

from cpdynamics.system.bounds import Interval
from cpdynamics.system.boxes import boxes, signs_alone
from cpdynamics.system.lowering import lower
from tests.models.library_runs import STORIES, base_run, library_model
from tests.system.formulas import model

SERVICE = """
Staff = INTEG(hiring - leaving, 100) ~ Person ~ |
Debt = INTEG(spending, 0) ~ GBP [-10,?] ~ |
New = INTEG(hiring, 0) ~ Person ~ |
hiring = wanted / time to hire ~ Person/Month ~ |
leaving = Staff * fraction ~ Person/Month ~ |
all staff = Staff + New ~ Person ~ |
share of new = ZIDZ(New, all staff) ~ Dmnl ~ |
spending = Staff * 2 - Debt ~ GBP/Month ~ |
known = wanted - 12 ~ Person [0,50] ~ |
wanted = 20 ~ Person [10,40] ~ |
time to hire = 4 ~ Month ~ |
fraction = 0.5 ~ 1/Month [0.9,1] ~ |
half way = Time / 10 ~ Dmnl ~ |
unseen = 1 - seen ~ Dmnl ~ |
seen = SMOOTH(share of new, 3) ~ Dmnl ~ |
"""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("time", (0, 10)),
        ("staff", (0, math.inf)),
        ("debt", (-10, math.inf)),
        ("wanted", (10, 40)),
        ("time to hire", (4, 4)),
        ("fraction", (0.5, 0.5)),  # its range does not even hold its value
        ("hiring", (2.5, 10)),
        ("spending", (-math.inf, math.inf)),
        ("share of new", (0, 1)),
        ("known", (0, 28)),
        ("half way", (0, 1)),
        ("seen", (0, 1)),
        ("unseen", (0, 1)),
    ],
)
def test_each_kind_has_its_rule(name: str, expected: tuple[float, float]) -> None:
    assert boxes(*model(SERVICE))[name] == pytest.approx(expected)


def test_with_the_present_constants_ranges_do_not_count() -> None:
    assert boxes(*model(SERVICE), present=True)["hiring"] == (5, 5)


def test_limits_go_before_the_file() -> None:
    box = boxes(*model(SERVICE), limits={"hiring": Interval(1, 2), "staff": Interval(5, 6)})
    assert box["hiring"] == (1, 2)
    assert box["leaving"] == (2.5, 3)


def test_signs_alone_keep_no_size() -> None:
    signs = signs_alone({"a": Interval(2, 3), "b": Interval(-2, 0), "c": Interval(-1, 5)})
    assert [signs[name] for name in "abc"] == [
        (0, math.inf),
        (-math.inf, 0),
        (-math.inf, math.inf),
    ]


def test_names_in_a_circle_have_bounds_all_the_same() -> None:
    assert boxes(*model("a = b + 1 ~ Dmnl ~ |\nb = a * 2 ~ Dmnl ~ |"))["a"] == (
        -math.inf,
        math.inf,
    )


@pytest.mark.parametrize("name", STORIES)
def test_the_base_run_of_every_story_stays_within(name: str) -> None:
    story = library_model(name)
    system = lower(story.structure)
    frame = base_run(name).to_frame()
    for present in (False, True):
        box = boxes(system, story.structure, present=present)
        for column in frame:
            found = box[column.lower()]
            slack = 1e-9 * frame[column].abs().max()
            assert found.low - slack <= frame[column].min(), column
            assert frame[column].max() <= found.high + slack, column
