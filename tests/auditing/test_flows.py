from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpdynamics.auditing.flows import columns, perceptions, rates_of, signed
from cpdynamics.system.expressions import Expression, Number, Operation, Variable
from tests.auditing.good import bare

A, B, C = map(Variable, "abc")


def sums() -> st.SearchStrategy[Expression]:
    leaves: st.SearchStrategy[Expression] = st.sampled_from([A, B, C, Number(0.0)])
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(lambda x: Operation("negative", (x,)), inner),
            st.builds(lambda x, y: Operation("-", (x, y)), inner, inner),
            st.builds(lambda x: Operation("+", tuple(x)), st.lists(inner, min_size=2, max_size=4)),
        ),
        max_leaves=12,
    )


def value(node: Expression, at: dict[str, int]) -> int:
    match node:
        case Variable():
            return at[node.name]
        case Operation(name="negative"):
            return -value(node.arguments[0], at)
        case Operation(name="-"):
            return value(node.arguments[0], at) - value(node.arguments[1], at)
        case Operation():
            return sum(value(one, at) for one in node.arguments)
    return 0


@given(sums())
def test_the_signed_parts_add_up_to_the_sum(expression):
    parts = signed(expression)
    assert parts is not None
    for at in ({"a": 1, "b": 100, "c": 10_000}, {"a": 7, "b": -3, "c": 2}):
        assert sum(sign * at[one.name] for sign, one in parts) == value(expression, at)


@pytest.mark.parametrize(
    "expression",
    [
        Number(5.0),
        Variable("time"),
        Operation("*", (A, B)),
        Operation("-", (A, Operation("/", (B, C)))),
        Operation("max", (Number(0.0), A)),
    ],
)
def test_what_is_calculated_is_no_sum_of_flows(expression):
    assert signed(expression) is None


def test_a_perception_closes_a_gap_and_does_nothing_else():
    system = bare(
        """P = INTEG((goal - P) / 4, 0)
        Q = INTEG(changing, 0)
        changing = share * (P - Q)
        R = INTEG(changing - goal, 0)
        S = INTEG((goal - P) / 4, 0)
        T = INTEG((T - goal) / 4, 0)
        goal = 2
        share = 0.5"""
    ).system
    assert perceptions(system) == {"p", "q"}
    assert rates_of(system)["r"] == (((1, Variable("changing")), (-1, Variable("goal"))),)
    assert rates_of(system)["s"] == (None,)


def test_the_columns_of_a_subscripted_stock_are_those_of_its_flows():
    subject = bare(
        """Area: North, South
        S[Area] = INTEG(in[Area] - out[Area], 8)
        in[Area] = 2
        out[Area] = S[Area] / 4
        T[Area] = INTEG(in[North], 8)"""
    )
    assert list(columns(subject.system, subject.rates, subject.base)) == [
        ("S[North]", [(1, "in[North]"), (-1, "out[North]")]),
        ("S[South]", [(1, "in[South]"), (-1, "out[South]")]),
    ]
