"""The questions where people meet them: in the notebooks."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cpdynamics.classroom.questions import Number, weighed
from cpdynamics.classroom.reading import read_questions
from cpdynamics.classroom.working import worked

OURS = read_questions()
NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("[0-9]*.ipynb"))
NAMES = [path.stem for path in NOTEBOOKS]


def calls(path: Path) -> Iterator[tuple[str, str]]:
    """Each ``cp.something(...)`` of a notebook in order, and its first argument if that is text."""
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] != "code":
            continue
        for one in ast.walk(ast.parse("".join(cell["source"]))):
            if (
                isinstance(one, ast.Call)
                and isinstance(one.func, ast.Attribute)
                and isinstance(one.func.value, ast.Name)
                and one.func.value.id == "cp"
            ):
                first = one.args[0] if one.args else None
                text = first.value if isinstance(first, ast.Constant) else ""
                yield one.func.attr, str(text)


def questions(path: Path) -> list[str]:
    return [key for name, key in calls(path) if name == "question"]


ASKED = [key for path in NOTEBOOKS for key in questions(path)]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=NAMES)
def test_a_notebook_asks_what_there_is(path: Path) -> None:
    assert set(questions(path)) <= set(OURS)


def test_every_question_is_asked_once() -> None:
    assert sorted(ASKED) == sorted(OURS)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=NAMES)
def test_who_draws_or_answers_can_keep_it_at_the_end(path: Path) -> None:
    made = [name for name, _ in calls(path)]
    if {"question", "predict"} & set(made):
        assert made[-1] == "my_answers"
        assert made.count("my_answers") == 1


def test_a_before_and_its_after_are_in_one_notebook_and_in_order() -> None:
    # Each notebook is a kernel of its own: forms in two of them would not be joined.
    for key, question in OURS.items():
        if question.form != "before":
            continue
        (after,) = (k for k, q in OURS.items() if q.pair == question.pair and q.form == "after")
        (where,) = (path for path in NOTEBOOKS if key in questions(path))
        asked = questions(where)
        assert asked.index(key) < asked.index(after)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=NAMES)
def test_a_story_s_notebook_asks_of_its_own_model(path: Path) -> None:
    loaded = {name for call, name in calls(path) if call == "load"}
    for key in questions(path):
        asked = {part.number.model for part in OURS[key].parts if part.number is not None}
        assert asked <= loaded


# What a text gives away, so that it need not be looked up: (question, phrase, what it is).
RULES, ABOUT = "recording rules withdrawn", "judgement on practice"
FIGURES = [
    (
        "burnout-exercise",
        "an exhaustion of {:.2f}. The model has it",
        Number("burnout", "Exhaustion", {"hard months": 1.5, "hard months last": 12}),
    ),
    (
        "turnover-exercise",
        "most in month {:.0f},",
        Number("turnover", "permanent social workers", "A recruitment drive", "month of highest"),
    ),
    (
        "agency-reliance-exercise",
        "{:,.0f} pounds a month",
        Number("agency_reliance", "agency spend"),
    ),
    (
        "blame-bureaucracy-exercise",
        "{:.0f} are in force again at the end",
        Number("blame_bureaucracy", "Procedures", {RULES: 0.3}),
    ),
    (
        "cover-up-exercise",
        "there are {:.0f} % more children",
        Number("cover_up", "Hidden High Risk", {"messengers punished": 0.8}, "percent"),
    ),
    (
        "inspection-exercise",
        "was rated {:.1f},",
        Number("inspection", "Rating", {"stakes raised": 2}, at=67),
    ),
    (
        "inspection-exercise",
        "deserved was {:.1f}.",
        Number("inspection", ABOUT, {"stakes raised": 2}, at=67),
    ),
    (
        "child-protection-exercise",
        "posts {:.0f} children come back",
        Number("child_protection", "repeat referrals", {"posts added": 0.2}, at=120),
    ),
    (
        "child-protection-exercise",
        "would have been {:.0f}.",
        Number("child_protection", "repeat referrals", at=120),
    ),
]


@pytest.mark.parametrize(
    ("key", "phrase", "number"), FIGURES, ids=[f"{one[0]}: {one[2].variable}" for one in FIGURES]
)
def test_the_figures_of_a_text_are_those_of_the_model(
    key: str, phrase: str, number: Number
) -> None:
    assert phrase.format(worked(number).answer) in OURS[key].text


# What somebody is likely to answer, and the beginning of what is then said.
LIKELY = [
    ("burnout-exercise", "", 0.6, "A little more room"),
    ("burnout-exercise", "", 0.88, "So it is with the hump at 0.45."),
    ("turnover-exercise", "", 18, "Around then most posts are filled"),
    ("agency-reliance-exercise", "bill", 0.75 * 209_400, "This is the price alone"),
    ("blame-bureaucracy-exercise", "", 70, "You may have thought that rules stay away"),
    ("blame-bureaucracy-exercise", "", 98, "That is nearly what it comes to without"),
    ("cover-up-exercise", "", 72, "That is about as many as at 0.3."),
    ("cover-up-exercise", "", 144, "Twice the strength, twice the harm"),
    ("inspection-exercise", "rating", 2.5, "You may have expected that a service"),
    ("inspection-exercise", "rating", 2.9, "Next to no change"),
    ("inspection-exercise", "deserved", 1.8, "Lower than 2.5"),
    ("inspection-exercise", "deserved", 2.9, "The rating goes up"),
    ("child-protection-exercise", "two-fifths", 47, "You may have reckoned"),
    ("child-protection-exercise", "two-fifths", 50, "You may have taken a fifth"),
    ("child-protection-exercise", "two-fifths", 62, "That is no fewer"),
]


@pytest.mark.parametrize(
    ("key", "part", "given", "begins"), LIKELY, ids=[f"{one[0]}: {one[2]}" for one in LIKELY]
)
def test_a_likely_answer_meets_what_was_written_for_it(
    key: str, part: str, given: float, begins: str
) -> None:
    number = OURS[key].part(part).number
    assert number is not None
    assert weighed(number, given, worked(number)).why.startswith(begins)
