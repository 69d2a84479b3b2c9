"""What a document says of a file, and that it gives the file back byte for byte."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import pytest

from cpdynamics.errors import BadValue, CannotWrite, MissingFile, NotAModel, UnknownName
from cpdynamics.mdl.document import Document, Range

SAMPLE = r"""{UTF-8}
{ Purpose: a sample | with every oddity ~ of the format }
:MACRO: TWICE(input)
TWICE = input * 2
	~	Dmnl
	~	A macro.
	|
:END OF MACRO:
********************************************************
	.Front Door
********************************************************~
		Children who knock, "quoted & open.
	|

Unmet Need = INTEG (
	new need - {as counted | by hand} referrals,
		2070)
	~	Child [0,?]
	~	Held cases of one authority. [C002, C037]
	|

new need=
	"new | need ~ fraction = 5" * Unmet Need * TWICE(0.5)*\
		effect(Time)
	~	Child/Month
	~	Continued
		lines.
	|

"new | need ~ fraction = 5"= 0.01
	~	1/Month [0,0.1,0.005]
	~	Señor "no" ½
	~	:SUPPLEMENTARY
	|

referrals = 3 ~ Child/Month [?,50] ~|
effect(
	[(0,0)-(10,10)],(0,1),(10,2))
	~	Dmnl
	~	|
********************************************************
	.Control
********************************************************~
		Simulation Control Parameters
	|

FINAL TIME  = 10
	~	Month
	~	The end.
	|
INITIAL TIME  = 0 ~ Month ~ |
SAVEPER  =
        TIME STEP
	~	Month [0,?]
	~	Every step.
	|
TIME STEP  = 0.5 ~ Month [0,?] ~ |

