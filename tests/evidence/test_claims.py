"""Reading the claims: what a row may say, and how a slip of the pen is told."""

from __future__ import annotations

import pytest

from cpdynamics.errors import BadValue, MissingFile, UnknownName
from cpdynamics.evidence.claims import claims
from cpdynamics.evidence.interventions import intervention
from tests.evidence import trying

GOOD = "C001,a,+,b,S1,caseload,threshold,starting help,,threshold*1.2,36,+,one link,,a note,,,"


def test_a_row_is_read(tmp_path):
    (one,) = claims(trying.file(tmp_path, GOOD))
    assert (one.number, one.model, one.month, one.expected) == ("C001", "caseload", 36, "+")
    assert dict(one.intervention.hold) == {"threshold": 1.2}
    assert one.note == "a note"
    assert not one.outside


def test_an_outside_row_needs_nothing(tmp_path):
    (one,) = claims(trying.file(tmp_path, "C001,a,+,b,S1,,,,,,,,outside,,why,,,"))
    assert one.outside


@pytest.mark.parametrize(
    ("before", "after", "kind", "told"),
    [
        ("caseload", "caselaod", BadValue, 'row 3 (C002): The column "model" says "caselaod". Did'),
        ("one link", "a link", BadValue, 'Did you mean "one link"?'),
        (",+,one", ",up,one", BadValue, 'The column "expected" says "up"'),
        (",36,", ",3 years,", BadValue, "A whole month was expected"),
        ("threshold*1.2", "threshold=1.2", BadValue, 'The column "hold" says "threshold=1.2"'),
        ("threshold*1.2", "threshold*1.2;Threshold*1", BadValue, "is given twice"),
        ("C002", "C001", BadValue, "C001 stands in row 2, too"),
    ],
)
def test_a_slip_is_told_with_its_row(tmp_path, before, after, kind, told):
    second = GOOD.replace("C001", "C002").replace(before, after)
    with pytest.raises(kind) as error:
        claims(trying.file(tmp_path, GOOD, second))
    assert told in str(error.value)
    assert "evidence.csv, row 3" in str(error.value)


def test_other_columns_and_no_file_are_refused(tmp_path):
    path = trying.file(tmp_path, GOOD)
    path.write_text(path.read_text("utf-8").replace("verdict", "outcome"), encoding="utf-8")
    with pytest.raises(BadValue, match="outcome"):
        claims(path)
    with pytest.raises(MissingFile):
        claims(tmp_path / "none.csv")


def test_an_intervention_is_read():
    done = intervention("a rise=0.5; b=-1e-2", " Held One*1.2;kept*1 ")
    assert dict(done.set) == {"a rise": 0.5, "b": -0.01}
    assert dict(done.hold) == {"Held One": 1.2, "kept": 1.0}
    assert not intervention("", "")


@pytest.mark.parametrize("text", ["a", "=1", "a=", "a=one", "a=nan", "a=inf"])
def test_an_intervention_that_says_nothing_is_refused(text):
    with pytest.raises(BadValue, match='The column "set" says'):
        intervention(text, "")


def test_which_way_a_cause_is_moved():
    assert intervention("", "push*1.2").moves_up("PUSH", 1)
    assert not intervention("", "push*0.8").moves_up("push", 1)
    assert intervention("", "push*0.8").moves_up("push", -1), "less of a debt is more"
    assert intervention("push=2", "").moves_up("push", 1)
    assert not intervention("push=0", "").moves_up("push", 1)
    assert intervention("other=0", "").moves_up("push", 1)


def test_unknown_names_are_told_before_anything_runs():
    from cpdynamics.evidence.settling import settle

    wrong = trying.claim("presure", row=7, number="C005")
    with pytest.raises(UnknownName) as error:
        settle([wrong], fetch=lambda name: trying.model())
    assert "evidence.csv, row 7 (C005): " in str(error.value)
    assert 'Did you mean "pressure"' in str(error.value)
    for done in (("psh=2", ""), ("", "psh*2")):
        with pytest.raises(UnknownName, match="row 7"):
            settle([trying.claim(done=done, row=7)], fetch=lambda name: trying.model())
