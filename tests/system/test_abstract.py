from __future__ import annotations

import pytest

from cpdynamics.errors import CpdynamicsError, NotAModel, Unsupported
from cpdynamics.mdl.document import Document
from cpdynamics.mdl.equation import Range
from cpdynamics.system.abstract import Structure, parse

CONTROL = """
INITIAL TIME = 0 ~ Month ~ |
FINAL TIME = 10 ~ Month ~ |
TIME STEP = 0.5 ~ Month ~ |
SAVEPER = TIME STEP ~ Month ~ |
"""


def structure(equations: str, control: str = CONTROL) -> Structure:
    return parse(Document.parse("{UTF-8}\n" + equations + control))


SERVICE = """
Open_Cases= INTEG ( referrals - closures, initial cases) ~ Child [0,?] ~ Secret words. |
referrals = 20 * pressure on families ~ Child/Month ~ |
closures = Open Cases / duration ~ Child/Month ~ |
duration = normal duration * effect of load ( Open Cases / initial cases ) ~ Month ~ |
normal duration = 5 ~ Month [1,12,0.5] ~ |
initial cases = -1e2 ~ Child ~ |
double = 2 * normal duration ~ Month ~ |
effect of load( [(0,0)-(10,10)],(0,1),(10,2) ) ~ Dmnl ~ |
perceived = SMOOTHI(Open Cases, delay, initial cases) ~ Child ~ |
late = DELAY1(closures, delay) ~ Child/Month ~ |
jump = STEP(1, 3) ~ Dmnl ~ |
first = INITIAL(closures) ~ Child/Month ~ |
start = ACTIVE INITIAL(closures, double) ~ Child/Month ~ |
rate that is constant = 3 ~ Child ~ |
Other= INTEG(rate that is constant + Open Cases, 0) ~ Child ~ |
delay = 3 ~ Month ~ |
"pressure on families" :INTERPOLATE: ~ Dmnl ~ |
"""


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("open cases", "stock"),
        ("referrals", "flow"),
        ("closures", "flow"),
        ("duration", "auxiliary"),
        ("normal duration", "constant"),
        ("initial cases", "constant"),
        ("double", "auxiliary"),
        ("effect of load", "lookup"),
        ("perceived", "auxiliary"),
        ("rate that is constant", "constant"),
        ("pressure on families", "data"),
        ("saveper", "constant"),
        ("time", "time"),
    ],
)
def test_kinds(name: str, kind: str) -> None:
    assert structure(SERVICE).elements[name].kind == kind


@pytest.mark.parametrize(
    ("name", "uses", "initial", "state"),
    [
        ("open cases", set(), {"initial cases"}, {"referrals", "closures"}),
        ("closures", {"open cases", "duration"}, set(), set()),
        (
            "duration",
            {"normal duration", "effect of load", "open cases", "initial cases"},
            set(),
            set(),
        ),
        ("perceived", set(), {"initial cases"}, {"open cases", "delay"}),
        # A DELAY1 divides what it holds by the delay time of the same step.
        ("late", {"delay"}, {"closures"}, {"closures", "delay"}),
        ("jump", {"time"}, set(), set()),
        ("first", set(), {"closures"}, set()),
        ("start", {"closures"}, {"double"}, set()),
        ("normal duration", set(), set(), set()),
    ],
)
def test_what_a_variable_needs_and_when(
    name: str, uses: set[str], initial: set[str], state: set[str]
) -> None:
    element = structure(SERVICE).elements[name]
    assert set(element.uses) == uses
    assert set(element.initial_uses) == initial
    assert set(element.state_uses) == state


def test_names_units_ranges_and_values_are_the_files_own() -> None:
    elements = structure(SERVICE).elements
    assert elements["open cases"].name == "Open_Cases"
    assert elements["pressure on families"].name == "pressure on families"
    assert elements["open cases"].range == Range(0, None, None)
    assert elements["normal duration"].range == Range(1, 12, 0.5)
    assert elements["closures"].range is None
    assert elements["closures"].units == "Child/Month"
    assert elements["initial cases"].value == -100
    assert elements["double"].value is None
    assert [*elements][:3] == ["time", "open cases", "referrals"]


def test_no_comment_is_kept() -> None:
    assert "Secret" not in str(structure(SERVICE).pysd.dump())
    assert all(not e.documentation for e in structure(SERVICE).pysd.sections[0].elements)


def test_subscripts_are_the_names_of_ranges() -> None:
    elements = structure(
        "Area: North, South ~ ~ | Age: (a1-a3) ~ ~ | x[Area, Age] = 1 ~ ~ |"
        "y[North] = 1 ~ ~ | y[South] = 2 ~ ~ | z = SUM(x[Area!, a1]) ~ ~ |"
    ).elements
    assert elements["x"].subscripts == ("Area", "Age")
    assert elements["y"].subscripts == ("Area",)
    assert elements["z"].subscripts == ()
    assert elements["z"].uses == ("x",)
    assert elements["x"].value is None


def test_notes_groups_and_a_sketch_are_no_hindrance() -> None:
    elements = structure(
        '{ a note | ~ }\n****\n\t."odd" group\n****~\n\t\tIt is | \n'
        "x = 2 {two} * y ~ Dmnl ~ |\ny = 3~~|"
    ).elements
    assert elements["x"].uses == ("y",)


