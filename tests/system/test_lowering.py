from __future__ import annotations

import math
import operator
from collections.abc import Callable
from functools import reduce

import pytest

from cpdynamics.mdl.document import Document
from cpdynamics.mdl.names import canonical
from cpdynamics.model import Model
from cpdynamics.system.abstract import parse
from cpdynamics.system.expressions import (
    Curve,
    Expression,
    Memory,
    Number,
    Opaque,
    Operation,
    Variable,
    children,
    depth,
    variables,
    walk,
    written,
)
from cpdynamics.system.lowering import DEEPEST, System, lower
from tests.models.library_runs import LIBRARY, base_run, library_model, scenario_run

CONTROL = """
INITIAL TIME = 0 ~ Month ~ |
FINAL TIME = 1 ~ Month ~ |
TIME STEP = 0.5 ~ Month ~ |
SAVEPER = TIME STEP ~ Month ~ |
"""
A, B, C = (Variable(name) for name in "abc")


def system(equations: str) -> System:
    return lower(parse(Document.parse("{UTF-8}\n" + equations + CONTROL)))


def right_side(text: str, others: str = "") -> Expression:
    """The lowered right-hand side of one equation in a, b and c."""
    known = "a = 7 ~ ~ | b = 3 ~ ~ | c = 2 ~ ~ |"
    (equation,) = system(f"x = {text} ~ ~ | {known} {others}").equations["x"]
    return equation.expression


_PLAIN: dict[str, Callable[..., float]] = {
    "+": lambda *parts: reduce(operator.add, parts),
    "*": lambda *parts: reduce(operator.mul, parts),
    "-": operator.sub,
    "/": operator.truediv,
    "^": operator.pow,
    "negative": operator.neg,
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "and": lambda left, right: left and right,
    "or": lambda left, right: left or right,
    "not": operator.not_,
    "if then else": lambda condition, yes, no: yes if condition else no,
    "max": max,
    "min": min,
    "exp": math.exp,
    "ln": math.log,
    "modulo": operator.mod,
    "xidz": lambda a, b, x: x if abs(b) < 1e-6 else a / b,
    "zidz": lambda a, b: 0 if abs(b) < 1e-6 else a / b,
}


def value(node: Expression, given: Callable[[str], float]) -> float:
    """What an expression comes to, by nothing but Python's own arithmetic."""
    match node:
        case Number():
            return node.value
        case Variable():
            return given(node.name)
        case Operation():
            return _PLAIN[node.name](*(value(one, given) for one in node.arguments))
        case Curve():
            return _read(node, value(node.argument, given))
    raise AssertionError(f"{node} has no value of the present")


def _read(curve: Curve, at: float) -> float:
    if at <= curve.x[0]:
        return curve.y[0]
    for x0, x1, y0, y1 in zip(curve.x, curve.x[1:], curve.y, curve.y[1:], strict=False):
        if at <= x1:
            return y0 + (y1 - y0) * (at - x0) / (x1 - x0)
    return curve.y[-1]


ODD = [
    *(
        "a - b - c",
        "a/b/c",
        "a - (b - c) + d",
        "a - (b - c) - (d - a) - (a - b)",
        "a - (b + c) - d",
    ),
    *("a/(b/c)*d", "a/(b*c)/d", "a / (b / c) / (d / a)", "a * (b + c) / (d - a) * (a - b)"),
    *("a - b*c/d + a", "a^b^c", "(a^b)^c", "(a^b)^(c^d)", "(a/b)^(c/d)", "a^(b+c)"),
    *("-a^2", "(-a)^2", "-2^2", "(-2)^2", "3*-2^2", "2^-1", "2^-a", "a^-b^c", "a^-0.5^c"),
    *("-(a+b)^2", "-(a + b)*c", "-a+b", "(-a+b)*c", "a*-b*c", "a/-b/c", "a - -b - c"),
    *("a-(-(b+c))", "a - b^-c*d", "a^b*-c^d", "-a^b^c/1000", "+a - +b", "GAME(a) * b"),
    *("(a>b)*c", "a + (b > c)", "(a > b) = (b > c)"),
    "IF THEN ELSE(a > b :AND: b > c :OR: c > d, 1, 2)",
    "IF THEN ELSE(a < b :AND: b > c :OR: c > d, 1, 2)",
    "IF THEN ELSE(a > b :OR: b > a :AND: c > a, 1, 2)",
    "IF THEN ELSE(:NOT: a > b :AND: :NOT: c > a, 1, 2)",
    "IF THEN ELSE(a+1 >= b*2, IF THEN ELSE(c<>d, IF THEN ELSE(a = b, 3, 4), 5), 6)",
    *("XIDZ(a, b - 3, c)", "ZIDZ(a, b - 3)", "ZIDZ(a, b)", "MAX(a, b) - MIN(c, d)"),
    *("half(a - 2.5) * 2", "WITH LOOKUP(b, ([(0,0)-(9,9)],(4,8),(0,0),(2,1)))", "half(100)"),
]


