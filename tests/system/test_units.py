from __future__ import annotations

import functools
import math
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cpdynamics.mdl.document import Document
from cpdynamics.system.abstract import Structure, parse
from cpdynamics.system.expressions import Expression, Number, Operation, Variable, variables
from cpdynamics.system.lowering import Equation, System, lower
from cpdynamics.system.unit_text import read_units
from cpdynamics.system.units import UnitFinding, check_units
from tests.models.library_runs import LIBRARY, library_model
from tests.system.test_lowering import value

CONTROL = """
INITIAL TIME = 0 ~ Month ~ |
FINAL TIME = 10 ~ Month ~ |
TIME STEP = 0.5 ~ Month ~ |
SAVEPER = TIME STEP ~ Month ~ |
"""
KNOWN = """
children = 5 ~ Child ~ |
young = 3 ~ child ~ |
coming = 2 ~ Child/Month ~ |
delay = 4 ~ Month ~ |
share = 0.5 ~ Dmnl ~ |
elasticity = -0.3 ~ Fraction ~ |
rent = 7 ~ GBP/(Child*Month) ~ |
spent = 70 ~ GBP ~ |
side = 3 ~ Meter ~ |
room = 9 ~ Meter*Meter ~ |
effect( (0,1),(2,0) ) ~ Dmnl ~ |
forecast of children( (0,1),(2,0) ) ~ Child ~ |
outside :INTERPOLATE: ~ Child ~ |
"""


def findings(equations: str, *, settings: str = "") -> tuple[UnitFinding, ...]:
    document = Document.parse("{UTF-8}\n" + equations + KNOWN + CONTROL + settings)
    return check_units(parse(document), None, document)


GOOD = [
    "x = children + young - children ~ Child ~ |",
    "x = children / delay + coming ~ Child / Month ~ |",
    "x = children * rent * delay - spent ~ gbp ~ |",
    "x = (1 - share) * children ~ Child ~ |",
    "x = MAX(0, children) + MIN(young, children - young) ~ Child ~ |",
    "x = children * (children > 0) ~ Child ~ |",
    "x = 0 ~ Child ~ |",
    "x = 3 * 4 - 2 ~ Month ~ |",
    "x = coming * 12 ~ Child/Month ~ |",
    "x = share ^ elasticity + 2 ^ -share ~ Dmnl ~ |",
    "x = side ^ 2 + room - SQRT(room) * side ~ Meter^2 ~ |",
    "x = room ^ (1 / 2) + side ~ Meter ~ |",
    "x = (room ^ 3) ^ (1 / 3) + room ~ Meter**2 ~ |",
    "x = 1 / delay + share / delay ~ 1/Month ~ |",
    "x = EXP(-Time / delay) + LN(children / young) + SIN(share) ~ Dmnl ~ |",
    "x = XIDZ(children, delay, coming) + XIDZ(children, delay, 0) ~ Child/Month ~ |",
    "x = XIDZ(children, young, 1) + ZIDZ(children, young) ~ Dmnl ~ |",
    "x = IF THEN ELSE(children > young :AND: Time >= delay, children, 0) ~ Child ~ |",
    "X = INTEG(coming - X / delay, children) ~ Child ~ |",
    "X = INTEG(coming, 100) ~ Child ~ |",
    "x = INITIAL(children) ~ Child ~ |",
    "x = ACTIVE INITIAL(children, young) ~ Child ~ |",
    "x = SMOOTH(children, delay) + SMOOTHI(children, 3, 5) ~ Child ~ |",
    "x = DELAY3I(coming, delay, 0) + DELAY FIXED(coming, delay, coming) ~ Child/Month ~ |",
    "x = DELAY N(coming, delay, coming, 3) + SMOOTH N(coming, 2, coming, 3) ~ Child/Month ~ |",
    "x = TREND(children, delay, 0) + TREND(children, delay, 1 / delay) ~ 1/Month ~ |",
    "x = FORECAST(children, delay, delay) ~ Child ~ |",
    "x = SAMPLE IF TRUE(Time > delay, children, young) ~ Child ~ |",
    "x = STEP(9, 5) ~ Child ~ |",
    "x = STEP(children, delay) + STEP(children, 5) ~ Child ~ |",
    "x = RAMP(coming, delay, Time) ~ Child ~ |",
    "x = share * PULSE(5, 1) * PULSE TRAIN(1, delay, 4, 99) ~ Dmnl ~ |",
    "x = Time - INITIAL TIME + TIME STEP ~ Month ~ |",
    "x = effect(delay) * children + forecast of children(children / young) ~ Child ~ |",
    "x = WITH LOOKUP(Time, ((0,1),(9,2))) ~ Hour ~ |",
    "x = outside - children ~ Child ~ |",
    "x = MODULO(Time, delay) + QUANTUM(delay, TIME STEP) + ABS(-delay) ~ Month ~ |",
    "x = INTEGER(delay) ~ Month ~ |",
    "x = RANDOM UNIFORM(0, children, 7) + RANDOM NORMAL(0, children, young, young, 7) ~ Child ~ |",
    "x = GET DIRECT CONSTANTS('d.csv', ',', 'B2') ~ Apple ~ |",
    "S: s1, s2 ~ ~ | x[S] = 2 ~ Child ~ | y = SUM(x[S!]) - VMAX(x[S!]) ~ Child ~ |",
    ":MACRO: F(p)\nF = 2 * p ~ ~ |\n:END OF MACRO:\nx = F(children) + delay ~ Month ~ |",
    "x = LOG(share, 10) + PI ~ Dimensionless ~ | PI = 3.14159 ~ 1 ~ |",
]