WRONG: dict[str, tuple[str, type[CpdynamicsError], str]] = {
    "not defined": ("cases = oppen cases * 2 ~ ~ | open cases = 3 ~ ~ |", NotAModel, "open cases"),
    "nothing near": ("cases = zebra ~ ~ |", NotAModel, '"cases" uses "zebra"'),
    "an unknown function": ("x = NPV(1, 2, 3, 4) ~ ~ |", Unsupported, '"x" uses the function NPV'),
    "a function that PySD lacks": (
        "x = DELAY MATERIAL(1, 2, 3, 4) ~ ~ |",
        Unsupported,
        "DELAY FIXED",
    ),
    "too few arguments": ("x = MAX(3) ~ ~ |", NotAModel, '"x" gives MAX 1'),
    "too many arguments": ("x = MIN(3, 2, 1) ~ ~ |", NotAModel, '"x" gives MIN 3.*Nest them'),
    "too few arguments of a delay": ("x = SMOOTH(3) ~ ~ |", NotAModel, '"x".*arguments'),
    "no equation yet": ("x = A FUNCTION OF(y) ~ ~ | y = 2 ~ ~ |", NotAModel, '"x" has no equation'),
    "a lookup alone": ("t((0,0),(1,1)) ~ ~ | x = t ~ ~ |", Unsupported, '"x" uses the lookup "t"'),
    "a call of no lookup": ("t = 1 ~ ~ | x = t(3) ~ ~ |", NotAModel, '"x" calls "t"'),
    "twice": ("x = 1 ~ ~ | X = 2 ~ ~ |", NotAModel, "defined twice"),
    "twice, once in quotes": (
        '"x y"[A] = 1 ~ ~ | x y[B] = 2 ~ ~ | Sub: A, B ~ ~ |',
        NotAModel,
        '"x y" and x y are one variable',
    ),
    "a range of itself": ("Sub: Sub ~ ~ | x[Sub] = 1 ~ ~ |", NotAModel, '"Sub" -> "Sub"'),
    "ranges in a circle": (
        "One: A, Two ~ ~ | Two: B, Three ~ ~ | Three <-> One ~ ~ | x[One] = 1 ~ ~ |",
        NotAModel,
        'range is made of itself: "One" -> "Two" -> "Three" -> "One"',
    ),
    "macros in a circle": (
        ":MACRO: F(a)\nF = G(a) ~ ~ |\n:END OF MACRO:\n"
        ":MACRO: G(a)\nG = F(a) ~ ~ |\n:END OF MACRO:\nx = F(1) ~ ~ |",
        NotAModel,
        'macro is made of itself: "f" -> "g" -> "f"',
    ),
    "a whole number too large": ("b = " + "9" * 400 + " ~ ~ |", NotAModel, '"b".*too large'),
    "the clock": ("Time = 3 ~ ~ |", NotAModel, "clock"),
    "a bracket too few": ("a = 1 ~ ~ |\n\nb = MAX(2, 3 ~ ~ |", NotAModel, r'"b" \(line 4\)'),
    "an operator too many": ("b = 2 + * 3 ~ ~ |", NotAModel, '"b"'),
    "a lookup of words": ("t([(0,zero)-(1,1)],(0,0),(1,1)) ~ ~ |", NotAModel, '"t".*zero'),
    "a number too large": ("b = 1e999 ~ ~ |", NotAModel, '"b".*too large'),
    "nested too deeply": ("b = " + "(" * 3000 + "1" + ")" * 3000 + " ~ ~ |", NotAModel, "deep"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_in_one_line(case: str) -> None:
    equations, kind, message = WRONG[case]
    with pytest.raises(kind, match=message) as caught:
        structure(equations)
    assert "\n" not in str(caught.value)


def test_a_model_without_a_clock_is_refused() -> None:
    with pytest.raises(NotAModel, match="TIME STEP"):
        structure("x = 1 ~ ~ |", control=CONTROL.replace("TIME STEP = 0.5 ~ Month ~ |", ""))


@pytest.mark.filterwarnings("error")
def test_nothing_is_written_beside_the_file_and_nobody_is_warned(tmp_path) -> None:
    path = tmp_path / "service.mdl"
    path.write_text(SERVICE + CONTROL)
    assert parse(Document.read(path)).elements["closures"].kind == "flow"
    assert [item.name for item in tmp_path.iterdir()] == ["service.mdl"]


def test_ranges_of_ranges_and_macros_of_macros_are_no_circle() -> None:
    elements = structure(
        ":MACRO: F(a)\nF = a ~ ~ |\n:END OF MACRO:\n"
        ":MACRO: G(a)\nG = F(a) + F(a) ~ ~ |\n:END OF MACRO:\n"
        "All: North, Far ~ ~ | Far: East, West ~ ~ | Copy <-> All ~ ~ | Other: North, Far ~ ~ |"
        "x[All] = G(1) ~ ~ |"
    ).elements
    assert elements["x"].subscripts == ("All",)


def test_a_formula_of_nothing_but_numbers_can_be_read() -> None:
    elements = structure("x = 12 - 4 + 0.5 ~ ~ | y = 3 * 4 - 2 ~ ~ |").elements
    assert elements["x"].value == 8.5
    assert elements["y"].kind == "auxiliary"


def test_two_names_that_pysd_keeps_apart_are_two_variables() -> None:
    elements = structure("Masse = 1 ~ ~ | Maße = 2 ~ ~ |").elements
    assert [elements[key].value for key in ("masse", "maße")] == [1, 2]
