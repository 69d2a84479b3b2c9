"""A model's variables as PySD's translator reads them: kinds and dependencies, nothing run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from cpdynamics.errors import NotAModel
from cpdynamics.mdl.document import Document
from cpdynamics.mdl.equation import Range, first_field_end, without_notes
from cpdynamics.mdl.names import CONTROL, canonical, unquoted
from cpdynamics.system.checking import check
from cpdynamics.system.dependencies import Needs, needs
from cpdynamics.system.depth import deep
from cpdynamics.system.outside import draws_chance, files_read
from cpdynamics.system.shapes import Shapes
from cpdynamics.system.store import remembered
from cpdynamics.system.translation import translate

if TYPE_CHECKING:
    from pysd.translators.structures.abstract_model import (
        AbstractElement,
        AbstractModel,
        AbstractSection,
    )

Kind = Literal["stock", "flow", "auxiliary", "constant", "lookup", "data", "time"]


@dataclass(frozen=True)
class Element:
    """One variable of a model.

    Attributes:
        name: as written in the .mdl, without quotes.
        kind: constants are literal numbers; a formula of constants is an auxiliary. The four
            variables of .Control are constants whatever they are computed from.
        units: as written; "" when there are none.
        range: what the .mdl allows, or None.
        subscripts: names of its subscript ranges; () for a scalar.
        uses: canonical names whose values it needs in the same step.
        initial_uses: canonical names that only its states need, at the initial time.
        state_uses: canonical names that move its states (rates of a stock, inputs of a delay).
        value: the number of a scalar constant, otherwise None.
        components: PySD's abstract components, one an equation; never documentation.
    """

    name: str
    kind: Kind
    units: str
    range: Range | None
    subscripts: tuple[str, ...]
    uses: tuple[str, ...]
    initial_uses: tuple[str, ...]
    state_uses: tuple[str, ...]
    value: float | None
    components: tuple[Any, ...]


@dataclass(frozen=True)
class Structure:
    """A model as a set of elements.

    Attributes:
        elements: canonical name -> element, in the order of the file, "time" first.
        pysd: the AbstractModel, without documentation, views and paths. Its names are the file's
            own: an engine that writes code from it must not let them in.
        reads: each data file as the .mdl writes it, with a variable that reads it.
        chance: whether a RANDOM function is called anywhere.
    """

    elements: Mapping[str, Element]
    pysd: AbstractModel
    reads: Mapping[str, str]
    chance: bool

    @cached_property
    def shapes(self) -> Shapes:
        """The elements of each variable; worked out when they are asked for."""
        return Shapes(self.pysd.sections[0], self.elements)


def parse(document: Document) -> Structure:
    """The structure of a document. No code of the file's is run and nothing is written beside it.

    Raises:
        NotAModel: text that is no model, or an equation that uses a name that is not there.
        Unsupported: a function that PySD cannot run, with the variable that uses it.
    """
    text = _equations_alone(document)
    try:
        with deep():
            return remembered("structure", text, lambda: _parse(text, document.text))
    except RecursionError:
        raise NotAModel(
            "An equation is nested too deeply to be read.",
            "",
            "Give its inner parts names of their own.",
        ) from None


def _parse(text: str, source: str) -> Structure:
    model = translate(text, source=source)
    check(model)
    main = model.sections[0]
    # PySD lower-cases what an equation refers to, so canonical names are what all sides share.
    found = {canonical(element.name): element for element in main.elements}
    macros = {section.name for section in model.sections[1:]}

    def is_variable(name: str) -> bool:
        return name not in macros and canonical(name) in found

    known = {"time", *found}
    flowing = _named_in_rates(main.elements, is_variable)
    elements = {"time": Element("Time", "time", "", None, (), (), (), (), None, ())}
    for key, element in found.items():
        elements[key] = _element(key, element, main, flowing, known, is_variable)
    return Structure(elements, model, files_read(model), draws_chance(model))


def _element(
    key: str,
    element: AbstractElement,
    main: AbstractSection,
    flowing: set[str],
    known: set[str],
    is_variable: Callable[[str], bool],
) -> Element:
    need = _needs(element, is_variable)
    kind = _kind(key, element)
    if kind == "auxiliary" and key in flowing:
        kind = "flow"
    limits = element.limits if element.limits and any(x is not None for x in element.limits) else ()
    return Element(
        name=unquoted(element.name),
        kind=kind,
        units=element.units,
        range=Range(*limits[:3]) if len(limits) > 1 else None,
        subscripts=_ranges(element, main),
        uses=_named(need.step, known),
        initial_uses=_named((name for name in need.start if name not in need.step), known),
        state_uses=_named(need.state, known),
        value=_number(element),
        components=tuple(element.components),
    )


def _kind(key: str, element: AbstractElement) -> Kind:
    first = element.components[0]
    roots = {type(component.ast).__name__ for component in element.components}
    if key in CONTROL:
        return "constant"
    if type(first).__name__ == "AbstractLookup":
        return "lookup"
    if type(first).__name__ == "AbstractData" or roots & {"GetDataStructure", "DataStructure"}:
        return "data"
    if "IntegStructure" in roots:
        return "stock"
    if roots <= {"int", "float", "ndarray", "GetConstantsStructure"}:
        return "constant"
    return "auxiliary"


def _number(element: AbstractElement) -> float | None:
    ast = element.components[0].ast
    if len(element.components) == 1 and isinstance(ast, int | float):
        return None if element.components[0].subscripts[0] else float(ast)
    return None


def _needs(element: AbstractElement, is_variable: Callable[[str], bool]) -> Needs:
    total = Needs()
    for component in element.components:
        part = needs(component.ast, is_variable)
        total.step.update(part.step)
        total.start.update(part.start)
        total.state.update(part.state)
    return total


def _named_in_rates(
    elements: Iterable[AbstractElement], is_variable: Callable[[str], bool]
) -> set[str]:
    rates = (
        component.ast.flow
        for element in elements
        for component in element.components
        if type(component.ast).__name__ == "IntegStructure"
    )
    return {canonical(name) for rate in rates for name in needs(rate, is_variable).step}


def _named(references: Iterable[str], known: set[str]) -> tuple[str, ...]:
    """Canonical names of variables, in order, each once; what is a subscript is left out."""
    names = dict.fromkeys(canonical(reference) for reference in references)
    return tuple(name for name in names if name in known)


def _ranges(element: AbstractElement, main: AbstractSection) -> tuple[str, ...]:
    """The subscript ranges of a variable, also where an equation names one member of a range."""
    ranges = {item.name: item.subscripts for item in main.subscripts}
    names = []
    for subscript in element.components[0].subscripts[0]:
        home = (name for name, members in ranges.items() if subscript in members)
        names.append(subscript if subscript in ranges else next(home, subscript))
    return tuple(unquoted(name) for name in names)


def _equations_alone(document: Document) -> str:
    """The text without what PySD's grammar stumbles over: groups, sketch, each {note}."""
    parts = []
    for piece in document.pieces:
        if piece.kind == "macro":
            parts.append(piece.text)
        elif piece.kind == "equation":
            end = first_field_end(piece.text)
            parts.append(without_notes(piece.text[:end]) + piece.text[end:] + "\n")
    # Where PySD cuts off the sketch; it looks for this line whether there is one or not.
    return "".join(parts) + "\\\\\\---///\n"
