"""Which models a notebook asks for, read from its cells and never run."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Any


def code_of(notebook: dict[str, Any]) -> list[str]:
    """The text of each cell of code.

    Args:
        notebook: as JSON has it.
    """
    return [source(cell) for cell in notebook["cells"] if cell["cell_type"] == "code"]


def source(cell: dict[str, Any]) -> str:
    """The text of a cell, which JSON may have in lines.

    Args:
        cell: as JSON has it.
    """
    text = cell["source"]
    return text if isinstance(text, str) else "".join(text)


def loaded(cells: Iterable[str]) -> dict[str, str]:
    """Name in the notebook -> model, for each line such as ``x = cp.load("caseload")``.

    Args:
        cells: texts of code.
    """
    found = {}
    for statement in _statements(cells):
        if isinstance(statement, ast.Assign) and (model := _model(statement.value)):
            for target in statement.targets:
                if isinstance(target, ast.Name):
                    found[target.id] = model
    return found


def asked_for(cells: Iterable[str]) -> set[str]:
    """Every model that is loaded by its name.

    Args:
        cells: texts of code.
    """
    return {
        model
        for statement in _statements(cells)
        for node in ast.walk(statement)
        if isinstance(node, ast.expr) and (model := _model(node))
    }


def shows_story(cell: str) -> bool:
    """Whether a cell does nothing but show a dashboard, which on a page is the story's own.

    Args:
        cell: text of code.
    """
    return _dashboard(cell) is not None


def story_of(cell: str, models: dict[str, str]) -> str | None:
    """The model whose dashboard the cell shows; None for another cell, or a model not known.

    Args:
        cell: text of code.
        models: what ``loaded`` gave.
    """
    shown = _dashboard(cell)
    return models.get(shown.id) if isinstance(shown, ast.Name) else _model(shown)


def _dashboard(cell: str) -> ast.expr | None:
    statements = [one for one in _statements([cell]) if not isinstance(one, ast.Import)]
    if len(statements) != 1 or not isinstance(statements[0], ast.Expr):
        return None
    call = statements[0].value
    if isinstance(call, ast.Call) and _called(call) == "dashboard" and call.args:
        return call.args[0]
    return None


def _model(node: ast.expr | None) -> str | None:
    if isinstance(node, ast.Call) and _called(node) == "load" and node.args:
        first = node.args[0]
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            return first.value
    return None


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _statements(cells: Iterable[str]) -> Iterator[ast.stmt]:
    for cell in cells:
        try:
            yield from ast.parse(cell).body
        except SyntaxError:  # a line for the shell, or one that is wrong: the run will say so
            continue
