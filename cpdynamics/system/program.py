"""A model as a program: what to compute once at the start, and what at every step."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from cpdynamics.errors import RunFailed, Unsupported, clipped
from cpdynamics.mdl.names import CONTROL
from cpdynamics.system.aborting import marked
from cpdynamics.system.abstract import Structure
from cpdynamics.system.chance import numbered
from cpdynamics.system.dependencies import circle
from cpdynamics.system.depth import deep
from cpdynamics.system.disguises import plain
from cpdynamics.system.expressions import (
    Curve,
    Expression,
    Memory,
    Number,
    Opaque,
    Operation,
    Variable,
    rebuilt,
    variables,
    walk,
)
from cpdynamics.system.lowering import System, lower
from cpdynamics.system.memories import CLOCKED, Check, Hold, Memories, Ring, State
from cpdynamics.system.truths import cut_short
from cpdynamics.system.unrolling import together, unrolled
from cpdynamics.system.updating import asked_before, refuse_late_reading

__all__ = ["Check", "Hold", "Program", "Ring", "State", "program"]

FUNCTIONS = CLOCKED | {
    *("+", "-", "*", "/", "^", "negative", "=", "<>", "<", "<=", ">", ">=", "and", "or", "not"),
    *("if then else", "min", "max", "abs", "exp", "ln", "log", "sqrt", "power"),
    *("sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh"),
    *("integer", "modulo", "quantum", "xidz", "zidz", "pi", "get time value"),
    "divide",
}
"""Operations that a program may hold."""


@dataclass(frozen=True)
class Program:
    """A model with every order of evaluation worked out, to be run by Euler's method.

    A run: give values to ``held`` and to the constants that it sets; compute ``start`` in order, at
    the initial time; see that every check holds. Then, at each time: compute ``step`` in order from
    the states, the constants and the ``kept`` values of the start; move each state by its rate
    times the time step, each ring by one place, and each hold to its value, all from the values
    of this time; add the time step to the time.

    An operation ``/`` or ``^`` ends the run where Python would raise an error or leave the real
    numbers: x/0, 0 to a negative power, a negative number to a fractional power, a power too large
    for any number. So do ``integer``, ``quantum`` and ``modulo`` of what is no finite number.
    ``divide`` and ``power`` never do: they are infinite or NaN, as NumPy's numbers are.

    A RANDOM function draws anew at the start and at each time, once however many read it; its last
    argument is the number of its stream. ``"Saved"`` is 1 at a time that is saved, otherwise 0.

    Attributes:
        constants: scalar constants that a run may set, the four of .Control included.
        held: canonical names of the variables whose values a run is given, at every time.
        start: (name, value), in the order in which they need one another: constants, what INITIAL
            keeps, the start of each state, and what these need. A constant that the run sets, or
            a stock that it gives an initial value, is not computed. ``"time"`` is given.
        step: (name, value) of every other variable, in the order in which they need one another;
            free of Memory and Opaque. Lookups stand in it as Curve.
        still: names in ``step`` whose value is the same throughout a run.
        states: with a rate.
        rings: DELAY FIXED.
        holds: SAMPLE IF TRUE, and past delay times.
        kept: names in ``start``, not constants, that ``step``, rates and rings may read.
        checks: what must be true at the start.
        orders: constants on which the number of levels of a SMOOTH N or a DELAY N depends: a run
            that sets one needs a program of its own.
        names: canonical -> as written, of every variable with a value, in the order of the file.
    """

    constants: tuple[str, ...]
    held: tuple[str, ...]
    start: tuple[tuple[str, Expression], ...]
    step: tuple[tuple[str, Expression], ...]
    still: frozenset[str]
    states: tuple[State, ...]
    rings: tuple[Ring, ...]
    holds: tuple[Hold, ...]
    kept: tuple[str, ...]
    checks: tuple[Check, ...]
    orders: frozenset[str]
    names: Mapping[str, str]


def program(
    structure: Structure,
    system: System | None = None,
    *,
    held: Iterable[str] = (),
    constants: Mapping[str, float] | None = None,
) -> Program:
    """The program of a model, with the meaning that PySD 3.14 gives its equations.

    Args:
        structure: of the whole model.
        system: what ``lower`` made of it; None to have it made.
        held: canonical names of variables whose equations do not count in the runs to come.
        constants: canonical name -> value in the runs to come, where it is not the file's. Only
            those matter that say how many levels a delay has.

    Raises:
        Unsupported: some uses of subscripts, data, macros, or a function that is not known here,
            with the variable and the engine that can run it.
        BadValue: an order of a delay that is no whole number.
        RunFailed: variables that need one another in the same step, or for their start.
    """
    try:
        with deep():
            made = _Making(structure, system or lower(structure), tuple(held), constants or {})
            return made.done()
    except RecursionError:
        raise Unsupported(
            "The order of a delay follows from too long a chain of variables.",
            "",
            'Write the number itself; engine="pysd" may run it.',
        ) from None


class _Making:
    """The tables of one program while it is put together."""

    def __init__(
        self,
        structure: Structure,
        system: System,
        held: tuple[str, ...],
        constants: Mapping[str, float],
    ) -> None:
        self.structure, self.held = structure, held
        found = unrolled(structure, system, held)
        self.names, self.whole = found.names, found.whole
        self.equations: dict[str, Expression] = {}
        for name, one in found.equations.items():
            written = self._written(name)
            _check(one, written)
            self.equations[name] = numbered(name, plain(one, written), written)
        if (cut := cut_short(system.equations)) is not None:
            raise _unsupported(
                structure.elements[cut].name,
                "begins a smooth at what may be true or false, or a whole number",
            )
        self.memories = Memories(self.equations, self.names, constants, arrays=self.whole.keys())

    def done(self) -> Program:
        flat = {name: self.memories.flat(name, one) for name, one in self.equations.items()}
        flat |= self.memories.inputs
        if self.whole and self.memories.rolled:
            # Whether PySD asks for it before it moves follows from arrays, not from elements.
            owner, _ = next(iter(self.memories.rolled.values()))
            raise _unsupported(
                self._written(owner), "has a DELAY N of changing length beside subscripts"
            )
        fixed = [name for name in flat if name in CONTROL or self._kind(name) == "constant"]
        step = {name: _at(one, "active") for name, one in flat.items() if name not in fixed}
        # A stock is its own state.
        own = {state.name for state in self.memories.states}
        step = {name: one for name, one in step.items() if name not in own}
        start = {name: _at(one, "initial") for name, one in flat.items() if name not in own}
        start |= {name: _at(one, "initial") for name, one in self.memories.start.items()}
        self.memories.checks = [
            replace(one, condition=_at(one.condition, "initial")) for one in self.memories.checks
        ]
        step = dict(self._in_order(step, "in the same step"))
        start = self._needed(start, fixed)
        moving = self.memories.parts(lambda one: _at(one, "active"))
        early = [_at(one, "active") for one in self.memories.early]
        step |= asked_before(step, moving, early, self.memories, self.names)
        refuse_late_reading(step, moving, self.memories.kinds, self.names)
        parts = marked(start, step, moving, self.memories, self.whole.keys())
        return Program(
            constants=tuple(fixed),
            held=self.held,
            start=tuple(parts.start.items()),
            step=tuple(parts.step.items()),
            still=_still(parts.step, {*fixed, *self.memories.kept}),
            states=parts.memories.states,
            rings=parts.memories.rings,
            holds=parts.memories.holds,
            kept=tuple(self.memories.kept),
            checks=parts.checks,
            orders=frozenset(self.memories.orders),
            names=self.names,
        )

    def _kind(self, name: str) -> str:
        """The kind of a variable; that of an input within one is ``auxiliary``."""
        if name not in self.names:
            return "auxiliary"
        return self.structure.elements[self.whole.get(name, name)].kind

    def _written(self, name: str) -> str:
        """An element, a scalar or a value within one as written."""
        return self.names.get(name) or self.structure.elements[self.whole[name]].name

    def _in_order(
        self, parts: Mapping[str, Expression], when: str
    ) -> Iterator[tuple[str, Expression]]:
        """The parts, each after those that it needs; PySD asks for all of an array at once."""
        if self.whole:
            needs = together(parts, self.whole, self.names, self.memories.owners)
            names = {name: element.name for name, element in self.structure.elements.items()}
            _refuse_circle(needs, when, names)
        return _ordered(parts, when, self.names)

    def _needed(self, start: dict[str, Expression], fixed: list[str]) -> dict[str, Expression]:
        """The part of the start that constants, states and checks need, in order."""
        wanted: dict[str, None] = {}
        waiting = [*fixed, *self.memories.start]
        waiting += [name for check in self.memories.checks for name in variables(check.condition)]
        while waiting:
            name = waiting.pop()
            if name in start and name not in wanted:
                wanted[name] = None
                waiting += variables(start[name])
        # The clock first: STEP reads it without naming it.
        needed = {name: start[name] for name in (*CONTROL, *start) if name in wanted}
        ordered = dict(self._in_order(needed, "for their start"))
        self._clock_stands(ordered)
        return ordered

    def _clock_stands(self, start: Mapping[str, Expression]) -> None:
        """Refuses a clock that is computed from what moves, which PySD asks again at each step."""
        if not isinstance(start["initial time"], Number):
            # PySD asks for it before the run has set its constants.
            raise _unsupported(self.names["initial time"], "is computed from other variables")
        for name in CONTROL:
            waiting, seen = [name], set()
            while waiting:
                one = waiting.pop()
                if one == "time" or one in self.held or one in self.memories.start:
                    raise _unsupported(self.names[name], "may change during a run")
                if one not in seen and one in start:
                    seen.add(one)
                    waiting += _read(start[one])


def _check(expression: Expression, written: str) -> None:
    """Refuses what is not known here."""
    for node in walk(expression):
        match node:
            case Variable() if node.subscripts:
                raise _unsupported(written, "reads a variable with subscripts")
            case Opaque():
                raise _unsupported(written, f'uses "{clipped(node.what)}"')
            case Operation() if node.name not in FUNCTIONS:
                raise _unsupported(written, f"uses {clipped(node.name.upper())}")
            case Curve() if node.between != "line":
                raise _unsupported(written, "reads a lookup that does not join its points")
            case Curve() if node.lookup and len(set(node.x)) < len(node.x):
                raise Unsupported(
                    f'"{written}" reads "{node.lookup}", a lookup with two values at one '
                    "place, which no engine can run: PySD raises an error.",
                    "A WITH LOOKUP may have two.",
                    "Move one of the two points a little.",
                )


def _at(node: Expression, part: str) -> Expression:
    """The expression with each ACTIVE INITIAL replaced by its part of that name."""
    if isinstance(node, Memory):
        return _at(node[part], part)
    return rebuilt(node, lambda one: _at(one, part))


def _read(node: Expression) -> Iterator[str]:
    """Names that an expression reads, ``"time"`` also where it is read without being named."""
    yield from variables(node)
    if any(isinstance(one, Operation) and one.name in CLOCKED for one in walk(node)):
        yield "time"


def _ordered(
    parts: Mapping[str, Expression], when: str, names: Mapping[str, str]
) -> Iterator[tuple[str, Expression]]:
    """The parts, each after those that it needs."""
    needs = {name: [one for one in variables(node) if one in parts] for name, node in parts.items()}
    _refuse_circle(needs, when, names)
    done: set[str] = set()
    for first in parts:
        waiting = [first]
        while waiting:
            name = waiting[-1]
            missing = [one for one in needs[name] if one not in done]
            if missing and name not in done:
                waiting += reversed(missing)
                continue
            waiting.pop()
            if name not in done:
                done.add(name)
                yield name, parts[name]


def _refuse_circle(
    needs: Mapping[str, Collection[str]], when: str, names: Mapping[str, str]
) -> None:
    if loop := circle(needs):
        chain = " -> ".join(f'"{names.get(name, name)}"' for name in _short([*loop, loop[0]]))
        raise RunFailed(
            f"These variables need one another {when}: {chain}.",
            "A loop needs a stock or a delay in it, and a start of its own.",
        )


def _short(chain: list[str]) -> list[str]:
    return chain if len(chain) <= 12 else [*chain[:6], "…", *chain[-6:]]


def _still(step: Mapping[str, Expression], unmoved: set[str]) -> frozenset[str]:
    """Names whose value follows from what does not move during a run."""
    found: set[str] = set()
    for name, node in step.items():
        if all(one in unmoved or one in found for one in _read(node)):
            found.add(name)
    return frozenset(found)


def _unsupported(name: str, what: str) -> Unsupported:
    return Unsupported(f'"{name}" {what}, which this engine cannot run.', "", 'engine="pysd" can.')
