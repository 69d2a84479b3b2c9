"""What a model takes from outside itself: data files and chance."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cpdynamics.mdl.names import unquoted
from cpdynamics.system.dependencies import walk

if TYPE_CHECKING:
    from pysd.translators.structures.abstract_model import AbstractModel


def files_read(model: AbstractModel) -> dict[str, str]:
    """Each data file as the .mdl writes it, with the first variable or range that reads it."""
    found: dict[str, str] = {}
    for section in model.sections:
        for item in section.subscripts:
            if isinstance(item.subscripts, dict):
                found.setdefault(str(item.subscripts["file"]), unquoted(item.name))
    for name, node in _nodes(model):
        if hasattr(node, "file"):
            found.setdefault(str(node.file), name)
    return found


def draws_chance(model: AbstractModel) -> bool:
    """Whether a RANDOM function is called anywhere."""
    return any(
        type(node).__name__ == "CallStructure" and node.function.reference.startswith("random")
        for _, node in _nodes(model)
    )


def _nodes(model: AbstractModel) -> Iterator[tuple[str, Any]]:
    """Every node of every equation, macros' included, with the variable it belongs to."""
    for section in model.sections:
        for element in section.elements:
            for component in element.components:
                for node in walk(component.ast):
                    yield unquoted(element.name), node
