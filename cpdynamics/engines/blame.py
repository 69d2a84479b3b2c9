"""Which variable broke a run, and when: from Python's traceback to the model's own words."""

from __future__ import annotations

import ast
import re
import traceback
from collections.abc import Mapping
from pathlib import Path

from cpdynamics.engines.anonymous import Words
from cpdynamics.engines.request import Request
from cpdynamics.errors import CpdynamicsError, RunFailed
from cpdynamics.mdl.names import canonical
from cpdynamics.system.abstract import Structure
from cpdynamics.system.dependencies import circle
from cpdynamics.system.depth import DEPTH

_REMEDIES: Mapping[type[Exception], tuple[str, str]] = {
    ZeroDivisionError: ("divides by zero", "ZIDZ(a, b) and XIDZ(a, b, x) say what a/0 is to be."),
    OverflowError: (
        "grows beyond any number",
        "Look for a reinforcing loop without a limit, or shorten TIME STEP.",
    ),
}
# What Python's own parser says of too many brackets; so early, nothing else asks for much memory.
_NESTED = (MemoryError, SyntaxError)
_LONGEST_CHAIN = 12


def blamed(
    error: Exception,
    folder: Path,
    words: Words,
    structure: Structure,
    request: Request,
    time: float | None,
) -> CpdynamicsError:
    """The error of ours for one that PySD let through.

    Args:
        error: what came out of PySD.
        folder: where the Python lies that was run.
        words: what its names stand for.
        structure: the model.
        request: the run that broke.
        time: when it broke, or None if the model was not even loaded.
    """
    names = {word: structure.elements[key].name for key, word in words.variables.items()}
    if isinstance(error, RecursionError):
        held = {canonical(name) for name in request.hold}
        if loop := simultaneous(structure, held):
            chain = " -> ".join(f'"{name}"' for name in _shortened([*loop, loop[0]]))
            return RunFailed(
                f"These variables need one another in the same step: {chain}.",
                "A loop needs a stock or a delay in it.",
                "Put a stock or a SMOOTH in the loop, or hold one of them.",
            )
    if isinstance(error, RecursionError) or (time is None and isinstance(error, _NESTED)):
        name = _variable(error, folder, names)
        return RunFailed(
            (f'"{name}"' if name else "The model") + " is too deep to be computed.",
            f"{DEPTH:,} calls within calls are the most: some 2,000 variables in a row that need "
            "one another in the same step, or a hundred brackets within brackets.",
            "Give inner parts of a long formula names of their own, or put a stock in the row.",
        )
    if isinstance(error, ValueError) and "Circular initialization" in str(error):
        return RunFailed(
            "The stocks need one another's starting values in a circle: "
            + _starting(str(error), names),
            "",
            "Give one of them a starting value of its own.",
        )
    name = _variable(error, folder, names)
    when = f" at time {time:g}" if time is not None else ""
    what, remedy = next(
        (text for kind, text in _REMEDIES.items() if isinstance(error, kind)),
        (f"cannot be computed ({type(error).__name__}: {_plain(error, folder, names)})", ""),
    )
    subject = f'"{name}"' if name else "The run"
    return RunFailed(f"{subject} {what}{when}.", "", remedy)


def simultaneous(structure: Structure, held: set[str]) -> list[str]:
    """A loop of variables that need one another in the same step; empty if there is none.

    Args:
        structure: the model.
        held: canonical names of variables whose equations do not count.
    """
    uses = {key: () if key in held else element.uses for key, element in structure.elements.items()}
    return [structure.elements[key].name for key in circle(uses)]


def _shortened(loop: list[str]) -> list[str]:
    half = _LONGEST_CHAIN // 2
    return loop if len(loop) <= _LONGEST_CHAIN else [*loop[:half], "…", *loop[-half:]]


def _variable(error: Exception, folder: Path, names: Mapping[str, str]) -> str | None:
    """The variable whose equation was being computed, innermost first."""
    source = folder / "model.py"
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename and Path(frame.filename) == source and frame.lineno
    ]
    if not lines:
        return None
    try:
        tree = ast.parse(source.read_text(encoding="utf-8"))
    except OSError:
        return None
    for line in reversed(lines):
        for node in tree.body:
            if node.lineno <= line <= (node.end_lineno or node.lineno):
                for part in _named(node):
                    if part in names:
                        return names[part]
    return None


def _named(node: ast.stmt) -> list[str]:
    """The function, or the words within the name of a state's object: _integ_v00001_1."""
    if isinstance(node, ast.FunctionDef):
        return [node.name]
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id.split("_")
    return []


def _starting(message: str, names: Mapping[str, str]) -> str:
    parts = [part for line in message.splitlines() for part in line.strip().split("_")]
    return ", ".join(f'"{names[part]}"' for part in parts if part in names) + "."


def _plain(error: Exception, folder: Path, names: Mapping[str, str]) -> str:
    """PySD's own words, with the variables' names in them and without where the cache lies."""
    text = str(error).replace(f"{folder}/", "")
    text = re.sub(r"\w*?(v\d{5})\w*", lambda found: names.get(found[1], found[0]), text)
    return " ".join(text.split())[:160]
