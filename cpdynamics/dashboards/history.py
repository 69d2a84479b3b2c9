"""What a person did with the controls: undo, redo, replay, pinned runs, a code to share."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote_to_bytes

from cpdynamics.dashboards.controls import Control, State
from cpdynamics.errors import BadValue, clipped
from cpdynamics.scenario import Scenario

MOST = 100
"""Steps back that are kept."""

FRAMES = 12
"""Pictures in which the last change is shown again."""

PINS = 2
"""Runs that may stay in the picture to compare with; more could not be told apart."""

LONGEST = 4000
"""Letters that a code may have; one of a story's own is a tenth of that."""

_KIND = "cpd1"
_PLAIN = "!~*'()"  # what a browser leaves as it is, besides letters, digits and -_.
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class History:
    """Where the controls stand, where they stood, and what is pinned. A change gives a new one.

    Attributes:
        now: the state on show.
        before: the states that Undo leads back to, the last one last.
        after: the states that Redo leads on to, the next one last.
        pinned: the states whose runs stay in the picture to compare with, two at most, the one
            pinned last last.
        held: the control that a hand is still on, whose moves count as one; empty for none.
    """

    now: State
    before: tuple[State, ...] = ()
    after: tuple[State, ...] = ()
    pinned: tuple[State, ...] = ()
    held: str = ""

    def went(self, state: State, *, held: bool = False) -> History:
        """The history after somebody did something.

        Args:
            state: what came of it.
            held: whether a hand is still on the slider.
        """
        if alike(state, self.now):
            return replace(self, now=state)
        if held and self.held and self.held == state.moved:
            return replace(self, now=state)
        before = (*self.before, replace(self.now, message=""))[-MOST:]
        return replace(self, now=state, before=before, after=(), held=state.moved if held else "")

    def let_go(self) -> History:
        """The history after the hand has left the slider; a move that led nowhere is none."""
        if self.held and self.before and alike(self.before[-1], self.now):
            return replace(self, before=self.before[:-1], held="")
        return replace(self, held="")

    def undone(self) -> History:
        """The history one step back; this one at the start."""
        if not self.before:
            return self
        after = (*self.after, replace(self.now, message=""))
        return replace(self, now=self.before[-1], before=self.before[:-1], after=after, held="")

    def redone(self) -> History:
        """The history one step on again; this one where nothing was undone."""
        if not self.after:
            return self
        before = (*self.before, replace(self.now, message=""))
        return replace(self, now=self.after[-1], before=before, after=self.after[:-1], held="")

    def replay(self, frames: int = FRAMES) -> tuple[tuple[float, ...], ...]:
        """The values of all controls, from before the last change to now, in equal steps.

        Args:
            frames: how many, with both ends; none at the start.
        """
        if not self.before:
            return ()
        first, last = self.before[-1].values, self.now.values
        shares = [frame / (frames - 1) for frame in range(frames)]
        return tuple(
            tuple(
                b if share == 1 else a + share * (b - a) for a, b in zip(first, last, strict=True)
            )
            for share in shares
        )

    def pin(self) -> History:
        """The history with the run on show pinned; of three pins the oldest goes."""
        now = replace(self.now, message="")
        others = [one for one in self.pinned if not alike(one, now)]
        return replace(self, pinned=(*others, now)[-PINS:])

    def unpin(self, place: int | None = None) -> History:
        """The history with a pin less, or with none.

        Args:
            place: of the pin, 0 for the first; one that is not there changes nothing. None for
                all pins.
        """
        kept = [one for at, one in enumerate(self.pinned) if place is not None and at != place]
        return replace(self, pinned=tuple(kept))


def alike(first: State, second: State) -> bool:
    """Whether two states ask for the same run under the same scenario."""
    return first.values == second.values and first.preset == second.preset


def share_code(model: str, state: State) -> str:
    """The state as text that may stand behind the # of an address.

    Args:
        model: its name.
        state: where the controls stand.
    """
    preset = state.preset.name if state.preset is not None else ""
    there = _start(state.controls, state.preset)
    moved = [
        f"{_written(control.name)}={value:.15g}"
        for control, value, start in zip(state.controls, state.values, there.values, strict=True)
        if not control.same(value, start)
    ]
    return "/".join([_KIND, _written(model), _written(preset), *moved])


def state_of(
    code: str, model: str, controls: Sequence[Control], scenarios: Mapping[str, Scenario]
) -> State:
    """The state that a code stands for.

    Args:
        code: a stranger's text, with or without the # before it.
        model: the name of the model on show.
        controls: what may be moved.
        scenarios: what may be chosen, by name.

    Raises:
        BadValue: it is no code of this model's, names what the model lacks, or gives a value that
            a control cannot take.
    """
    code = code.removeprefix("#")
    if len(code) > LONGEST:
        raise BadValue("The link is too long.")
    kind, *rest = code.split("/")
    if kind != _KIND or len(rest) < 2:
        raise BadValue("The link is none of this kind of page.")
    name, preset, *moves = rest
    if _read(name) != model:
        raise BadValue(f'The link belongs to "{clipped(_read(name), 40)}", another model.')
    chosen = _read(preset)
    if chosen and chosen not in scenarios:
        raise BadValue(f'The link asks for "{clipped(chosen, 40)}", which is no scenario here.')
    state = _start(controls, scenarios[chosen] if chosen else None)
    known = {control.name: place for place, control in enumerate(controls)}
    values = list(state.values)
    given: set[str] = set()
    for move in moves:
        left, _, right = move.partition("=")
        name = _read(left)
        if name not in known or name in given:
            twice = "twice" if name in given else "which cannot be moved here"
            raise BadValue(f'The link sets "{clipped(name, 40)}", {twice}.')
        given.add(name)
        control = controls[known[name]]
        number = float(right) if _NUMBER.fullmatch(right) else math.nan
        inside = control.low <= number <= control.high
        if not (inside or control.same(number, control.low) or control.same(number, control.high)):
            raise BadValue(f'The link sets "{control.name}" to what it cannot be.')
        values[known[name]] = min(max(number, control.low), control.high)
    return replace(state, values=tuple(values))


def _start(controls: Sequence[Control], preset: Scenario | None) -> State:
    start = State.start(controls)
    return start if preset is None else start.choose(preset)


def _written(text: str) -> str:
    return quote(text, safe=_PLAIN)


def _read(text: str) -> str:
    """The text as it was before it was written into a code."""
    wrong = BadValue("The link is damaged.")
    if re.search("%(?![0-9A-Fa-f]{2})", text):
        raise wrong
    try:
        return unquote_to_bytes(text).decode("utf-8")
    except UnicodeError:  # a lone surrogate cannot even be written as bytes
        raise wrong from None
