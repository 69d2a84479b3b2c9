"""What may be asked of a model: every bad name and value found before anything runs."""

from __future__ import annotations

import numbers
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from cpdynamics.engines.clock import check_clock
from cpdynamics.engines.request import Request
from cpdynamics.errors import (
    BadStory,
    BadValue,
    CpdynamicsError,
    came_as,
    clipped,
    unknown_name,
)
from cpdynamics.mdl.document import Document, Equation, Range
from cpdynamics.mdl.kinds import kind_in_text, number_in_text
from cpdynamics.mdl.names import CLOCK, CONTROL, canonical
from cpdynamics.scenario import Held, Scenario
from cpdynamics.story import Story
from cpdynamics.system.abstract import Element, Structure


def checked_scenario(structure: Structure, scenario: Scenario) -> Scenario:
    """The scenario with its names as in the .mdl, once everything in it may be done.

    Args:
        structure: the model.
        scenario: what is asked of it.

    Raises:
        UnknownName: the model lacks one of the names; the nearest are offered.
        BadValue: a name of another kind (a stock set as a constant, say), or a value out of range.
    """
    return _checked(structure.elements, scenario)


def checked_request(
    structure: Structure, scenario: Scenario, outputs: Iterable[str] | None, *, seed: int = 0
) -> Request:
    """What an engine is to do for a checked scenario.

    Args:
        structure: the model.
        scenario: what ``checked_scenario`` gave.
        outputs: the variables wanted; every one when None.
        seed: of the RANDOM functions.

    Raises:
        UnknownName: the model lacks an output; the nearest are offered.
        BadValue: an output has no values over time, or the seed is none.
    """
    wanted: tuple[str, ...] | None = None
    if outputs is not None:
        names = [outputs] if isinstance(outputs, str) else list(outputs)
        wanted = tuple(dict.fromkeys(_shown(structure.elements, name) for name in names))
        if not wanted:
            raise BadValue("outputs= is empty.", "One variable is the least.", "Leave it out.")
    return Request(
        constants=scenario.set,
        hold=scenario.hold,
        initial=scenario.initial,
        outputs=wanted,
        seed=checked_seed(seed),
    )


def checked_seed(seed: Any) -> int:
    """The seed, if it is one that functions of chance can take.

    Args:
        seed: what came.

    Raises:
        BadValue: it is no whole number from 0 to 2**64 - 1.
    """
    whole = isinstance(seed, numbers.Integral) and not isinstance(seed, bool)
    number = int(seed) if whole else -1
    if number < 0:
        raise BadValue(f"seed= is {came_as(seed)}.", "A whole number from 0 was expected.")
    if number >= 2**64:
        raise BadValue(f"seed= is {clipped(number, 40)}.", "It has to be less than 2**64.")
    return number


def checked_constant(structure: Structure, name: str) -> Element:
    """The constant of that name, if it may differ from run to run.

    Args:
        structure: the model.
        name: in any spelling.

    Raises:
        UnknownName: the model lacks it; the nearest are offered.
        BadValue: it is of another kind, or steers the run itself.
    """
    _settable(structure.elements, name)
    element = _element(structure.elements, name)
    if canonical(name) in CONTROL:
        raise BadValue(
            f'"{element.name}" steers the run itself and is the same in all runs of an ensemble.',
            "",
            f'Set it for all of them: scenario={{"{element.name}": value}}.',
        )
    return element


