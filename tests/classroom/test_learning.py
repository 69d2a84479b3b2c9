"""What a room has learned, counted from saved files."""

from __future__ import annotations

from pathlib import Path

import pytest

from cpdynamics.classroom import learned
from cpdynamics.classroom.answers import Sitting, as_text
from cpdynamics.errors import BadValue, Notice

BEFORE, AFTER = "care-before/most", "open-cases-after/most"
# What each person chose before and after: months 6 and 7 fit, 5 and 6 follow the inflow.
ROOM = {
    "ann": ("Month 5", "Month 7"),
    "bob": ("Month 3", "Month 7"),
    "cid": ("Month 6", "Month 7"),
    "dee": ("Month 6", "Month 6"),
    "eve": ("It cannot be told from this chart", "Month 4"),
    "fay": ("Month 5", None),
}


def save(folder: Path, name: str, before: str | None, after: str | None) -> Sitting:
    sitting = Sitting(name=name)
    for key, given in ((BEFORE, before), (AFTER, after)):
        if given is not None:
            sitting.answer(key, given)
    (folder / f"{name}.json").write_text(as_text(sitting), encoding="utf-8")
    return sitting


@pytest.fixture
def room(tmp_path: Path) -> Path:
    for name, given in ROOM.items():
        save(tmp_path, name, *given)
    return tmp_path


def test_people_are_counted_before_and_after(room: Path) -> None:
    row = (
        learned(room)
        .set_index("asked")
        .loc["At the end of which month were most children in care?"]
    )
    assert row.to_dict() == {
        "pair": "stock and flow",
        "people": 5,
        "right before": 2,
        "right after": 3,
        "came to it": 2,
        "lost it": 1,
        "by correlation before": 2,
        "by correlation after": 2,
    }
    assert len(learned(room)) == 4
    assert learned(room)["people"].tolist() == [0, 0, 5, 0]


def test_only_first_answers_count(room: Path) -> None:
    sitting = save(room, "ann", *ROOM["ann"])
    sitting.answer(AFTER, "Month 4")
    (room / "ann.json").write_text(as_text(sitting), encoding="utf-8")
    assert learned(room)["right after"].tolist()[2] == 3


def test_two_files_of_one_sitting_are_one_person(room: Path) -> None:
    whole = save(room, "ann", *ROOM["ann"])
    (room / "zoe.json").write_text(as_text(whole), encoding="utf-8")
    early = Sitting(name="bob")
    early.answer(BEFORE, ROOM["bob"][0])
    (room / "aaa.json").write_text(as_text(early), encoding="utf-8")
    (room / "zzz.json").write_text(as_text(early), encoding="utf-8")
    assert learned(room)["people"].tolist()[2] == 5


def test_a_file_that_cannot_be_read_is_left_out_and_named(room: Path) -> None:
    (room / "odd.json").write_text("{", encoding="utf-8")
    with pytest.warns(Notice, match=r"Left out: .*odd\.json"):
        assert learned(room)["people"].tolist()[2] == 5
    with pytest.warns(Notice, match="There is no file"):
        assert learned([room / "none.json", room / "ann.json"])["people"].tolist()[2] == 1


def test_an_answer_that_is_no_choice_any_more_is_not_counted(room: Path) -> None:
    save(room, "gus", "Month 44", "Month 7")
    assert learned(room)["people"].tolist()[2] == 5


def test_what_are_no_files_is_told() -> None:
    with pytest.raises(BadValue, match="no files"):
        learned(3)  # type: ignore[arg-type]
