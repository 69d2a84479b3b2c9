"""The operations that the rates of memories are made of, said briefly."""

from __future__ import annotations

from cpdynamics.system.expressions import Expression, Number, Operation, Variable


def times(left: Expression, right: Expression) -> Operation:
    """The product."""
    return Operation("*", (left, right))


def over(top: Expression, bottom: Expression) -> Operation:
    """The quotient; a division by 0 ends a run."""
    return Operation("/", (top, bottom))


def divided(top: Expression, bottom: Expression) -> Operation:
    """The quotient; a division by 0 ends no run."""
    return Operation("divide", (top, bottom))


def chosen(
    test: str, left: Expression, right: Expression, then: Expression, otherwise: Expression
) -> Operation:
    """``then`` where a comparison holds, ``otherwise`` where it does not."""
    return Operation("if then else", (Operation(test, (left, right)), then, otherwise))


def less(left: Expression, name: str) -> Operation:
    """The difference between an expression and a variable."""
    return Operation("-", (left, Variable(name)))


def plus_one(node: Expression) -> Operation:
    """One more."""
    return Operation("+", (Number(1.0), node))