@pytest.mark.parametrize("equation", GOOD)
def test_what_balances_is_passed_over(equation: str) -> None:
    assert findings(equation) == ()


BAD = [
    # equation, the sentence, the units due, the units found
    ("x = children ~ Month ~ |", "'children' is Child, but x is Month.", "Month", "Child"),
    ("x = coming + young ~ Child ~ |", "'coming' is Child/Month, but 'y", "Child/Month", "Child"),
    (
        "x = young + children - children/delay ~ Child ~ |",
        "'young' is Child, but 'children / delay' is Child/Month: one is taken from the other.",
        "Child",
        "Child/Month",
    ),
    ("x = 1 - delay ~ Month ~ |", "'1' is Dmnl, but 'delay' is Month: ", "Dmnl", "Month"),
    ("x = MAX(1, young) ~ Child ~ |", "'1' is Dmnl, but 'young' is Child: ", "Dmnl", "Child"),
    ("x = MIN(young, delay) ~ Child ~ |", "'young' is Child, but 'delay' ", "Child", "Month"),
    (
        "x = IF THEN ELSE(Time > children, 1, 0) ~ Dmnl ~ |",
        "'Time' is Month, but 'children' is Child: they are compared.",
        "Month",
        "Child",
    ),
    ("x = IF THEN ELSE(share > 1, young, delay) ~ Child ~ |", "'young' is ", "Child", "Month"),
    ("x = IF THEN ELSE(share > 1, 9, young) ~ Child ~ |", "'9' is Dmnl, ", "Dmnl", "Child"),
    ("x = children * delay ~ Child ~ |", "'children * delay' is ", "Child", "Child*Month"),
    ("x = children / delay ~ Child ~ |", "'children / delay' is ", "Child", "Child/Month"),
    ("x = 3 * Time ~ Dmnl ~ |", "'3 * Time' is Month", "Dmnl", "Month"),
    ("x = share ^ delay ~ Dmnl ~ |", "'delay' is Month, but an exponent ", "Dmnl", "Month"),
    ("x = side ^ elasticity ~ Dmnl ~ |", "'side' is Meter, but what is ", "Dmnl", "Meter"),
    ("x = side ^ 3 ~ Meter^2 ~ |", "'side ^ 3' is Meter^3, ", "Meter^2", "Meter^3"),
    ("x = side ^ 1e9 ~ Meter ~ |", "'side' is Meter, but what is ", "Dmnl", "Meter"),
    ("x = SQRT(side) ~ Meter ~ |", "'SQRT(side)' is Meter^0.5, ", "Meter", "Meter^0.5"),
    ("x = EXP(delay) ~ Dmnl ~ |", "'delay' is Month, but what EXP takes ", "Dmnl", "Month"),
    ("x = LN(young) ~ Dmnl ~ |", "'young' is Child, but what LN takes ", "Dmnl", "Child"),
    ("x = LN(share) ~ Child ~ |", "'LN(share)' is Dmnl, but x is Child.", "Child", "Dmnl"),
    (
        "x = XIDZ(children, delay, young) ~ Child/Month ~ |",
        "'children / delay' is Child/Month, but 'young' is Child: ",
        "Child/Month",
        "Child",
    ),
    ("x = ZIDZ(children, delay) ~ Child ~ |", "'ZIDZ(children, delay)' ", "Child", "Child/Month"),
    ("X = INTEG(coming - young, 0) ~ Child ~ |", "'coming' is ", "Child/Month", "Child"),
    (
        "X = INTEG(children, 0) ~ Child ~ |",
        "'children' is Child, but the flow of X is in Child/Month.",
        "Child/Month",
        "Child",
    ),
    (
        "X = INTEG(coming, delay) ~ Child ~ |",
        "'delay' is Month, but X begins with it and is Child.",
        "Child",
        "Month",
    ),
    ("x = SMOOTH(young, share) ~ Child ~ |", "'share' is Dmnl, but a time is ", "Month", "Dmnl"),
    ("x = SMOOTH(young, delay) ~ Month ~ |", "'SMOOTH(young, delay, ", "Month", "Child"),
    ("x = SMOOTHI(young, 3, delay) ~ Child ~ |", "'young' is Child, but ", "Child", "Month"),
    ("x = DELAY1I(young, 3, delay) ~ Child ~ |", "'young' is Child, but ", "Child", "Month"),
    ("x = DELAY FIXED(young, young, 0) ~ Child ~ |", "'young' is Child, but a ", "Month", "Child"),
    ("x = TREND(young, delay, delay) ~ 1/Month ~ |", "'delay' is Month, ", "1/Month", "Month"),
    ("x = FORECAST(young, 3, share) ~ Child ~ |", "'share' is Dmnl, but a ", "Month", "Dmnl"),
    ("x = SAMPLE IF TRUE(share > 1, young, delay) ~ Child ~ |", "'young' is ", "Child", "Month"),
    ("x = SAMPLE IF TRUE(share > side, young, young) ~ Child ~ |", "'share' ", "Dmnl", "Meter"),
    ("x = ACTIVE INITIAL(young, delay) ~ Child ~ |", "'young' is Child, but ", "Child", "Month"),
    ("x = STEP(young, share) ~ Child ~ |", "'share' is Dmnl, but a time is due", "Month", "Dmnl"),
    ("x = young + STEP(9, 5) ~ Child ~ |", "'young' is Child, but 'STEP(9", "Child", "Dmnl"),
    ("x = RAMP(young, 1, 5) ~ Child ~ |", "'RAMP(young, 1, 5)' is ", "Child", "Child*Month"),
    ("x = PULSE(share, 1) ~ Dmnl ~ |", "'share' is Dmnl, but a time ", "Month", "Dmnl"),
    ("x = effect(share) ~ Child ~ |", "'effect(share)' is Dmnl, but x is ", "Child", "Dmnl"),
    ("x = effect(share + side) ~ Dmnl ~ |", "'share' is Dmnl, but 'side' ", "Dmnl", "Meter"),
    ("x = outside ~ Month ~ |", "'outside' is Child, but x is Month.", "Month", "Child"),
    (
        "S: s1, s2 ~ ~ | x[s1] = delay ~ Child ~ | x[s2] = delay ~ Child ~ |",
        "'delay' is Month, but x is Child.",
        "Child",
        "Month",
    ),
    ("x = 1 ~ Child*/Month ~ |", '"Child*/Month" is no unit.', "", "Child*/Month"),
    ("x = young ~ ~ |", "It has no units.", "", ""),
]


