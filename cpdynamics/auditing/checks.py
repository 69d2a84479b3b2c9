"""The checks themselves: each looks at one thing and says what it found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from cpdynamics.auditing.subject import Subject
from cpdynamics.errors import clipped
from cpdynamics.mdl.names import canonical
from cpdynamics.tables import readable

REST_TOLERANCE = 1e-3
"""How far a variable may move in the base run, as a part of its own largest value."""

_NAMED = 5


@dataclass(frozen=True)
class Check:
    """The outcome of one check.

    Attributes:
        name: what was looked at.
        passed: whether it is as it should be; None when it could not be looked at.
        finding: what was found, with names.
        remedy: what to do about it; empty when there is nothing to do.
    """

    name: str
    passed: bool | None
    finding: str
    remedy: str = ""


def _parse(subject: Subject) -> Check:
    elements = subject.model.structure.elements.values()
    kinds = ("stock", "flow", "auxiliary", "constant", "lookup", "data")
    counts = [(sum(one.kind == kind for one in elements), kind) for kind in kinds]
    words = [_counted(count, kind) for count, kind in counts if count]
    return Check("parse", True, f"{', '.join(words)}.")


def _units(subject: Subject) -> Check:
    return _listed(
        "units",
        [one.name for one in subject.equations if not one.units.strip()],
        "Every variable has units.",
        "without units",
        "Write them in the .mdl after the first ~; Dmnl where there are none.",
    )


def _comments(subject: Subject) -> Check:
    return _listed(
        "comments",
        [one.name for one in subject.named if not one.comment.strip()],
        "Every variable says what it means.",
        "without a comment",
        "Say after the second ~ what it means and where its value comes from.",
    )


def _ranges(subject: Subject) -> Check:
    constants = subject.kind("constant")
    bare = [
        one.name
        for one in subject.named
        if canonical(one.name) in constants
        and (one.range is None or (one.range.low is None and one.range.high is None))
        and not one.group.casefold().endswith("boundary")
        and "fixed" not in one.comment.casefold().replace(".", " ").replace(",", " ").split()
    ]
    return _listed(
        "ranges",
        bare,
        "Every constant that a person may move has a range.",
        "without a range",
        'Write one behind the units, such as Month [1,24,1], or "fixed" in the comment.',
    )


def _within(subject: Subject) -> Check:
    outside = []
    for element in subject.model.structure.elements.values():
        value, allowed = element.value, element.range
        if value is None or allowed is None:
            continue
        low = -np.inf if allowed.low is None else allowed.low
        high = np.inf if allowed.high is None else allowed.high
        if not low <= value <= high:
            outside.append(f"{element.name} = {value:g}, range {low:g} to {high:g}")
    return _listed(
        "values",
        outside,
        "Every constant stands within its range.",
        "out of range",
        "Change the value or the range in the .mdl.",
    )


def _groups(subject: Subject) -> Check:
    return _listed(
        "groups",
        [one.name for one in subject.named if not one.group],
        "Every variable stands in a group.",
        "outside any group",
        "Put it under a group heading: stocks, flows, auxiliaries, constants; .Control last.",
    )


def _sketch(subject: Subject) -> Check:
    drawn = {canonical(one.name) for view in subject.document.views for one in view.variables()}
    return _listed(
        "sketch",
        [one.name for one in subject.named if canonical(one.name) not in drawn],
        f"Every variable is drawn in one of {_counted(len(subject.document.views), 'view')}.",
        "in no view",
        "Draw it in Vensim, so that the diagram tells the whole story.",
    )


def _run(subject: Subject) -> Check:
    frame = subject.base.frame
    broken = [str(name) for name in frame.columns[~np.isfinite(frame.to_numpy()).all(axis=0)]]
    return _listed(
        "run",
        broken,
        f"The base run has {len(frame)} saved times.",
        "not a finite number somewhere",
        "Look for a division by zero or a stock that runs away.",
    )


def _rest(subject: Subject) -> Check:
    frame = subject.base.frame
    exempt = {canonical(name) for name in subject.model.story.accumulators} | subject.calendar
    values = frame.to_numpy()
    typical = np.abs(values).max(axis=0)
    moved = np.abs(values - values[0]).max(axis=0)
    # What is only rounding is at rest, and so is nought that stays nought.
    share = np.divide(moved, typical, out=np.zeros_like(moved), where=moved > subject.rounding)
    restless = sorted(
        (
            (float(part), str(name))
            for part, name in zip(share, frame.columns, strict=True)
            if part > REST_TOLERANCE and _variable(name) not in exempt
        ),
        reverse=True,
    )
    return _listed(
        "rest",
        [f"{name} ({readable(100 * part)} %)" for part, name in restless],
        f"Nothing moves by more than {100 * REST_TOLERANCE:g} % in the base run.",
        "moving in the base run",
        "Start stocks from formulas of constants, or list accumulators in the .toml.",
    )


def _no_negative_stock(subject: Subject) -> Check:
    elements = subject.model.structure.elements
    below = []
    frame = subject.base.frame
    for name, lowest, rounding in zip(frame.columns, frame.min(), subject.rounding, strict=True):
        element = elements.get(_variable(name))
        if element is None or element.kind != "stock" or lowest >= -rounding:
            continue
        # Debts and savings may be negative; their range says so.
        if element.range is None or element.range.low is None or element.range.low >= 0:
            below.append(f"{name} ({readable(lowest)})")
    return _listed(
        "no negative stock",
        below,
        "No stock falls below nought in the base run.",
        "below nought",
        "Limit the outflow by what is in the stock; if it may be negative, say so in its range.",
    )


def _variable(column: object) -> str:
    """The canonical name of the variable that a column belongs to: "Staff[north]" is of Staff."""
    return canonical(str(column).partition("[")[0])


def _listed(name: str, wrong: Sequence[str], good: str, what: str, remedy: str) -> Check:
    if not wrong:
        return Check(name, True, good)
    named = ", ".join(clipped(one) for one in wrong[:_NAMED])
    more = f" and {len(wrong) - _NAMED} more" if len(wrong) > _NAMED else ""
    return Check(name, False, f"{len(wrong)} {what}: {named}{more}.", remedy)


def _counted(count: int, word: str) -> str:
    plural = {"auxiliary": "auxiliaries", "data": "data"}.get(word, f"{word}s")
    return f"{count} {word if count == 1 else plural}"


# Each check, and the checks that have to pass before it can be made.
CHECKS: tuple[tuple[str, Callable[[Subject], Check], tuple[str, ...]], ...] = (
    ("parse", _parse, ()),
    ("units", _units, ()),
    ("comments", _comments, ()),
    ("ranges", _ranges, ("parse",)),
    ("values", _within, ("parse",)),
    ("groups", _groups, ()),
    ("sketch", _sketch, ()),
    ("run", _run, ("parse",)),
    ("rest", _rest, ("run",)),
    ("no negative stock", _no_negative_stock, ("run",)),
)
