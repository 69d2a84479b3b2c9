"""A program as one function of LLVM IR that runs a block of runs side by side."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from cpdynamics.engines import angles, normal, philox
from cpdynamics.engines.abreast import ABREAST, teams
from cpdynamics.engines.assembly import SCALAR
from cpdynamics.engines.breaking import Watch
from cpdynamics.engines.formulas import Formulas, start_of
from cpdynamics.engines.instructions import Instructions
from cpdynamics.engines.meaning import LIBRARY_NAMES
from cpdynamics.engines.nodes import Site, needs
from cpdynamics.engines.numerics import functions
from cpdynamics.engines.sites import moving, read_by
from cpdynamics.mdl.names import CLOCK
from cpdynamics.system.depth import deep
from cpdynamics.system.program import Program

FUNCTION = "run"
"""Name of the function. Its arguments, all but five of them addresses of numbers:

inputs (one row an input, a run a column), their stride; the four of .Control (initial time, final
time, time step, saveper); the times; a byte for each, 0 unless it is
saved, 1 where its outputs are kept; the last one's number; the
held series (one row a series); the seed of all chance; the runs' numbers; the outputs (a row a
saved time, in it a row an output, a run a column), the runs in a row; room for the rings; places
in a ring less one; what became of each run.
It returns 0; or how many places a ring should have, or -1 where a function without inverses is
needed: then nothing was run.
"""
ARGUMENTS = (
    "ptr %inputs, i64 %stride, ptr %clock, ptr %times, ptr %saved, i64 %last, ptr %series, "
    "i64 %seed, ptr %numbers, "
    "ptr %out, i64 %columns, ptr %rings, i64 %around, ptr %became"
)
BROKE, ENDLESS = 1, 2
"""Bits of what became of a run, unless it is told where: PySD would have broken it off; a stock is
no finite number at the end."""


@dataclass(frozen=True)
class Kernel:
    """The text of a function, and what its arguments hold.

    Attributes:
        text: a module of LLVM IR.
        inputs: names of the rows of inputs: constants, and then stocks that are given a start.
        starts: how many of the inputs are starts.
        series: names of the held series.
        outputs: names of the outputs.
        rings: how many.
        sites: where a run may break off; with ``telling`` a run's number is the time's number
            times one more than their number, plus one more than the site's, or 0.
    """

    text: str
    inputs: tuple[str, ...]
    starts: int
    series: tuple[str, ...]
    outputs: tuple[str, ...]
    rings: int
    sites: tuple[Site, ...]


def emit(
    program: Program,
    lanes: int,
    *,
    outputs: Collection[str],
    series: Collection[str] = (),
    starts: Collection[str] = (),
    telling: bool = False,
    inverses: bool = True,
    width: int = 1,
) -> Kernel:
    """The function that runs a program.

    Args:
        program: any.
        lanes: runs in a block.
        outputs: canonical names of what is stored at each saved time.
        series: those of ``program.held`` that are held at a series, not at a number.
        starts: stocks whose start is an input.
        telling: whether it finds out where and when a run broke off, which takes longer.
        inverses: whether it divides by means of inverses, which takes less time.
        width: numbers that the processor computes side by side. Where the lanes are fewer, powers
            that do not need one another share what is left.

    Raises:
        Unsupported: a function that is not known here.
    """
    names = tuple(outputs), tuple(series), tuple(starts)
    with deep():
        return _Emission(program, lanes, *names, telling, inverses, width).kernel()


class _Emission:
    """One function while it is written."""

    def __init__(
        self,
        program: Program,
        lanes: int,
        outputs: tuple[str, ...],
        series: tuple[str, ...],
        starts: tuple[str, ...],
        telling: bool,
        inverses: bool,
        width: int,
    ) -> None:
        self.program, self.lanes, self.width = program, lanes, width
        self.outputs, self.series, self.starts = outputs, series, starts
        self.telling = telling
        self.formulas = Formulas(program, series, starts)
        self.graph = self.formulas.graph
        together = teams(self.graph, self.formulas.moved, width // lanes)
        self.write = Instructions(self.graph, lanes, together, width=width, inverses=inverses)

    def kernel(self) -> Kernel:
        graph, write, made = self.graph, self.write, self.formulas
        first, beginning, moved = made.first, made.beginning, made.moved
        every = [*moved, *(made.step[name] for name, _ in self.program.step)]
        at_start, in_step = needs(graph, beginning), needs(graph, moved)
        at_save = needs(graph, [*every, *(made.step[name] for name in self.outputs)])
        asked = at_start.keys() | at_save.keys() | in_step.keys()
        sites = [site for site in graph.sites.values() if site.node in asked]
        watch = Watch(write, sites, telling=self.telling)
        begun = [site for site in sites if site.node in at_start]
        still = [one for one in sites if one.node in at_save and not moving(graph, one, at_save)]
        saved = [one for one in sites if one.node in at_save and moving(graph, one, at_save)]
        stepped = [one for one in saved if one.node in in_step]

        self._sources()
        write.compute([*beginning, *read_by(graph, begun, at_start)], "entry")
        write.compute(read_by(graph, still, at_save), "entry")
        broken = watch.after("zeroinitializer", "entry", begun, at_start, "0")
        broken = watch.after(broken, "entry", still, at_save, "0")
        lengths = self._lengths()
        begin = [write.wide(place) for place in first]
        write.compute([*moved, *read_by(graph, stepped, in_step)], "header")
        stored = [made.step[name] for name in self.outputs]
        write.compute([*stored, *read_by(graph, saved, at_save)], "save")
        found = watch.after("%broken", "save", saved, at_save, "%i")
        self._store(stored)
        after = watch.after("%known", "advance", stepped, in_step, "%i")
        self._move(moved, lengths)
        self._odd()
        text = self._text(begin, watch.kind, broken, found, after)
        return Kernel(
            text=self._declared(text),
            inputs=(*made.inputs, *self.starts),
            starts=len(self.starts),
            series=self.series,
            outputs=self.outputs,
            rings=len(self.program.rings),
            sites=tuple(sites),
        )

    def _sources(self) -> None:
        """What comes from outside, and the states, under the names that they are given."""
        inputs = (*self.formulas.inputs, *map(start_of, self.starts))
        rows = {name: row for row, name in enumerate(inputs)}
        states = {one.name: number for number, one in enumerate(self.formulas.remembered)}
        if any(node.does in ("draw", "first draw") for node in self.graph.nodes):
            self.write.at("entry").do(f"%run = load <{self.lanes} x i64>, ptr %numbers, align 8")
        for place, node in enumerate(self.graph.nodes):
            name = str(node.data)
            match node.does:
                case "input":
                    code = self.write.at("entry")
                    at = code.let(f"mul i64 %stride, {rows[name]}")
                    self.write.given(place, self._load("inputs", at, code.vector), "entry")
                case "clock":
                    self.write.at("entry")
                    value = self._load("clock", str(CLOCK.index(name)), SCALAR)
                    self.write.given(place, value, "entry")
                case "first" | "series":
                    moves = node.does == "series"
                    code = self.write.at("header" if moves else "entry")
                    count = code.let("add i64 %last, 1")
                    at = code.let(f"mul i64 {count}, {self.series.index(name)}")
                    at = code.let(f"add i64 {at}, {'%i' if moves else '0'}")
                    value = self._load("series", at, SCALAR)
                    self.write.given(place, value, "header" if moves else "entry")
                case "time":
                    self.write.at("header")
                    self.write.given(place, self._load("times", "%i", SCALAR), "header")
                case "saved":
                    code = self.write.at("header")
                    at = code.let("getelementptr i8, ptr %saved, i64 %i")
                    flag = code.let(f"icmp ne i8 {code.let(f'load i8, ptr {at}')}, 0")
                    self.write.given(place, code.let(f"uitofp i1 {flag} to double"), "header")
                case "state":
                    self.write.given(place, f"%s{states[name]}", "header")

    def _load(self, array: str, at: str, kind: str) -> str:
        code = self.write.code
        place = code.let(f"getelementptr double, ptr %{array}, i64 {at}")
        return code.let(f"load {kind}, ptr {place}, align 8")

    def _lengths(self) -> list[str]:
        """The places in each ring, of each run, and in ``%longest`` the most of all."""
        write, whole = self.write, f"<{self.lanes} x i64>"
        code = write.at("entry")
        step = write.wide(self.formulas.step["time step"])
        longest = code.let(f"add {whole} zeroinitializer, splat (i64 1)")
        # More than the times there are makes no difference.
        most = code.let("add i64 %last, 1")
        most = code.let(f"insertelement {whole} poison, i64 {most}, i32 0")
        zeros = f"<{self.lanes} x i32> zeroinitializer"
        most = code.let(f"shufflevector {whole} {most}, {whole} poison, {zeros}")
        lengths = []
        for place in self.formulas.lengths:
            length = code.div(write.wide(place), step)
            one, large = code.number(1.0), code.number(1e9)
            length = code.choose(code.compare("ogt", length, one), length, one)
            length = code.choose(code.compare("olt", length, large), length, large)
            length = code.call("llvm.rint", code.add(length, code.number(1e-6)))
            number = code.let(f"fptosi {code.vector} {length} to {whole}")
            number = code.let(
                f"call {whole} @llvm.smin.v{self.lanes}i64({whole} {number}, {whole} {most})"
            )
            longest = code.let(
                f"call {whole} @llvm.smax.v{self.lanes}i64({whole} {longest}, {whole} {number})"
            )
            lengths.append(number)
        code.do(f"%longest = call i64 @llvm.vector.reduce.smax.v{self.lanes}i64({whole} {longest})")
        return lengths

    def _odd(self) -> None:
        """``%odd``: whether a run needs a function without inverses."""
        code, mask = self.write.at("entry"), f"<{self.lanes} x i1>"
        total = "zeroinitializer"
        for one in self.write.odd:
            total = code.let(f"or {mask} {total}, {one}")
        code.do(f"%odd = call i1 @llvm.vector.reduce.or.v{self.lanes}i1({mask} {total})")

    def _store(self, places: list[int]) -> None:
        code = self.write.at("save")
        row = code.let(f"mul i64 %row, {len(places)}")
        for number, place in enumerate(places):
            at = code.let(f"add i64 {row}, {number}")
            at = code.let(f"mul i64 {at}, %columns")
            to = code.let(f"getelementptr double, ptr %out, i64 {at}")
            code.do(f"store {code.vector} {self.write.wide(place)}, ptr {to}, align 8")

    def _move(self, moved: list[int], lengths: list[str]) -> None:
        """The states of the next time, as ``%n0`` and so on."""
        program, write = self.program, self.write
        code = write.at("advance")
        values = [write.wide(place) for place in moved]
        step = write.wide(self.formulas.step["time step"])
        count = len(program.states)
        for number in range(count):
            by = code.mul(values[number], step)
            code.do(f"%n{number} = fadd {code.vector} %s{number}, {by}")
        for ring, length in enumerate(lengths):
            number = count + ring
            self._turn(number, ring, values[number], length)
        for number in range(count + len(lengths), len(moved)):
            code.do(
                f"%n{number} = select i1 true, {code.vector} {values[number]}, {code.vector} poison"
            )

    def _turn(self, number: int, ring: int, entering: str, length: str) -> None:
        """Writes into a ring at the step's place, and reads where each run's delay began."""
        code, whole = self.write.code, f"<{self.lanes} x i64>"
        places = code.let("add i64 %around, 1")
        base = code.let(f"mul i64 {places}, {ring * self.lanes}")
        room = code.let(f"getelementptr double, ptr %rings, i64 {base}")
        at = code.let("and i64 %i, %around")
        at = code.let(f"mul i64 {at}, {self.lanes}")
        to = code.let(f"getelementptr double, ptr {room}, i64 {at}")
        code.do(f"store {code.vector} {entering}, ptr {to}, align 8")
        total = "poison"
        for lane in range(self.lanes):
            back = code.let(f"extractelement {whole} {length}, i32 {lane}")
            since = code.let(f"sub i64 %next, {back}")
            at = code.let(f"and i64 {since}, %around")
            at = code.let(f"mul i64 {at}, {self.lanes}")
            at = code.let(f"add i64 {at}, {lane}")
            one = code.let(f"getelementptr double, ptr {room}, i64 {at}")
            one = code.let(f"load double, ptr {one}, align 8")
            # Until the first value has come through, what the delay began with.
            begun = code.let(f"icmp sge i64 {since}, 0")
            old = code.let(f"extractelement {code.vector} %s{number}, i32 {lane}")
            one = code.let(f"select i1 {begun}, double {one}, double {old}")
            total = code.let(f"insertelement {code.vector} {total}, double {one}, i32 {lane}")
        code.do(f"%n{number} = select i1 true, {code.vector} {total}, {code.vector} poison")

    def _text(self, begin: list[str], kind: str, broken: str, found: str, after: str) -> str:
        lanes, write = self.lanes, self.write
        vector, whole = write.code.vector, f"<{lanes} x i64>"
        part = {zone: "\n".join(lines) for zone, lines in write.parts.items()}
        states = "\n".join(
            f"  %s{i} = phi {vector} [ {value}, %entry ], [ %n{i}, %advance ]"
            for i, value in enumerate(begin)
        )
        return f"""
