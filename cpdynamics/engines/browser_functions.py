"""Lines of JavaScript in functions of a size that a browser makes quick code of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cpdynamics.engines.browser_formulas import Line
from cpdynamics.engines.nodes import TRUTHS, Graph

LARGEST = 4_000
"""Characters of a function. What a browser takes to make quick code of one grows faster than its
size (2 s for 55,000 bytes of V8's bytecode, 0.2 s for 18,000); above 60,000 V8 does not try."""


@dataclass(frozen=True)
class _Function:
    """Lines that stand together, and what they read and define."""

    name: str
    lines: tuple[Line, ...]
    defines: frozenset[int]
    reads: frozenset[int]


class Functions:
    """Functions that hand one another their values in one array, ``V``.

    Args:
        graph: the nodes.
        fine: what a function returns where no run breaks off.
    """

    def __init__(self, graph: Graph, fine: int) -> None:
        self.graph, self.fine = graph, fine
        self._slots: dict[int, int] = {}
        self._made: dict[str, tuple[str, list[_Function]]] = {}

    def slot(self, place: int) -> int:
        """Where in ``V`` the value of a node stands."""
        return self._slots.setdefault(place, len(self._slots))

    def add(
        self, name: str, lines: Iterable[Line], tests: Iterable[Line] = (), arguments: str = ""
    ) -> None:
        """Makes a function of some lines, of as many parts as it takes.

        Args:
            name: of the function.
            lines: each after those that it reads.
            tests: statements that may return; each stands where all is known that it reads, those
                that stand together in their order.
            arguments: names of the function's, as they stand in its brackets.
        """
        made: list[_Function] = []
        waiting = list(tests)
        part: list[Line] = []
        lines, size = list(lines), 0
        to_come = {line.defines for line in lines if line.defines is not None}

        def close() -> None:
            nonlocal waiting, part, size
            defined = frozenset(line.defines for line in part if line.defines is not None)
            to_come.difference_update(defined)
            ready = [test for test in waiting if not test.reads & to_come]
            waiting = [test for test in waiting if test.reads & to_come]
            every = (*part, *ready)
            reads = frozenset().union(*(line.reads for line in every)) - defined
            made.append(_Function(f"{name}{len(made)}", every, defined, reads))
            part, size = [], 0

        for line in lines:
            part.append(line)
            size += len(line.text)
            if size > LARGEST:
                close()
        if part or waiting or not made:
            close()
        self._made[name] = arguments, made

    def text(self, outputs: Iterable[int], *, only_saved: str) -> str:
        """All of them.

        Args:
            outputs: places of the nodes that are read from ``V`` at saved times.
            only_saved: name of the function that is called at saved times only. What nobody else
                reads is put in ``V`` at saved times only, where the argument ``due`` is true.
        """
        shown = set(outputs)
        always: set[int] = set()
        for name, (_, parts) in self._made.items():
            for one in parts:
                if name == only_saved:
                    shown |= one.reads
                else:
                    always |= one.reads
        texts = []
        for name, (arguments, parts) in self._made.items():
            for one in parts:
                texts.append(self._function(one, arguments, shown, always))
            calls = [f"{one.name}({arguments})" for one in parts]
            told = calls[0] if len(calls) == 1 else f"min({', '.join(calls)})"
            texts.append(f"function {name}({arguments}) {{\n  return {told};\n}}")
        return f"const V = new Float64Array({len(self._slots)});\n" + "\n".join(texts)

    def _function(self, one: _Function, arguments: str, shown: set[int], always: set[int]) -> str:
        lines = [f"const v{place} = {self._load(place)};" for place in sorted(one.reads)]
        due: list[str] = []
        for line in one.lines:
            if line.defines is None:
                continue
            place = line.defines
            lines.append(f"const v{place} = {line.text};")
            if place in always or (place in shown and "due" not in arguments):
                lines.append(self._store(place))
            elif place in shown:
                due.append(self._store(place))
        if due:
            lines += ["if (due) {", *(f"  {line}" for line in due), "}"]
        lines += [line.text for line in one.lines if line.defines is None]
        lines.append(f"return {self.fine};")
        body = "\n".join(f"  {line}" for line in lines)
        return f"function {one.name}({arguments}) {{\n{body}\n}}"

    def _load(self, place: int) -> str:
        there = f"V[{self.slot(place)}]"
        return f"{there} !== 0" if self._is_truth(place) else there

    def _store(self, place: int) -> str:
        value = f"v{place} ? 1 : 0" if self._is_truth(place) else f"v{place}"
        return f"V[{self.slot(place)}] = {value};"

    def _is_truth(self, place: int) -> bool:
        return self.graph.nodes[place].does in TRUTHS
