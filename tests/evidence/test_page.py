"""The table, the file and the page of the verdicts."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from cpdynamics.errors import BadValue, MissingFile, UnknownName
from cpdynamics.evidence import among, as_table, page, rows, settle, verdicts, write
from cpdynamics.evidence import claims as read
from cpdynamics.evidence.claims import FIXED, FOUND
from cpdynamics.evidence.page import BEGIN, END, changed, section, sentence, summary, turned
from cpdynamics.evidence.settling import Settled
from tests.evidence import trying

ROWS = (
    'C001,"a, b",+,c,S1,caseload,push,pressure,push=2,,12,+,one link,,"said ""so""",,,',
    "C002,d,-,e,S1,caseload,push,either,push=2,,12,+,chain,,,,,",
    "C003,f,+,g,S2,,,,,,,,outside,,Nothing stands for it.,,,",
    "C004,h,+,i,S2,caseload,push,pressure,push=2,,12,+,chain,a published series,,,,",
    "C005,j,+,k,S2,caseload,push,relief,push=2,,12,+,chain,,,old,1,2",
)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = trying.file(tmp_path, *ROWS)
    monkeypatch.setattr(page, "root", lambda: tmp_path)
    monkeypatch.setattr(page, "path", lambda: path)
    (tmp_path / "README.md").write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    return path


def settled(file: Path) -> tuple[Settled, ...]:
    return settle(read(file), fetch=lambda name: trying.model())


def test_the_table_has_a_row_a_claim(file):
    table = as_table(settled(file))
    assert list(table["verdict"]) == [
        "structural",
        "depends",
        "outside",
        "contradicted by data",
        "depends",
    ]
    assert list(table["share"].fillna(-1)) == [1, 0.5, -1, 1, 0]
    assert list(table["size"].round().fillna(-1)) == [100, 0, -1, 100, -50]


def test_the_file_is_filled_and_what_people_wrote_stays(file):
    before = rows(file)
    write(settled(file))
    after = rows(file)
    assert [[row[name] for name in FIXED] for row in after] == [
        [row[name] for name in FIXED] for row in before
    ]
    assert [row["verdict"] for row in after] == list(as_table(settled(file))["verdict"])
    assert [after[0][name] for name in FOUND] == ["structural", "1.000", "100"]
    assert [after[2][name] for name in FOUND] == ["outside", "", ""]
    once = file.read_bytes()
    write(settled(file))
    assert file.read_bytes() == once
    assert b"\r" not in once


def test_the_page_is_filled_between_its_marks(file):
    _, readme = write(settled(file))
    text = Path(readme).read_text("utf-8")
    assert text == f"before\n{section(settled(file))}\nafter\n"
    assert "| depends | 2 |" in text
    assert (
        "**C005** j → k (+). `relief` of `caseload` is expected to go up, and does in 0 %" in text
    )
    assert "it goes the other way in 100 % (median -50.0 %)" in text
    assert "**C003** f → g (+). Nothing stands for it." in text
    assert "Against it: a published series." in text
    assert "**C001**" not in text, "what one equation says needs no sentence"
    assert (
        "The other way round in more than half of the draws: C005."
        " No median among them is larger than 50.0 %.\n" in text
    )


def test_a_page_without_a_place_leaves_the_file_alone(file):
    before = file.read_bytes()
    readme = file.parent / "README.md"
    readme.write_text("no marks", encoding="utf-8")
    with pytest.raises(BadValue, match="evidence: begin"):
        write(settled(file))
    readme.unlink()
    with pytest.raises(MissingFile):
        write(settled(file))
    assert file.read_bytes() == before


def test_what_is_turned_is_more_than_half(file):
    assert [one.claim.number for one in turned(settled(file))] == ["C005"]


def test_a_verdict_that_is_not_the_kept_one_is_told(file):
    found = settled(file)
    told = changed(found, rows(file))
    assert len(told) == 5
    assert told[0] == "C001 is kept as not yet tried and is structural."
    assert told[4] == "C005 is kept as old and is depends."
    write(found)
    assert changed(found, rows(file)) == []


def test_the_summary_counts(file):
    assert summary(settled(file)) == (
        "5 claims: 1 structural, 2 depends, 1 contradicted by data, 1 outside."
    )


@pytest.mark.parametrize(
    ("expected", "number", "told"),
    [
        ("-", "C001", "is expected to go down, and does in 0 % of the draws at month 12"),
        ("0", "C001", "is expected to stay within 2 %, and does in 0 %"),
        ("weak", "C001", "to move by less than 25 % of what the strongest lever does"),
        ("=", "C061", "The test, fewer than a fifth of the staff, is met by `pressure` of `tiny`"),
    ],
)
def test_a_sentence_says_what_was_expected(expected, number, told):
    (one,) = settle(
        [trying.claim(expected=expected, number=number)], fetch=lambda name: trying.model()
    )
    assert told in sentence(one)


def test_one_claim_or_one_model_is_chosen(file):
    every = read(file)
    assert [one.number for one in among(every, claim="c002")] == ["C002"]
    assert len(among(every, model="caseload")) == 4
    assert len(among(every)) == 5
    with pytest.raises(UnknownName, match="C001"):
        among(every, claim="C0011")
    with pytest.raises(BadValue, match="There are claims for: caseload"):
        among(every, model="burnout")


def test_the_columns_of_the_file_are_those_of_the_contract(file):
    with file.open(encoding="utf-8", newline="") as lines:
        assert next(csv.reader(lines)) == [*FIXED, *FOUND]


def test_kept_verdicts_are_those_of_the_library_at_once():
    table = verdicts(kept=True)
    assert len(table) == 178
    assert list(table["verdict"]) == [row["verdict"] for row in rows()]
    one = verdicts("caseload", claim="C013", kept=True)
    assert list(one["model"]) == ["caseload"]
    assert one["share"].iloc[0] == 1


def test_a_model_of_ones_own_is_asked_the_claims_of_its_name():
    from cpdynamics.library import load

    own = load("turnover")
    assert verdicts(own, claim="C064", draws=20).equals(
        verdicts("turnover", claim="C064", draws=20)
    )
    with pytest.raises(BadValue, match="No claim is tried in model"):
        verdicts(trying.model())
