"""What the text alone tells must be what reading the equations in full finds out."""

from __future__ import annotations

import pytest

from cpdynamics.mdl.document import Document
from cpdynamics.mdl.kinds import kind_in_text, number_in_text
from cpdynamics.mdl.names import canonical
from cpdynamics.system.abstract import parse

REST = """ ~ ~ |
y = 1 ~ ~ |
Sub: A, B ~ ~ |
INITIAL TIME = 0 ~ ~ |
FINAL TIME = 4 ~ ~ |
TIME STEP = 1 ~ ~ |
SAVEPER = TIME STEP ~ ~ |
"""
EQUATIONS = [
    "x = 5", "x = (5)", "x = - 5", "x = +5", "x = --5", "x = -(5)", "x = -(-(.5))", "x == 5",
    "x = {a note} 5 {another}", "x = 1E+3", "x = 5.", "x = -.5e-2", "x = 2 * 3", "x = 5 - 3",
    "x = -5 + 3 - 2.5e1", "x = 5 - -1", "x = -(5 - 3)", "x = (5 - 3)", "x = --5 + 3",
    "x = (5) - 3", "x = 5 + 3 * 2", "x = 5 - y",
    "x = y", "x = :NA:", "x := 5", "x[Sub] = 1, 2", "x[Sub] = 1, -2;", "x[Sub] = 5",
    "x[A] = 5 ~ ~ | x[B] = 6", "x[A] = 5 ~ ~ | x[B] = Time", "x[A] = INTEG(1, 0) ~ ~ | x[B] = 5",
    "x[Sub] :EXCEPT: [A] = 5 ~ ~ | x[A] = 7", "x = TABBED ARRAY(1 2)",
    "x = INTEG(1, 0)", "x = integ\t(1, 0)", "x = (INTEG((1), 0))", "x = INTEG {n} (1, 0)",
    "x = INTEG(1, 0) + 1", "x = -INTEG(1, 0)", "x = INTEG(1, 0) * (y + 1)",
    'x = INTEG("a ) b", 0) ~ ~ | "a ) b" = 3',
    "x = INTEGER(3)", "x = INITIAL(5)", "x = SMOOTH(y, 3)", "x = INTEG\\\n\t\t(1, 0)",
    "x((0,0),(1,1))", "x = WITH LOOKUP(Time, ((0,0),(1,1)))", "x :RAW:",
    "x = GET DIRECT CONSTANTS('a', ',', 'A1')", "x = get xls constants('a', 'b', 'A1')",
    "x := GET DIRECT DATA('a', ',', 'A', 'B1')", "x = GET DIRECT DATA('a', ',', 'A', 'B1')",
    "x :INTERPOLATE: := GET XLS DATA('a', 'b', 'A', 'B1')",
    "x = GET DIRECT LOOKUPS('a', ',', 'A', 'B1')",
]  # fmt: skip


@pytest.mark.parametrize("equation", EQUATIONS)
def test_the_text_tells_what_the_full_reading_finds(equation: str) -> None:
    document = Document.parse(equation + REST)
    element = parse(document).elements["x"]
    same = [one for one in document.equations if canonical(one.name) == "x"]
    assert kind_in_text(same) == element.kind
    if element.value is not None and element.value == element.value and element.kind != "data":
        assert number_in_text(same[0]) == element.value
    elif len(same) == 1 and not same[0].subscripts:
        assert number_in_text(same[0]) is None


def test_a_subscript_range_is_no_variable() -> None:
    document = Document.parse("Sub: A, B ~ ~ | Copy <-> Sub ~ ~ | x = 1 ~ ~ |")
    assert [kind_in_text([one]) for one in document.equations] == [None, None, "constant"]


def test_a_sum_of_numbers_is_read_as_python_would_count_it() -> None:
    assert number_in_text(Document.parse("x = - 5 + 3.5 - 2e1 ~ ~ |")["x"]) == -21.5
