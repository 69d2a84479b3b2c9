"""Checks of the equations themselves: units on both sides, the sign of every link, the loops."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from cpdynamics.auditing.check import (
    Finding,
    counted,
    does_not_apply,
    failed,
    listed,
    passed,
    some,
)
from cpdynamics.auditing.subject import Subject
from cpdynamics.errors import UnknownName
from cpdynamics.story import Loop
from cpdynamics.system.graph import How, Link, Polarity
from cpdynamics.system.loops import claimed, named_loop
from cpdynamics.system.units import check_units

_GROUNDS: Mapping[How, str] = {
    "differentiated": "by differentiation",
    "interval": "over the ranges",
    "visited": "in the states of the runs",
}
_KINDS: Mapping[Polarity, str] = {
    "+": "reinforces",
    "-": "balances",
    "0": "does nothing",
    "?": "may do either",
}
_UNKNOWN = "nobody can tell"  # how system.turning says that there is no place to name
_LONG = 200
_TOLD = 3  # findings that are explained; the others are named


def units_balance(subject: Subject) -> Finding:
    """Whether both sides of every equation are in the same units."""
    every = check_units(subject.model.structure, subject.system, subject.document)
    # What has no units at all is told by the check of that.
    found = [one for one in every if one.found or one.expected]
    if not found:
        return passed("Every equation balances.")
    names = list(Counter(one.variable for one in found))
    told = " ".join(f"In {one.variable}: {one.wrong}" for one in found[:_TOLD])
    remedies = Counter(one.remedy for one in found[:_TOLD] if one.remedy)
    return failed(
        f"{len(names)} out of balance: {some(names)}. {told}",
        " ".join(remedies) or "Put the units or the equation right.",
    )


def polarity(subject: Subject) -> Finding:
    """Whether every link has one direction, or a known place where it turns."""
    links = subject.links
    if not links:
        return does_not_apply("No variable that moves is read by another.")
    turning = [one for one in links if one.polarity == "?"]
    lost = [one for one in turning if not one.turns or _UNKNOWN in one.turns]
    if lost:
        return listed(
            [
                f"{_arrow(subject, one)} ({one.turns.partition(': ')[2] or 'in some states'})"
                for one in lost
            ],
            "",
            "without a direction",
            "Give what stands in brackets a name of its own, or say it with stocks, lookups and "
            "plain functions, whose direction can be told.",
        )
    sure = Counter(one.how for one in links if one.polarity != "?")
    parts = [f"{sure[how]} {words}" for how, words in _GROUNDS.items() if sure[how]]
    whole = f"{sum(sure.values())} of {counted(len(links), 'link')}"
    text = f"{whole} have one direction: {', '.join(parts)}."
    if turning:
        places = [f"{_arrow(subject, one)} {one.turns}" for one in turning]
        text = f"{text} Turning: {some(places, longest=_LONG)}."
    return passed(text)


def loops(subject: Subject) -> Finding:
    """Whether each loop of the .toml is closed by the equations and does what its id claims."""
    named = subject.model.story.loops
    if not named:
        return does_not_apply("The story names no loops.")
    wrong = [text for key, loop in named.items() if (text := _not_there(subject, key, loop))]
    return listed(
        wrong,
        f"{some([f'{key} {loop.name}' for key, loop in named.items()], 12)}: each is closed by "
        "the equations, with the polarity that its id claims.",
        "not as the .toml claims",
        "Name more of the variables that the loop runs through, in order, or put its id right.",
        longest=_LONG,
    )


def _not_there(subject: Subject, key: str, loop: Loop) -> str:
    """What is wrong with a named loop; empty if nothing is."""
    try:
        found = named_loop(subject.links, loop.through, names=subject.system.names)
    except UnknownName as error:
        return f"{key}: {error.came}"
    if found.loop is None:
        return f"{key}: {found.missing}"
    claim, polarity = claimed(key), found.polarity or "?"
    return "" if claim in (None, polarity) else f"{key} {_KINDS[polarity]}"


def _arrow(subject: Subject, link: Link) -> str:
    names = subject.system.names
    return f"{names[link.cause]} -> {names[link.effect]}"
