from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from cpdynamics.mdl.document import Document
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
    rebuilt,
    variables,
    walk,
    written,
)
from cpdynamics.system.lowering import lower

CONTROL = """
INITIAL TIME = 0 ~ Month ~ | FINAL TIME = 1 ~ Month ~ |
TIME STEP = 1 ~ Month ~ | SAVEPER = 1 ~ Month ~ |
a = 1 ~ ~ | b = 2 ~ ~ | late night = 3 ~ ~ |
"""
A, B = Variable("a"), Variable("b")
NAMES = some.sampled_from([A, B, Variable("late night"), Variable("time")])
# Nought is left out: to PySD -0 ^ a is 0 ^ a.
SIZES = some.integers(1, 10**6) | some.floats(1e-9, 1e9)
NUMBERS = SIZES.map(lambda size: Number(float(size)))


def _larger(part: some.SearchStrategy[Expression]) -> some.SearchStrategy[Expression]:
    def call(name: str, count: int) -> some.SearchStrategy[Expression]:
        return some.tuples(*[part] * count).map(lambda parts: Operation(name, parts))

    pairs = [call(name, 2) for name in ("-", "/", "max", "and", "or", "=", "<>", "<", ">=", "zidz")]
    sums = [call(name, count) for name in "+*" for count in (2, 3)]
    # PySD takes the sign of a number for a part of it, so that (-2) ^ 2 cannot be written.
    signed = part.filter(lambda one: not isinstance(one, Number))
    negative = signed.map(lambda one: Operation("negative", (one,)))
    negated = part.map(lambda one: Operation("not", (one,)))
    points = Curve((0.0, 1.5), (1e-9, 2.0), A)
    curves = part.map(lambda one: Curve(points.x, points.y, one))
    return some.one_of(
        *pairs, *sums, negative, negated, call("if then else", 3), call("^", 2), curves
    )


EXPRESSIONS = some.recursive(NAMES | NUMBERS, _larger, max_leaves=12)


@settings(max_examples=12, deadline=None)
@given(some.lists(EXPRESSIONS, min_size=10, max_size=20))
def test_what_is_written_is_read_as_the_same(expressions: list[Expression]) -> None:
    # PySD works out a whole equation of nothing but numbers while it reads it.
    wrapped = [Operation("max", (A, one)) for one in expressions]
    lines = (f"x{at} = {written(one)} ~ ~ |\n" for at, one in enumerate(wrapped))
    system = lower(parse(Document.parse("{UTF-8}\n" + "".join(lines) + CONTROL)))
    for at, one in enumerate(wrapped):
        found = system.equations[f"x{at}"][0].expression
        assert written(found) == written(one)
        assert _flat(found) == _flat(one)


def _flat(node: Expression) -> Expression:
    """With (a + b) + c as the one sum that it is written as."""
    node = rebuilt(node, _flat)
    first = node.arguments[0] if isinstance(node, Operation) else None
    if isinstance(first, Operation) and first.name == node.name and node.name in "+*":
        return Operation(node.name, (*first.arguments, *node.arguments[1:]))
    return node


@pytest.mark.parametrize(
    ("node", "text"),
    [
        (Number(0.1), "0.1"),
        (Number(1234567.25), "1234567.25"),
        (Number(float("nan")), ":NA:"),
        (Variable("x", ("North", "Age!")), "x[North,Age!]"),
        (Operation("-", (A, Operation("-", (A, B)))), "a - (a - b)"),
        (Operation("-", (Operation("-", (A, B)), A)), "a - b - a"),
        (Operation("^", (Operation("^", (A, B)), A)), "(a ^ b) ^ a"),
        (Operation("negative", (Operation("*", (A, B)),)), "-(a * b)"),
        (Operation("negative", (Operation("negative", (A,)),)), "-(-a)"),
        (Operation("and", (Operation("or", (A, B)), A)), "(a :OR: b) :AND: a"),
        (Operation("if then else", (A, B, A)), "IF THEN ELSE(a, b, a)"),
        (Curve((0, 1), (2, 3), A), "WITH LOOKUP(a, ((0,2), (1,3)))"),
        (Curve((0, 1), (2, 3), A, lookup="effect of age"), "effect of age(a)"),
        (Memory("integ", (("flow", A), ("initial", B))), "INTEG(a, b)"),
        (Opaque("allocate available", (A, B)), "allocate available(a, b)"),
    ],
)
def test_written_as_in_vensim(node: Expression, text: str) -> None:
    assert written(node) == text


def test_a_walk_goes_down_from_left_to_right() -> None:
    node = Operation("-", (Curve((0, 1), (0, 1), A), Memory("initial", (("initial", B),))))
    assert [*walk(node)] == [node, node.arguments[0], A, node.arguments[1], B]
    assert children(node.arguments[1]) == (B,)
    assert variables(Operation("+", (B, A, B))) == ("b", "a")
    assert depth(node) == 3
    assert depth(A) == 1


def test_a_walk_has_no_bottom() -> None:
    node: Expression = A
    for _ in range(50_000):
        node = Operation("negative", (node,))
    assert depth(node) == 50_001
    assert variables(node) == ("a",)
    while isinstance(node, Operation):  # taken apart by hand: Python would do it in one go
        node = node.arguments[0]


def test_rebuilt_changes_children_and_nothing_else() -> None:
    def other(node: Expression) -> Expression:
        return B if node == A else node

    for node in (
        Operation("max", (A, B)),
        Opaque("data", (A,)),
        Curve((0, 1), (0, 2), A, "hold", "t"),
        Memory("smooth", (("input", A), ("order", Number(1)))),
    ):
        changed = rebuilt(node, other)
        assert type(changed) is type(node)
        assert children(changed) == tuple(map(other, children(node)))
        assert rebuilt(changed, lambda one: one) == changed
    assert rebuilt(A, other) == A
    assert Memory("integ", (("flow", A), ("initial", B)))["initial"] == B