define i64 @{FUNCTION}({ARGUMENTS}) {_WIDTH} {{
entry:
{part["entry"]}
  %room = add i64 %around, 1
  %small = icmp sgt i64 %longest, %room
  %no = or i1 %small, %odd
  br i1 %no, label %refuse, label %header
refuse:
  %why = select i1 %odd, i64 -1, i64 %longest
  ret i64 %why
header:
  %i = phi i64 [ 0, %entry ], [ %next, %advance ]
  %row = phi i64 [ 0, %entry ], [ %below, %advance ]
  %broken = phi {kind} [ {broken}, %entry ], [ {after}, %advance ]
{states}
{part["header"]}
  %flag = getelementptr i8, ptr %saved, i64 %i
  %due = load i8, ptr %flag
  %due1 = icmp ne i8 %due, 0
  br i1 %due1, label %save, label %check
save:
{part["save"]}
  %kept = icmp eq i8 %due, 1
  %down = zext i1 %kept to i64
  %row1 = add i64 %row, %down
  br label %check
check:
  %known = phi {kind} [ %broken, %header ], [ {found}, %save ]
  %below = phi i64 [ %row, %header ], [ %row1, %save ]
  %done = icmp sge i64 %i, %last
  br i1 %done, label %exit, label %advance
advance:
  %next = add i64 %i, 1
{part["advance"]}
  br label %header
exit:
{self._end(kind)}
  store {whole} %became.all, ptr %became, align 8
  ret i64 0
}}
"""

    def _end(self, kind: str) -> str:
        """The lines that say what became of each run."""
        whole = f"<{self.lanes} x i64>"
        if self.telling:
            return f"  %became.all = add {whole} %known, zeroinitializer"
        self.write.parts["exit"] = []
        code = self.write.at("exit")
        total = "zeroinitializer"
        for number, state in enumerate(self.program.states):
            if state.name in self.program.names:
                rest = code.sub(f"%s{number}", f"%s{number}")
                bad = code.compare("une", rest, code.number(0.0))
                total = code.let(f"or {kind} {total}, {bad}")
        broke = f"select {kind} %known, {whole} splat (i64 {BROKE}), {whole} zeroinitializer"
        endless = f"select {kind} {total}, {whole} splat (i64 {ENDLESS}), {whole} zeroinitializer"
        code.do(f"%became.all = or {whole} {code.let(broke)}, {code.let(endless)}")
        return "\n".join(self.write.parts.pop("exit"))

    def _declared(self, text: str) -> str:
        """The text, and before it what it calls."""
        vector, whole = f"<{self.lanes} x double>", f"<{self.lanes} x i64>"
        names = [f"declare double @llvm.{one}.f64(double)" for one in ("fabs", "sqrt", "trunc")]
        names += [
            f"declare {vector} @llvm.{one}.v{self.lanes}f64({vector})" for one in ("sqrt", "rint")
        ]
        names += [
            f"declare {whole} @llvm.{one}.v{self.lanes}i64({whole}, {whole})"
            for one in ("smin", "smax")
        ]
        names.append(f"declare i64 @llvm.vector.reduce.smax.v{self.lanes}i64({whole})")
        names.append(f"declare i1 @llvm.vector.reduce.or.v{self.lanes}i1(<{self.lanes} x i1>)")
        called = self.write.called & LIBRARY_NAMES
        names += [f"declare double @{one}(double) nounwind memory(none)" for one in sorted(called)]
        names.append(functions(self.lanes))
        if ABREAST in self.write.called:
            names.append(functions(self.width, prefix=ABREAST))
        if self.write.called & {"sin", "cos"}:
            names.append(angles.functions(self.lanes))
        if self.write.called & {"tail", "quantile"}:
            names.append(normal.functions(self.lanes))
        if "draw" in self.write.called:
            names.append(philox.function(self.lanes))
        return "\n".join(names) + text


_WIDTH = '"min-legal-vector-width"="512" "prefer-vector-width"="512" nounwind'
