"""What is saved comes back, and a stranger's file does no harm."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpdynamics.classroom import answers
from cpdynamics.classroom.answers import (
    LARGEST,
    Answered,
    Drawn,
    Sitting,
    as_text,
    bring_back,
    from_text,
    read_answers,
    save_answers,
)
from cpdynamics.errors import CpdynamicsError, MissingFile, NotAnswers

DRAWN = Drawn("tub", "more", "Waiting", (6.0, 12.0), (60.0, 80.0))


@pytest.fixture
def sitting(monkeypatch: pytest.MonkeyPatch) -> Sitting:
    fresh = Sitting()
    monkeypatch.setattr(answers, "SITTING", fresh)
    return fresh


words = st.text(st.characters(codec="utf-8"), max_size=50)
given_answers = words | st.floats(allow_nan=False, allow_infinity=False)
numbers = st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def drawings(draw: st.DrawFn) -> Drawn:
    months = sorted(draw(st.sets(st.floats(0, 1e6), min_size=1, max_size=10)))
    rows = st.lists(numbers, min_size=len(months), max_size=len(months)).map(tuple)
    return Drawn(
        *(draw(words) for _ in range(3)),
        tuple(months),
        draw(rows),
        draw(st.none() | rows),
        draw(st.booleans()),
        draw(st.integers(0, 1000)),
    )


@settings(deadline=None)
@given(
    st.dictionaries(words, drawings(), max_size=3),
    st.dictionaries(
        words, st.builds(Answered, given_answers, given_answers, st.integers(1, 9)), max_size=3
    ),
)
def test_all_comes_back_to_the_last_bit(
    predictions: dict[str, Drawn], given: dict[str, Answered]
) -> None:
    before = Sitting(predictions=predictions, answers=given)
    assert from_text(as_text(before)) == before


def test_a_sitting_is_saved_and_brought_back(sitting: Sitting, tmp_path: Path) -> None:
    sitting.draw("one", DRAWN)
    sitting.answer("q/part", "Month 5")
    path = tmp_path / "mine.json"
    assert save_answers(path) == f"Saved in {path}: 1 prediction and 1 answer."
    name = sitting.name
    sitting.name, sitting.predictions, sitting.answers = "another", {}, {}
    assert bring_back(path) == "Brought back: 1 prediction and 1 answer."
    assert sitting.name == name
    assert sitting.predictions == {"one": DRAWN}
    assert sitting.answers == {"q/part": Answered("Month 5", "Month 5")}


def test_the_first_answer_and_the_first_curve_stay() -> None:
    one = Sitting()
    for given_one in ("Month 5", "Month 6", "Month 7"):
        one.answer("q/p", given_one)
    assert one.answers["q/p"] == Answered("Month 5", "Month 7", 3)
    one.draw("k", Drawn("m", "s", "v", (6.0,), (1.0,), first=(1.0,), shown=True, tries=1))
    one.draw("k", Drawn("m", "s", "v", (6.0,), (2.0,), first=(2.0,), shown=True, tries=2))
    assert one.predictions["k"].first == (1.0,)
    assert one.predictions["k"].values == (2.0,)
    # With other months the first curve is read off at those.
    one.draw("k", Drawn("m", "s", "v", (3.0, 6.0), (2.0, 2.0)))
    assert from_text(as_text(one)).predictions["k"].first == (1.0, 1.0)


def test_what_was_saved_came_first() -> None:
    now, saved = Sitting(), Sitting()
    saved.answer("q/p", "then")
    now.answer("q/p", "now")
    now.answer("q/other", "now")
    now.draw("k", DRAWN)
    saved.draw("k", Drawn("tub", "more", "Waiting", (6.0, 12.0), (1.0, 2.0)))
    now.take_over(saved)
    assert now.answers == {"q/p": Answered("then", "now", 2), "q/other": Answered("now", "now")}
    # An unfinished curve of the file is no reason to lose the one on the page.
    assert now.predictions["k"] == DRAWN


def test_whoever_watches_is_told_for_as_long_as_they_live() -> None:
    class Watcher:
        told = 0

        def changed(self) -> None:
            Watcher.told += 1

    one, watcher = Sitting(), Watcher()
    one.watch(watcher.changed)
    one.answer("a", "b")
    assert Watcher.told == 1
    del watcher
    one.answer("a", "b")
    assert Watcher.told == 1


def saved(**changed: Any) -> dict[str, Any]:
    one = Sitting()
    one.draw("k", DRAWN)
    one.answer("q/p", 3.5)
    plain: dict[str, Any] = json.loads(as_text(one))
    return plain | changed


def drawn(**changed: Any) -> dict[str, Any]:
    return saved(predictions={"k": saved()["predictions"]["k"] | changed})


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "is no JSON"),
        ("[1, 2]", "holds no answers"),
        ("{}", "holds no answers"),
        ("[" * 100_000, "is no JSON"),
        ("1" * 5_000, "is no JSON"),
        ("x" * (LARGEST + 1), "too large"),
        (json.dumps(saved(**{"cpdynamics answers": 2})), "another version"),
        (json.dumps(saved(**{"cpdynamics answers": True})), "another version"),
        (json.dumps(saved(sitting=3)), "a text"),
        (json.dumps(saved(sitting="s" * 81)), "80 characters"),
        (json.dumps(saved(predictions=[])), "a table"),
        (json.dumps(saved(predictions={"k": 3})), "cannot be read"),
        (json.dumps(saved(answers={str(at): {} for at in range(1001)})), "1000 entries"),
        (json.dumps(saved(answers={"q": {"first": "a"}})), "'last' is missing"),
        (json.dumps(saved(answers={"q": {"first": [], "last": 1, "tries": 1}})), "cannot be read"),
        (json.dumps(saved(answers={"q": {"first": 1, "last": 1, "tries": 0}})), "number of tries"),
        (json.dumps(saved(answers={"q": {"first": 1, "last": 1, "tries": 1e9}})), "tries"),
        (json.dumps(saved(answers={"q": {"first": float("nan"), "last": 1, "tries": 1}})), "nan"),
        (
            '{"cpdynamics answers": 1, "sitting": "\\ud800", "predictions": {}, "answers": {}}',
            "can",
        ),
        (json.dumps(drawn(values=[1, float("inf")])), "inf"),
        (json.dumps(drawn(values=[1, 10**400])), "finite"),
        (json.dumps(drawn(values=[1])), "more months than values"),
        (json.dumps(drawn(first=[1])), "more months than values"),
        (json.dumps(drawn(months=[6, 6])), "do not rise"),
        (json.dumps(drawn(months=[], values=[])), "1 to 400 numbers"),
        (json.dumps(drawn(months=list(range(401)), values=[0] * 401)), "1 to 400 numbers"),
        (json.dumps(drawn(shown="yes")), "whether"),
        (json.dumps(drawn(variable="v" * 2001)), "2000 characters"),
    ],
)
def test_a_file_that_is_none_gives_one_clear_line(text: str, what: str) -> None:
    with pytest.raises(NotAnswers, match=what) as caught:
        from_text(text, '"odd.json"')
    line = str(caught.value)
    assert line.startswith('"odd.json"')
    assert "\n" not in line
    assert len(line) < 400


@settings(deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | numbers | words,
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["k", "first", "last", "tries", "months", "values"]), inner
            )
        ),
    )
)
def test_no_json_does_more_than_give_an_error(odd: Any) -> None:
    for part in ("predictions", "answers", "sitting", "cpdynamics answers"):
        try:
            from_text(json.dumps(saved(**{part: odd})))
        except NotAnswers:
            continue


def test_a_file_that_is_not_there_or_not_text(tmp_path: Path) -> None:
    with pytest.raises(MissingFile):
        read_answers(tmp_path / "none.json")
    (tmp_path / "odd.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(NotAnswers, match="no JSON"):
        read_answers(tmp_path / "odd.json")
    with pytest.raises(NotAnswers, match="cannot be read"):
        read_answers(tmp_path)
    (tmp_path / "large.json").write_bytes(b" " * (LARGEST + 1))
    with pytest.raises(NotAnswers, match="too large"):
        read_answers(tmp_path / "large.json")


def test_a_bad_file_changes_nothing(sitting: Sitting, tmp_path: Path) -> None:
    sitting.draw("one", DRAWN)
    (tmp_path / "odd.json").write_text(json.dumps(drawn(values=[1])), encoding="utf-8")
    with pytest.raises(CpdynamicsError):
        bring_back(tmp_path / "odd.json")
    assert sitting.predictions == {"one": DRAWN}