\\\---/// Sketch information - do not modify anything except names
V300  Do not put anything below this section - it will be ignored
*Front | Door
$192-192-192,0,Times New Roman|12||0-0-0|0-0-0|0-0-255|-1--1--1|-1--1--1|72,72,100,0
10,1,Unmet Need,300,200,40,20,3,3,0,0,0,0,0,0
///---\\\
:L<%^E!@
9:Current
15:0,0,0,0,0,0
"""


def test_a_sample_with_every_oddity() -> None:
    document = Document.parse(SAMPLE)
    assert document.text == SAMPLE
    assert [equation.name for equation in document.equations] == [
        "Unmet Need", "new need", "new | need ~ fraction = 5", "referrals", "effect",
        "FINAL TIME", "INITIAL TIME", "SAVEPER", "TIME STEP",
    ]  # fmt: skip
    assert document.groups == ("Front Door", "Control")
    assert document.settings.startswith("///---\\\\\\\n:L<%^E!@")
    assert [view.name for view in document.views] == ["Front | Door"]

    need = document["unmet_need"]
    assert need.expression == "INTEG ( new need - {as counted | by hand} referrals, 2070)"
    assert (need.units, need.range) == ("Child", Range(0, None))
    assert need.comment == "Held cases of one authority. [C002, C037]"
    assert need.group == "Front Door"
    assert need.text.startswith("Unmet Need = INTEG")
    assert need.text.endswith("[C002, C037]\n\t|")

    assert document["New Need"].comment == "Continued lines."
    assert document["new need"].expression.endswith("TWICE(0.5)* effect(Time)")
    fraction = document['"new | need ~ fraction = 5"']
    assert fraction.expression == "0.01"
    assert fraction.range == Range(0, 0.1, 0.005)
    assert fraction.comment == 'Señor "no" ½'
    assert document["referrals"].range == Range(None, 50)
    assert document["referrals"].comment == ""
    assert document["effect"].operator == "("
    assert document["effect"].expression == "( [(0,0)-(10,10)],(0,1),(10,2))"
    assert document["saveper"].group == "Control"


@pytest.mark.parametrize(
    ("written", "operator", "expression", "subscripts"),
    [
        ("a = 1 ~ ~ |", "=", "1", ()),
        ("a == 1 ~ ~ |", "==", "1", ()),
        ("a := 1 ~ ~ |", ":=", "1", ()),
        ("a :RAW: := GET DIRECT DATA('x') ~ ~ |", ":=", "GET DIRECT DATA('x')", ()),
        ("a :INTERPOLATE: ~ ~ |", "", "", ()),
        ("a :TEST INPUT: b = 3 ~ ~ |", ":TEST INPUT:", "b = 3", ()),
        ("a ~ ~ |", "", "", ()),
        ("a : north, south -> b ~ ~ |", ":", "north, south -> b", ()),
        ("a <-> b ~ ~ |", "<->", "b", ()),
        ("a[north, Area] = 1 ~ ~ |", "=", "1", ("north", "Area")),
        ("a[Area] :EXCEPT: [north], [south] = 1 ~ ~ |", "=", "1", ("Area",)),
        ("a(\n(0,0),(1,1)) ~ ~ |", "(", "( (0,0),(1,1))", ()),
        ("a {of [b] = 2} = 1 ~ ~ |", "=", "1", ()),
        ("a = 1 |", "=", "1", ()),
    ],
)
def test_each_kind_of_equation(
    written: str, operator: str, expression: str, subscripts: tuple[str, ...]
) -> None:
    equation = Document.parse(written)["a"]
    assert (equation.operator, equation.expression) == (operator, expression)
    assert equation.subscripts == subscripts


@pytest.mark.parametrize(
    ("field", "units", "limits"),
    [
        ("Dmnl", "Dmnl", None),
        ("Dmnl [0,1]", "Dmnl", Range(0, 1)),
        ("[0,100,1]", "", Range(0, 100, 1)),
        ("Child [ -1e3 , .5, ? ]", "Child", Range(-1000, 0.5)),
        ("[?,5]", "", Range(None, 5)),
        ("Child [low,high]", "Child [low,high]", None),
        ("Child [1,2,3,4]", "Child [1,2,3,4]", None),
        ("", "", None),
    ],
)
def test_units_and_range(field: str, units: str, limits: Range | None) -> None:
    equation = Document.parse(f"a = 1 ~ {field} ~ |")["a"]
    assert (equation.units, equation.range) == (units, limits)


@pytest.mark.parametrize(
    ("data", "name", "comment"),
    [
        ("{UTF-8}\r\nBär = 1\r\n\t~\tDmnl\r\n\t~\tgrößer\r\n\t|\r\n".encode(), "bär", "größer"),
        ("\ufeff{UTF-8}\nBär = 1 ~ ~ größer |".encode(), "bär", "größer"),
        ("Bär = 1 ~ ~ größer |".encode("cp1252"), "bär", "größer"),
        ("{cp1251}\nлюди = 1 ~ ~ мало |".encode("cp1251"), "люди", "мало"),
        (b"a = 1 ~ ~ old\rMac\r|\r", "a", "old Mac"),
        (b"{UTF-8}\na = 1 ~ ~ \x81\xff |", "a", "\x81ÿ"),
        (b"{rot13}\na = 1 ~ ~ b |", "a", "b"),
        # A codec that is no table of signs, and a table with two places for one sign.
        (b"{raw_unicode_escape}\na = 1 ~ ~ \\u20ac |", "a", "\\u20ac"),
        (b"{cp932}\na = 1 ~ ~ \xfa[ |", "a", "ú["),
    ],
)
def test_bytes_come_back_whatever_the_encoding(
    tmp_path: Path, data: bytes, name: str, comment: str
) -> None:
    path = tmp_path / "model.mdl"
    path.write_bytes(data)
    document = Document.read(path)
    assert document[name].comment == comment
    copy = tmp_path / "copy.mdl"
    document.write(copy)
    assert copy.read_bytes() == data
    assert sorted(file.name for file in tmp_path.iterdir()) == ["copy.mdl", "model.mdl"]


def test_another_expression_leaves_every_other_byte_alone() -> None:
    document = Document.parse(SAMPLE)
    for name, old, new in [
        ("referrals", "referrals = 3 ~", "referrals = 4 ~"),
        ("unmet need", SAMPLE[SAMPLE.index("INTEG") : SAMPLE.index("\n\t~\tChild [0,?]")], "4"),
        ("effect", "(\n\t[(0,0)-(10,10)],(0,1),(10,2))", "((0,0),(1,4))"),
        ("final time", "FINAL TIME  = 10", "FINAL TIME  = 4"),
    ]:
        expression = new if name in ("unmet need", "effect") else "4"
        changed = document.with_expression(name, expression)
        assert changed.text == SAMPLE.replace(old, new, 1)
        assert changed[name].expression == folded_last(expression)
    assert document.text == SAMPLE


def folded_last(expression: str) -> str:
    return " ".join(expression.split())


def test_an_empty_right_hand_side_can_be_filled() -> None:
    assert Document.parse("a ~ Dmnl ~ |").with_expression("a", "1")["a"].expression == "1"


def test_an_equation_is_added_or_left_out() -> None:
    document = Document.parse("a = 1 ~ ~ |\n\nb = 2 ~ ~ |\n\nc = 3 ~ ~ |\n")
    assert document.with_added("d = 5 ~ Dmnl ~ |", after="A").text == (
        "a = 1 ~ ~ |\n\nd = 5 ~ Dmnl ~ |\n\nb = 2 ~ ~ |\n\nc = 3 ~ ~ |\n"
    )
    with pytest.raises(BadValue, match="there already"):
        document.with_added("B = 5 ~ ~ |", after="a")
    with pytest.raises(BadValue, match="not one equation"):
        document.with_added("d = 1 ~ ~ |\ne = 2 ~ ~ |", after="a")
    assert document.with_sketch("").pieces == document.pieces
    assert document.without("B").text == "a = 1 ~ ~ |\n\nc = 3 ~ ~ |\n"


@pytest.mark.parametrize(
    "expression", ["1 ~ ~ |\nevil = 2", "1 |", "1 ~ Dmnl", "~", "|", '"a', "{", '1 ~ ~ "', "}{"]
)
def test_an_expression_cannot_smuggle_in_another_field(expression: str) -> None:
    document = Document.parse('a = 1 ~ ~ |\nb = "x" + {note} 2 ~ ~ |')
    with pytest.raises(BadValue, match='for "a" is not one equation'):
        document.with_expression("a", expression)


def test_an_equation_for_another_name_is_refused() -> None:
    document = Document.parse("a[north] = 1 ~ ~ |\na[south] = 2 ~ ~ |\nb( (0,1),(1,2)) ~ ~ |")
    with pytest.raises(UnknownName, match='no variable called "c"'):
        document.with_added("d = 1 ~ ~ |", after="c")
    with pytest.raises(BadValue, match="2 equations"):
        document.with_expression("a", "3")
    with pytest.raises(BadValue, match="not one equation"):
        document.with_expression("b", "5")


def test_a_name_that_is_not_there_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match='Did you mean "repeat referrals"'):
        Document.parse("repeat referrals = 1 ~ ~ |")["repeat refferals"]
    assert "repeat_REFERRALS" in Document.parse("repeat referrals = 1 ~ ~ |")
    assert 3 not in Document.parse("a = 1 ~ ~ |")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no equation"),
        ("{UTF-8}\n{only a note}", "no equation"),
        ("a = 1 ~ Dmnl ~ no end", 'breaks off in "a = 1'),
        ("a = 1 ~ ~ |\n| b = 2 ~ ~ |", "without a name"),
        (":MACRO: A(b)\nA = b ~ ~ |\nc = 1 ~ ~ |", ":END OF MACRO:"),
        ("PK\x03\x04 this is a spreadsheet", "breaks off"),
    ],
)
def test_what_is_no_model_is_refused(text: str, message: str) -> None:
    with pytest.raises(NotAModel, match=message):
        Document.parse(text)


def test_a_file_that_cannot_be_read_or_written(tmp_path: Path) -> None:
    with pytest.raises(MissingFile, match=r"none\.mdl"):
        Document.read(tmp_path / "none.mdl")
    with pytest.raises(MissingFile, match="directory"):
        Document.read(tmp_path)
    document = Document.parse("a = 1 ~ ~ |")
    with pytest.raises(CannotWrite, match="none"):
        document.write(tmp_path / "none" / "a.mdl")
    (tmp_path / "folder.mdl").mkdir()
    with pytest.raises(CannotWrite):
        document.write(tmp_path / "folder.mdl")
    assert [file.name for file in tmp_path.iterdir()] == ["folder.mdl"]


def test_a_sign_that_the_encoding_lacks_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "old.mdl"
    path.write_bytes("Bär = 1 ~ ~ |".encode("cp1252"))
    with pytest.raises(BadValue, match="cp1252"):
        Document.read(path).with_added("Bor = 1 ~ ~ ∞ |", after="Bär").encode()


@pytest.mark.parametrize(
    "odd", ['"', '\\"', "{", "[", "\\\n", "a:", '{"', "a = 1~~|", "*****", "~", " ", "a=\\\n"]
)
def test_reading_takes_linear_time(odd: str) -> None:
    text = "b = " + odd * (200_000 // len(odd)) + "\na = 1 ~ ~ |"
    start = time.process_time()
    with contextlib.suppress(NotAModel):
        assert Document.parse(text).text == text
    assert time.process_time() - start < 30  # a square of the length would take an hour
