"""A program as JavaScript functions: those that make a run, and one that finds its clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cpdynamics.engines.browser_breaks import tests
from cpdynamics.engines.browser_formulas import JavaScript, Line
from cpdynamics.engines.browser_functions import Functions
from cpdynamics.engines.formulas import Formulas, start_of
from cpdynamics.engines.meaning import Meaning
from cpdynamics.engines.nodes import Graph, Site, needs
from cpdynamics.engines.sites import moving, read_by
from cpdynamics.mdl.names import CLOCK, CONTROL
from cpdynamics.system.expressions import variables
from cpdynamics.system.program import Program


@dataclass(frozen=True)
class March:
    """The text of the functions that make one run, and what they read and leave.

    ``begin(x, begun, clock, times, held)`` and then ``settle()`` make ready; at each time come
    ``now(i, times, saved, held)``, ``step(due)``, ``save()`` where it is due, and ``move()``, which
    goes on to the next time. All but ``now`` and ``move`` return the number of the site where the
    run breaks off, or one more than there are.

    ``x`` are the inputs, ``begun`` the given starts, ``clock`` the four of .Control; ``held`` has
    a row of all ``times`` for each held variable. Values stand in the array ``V``.

    Attributes:
        text: of the functions.
        inputs: names of the constants in ``x``.
        outputs: name of each output -> where it stands in ``V`` at a saved time.
        sites: where a run may break off.
        stocks: name of each stock -> where it stands in ``V``.
    """

    text: str
    inputs: tuple[str, ...]
    outputs: Mapping[str, int]
    sites: tuple[Site, ...]
    stocks: Mapping[str, int]


def march_functions(program: Program, *, held: tuple[str, ...], starts: Mapping[str, int]) -> March:
    """The functions that make a run.

    Args:
        program: without chance.
        held: those of the program, in the order of the rows of ``held``.
        starts: state whose start is given -> where in ``begun``.

    Raises:
        Unsupported: a function that is not known here.
    """
    return _Making(program, held, starts).march()


class _Making:
    """The functions of one program while they are written."""

    def __init__(self, program: Program, held: tuple[str, ...], starts: Mapping[str, int]) -> None:
        self.program, self.held, self.starts = program, held, starts
        made = self.formulas = Formulas(program, held, tuple(starts))
        graph = self.graph = made.graph
        # A state that another one moves to is read before either has moved.
        self.moved = [
            graph.make("add", place, graph.number(-0.0), data=f"moved {row}")
            if graph.nodes[place].does == "state"
            else place
            for row, place in enumerate(made.moved)
        ]
        self.states = [made.step[one.name] for one in made.remembered]
        self.code = JavaScript(graph)

    def march(self) -> March:
        graph, code, made = self.graph, self.code, self.formulas
        outputs = {name: made.step[name] for name in self.program.names}
        every = [*self.moved, *(made.step[name] for name, _ in self.program.step)]
        at_start, in_step = needs(graph, made.beginning), needs(graph, self.moved)
        at_save = needs(graph, [*every, *outputs.values()])
        asked = at_start.keys() | at_save.keys()
        sites = [site for site in graph.sites.values() if site.node in asked]
        begun = [site for site in sites if site.node in at_start]
        later = [site for site in sites if site.node in at_save]
        still = [site for site in later if not moving(graph, site, at_save)]
        saved = [site for site in later if moving(graph, site, at_save)]
        stepped = [site for site in saved if site.node in in_step]
        # What every step asks for in any case was looked at when the step was made.
        saved = [one for one in saved if one not in stepped or not in_step[one.node].always]

        begins = [*made.beginning, made.step["time step"], *read_by(graph, begun, at_start)]
        zones = {
            "entry": [*begins, *read_by(graph, still, at_save)],
            "step": [*self.moved, *read_by(graph, stepped, in_step)],
            "save": [*outputs.values(), *read_by(graph, saved, at_save)],
        }
        for zone, places in zones.items():
            # Twice, since what is read more than once has a name.
            code.plan(2 * places, zone)
        functions = Functions(graph, len(sites) + 1)
        now = self._sources(functions)
        for places in zones.values():
            code.write(places)
        numbers = {site.node: number for number, site in enumerate(sites, start=1)}
        parts = code.parts
        numbers_shown = [
            Line(f"V[{functions.slot(place)}] = {code.text(place)};", frozenset())
            for place in outputs.values()
            if graph.nodes[place].does == "number"
        ]
        begin = [*parts["entry"], *numbers_shown, *self._begin(functions)]
        start = "x, begun, clock, times, held"
        functions.add("begin", begin, tests(code, begun, at_start, numbers), start)
        functions.add("settle", [], tests(code, still, at_save, numbers))
        functions.add("step", parts["step"], tests(code, stepped, in_step, numbers), "due")
        functions.add("save", parts["save"], tests(code, saved, at_save, numbers))
        functions.add("move", self._move(functions))
        slots = {name: functions.slot(place) for name, place in outputs.items()}
        text = functions.text(outputs.values(), only_saved="save")
        rings = "".join(
            f"const ring{number} = {{ at: 0, places: null }};\n"
            for number in range(len(self.program.rings))
        )
        stocks = [state.name for state in self.program.states if state.name in self.program.names]
        return March(
            text=rings + text + now,
            inputs=made.inputs,
            outputs=slots,
            sites=tuple(sites),
            stocks={name: slots[name] for name in stocks},
        )

    def _sources(self, functions: Functions) -> str:
        """Names what comes from outside; the function ``now``, which brings what moves."""
        code = self.code
        inputs = {name: f"x[{row}]" for row, name in enumerate(self.formulas.inputs)}
        inputs |= {start_of(name): f"begun[{row}]" for name, row in self.starts.items()}
        rows = {name: f"held[{row} * times.length" for row, name in enumerate(self.held)}
        now = []
        for place, node in enumerate(self.graph.nodes):
            name = str(node.data)
            match node.does:
                case "input":
                    code.given(place, inputs[name])
                case "clock":
                    code.given(place, f"clock[{CLOCK.index(name)}]")
                case "first":
                    code.given(place, f"{rows[name]}]")
                case "state":
                    code.given(place)
                case "time" | "saved" | "series":
                    code.given(place)
                    text = {"time": "times[i]", "saved": "saved[i]"}.get(node.does)
                    text = text or f"{rows[name]} + i]"
                    now.append(f"  V[{functions.slot(place)}] = {text};\n")
        return f"\nfunction now(i, times, saved, held) {{\n{''.join(now)}}}\n"

    def _begin(self, functions: Functions) -> list[Line]:
        """Where the states start, and the places of each DELAY FIXED."""
        code, made = self.code, self.formulas
        lines = []
        for state, first in zip(self.states, made.first, strict=True):
            text = f"V[{functions.slot(state)}] = {code.text(first)};"
            lines.append(Line(text, code.reads(first)))
        step = made.step["time step"]
        rings = made.first[len(self.program.states) :]
        for number, (length, first) in enumerate(zip(made.lengths, rings, strict=False)):
            many = f"places({code.text(length)} / {code.text(step)}, times.length)"
            text = f"ring{number}.places = new Float64Array({many}).fill({code.text(first)});"
            lines.append(Line(f"{text} ring{number}.at = 0;", code.reads(length, step, first)))
        return lines

    def _move(self, functions: Functions) -> list[Line]:
        """The states of the next time."""
        code, program = self.code, self.program
        step = self.formulas.step["time step"]
        rings = range(len(program.states), len(program.states) + len(program.rings))
        lines = []
        for row, (state, moved) in enumerate(zip(self.states, self.moved, strict=True)):
            there, value = f"V[{functions.slot(state)}]", code.text(moved)
            if row < rings.start:
                text = f"{there} = {code.text(state)} + {value} * {code.text(step)};"
                lines.append(Line(text, code.reads(state, moved, step)))
            elif row < rings.stop:
                text = f"{there} = turned(ring{row - rings.start}, {value});"
                lines.append(Line(text, code.reads(moved)))
            else:
                lines.append(Line(f"{there} = {value};", code.reads(moved)))
        return lines


def clock_function(program: Program, inputs: tuple[str, ...]) -> str:
    """``clockOf(x, own)``: the four of .Control, where ``own`` has NaN for what is computed.

    Args:
        program: any.
        inputs: names of the constants in ``x``.
    """
    start = dict(program.start)
    needed, waiting = set[str](), list(CONTROL)
    while waiting:
        name = waiting.pop()
        if name not in needed and name not in inputs:
            needed.add(name)
            waiting += variables(start[name])
    graph = Graph()
    code = JavaScript(graph)
    values = {name: graph.make("input", data=name) for name in inputs}
    meaning = Meaning(graph, values, begins=True)
    computed = []
    for name, expression in program.start:
        if name in needed:
            values[name] = meaning.of(name, expression)
            if name in CONTROL:
                computed.append((name, values[name]))
                values[name] = graph.make("clock", data=name)
    code.plan([place for _, place in computed] * 2, "entry")
    for row, name in enumerate(inputs):
        code.given(values[name], f"x[{row}]")
    for name, place in computed:
        code.write([place])
        found = f"own[{CLOCK.index(name)}]"
        text = f"{found} === {found} ? {found} : {code.text(place)}"
        code.given(values[name])
        code.parts["entry"].append(Line(text, code.reads(place), values[name]))
    lines = [f"  const v{line.defines} = {line.text};\n" for line in code.parts["entry"]]
    clock = ", ".join(code.text(values[name]) for name in CLOCK)
    return f"function clockOf(x, own) {{\n{''.join(lines)}  return [{clock}];\n}}"
