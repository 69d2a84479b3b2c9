"""What a program keeps from one time to the next, and what has to be true when it begins."""

from __future__ import annotations

from dataclasses import dataclass

from cpdynamics.system.expressions import Expression, Variable


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
    """What a SAMPLE IF TRUE last sampled, or what a delay time was a step ago.

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
