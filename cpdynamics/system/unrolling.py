"""Equations with subscripts as one scalar equation for each element, with PySD 3.14's meaning.

PySD computes arrays with NumPy's arithmetic, in which a division by zero is infinite and ends no
run; an element that is read on its own is one of Python's numbers. SUM and its like pass over
NaN. A delay of several elements takes the number of its levels from the shortest of its times.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping

from cpdynamics.system.abstract import Structure
from cpdynamics.system.expressions import Expression, variables
from cpdynamics.system.lowering import Equation, System
from cpdynamics.system.ranges import refused
from cpdynamics.system.reading import Reader
from cpdynamics.system.references import covered
from cpdynamics.system.unrolled import Left, Unrolled, Unrolling


def unrolled(structure: Structure, system: System, held: Collection[str]) -> Unrolled:
    """The equations of a model, one for each element.

    Those of a model without subscripts come back as they are.

    Args:
        structure: of the whole model.
        system: what ``lower`` made of it.
        held: names of elements whose equations do not count.

    Raises:
        Unsupported: a use of subscripts that is not supported, or too many elements.
        NotAModel: a subscript that is not defined.
    """
    under_way = Unrolling(structure, system, held)
    found, shapes = under_way.found, structure.shapes
    for name, element in structure.elements.items():
        if element.kind in ("time", "lookup"):
            continue
        names = shapes.names(name)
        found.names.update(names)
        if shapes.of(name).ranges:
            found.whole.update(dict.fromkeys(names, name))
        if next(iter(names)) in under_way.held:
            continue
        equations = system.equations[name]
        if shapes.any:
            found.equations.update(_each(under_way, name, equations))
        else:
            found.equations[name] = equations[0].expression
    return found


def _each(
    under_way: Unrolling, name: str, equations: tuple[Equation, ...]
) -> dict[str, Expression]:
    """One equation for each element of a variable; the last that is given for one counts."""
    element, shape = under_way.structure.elements[name], under_way.shapes.of(name)
    ranges, parts = under_way.shapes.ranges, dict[int, Expression]()
    for equation, component in zip(equations, element.components, strict=True):
        left = Left(name, element.name, ranges.along(equation.subscripts, element.name))
        if component.subscripts[1] and len(equations) == 1:
            raise refused(element.name, "is given for all but some of its elements")
        out: set[int] = set()
        for group in component.subscripts[1]:
            places = covered(ranges.along(group, element.name), shape, element.name)
            under_way.grow(shape.size, left)
            out.update(map(shape.flat, itertools.product(*places)))
        where = covered(left.along, shape, element.name)
        value = Reader(under_way, left).value(equation.expression, component.ast)
        for place in itertools.product(*(range(len(one)) for one in left.along.values())):
            at = shape.flat(each[i] for each, i in zip(where, place, strict=True))
            if at not in out:
                one = value(dict(zip(left.along, place, strict=True)))
                parts[at] = under_way.counted(one, left)
    if len(parts) < shape.size:
        raise refused(element.name, "is not given for every one of its elements")
    return {key: parts[number] for number, key in enumerate(under_way.shapes.names(name))}


def together(
    parts: Mapping[str, Expression],
    whole: Mapping[str, str],
    names: Mapping[str, str],
    owners: Mapping[str, str],
) -> dict[str, set[str]]:
    """What each variable needs where PySD computes all elements of an array at once.

    Args:
        parts: element, scalar, or what lies within one -> its expression.
        whole: element, or a value within one -> the variable.
        names: elements and scalars.
        owners: state, or another value within a variable -> the element or scalar.
    """

    def array(name: str) -> str:
        if (owner := owners.get(name)) is not None:
            return whole.get(owner, owner) + name[len(owner) :]
        return whole.get(name, name)

    needs: dict[str, set[str]] = {}
    for name, node in parts.items():
        own = array(name)
        into = needs.setdefault(own, set())
        for one in variables(node):
            # What a variable keeps within itself is no way back to it.
            if one in parts and (one in names or array(one) != own):
                into.add(array(one))
    return needs
