"""Functions that say in a word what an equation could say without them: PI, GET TIME VALUE."""

from __future__ import annotations

import math

from cpdynamics.errors import Unsupported
from cpdynamics.system.expressions import Expression, Number, Operation, Variable, rebuilt


def plain(expression: Expression, written: str) -> Expression:
    """The expression in terms of numbers and the time.

    ``GET TIME VALUE(0, offset, 0)`` is ``Time + offset``. PySD 3.14 has no other way to read the
    model's own time: for the initial time and for years, months and days it raises an error.

    Args:
        expression: any.
        written: name of the variable as written.

    Raises:
        Unsupported: a GET TIME VALUE of another kind.
    """
    node = rebuilt(expression, lambda one: plain(one, written))
    if not isinstance(node, Operation):
        return node
    if node.name == "pi":
        return Number(math.pi)
    if node.name != "get time value":
        return node
    to, offset, measure = node.arguments
    if to == measure == Number(0.0):
        return Operation("+", (Variable("time"), offset))
    raise _refused(to, measure, written)


def _refused(to: Expression, measure: Expression, written: str) -> Unsupported:
    if not isinstance(to, Number) or not isinstance(measure, Number):
        came = "whose first or third argument is no number written down"
    elif to.value == 2 and measure.value in range(1, 11):
        came = "to read the computer's clock, so that no two runs need be the same"
    else:
        return Unsupported(
            f'"{written}" uses GET TIME VALUE({to.value:g}, ..., {measure.value:g}), which no '
            "engine can compute: PySD has not written it.",
            "GET TIME VALUE(0, offset, 0) is Time + offset.",
            "Compute months and years from Time.",
        )
    return Unsupported(f'"{written}" uses GET TIME VALUE {came}.', "", 'engine="pysd" can run it.')