@pytest.mark.parametrize(("equation", "wrong", "expected", "found"), BAD)
def test_what_does_not_balance_is_told_once_by_its_smallest_part(
    equation: str, wrong: str, expected: str, found: str
) -> None:
    (finding,) = findings(equation)
    assert finding.wrong.startswith(wrong)
    assert (finding.variable.lower(), finding.expected, finding.found) == ("x", expected, found)
    assert str(finding).startswith(f"{finding.variable}: {wrong}")
    assert finding.remedy


def test_a_missing_unit_is_told_where_it_is_missing_and_nowhere_else() -> None:
    found = findings("a = 3 ~ ~ | b = a + children ~ Child ~ | c = a * b + delay ~ Month ~ |")
    assert [(each.variable, each.wrong) for each in found] == [("a", "It has no units.")]


def test_the_remedy_fits_the_mistake() -> None:
    (number,) = findings("x = young * (Time > 12) ~ Child ~ |")
    assert number.remedy == "Give 12 a name and units of its own."
    (plural,) = findings("x = children + boys ~ Child ~ | boys = 3 ~ Childs ~ |")
    assert "Child and Childs are two units" in plural.remedy
    (factor,) = findings("x = children ~ Child/Month ~ |")
    assert factor.remedy.startswith("A factor in 1/Month is missing")


