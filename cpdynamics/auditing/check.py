"""One check: what was looked at, how it came out, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cpdynamics.errors import CpdynamicsError, clipped

Verdict = Literal["passed", "failed", "not made", "does not apply"]

_NAMED = 5


@dataclass(frozen=True)
class Finding:
    """What a check found.

    Attributes:
        verdict: "not made" is for what should be looked at and could not be; "does not apply" for
            a model that has nothing of the kind.
        text: a sentence or two, with names.
        remedy: what to do about it; empty when there is nothing to do.
    """

    verdict: Verdict
    text: str
    remedy: str = ""


@dataclass(frozen=True)
class Check:
    """The outcome of one check.

    Attributes:
        name: what was looked at.
        verdict: "passed", "failed", "not made" or "does not apply".
        finding: what was found, with names.
        remedy: what to do about it; empty when there is nothing to do.
    """

    name: str
    verdict: Verdict
    finding: str
    remedy: str = ""

    @classmethod
    def of(cls, name: str, finding: Finding) -> Check:
        """The check of that name, with what it found."""
        return cls(name, finding.verdict, finding.text, finding.remedy)


def passed(text: str) -> Finding:
    """The finding that all is well."""
    return Finding("passed", text)


def failed(text: str, remedy: str) -> Finding:
    """The finding that something has to be put right."""
    return Finding("failed", text, remedy)


def not_made(text: str, remedy: str = "") -> Finding:
    """The finding of a check that could not be made, and why."""
    return Finding("not made", text, remedy)


def does_not_apply(text: str) -> Finding:
    """The finding of a check that has nothing to look at."""
    return Finding("does not apply", text)


def refused(error: CpdynamicsError) -> Finding:
    """The finding that an error of ours stands for."""
    return failed(f"{error.came} {error.expected}".strip(), error.remedy)


def listed(
    wrong: Sequence[str], good: str, what: str, remedy: str, *, longest: int = 80
) -> Finding:
    """A failure that counts and names what is wrong, or the finding that nothing is.

    Args:
        wrong: each thing that is wrong, in a few words; five of them are named.
        good: what to say when there is none.
        what: what is wrong with them, such as "without units".
        remedy: what to do about it.
        longest: letters of each that are shown.
    """
    if not wrong:
        return passed(good)
    # Some are sentences of other errors, with a full stop of their own.
    ones = [one.removesuffix(".") for one in wrong]
    return failed(f"{len(wrong)} {what}: {some(ones, longest=longest)}.", remedy)


def some(names: Sequence[str], most: int = _NAMED, *, longest: int = 80) -> str:
    """Names in a row, cut short: "a, b, c and 7 more".

    Args:
        names: from anywhere; each is clipped.
        most: how many are named.
        longest: letters of each.
    """
    named = ", ".join(clipped(one, longest) for one in names[:most])
    return f"{named} and {len(names) - most} more" if len(names) > most else named


def counted(count: int, word: str) -> str:
    """A number with its word, such as "1 stock" and "3 auxiliaries"."""
    plural = {"auxiliary": "auxiliaries", "data": "data"}.get(word, f"{word}s")
    return f"{count:,} {word if count == 1 else plural}"
