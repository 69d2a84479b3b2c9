"""Questions read from a file, and what their checks say."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cpdynamics as cp
from cpdynamics.classroom.flows import ASKS, Flows
from cpdynamics.classroom.questions import (
    UNTOLD,
    Number,
    Region,
    Worked,
    chosen,
    read_number,
    weighed,
)
from cpdynamics.classroom.reading import read_questions
from cpdynamics.classroom.working import worked
from cpdynamics.errors import BadValue, MissingFile, UnknownName

OURS = read_questions()
PARTS = [(question, part) for question in OURS.values() for part in question.parts]
NAMES = [f"{question.key}/{part.key}" for question, part in PARTS]

# What a person reads off the charts, worked out on paper: most in, most out, most and fewest there.
BY_HAND = {"care-before": (5, 9, 6, 12), "open-cases-after": (6, 8, 7, 0)}
PLAIN = """
[[question]]
key = "why"
text = "Look at this."
[[question.part]]
key = "one"
text = "Why?"
[[question.part.choice]]
text = "Because."
right = true
why = "So it is."
[[question.part.choice]]
text = "Just so."
why = "Look again at who comes back."
"""
FLOWS = """
pair = "p"
form = "before"
[question.flows]
coming_in = { name = "in", values = [3, 1] }
going_out = { name = "out", values = [1, 2] }
stock = "there"
[[question.part]]
key = "one"
text = "When?"
asks = "most in stock"
[[question.part.choice]]
month = 1
why = "Yes."
[[question.part.choice]]
untold = true
why = "It can."
"""
HEAD = '[[question]]\nkey = "k"\ntext = "t"\n'
NUMBER = """
[[question]]
key = "how-many"
text = "Look at this."
[[question.part]]
key = "one"
text = "How many?"
[question.part.number]
model = "teaching/bathtub"
variable = "Children Waiting"
right = "It is {answer}."
[[question.part.number.region]]
why = "It is {answer}, not {given}."
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("key", BY_HAND)
def test_the_right_choices_are_those_worked_out_by_hand(key: str) -> None:
    question = OURS[key]
    assert question.flows is not None
    assert tuple(question.flows.answer(asks) for asks in ASKS) == BY_HAND[key]
    for part, month in zip(question.parts, BY_HAND[key], strict=True):
        right = [choice.text for choice in part.choices if choice.right]
        assert right == [f"Month {month}" if month else "At the start, before month 1"]
        assert UNTOLD in [choice.text for choice in part.choices]


def test_the_two_forms_ask_the_same_and_are_not_answered_alike() -> None:
    before, after = OURS["care-before"], OURS["open-cases-after"]
    assert (before.pair, before.form, after.pair, after.form) == (
        "stock and flow",
        "before",
        "stock and flow",
        "after",
    )
    assert [(part.key, part.asks) for part in before.parts] == [
        (part.key, part.asks) for part in after.parts
    ]
    assert all(a != b for a, b in zip(*BY_HAND.values(), strict=True))
    # Each offers the answer of the correlation heuristic where there is one.
    for question in (before, after):
        flows = question.flows
        assert flows is not None
        net = [a - b for a, b in zip(flows.coming_in, flows.going_out, strict=True)]
        for key, month in (
            ("most", flows.answer("most coming in")),
            ("most", net.index(max(net)) + 1),
            ("fewest", flows.answer("most going out")),
            ("fewest", net.index(min(net)) + 1),
        ):
            choice = chosen(question.part(key), f"Month {month}")
            assert choice.by == "correlation"
            assert not choice.right


@pytest.mark.parametrize(("question", "part"), PARTS, ids=NAMES)
def test_every_check_explains_and_none_scolds(question, part) -> None:  # type: ignore[no-untyped-def]
    whys = [choice.why for choice in part.choices]
    if part.number is not None:
        whys = [part.number.right, *(region.why for region in part.number.regions)]
    assert len(set(whys)) == len(whys) > 1
    for why in whys:
        assert len(why) > 20
        assert not {"wrong", "incorrect", "mistake", "silly"} & set(why.lower().split())