def check_story(story: Story, document: Document) -> None:
    """Nothing, once every name and value of a story fits its model.

    Works from the text of the model alone, so that loading one stays quick.

    Args:
        story: what was read from the .toml.
        document: the model.

    Raises:
        BadStory: the first thing that does not fit, and where it stands.
    """
    source = story.source.name if story.source else "the story"
    for key, loop in story.loops.items():
        for name in loop.through:
            _in_file(document, name, f"{source}, loop {key}")
    for name in story.headline:
        _in_file(document, name, f"{source}, headline")
    for name in story.accumulators:
        _in_file(document, name, f"{source}, accumulators")
    for name in story.uncertain:
        _span(document, name, f"{source}, uncertain")
    for chart in story.charts:
        for name in chart.variables:
            _in_file(document, name, f'{source}, chart "{chart.title}"')
    for slider in story.sliders:
        where = f'{source}, slider "{slider.variable}"'
        low, high = _span(document, slider.variable, where)
        for value, words in slider.bands:
            if not low <= value <= high:
                raise BadStory(
                    f'{where}: the band "{words}" is at {value:g}.',
                    f"The .mdl allows {low:g} to {high:g}.",
                )
    elements = _elements_in(document) if story.scenarios else {}
    for name, scenario in story.scenarios.items():
        _check_scenario(scenario, elements, f'{source}, scenario "{name}"')


def spelt_range(allowed: Range | None) -> str:
    """A range in words, such as "0 to 0.4 in steps of 0.05"; empty for none.

    Args:
        allowed: from the .mdl.
    """
    if allowed is None or (allowed.low is None and allowed.high is None):
        return ""
    if allowed.high is None:
        words = f"{allowed.low:g} or more"
    elif allowed.low is None:
        words = f"{allowed.high:g} or less"
    else:
        words = f"{allowed.low:g} to {allowed.high:g}"
    return f"{words} in steps of {allowed.step:g}" if allowed.step else words


def _checked(elements: Mapping[str, Element], scenario: Scenario) -> Scenario:
    constants = {_settable(elements, name): value for name, value in scenario.set.items()}
    held = {_holdable(elements, name): value for name, value in scenario.hold.items()}
    started = {_startable(elements, name): value for name, value in scenario.initial.items()}
    for name in held.keys() & (constants.keys() | started.keys()):
        raise BadValue(
            f'"{name}" is held for the whole run, and given another value as well.',
            "",
            "Leave one of the two out.",
        )
    for name, value in (constants | started | held).items():
        _within(name, value, elements[canonical(name)].range)
    _times(elements, constants)
    return Scenario(constants, name=scenario.name, story=scenario.story, hold=held, initial=started)


def _element(elements: Mapping[str, Element], name: str) -> Element:
    try:
        return elements[canonical(name)]
    except KeyError:
        names = (element.name for element in elements.values())
        raise unknown_name("variable in this model", name, names) from None


def _settable(elements: Mapping[str, Element], name: str) -> str:
    element = _element(elements, name)
    if element.kind == "constant" or canonical(name) in CONTROL:
        return element.name
    what = _article(element.kind)
    if element.kind in ("auxiliary", "flow"):
        what += ": it is computed"
    came = f'"{element.name}" is {what}, so it cannot be set like a constant.'
    if element.kind == "stock":
        remedy = (
            f'Start it elsewhere: initial={{"{element.name}": value}} in Python, '
            f'--initial "{element.name}=VALUE" on the command line.'
        )
    elif element.kind == "lookup":
        remedy = "Change the curve in the .mdl."
    elif element.kind == "time":
        remedy = "Set INITIAL TIME or FINAL TIME."
    else:
        remedy = (
            f'Keep it at a value: hold={{"{element.name}": value}} in Python, '
            f'--hold "{element.name}=VALUE" on the command line.'
        )
    raise BadValue(came, "", remedy)


def _holdable(elements: Mapping[str, Element], name: str) -> str:
    element = _element(elements, name)
    if canonical(name) in CONTROL:
        raise BadValue(f'"{element.name}" steers the run itself and cannot be held.', "", "Set it.")
    if element.kind in ("lookup", "time"):
        raise BadValue(
            f'"{element.name}" is {_article(element.kind)} and cannot be held.',
            "A stock, flow, auxiliary or constant was expected.",
        )
    return element.name


