"""Formulas at random and small models, for the tests of derivatives, bounds and links."""

from __future__ import annotations

from hypothesis import strategies as st

from cpdynamics.mdl.document import Document
from cpdynamics.system.abstract import Structure, parse
from cpdynamics.system.expressions import Curve, Expression, Number, Operation, Variable
from cpdynamics.system.lowering import System, lower

X, Y, Z = (Variable(name) for name in "xyz")
CONTROL = """
INITIAL TIME = 0 ~ Month ~ |
FINAL TIME = 10 ~ Month ~ |
TIME STEP = 0.5 ~ Month ~ |
SAVEPER = TIME STEP ~ Month ~ |
"""


def call(name: str, *arguments: Expression | float) -> Operation:
    """An operation, with plain numbers for literals."""
    parts = (Number(float(one)) if isinstance(one, int | float) else one for one in arguments)
    return Operation(name, tuple(parts))


def model(equations: str) -> tuple[System, Structure]:
    structure = parse(Document.parse("{UTF-8}\n" + equations + CONTROL))
    return lower(structure), structure


def _larger(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    def of(names: list[str], count: int) -> st.SearchStrategy[Expression]:
        return st.builds(
            Operation, st.sampled_from(names), st.tuples(*(inner for _ in range(count)))
        )

    condition = st.builds(
        Operation, st.sampled_from(["<", "<=", ">", ">="]), st.tuples(inner, inner)
    )
    heights = st.tuples(*(st.floats(-2, 2).map(lambda y: round(y, 2)) for _ in range(4)))
    return st.one_of(
        of(["+", "-", "*", "/", "^", "min", "max", "zidz", "+", "-", "*"], 2),
        of(["+", "*", "xidz"], 3),
        of(["negative", "abs", "exp", "ln", "sqrt", "sin", "cos", "arctan", "tanh"], 1),
        st.builds(lambda c, a, b: Operation("if then else", (c, a, b)), condition, inner, inner),
        st.builds(lambda y, at: Curve((-1.0, 0.0, 0.5, 2.0), y, at), heights, inner),
        st.builds(
            lambda base, n: Operation("^", (base, Number(float(n)))), inner, st.integers(-2, 3)
        ),
    )


FORMULAS: st.SearchStrategy[Expression] = st.recursive(
    st.one_of(st.sampled_from([X, Y, Z]), st.sampled_from([-1.0, 0.0, 0.5, 1.0, 3.0]).map(Number)),
    _larger,
    max_leaves=8,
)