@pytest.mark.parametrize(
    ("question", "part"),
    [one for one in PARTS if one[1].number],
    ids=[name for name, one in zip(NAMES, PARTS, strict=True) if one[1].number],
)
def test_every_number_is_what_the_model_answers(question, part) -> None:  # type: ignore[no-untyped-def]
    answer = worked(part.number).answer
    found = weighed(part.number, answer, worked(part.number))
    assert found.right
    assert "{" not in found.why
    # No number of the answer stands in the question itself.
    assert f"{answer:.3g}" not in f"{question.text} {part.text} {part.number.right}".split()
    for ratio in (-2, 0, 0.5, 2, 10):
        other = weighed(part.number, ratio * answer, worked(part.number))
        assert other.right == (abs(ratio - 1) <= part.number.tolerance)
        assert "{" not in other.why


def test_what_a_model_answers_is_measured_on_its_runs() -> None:
    run, base = (cp.load("teaching/bathtub").run(one) for one in ("Four more a month", None))
    queue, still = run["Children Waiting"], base["Children Waiting"]

    def found(measure: str, at: float | None = None) -> float:
        asked = Number("teaching/bathtub", "Children Waiting", "Four more a month", measure, at)
        return worked(asked).answer

    assert found("value") == queue.iloc[-1]
    assert found("value", 12) == queue[12]
    assert found("change", 12) == queue[12] - still[12]
    assert found("percent") == pytest.approx(100 * (queue.iloc[-1] / still.iloc[-1] - 1))
    assert found("highest") == queue.max()
    assert found("lowest") == queue.min()
    assert found("month of highest") == queue.idxmax()
    assert found("month of lowest") == queue.idxmin()
    more = Number("teaching/bathtub", "Children Waiting", {"social workers": 11})
    assert worked(more).answer != worked(more).base
    with pytest.raises(BadValue, match="36"):
        found("value", 37)


def test_a_stock_gathers_what_its_flows_leave() -> None:
    flows = Flows("in", "out", "there", (3, 1, 0), (1, 2, 5))
    assert flows.in_stock == (0, 2, 1, -4)
    assert [flows.answer(asks) for asks in ASKS] == [1, 3, 1, 3]
    with pytest.raises(BadValue, match="equally well"):
        Flows("in", "out", "there", (3, 3), (1, 2)).answer("most coming in")


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), min_size=2, max_size=24))
def test_the_stock_is_highest_where_a_sum_is(flows: list[tuple[int, int]]) -> None:
    one = Flows("in", "out", "there", *(tuple(map(float, way)) for way in zip(*flows, strict=True)))
    net = [a - b for a, b in flows]
    sums = [sum(net[:month]) for month in range(len(net) + 1)]
    assert list(one.in_stock) == sums
    if sums.count(max(sums)) == 1:
        assert one.answer("most in stock") == sums.index(max(sums))


def test_every_word_of_a_chart_is_a_word() -> None:
    svg = Flows("<script>", '"out"', "x", (3, 1), (1, 2)).svg()
    assert "<script>" not in svg
    assert "&lt;script&gt;" in svg


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("178", 178),
        (" 1,200 ", 1200),
        ("12 %", 12),
        ("£1,200,300.5", 1200300.5),
        ("\N{MINUS SIGN}4.5", -4.5),
        ("1e3", 1000),
        (".5", 0.5),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, number: float) -> None:
    assert read_number(text) == number


@pytest.mark.parametrize(
    "text", ["", "many", "1,20", "1.2.3", "nan", "inf", "1e999", "٣", "1" * 41, True, None, [1]]
)
def test_what_is_no_number_is_told_so(text: object) -> None:
    with pytest.raises(BadValue, match="is no number"):
        read_number(text)


def test_a_number_falls_into_its_region() -> None:
    regions = (Region(0, "other way"), Region(0.5, "little {given}"), Region(None, "far {base}"))
    number = Number("m", "v", tolerance=0.1, right="it is {answer} from {start}", regions=regions)
    for answer in (100.0, -100.0):
        worked_out = Worked(answer, start=10, base=1234)
        said = [weighed(number, answer * part, worked_out) for part in (-1, 0.2, 0.9, 1.1, 1.2)]
        assert [one.right for one in said] == [False, False, True, True, False]
        assert said[0].why == "other way"
        assert said[1].why == ("little 20" if answer > 0 else "little \N{MINUS SIGN}20")
        assert said[2].why.endswith("100 from 10")
        assert said[4].why == "far 1,230"
    with pytest.raises(BadValue, match="answers 0"):
        weighed(number, 3, Worked(0, 0))


