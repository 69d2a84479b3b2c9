"""What the equations say about the picture: stocks, pipes, and who causes whom with which sign."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cpdynamics.mdl.names import canonical
from sketching.polarity import base_values, definite, references, signs

CONTROL = ("initial time", "final time", "time step", "saveper")
SKETCH_MARK = "\\\\\\---///"


@dataclass(frozen=True)
class Pipe:
    """A flow and the stocks at its ends; None stands for a cloud."""

    flow: str
    source: str | None
    sink: str | None


@dataclass(frozen=True)
class Cause:
    """One causal link.

    Attributes:
        polarity: 1, -1, or 0 where the equation does not settle the sign.
        initial: the link only sets the starting value of a stock.
    """

    source: str
    target: str
    polarity: int
    initial: bool


@dataclass(frozen=True)
class Causes:
    """The structure of a model, with names as the .mdl spells them."""

    kinds: dict[str, str]
    pipes: dict[str, Pipe]
    causes: tuple[Cause, ...]

    def name(self, written: str) -> str:
        """The .mdl's own spelling of a name; KeyError if the model does not have it."""
        wanted = fold(written)
        for name in self.kinds:
            if fold(name) == wanted:
                return name
        raise KeyError(written)


def fold(name: str) -> str:
    """The identity of a Vensim name: case, quotes, underscores and runs of spaces do not count."""
    return " ".join(name.strip().strip('"').replace("_", " ").casefold().split())


def read(path: Path) -> Causes:
    """The stocks, pipes and signed links of a model; nothing is run."""
    from pysd.translators.vensim.vensim_file import VensimFile

    file = VensimFile(path)
    file.parse()
    elements = file.get_abstract_model().sections[0].elements
    names = {element.name: element.name.strip('"') for element in elements}
    spelling = {fold(name): name for name in names.values()}
    asts = {names[element.name]: element.components[0].ast for element in elements}
    limits = {names[element.name]: tuple(element.limits) for element in elements}
    base = base_values(asts, spelling)
    settled = definite(path)

    def known(node: Any) -> list[str]:
        return list(dict.fromkeys(spelling[n] for n in references(node) if n in spelling))

    stocks = {name: ast for name, ast in asts.items() if type(ast).__name__ == "IntegStructure"}
    rates = {name: dict(_terms(ast.flow, 1, spelling)) for name, ast in stocks.items()}
    pipes: dict[str, Pipe] = {}
    for stock, terms in rates.items():
        for flow, sign in terms.items():
            if flow in stocks:
                continue
            pipe = pipes.get(flow, Pipe(flow, None, None))
            if sign > 0 and pipe.sink is None:
                pipe = Pipe(flow, pipe.source, stock)
            elif sign < 0 and pipe.source is None:
                pipe = Pipe(flow, stock, pipe.sink)
            pipes[flow] = pipe

    kinds = {}
    for name, ast in asts.items():
        if fold(name) in CONTROL:
            continue
        if name in stocks:
            kinds[name] = "stock"
        elif name in pipes:
            kinds[name] = "flow"
        else:
            kinds[name] = "constant" if isinstance(ast, int | float) else "auxiliary"

    found = []
    for name in kinds:
        ast = asts[name]
        now, at_start = _uses(ast)
        used = [n for node in now for n in known(node)]
        signed = rates.get(name) or signs(now[0], base, limits, spelling) if now else {}
        for source in dict.fromkeys(used):
            if source == name:
                continue
            pipe = pipes.get(source)
            if pipe is not None and name in (pipe.source, pipe.sink):
                continue  # the pipe itself shows this link
            sign = settled.get((canonical(source), canonical(name))) or int(signed.get(source, 0))
            found.append(Cause(source, name, sign, False))
        first = [n for node in at_start for n in known(node)]
        found += [Cause(n, name, 0, True) for n in dict.fromkeys(first) if n not in used]
    return Causes(kinds, pipes, tuple(found))


def head(text: str) -> tuple[str, str]:
    """The text above the sketch, and the settings block that may stand below it."""
    above, mark, below = text.partition(SKETCH_MARK)
    if not mark:
        above, mark, settings = text.partition(":L<%^E!@")
        if not mark:
            above, mark, settings = text.partition(":L\x7f<%^E!@")
        return above, mark + settings
    found = re.search(r"^:L\x7f?<%\^E!@", below, flags=re.MULTILINE)
    return above, below[found.start() :] if found else ""


def _uses(ast: Any) -> tuple[list[Any], list[Any]]:
    """The parts of an expression that act all the time, and those that act only at the start."""
    kind = type(ast).__name__
    if kind == "IntegStructure":
        return [ast.flow], [ast.initial]
    if kind == "InitialStructure":
        return [], [ast.initial]
    if kind == "SmoothStructure":
        return [ast.input, ast.smooth_time], [ast.initial]
    if kind in ("DelayStructure", "DelayFixedStructure"):
        return [ast.input, ast.delay_time], [ast.initial]
    return [ast], []


def _terms(node: Any, sign: int, spelling: dict[str, str]) -> Iterator[tuple[str, int]]:
    """The flows of a rate with their signs; a product or a call in it names no flow."""
    kind = type(node).__name__
    if kind == "ReferenceStructure":
        if fold(node.reference) in spelling:
            yield spelling[fold(node.reference)], sign
    elif kind == "ArithmeticStructure":
        if node.operators == ["negative"]:
            yield from _terms(node.arguments[0], -sign, spelling)
        elif set(node.operators) <= {"+", "-"}:
            signs = [1, *(1 if operator == "+" else -1 for operator in node.operators)]
            for part, own in zip(node.arguments, signs, strict=True):
                yield from _terms(part, sign * own, spelling)