def _startable(elements: Mapping[str, Element], name: str) -> str:
    element = _element(elements, name)
    if element.kind == "stock":
        return element.name
    way = "Set it." if element.kind == "constant" else "Hold it with hold=, or start its stocks."
    raise BadValue(
        f'"{element.name}" is {_article(element.kind)}.', "Only a stock has a starting value.", way
    )


def _shown(elements: Mapping[str, Element], name: str) -> str:
    if not isinstance(name, str):
        raise BadValue(f"An output was asked for by {clipped(name)}.", "Names are text.")
    element = _element(elements, name)
    if element.kind in ("lookup", "time"):
        raise BadValue(
            f'"{element.name}" is {_article(element.kind)}, so no output of a run.',
            "",
            "The index of a run is its time." if element.kind == "time" else "",
        )
    return element.name


def _article(kind: str) -> str:
    return {"auxiliary": "an auxiliary", "time": "the time itself"}.get(kind, f"a {kind}")


def _within(name: str, value: Held, allowed: Range | None) -> None:
    values = list(value) if isinstance(value, pd.Series) else [value]
    for number in values:
        if not _allowed(number, allowed):
            raise BadValue(
                f'{number:g} is out of the range of "{name}".',
                f"The .mdl allows {spelt_range(allowed)}.",
                "Choose a value inside, or widen the range in the .mdl.",
            )


def _allowed(value: float, allowed: Range | None) -> bool:
    if allowed is None:
        return True
    # A slider at its end may come as 0.30000000000000004.
    slack = 1e-9 * max(abs(allowed.low or 0), abs(allowed.high or 0), abs(value))
    too_low = allowed.low is not None and value < allowed.low - slack
    too_high = allowed.high is not None and value > allowed.high + slack
    return not (too_low or too_high)


def _times(elements: Mapping[str, Element], constants: Mapping[str, float]) -> None:
    """Refuses a clock that would not move, or not arrive."""
    clock = {canonical(name): value for name, value in constants.items()}

    def read(name: str) -> float | None:
        element = elements.get(name)
        return clock.get(name, element.value if element else None)

    check_clock(*(read(name) for name in CLOCK))


def _in_file(document: Document, name: str, where: str) -> Equation:
    try:
        return document[name]
    except CpdynamicsError as error:
        raise BadStory(f"{where}: {error.came}", error.expected, error.remedy) from None


def _constant(document: Document, name: str, where: str) -> Equation:
    equation = _in_file(document, name, where)
    if number_in_text(equation) is None:
        raise BadStory(
            f'{where}: "{equation.name}" is computed ({clipped(equation.expression, 40)}).',
            "A constant was expected.",
        )
    return equation


def _span(document: Document, name: str, where: str) -> tuple[float, float]:
    equation = _constant(document, name, where)
    allowed = equation.range
    if allowed is None or allowed.low is None or allowed.high is None:
        raise BadStory(
            f'{where}: "{equation.name}" has no range.',
            "",
            "Write it in the .mdl behind the units, such as Month [1,24,1].",
        )
    return allowed.low, allowed.high


def _elements_in(document: Document) -> dict[str, Element]:
    """What a scenario can be checked against, as the text tells it; a flow is an auxiliary."""
    equations: dict[str, list[Equation]] = {}
    for equation in document.equations:
        equations.setdefault(canonical(equation.name), []).append(equation)
    found = {"time": Element("Time", "time", "", None, (), (), (), (), None, ())}
    for key, ones in equations.items():
        if kind := "constant" if key in CONTROL else kind_in_text(ones):
            first = ones[0]
            value = number_in_text(first) if len(ones) == 1 and not first.subscripts else None
            found[key] = Element(
                first.name, kind, first.units, first.range, first.subscripts, (), (), (), value, ()
            )
    return found


def _check_scenario(scenario: Scenario, elements: Mapping[str, Element], where: str) -> None:
    try:
        _checked(elements, scenario)
    except CpdynamicsError as error:
        raise BadStory(f"{where}: {error.came}", error.expected, error.remedy) from None
