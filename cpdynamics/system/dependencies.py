"""Which names an equation needs, and when: in the same step, at the start, or for its states."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

# Where PySD's generated objects read each argument. Delay divides its last level by the delay
# time of now; Trend and Forecast look at their input of now; Smooth and DelayN look at levels
# alone (pysd/py_backend/statefuls.py, 3.14.3).
_STEP = {
    "DelayStructure": ("delay_time",),
    "TrendStructure": ("input", "average_time"),
    "ForecastStructure": ("input", "average_time", "horizon"),
    "SampleIfTrueStructure": ("condition", "input"),
}
_START = {
    "IntegStructure": ("initial",),
    "InitialStructure": ("initial",),
    "DelayStructure": ("initial", "delay_time", "order"),
    "DelayNStructure": ("initial", "delay_time", "order"),
    "DelayFixedStructure": ("initial", "delay_time"),
    "SmoothStructure": ("initial", "order"),
    "SmoothNStructure": ("initial", "order"),
    "TrendStructure": ("input", "average_time", "initial_trend"),
    "ForecastStructure": ("input", "initial_trend"),
    "SampleIfTrueStructure": ("initial",),
}
_STATE = {
    "IntegStructure": ("flow",),
    "DelayStructure": ("input", "delay_time"),
    "DelayNStructure": ("input", "delay_time"),
    "DelayFixedStructure": ("input",),
    "SmoothStructure": ("input", "smooth_time"),
    "SmoothNStructure": ("input", "smooth_time"),
    "TrendStructure": ("input", "average_time"),
    "ForecastStructure": ("input", "average_time"),
    "SampleIfTrueStructure": ("condition", "input"),
}
STATEFUL = frozenset(_START)
_CLOCK = {"step", "ramp", "pulse", "pulse_train", "get_time_value"}


@dataclass
class Needs:
    """References found in an equation, as PySD writes them, each once and in order."""

    step: dict[str, None] = field(default_factory=dict)
    start: dict[str, None] = field(default_factory=dict)
    state: dict[str, None] = field(default_factory=dict)


def needs(ast: Any, is_variable: Callable[[str], bool]) -> Needs:
    """What an expression needs.

    Args:
        ast: an expression of PySD's abstract syntax.
        is_variable: tells a lookup that is called like a function from a function.
    """
    found = Needs()
    _collect(ast, is_variable, found.step, found, set())
    return found


def _collect(
    node: Any,
    is_variable: Callable[[str], bool],
    into: dict[str, None],
    found: Needs,
    seen: set[tuple[int, int]],
) -> None:
    # Once for each place: FORECASTs within one another, each asked for its input three times,
    # would take three times as long with every level.
    if (key := (id(node), id(into))) in seen:
        return
    seen.add(key)
    kind = type(node).__name__
    if kind == "ReferenceStructure":
        into[node.reference] = None
    elif kind == "CallStructure":
        function = node.function.reference
        if is_variable(function):
            into[function] = None
        if function in _CLOCK:
            into["time"] = None
        if function == "active_initial" and len(node.arguments) == 2:
            _collect(node.arguments[0], is_variable, into, found, seen)
            _collect(node.arguments[1], is_variable, found.start, found, seen)
        else:
            _collect(node.arguments, is_variable, into, found, seen)
    elif kind in STATEFUL:
        for parts, place in ((_STEP, into), (_START, found.start), (_STATE, found.state)):
            for part in parts.get(kind, ()):
                _collect(getattr(node, part), is_variable, place, found, seen)
    elif kind == "GetDataStructure":
        into["time"] = None
    else:
        for child in children(node):
            _collect(child, is_variable, into, found, seen)


def walk(node: Any) -> Iterator[Any]:
    """The node and everything below it, itself first, and each object once."""
    waiting, seen = [node], set[int]()
    while waiting:
        one = waiting.pop()
        if id(one) not in seen:
            seen.add(id(one))
            yield one
            waiting += reversed(list(children(one)))


def children(node: Any) -> Iterator[Any]:
    """What stands directly below a node of PySD's abstract syntax."""
    if is_dataclass(node):
        for part in fields(node):
            yield getattr(node, part.name)
    elif isinstance(node, tuple | list):
        yield from node


def circle(parts: Mapping[str, Iterable[str]]) -> list[str]:
    """Names that need one another in a circle, the first of them once; empty if none do.

    Args:
        parts: name -> the names that it needs. What is no key needs nothing.
    """
    done: set[str] = set()
    for start in parts:
        path: dict[str, None] = {}
        stack = [(start, False)]
        while stack:
            name, leaving = stack.pop()
            if leaving:
                done.add(path.popitem()[0])
            elif name in path:
                names = list(path)
                return names[names.index(name) :]
            elif name in parts and name not in done:
                path[name] = None
                stack.append((name, True))
                stack += [(part, False) for part in reversed(list(parts[name]))]
    return []