def test_a_pattern_in_a_file_reaches_nothing_else() -> None:
    number = Number("m", "v", right="{answer.__class__} {0} {answer}")
    assert weighed(number, 5, Worked(5, 1)).why == "{answer.__class__} {0} 5"


def test_a_choice_is_given_by_its_text_or_its_place(tmp_path: Path) -> None:
    part = read_questions(written(tmp_path, PLAIN))["why"].part()
    assert chosen(part, 1) == chosen(part, "Because.")
    assert chosen(part, 1).right
    for odd in (0, 3, True, None):
        with pytest.raises(BadValue):
            chosen(part, odd)
    with pytest.raises(UnknownName):
        chosen(part, "Becuase")


def test_ones_own_questions_are_read(tmp_path: Path) -> None:
    found = read_questions(written(tmp_path, PLAIN + NUMBER + HEAD.replace('"k"', '"f"') + FLOWS))
    assert list(found) == ["why", "how-many", "f"]
    with pytest.raises(UnknownName, match="two"):
        found["why"].part("two")


TWO_PARTS = itertools.chain.from_iterable([PLAIN.splitlines()[4:]] * 2)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("question = 3", "question"),
        ("x = 3", '"x" means nothing'),
        ("[[question]", "not valid TOML"),
        ("a = " + "[" * 5000, "not valid TOML"),
        (PLAIN.replace('key = "why"', 'key = "Wh y"'), "Letters a to z"),
        (PLAIN + PLAIN, "two questions"),
        (PLAIN + "\n".join(TWO_PARTS), "one key"),
        (PLAIN.replace("right = true", ""), "None of the choices is right"),
        (PLAIN.replace("right = true", "right = 1"), "true or false"),
        (PLAIN.replace('"Just so."', '"Because."'), "each another"),
        (PLAIN.replace("why =", "how ="), '"how" means nothing'),
        (HEAD, "At least one"),
        (HEAD + FLOWS.replace("month = 1", "month = 2"), "month 1, which the flows give"),
        (HEAD + FLOWS.replace('asks = "most in stock"', 'asks = "most"'), "asks"),
        (HEAD + FLOWS.replace("month = 1", "month = 1\nright = true"), "worked out"),
        (HEAD + FLOWS.replace('form = "before"', ""), "before"),
        (HEAD + FLOWS.replace('"before"', '"during"'), "before"),
        (HEAD + FLOWS.replace("[1, 2]", "[1, 2, 3]"), "As many values"),
        (HEAD + FLOWS.replace("[1, 2]", "[1, -2]"), "As many values"),
        (HEAD + FLOWS.replace("[1, 2]", "[1, nan]"), "list of numbers"),
        (HEAD + FLOWS.replace("[3, 1]", "[2, 2]").replace("[1, 2]", "[2, 3]"), "equally"),
        (NUMBER.replace("why =", "up_to = 2\nwhy ="), "last without up_to"),
        (NUMBER.replace("variable =", 'measure = "most"\nvariable ='), "measure"),
        (NUMBER.replace("variable =", "tolerance = 2\nvariable ="), "tolerance"),
        (NUMBER.replace("variable =", 'set = { a = "b" }\nvariable ='), "A number"),
        (NUMBER.replace("[question.part.number]", "[question.part.numbers]"), "means nothing"),
    ],
)
def test_what_means_nothing_is_told_with_its_place(tmp_path: Path, text: str, what: str) -> None:
    with pytest.raises(BadValue, match=what) as caught:
        read_questions(written(tmp_path, text))
    assert "mine.toml" in str(caught.value) or "equally" in what or "one key" in what


def test_a_file_of_questions_that_is_not_there_or_too_large(tmp_path: Path) -> None:
    with pytest.raises(MissingFile):
        read_questions(tmp_path / "none.toml")
    (tmp_path / "large.toml").write_bytes(b"#" * 1_000_001)
    with pytest.raises(BadValue, match="too large"):
        read_questions(tmp_path / "large.toml")
