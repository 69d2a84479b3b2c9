"""SMOOTH, DELAY, TREND, FORECAST and the rest as plain states, as PySD 3.14 steps them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from cpdynamics.errors import BadValue, Unsupported
from cpdynamics.system.evaluating import evaluate
from cpdynamics.system.expressions import (
    Expression,
    Memory,
    Number,
    Operation,
    Variable,
    children,
    rebuilt,
    variables,
)

CLOCKED = frozenset({"step", "ramp", "pulse", "pulse train"})
"""Operations that read the time without naming it; STEP reads ``"time step"`` too."""

MOST_LEVELS = 1000
"""A delay of more levels than this is taken for a slip of the pen."""

MOST_STATES = 100_000
"""A model of more states than this is refused: each costs memory before a run begins."""


@dataclass(frozen=True)
class State:
    """A number that moves by its rate.

    Attributes:
        name: canonical for a stock; "x (smooth 1 of 3)" and so on for a level within a variable.
        initial: where it starts, in terms of the start.
        rate: by how much it moves in a unit of time, in terms of the step's variables and states.
        owner: canonical name of the variable that it belongs to.
    """

    name: str
    initial: Expression
    rate: Expression
    owner: str


@dataclass(frozen=True)
class Ring:
    """A DELAY FIXED: places in a circle, one for each time step of the delay.

    It has ``n = round(max(time / time step, 1) + 1e-6)`` places (halves to even), all at
    ``initial``, and shows the place at its pointer. To move it, write the input into that place,
    then move the pointer to the next.

    Attributes:
        name: under which ``start`` and ``step`` know what it shows.
        input: in terms of the step.
        initial: in terms of the start.
        time: under which ``start`` knows the length of the delay.
        owner: canonical name of the variable that it belongs to.
    """

    name: str
    input: Expression
    initial: Expression
    time: Variable
    owner: str


@dataclass(frozen=True)
class Hold:
    """A SAMPLE IF TRUE: what was last sampled.

    Attributes:
        name: under which ``start`` and ``step`` know it.
        next: what it becomes after the step, in terms of the step.
        initial: in terms of the start.
        owner: canonical name of the variable that it belongs to.
    """

    name: str
    next: Expression
    initial: Expression
    owner: str


@dataclass(frozen=True)
class Check:
    """What must be true at the start of a run.

    Attributes:
        name: canonical name of the variable.
        condition: in terms of the start.
        message: what is wrong otherwise.
    """

    name: str
    condition: Expression
    message: str


@dataclass(frozen=True)
class Parts:
    """What moves from one time to the next."""

    states: tuple[State, ...]
    rings: tuple[Ring, ...]
    holds: tuple[Hold, ...]


class Memories:
    """The states of a model, found by taking each Memory out of its equations.

    Args:
        equations: canonical name -> expression.
        names: canonical -> as written.
        constants: values that differ from the file's, where they count levels.

    Attributes:
        states: with those within variables.
        rings: of DELAY FIXED.
        holds: of SAMPLE IF TRUE.
        start: name -> where each of them, and each of ``kept``, starts.
        inputs: name -> what is read more than once, at the start and in a step.
        kept: names of the start that steps read.
        checks: what must be true at the start.
        orders: constants that decide how many levels there are.
        kinds: of each state, ring and hold, which of PySD's objects it lies in.
    """

    def __init__(
        self,
        equations: Mapping[str, Expression],
        names: Mapping[str, str],
        constants: Mapping[str, float],
    ) -> None:
        self.equations, self.names, self.constants = equations, names, constants
        self.states: list[State] = []
        self.rings: list[Ring] = []
        self.holds: list[Hold] = []
        self.start: dict[str, Expression] = {}
        self.inputs: dict[str, Expression] = {}
        self.kept: list[str] = []
        self.checks: list[Check] = []
        self.orders: set[str] = set()
        self.kinds: dict[str, str] = {}
        self._taken = set(equations) | set(names) | {"time"}

    def flat(self, owner: str, node: Expression) -> Expression:
        """The expression in terms of states; an ACTIVE INITIAL stays.

        Args:
            owner: canonical name of the variable.
            node: its expression, or a part of it.
        """
        if isinstance(node, Memory) and node.kind == "integ" and node is self.equations[owner]:
            return self._state(owner, owner, "integ", *(self.flat(owner, p) for _, p in node.parts))
        node = rebuilt(node, lambda one: self.flat(owner, one))
        if not isinstance(node, Memory) or node.kind == "active initial":
            return node
        made: Mapping[str, Callable[[str, Memory], Expression]] = {
            "integ": self._integ,
            "initial": self._initial,
            "smooth": self._smooth,
            "delay": self._delay,
            "delay n": self._delay_n,
            "delay fixed": self._delay_fixed,
            "trend": self._trend,
            "forecast": self._forecast,
            "sample if true": self._sample_if_true,
        }
        return made[node.kind](owner, node)

    def parts(self, change: Callable[[Expression], Expression]) -> Parts:
        """The states, rings and holds, what they read in a step changed."""
        return Parts(
            tuple(replace(one, rate=change(one.rate)) for one in self.states),
            tuple(replace(one, input=change(one.input)) for one in self.rings),
            tuple(replace(one, next=change(one.next)) for one in self.holds),
        )

    def _state(
        self, owner: str, name: str, kind: str, rate: Expression, initial: Expression
    ) -> Variable:
        self.states.append(State(name, initial, rate, owner))
        if len(self.states) > MOST_STATES:
            raise Unsupported(
                f"The model has more than {MOST_STATES:,} states.", "", 'engine="pysd" may run it.'
            )
        self.start[name] = initial
        self.kinds[name] = kind
        return Variable(name)

    def _fresh(self, owner: str, what: str) -> str:
        name, number = f"{owner} ({what})", 1
        while name in self._taken:
            number += 1
            name = f"{owner} ({what}, {number})"
        self._taken.add(name)
        return name

    def _keep(self, owner: str, what: str, value: Expression) -> Variable:
        name = self._fresh(owner, what)
        self.start[name] = value
        self.kept.append(name)
        return Variable(name)

    def _integ(self, owner: str, node: Memory) -> Expression:
        name = self._fresh(owner, "stock")
        return self._state(owner, name, "integ", node["flow"], node["initial"])

    def _initial(self, owner: str, node: Memory) -> Expression:
        return self._keep(owner, "initial", node["initial"])

    def _smooth(self, owner: str, node: Memory) -> Expression:
        order = self._order(owner, node["order"])
        before = node["input"]
        for name in self._levels(owner, "smooth", order):
            gap = Operation("-", (before, Variable(name)))
            rate = _over(_times(gap, Number(float(order))), node["smooth_time"])
            before = self._state(owner, name, "smooth", rate, node["initial"])
        return before

    def _delay(self, owner: str, node: Memory, kind: str = "delay") -> Expression:
        most = self._order(owner, node["order"])
        time = node["delay_time"]
        self._long_enough(owner, time)
        order = self._lowered(owner, most, time)
        initial = _times(node["initial"], time)
        before: Expression = Number(0.0)
        for place, name in enumerate(self._levels(owner, "delay", most)):
            outflow = _over(Variable(name), time)
            # The last levels are those that a lowered order leaves.
            left = Number(float(most - place))
            inflow = node["input"] if place == 0 else before
            if place and not isinstance(order, Number):
                inflow = _chosen("=", left, order, node["input"], before)
            rate: Expression = _times(Operation("-", (inflow, outflow)), order)
            if not isinstance(order, Number):
                rate = _chosen("<=", left, order, rate, Number(0.0))
            self._state(owner, name, kind, rate, initial)
            before = outflow
        return before

    def _delay_n(self, owner: str, node: Memory) -> Expression:
        if self._moves(node["delay_time"]):
            # PySD's own answer then depends on the order in which it happens to ask.
            raise Unsupported(
                f'"{self.names[owner]}" uses DELAY N with a delay time that changes during a run.',
                "",
                'DELAY3 may change its delay time; engine="pysd" runs it in its own way.',
            )
        return self._delay(owner, node, "delay n")

    def _delay_fixed(self, owner: str, node: Memory) -> Expression:
        name, length = self._fresh(owner, "delay fixed"), self._fresh(owner, "delay time")
        time = Variable(length)
        self.rings.append(Ring(name, node["input"], node["initial"], time, owner))
        self.start |= {name: node["initial"], length: node["delay_time"]}
        self.kinds[name] = "delay fixed"
        return Variable(name)

    def _trend(self, owner: str, node: Memory) -> Expression:
        source, time = node["input"], node["average_time"]
        name = self._fresh(owner, "trend")
        initial = _over(source, _plus_one(_times(node["initial_trend"], time)))
        self._state(owner, name, "trend", _over(_less(source, name), time), initial)
        size = Operation("absolute", (Variable(name),))
        return Operation("zidz", (_less(source, name), _times(time, size)))

    def _forecast(self, owner: str, node: Memory) -> Expression:
        # Named, since it is read twice: forecasts of forecasts would double it each time.
        source = Variable(self._fresh(owner, "forecast input"))
        self.inputs[source.name] = node["input"]
        time, name = node["average_time"], self._fresh(owner, "forecast")
        initial = _over(source, _plus_one(node["initial_trend"]))
        self._state(owner, name, "forecast", _over(_less(source, name), time), initial)
        trend = Operation("zidz", (_less(source, name), _times(time, Variable(name))))
        return _times(source, _plus_one(_times(trend, node["horizon"])))

    def _sample_if_true(self, owner: str, node: Memory) -> Expression:
        name = self._fresh(owner, "sample")
        now = Operation("if then else", (node["condition"], node["input"], Variable(name)))
        # PySD's sum: NaN or infinite once, so for ever.
        after = Operation("+", (_times(Variable(name), Number(0.0)), now))
        self.holds.append(Hold(name, after, node["initial"], owner))
        self.start[name] = node["initial"]
        self.kinds[name] = "sample if true"
        return now

    def _levels(self, owner: str, what: str, order: int) -> Iterator[str]:
        for level in range(1, order + 1):
            yield self._fresh(owner, f"{what} {level} of {order}")

    def _long_enough(self, owner: str, time: Expression) -> None:
        condition = Operation(">=", (time, Variable("time step")))
        self.checks.append(Check(owner, condition, "its delay time is less than one TIME STEP"))

    def _lowered(self, owner: str, most: int, time: Expression) -> Expression:
        """How many levels a delay has once each is at least a time step long."""
        if most == 1:
            return Number(1.0)
        step = Variable("time step")
        fits = [
            Operation("<=", (_times(Number(float(levels)), step), time))
            for levels in range(1, most + 1)
        ]
        return self._keep(owner, "levels of the delay", Operation("+", tuple(fits)))

    def _order(self, owner: str, node: Expression) -> int:
        """The number of levels, which the constants of the file or of the run decide."""
        values: dict[str, float] = {}
        self._settle(owner, node, values, set())
        number = float(evaluate(node, values))
        levels = round(number) if np.isfinite(number) else 0
        if not 1 <= levels <= MOST_LEVELS or abs(number - levels) > 1e-9 * levels:
            raise BadValue(
                f'The order of the delay in "{self.names[owner]}" is {number:g}.',
                f"A whole number from 1 to {MOST_LEVELS} was expected.",
            )
        return levels

    def _settle(
        self, owner: str, node: Expression, values: dict[str, float], above: set[str]
    ) -> None:
        for name in variables(node):
            if name in values:
                continue
            equation = self.equations.get(name)
            if equation is None or name in above or self._moves(Variable(name)):
                raise Unsupported(
                    f'"{self.names[owner]}" has a delay whose order is not a constant.',
                    "",
                    'Write the number itself; engine="pysd" can run it.',
                )
            if isinstance(equation, Number):
                self.orders.add(name)
            self._settle(owner, equation, values, above | {name})
            values[name] = self.constants.get(name, float(evaluate(equation, values)))

    def _moves(self, node: Expression) -> bool:
        """Whether the value of an expression may change during a run."""
        waiting: list[Expression] = [node]
        seen: set[str] = set()
        while waiting:
            one = waiting.pop()
            if isinstance(one, Memory):
                if one.kind != "initial":
                    return True
            elif not isinstance(one, Variable):
                if isinstance(one, Operation) and one.name in CLOCKED:
                    return True
                waiting += children(one)
            elif one.name not in seen and one.name not in self.kept:
                seen.add(one.name)
                # Time, what is held, and a level of another memory are no equations.
                if one.name not in self.equations:
                    return True
                waiting.append(self.equations[one.name])
        return False


def _times(left: Expression, right: Expression) -> Operation:
    return Operation("*", (left, right))


def _over(top: Expression, bottom: Expression) -> Operation:
    return Operation("/", (top, bottom))


def _chosen(
    test: str, left: Expression, right: Expression, then: Expression, otherwise: Expression
) -> Operation:
    return Operation("if then else", (Operation(test, (left, right)), then, otherwise))


def _less(left: Expression, name: str) -> Operation:
    return Operation("-", (left, Variable(name)))


def _plus_one(node: Expression) -> Operation:
    return Operation("+", (Number(1.0), node))
