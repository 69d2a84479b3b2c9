"""SMOOTH, DELAY, TREND, FORECAST and the rest as plain states, as PySD 3.14 steps them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace

import numpy as np

from cpdynamics.errors import BadValue, Unsupported
from cpdynamics.system.chance import CHANCE, again, draws
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
from cpdynamics.system.operators import chosen, divided, less, over, plus_one, times
from cpdynamics.system.parts import Check, Hold, Parts, Ring, State

__all__ = ["Check", "Hold", "Memories", "Parts", "Ring", "State"]

CLOCKED = frozenset({"step", "ramp", "pulse", "pulse train", *CHANCE})
"""Operations that read the time without naming it, as chance is another each time; STEP reads
``"time step"`` too."""

SAVED = "Saved"
"""Name of what is 1 at a time that is saved, 0 at another; no canonical name has a capital."""

MOST_LEVELS = 1000
"""A delay of more levels than this is taken for a slip of the pen."""

MOST_STATES = 100_000
"""A model of more states than this is refused: each costs memory before a run begins."""


class Memories:
    """The states of a model, found by taking each Memory out of its equations.

    Args:
        equations: canonical name -> expression.
        names: canonical -> as written.
        constants: values that differ from the file's, where they count levels.
        arrays: names of elements of arrays, whose arithmetic is NumPy's.

    Attributes:
        states: with those within variables.
        rings: of DELAY FIXED.
        holds: of SAMPLE IF TRUE, and the past of a delay time that DELAY N reads.
        start: name -> where each of them, and each of ``kept``, starts.
        inputs: name -> what is read more than once, at the start and in a step.
        kept: names of the start that steps read.
        checks: what must be true at the start.
        orders: constants that decide how many levels there are.
        rolled: name -> variable, and delay time, of each DELAY N whose delay time moves. The name
            says whether the variable is asked for before the DELAY N moves.
        early: what DELAY1 and DELAY3 ask for when they move, the first of all.
        kinds: of each state, ring and hold, which of PySD's objects it lies in.
        owners: of each name made here, the variable that it belongs to.
    """

    def __init__(
        self,
        equations: Mapping[str, Expression],
        names: Mapping[str, str],
        constants: Mapping[str, float],
        *,
        arrays: Collection[str] = (),
    ) -> None:
        self.equations, self.names, self.constants = equations, names, constants
        self.arrays = arrays
        self.owners: dict[str, str] = {}
        self.states: list[State] = []
        self.rings: list[Ring] = []
        self.holds: list[Hold] = []
        self.start: dict[str, Expression] = {}
        self.inputs: dict[str, Expression] = {}
        self.kept: list[str] = []
        self.checks: list[Check] = []
        self.orders: set[str] = set()
        self.rolled: dict[str, tuple[str, Expression]] = {}
        self.early: list[Expression] = []
        self._around: list[str] = []  # kinds of the memories that a node stands in
        self.kinds: dict[str, str] = {}
        self._taken = set(equations) | set(names) | {"time"}
        self._found: dict[tuple[str, Memory, tuple[str, ...]], Expression] = {}

    def flat(self, owner: str, node: Expression) -> Expression:
        """The expression in terms of states; an ACTIVE INITIAL stays.

        Args:
            owner: canonical name of the variable.
            node: its expression, or a part of it.
        """
        if isinstance(node, Memory) and node.kind == "integ" and node is self.equations[owner]:
            self._around.append("integ")
            parts = [self.flat(owner, part) for _, part in node.parts]
            self._around.pop()
            return self._state(owner, owner, "integ", *parts)
        if isinstance(node, Memory):
            self._around.append(node.kind)
        node = rebuilt(node, lambda one: self.flat(owner, one))
        if isinstance(node, Memory):
            self._around.pop()
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
        # Once, where it is written twice: a SMOOTH is its own input's start, and such doubles
        # would double with every SMOOTH within another.
        key = owner, node, tuple(self._around) if node.kind == "delay n" else ()
        if key not in self._found:
            self._found[key] = made[node.kind](owner, node)
        return self._found[key]

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
        self.owners[name] = owner
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
            rate = over(times(gap, Number(float(order))), node["smooth_time"])
            before = self._state(owner, name, "smooth", rate, node["initial"])
        return before

    def _delay(self, owner: str, node: Memory, kind: str = "delay") -> Expression:
        most = self._order(owner, node["order"])
        time = node["delay_time"]
        self._refuse_drawn(owner, time)
        self._long_enough(owner, time)
        # PySD lowers the order of all delays of an array at once.
        order = self._lowered(owner, most, dict(node.parts).get("shortest", time))
        initial = times(node["initial"], time)
        if kind == "delay":
            self.early += [node["input"], time]
        before: Expression = Number(0.0)
        for place, name in enumerate(self._levels(owner, "delay", most)):
            outflow = over(Variable(name), time)
            # The last levels are those that a lowered order leaves.
            left = Number(float(most - place))
            inflow = node["input"] if place == 0 else before
            if place and not isinstance(order, Number):
                inflow = chosen("=", left, order, node["input"], before)
            rate: Expression = times(Operation("-", (inflow, outflow)), order)
            if not isinstance(order, Number):
                rate = chosen("<=", left, order, rate, Number(0.0))
            self._state(owner, name, kind, rate, initial)
            before = outflow
        return before

    def _delay_n(self, owner: str, node: Memory) -> Expression:
        if not self._moves(node["delay_time"]):
            return self._delay(owner, node, "delay n")
        own = self._around == ["integ"] and isinstance(self.equations[owner], Memory)
        if (self._around and not own) or owner in self.arrays:
            raise Unsupported(
                f'"{self.names.get(owner, owner)}" has a DELAY N, with a delay time that changes '
                "during a run, within another function that remembers, or in an array.",
                "",
                'Give it a variable of its own; engine="pysd" runs it as it stands.',
            )
        return self._delay_rolled(owner, node, late=own)

    def _delay_rolled(self, owner: str, node: Memory, *, late: bool) -> Expression:
        """A DELAY N whose delay time moves: each level has that of as many steps ago.

        PySD hands the delay times on from level to level when it asks for the rates. What is asked
        for the output before that divides by the delay time of the step before.
        """
        most, time = self._order(owner, node["order"]), node["delay_time"]
        self._refuse_drawn(owner, time)
        self._long_enough(owner, time)
        order = self._lowered(owner, most, time)
        levels = list(self._levels(owner, "delay", most))
        lengths, inflow = [time], node["input"]
        for place, name in enumerate(levels):
            outflow = over(Variable(name), lengths[place])
            rate: Expression = times(Operation("-", (inflow, outflow)), order)
            if not isinstance(order, Number):
                rate = chosen("<", Number(float(place)), order, rate, Number(0.0))
            self._state(owner, name, "delay n", rate, times(node["initial"], time))
            past = self._fresh(owner, f"delay time {place + 1} steps ago")
            self.holds.append(Hold(past, lengths[place], time, owner))
            self.start[past], self.kinds[past] = time, "delay n"
            lengths.append(Variable(past))
            inflow = outflow
        last = [
            chosen("=", Number(float(place)), order, Variable(name), Number(0.0))
            for place, name in enumerate(levels, start=1)
        ]
        level = Operation("+", tuple(last)) if most > 1 else Variable(levels[0])
        if late:
            return over(level, time)
        before = self._fresh(owner, "asked for before it moves")
        self.inputs[before] = Variable(SAVED)
        self.rolled[before] = owner, time
        return over(level, chosen("=", Variable(before), Number(1.0), lengths[1], time))

    def _refuse_drawn(self, owner: str, time: Expression) -> None:
        if draws(time):
            raise Unsupported(
                f'"{self.names.get(owner, owner)}" has a delay whose delay time draws, which PySD '
                "does again each time that it counts the levels.",
                "",
                'Give the delay time a variable of its own; engine="pysd" runs it as it stands.',
            )

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
        divide = self._over(owner)
        initial = divide(source, plus_one(times(node["initial_trend"], time)))
        rate = again(divide(less(source, name), time))
        self._state(owner, name, "trend", rate, initial)
        size = Operation("absolute", (Variable(name),))
        return Operation("zidz", (less(source, name), times(time, size)))

    def _forecast(self, owner: str, node: Memory) -> Expression:
        source = node["input"]
        if not draws(source):
            # Named, since it is read twice: forecasts of forecasts would double it each time.
            source = Variable(self._fresh(owner, "forecast input"))
            self.inputs[source.name] = node["input"]
        time, name = node["average_time"], self._fresh(owner, "forecast")
        divide = self._over(owner)
        initial = divide(source, plus_one(node["initial_trend"]))
        rate = again(divide(less(source, name), time))
        self._state(owner, name, "forecast", rate, initial)
        trend = Operation("zidz", (less(again(source, 2), name), times(time, Variable(name))))
        return times(source, plus_one(times(trend, node["horizon"])))

    def _sample_if_true(self, owner: str, node: Memory) -> Expression:
        name = self._fresh(owner, "sample")
        now = Operation("if then else", (node["condition"], node["input"], Variable(name)))
        # PySD's sum: NaN or infinite once, so for ever. What it keeps, it draws again.
        after = Operation("+", (times(Variable(name), Number(0.0)), again(now)))
        self.holds.append(Hold(name, after, node["initial"], owner))
        self.start[name] = node["initial"]
        self.kinds[name] = "sample if true"
        return now

    def _over(self, owner: str) -> Callable[[Expression, Expression], Operation]:
        """A division in a state of a variable, which for an array ends no run."""
        return divided if owner in self.arrays else over

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
        step, one, none = Variable("time step"), Number(1.0), Number(0.0)
        # As numbers: truths of NumPy's, where the time is one of its numbers, add up to a truth.
        fits = [
            chosen("<=", times(Number(float(levels)), step), time, one, none)
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
