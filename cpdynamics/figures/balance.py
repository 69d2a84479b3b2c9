"""What follows from the base values of a model at its start, by the model's own equations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cpdynamics.errors import Unsupported
from cpdynamics.mdl.names import canonical
from cpdynamics.system.evaluating import evaluate
from cpdynamics.system.expressions import Expression, Memory, Number, Operation, variables, walk
from cpdynamics.system.lowering import lower

if TYPE_CHECKING:
    from cpdynamics.model import Model

Values: TypeAlias = NDArray[np.float64]
Point: TypeAlias = Mapping[str, float]
"""Canonical name of a constant -> its value."""

_TIME = "time"
_LEAST = 1e-12
_ALL = "1"


class Balance:
    """The start of a model for any base values, and what has to stay positive there.

    At rest every flow is made of base values. A flow, a stock, a share, a time or the argument of
    ``MAX(0, ...)`` that is positive in the typical authority has to be so in another one, or the
    equations no longer balance.

    Args:
        model: whose equations they are.
        anchors: canonical names of the constants that may be moved.

    Raises:
        Unsupported: a model with subscripts, or with memories other than stocks.
    """

    def __init__(self, model: Model, anchors: Iterable[str]) -> None:
        self.elements = model.structure.elements
        system = lower(model.structure)
        self.names = system.names
        self.typical: dict[str, float] = {
            name: float(element.value)
            for name, element in self.elements.items()
            if element.kind == "constant" and element.value is not None
        }
        self.equations: dict[str, Expression] = {}
        for name, several in system.equations.items():
            if name not in self.typical:
                self.equations[name] = _at_start(name, [one.expression for one in several])
        self.order = _ordered(self.equations, {*self.typical, _TIME})
        self.hangs_on = self._reached(anchors)
        self._watched = self._chosen()
        self._sources = [one for one in self._watched if _takes_away(self._expression(one))]
        typical = self.values([{}])
        self._below_one = [
            f"{label}|{_ALL}"
            for label in self._watched
            if "share" in label and self.units(label) == "Dmnl" and typical[label][0] < 1 - 1e-9
        ]

    def values(self, points: Iterable[Point]) -> dict[str, Values]:
        """Every variable at the start, at several points at once.

        Args:
            points: what each sets; the rest is as the model has it.
        """
        several = list(points)
        known: dict[str, Values | float] = dict(self.typical)
        for name in {name for point in several for name in point}:
            each = np.array([point.get(name, self.typical[name]) for point in several])
            # What is the same at all points is worked out once.
            known[name] = float(each[0]) if (each == each[0]).all() else each
        known[_TIME] = self.typical.get("initial time", 0.0)
        found: dict[str, Values] = {}
        for name in self.order:
            value = evaluate(self.equations[name], known)
            known[name] = found[name] = np.broadcast_to(value, (len(several),)) + 0.0
        for label, expression in self._clamped.items():
            found[label] = np.broadcast_to(evaluate(expression, known), (len(several),)) + 0.0
        return found

    def room(self, points: Iterable[Point], reference: Point) -> tuple[list[str], Values]:
        """How far each watched quantity is from turning: names, and an array of names by points.

        1 is as far as at the reference, 0 is the end; what is no number is minus infinity.

        Args:
            points: what each sets.
            reference: a point at which the model is known to be at rest.
        """
        found = self.values([reference, *points])
        return [*self._watched, *self._below_one], self._shares(found, self._watched)

    def margins(self, points: Iterable[Point], reference: Point) -> tuple[Values, Values]:
        """The room and the times at once, where something is taken away from something.

        While these are positive, so are products and sums of them, and there is less to watch.

        Args:
            points: what each sets.
            reference: a point at which the model is known to be at rest.
        """
        found = self.values([reference, *points])
        return self._shares(found, self._sources), self._times(found)[:, 1:]

    def _shares(self, found: Mapping[str, Values], watched: list[str]) -> Values:
        table = np.array(
            [
                *(found[label] for label in watched),
                *(1 - found[label.partition("|")[0]] for label in self._below_one),
            ]
        )
        with np.errstate(all="ignore"):
            shares = table[:, 1:] / table[:, :1]
        return np.where(np.isfinite(table[:, 1:]), shares, -np.inf)

    def shown(self, label: str) -> str:
        """What a watched quantity is called, for a person."""
        return self.names.get(label.partition("|")[0], label)

    def units(self, label: str) -> str:
        """The units of a watched quantity."""
        return self.elements[label.partition("|")[0]].units

    def value(self, label: str, point: Point) -> float:
        """What a watched quantity comes to.

        Args:
            label: as ``room`` gives it.
            point: what is set.
        """
        name, _, part = label.partition("|")
        return float(self.values([point])[name if part == _ALL else label][0])

    def is_limit(self, label: str) -> bool:
        """Whether the quantity is a share that may not pass one."""
        return label.partition("|")[2] == _ALL

    def ancestors(self, label: str) -> frozenset[str]:
        """The constants on which a watched quantity hangs."""
        return frozenset(self._behind(label) & set(self.typical))

    def roots(self, labels: Iterable[str]) -> list[str]:
        """Those of several quantities that hang on no other of them.

        Args:
            labels: as ``room`` gives them.
        """
        several = list(labels)
        return [
            one
            for one in several
            if not any(
                other.partition("|")[0] in self._behind(one) for other in several if other != one
            )
        ] or several[:1]

    def _expression(self, label: str) -> Expression:
        return self._clamped.get(label) or self.equations[label.partition("|")[0]]

    def _behind(self, label: str) -> set[str]:
        waiting = list(variables(self._expression(label)))
        seen: set[str] = set()
        while waiting:
            one = waiting.pop()
            if one not in seen:
                seen.add(one)
                waiting += variables(self.equations[one]) if one in self.equations else ()
        return seen

    def times(self, points: Iterable[Point]) -> Values:
        """How long what hangs on the anchors takes: an array of times by points.

        In the model's unit of time; infinite where nothing ever leaves.

        Args:
            points: what each sets.
        """
        return self._times(self.values(points))

    @property
    def time_labels(self) -> list[str]:
        """What the rows of ``times`` are of."""
        several = (self._is_time, self._is_fraction)
        return [name for chosen in several for name in self.order if chosen(name)]

    def _times(self, found: Mapping[str, Values]) -> Values:
        kept = [found[name] for name in self.order if self._is_time(name)]
        with np.errstate(all="ignore"):
            rates = [1 / found[name] for name in self.order if self._is_fraction(name)]
        return np.array([*kept, *(np.where(rate > 0, rate, np.inf) for rate in rates)])

    def _is_time(self, name: str) -> bool:
        return name in self.hangs_on and canonical(self.elements[name].units) == self._clock

    def _is_fraction(self, name: str) -> bool:
        return name in self.hangs_on and canonical(self.elements[name].units) == f"1/{self._clock}"

    @property
    def _clock(self) -> str:
        return canonical(self.elements["time step"].units)

    def _reached(self, anchors: Iterable[str]) -> frozenset[str]:
        reached = set(anchors)
        for name in self.order:
            if reached & set(variables(self.equations[name])):
                reached.add(name)
        return frozenset(reached)

    def _chosen(self) -> list[str]:
        self._clamped: dict[str, Expression] = {}
        for name in self.order:
            if name in self.hangs_on:
                for number, inside in enumerate(_floored(self.equations[name])):
                    if self.hangs_on & set(variables(inside)):
                        self._clamped[f"{name}|{number}"] = inside
        typical = self.values([{}])
        starts = {
            one
            for name in self.order
            if self.elements[name].kind == "stock"
            for one in variables(self.equations[name])
        }
        stock_units = {each.units for each in self.elements.values() if each.kind == "stock"}
        watched = []
        for label, value in typical.items():
            name = label.partition("|")[0]
            # A difference of two counts that nothing starts with may be of either sign.
            loose = (
                label == name
                and self.elements[name].kind == "auxiliary"
                and self.elements[name].units in stock_units - {"Dmnl"}
                and name not in starts
            )
            if name in self.hangs_on and value[0] > _LEAST and not loose:
                watched.append(label)
        return watched


def _at_start(name: str, several: list[Expression]) -> Expression:
    if len(several) != 1:
        raise Unsupported(f'"{name}" has subscripts.', "A model without them was expected.")
    expression = several[0]
    if isinstance(expression, Memory):
        if expression.kind != "integ":
            raise Unsupported(f'"{name}" remembers by {expression.kind}.', "Stocks were expected.")
        return expression["initial"]
    return expression


def _ordered(equations: Mapping[str, Expression], known: set[str]) -> list[str]:
    order: list[str] = []
    done = set(known)
    waiting = {name: set(variables(one)) - done for name, one in equations.items()}
    while waiting:
        ready = [name for name, needs in waiting.items() if not needs - done]
        if not ready:
            raise Unsupported("The start of the model goes in a circle.")
        for name in ready:
            del waiting[name]
        done.update(ready)
        order += ready
    return order


def _takes_away(expression: Expression) -> bool:
    return any(
        isinstance(node, Operation) and node.name in ("-", "negative") for node in walk(expression)
    )


def _floored(expression: Expression) -> list[Expression]:
    """What stands beside the nought in every MAX(0, ...)."""
    found = []
    for node in walk(expression):
        if isinstance(node, Operation) and node.name == "max":
            others = [one for one in node.arguments if one != Number(0.0)]
            if len(others) == len(node.arguments) - 1:
                found += others
    return found
