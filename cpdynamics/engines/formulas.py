"""All formulas of a program in one graph: those of the start, and those of a step."""

from __future__ import annotations

from cpdynamics.engines.meaning import Meaning
from cpdynamics.engines.nodes import Graph
from cpdynamics.mdl.names import CONTROL
from cpdynamics.system.expressions import Variable
from cpdynamics.system.memories import SAVED
from cpdynamics.system.program import Hold, Program, Ring, State


class Formulas:
    """Where each value of a program stands in its graph.

    Args:
        program: any.
        series: names that are held at a series.
        starts: names of states whose start is given.

    Attributes:
        graph: the nodes.
        inputs: names of what may differ from run to run: constants and held numbers.
        start, step: name -> place.
        remembered: what is kept from one time to the next: states, rings, holds.
        first: place of the start of each.
        moved: place of the rate of each state, the input of each ring, the next of each hold.
        lengths: place of the delay time of each ring.
        beginning: every place that a run needs at its start.
    """

    def __init__(self, program: Program, series: tuple[str, ...], starts: tuple[str, ...]) -> None:
        graph = self.graph = Graph()
        numbers = [name for name in program.held if name not in series]
        constants = [name for name in program.constants if name not in CONTROL]
        self.inputs = (*constants, *numbers)
        self.remembered: tuple[State | Ring | Hold, ...] = (
            *program.states,
            *program.rings,
            *program.holds,
        )
        given = {name: graph.make("input", data=name) for name in self.inputs}
        given |= {name: graph.make("clock", data=name) for name in CONTROL}

        self.start = {**given, "time": given["initial time"]}
        self.start |= {name: graph.make("first", data=name) for name in series}
        self.start |= {name: graph.make("input", data=start_of(name)) for name in starts}
        self.start[SAVED] = graph.number(1.0)
        start = Meaning(graph, self.start, begins=True)
        for name, expression in program.start:
            if name not in self.start:
                owner = name if name in program.names else name.rsplit(" (", 1)[0]
                self.start[name] = start.of(owner, expression)

        self.step = {**given, "time": graph.make("time")}
        self.step |= {name: graph.make("series", data=name) for name in series}
        self.step |= {one.name: graph.make("state", data=one.name) for one in self.remembered}
        self.step |= {name: self.start[name] for name in program.kept}
        if any(node == Variable(SAVED) for _, node in program.step):
            self.step[SAVED] = graph.make("saved")
        step = Meaning(graph, self.step)
        for name, expression in program.step:
            self.step[name] = step.of(name, expression)

        self.first = [self.start[one.name] for one in self.remembered]
        self.moved = [step.of(one.owner, one.rate) for one in program.states]
        self.moved += [step.of(one.owner, one.input) for one in program.rings]
        self.moved += [step.of(one.owner, one.next) for one in program.holds]
        self.lengths = [start.of(one.owner, one.time) for one in program.rings]
        kept = [self.start[name] for name in program.kept]
        self.beginning = [*self.first, *self.lengths, *kept, *self._checks(program, start)]

    def _checks(self, program: Program, start: Meaning) -> list[int]:
        """A node of its own for each check, as two variables may have the same condition."""
        graph, found = self.graph, []
        for number, check in enumerate(program.checks):
            place = graph.test(start.of(check.name, check.condition))
            own = graph.make("and", place, place, data=number)
            found.append(graph.breaks(own, "check", check.name))
        for place, ring in zip(self.lengths, program.rings, strict=True):
            own = graph.make("add", place, graph.number(-0.0), data=ring.name)
            found.append(graph.breaks(own, "length", ring.owner))
        return found


def start_of(name: str) -> str:
    """The name of the input that is the start of a state."""
    return f"{name} (given start)"