def test_a_clock_in_two_units_is_told_of_the_odd_one() -> None:
    text = "{UTF-8}\n" + KNOWN + CONTROL.replace("SAVEPER = TIME STEP ~ Month", "SAVEPER = 1 ~ Day")
    (finding,) = check_units(parse(Document.parse(text)))
    assert (finding.variable, finding.expected, finding.found) == ("SAVEPER", "Month", "Day")


SETTINGS = "///---\\\\\\\n:L\x7f<%^E!@\n22:$,Dollar,Dollars,$s\n22:Month,Months\n22:Ratio,Dmnl\n"
ALIKE = """
a = 3 ~ Dollars/Months ~ |
b = 4 ~ $/Month ~ |
r = 1 ~ Ratio ~ |
c = a + b * r ~ dollar/month ~ |
"""


def test_synonyms_count_where_the_settings_declare_them() -> None:
    assert findings(ALIKE, settings=SETTINGS) == ()
    assert {each.variable for each in findings(ALIKE)} == {"c"}


# What pysimlin 0.8 cannot read, or knows no function for.
_BEYOND_SIMLIN = ("^2 ~", "**2 ~", "FORECAST", "outside", "RANDOM", "GET DIRECT", ":MACRO:")
# Rules that it does not have: to it a number is in any units, and so on.
_LEFT_BY_SIMLIN = (
    *("1 - delay", "MAX(1", "Time > children", "9, young", "^ delay", "^ elasticity", "LN(young)"),
    *("share > side", "*/", "ACTIVE", "STEP", "RAMP", "PULSE", "share + side", "~ ~"),
)


def simlins(path: Path) -> list[str]:
    """The sentences in which pysimlin finds fault with the units of a file."""
    simlin = pytest.importorskip("simlin")
    return [issue.message for issue in simlin.load(path).check() if "units" in issue.message]


def test_pysimlin_finds_the_same_equations_at_fault(tmp_path: Path) -> None:
    path = tmp_path / "x.mdl"
    known = KNOWN.replace("outside :INTERPOLATE:", "outside = 3")
    for equation in (one for one in GOOD if not any(word in one for word in _BEYOND_SIMLIN)):
        path.write_text("{UTF-8}\n" + equation + known + CONTROL)
        assert simlins(path) == [], equation
    left = (*_BEYOND_SIMLIN, *_LEFT_BY_SIMLIN)
    seen = [one for one, *_ in BAD if not any(word in one for word in left)]
    for equation in seen:
        path.write_text("{UTF-8}\n" + equation + known + CONTROL)
        assert simlins(path) != [], equation
    assert len(seen) >= 25


@pytest.mark.parametrize("name", LIBRARY)
def test_pysimlin_finds_no_fault_with_the_library_either(name: str) -> None:
    path = library_model(name).document.path
    assert path is not None
    assert simlins(path) == []


@pytest.mark.parametrize("name", LIBRARY)
def test_every_model_of_the_library_balances(name: str) -> None:
    model = library_model(name)
    assert [str(each) for each in check_units(model.structure, None, model.document)] == []


def test_an_apple_planted_anywhere_in_austerity_is_found_beside_where_it_fell() -> None:
    structure = library_model("austerity").structure
    system = lower(structure)
    near: dict[str, set[str]] = {name: {name} for name in system.equations}
    for name, (equation,) in system.equations.items():
        for used in variables(equation.expression):
            if used != "time":
                near[name].add(used)
                near[used].add(name)
    for name, element in structure.elements.items():
        if name != "time":
            apple = {**structure.elements, name: replace(element, units="Apple")}
            found = check_units(replace(structure, elements=apple), system)
            named = {each.variable for each in found}
            assert named, name
            assert named <= {system.names[each] for each in near[name]}, name


# Units of the made-up variables, and the power of each unit in them.
MADE = {"a": "Child", "b": "Month", "c": "Dmnl", "d": "Child/Month", "e": "Month^2"}
RESULTS = ("Dmnl", "Child", "Month", "Child/Month", "Month^2", "Child*Month", "1/Month")
GIVEN = {"a": 3.7, "b": 2.3, "c": 0.9, "d": 1.1, "e": 5.9}
_TWOS = ("+", "-", "*", "/", "max", "min", ">", "<=", "zidz")


