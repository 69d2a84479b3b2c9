"""What must hold before anything is built: every name is there, every function is known."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from cpdynamics.errors import NotAModel, Unsupported
from cpdynamics.mdl.names import CONTROL, canonical, folded, unquoted
from cpdynamics.system.dependencies import children, circle, walk
from cpdynamics.system.ranges import MOST_MEMBERS, inner_first

if TYPE_CHECKING:
    from pysd.translators.structures.abstract_model import (
        AbstractElement,
        AbstractModel,
        AbstractSection,
        AbstractSubscriptRange,
    )

_LARGEST = float(np.finfo(float).max)
_REMEDIES = {
    "delay material": "DELAY FIXED, DELAY1 or DELAY3 may say the same.",
    "delay information": "SMOOTH, SMOOTH3 or DELAY FIXED may say the same.",
    "random poisson": "RANDOM NORMAL or RANDOM UNIFORM may do.",
    "npv": "Add a stock that accumulates the discounted flow.",
    "lookup extrapolate": "Give the lookup points as far as it is used.",
}


def check(model: AbstractModel) -> None:
    """Nothing, when an AbstractModel can be built and run.

    Raises:
        NotAModel: a name used but not defined, defined twice, or a lookup without its argument;
            subscript ranges or macros made of themselves.
        Unsupported: a function that PySD has no code for.
    """
    from pysd.builders.python.python_functions import functionspace

    macros = {section.name: section for section in model.sections[1:]}
    _no_circle(
        "A macro",
        {name: _called(section) & macros.keys() for name, section in macros.items()},
        "A macro cannot call itself.",
    )
    for number, section in enumerate(model.sections):
        names = _each_once(element.name for element in section.elements)
        _no_circle(
            "A subscript range",
            {item.name: _parts(item) for item in section.subscripts},
            "Give its members names of their own.",
        )
        _few_members(section.subscripts)
        if number == 0:
            _control_there(names)
        names |= {canonical(name): unquoted(name) for name in section.params}
        _Section(section, names, macros, functionspace).check()


def _each_once(written: Iterable[str]) -> dict[str, str]:
    """Canonical name -> name; PySD makes two variables of one that is here in quotes, there not."""
    names: dict[str, str] = {}
    for name in map(folded, written):
        other = names.setdefault(canonical(name), name)
        if other is not name:
            raise NotAModel(
                f"{other} and {name} are one variable, and each has an equation.",
                "Capitals, underscores, spaces and quotes make no other name.",
                "Spell them alike, or rename one.",
            )
    return {key: unquoted(name) for key, name in names.items()}


def _no_circle(what: str, parts: Mapping[str, Iterable[str]], remedy: str) -> None:
    """Refuses what is made of itself, after whose parts PySD would look for ever."""
    needs = {canonical(name): [canonical(part) for part in found] for name, found in parts.items()}
    if loop := circle(needs):
        written = {canonical(name): unquoted(name) for name in parts}
        chain = " -> ".join(f'"{written[name]}"' for name in (*loop, loop[0]))
        raise NotAModel(f"{what} is made of itself: {chain}.", "", remedy)


def _called(section: AbstractSection) -> set[str]:
    return {
        node.function.reference
        for element in section.elements
        for component in element.components
        for node in walk(component.ast)
        if type(node).__name__ == "CallStructure"
    }


def _parts(item: AbstractSubscriptRange) -> list[str]:
    if isinstance(item.subscripts, dict):  # in a spreadsheet: no range of the model
        return []
    return [item.subscripts] if isinstance(item.subscripts, str) else list(item.subscripts)


def _few_members(ranges: Iterable[AbstractSubscriptRange]) -> None:
    """Refuses ranges within ranges that double at every level; there is no circle among them."""
    parts = {canonical(item.name): list(map(canonical, _parts(item))) for item in ranges}
    total, sizes = 0, dict[str, int]()
    for name in inner_first(parts):
        sizes[name] = sum(sizes.get(one, 1) for one in parts[name])
        total += sizes[name]
        if total > MOST_MEMBERS:
            raise NotAModel(
                f'With "{name}" the subscript ranges have {total:,} members.',
                f"{MOST_MEMBERS:,} is the most.",
            )


def _control_there(names: dict[str, str]) -> None:
    for name in CONTROL:
        if name not in names:
            raise NotAModel(
                f'The model has no "{name.upper()}".',
                "A model says its INITIAL TIME, FINAL TIME, TIME STEP and SAVEPER.",
                "Set the time bounds in Vensim and save it again.",
            )


class _Section:
    """The names of the model itself or of one macro, and what its equations may call."""

    def __init__(
        self,
        section: AbstractSection,
        names: dict[str, str],
        macros: dict[str, AbstractSection],
        functions: dict[str, tuple[str, Any]],
    ) -> None:
        self.section, self.names, self.macros, self.functions = section, names, macros, functions
        self._seen: set[int] = set()
        self.subscripts = {canonical(item.name) for item in section.subscripts}
        for item in section.subscripts:
            if isinstance(item.subscripts, list):
                self.subscripts |= {canonical(member) for member in item.subscripts}
        # Members that stand in a spreadsheet are known only once an engine has read it.
        self.open = any(isinstance(item.subscripts, dict) for item in section.subscripts)
        self.lookups = {
            canonical(element.name)
            for element in section.elements
            if type(element.components[0]).__name__ == "AbstractLookup"
        }

    def check(self) -> None:
        for element in self.section.elements:
            self._alone(element)
            for component in element.components:
                self._check(component.ast, unquoted(element.name))

    @staticmethod
    def _alone(element: AbstractElement) -> None:
        name = unquoted(element.name)
        if canonical(name) == "time":
            raise NotAModel('"Time" is given an equation.', "It is Vensim's own clock.")
        subscripted = all(component.subscripts[0] for component in element.components)
        if len(element.components) > 1 and not subscripted:
            raise NotAModel(f'"{name}" is defined twice.', "", "Take one of its equations out.")

    def _check(self, node: Any, where: str) -> None:
        kind = type(node).__name__
        if kind.endswith("Structure"):
            # One object stands for a SMOOTH's input and for its start, and so on within it.
            if id(node) in self._seen:
                return
            self._seen.add(id(node))
        if kind == "ReferenceStructure":
            self._reference(node.reference, where)
        elif kind == "CallStructure":
            self._call(node, where)
            for argument in node.arguments:
                self._check(argument, where)
        elif kind in ("GetLookupsStructure", "GetDataStructure", "GetConstantsStructure"):
            if not all(isinstance(part, str) for part in children(node)):
                raise NotAModel(
                    f'"{where}" reads a file, but not by a name in single quotes.',
                    "GET DIRECT DATA('file.csv', ',', 'A', 'B2').",
                )
        elif isinstance(node, int | float | np.ndarray):
            if _too_large(node):
                raise NotAModel(f'"{where}" holds a number too large for any computer.')
        elif isinstance(node, str):
            raise Unsupported(f'"{where}" uses a text where a number is due: {node!r}.')
        elif kind == "LookupsStructure":
            self._check(np.array([node.x, node.y], dtype=float), where)
        elif kind != "SubscriptsReferenceStructure":
            for child in self._operands(node):
                self._check(child, where)

    @staticmethod
    def _operands(node: Any) -> Iterator[Any]:
        if type(node).__name__ in ("ArithmeticStructure", "LogicStructure"):
            yield from node.arguments
        else:
            yield from children(node)

    def _reference(self, reference: str, where: str) -> None:
        name = canonical(reference)
        if name in self.lookups:
            raise Unsupported(
                f'"{where}" uses the lookup "{self.names[name]}" without an argument.',
                "",
                f'Write "{self.names[name]}(...)", or give the function an auxiliary instead.',
            )
        if name in self.names or name == "time" or name in self.subscripts or self.open:
            return
        raise NotAModel(
            f'"{where}" uses "{unquoted(reference)}", which is not defined.',
            "",
            _nearest(name, self.names) or "Add its equation, or correct the name.",
        )

    def _call(self, call: Any, where: str) -> None:
        reference = call.function.reference
        name = canonical(reference)
        if reference in self.macros:  # first, as in PySD: a variable may bear a macro's name
            self._count(reference, len(self.macros[reference].params), call, where)
        elif name in self.names:
            if name not in self.lookups:
                raise NotAModel(
                    f'"{where}" calls "{self.names[name]}" like a lookup, which it is not.'
                )
            self._count(reference, 1, call, where)
        elif reference == "a_function_of":
            raise NotAModel(f'"{where}" has no equation yet.', "", "Write it in Vensim.")
        elif reference in self.functions and not reference.startswith("X"):
            template = self.functions[reference][0]
            places = [int(digit) for digit in re.findall(r"%\((\d)\)s", template)]
            self._count(reference, max(places, default=-1) + 1, call, where)
        else:
            word = reference.replace("_", " ")
            raise Unsupported(
                f'"{where}" uses the function {word.upper()}.',
                "PySD cannot run it.",
                _REMEDIES.get(word) or _nearest(word, self._callable()) or "Say it with others.",
            )

    def _callable(self) -> dict[str, str]:
        known = [name.replace("_", " ") for name in (*self.functions, *self.macros)]
        return {name: name.upper() for name in known} | {n: self.names[n] for n in self.lookups}

    @staticmethod
    def _count(reference: str, due: int, call: Any, where: str) -> None:
        count, word = len(call.arguments), unquoted(reference).replace("_", " ").upper()
        # PySD has no use for the seed of a RANDOM function, nor for the size of a matrix. Any other
        # argument too many it would drop, and MIN(3, 2, 1) be 2.
        spare = word.startswith("RANDOM ") or word == "INVERT MATRIX"
        if count < due or (count > due and not spare):
            raise NotAModel(
                f'"{where}" gives {word} {count} arguments.',
                f"It takes {due}.",
                f"Nest them: {word}({word}(a, b), c)." if word in ("MIN", "MAX") else "",
            )


def _too_large(value: Any) -> bool:
    return bool(np.any(abs(value) > _LARGEST))


def _nearest(name: str, known: dict[str, str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return f'Did you mean "{known[near[0]]}"?' if near else ""