def test_every_value_is_pysds_own_to_the_last_digit() -> None:
    odd = "".join(f"q{number} = {text} ~ ~ |\n" for number, text in enumerate(ODD))
    known = "a = 7 ~ ~ | b = 3 ~ ~ | c = 2 ~ ~ | d = 1.5 ~ ~ | half((0,0),(10,5)) ~ ~ |"
    document = Document.parse("{UTF-8}\n" + odd + known + CONTROL)
    run = Model.from_document(document).run(engine="pysd")
    lowered = lower(parse(document))
    found = {
        text: value(
            lowered.equations[f"q{number}"][0].expression, lambda name: float(run[name].iloc[0])
        )
        for number, text in enumerate(ODD)
    }
    assert found == {text: float(run[f"q{number}"].iloc[0]) for number, text in enumerate(ODD)}


@pytest.mark.parametrize("name", LIBRARY)
def test_every_variable_of_the_library_has_pysds_own_value(name: str) -> None:
    model = library_model(name)
    system = lower(model.structure)
    assert set(system.equations) == set(model.structure.elements) - {"time"}
    for run in (base_run(name), *(scenario_run(name, each) for each in [*model.scenarios][-1:])):
        frame = run.to_frame()
        series = {canonical(each): frame[each].to_numpy() for each in frame}
        series["time"] = frame.index.to_numpy()
        held = {canonical(each) for each in (*run.scenario.set, *run.scenario.hold)}
        for place in (0, len(frame) // 3, len(frame) - 1):
            now = {key: float(values[place]) for key, values in series.items()}
            for key, (equation,) in system.equations.items():
                expression = equation.expression
                if isinstance(expression, Memory) and place == 0:
                    expression = expression["initial"]
                if isinstance(expression, Memory) or key in held:
                    continue
                found = value(expression, now.__getitem__)
                assert found == pytest.approx(now[key], rel=1e-12, abs=1e-12), key


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a + b + c", Operation("+", (A, B, C))),
        ("a * b * c", Operation("*", (A, B, C))),
        ("a - b - c", Operation("-", (Operation("-", (A, B)), C))),
        ("a + b - c + a", Operation("+", (Operation("-", (Operation("+", (A, B)), C)), A))),
        ("a * b / c * a", Operation("*", (Operation("/", (Operation("*", (A, B)), C)), A))),
        ("a + (b + c)", Operation("+", (A, Operation("+", (B, C))))),
        ("a ^ b ^ c", Operation("^", (A, Operation("^", (B, C))))),
        (":NOT: a > b", Operation("not", (Operation(">", (A, B)),))),
        ("-2 ^ a", Operation("negative", (Operation("^", (Number(2), A)),))),
        ("IF THEN ELSE(a, b, c)", Operation("if then else", (A, B, C))),
        ("PULSE TRAIN(a, b, c, 9)", Operation("pulse train", (A, B, C, Number(9)))),
        ("LOG(a, b) + Time", Operation("+", (Operation("log", (A, B)), Variable("time")))),
    ],
)
def test_chains_and_calls(text: str, tree: Expression) -> None:
    assert right_side(text) == tree


ONE, THREE, ZERO = Number(1), Number(3), Number(0)


