"""What is known of a model's variables before it runs: the bounds of each."""

from __future__ import annotations

import math
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

from cpdynamics.mdl.names import CONTROL
from cpdynamics.system.abstract import Element, Structure
from cpdynamics.system.bounds import ANY, NEVER_NEGATIVE, Interval, common, hull
from cpdynamics.system.depth import deep
from cpdynamics.system.expressions import (
    Expression,
    Memory,
    Operation,
    Variable,
    rebuilt,
    variables,
    walk,
)
from cpdynamics.system.intervals import Box, interval
from cpdynamics.system.lowering import System

_PASSES = 2
"""Once with states unknown, once with smooths and delays between the bounds of their inputs."""


def boxes(
    system: System,
    structure: Structure,
    *,
    limits: Mapping[str, Interval] | None = None,
    present: bool = False,
) -> Box:
    """Canonical name -> bounds that a variable keeps whatever a person sets within the ranges.

    A constant has the range of the .mdl, or its value where it has none. A stock is never negative
    unless its range says otherwise. Time runs from its first value to its last. All else follows
    from its equation, within its range where it has one.

    Args:
        system: the equations.
        structure: the same model's ranges and values.
        limits: bounds known from elsewhere, by canonical name; they go before these rules.
        present: every constant stands at its value, as if it had no range.
    """
    known = dict(limits or {})
    box: dict[str, Interval] = {"time": _time(structure.elements)}
    for name, element in structure.elements.items():
        box.setdefault(name, _before(element, present=present))
    box |= known
    totals = _totals(system)
    with deep():
        for _ in range(_PASSES):
            for name in _in_order(system, structure):
                element = structure.elements[name]
                if element.kind in ("constant", "stock") or name in known:
                    continue
                found = (_bounds(one.expression, totals, box) for one in system.equations[name])
                box[name] = common(hull(*found), _range(element))
    return box


def signs_alone(box: Box) -> Box:
    """The box with nothing left of it but whether a variable can be negative or positive."""
    return {
        name: Interval(0.0 if one.low >= 0 else -math.inf, 0.0 if one.high <= 0 else math.inf)
        for name, one in box.items()
    }


def _totals(system: System) -> dict[str, Expression]:
    """Variables that are the sum of others, such as all staff: a part of one is a share."""
    return {
        name: equations[0].expression
        for name, equations in system.equations.items()
        if len(equations) == 1
        and isinstance(equations[0].expression, Operation)
        and equations[0].expression.name == "+"
        and all(isinstance(one, Variable) for one in equations[0].expression.arguments)
    }


def _bounds(expression: Expression, totals: Mapping[str, Expression], box: Box) -> Interval:
    own = interval(expression, box)
    if totals.keys().isdisjoint(variables(expression)):
        return own
    return common(own, interval(_spelt_out(expression, totals), box))


def _spelt_out(node: Expression, totals: Mapping[str, Expression]) -> Expression:
    if isinstance(node, Variable):
        return totals.get(node.name, node)
    return rebuilt(node, lambda one: _spelt_out(one, totals))


def _time(elements: Mapping[str, Element]) -> Interval:
    final, initial = (elements[name].value for name in CONTROL[:2])
    if initial is None or final is None or initial > final:
        return ANY
    return Interval(initial, final)


def _before(element: Element, *, present: bool) -> Interval:
    if element.kind == "constant":
        own = ANY if element.value is None else Interval(element.value, element.value)
        allowed = _range(element)
        # A range that its own value lies outside of tells nothing about the model.
        inside = element.value is None or allowed.holds(element.value)
        return allowed if element.range and inside and not present else own
    if element.kind == "stock" and element.range is None:
        return NEVER_NEGATIVE
    return _range(element)


def _range(element: Element) -> Interval:
    if element.range is None:
        return ANY
    low, high = element.range.low, element.range.high
    bounds = Interval(-math.inf if low is None else low, math.inf if high is None else high)
    return bounds if bounds.low <= bounds.high else ANY


def _in_order(system: System, structure: Structure) -> list[str]:
    """Names so that each comes after what it needs in the same step; in the file's own if none."""
    names = [name for name in system.equations if name in structure.elements]
    needs = {name: structure.elements[name].uses for name in names if not _holds(system, name)}
    try:
        order = list(TopologicalSorter(needs).static_order())
    except CycleError:
        return names
    return [
        *(name for name in order if name in needs),
        *(name for name in names if name not in needs),
    ]


def _holds(system: System, name: str) -> bool:
    return any(
        isinstance(node, Memory)
        for equation in system.equations[name]
        for node in walk(equation.expression)
    )
