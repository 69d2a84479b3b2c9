from __future__ import annotations

import pytest

from cpdynamics.mdl.names import CONTROL, canonical, folded, unquoted


@pytest.mark.parametrize(
    "written",
    ["public blame", "Public Blame", "public_blame", "  public   blame ", '"public blame"',
     "public\\\n\t\tblame", "PUBLIC\r\nBLAME", '" public_ blame"'],
)  # fmt: skip
def test_ways_of_writing_one_name_are_one_variable(written: str) -> None:
    assert canonical(written) == "public blame"


@pytest.mark.parametrize("other", ["publicblame", "public blame 2", "öffentliche schuld", ""])
def test_other_names_are_other_variables(other: str) -> None:
    assert canonical(other) != canonical("public blame")


def test_case_is_ignored_beyond_ascii() -> None:
    assert canonical("ÜBERLAST") == canonical("überlast")


def test_letters_that_only_folding_makes_equal_stay_apart_as_in_pysd() -> None:
    assert canonical("Maße") != canonical("Masse")


def test_a_quoted_name_keeps_what_it_holds() -> None:
    assert unquoted('"re-referrals | within 12 ~ months"') == "re-referrals | within 12 ~ months"
    assert unquoted('"') == '"'


def test_folding_joins_continued_lines_and_keeps_other_backslashes() -> None:
    assert folded("a +\\\n\t\t b\\c") == "a + b\\c"


def test_control_names_are_canonical() -> None:
    assert [canonical(name) for name in CONTROL] == list(CONTROL)