@pytest.mark.parametrize(
    ("text", "kind", "parts"),
    [
        ("INTEG(a, b)", "integ", {"flow": A, "initial": B}),
        ("INITIAL(a)", "initial", {"initial": A}),
        ("ACTIVE INITIAL(a, b)", "active initial", {"active": A, "initial": B}),
        (
            "SMOOTH(a, b)",
            "smooth",
            {"input": A, "smooth_time": B, "initial": A, "order": ONE},
        ),
        (
            "SMOOTH N(a, b, c, 3)",
            "smooth",
            {"input": A, "smooth_time": B, "initial": C, "order": THREE},
        ),
        (
            "DELAY3I(a, b, c)",
            "delay",
            {"input": A, "delay_time": B, "initial": C, "order": THREE},
        ),
        (
            "DELAY N(a, b, c, 3)",
            "delay n",
            {"input": A, "delay_time": B, "initial": C, "order": THREE},
        ),
        ("DELAY FIXED(a, b, c)", "delay fixed", {"input": A, "delay_time": B, "initial": C}),
        ("TREND(a, b, c)", "trend", {"input": A, "average_time": B, "initial_trend": C}),
        (
            "FORECAST(a, b, c)",
            "forecast",
            {"input": A, "average_time": B, "horizon": C, "initial_trend": ZERO},
        ),
        ("SAMPLE IF TRUE(a, b, c)", "sample if true", {"condition": A, "input": B, "initial": C}),
    ],
)
def test_what_remembers_keeps_its_roles(text: str, kind: str, parts: dict[str, Expression]) -> None:
    found = right_side(text)
    assert isinstance(found, Memory)
    assert found.kind == kind
    assert dict(found.parts) == parts


def test_lookups_stand_where_they_are_called() -> None:
    table = "Half_Of( [(0,0)-(9,9)],(10,5),(0,0)) ~ ~ |"
    called = right_side("half of(a) * b", table)
    assert called == Operation("*", (Curve((0, 10), (0, 5), A, "line", "half of"), B))
    placed = right_side("WITH LOOKUP(a + b, ((0,1),(1,0)))")
    assert placed == Curve((0, 1), (1, 0), Operation("+", (A, B)))
    both = system(f"x = half of(3) ~ ~ | {table}")
    assert "half of" not in both.equations
    assert both.names["half of"] == "Half_Of"


@pytest.mark.parametrize(
    ("text", "others", "reads"),
    [
        ("twice(a + b, c)", ":MACRO: twice(p, q)\ntwice = 2 * p ~ ~ |\n:END OF MACRO:\n", "abc"),
        ("t[s1](a)", "S: s1, s2 ~ ~ | t[s1]((0,0),(1,1)) ~ ~ | t[s2]((0,0),(1,2)) ~ ~ |", "a"),
    ],
)
def test_what_cannot_be_said_is_opaque_but_tells_what_it_reads(
    text: str, others: str, reads: str
) -> None:
    known = "a = 7 ~ ~ | b = 3 ~ ~ | c = 2 ~ ~ |"
    (equation,) = system(f"{others} x = {text} ~ ~ | {known}").equations["x"]
    assert isinstance(equation.expression, Opaque)
    assert variables(equation.expression) == tuple(reads)


def test_data_reads_the_clock() -> None:
    found = system("x := GET DIRECT DATA('data.csv', ',', 'A', 'B2') ~ ~ | y :RAW: ~ ~ |")
    assert found.equations["x"][0].expression == Opaque("external data", (Variable("time"),))
    assert found.equations["y"][0].expression == Opaque("data", (Variable("time"),))


def test_subscripts_are_kept_as_written() -> None:
    found = system(
        "Area: North, South ~ ~ | x[North] = 1 ~ ~ | x[South] = 2 ~ ~ | y[Area] = x[Area] ~ ~ |"
        "z = SUM(x[Area!]) ~ ~ | v[Area] = 3, 4 ~ ~ |"
    )
    assert [each.subscripts for each in found.equations["x"]] == [("North",), ("South",)]
    assert found.equations["y"][0].expression == Variable("x", ("Area",))
    assert found.equations["z"][0].expression == Operation("sum", (Variable("x", ("Area!",)),))
    assert found.equations["v"][0].expression == Opaque("an array of numbers")


def test_a_formula_too_deep_for_its_readers_is_opaque_but_tells_what_it_reads() -> None:
    def chain(links: int) -> Expression:
        return right_side(" - ".join("ab"[link % 2] for link in range(links)))

    deepest = chain(DEEPEST)
    assert depth(deepest) == DEEPEST
    assert len(written(deepest).split(" - ")) == DEEPEST
    assert chain(DEEPEST + 1) == Opaque("a formula nested too deeply", (A, B))
    assert depth(right_side(" + ".join("a" * 3000))) == 2


def test_every_node_of_a_lowered_model_is_one_of_ours() -> None:
    for name in LIBRARY:
        for (equation,) in lower(library_model(name).structure).equations.values():
            for node in walk(equation.expression):
                assert isinstance(node, Number | Variable | Operation | Curve | Memory), name
                assert all(isinstance(child, Expression) for child in children(node))
