"""Made-up documents, and a second reader: what was written is what is read."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpdynamics.mdl.document import Document, Range
from cpdynamics.mdl.names import canonical, folded

PLAIN = st.from_regex(r"[a-zA-Zéß][a-zA-Zéß0-9_']{0,8}( [a-z0-9_]{1,6}){0,2}", fullmatch=True)
QUOTED = st.text('ab |~={}[](:\\,$é-"', min_size=1, max_size=12).map(
    lambda inner: '"x' + inner.replace("\\", "/").replace('"', '\\"') + '"'
)
NUMBER = st.floats(-1e6, 1e6, allow_nan=False).map(repr)
NOTE = st.text("ab |~=é\n\t", max_size=10).map(lambda inner: "{" + inner + "}")
COMMENT = st.lists(
    st.characters(codec="utf-8", exclude_characters="|~", exclude_categories=["Cs", "Cc"])
    | st.sampled_from(["\n", "\n\t\t", "{", '"', " [C002]"]),
    max_size=40,
).map("".join)
GAP = st.sampled_from(["", " ", "\n\t", "\t", "\n\n", " \\\n\t\t"])
BETWEEN = st.sampled_from(["", "\n", "\n\n", " ", "\n\t\n"]) | NOTE.map("\n{}\n".format)


@dataclass
class Written:
    """An equation's fields, and its text."""

    name: str
    expression: str
    units: str
    limits: Range | None
    comment: str
    text: str


@st.composite
def equations(draw: st.DrawFn, names: st.SearchStrategy[str]) -> Written:
    name = draw(names)
    terms = draw(st.lists(NUMBER | PLAIN | QUOTED | NOTE, min_size=1, max_size=4))
    expression = draw(GAP).join(f"{term} + " for term in terms) + draw(NUMBER)
    units = draw(st.sampled_from(["", "Dmnl", "Child/Month", "GBP/(Child*Month)", "1/Month"]))
    low, high = draw(st.none() | st.floats(0, 9)), draw(st.none() | st.floats(10, 99))
    limits = draw(st.sampled_from([None, Range(low, high), Range(low, high, 0.5)]))
    comment = draw(COMMENT)
    shown = ""
    if limits:
        ends = ["?" if end is None else repr(end) for end in (low, high)]
        shown = f" [{','.join([*ends, '0.5'] if limits.step else ends)}]"
    gaps = [draw(GAP) for _ in range(6)]
    text = (
        f"{name}{gaps[0]}={gaps[1]}{expression}{gaps[2]}~{gaps[3].replace(chr(92), '')}{units}"
        f"{shown}{gaps[4].replace(chr(92), '')}~{comment}|"
    )
    return Written(name, expression, units, limits, comment, text)


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, list[Written], str]:
    names = draw(st.lists(PLAIN | QUOTED, min_size=1, max_size=5, unique_by=canonical))
    written = [draw(equations(st.just(name))) for name in names]
    stars = "*" * 56
    parts = [draw(st.sampled_from(["", "{UTF-8}\n", "{UTF-8}\n{ a note | }\n"]))]
    for number, equation in enumerate(written):
        if draw(st.booleans()):
            parts.append(f"{stars}\n\t.Group {number}\n{stars}~\n\t\tits comment\n\t|")
        parts += [draw(BETWEEN), equation.text, draw(BETWEEN)]
    sketch = draw(
        st.sampled_from(["", "\n\\\\\\---/// Sketch information\nV300\n*View | ~ 1\n10,1,a,1,1\n"])
    )
    parts.append(sketch)
    if sketch:
        parts.append(draw(st.sampled_from(["", "///---\\\\\\\n:L<%^E!@\n9:Current | ~"])))
    newline = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    return "".join(parts).replace("\n", newline), written, newline


@settings(max_examples=150, deadline=None)
@given(documents())
def test_what_was_written_is_read(made: tuple[str, list[Written], str]) -> None:
    text, written, newline = made
    document = Document.parse(text)
    assert document.text == text
    assert "".join(p.text for p in document.pieces) + document.sketch + document.settings == text
    assert document.encode() == text.encode()
    assert len(document.equations) == len(written)
    for expected in written:
        equation = document[expected.name]
        assert equation.text == expected.text.replace("\n", newline)
        assert equation.expression == folded(expected.expression)
        assert (equation.units, equation.range) == (expected.units, expected.limits)
        assert equation.comment == folded(expected.comment)


