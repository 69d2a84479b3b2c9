"""Which constants may be drawn."""

from __future__ import annotations

from cpdynamics.ensembles.ranges import ranges
from cpdynamics.mdl.document import Document
from cpdynamics.model import Model

MDL = """{{UTF-8}}
Stock = INTEG(first + lever + border, 0)
	~	Child
	~	Stock. |
********************************************************
	.Tiny Constants
********************************************************~
		Inner. |
first = 1
	~	Child/Month [0,2]
	~	Inner. |
half = 1
	~	Child/Month [0,?]
	~	One end. |
none = 1
	~	Child/Month
	~	No range. |
********************************************************
	.Tiny {levers}
********************************************************~
		Outer. |
lever = 0
	~	Child/Month [-1,1]
	~	Lever. |
********************************************************
	.Tiny Boundary
********************************************************~
		Outer. |
border = 0
	~	Child/Month [0,3]
	~	Border. |
********************************************************
	.Control
********************************************************~
		Control. |
INITIAL TIME = 0 ~ Month ~ Start. |
FINAL TIME = 1 ~ Month [0,9] ~ End. |
TIME STEP = 1 ~ Month [0.1,1] ~ Step. |
SAVEPER = 1 ~ Month ~ Saved. |
"""


def ranges_of(levers: str):
    return ranges(Model(Document.parse(MDL.format(levers=levers))))


def test_levers_and_borders_are_told_from_the_rest_and_control_is_left_out():
    found = ranges_of("Levers")
    assert found.inner == {"first": (0, 2)}
    assert found.outer == {"lever": (-1, 1), "border": (0, 3)}
    assert found.without == ("half", "none")
    assert list(found.every) == ["first", "lever", "border"]


def test_a_group_of_another_name_is_inner():
    assert list(ranges_of("Policies").inner) == ["first", "lever"]
