"""What a dashboard decides, without a widget in sight: every change gives a new State."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cpdynamics.dashboards.headline import pure
from cpdynamics.mdl.names import CONTROL, canonical
from cpdynamics.scenario import Scenario
from cpdynamics.story import Slider
from cpdynamics.tables import readable

if TYPE_CHECKING:
    from cpdynamics.model import Model

_STEPS = 100  # of a slider whose range in the .mdl names none
_SAME = 1e-9  # of a range: nearer values count as one
_WIDE = 1226  # pixels that a window of 1280 leaves for buttons
_LETTER, _AROUND, _GAP = 7.2, 30, 8  # pixels: a letter, the rest of a button, and between two
_ROWS = 2  # of buttons; more would press the charts off the first screen


@dataclass(frozen=True)
class Control:
    """A constant that a person moves.

    Attributes:
        name: as in the .mdl.
        units: in words; empty for a pure number.
        low, high, step: from the range in the .mdl.
        start: the model's own value.
        meaning: the comment in the .mdl.
        group: the heading that it stands under.
        bands: values from low to high, each with the words for it.
        notice: what to look at when it moves.
    """

    name: str
    units: str
    low: float
    high: float
    step: float
    start: float
    meaning: str = ""
    group: str = ""
    bands: tuple[tuple[float, str], ...] = ()
    notice: str = ""

    def same(self, first: float, second: float) -> bool:
        """Whether nobody could tell two values apart on this control."""
        return abs(first - second) <= _SAME * (self.high - self.low)

    def on_step(self, value: float) -> float:
        """The nearest place where a slider in a browser can stand.

        Args:
            value: in the control's units, such as one that was typed.
        """
        if self.same(value, self.high):
            return self.high
        return min(self.low + round((value - self.low) / self.step) * self.step, self.high)

    def band(self, value: float) -> str:
        """The words for a value: those of a band that it is on, or of the two that it is between.

        Args:
            value: in the control's units.
        """
        for mark, words in self.bands:
            if self.same(mark, value):
                return words
        below = [words for mark, words in self.bands if mark < value]
        above = [words for mark, words in self.bands if mark > value]
        if below and above:
            return f"between {below[-1]} and {above[0]}"
        return f"above {below[-1]}" if below else f"below {above[0]}" if above else ""

    def text(self, value: float) -> str:
        """The number as it stands in the box: as many decimals as the steps need, at least.

        Args:
            value: in the control's units.
        """
        places = next(
            (n for n in range(7) if math.isclose(round(value, n), value, rel_tol=1e-9)), None
        )
        steps = next((n for n in range(7) if math.isclose(round(self.step, n), self.step)), 0)
        return f"{value:.6g}" if places is None else f"{value:.{max(places, steps)}f}"


@dataclass(frozen=True)
class State:
    """Where every control stands, and what to say about it. Frozen: a change gives a new one.

    Attributes:
        controls: what may be moved.
        values: where each stands, in the order of the controls.
        preset: the scenario chosen last; None at the base.
        moved: the control moved last; empty after a preset or a reset.
        message: why something typed was not taken as it came; empty if all is well.
    """

    controls: tuple[Control, ...]
    values: tuple[float, ...]
    preset: Scenario | None = None
    moved: str = ""
    message: str = ""

    @classmethod
    def start(cls, controls: Sequence[Control]) -> State:
        """The state in which everything is as the model has it."""
        return cls(tuple(controls), tuple(control.start for control in controls))

    def value(self, name: str) -> float:
        """Where a control stands."""
        return self.values[self._place(name)]

    def slid(self, name: str, value: float) -> State:
        """The state after a slider reported where it stands.

        A browser puts a slider on its nearest step and reports that too: it is no move.

        Args:
            name: of the control.
            value: where the slider stands.
        """
        control = self.controls[self._place(name)]
        if control.same(value, control.on_step(self.value(name))):
            return self
        return self.set(name, value)

    def set(self, name: str, value: float) -> State:
        """The state after a control was moved; this one if it stands there already.

        Args:
            name: of the control.
            value: where to, in its units; beyond the ends of the control is taken as the end.
        """
        place = self._place(name)
        control = self.controls[place]
        value = min(max(value, control.low), control.high)
        if control.same(value, self.values[place]):
            return self
        values = (*self.values[:place], value, *self.values[place + 1 :])
        return replace(self, values=values, moved=name, message="")

    def typed(self, name: str, text: str) -> State:
        """The state after somebody typed a value.

        What is no number changes nothing, what lies beyond the range becomes its end, and both
        are said in ``message``.

        Args:
            name: of the control.
            text: what was typed, such as ``0.2``, ``0,2``, ``20 %`` or ``5,200,000``.
        """
        control = self.controls[self._place(name)]
        number = parsed(text)
        if number is None:
            kept = control.text(self.value(name))
            said = f'"{_clipped(text)}" is not a number. {name} stays at {kept}.'
            return replace(self, message=said)
        after = replace(self.set(name, number), message="")
        end = after.value(name)
        if not control.low - _SAME <= number <= control.high + _SAME:
            word = "highest" if number > control.high else "lowest"
            said = f"{readable(number)} is beyond the range of {name}: {control.text(end)}"
            return replace(after, message=f"{said} is the {word} value.")
        return after

    def choose(self, scenario: Scenario) -> State:
        """The state under a scenario: its values on the controls, all others as the model has them.

        Args:
            scenario: one of the model's. What has no control of its own is kept in force.
        """
        wanted = {canonical(name): value for name, value in scenario.set.items()}
        values = tuple(
            min(max(wanted.get(canonical(control.name), control.start), control.low), control.high)
            for control in self.controls
        )
        return State(self.controls, values, preset=scenario)

    def reset(self) -> State:
        """The state in which everything is as the model has it."""
        return State.start(self.controls)

    @property
    def is_preset(self) -> bool:
        """Whether every control stands where the chosen scenario put it."""
        return self.preset is not None and self.values == self.choose(self.preset).values

    @property
    def notice(self) -> str:
        """What to look at now: the words of the scenario, or of the control moved last."""
        if self.is_preset and self.preset is not None:
            return self.preset.story
        return self.controls[self._place(self.moved)].notice if self.moved else ""

    def scenario(self) -> Scenario:
        """The assumptions to run the model under."""
        moved = {
            control.name: value
            for control, value in zip(self.controls, self.values, strict=True)
            if not control.same(value, control.start)
        }
        return self._beyond() | Scenario(moved)

    @property
    def beyond(self) -> str:
        """In words, what the chosen scenario sets that no control shows; empty for nothing."""
        return self._beyond().label if self._beyond() else ""

    def _beyond(self) -> Scenario:
        if self.preset is None:
            return Scenario()
        shown = {canonical(control.name) for control in self.controls}
        rest = {name: v for name, v in self.preset.set.items() if canonical(name) not in shown}
        return Scenario(rest, hold=self.preset.hold, initial=self.preset.initial)

    def _place(self, name: str) -> int:
        return next(i for i, control in enumerate(self.controls) if control.name == name)


def controls(model: Model) -> tuple[Control, ...]:
    """The controls of a model: its story's sliders, or every constant that has a range.

    Args:
        model: a model whose story fits it.
    """
    made = [_control(model, slider) for slider in model.story.sliders or _every_constant(model)]
    # A heading stands once, where its first control does.
    order = list(dict.fromkeys(control.group for control in made if control is not None))
    known = [control for control in made if control is not None]
    return tuple(sorted(known, key=lambda control: order.index(control.group)))


def at_the_ends(state: State) -> list[Scenario]:
    """The scenarios in which one control stands at an end of its range.

    Args:
        state: where all the others stand.
    """
    moved = [
        state.set(control.name, end)
        for control in state.controls
        for end in (control.low, control.high)
    ]
    return [after.scenario() for after in moved if after is not state]


def as_buttons(names: Sequence[str]) -> bool:
    """Whether scenarios fit on buttons, with Reset after them, in at most two rows.

    Args:
        names: of the scenarios, in their order.
    """
    rows, left = 1, float(_WIDE)
    for name in (*names, "Reset"):
        wide = len(name) * _LETTER + _AROUND
        if wide > left:
            rows, left = rows + 1, float(_WIDE)
        left -= wide + _GAP
    return rows <= _ROWS


def charted(model: Model) -> tuple[str, ...]:
    """The variables of the story's charts, each once; six of the model if it has no charts.

    Stocks come first, then flows and auxiliaries, each in the order of the file.

    Args:
        model: a model whose story fits it.
    """
    named = dict.fromkeys(name for chart in model.story.charts for name in chart.variables)
    elements = [one for one in model.structure.elements.values() if not one.subscripts]
    kinds = ("stock", "flow", "auxiliary")
    found = [one.name for kind in kinds for one in elements if one.kind == kind]
    return tuple(named) or tuple(found[:6])


def parsed(text: str) -> float | None:
    """The number that somebody typed, or None.

    A comma counts as a decimal point, unless it groups thousands as in ``5,200,000``; a percent
    sign divides by a hundred.

    Args:
        text: what was typed.
    """
    text = text.strip().replace("\N{MINUS SIGN}", "-").replace("\u00a0", " ")
    share = text.endswith("%")
    text = text.removesuffix("%").strip()
    if re.fullmatch(r"[+-]?[1-9]\d{0,2}([, ]\d{3})+(\.\d+)?", text, re.ASCII):
        text = text.replace(",", "").replace(" ", "")
    elif re.fullmatch(r"[+-]?\d*,\d+", text, re.ASCII):
        text = text.replace(",", ".")
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", text, re.ASCII | re.IGNORECASE):
        return None
    number = float(text) / (100 if share else 1)
    return number if math.isfinite(number) else None


def _control(model: Model, slider: Slider) -> Control | None:
    element = model.structure.elements[canonical(slider.variable)]
    allowed, start = element.range, element.value
    if start is None or allowed is None or allowed.low is None or allowed.high is None:
        return None
    if not (math.isfinite(allowed.low) and math.isfinite(allowed.high)):
        return None
    low, high = min(allowed.low, start), max(allowed.high, start)
    if low >= high:
        return None
    return Control(
        name=element.name,
        units=pure(element.units),
        low=low,
        high=high,
        step=allowed.step or _round_step((high - low) / _STEPS),
        start=start,
        meaning=model.document[slider.variable].comment,
        group=slider.group,
        bands=slider.bands,
        notice=slider.notice,
    )


def _every_constant(model: Model) -> list[Slider]:
    return [
        Slider(element.name, group=model.document[name].group)
        for name, element in model.structure.elements.items()
        if element.kind == "constant" and name in model.document and name not in CONTROL
    ]


def _round_step(step: float) -> float:
    """The largest of 1, 2 and 5 times a power of ten that is no larger."""
    power = 10.0 ** math.floor(math.log10(step))
    return max(mark * power for mark in (1, 2, 5) if mark * power <= step * (1 + _SAME))


def _clipped(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 30 else f"{text[:29]}…"
