"""What differs between the curve that somebody drew and the model's run, in words, never a mark."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cpdynamics.classroom.courses import SEEN, Course, Turn, Values, course
from cpdynamics.classroom.drawing import Prediction

_LATE = 0.05
"""The part of the time shown by which two times differ before it is worth a word."""

_PARTS = (
    (0.1, "a tenth as far as you expected"),
    (0.2, "a fifth as far as you expected"),
    (0.25, "a quarter as far as you expected"),
    (1 / 3, "a third as far as you expected"),
    (0.5, "half as far as you expected"),
    (2 / 3, "two thirds as far as you expected"),
    (0.75, "three quarters as far as you expected"),
    (4 / 3, "a third farther than you expected"),
    (1.5, "half as far again as you expected"),
    (2.0, "twice as far as you expected"),
    (3.0, "three times as far as you expected"),
    (4.0, "four times as far as you expected"),
    (5.0, "five times as far as you expected"),
)


@dataclass(frozen=True)
class Difference:
    """What differs between a drawn curve and a run.

    Attributes:
        sentences: each about one thing: the way, its begin, its turns, its size.
        question: what to think about next.
    """

    sentences: tuple[str, ...]
    question: str


def difference(
    drawn: Prediction,
    times: ArrayLike,
    values: ArrayLike,
    *,
    spelt: Callable[[float], str] = "{:.3g}".format,
    unit: str = "month",
) -> Difference:
    """What differs between a drawn curve and a run, as a teacher would say it.

    What could not be made out on the chart is not told, and nothing is marked: a drawing that
    differs from a model is a reason to ask what the one has thought of and the other has not.

    Args:
        drawn: what somebody expected.
        times: N saved times of the run.
        values: N values of the variable.
        spelt: writes a value with its units.
        unit: what time is counted in, in the singular and lower case.

    Raises:
        BadValue: the run has fewer than two times in the stretch that was drawn, or a value that
            is not finite.
    """
    when, ran = _stretch(drawn, times, values)
    height = drawn.high - drawn.low
    yours, models = course(when, drawn.at(when), height), course(when, ran, height)
    words = _Words(spelt, unit, drawn, height)
    if yours.rests or models.rests:
        return words.at_rest(yours, models)
    said = [words.way(yours, models)]
    said += words.begin(yours, models) + words.turns(yours, models)
    said += words.end(yours, models) + words.farthest(when, drawn.at(when), ran)
    return Difference(tuple(said), words.question(yours, models))


def _stretch(drawn: Prediction, times: ArrayLike, values: ArrayLike) -> tuple[Values, Values]:
    """The run from where the drawing starts to where it ends, at all times that either has."""
    when = np.asarray(times, dtype=float)
    ran = np.asarray(values, dtype=float)
    first, last = max(drawn.begins, float(when[0])), min(drawn.months[-1], float(when[-1]))
    both = np.union1d(when, [drawn.begins, *drawn.months])
    both = both[(both >= first) & (both <= last)]
    return both, np.interp(both, when, ran)


class _Words:
    """Writes one sentence about each thing in which two curves differ."""

    def __init__(
        self, spelt: Callable[[float], str], unit: str, drawn: Prediction, height: float
    ) -> None:
        self._spelt, self._unit = spelt, unit or "time"
        self._seen = SEEN * height
        self._begins = drawn.begins
        span = drawn.months[-1] - drawn.begins
        # No finer than a drawing through points can be.
        self._late = max(_LATE * span, span / len(drawn.months) / 2)
        self._last = drawn.months[-1]

    def at_rest(self, yours: Course, models: Course) -> Difference:
        """Where one of the two does not move at all."""
        if yours.rests and models.rests:
            end = f"It goes from {self._spelt(models.start)} to {self._spelt(models.end)}."
            return Difference(
                ("You expected that it stays as it was. On this chart it does.", end),
                "What keeps it where it is?",
            )
        if yours.rests:
            begins = "" if models.begins is None else f" It begins {self._about(models.begins)}."
            return Difference(
                (
                    f"You expected that it stays as it was. In the model it {models.words}: "
                    f"from {self._spelt(models.start)} to {self._spelt(models.end)}.{begins}",
                    *self.turns(yours, models),
                ),
                "By which way could the change have come here?",
            )
        return Difference(
            (
                f"Your curve {yours.words}. In the model it stays as it was, as far as one can see "
                f"on this chart: it ends at {self._spelt(models.end)}, and you expected "
                f"{self._spelt(yours.end)}.",
            ),
            "What takes up the change before it comes here?",
        )

    def way(self, yours: Course, models: Course) -> str:
        if yours.words == models.words:
            return f"You and the model see the same course: it {models.words}."
        if self._same_way(yours, models) and not (yours.is_shaped and models.is_shaped):
            both = yours.turns or models.turns
            return f"You and the model both see a {models.first_way}{' first' if both else ''}."
        if self._same_way(yours, models):
            return (
                f"You and the model both see a {models.first_way}, of another shape: "
                f"your curve {yours.words}; the model's {models.words}."
            )
        return f"You expected that it {yours.words}. In the model it {models.words}."

    def begin(self, yours: Course, models: Course) -> list[str]:
        if yours.begins is None or models.begins is None:
            return []
        if abs(yours.begins - models.begins) <= self._late:
            return []
        what = f"the {models.first_way}" if yours.first_way == models.first_way else "a change"
        yours_at, models_at = self._at_once(yours.begins), self._at_once(models.begins)
        if models_at:
            return [f"You expected {what} {self._about(yours.begins)}; the model moves at once."]
        wait = f"the model waits until {self._about(models.begins)}"
        if models.begins < yours.begins:
            wait = f"the model begins {self._about(models.begins)}"
        return [f"You expected {what} {yours_at or self._about(yours.begins)}; {wait}."]

    def turns(self, yours: Course, models: Course) -> list[str]:
        mine, its = _farthest_turn(yours), _farthest_turn(models)
        if mine is None and its is None:
            return []
        if its is None:
            assert mine is not None  # noqa: S101 -- one of the two is there
            return [
                f"You expected that it turns {self._about(mine.when)}, at "
                f"{self._spelt(mine.value)}. In the model it does not turn before "
                f"{self._unit} {self._last:g}."
            ]
        place = f"{self._about(its.when)}, at {self._spelt(its.value)}"
        if mine is None:
            return [f"The model turns {place}. Your curve does not turn."]
        if mine.is_top != its.is_top:
            return [
                f"You expected a {_end(mine)} {self._about(mine.when)}; the model has a "
                f"{_end(its)} {place}."
            ]
        if self._same_turn(mine, its):
            return [f"You saw the {_end(its)} where the model has it, {place}."]
        return [
            f"You expected the {_end(its)} {self._about(mine.when)}, at "
            f"{self._spelt(mine.value)}; the model has it {place}."
        ]

    def end(self, yours: Course, models: Course) -> list[str]:
        both = f"you expected {self._spelt(yours.end)}, and the model has {self._spelt(models.end)}"
        if abs(yours.end - models.end) <= self._seen:
            return [f"At the end the two are close: {both}."]
        far = ""
        if min(abs(yours.change), abs(models.change)) > self._seen:
            far = _far(models.change / yours.change)
        return [f"At the end {both}{far and f': it goes {far}'}."]

    def farthest(self, when: Values, drawn: Values, ran: Values) -> list[str]:
        apart = np.abs(drawn - ran)
        place = int(np.argmax(apart))
        if apart[place] <= max(2 * apart[-1], 3 * self._seen):
            return []
        return [
            f"The two are farthest apart {self._about(float(when[place]))}: you have "
            f"{self._spelt(float(drawn[place]))}, the model {self._spelt(float(ran[place]))}."
        ]

    def question(self, yours: Course, models: Course) -> str:
        """What to think about, by what differs most."""
        if not self._same_way(yours, models):
            return "What did you think would drive it? What drives it the other way here?"
        if models.turns and not yours.turns:
            return "What turns it round?"
        if yours.turns and not models.turns:
            return "What did you expect to turn it round, and why does that not happen here?"
        mine, its = _farthest_turn(yours), _farthest_turn(models)
        if mine and its and not self._same_turn(mine, its):
            return "What turns it round there, and not where you expected?"
        late = (models.begins or 0.0) - (yours.begins or 0.0)
        if late > self._late:
            return "What has to happen first, before it can move?"
        if abs(yours.end - models.end) > self._seen:
            return "What did you count that the model does not, or the other way round?"
        if yours.words != models.words:
            return "What makes it go faster, or more slowly, on its way?"
        return "Say it in a sentence: why does it go this way?"

    def _same_turn(self, mine: Turn, its: Turn) -> bool:
        near = abs(mine.when - its.when) <= self._late
        return near and abs(mine.value - its.value) <= self._seen

    def _same_way(self, yours: Course, models: Course) -> bool:
        return yours.first_way == models.first_way

    def _about(self, when: float) -> str:
        return (
            f"about {self._unit} {when:.0f}" if self._last > 9 else f"about {self._unit} {when:.1f}"
        )

    def _at_once(self, when: float) -> str:
        return "at once" if when - self._begins <= self._late else ""


def _farthest_turn(one: Course) -> Turn | None:
    """The turn that is farthest from where the curve started."""
    return max(one.turns, key=lambda turn: abs(turn.value - one.start), default=None)


def _end(turn: Turn) -> str:
    return "top" if turn.is_top else "bottom"


def _far(ratio: float) -> str:
    """How far one way is beside another, in words; nothing where the two are about as long."""
    if ratio <= 0 or 0.87 < ratio < 1.15:
        return ""
    if ratio < 0.07:
        return "hardly any of the way that you expected"
    if ratio > 6:
        return "many times as far as you expected"
    return min(_PARTS, key=lambda part: abs(np.log(part[0] / ratio)))[1]