@settings(max_examples=100, deadline=None)
@given(documents(), st.data())
def test_one_change_leaves_every_other_byte_alone(
    made: tuple[str, list[Written], str], data: st.DataObject
) -> None:
    text, written, newline = made
    chosen = data.draw(st.sampled_from(written))
    changed = Document.parse(text).with_expression(chosen.name, "12345.5")
    start = text.index(chosen.text.replace("\n", newline))
    # Only the right-hand side between "=" and "~" may differ, and there only what is no space.
    old = chosen.expression.strip().replace("\n", newline)
    place = text.index(old, start + len(chosen.name.replace("\n", newline)))
    assert changed.text == text[:place] + "12345.5" + text[place + len(old) :]
    assert changed[chosen.name].expression == "12345.5"
    back = changed.with_expression(chosen.name, old)
    assert back.text == text


@settings(max_examples=100, deadline=None)
@given(st.text(st.sampled_from("ab=~|{}\"\\*[]() \n\r:<-/'"), max_size=60))
def test_any_text_is_kept_or_refused_with_one_of_our_errors(text: str) -> None:
    from cpdynamics.errors import NotAModel

    try:
        document = Document.parse("z = 1 ~ ~ |" + text)
    except NotAModel:
        return
    assert document.text == "z = 1 ~ ~ |" + text
    assert document.equations[0].name == "z"
    assert len(document.views) <= text.count("/")


SAMPLE = r"""{UTF-8}
********************************************************
	.Stocks
********************************************************~
		What accumulates.
	|

Unmet Need = INTEG (
	new need - "re-referrals | closed", 2070)
	~	Child [0,?]
	~	Held. [C002]
	|

"re-referrals | closed"=
	MIN(Unmet_Need, capacity of the team *\
		effect(Unmet Need/ 2070))
	~	Child/Month
	~	Continued
		comment, 5" long
	|
capacity of the team = 40 ~ Child/Month [0,100,1] ~ Assumed. |
new need
	= 30 ~ Child/Month ~ |
effect(
	[(0,0)-(10,10)],(0,1),(10,2))
	~	Dmnl
	~	|
********************************************************
	.Control
********************************************************~
		Simulation Control Parameters
	|
FINAL TIME  = 10 ~ Month ~ The end. |
INITIAL TIME  = 0 ~ Month ~ |
SAVEPER  =
        TIME STEP
	~	Month [0,?]
	~	|
TIME STEP  = 0.5 ~ Month [0,?] ~ |
"""


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_pysd_reads_the_same_names_units_ranges_and_comments(tmp_path: Path, newline: str) -> None:
    from pysd.translators.vensim.vensim_file import VensimFile

    path = tmp_path / "sample.mdl"
    path.write_bytes(SAMPLE.replace("\n", newline).encode())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        other = VensimFile(path)
        other.parse()
    theirs = {
        canonical(element.name): (
            element.units,
            tuple(element.limits[:2]) if any(x is not None for x in element.limits) else None,
            folded(element.documentation or ""),
        )
        for element in other.get_abstract_model().sections[0].elements
    }
    ours = {
        canonical(equation.name): (
            equation.units,
            (equation.range.low, equation.range.high) if equation.range else None,
            equation.comment,
        )
        for equation in Document.read(path).equations
    }
    assert len(ours) == 9
    assert ours == theirs


def test_pysimlin_reads_the_same_names_and_units(tmp_path: Path) -> None:
    simlin = pytest.importorskip("simlin")
    path = tmp_path / "sample.mdl"
    path.write_text(SAMPLE, encoding="utf-8")
    theirs = {
        canonical(one.name): (one.units, folded(one.documentation or ""))
        for one in simlin.load(path).variables
    }
    ours = {
        canonical(equation.name): (equation.units, equation.comment)
        for equation in Document.read(path).equations
        if equation.group != "Control"
    }
    assert len(ours) == 5
    assert ours == theirs