@functools.cache
def made(units: tuple[str, ...]) -> Structure:
    text = "".join(f"{name} = 1 ~ {unit} ~ |" for name, unit in zip("abcdex", units, strict=True))
    return parse(Document.parse("{UTF-8}\n" + text + CONTROL))


def verdict(expression: Expression, *, units: str, rename: Callable[[str], str] = str) -> list[str]:
    """The parts that do not balance in x = expression, with x in these units."""
    structure = made(tuple(map(rename, (*MADE.values(), units))))
    system = System({"x": (Equation(expression),)}, lower(structure).names)
    return [each.wrong.split(" is ")[0] for each in check_units(structure, system)]


def some_expression(chance: random.Random, levels: int) -> Expression:
    if levels == 0 or chance.random() < 0.15:
        leaves = [*map(Variable, MADE), Number(0), Number(1), Number(2.5)]
        return chance.choice(leaves)
    kind = chance.choice((*_TWOS, *_TWOS, "negative", "exp", "^", "xidz", "if then else"))
    count = {"negative": 1, "exp": 1, "xidz": 3, "if then else": 3}.get(kind, 2)
    parts = [some_expression(chance, levels - 1) for _ in range(count)]
    if kind == "^":
        parts[1] = chance.choice((parts[1], Number(2), Number(-1)))
    return Operation(kind, tuple(parts))


def test_what_balances_does_not_depend_on_the_size_of_the_units() -> None:
    """Counting in dozens of children and in years changes a result by its units and no more.

    This is what it means to balance (Buckingham, Physical Review 4, 1914).
    """
    chance = random.Random(1914)
    size = {"Child": 1 / 12, "Month": 1 / 24}

    def scaled(units: str) -> float:
        powers = read_units(units)
        assert powers is not None
        return math.prod(size[word.capitalize()] ** float(power) for word, power in powers.items())

    balanced = 0
    for _ in range(1500):
        expression = some_expression(chance, chance.choice((1, 2, 3)))
        for units in RESULTS:
            if verdict(expression, units=units) or not variables(expression):
                continue
            small = {name: GIVEN[name] * scaled(MADE[name]) for name in MADE}
            try:
                before = value(expression, GIVEN.__getitem__)
                after = value(expression, small.__getitem__)
            except (ArithmeticError, TypeError):  # 0 ^ -1, a complex root, a number too large
                continue
            if isinstance(before, complex) or isinstance(after, complex):
                continue
            balanced += 1
            assert after == pytest.approx(before * scaled(units), rel=1e-9, abs=1e-12), expression
    assert balanced > 150


def test_other_names_for_the_units_change_no_verdict() -> None:
    chance = random.Random(22)
    wrong = 0
    for _ in range(300):
        expression = some_expression(chance, 3)
        found = verdict(expression, units="Child")
        renamed = {"Child": "1000 Square  Miles", "Month": "zebra-%"}

        def rename(units: str, words: dict[str, str] = renamed) -> str:
            for word, other in words.items():
                units = units.replace(word, other)
            return units

        assert verdict(expression, units="Child", rename=rename) == found
        wrong += bool(found)
    assert 0 < wrong < 300


def test_a_formula_nested_in_itself_is_judged_in_its_stride() -> None:
    expression: Expression = Variable("b")
    for _ in range(150):
        expression = Operation("exp", (Operation("step", (expression, expression)),))
        expression = Operation("exp", (expression.arguments[0].arguments[0],))
    assert verdict(expression, units="Dmnl") == ["'b'"]


HOSTILE = [
    "[__import__('os').system('touch x')]",
    "().__class__.__bases__",
    "Child**Child**Child",
    "Child^" + "9" * 400,
    "Child^1e9",
    "(" * 200 + "Child" + ")" * 200,
    "*".join(["Child"] * 5000),
    "<script>alert(1)</script>",
    "delta_degC * kilo_meter / meter",
    "\x1b[31mChild",
]


@pytest.mark.parametrize("units", HOSTILE)
def test_no_text_of_units_does_anything(units: str) -> None:
    base = made((*MADE.values(), "Child"))
    elements = {**base.elements, "x": replace(base.elements["x"], units=units)}
    system = System({"x": (Equation(Variable("a")),)}, lower(base).names)
    (finding,) = check_units(replace(base, elements=elements), system)
    assert finding.variable == "x"
    assert "\x1b" not in str(finding)
