"""The same model with every text of the file's own taken out of it.

PySD pastes names into the Python it writes: of subscripts, macros, data variables, files and
tabs, mostly inside single quotes that a name may close. Here each becomes a word of ours, so what
is written can hold nothing of the file's but its numbers and its operators.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cpdynamics.errors import NotAModel, Unsupported
from cpdynamics.mdl.names import CONTROL, canonical, unquoted

if TYPE_CHECKING:
    from pysd.translators.structures.abstract_model import (
        AbstractElement,
        AbstractModel,
        AbstractSection,
        AbstractSubscriptRange,
    )

_PLAIN = re.compile(r"[a-z0-9_]+")


@dataclass(frozen=True)
class Words:
    """What stands for what in a translated model.

    Attributes:
        variables: canonical name -> the Python function that computes it.
        subscripts: word -> the member of a subscript range as written.
    """

    variables: Mapping[str, str]
    subscripts: Mapping[str, str]


def anonymous(
    model: AbstractModel, folder: Path, files: Mapping[str, str]
) -> tuple[AbstractModel, Words]:
    """A copy of a model with words of ours for names, and what they stand for.

    Args:
        model: as parsed; left as it is.
        folder: where PySD is to write the Python; the data files are there already.
        files: name of a data file as written -> its name in the folder.
    """
    macros = {section.name: f"m{i:04d}" for i, section in enumerate(model.sections) if i}
    sections, words = [], []
    for number, section in enumerate(model.sections):
        renamer = _Section(section, macros, files, folder)
        file = "model.py" if number == 0 else f"{macros[section.name]}.py"
        sections.append(renamer.renamed(folder / file))
        words.append(Words(renamer.variables, renamer.written))
    copy = replace(model, original_path=folder / "model.mdl", sections=tuple(sections))
    return copy, words[0]


class _Section:
    """The renaming of the model itself or of one macro."""

    def __init__(
        self,
        section: AbstractSection,
        macros: Mapping[str, str],
        files: Mapping[str, str],
        folder: Path,
    ) -> None:
        self.section, self.macros, self.files = section, macros, files
        self.variables = _variables(section, macros)
        self.members = {item.name: _members(item, files, folder) for item in section.subscripts}
        self.subscripts, self.written = _subscripts(self.members)

    def renamed(self, path: Path) -> AbstractSection:
        section = self.section
        return replace(
            section,
            name=self.macros.get(section.name, "__main__"),
            path=path,
            params=[self.variables[canonical(name)] for name in section.params],
            returns=[self.variables[canonical(name)] for name in section.returns],
            subscripts=[self._range(item) for item in section.subscripts],
            elements=[self._element(element) for element in section.elements],
            constraints=(),
            test_inputs=(),
            split=False,
            views_dict=None,
        )

    def _range(self, item: AbstractSubscriptRange) -> AbstractSubscriptRange:
        where = unquoted(item.name)
        members = self.members[item.name]
        # A new list each: PySD appends to the mapping, and by default all models share one.
        return replace(
            item,
            name=self._subscript(item.name, where),
            subscripts=self._subscript(members, where)
            if isinstance(members, str)
            else [self._subscript(member, where) for member in members],
            mapping=[self._subscript(other, where) for other in item.mapping],
        )

    def _element(self, element: AbstractElement) -> AbstractElement:
        where = unquoted(element.name)
        word = self.variables[canonical(element.name)]
        components = [
            replace(
                component,
                subscripts=(
                    [self._subscript(name, where) for name in component.subscripts[0]],
                    [
                        [self._subscript(name, where) for name in group]
                        for group in component.subscripts[1]
                    ],
                ),
                ast=self._renamed(component.ast, where),
            )
            for component in element.components
        ]
        return replace(
            element,
            name=word.replace("_", " ").upper() if word.replace("_", " ") in CONTROL else word,
            components=components,
            units="",
            limits=(None, None),
            documentation="",
        )

    def _renamed(self, node: Any, where: str) -> Any:
        kind = type(node).__name__
        if kind == "ReferenceStructure":
            subscripts = self._renamed(node.subscripts, where)
            return replace(node, reference=self._reference(node, where), subscripts=subscripts)
        if kind == "SubscriptsReferenceStructure":
            names = [self._subscript(name, where) for name in node.subscripts]
            return replace(node, subscripts=names)
        if kind == "CallStructure":
            function = replace(
                node.function,
                reference=self._function(node, where),
                subscripts=self._renamed(node.function.subscripts, where),
            )
            arguments = tuple(self._renamed(argument, where) for argument in node.arguments)
            return replace(node, function=function, arguments=arguments)
        if kind in ("ArithmeticStructure", "LogicStructure"):
            return replace(node, arguments=self._renamed(node.arguments, where))
        if kind == "LookupsStructure":
            x, y = tuple(map(float, node.x)), tuple(map(float, node.y))
            return replace(node, x=x, y=y, type="interpolate")
        if hasattr(node, "file"):
            cells = {
                part.name: _quotable(getattr(node, part.name))
                for part in fields(node)
                if part.name != "file"
            }
            return replace(node, file=self.files[node.file], **cells)
        if is_dataclass(node) and not isinstance(node, type):
            parts = {part.name: getattr(node, part.name) for part in fields(node)}
            return replace(
                node, **{name: self._renamed(part, where) for name, part in parts.items()}
            )
        if isinstance(node, tuple | list):
            return type(node)(self._renamed(part, where) for part in node)
        if isinstance(node, str):
            raise Unsupported(f'"{where}" uses a text where a number is due.')
        # Python's whole numbers have no end, so 9^9^9^9 would take for ever; Vensim's are doubles.
        return float(node) if isinstance(node, int) else node

    def _reference(self, node: Any, where: str) -> str:
        name = canonical(node.reference)
        if name == "time":
            return name
        if word := self.variables.get(name):
            return word
        return self._subscript(node.reference, where)

    def _function(self, node: Any, where: str) -> str:
        reference = str(node.function.reference)
        word = self.macros.get(reference) or self.variables.get(canonical(reference))
        if word is None and not _PLAIN.fullmatch(reference):
            raise Unsupported(f'"{where}" uses the function {reference.upper()}.')
        return word or reference

    def _subscript(self, name: str, where: str) -> str:
        bare, mark = (name[:-1], "!") if name.endswith("!") else (name, "")
        try:
            return self.subscripts[canonical(bare)] + mark
        except KeyError:
            raise NotAModel(
                f'"{where}" uses the subscript "{unquoted(bare)}", which is not defined.'
            ) from None


def _variables(section: AbstractSection, macros: Mapping[str, str]) -> dict[str, str]:
    """Words for the variables, in the alphabetical order of those that PySD would have chosen.

    PySD moves states on in that order, and a DELAY FIXED can see what has moved before it.
    """
    from pysd.builders.python.namespace import NamespaceManager

    space = NamespaceManager(section.params)
    for element in section.elements:
        space.add_to_namespace(element.name)
    names = [*section.params, *(element.name for element in section.elements)]
    words = {}
    for number, name in enumerate(sorted(names, key=lambda name: space.namespace[name])):
        key = canonical(name)
        control = section.type == "main" and key in CONTROL
        words[key] = key.replace(" ", "_") if control else f"v{number:05d}"
    if section.name in macros:
        result = canonical(section.name)
        if result not in words:
            raise NotAModel(f'The macro "{unquoted(section.name)}" has no equation of that name.')
        words[result] = macros[section.name]
    return words


def _members(
    item: AbstractSubscriptRange, files: Mapping[str, str], folder: Path
) -> list[str] | str:
    """The members of a range, or the name of the range that it is a copy of."""
    if isinstance(item.subscripts, str):
        return item.subscripts
    if isinstance(item.subscripts, list):
        return [str(member) for member in item.subscripts]
    from pysd.py_backend.external import Excels, ExtSubscript

    asked = item.subscripts
    try:
        found = ExtSubscript(
            file_name=files[asked["file"]],
            tab=asked["tab"],
            firstcell=asked["firstcell"],
            lastcell=asked["lastcell"],
            prefix=asked["prefix"],
            root=folder,
        ).subscript
    except Exception as error:
        raise NotAModel(
            f'The subscripts of "{unquoted(item.name)}" cannot be read from "{asked["file"]}": '
            f"{error}."
        ) from error
    finally:
        Excels.clean()
    return [str(member) for member in found]


def _subscripts(members: Mapping[str, list[str] | str]) -> tuple[dict[str, str], dict[str, str]]:
    """Words for ranges and members by canonical name, and the member that a word stands for.

    Ranges keep their alphabetical order, by which PySD chooses between two of the same members.
    """
    words: dict[str, str] = {}
    written: dict[str, str] = {}
    ranges = sorted(members, key=lambda name: name.replace(" ", "_").lower())
    for number, name in enumerate(ranges):
        words[canonical(name)] = f"d{number:05d}"
    for name in _listed(members.values()):
        if canonical(name) not in words:
            word = f"e{len(words):05d}"
            words[canonical(name)] = word
            written[word] = unquoted(name)
    return words, written


def _listed(members: Iterable[list[str] | str]) -> Iterable[str]:
    for names in members:
        if not isinstance(names, str):
            yield from names


def _quotable(text: str) -> str:
    """What between single quotes in Python means this text, whatever it holds."""
    return text.encode("unicode_escape").decode("ascii").replace("'", "\\x27")
