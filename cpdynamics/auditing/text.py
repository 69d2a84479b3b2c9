"""Checks of the file as it stands: nothing is run."""

from __future__ import annotations

import re

import numpy as np

from cpdynamics.auditing.check import Finding, counted, does_not_apply, listed, passed, some
from cpdynamics.auditing.subject import Subject
from cpdynamics.mdl.document import Equation
from cpdynamics.mdl.names import canonical

# A year, a claim, an address, or a word by which people own up to where a number is from.
_SOURCE = re.compile(
    r"\b(?:1[89]|20)\d\d\b|\bC\d{3}\b|https?://|\bdoi\b|\bsource|\bassum|\bguess|\bestimat|\bfixed\b|"
    r"\bdefinition|\bby default|\bcomputed by|\bmeasured|\bsurvey|\bpublished|\bcalibrat",
    re.IGNORECASE,
)


def parse(subject: Subject) -> Finding:
    """What the model consists of; an equation that cannot be read is an error."""
    elements = subject.model.structure.elements.values()
    kinds = ("stock", "flow", "auxiliary", "constant", "lookup", "data")
    counts = [(sum(one.kind == kind for one in elements), kind) for kind in kinds]
    return passed(f"{', '.join(counted(count, kind) for count, kind in counts if count)}.")


def units(subject: Subject) -> Finding:
    """Whether units stand behind every variable."""
    return listed(
        [one.name for one in subject.equations if not one.units.strip()],
        "Every variable has units.",
        "without units",
        "Write them in the .mdl after the first ~; Dmnl where there are none.",
    )


def comments(subject: Subject) -> Finding:
    """Whether every variable says what it means."""
    return listed(
        [one.name for one in subject.named if not one.comment.strip()],
        "Every variable says what it means.",
        "without a comment",
        "Say after the second ~ what it means and where its value comes from.",
    )


def sources(subject: Subject) -> Finding:
    """How many constants say where their number comes from.

    Only a missing comment fails, and that under its own name: whether a sentence is a source a
    person has to judge. Here stands where to look.
    """
    constants = _constants(subject)
    if not constants:
        return does_not_apply("The model has no constants.")
    silent = [one.name for one in constants if not _SOURCE.search(one.comment)]
    count = f"{len(constants) - len(silent)} of {counted(len(constants), 'constant')}"
    verbs = "names a source or owns" if len(constants) == 1 else "name a source or own"
    text = f"{count} {verbs} up to an assumption."
    return passed(f"{text} Look at: {some(silent)}." if silent else text)


def ranges(subject: Subject) -> Finding:
    """Whether every constant that a person may move has a range."""
    constants = _constants(subject)
    if not constants:
        return does_not_apply("The model has no constants.")
    bare = [
        one.name
        for one in constants
        if (one.range is None or (one.range.low is None and one.range.high is None))
        and not one.group.casefold().endswith("boundary")
        and "fixed" not in one.comment.casefold().replace(".", " ").replace(",", " ").split()
    ]
    return listed(
        bare,
        "Every constant that a person may move has a range.",
        "without a range",
        'Write one behind the units, such as Month [1,24,1], or "fixed" in the comment.',
    )


def values(subject: Subject) -> Finding:
    """Whether every constant stands within its range."""
    outside, ranged = [], 0
    for element in subject.model.structure.elements.values():
        value, allowed = element.value, element.range
        if value is None or allowed is None:
            continue
        ranged += 1
        low = -np.inf if allowed.low is None else allowed.low
        high = np.inf if allowed.high is None else allowed.high
        if not low <= value <= high:
            outside.append(f"{element.name} = {value:g}, range {low:g} to {high:g}")
    if not ranged:
        return does_not_apply("No constant has a range.")
    return listed(
        outside,
        "Every constant stands within its range.",
        "out of range",
        "Change the value or the range in the .mdl.",
    )


def groups(subject: Subject) -> Finding:
    """Whether every variable stands in a group."""
    return listed(
        [one.name for one in subject.named if not one.group],
        "Every variable stands in a group.",
        "outside any group",
        "Put it under a group heading: stocks, flows, auxiliaries, constants; .Control last.",
    )


def sketch(subject: Subject) -> Finding:
    """Whether every variable is drawn in a view."""
    views = subject.document.views
    drawn = {canonical(one.name) for view in views for one in view.variables()}
    return listed(
        [one.name for one in subject.named if canonical(one.name) not in drawn],
        f"Every variable is drawn in {'' if len(views) == 1 else 'one of '}"
        f"{counted(len(views), 'view')}.",
        "in no view",
        "Draw it in Vensim, so that the diagram tells the whole story.",
    )


def boundary(subject: Subject) -> Finding:
    """Whether nothing that stands at the boundary follows from what is inside."""
    outside = [one for one in subject.named if one.group.casefold().endswith("boundary")]
    if not outside:
        return does_not_apply('No group has a name that ends in "Boundary".')
    names = [one.name for one in outside]
    return listed(
        [one.name for one in outside if canonical(one.name) not in subject.calendar],
        f"{counted(len(names), 'variable')} of other parts held as they are: {some(names)}.",
        "at the boundary that the model itself moves",
        "Move it to another group, or hold it at a constant.",
    )


def accumulators(subject: Subject) -> Finding:
    """Whether nothing reads the stocks that the .toml calls accumulators."""
    given = subject.model.story.accumulators
    if not given:
        return does_not_apply("The story names no accumulators.")
    elements = subject.model.structure.elements
    wrong = []
    for name in given:
        key = canonical(name)
        readers = [
            one.name
            for other, one in elements.items()
            if other != key and key in {*one.uses, *one.initial_uses, *one.state_uses}
        ]
        if elements[key].kind != "stock":
            wrong.append(f"{name} is no stock")
        elif readers:
            wrong.append(f"{name} is read by {some(readers, 2)}")
    return listed(
        wrong,
        f"Nothing else reads {some(given)}.",
        "not exempt from rest",
        "Take it out of the accumulators in the .toml: what is read moves the rest.",
    )


def _constants(subject: Subject) -> list[Equation]:
    constants = subject.kind("constant")
    return [one for one in subject.named if canonical(one.name) in constants]
